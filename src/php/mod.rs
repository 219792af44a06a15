//! The only code that touches Zend values.
use ext_php_rs::prelude::*;

/// The module.
#[php_module]
pub fn module(module: ModuleBuilder) -> ModuleBuilder {
    module.name("nxtchat")
}
