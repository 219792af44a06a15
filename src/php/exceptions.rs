//! The exception classes, and which error becomes which.
//!
//! Made with `ClassBuilder`, not `#[php_class]`: only so do they keep file, line and trace.

use super::convert::to_zval;
use crate::error::Error;
use ext_php_rs::builders::{ClassBuilder, ClassProperty};
use ext_php_rs::exception::PhpException;
use ext_php_rs::flags::{ClassFlags, PropertyFlags};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ce, ClassEntry};
use nxtchat_core::errors::GraphFault;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

const SPACE: &str = "NxtChat\\Native\\Exception";

/// Where the engine keeps a class of ours; set anew at each module startup.
struct Slot(AtomicPtr<ClassEntry>);

impl Slot {
    const fn new() -> Slot {
        Slot(AtomicPtr::new(ptr::null_mut()))
    }

    fn set(&self, class: &'static mut ClassEntry) {
        self.0.store(class, Ordering::Release);
    }

    fn get(&self) -> &'static ClassEntry {
        // SAFETY: the engine's class entries live as long as the process; null only before startup.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }.unwrap_or_else(|| ce::exception())
    }
}

static MARKER: Slot = Slot::new();
static INVALID_INPUT: Slot = Slot::new();
static SIGNATURE_MISMATCH: Slot = Slot::new();
static GRAPH_ERROR: Slot = Slot::new();
static VAULT_ERROR: Slot = Slot::new();
static SPOOL_ERROR: Slot = Slot::new();
static FILE_ERROR: Slot = Slot::new();

extern "C" {
    /// SPL's InvalidArgumentException (`ClassEntry::try_find` finds nothing during startup).
    static spl_ce_InvalidArgumentException: *mut ClassEntry;
    /// SPL's RuntimeException.
    static spl_ce_RuntimeException: *mut ClassEntry;
}

fn invalid_argument() -> &'static ClassEntry {
    // SAFETY: SPL is always built in and starts before any loaded extension; its classes live as long as the process.
    unsafe { spl_ce_InvalidArgumentException.as_ref() }.unwrap_or_else(|| ce::exception())
}

fn runtime() -> &'static ClassEntry {
    // SAFETY: as above.
    unsafe { spl_ce_RuntimeException.as_ref() }.unwrap_or_else(|| ce::exception())
}

fn marker() -> &'static ClassEntry {
    MARKER.get()
}

/// Registers the marker interface and the classes. Called at module startup.
pub fn register() -> ext_php_rs::error::Result<()> {
    ClassBuilder::new(format!("{SPACE}\\Exception"))
        .flags(ClassFlags::Interface)
        .implements((ce::throwable, "Throwable"))
        .registration(|class, methods| {
            std::mem::forget(methods);
            MARKER.set(class);
        })
        .register()?;
    class(
        "InvalidInput",
        (invalid_argument, "InvalidArgumentException"),
    )
    .registration(|class, methods| {
        std::mem::forget(methods);
        INVALID_INPUT.set(class);
    })
    .register()?;
    class("SignatureMismatch", (runtime, "RuntimeException"))
        .registration(|class, methods| {
            std::mem::forget(methods);
            SIGNATURE_MISMATCH.set(class);
        })
        .register()?;
    class("VaultError", (runtime, "RuntimeException"))
        .registration(|class, methods| {
            std::mem::forget(methods);
            VAULT_ERROR.set(class);
        })
        .register()?;
    class("FileError", (runtime, "RuntimeException"))
        .registration(|class, methods| {
            std::mem::forget(methods);
            FILE_ERROR.set(class);
        })
        .register()?;
    class("SpoolError", (runtime, "RuntimeException"))
        .registration(|class, methods| {
            std::mem::forget(methods);
            SPOOL_ERROR.set(class);
        })
        .register()?;
    ["class", "details", "remedy"]
        .into_iter()
        .map(|name| property(name, || text("")))
        .chain(
            ["graphCode", "subcode", "httpStatus"]
                .into_iter()
                .map(|name| property(name, || Ok(long(0)))),
        )
        .chain([property("retryable", || {
            to_zval(&false).map_err(|_| ext_php_rs::error::Error::InvalidPointer)
        })])
        .fold(
            class("GraphError", (runtime, "RuntimeException")),
            ClassBuilder::property,
        )
        .registration(|class, methods| {
            std::mem::forget(methods);
            GRAPH_ERROR.set(class);
        })
        .register()
}

fn class(name: &str, extends: (fn() -> &'static ClassEntry, &'static str)) -> ClassBuilder {
    ClassBuilder::new(format!("{SPACE}\\{name}"))
        .extends(extends)
        .implements((marker, "NxtChat\\Native\\Exception\\Exception"))
}

fn text(value: &str) -> ext_php_rs::error::Result<Zval> {
    let mut zval = Zval::new();
    // Class defaults outlive requests: persistent.
    zval.set_interned_string(value, true)?;
    Ok(zval)
}

fn long(value: i64) -> Zval {
    let mut zval = Zval::new();
    zval.set_long(value);
    zval
}

fn property(name: &str, default: fn() -> ext_php_rs::error::Result<Zval>) -> ClassProperty {
    ClassProperty {
        name: name.into(),
        flags: PropertyFlags::Public,
        default: Some(Box::new(default)),
        docs: &[],
        ty: None,
        nullable: false,
        readonly: false,
        default_stub: None,
    }
}

impl From<Error> for PhpException {
    fn from(error: Error) -> PhpException {
        // PHP's messages end at a NUL: ext-php-rs would throw an Error of its own instead.
        let message = error.to_string().replace('\0', "\u{FFFD}");
        match error {
            Error::InvalidInput(_) => PhpException::new(message, 0, INVALID_INPUT.get()),
            Error::SignatureMismatch(_) => PhpException::new(message, 0, SIGNATURE_MISMATCH.get()),
            Error::Vault(_) => PhpException::new(message, 0, VAULT_ERROR.get()),
            Error::File(_) => PhpException::new(message, 0, FILE_ERROR.get()),
            Error::Spool(_) => PhpException::new(message, 0, SPOOL_ERROR.get()),
            Error::Graph(fault) => graph(&message, &fault),
        }
    }
}

/// A GraphError with its properties.
fn graph(message: &str, fault: &GraphFault) -> PhpException {
    let class = GRAPH_ERROR.get();
    let mut object = ZendObject::new(class);
    let filled = (|| {
        // Protected in PHP: only the constructor may set it.
        object.try_call_method("__construct", vec![&message])?;
        object.set_property("graphCode", fault.code)?;
        object.set_property("subcode", fault.subcode)?;
        object.set_property("class", fault.class.as_str())?;
        object.set_property(
            "retryable",
            fault.class == nxtchat_core::errors::Class::Retry,
        )?;
        object.set_property("httpStatus", i64::from(fault.http_status))?;
        object.set_property("details", fault.details.as_str())?;
        object.set_property("remedy", fault.remedy.as_str())
    })();
    let exception = PhpException::new(message.to_owned(), 0, class);
    match filled {
        Ok(()) => {
            let mut zval = Zval::new();
            zval.set_object(&mut object);
            exception.with_object(zval)
        }
        Err(_) => exception,
    }
}
