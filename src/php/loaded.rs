//! The extension's own file.

use crate::loaded as room;
use ext_php_rs::prelude::*;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module.function(wrap_function!(extension_replaced))
}

/// Was another file put in the place of the one that this process loaded the extension from? It should end then, and begin anew.
#[php_function]
#[php(name = "NxtChat\\Native\\extension_replaced")]
pub fn extension_replaced() -> bool {
    room::is_replaced()
}
