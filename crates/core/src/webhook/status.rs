//! `statuses[]`: how far our messages have come.

use super::event::{ErrorEvent, Pricing, Status, StatusError, What};
use super::read::{Object, Read, Shape};
use super::{Change, Found};
use crate::enums::State;
use crate::{limits, ulid};
use serde_json::value::RawValue;

/// One status of a message.
pub(super) fn status(change: &Change<'_>, raw: &RawValue) -> Read<Found> {
    let status = Object::new("status", raw)?;
    let kind = status.text("type")?;
    if !matches!(&*kind, "" | "message") {
        // A failed payment is no failed message.
        return Err(Shape(format!(
            "status.type: `{}` is not about a message",
            crate::webhook::read::cut(&kind, 60)
        )));
    }
    let word = status.short("status", limits::LABEL_CHARS)?;
    let state = State::from_status(&word)
        .ok_or_else(|| Shape(format!("status.status: `{word}` is not known")))?;
    let callback = status.short("biz_opaque_callback_data", limits::DETAIL_CHARS)?;
    let reference = if ulid::is_valid(&callback) {
        callback.clone()
    } else {
        String::new()
    };
    // In groups `recipient_id` is the group and the participant stands in keys of their own.
    let group =
        &*status.text("recipient_type")? == "group" || status.has("recipient_participant_id");
    let (phone, bsuid) = if group {
        (
            status.text("recipient_participant_id")?,
            status.id("recipient_participant_user_id")?,
        )
    } else {
        (
            status.text("recipient_id")?,
            status.id("recipient_user_id")?,
        )
    };
    let mut parent = String::new();
    for key in [
        "recipient_parent_user_id",
        "parent_recipient_user_id",
        "parent_user_id",
    ] {
        if parent.is_empty() {
            parent = status.id(key)?;
        }
    }
    let error = status
        .list("errors")?
        .first()
        .map(|raw| status_error(raw))
        .transpose()?;
    let pricing = status
        .object("pricing")?
        .map(|pricing| read_pricing(&pricing))
        .transpose()?;
    let what = Status {
        wamid: status.needed_id("id")?,
        reference,
        callback,
        state,
        status: word,
        person: change.contacts.join(&phone, bsuid, parent),
        error,
        pricing,
        payload: raw.get().to_owned(),
    };
    Ok(Found::one(
        status.time_ms("timestamp")?,
        What::Status(Box::new(what)),
    ))
}

fn read_pricing(pricing: &Object<'_>) -> Read<Pricing> {
    let kind = pricing.short("type", limits::LABEL_CHARS)?;
    let billable = if pricing.has("billable") {
        pricing.flag("billable")?
    } else {
        // `billable` is to be removed; from then on the type tells it.
        !kind.is_empty() && !kind.starts_with("free_")
    };
    Ok(Pricing {
        category: pricing.short("category", limits::LABEL_CHARS)?,
        kind,
        model: pricing.short("pricing_model", limits::LABEL_CHARS)?,
        billable,
    })
}

fn status_error(raw: &RawValue) -> Read<StatusError> {
    let error = Object::new("errors", raw)?;
    let mut details = String::new();
    if let Some(data) = error.object("error_data")? {
        details = data.short("details", limits::DETAIL_CHARS)?;
    }
    if details.is_empty() {
        details = error.short("message", limits::DETAIL_CHARS)?;
    }
    Ok(StatusError {
        code: error.int("code")?,
        title: error.short("title", limits::LABEL_CHARS)?,
        details,
    })
}

/// One of the `errors[]` that stand beside messages and statuses: about the number or the account.
pub(super) fn error(raw: &RawValue) -> Read<Found> {
    let StatusError {
        code,
        title,
        details,
    } = status_error(raw)?;
    Ok(Found::one(
        0,
        What::Error(ErrorEvent {
            code,
            title,
            details,
            payload: raw.get().to_owned(),
        }),
    ))
}
