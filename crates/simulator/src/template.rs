//! Templates of an account: kept, reviewed, paused, moved to another category. Rules of form are in `template_rules`.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{json, Map, Value};

use crate::errors::GraphError;
use crate::ids;
use crate::inbound::tell;
use crate::limits::DAY_MS;
use crate::queue::{Job, Update};
use crate::state::World;
use crate::template_rules;

/// Templates of an account (Meta: 6,000 when verified; error 2388019 beyond).
const TEMPLATES_MAX: usize = 6_000;
/// Creations an account may ask for in an hour.
const CREATIONS_PER_HOUR: usize = 100;
/// Edits of an approved template in 30 days; and one in 24 hours.
const EDITS_PER_30_DAYS: usize = 10;
/// Days for which the name of a deleted approved template stays blocked.
const NAME_BLOCKED_DAYS: i64 = 30;
const HOUR_MS: i64 = 3_600_000;

/// What becomes of a template that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Review {
    /// Approved, unless its name or text asks otherwise: `reject_…` is rejected, promotional words in a UTILITY
    /// template make it MARKETING.
    Approve,
    /// Rejected.
    Reject,
    /// Stays PENDING until `/sim/templates/{id}` says otherwise.
    Manual,
}

/// One template in one language.
#[derive(Debug, Clone, Serialize)]
pub struct Template {
    pub id: String,
    #[serde(skip)]
    pub waba: String,
    pub name: String,
    pub language: String,
    pub status: String,
    pub category: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub previous_category: String,
    /// The category that it is to get within a day.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub correct_category: String,
    pub parameter_format: String,
    pub components: Value,
    pub rejected_reason: String,
    pub quality: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_send_ttl_seconds: Option<i64>,
    /// When it was edited while approved, world ms.
    #[serde(skip)]
    pub edits_ms: Vec<i64>,
    /// Handed in again; its new text is told with the approval.
    #[serde(skip)]
    pub is_edited: bool,
}

impl Template {
    /// The node as `GET` gives it.
    pub fn node(&self) -> Value {
        let mut node = json!(self);
        node["quality_score"] = json!({"score": self.quality});
        if let Some(o) = node.as_object_mut() {
            o.remove("quality");
            // Fields that Graph knows and leaves out where they are empty.
            for field in [
                "previous_category",
                "correct_category",
                "message_send_ttl_seconds",
            ] {
                o.entry(field).or_insert(Value::Null);
            }
        }
        node
    }

    /// How many values the texts of one component kind want.
    pub fn wanted(&self, kind: &str) -> usize {
        template_rules::component(&self.components, kind)
            .and_then(|c| c["text"].as_str())
            .map_or(0, |t| template_rules::variables(t).len())
    }
}

/// The templates of the world.
#[derive(Debug, Default)]
pub struct Templates {
    /// By id: numeric strings of one length, so in the order in which they were made.
    pub by_id: BTreeMap<String, Template>,
    created_ms: Vec<(String, i64)>,
    blocked_names: Vec<(String, String, i64)>,
    next: u64,
}

impl Templates {
    pub fn find(&self, waba: &str, name: &str, language: &str) -> Option<&Template> {
        self.by_id
            .values()
            .find(|t| t.waba == waba && t.name == name && t.language == language)
    }

    /// Whether any language of this name is known.
    pub fn knows(&self, waba: &str, name: &str) -> bool {
        self.by_id
            .values()
            .any(|t| t.waba == waba && t.name == name)
    }
}

/// A refusal in the manner of template creation: code 100, a subcode, a title and a sentence for people.
pub fn refuse(subcode: u32, title: &str, sentence: impl Into<String>) -> GraphError {
    let mut e = GraphError::new(100);
    e.subcode = Some(subcode);
    e.message = "Invalid parameter".into();
    e.title = title.into();
    e.user = Some(Box::new((title.into(), sentence.into())));
    e.details = None;
    e
}

