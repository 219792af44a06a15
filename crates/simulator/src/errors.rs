//! Graph's errors: the book of codes with their usual HTTP status, and the JSON they travel in.
use serde_json::{json, Value};

/// Code, HTTP status, title. Meta's error table; where it names no status: 400.
static BOOK: &[(u32, u16, &str)] = &[
    (0, 401, "AuthException"),
    (1, 400, "An unknown error has occurred."),
    (2, 503, "Service temporarily unavailable"),
    (
        3,
        500,
        "Application does not have the capability to make this API call.",
    ),
    (4, 400, "Application request limit reached"),
    (
        10,
        403,
        "Application does not have permission for this action",
    ),
    (33, 400, "Parameter value is not valid"),
    (100, 400, "Invalid parameter"),
    (190, 401, "Access token has expired"),
    (200, 403, "Permissions error"),
    (368, 403, "Temporarily blocked for policies violations"),
    (613, 400, "Calls to this api have exceeded the rate limit."),
    (
        80007,
        400,
        "There have been too many calls to this WhatsApp Business account.",
    ),
    (130403, 400, "User is blocked by the business"),
    (130429, 400, "Rate limit hit"),
    (130472, 400, "User's number is part of an experiment"),
    (
        130497,
        403,
        "Business account is restricted from messaging users in this country.",
    ),
    (131000, 500, "Something went wrong"),
    (131005, 403, "Access denied"),
    (131008, 400, "Required parameter is missing"),
    (131009, 400, "Parameter value is not valid"),
    (131016, 500, "Service unavailable"),
    (131021, 400, "Recipient cannot be sender"),
    (131026, 400, "Message undeliverable"),
    (131030, 400, "Recipient phone number not in allowed list"),
    (131031, 403, "Business Account locked"),
    (
        131037,
        400,
        "WhatsApp provided number needs display name approval before message can be sent.",
    ),
    (131041, 400, "Group unknown"),
    (131042, 400, "Business eligibility payment issue"),
    (131044, 400, "Business eligibility payment issue"),
    (131045, 500, "Incorrect certificate"),
    (131047, 400, "Re-engagement message"),
    (131048, 400, "Spam rate limit hit"),
    (
        131049,
        400,
        "This message was not delivered to maintain healthy ecosystem engagement.",
    ),
    (131050, 400, "User has stopped marketing messages"),
    (131051, 400, "Unsupported message type"),
    (131052, 400, "Media download error"),
    (131053, 400, "Media upload error"),
    (131055, 400, "Method not allowed"),
    (
        131056,
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
    ),
    (131057, 500, "Account in maintenance mode"),
    (131059, 400, "Invalid cursor"),
    (
        131062,
        400,
        "Business-scoped user ID is not supported for this message",
    ),
    (131063, 400, "Marketing messages are disabled on Cloud API"),
    (
        131064,
        400,
        "Messaging limit reached due to template misclassification",
    ),
    (131207, 403, "Group access denied"),
    (131208, 429, "Group rate limit hit"),
    (
        132000,
        400,
        "Number of parameters does not match the expected number of params",
    ),
    (
        132001,
        404,
        "Template name does not exist in the translation",
    ),
    (132005, 400, "Translated text too long"),
    (132007, 400, "Template format character policy violated"),
    (
        132012,
        400,
        "Parameter format does not match format in the created template",
    ),
    (132015, 400, "Template is paused"),
    (132016, 400, "Template is disabled"),
    (132018, 400, "Invalid template parameters"),
    (132068, 400, "Flow is in blocked state"),
    (132069, 400, "Flow is in throttled state"),
    (133000, 500, "Incomplete deregistration"),
    (133004, 503, "Server temporarily unavailable"),
    (133005, 400, "Two step verification PIN mismatch"),
    (133006, 400, "Phone number re-verification needed"),
    (133008, 400, "Too many two step verification PIN guesses"),
    (133009, 400, "Two step verification PIN guessed too fast"),
    (133010, 400, "Phone number not registered"),
    (
        133015,
        400,
        "Please wait a few minutes before attempting to register this phone number",
    ),
    (
        133016,
        400,
        "Account register/deregister rate limit exceeded",
    ),
    (
        134011,
        400,
        "WhatsApp Payments terms of service has not been accepted",
    ),
    (134100, 400, "Only marketing messages are supported"),
    (134101, 400, "Template is still syncing"),
    (134102, 500, "Template unavailable for use"),
    (135000, 400, "Generic user error"),
    (137000, 400, "Recipient identity key hash mismatch"),
    (138001, 400, "Recipient cannot be called"),
    (138006, 400, "No call permission"),
    (138009, 400, "Call permission request limit hit"),
    (139100, 400, "Failed to block/unblock some users"),
    (2494100, 400, "Phone number is in maintenance"),
];

