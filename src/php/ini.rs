//! php.ini settings.

use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::zend::{ExecutorGlobals, IniEntryDef, IniEntryDefs};

/// Where the site directories live; '' = below wp-content.
const DATA_DIR: &str = "nxtchat.data_dir";

static ENTRIES: IniEntryDefs<2> = IniEntryDefs::new([
    IniEntryDef::new(c"nxtchat.data_dir", c"", IniEntryPermission::PerDir),
    IniEntryDef::end(),
]);

/// Registers the settings. Called at module startup.
pub fn register(module_number: i32) {
    IniEntryDef::register(ENTRIES.as_slice(), module_number);
}

/// `nxtchat.data_dir` as it stands for this request: one lookup in the engine's table.
pub fn data_dir() -> String {
    let globals = ExecutorGlobals::get();
    // SAFETY: the table and its entries live for the request; every value in it is a pointer to an ini entry.
    unsafe {
        globals
            .ini_directives
            .as_ref()
            .and_then(|table| table.get(DATA_DIR))
            .and_then(|entry| entry.ptr::<ext_php_rs::ffi::zend_ini_entry>()?.as_ref())
            .and_then(|entry| entry.value.as_ref())
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default()
    }
}