/// Hands a template in. Returns its id, status and category.
pub fn create(w: &mut World, waba: &str, body: &Map<String, Value>) -> Result<Value, GraphError> {
    let draft = template_rules::check(body)?;
    let now = w.now();
    let t = &mut w.templates;
    t.created_ms.retain(|(_, at)| *at > now - HOUR_MS);
    if t.created_ms.iter().filter(|(a, _)| a == waba).count() >= CREATIONS_PER_HOUR {
        return Err(GraphError::new(80007));
    }
    if t.by_id.values().filter(|x| x.waba == waba).count() >= TEMPLATES_MAX {
        return Err(refuse(
            2388019,
            "Message template limit reached",
            "This account has the most templates it may have.",
        ));
    }
    if t.find(waba, &draft.name, &draft.language).is_some() {
        return Err(refuse(
            2388024,
            "Content in this language already exists",
            format!(
                "There is already {} content for this template. You can create a new template and try again.",
                draft.language
            ),
        ));
    }
    t.blocked_names.retain(|(_, _, until)| *until > now);
    if t.blocked_names
        .iter()
        .any(|(a, n, _)| a == waba && *n == draft.name)
    {
        return Err(refuse(
            2388023,
            "Message Template Language is Being Deleted",
            "A template of this name was deleted. Use another name, or wait 30 days.",
        ));
    }
    t.next += 1;
    let id = format!("{:016}", 1_000_000_000_000_000 + t.next);
    t.created_ms.push((waba.to_string(), now));
    let template = Template {
        id: id.clone(),
        waba: waba.into(),
        name: draft.name,
        language: draft.language,
        status: "PENDING".into(),
        category: draft.category,
        previous_category: String::new(),
        correct_category: String::new(),
        parameter_format: draft.parameter_format,
        components: draft.components,
        rejected_reason: "NONE".into(),
        quality: "UNKNOWN".into(),
        message_send_ttl_seconds: draft.ttl,
        edits_ms: vec![],
        is_edited: false,
    };
    let answer = json!({"id": id, "status": template.status, "category": template.category});
    w.templates.by_id.insert(id.clone(), template);
    hand_in(w, id);
    Ok(answer)
}

/// Changes components, category or time to live; approved templates are reviewed again.
pub fn edit(w: &mut World, id: &str, body: &Map<String, Value>) -> Result<Value, GraphError> {
    let now = w.now();
    let t = w
        .templates
        .by_id
        .get_mut(id)
        .ok_or_else(|| GraphError::no_object("post", id))?;
    if !matches!(t.status.as_str(), "APPROVED" | "REJECTED" | "PAUSED") {
        return Err(refuse(
            2388025,
            "Message template cannot be edited",
            format!("A template that is {} can't be edited.", t.status),
        ));
    }
    let approved = t.status == "APPROVED";
    let mut whole = json!({"name": t.name, "language": t.language, "category": t.category, "parameter_format": t.parameter_format, "components": t.components});
    for key in ["category", "components", "message_send_ttl_seconds"] {
        if let Some(value) = body.get(key) {
            if key == "category" && approved && value.as_str() != Some(&t.category) {
                return Err(refuse(
                    2388026,
                    "Category cannot be changed",
                    "The category of an approved template can't be changed.",
                ));
            }
            whole[key] = value.clone();
        }
    }
    let draft = template_rules::check(whole.as_object().unwrap_or(&Map::new()))?;
    if approved {
        t.edits_ms.retain(|at| *at > now - 30 * DAY_MS);
        if t.edits_ms.len() >= EDITS_PER_30_DAYS || t.edits_ms.iter().any(|at| *at > now - DAY_MS) {
            return Err(refuse(
                2388027,
                "Edit limit reached",
                "An approved template can be edited once in 24 hours and 10 times in 30 days.",
            ));
        }
        t.edits_ms.push(now);
    }
    t.components = draft.components;
    t.category = draft.category;
    t.message_send_ttl_seconds = draft.ttl.or(t.message_send_ttl_seconds);
    t.status = "PENDING".into();
    t.is_edited = true;
    hand_in(w, id.to_string());
    Ok(json!({"success": true}))
}

