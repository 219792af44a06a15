//! The site directory.

use super::ini;
use super::Answer;
use crate::site as room;
use ext_php_rs::prelude::*;

/// Adds this room's functions to the module.
pub fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module
        .function(wrap_function!(site_dir))
        .function(wrap_function!(site_prepare))
}

/// Names the directory that holds one site's keys and spool: below the ini setting nxtchat.data_dir, else below wp-content.
///
/// @throws \NxtChat\Native\Exception\InvalidInput
#[php_function]
#[php(name = "NxtChat\\Native\\site_dir")]
pub fn site_dir(wp_content_dir: &str, blog_id: i64) -> Answer<String> {
    let dir = room::dir(&ini::data_dir(), wp_content_dir, blog_id)?;
    Ok(dir.to_string_lossy().into_owned())
}

/// Creates it, 0700 with deny files. Refuses when it belongs to another user, with the command to type (InvalidInput).
///
/// @throws \NxtChat\Native\Exception\InvalidInput
/// @throws \NxtChat\Native\Exception\SpoolError
#[php_function]
#[php(name = "NxtChat\\Native\\site_prepare")]
pub fn site_prepare(site: &str) -> Answer<()> {
    Ok(room::prepare(site.as_ref())?)
}
