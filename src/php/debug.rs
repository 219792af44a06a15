//! In debug builds only: what a test needs and a release must not have.

use ext_php_rs::prelude::*;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module.function(wrap_function!(debug_panic))
}

/// Panics, so that a test sees what PHP makes of it.
#[php_function]
#[php(name = "NxtChat\\Native\\debug_panic")]
pub fn debug_panic(reason: &str) -> bool {
    #[expect(clippy::panic, reason = "its purpose")]
    {
        panic!("{reason}")
    }
}