/// Deletes all languages of a name, or one template.
pub fn delete(
    w: &mut World,
    waba: &str,
    name: Option<&str>,
    ids: &[String],
) -> Result<Value, GraphError> {
    let now = w.now();
    let hit: Vec<Template> = w
        .templates
        .by_id
        .values()
        .filter(|t| {
            t.waba == waba
                && name.is_none_or(|n| t.name == n)
                && (ids.is_empty() || ids.contains(&t.id))
        })
        .cloned()
        .collect();
    if hit.is_empty() || (name.is_none() && ids.is_empty()) {
        return Err(refuse(
            2593002,
            "Message Template Not Found",
            "There is no such template.",
        ));
    }
    if hit.iter().any(|t| t.status == "DISABLED") {
        return Err(refuse(
            2593003,
            "Message template cannot be deleted",
            "A disabled template can't be deleted.",
        ));
    }
    for t in hit {
        if t.status == "APPROVED" {
            let until = now + NAME_BLOCKED_DAYS * DAY_MS;
            w.templates
                .blocked_names
                .push((waba.into(), t.name.clone(), until));
        }
        w.templates.by_id.remove(&t.id);
        tell_status(w, &t, "DELETED", None, None);
    }
    Ok(json!({"success": true}))
}

/// Brings a paused template back.
pub fn unpause(w: &mut World, id: &str) -> Result<Value, GraphError> {
    let paused = w
        .templates
        .by_id
        .get(id)
        .ok_or_else(|| GraphError::no_object("post", id))?
        .status
        == "PAUSED";
    if !paused {
        return Ok(json!({"success": false, "reason": "The template is not paused."}));
    }
    set_status(w, id, "APPROVED", None, Some("UNPAUSE"));
    Ok(json!({"success": true}))
}

/// Puts the review onto the timetable.
fn hand_in(w: &mut World, id: String) {
    let span = w.settings().review_ms;
    let due = w.now() + w.span(span);
    if w.settings().review != Review::Manual {
        w.queue.push(due, Job::Review(id));
    }
}

/// The review of one template: what Meta's people and machines do within 24 hours.
pub fn review(w: &mut World, id: &str) {
    let rejecting = w.settings().review == Review::Reject;
    let Some(t) = w
        .templates
        .by_id
        .get_mut(id)
        .filter(|t| t.status == "PENDING")
    else {
        return;
    };
    if t.category == "UTILITY" && template_rules::is_promotional(&t.components) {
        t.previous_category = std::mem::replace(&mut t.category, "MARKETING".into());
    }
    if rejecting || t.name.starts_with("reject_") {
        set_status(w, id, "REJECTED", Some("INVALID_FORMAT"), None);
    } else {
        let edited = std::mem::take(&mut t.is_edited).then(|| t.clone());
        set_status(w, id, "APPROVED", None, None);
        if let Some(t) = edited {
            tell_components(w, &t);
        }
    }
}

/// Moves a template to a status and tells it.
pub fn set_status(
    w: &mut World,
    id: &str,
    status: &str,
    reason: Option<&str>,
    title: Option<&str>,
) {
    let Some(t) = w.templates.by_id.get_mut(id) else {
        return;
    };
    t.status = status.into();
    t.rejected_reason = reason.unwrap_or("NONE").into();
    let t = t.clone();
    let event = if title == Some("UNPAUSE") {
        "APPROVED"
    } else {
        status
    };
    tell_status(w, &t, event, reason, title);
}

/// Changes the quality score and tells it.
pub fn set_quality(w: &mut World, id: &str, score: &str) {
    let Some(t) = w.templates.by_id.get_mut(id) else {
        return;
    };
    let before = std::mem::replace(&mut t.quality, score.into());
    let t = t.clone();
    let mut value = head(&t);
    value["previous_quality_score"] = json!(before);
    value["new_quality_score"] = json!(score);
    send(w, &t, "message_template_quality_update", value);
}

