//! Sealed secrets.

use super::convert::Shape;
use super::Answer;
use crate::vault as room;
use ext_php_rs::binary::Binary;
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecutorGlobals;
use zeroize::Zeroizing;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(vault_seal))
        .function(wrap_function!(vault_open))
        .function(wrap_function!(vault_reseal))
        .function(wrap_function!(vault_key_info))
        .function(wrap_function!(vault_rotate))
}

/// PHP's constant NXTCHAT_KEY, when it is a text.
pub(super) fn constant() -> Option<Zeroizing<String>> {
    let globals = ExecutorGlobals::get();
    let entry = globals.constants()?.get("NXTCHAT_KEY")?;
    // SAFETY: the table holds pointers to zend_constant, whose first member is its value, for the length of the request.
    let value = unsafe { entry.ptr::<Zval>()?.as_ref()? };
    value.str().map(|text| Zeroizing::new(text.to_owned()))
}

/// As the rooms take it.
pub(super) fn key(constant: &Option<Zeroizing<String>>) -> Option<&str> {
    constant.as_ref().map(|text| text.as_str())
}

/// Seals a secret (AES-256-GCM) with the site's key: the constant NXTCHAT_KEY, else the environment variable, else
/// vault.key in the site directory, made when missing. A value opens only for the purpose it was sealed for.
///
/// @throws \NxtChat\Native\Exception\VaultError
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\vault_seal")]
pub fn vault_seal(site: &str, plain: BinarySlice<u8>, purpose: &str) -> Answer<String> {
    Ok(room::seal(
        site.as_ref(),
        key(&constant()),
        *plain,
        purpose,
    )?)
}

/// Opens what vault_seal() sealed.
///
/// @throws \NxtChat\Native\Exception\VaultError another key (named by its id), altered, cut short, another purpose, no key
#[php_function]
#[php(name = "NxtChat\\Native\\vault_open")]
pub fn vault_open(site: &str, sealed: &str, purpose: &str) -> Answer<Binary<u8>> {
    let plain = room::open(site.as_ref(), key(&constant()), sealed, purpose)?;
    Ok(Binary::new(plain.to_vec()))
}

/// Seals anew, with the key in use, a value sealed with a former key ($old_key, or null to try vault.key.old).
///
/// @throws \NxtChat\Native\Exception\VaultError
#[php_function]
#[php(name = "NxtChat\\Native\\vault_reseal")]
pub fn vault_reseal(
    site: &str,
    sealed: &str,
    purpose: &str,
    old_key: Option<&str>,
) -> Answer<String> {
    Ok(room::reseal(
        site.as_ref(),
        key(&constant()),
        sealed,
        purpose,
        old_key,
    )?)
}

/// Which key is in use; nothing secret.
///
/// @return array{key_id: string, source: 'constant'|'environment'|'file'}
/// @throws \NxtChat\Native\Exception\VaultError
#[php_function]
#[php(name = "NxtChat\\Native\\vault_key_info")]
pub fn vault_key_info(site: &str) -> Answer<Shape> {
    Ok(Shape::of(&room::key_info(
        site.as_ref(),
        key(&constant()),
    )?)?)
}

/// Makes a new vault.key and keeps the former in vault.key.old. Returns the new key's id.
///
/// @throws \NxtChat\Native\Exception\VaultError also when the key comes from NXTCHAT_KEY
#[php_function]
#[php(name = "NxtChat\\Native\\vault_rotate")]
pub fn vault_rotate(site: &str) -> Answer<String> {
    Ok(room::rotate(site.as_ref(), key(&constant()))?)
}
