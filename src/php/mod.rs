//! The only code that touches Zend values: one file a room, each function convert → call → convert.

mod account;
mod broadcast;
mod contact;
mod convert;
#[cfg(debug_assertions)]
mod debug;
mod exceptions;
mod graph;
mod ini;
mod live;
mod loaded;
mod log;
mod login;
mod message;
mod phone;
mod qr;
mod site;
mod spool;
mod template;
mod vault;
mod webhook;

use ext_php_rs::constant::IntoConst;
use ext_php_rs::prelude::*;
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};

/// The version that the plugin's gate compares.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// PHP's SUCCESS and FAILURE.
const SUCCESS: i32 = 0;
const FAILURE: i32 = -1;

/// Result of every function that can throw.
type Answer<T> = std::result::Result<T, PhpException>;

fn startup(_type: i32, module_number: i32) -> i32 {
    // A panic becomes a PHP Error; what the default hook would print only fills the web server's log.
    std::panic::set_hook(Box::new(|_| {}));
    ini::register(module_number);
    crate::loaded::remember();
    let constants = nxtchat_core::enums::ALL
        .iter()
        .try_for_each(|(name, value)| {
            value.register_constant(&format!("NxtChat\\Native\\{name}"), module_number)
        })
        .and_then(|()| VERSION.register_constant("NxtChat\\Native\\VERSION", module_number));
    match constants.and_then(|()| exceptions::register()) {
        Ok(()) => SUCCESS,
        Err(_) => FAILURE,
    }
}

/// The end of a request gives the lease back, should PHP have forgotten.
extern "C" fn request_shutdown(_type: i32, _module_number: i32) -> i32 {
    // A panic must not cross into the engine.
    let _ = std::panic::catch_unwind(crate::spool::release_all);
    SUCCESS
}

/// The code is unloaded after this: no thread may be left in it.
extern "C" fn shutdown(_type: i32, _module_number: i32) -> i32 {
    let _ = std::panic::catch_unwind(crate::runtime::shutdown);
    SUCCESS
}

/// `php --ri nxtchat` and phpinfo(): nothing secret.
extern "C" fn info(_module: *mut ModuleEntry) {
    info_table_start!();
    info_table_row!("NXT Cloud Chat", "enabled");
    info_table_row!("Version", VERSION);
    info_table_row!("SQLite", rusqlite::version());
    info_table_row!("nxtchat.data_dir", ini::data_dir());
    info_table_end!();
}

/// The module.
#[php_module]
#[php(startup = "startup")]
pub fn module(module: ModuleBuilder) -> ModuleBuilder {
    let module = module
        .name("nxtchat")
        .version(VERSION)
        .shutdown_function(shutdown)
        .request_shutdown_function(request_shutdown)
        .info_function(info);
    let rooms = [
        account::functions,
        broadcast::functions,
        contact::functions,
        graph::functions,
        live::functions,
        loaded::functions,
        log::functions,
        login::functions,
        message::functions,
        phone::functions,
        qr::functions,
        site::functions,
        spool::functions,
        template::functions,
        vault::functions,
        webhook::functions,
    ];
    let module = rooms.into_iter().fold(module, |module, add| add(module));
    #[cfg(debug_assertions)]
    let module = debug::functions(module);
    module
}