/// Changes the category at once and tells it.
pub fn set_category(w: &mut World, id: &str, category: &str) {
    let Some(t) = w.templates.by_id.get_mut(id) else {
        return;
    };
    t.previous_category = std::mem::replace(&mut t.category, category.into());
    t.correct_category.clear();
    let t = t.clone();
    let mut value = head(&t);
    value["previous_category"] = json!(t.previous_category);
    value["new_category"] = json!(category);
    send(w, &t, "template_category_update", value);
}

/// Tells that the category will change in a day.
pub fn announce_category(w: &mut World, id: &str, category: &str) {
    let at = (w.now() + DAY_MS) / 1000;
    let Some(t) = w.templates.by_id.get_mut(id) else {
        return;
    };
    t.correct_category = category.into();
    let t = t.clone();
    let mut value = head(&t);
    value["correct_category"] = json!(category);
    value["new_category"] = json!(t.category);
    value["category_update_timestamp"] = json!(at);
    send(w, &t, "template_category_update", value);
}

/// Tells the texts of a template that was changed.
fn tell_components(w: &mut World, t: &Template) {
    let mut value = head(t);
    for (kind, key) in [
        ("HEADER", "message_template_title"),
        ("BODY", "message_template_element"),
        ("FOOTER", "message_template_footer"),
    ] {
        let text = template_rules::component(&t.components, kind).map(|c| &c["text"]);
        if let Some(text) = text.filter(|text| text.is_string()) {
            value[key] = text.clone();
        }
    }
    let buttons =
        template_rules::component(&t.components, "BUTTONS").and_then(|c| c["buttons"].as_array());
    if let Some(buttons) = buttons {
        value["message_template_buttons"] = buttons
            .iter()
            .map(|button| {
                let mut told = Map::new();
                for key in ["type", "text", "url", "phone_number"] {
                    if let Some(text) = button.get(key) {
                        told.insert(format!("message_template_button_{key}"), text.clone());
                    }
                }
                Value::from(told)
            })
            .collect();
    }
    send(w, t, "message_template_components_update", value);
}

fn head(t: &Template) -> Value {
    json!({
        "message_template_id": t.id.parse::<u64>().unwrap_or_default(),
        "message_template_name": t.name,
        // Meta writes en-US here and en_US in the API.
        "message_template_language": t.language.replace('_', "-"),
    })
}

fn tell_status(
    w: &mut World,
    t: &Template,
    event: &str,
    reason: Option<&str>,
    title: Option<&str>,
) {
    let mut value = head(t);
    value["event"] = json!(event);
    value["reason"] = json!(reason.unwrap_or("NONE"));
    value["message_template_category"] = json!(t.category);
    if event == "REJECTED" {
        value["rejection_info"] = json!({"reason": "The simulator rejects this template.", "recommendation": "Give it a name that does not begin with reject_."});
    }
    if let Some(title) = title {
        value["other_info"] = json!({"title": title, "description": "Told by the simulator."});
    }
    send(w, t, "message_template_status_update", value);
}

fn send(w: &mut World, t: &Template, field: &str, value: Value) {
    tell(
        w,
        Update {
            waba: t.waba.clone(),
            number: None,
            field: field.into(),
            value,
            reports: None,
        },
    );
}

/// The category of a message, in small letters; of a template only when it may be sent.
///
/// # Errors
/// As [`sendable`].
pub fn category(
    w: &World,
    number: &str,
    kind: &str,
    body: &Map<String, Value>,
) -> Result<String, GraphError> {
    let Some(message) = body.get("template").filter(|_| kind == "template") else {
        return Ok("service".into());
    };
    let waba = w.config.number(number).map_or("", |(a, _)| &a.id);
    if let Some(category) = sendable(w, waba, message)? {
        return Ok(category);
    }
    let name = message["name"].as_str().unwrap_or_default();
    let is_login = ["otp", "verification", "auth"]
        .iter()
        .any(|word| name.contains(word));
    Ok(if is_login {
        "authentication".into()
    } else {
        w.settings().template_category.clone()
    })
}

