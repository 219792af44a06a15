//! shim
use crate::error::{Error, Result};
use crate::graph::Account;
use nxtchat_core::message::Problem;
use serde_json::Value;
pub fn check(m: &Value) -> Vec<Problem> {
    nxtchat_core::message::check(m)
}
pub fn send(_a: &Account, _m: &Value, _r: &str) -> Result<Value> {
    Err(Error::invalid("not yet"))
}
pub fn mark_read(_a: &Account, _m: &str, _r: bool) -> Result<()> {
    Err(Error::invalid("not yet"))
}
