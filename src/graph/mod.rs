//! shim
use crate::error::{Error, Result};
use serde_json::Value;
/// Whom to talk to, and as whom.
#[derive(serde::Deserialize)]
pub struct Account {
    pub phone_number_id: String,
    pub token: String,
}
impl Account {
    pub fn read(value: &Value) -> Result<Account> {
        use serde::Deserialize;
        Account::deserialize(value).map_err(|e| Error::invalid(e.to_string()))
    }
}
pub fn call(_a: &Account, _m: &str, _p: &str, _v: &Value) -> Result<Value> {
    Err(Error::invalid("not yet"))
}