/// Whether a send of this template may go out, and its category. None: nothing is registered under this name and the
/// settings let any name pass.
///
/// # Errors
/// 132001 unknown or not approved, 132015 paused, 132016 disabled, 132000 another number of values.
fn sendable(w: &World, waba: &str, message: &Value) -> Result<Option<String>, GraphError> {
    let name = message["name"].as_str().unwrap_or_default();
    let language = message["language"]["code"].as_str().unwrap_or_default();
    let gone = || {
        GraphError::new(132001).details(format!(
            "template name ({name}) does not exist in {language}"
        ))
    };
    let Some(t) = w.templates.find(waba, name, language) else {
        if w.templates.knows(waba, name) || !w.settings().any_template {
            return Err(gone());
        }
        return Ok(None);
    };
    match t.status.as_str() {
        "APPROVED" => {}
        "PAUSED" => return Err(GraphError::new(132015)),
        "DISABLED" => return Err(GraphError::new(132016)),
        _ => return Err(gone()),
    }
    for kind in ["HEADER", "BODY"] {
        let given = template_rules::component(&message["components"], kind)
            .and_then(|c| c["parameters"].as_array())
            .map_or(0, |p| p.iter().filter(|v| v["type"] == "text").count());
        let wanted = t.wanted(kind);
        if t.category != "AUTHENTICATION" && given != wanted {
            return Err(GraphError::new(132000).details(format!(
                "{}: number of localizable_params ({given}) does not match the expected number of params ({wanted})",
                kind.to_lowercase()
            )));
        }
    }
    Ok(Some(t.category.to_ascii_lowercase()))
}

/// An upload that is under way or done: the samples of media headers.
#[derive(Debug, Default)]
pub struct Uploads {
    open: BTreeMap<String, (usize, Vec<u8>)>,
}

/// Uploads kept at once.
const UPLOADS_MAX: usize = 100;
/// Largest sample, bytes.
const UPLOAD_BYTES_MAX: usize = 100 << 20;

impl Uploads {
    /// Opens a session for `length` bytes.
    pub fn open(&mut self, rng: &mut fastrand::Rng, length: usize) -> Result<String, GraphError> {
        if length == 0 || length > UPLOAD_BYTES_MAX {
            return Err(GraphError::param(format!(
                "Param file_length must be between 1 and {UPLOAD_BYTES_MAX}."
            )));
        }
        if self.open.len() >= UPLOADS_MAX {
            self.open.pop_first();
        }
        let id = format!("upload:{}", ids::numeric(rng, 24));
        self.open.insert(id.clone(), (length, vec![]));
        Ok(id)
    }

    /// How many bytes of it are here.
    pub fn offset(&self, id: &str) -> Option<usize> {
        self.open.get(id).map(|(_, bytes)| bytes.len())
    }

    /// Adds bytes at `offset`. The handle, once all are here.
    pub fn add(
        &mut self,
        rng: &mut fastrand::Rng,
        id: &str,
        offset: usize,
        bytes: &[u8],
    ) -> Result<Value, GraphError> {
        let (length, have) = self
            .open
            .get_mut(id)
            .ok_or_else(|| GraphError::no_object("post", id))?;
        if offset != have.len() || have.len() + bytes.len() > *length {
            return Err(GraphError::param(format!(
                "Param file_offset must be {}.",
                have.len()
            )));
        }
        have.extend_from_slice(bytes);
        if have.len() < *length {
            return Ok(json!({"id": id, "file_offset": have.len()}));
        }
        self.open.remove(id);
        Ok(json!({"h": format!("4::{}", ids::base64(ids::numeric(rng, 30).as_bytes()))}))
    }
}