/// The explanation Meta sends along where a test or a screen would want one.
fn usual_details(code: u32) -> Option<&'static str> {
    Some(match code {
        130429 => "Message failed to send because there were too many messages sent from this phone number in a short period of time",
        131026 => "Message Undeliverable.",
        131047 => "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
        131048 => "Message failed to send because there are restrictions on how many messages can be sent from this phone number.",
        131049 => "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
        131050 => "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business",
        131056 => "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
        _ => return None,
    })
}

/// One refusal. `code` decides; the HTTP status is what Meta's table gives it, unless a rule says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphError {
    pub code: u32,
    pub http: u16,
    pub subcode: Option<u32>,
    /// The whole `message`, with its `(#code)` where Graph writes one.
    pub message: String,
    pub title: String,
    pub details: Option<String>,
    /// Title and sentence for people (template creation).
    pub user: Option<Box<(String, String)>>,
}

impl GraphError {
    /// The error as the book has it. An unknown code keeps its number (HTTP 400).
    pub fn new(code: u32) -> Self {
        let (http, title) = BOOK
            .iter()
            .find(|b| b.0 == code)
            .map_or((400, "Unknown error"), |b| (b.1, b.2));
        GraphError {
            code,
            http,
            subcode: None,
            message: format!("(#{code}) {title}"),
            title: title.to_string(),
            details: usual_details(code).map(str::to_string),
            user: None,
        }
    }

    pub fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// Code 100 with Graph's own sentence as the message.
    pub fn param(sentence: impl Into<String>) -> Self {
        let mut e = GraphError::new(100);
        e.message = format!("(#100) {}", sentence.into());
        e.details = None;
        e
    }

    /// A required top-level parameter is not there.
    pub fn required(name: &str) -> Self {
        GraphError::param(format!("The parameter {name} is required."))
    }

    /// What Graph says of an id it does not know or may not show: it does not tell which.
    pub fn no_object(method: &str, id: &str) -> Self {
        let id: String = id.chars().take(100).collect();
        let mut e = GraphError::new(100);
        e.subcode = Some(33);
        e.message = format!(
            "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api",
            method.to_lowercase()
        );
        e.details = None;
        e
    }

    /// The token is not one of this world.
    pub fn bad_token() -> Self {
        let mut e = GraphError::new(190);
        e.message = "Invalid OAuth access token - Cannot parse access token".into();
        e
    }

    /// The token was valid until `at_s` (Unix seconds).
    pub fn expired_token(at_s: i64) -> Self {
        let mut e = GraphError::new(190);
        e.subcode = Some(463);
        e.message =
            format!("Error validating access token: Session has expired on {at_s} (Unix time).");
        e
    }

    /// No token at all.
    pub fn no_token() -> Self {
        let mut e = GraphError::new(200);
        e.http = 400;
        e.message = "(#200) An access token is required to request this resource.".into();
        e
    }

    /// The body of the HTTP answer.
    pub fn body(&self, trace: &str) -> Value {
        let mut error = json!({"message": self.message, "type": "OAuthException", "code": self.code, "fbtrace_id": trace});
        if let Some(sub) = self.subcode {
            error["error_subcode"] = json!(sub);
        }
        if let Some((title, sentence)) = self.user.as_deref() {
            error["error_user_title"] = json!(title);
            error["error_user_msg"] = json!(sentence);
        }
        if let Some(details) = &self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        if matches!(
            self.code,
            1 | 2 | 4 | 130429 | 131000 | 131016 | 131056 | 131057 | 133004
        ) {
            error["is_transient"] = json!(true);
        }
        json!({ "error": error })
    }

    /// The same error as an element of a status webhook's `errors`.
    pub fn in_status(&self) -> Value {
        json!({
            "code": self.code, "title": self.title, "message": self.title,
            "error_data": {"details": self.details.clone().unwrap_or_else(|| self.title.clone())},
            "href": "/documentation/business-messaging/whatsapp/support/error-codes"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_graphs_shape() {
        let body = GraphError::new(130429).body("Abc");
        assert_eq!(body["error"]["message"], "(#130429) Rate limit hit");
        assert_eq!(body["error"]["code"], 130429);
        assert_eq!(body["error"]["fbtrace_id"], "Abc");
        assert!(body["error"]["error_data"]["details"]
            .as_str()
            .unwrap()
            .contains("too many messages"));
        assert_eq!(GraphError::new(132001).http, 404);
        assert_eq!(GraphError::new(99_999).code, 99_999);
    }

    #[test]
    fn no_code_stands_twice_in_the_book() {
        let mut codes: Vec<_> = BOOK.iter().map(|b| b.0).collect();
        codes.dedup();
        assert_eq!(codes.len(), BOOK.len());
        assert!(BOOK.windows(2).all(|w| w[0].0 < w[1].0), "sorted");
    }
}
