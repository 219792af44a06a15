//! Every limit, with its unit and its source. Shared by the extension, PHP, REST and the browser.
//!
//! Characters are Unicode scalar values (a flag emoji counts 2, a family up to 7): Meta does not say how it counts, and
//! this way of counting never lets through what a stricter way of counting *characters* would refuse. Meta's page for
//! `<x>` is `https://developers.facebook.com/documentation/business-messaging/whatsapp/<x>`.

// Webhooks in ------------------------------------------------------------------------------------------------------

/// Largest webhook body, bytes (webhooks/overview: payloads up to 3 MB).
pub const WEBHOOK_BODY_BYTES: usize = 3 * 1024 * 1024;
/// Deepest nesting of a webhook body. Meta's deepest documented payload has 13 levels.
pub const WEBHOOK_DEPTH: usize = 64;
/// Updates that Meta puts in one body at most (webhooks/create-webhook-endpoint).
pub const WEBHOOK_UPDATES: usize = 1_000;
/// Updates of one body that are typed one by one; what is beyond becomes one unknown event. Our bound on memory.
pub const WEBHOOK_UPDATES_TYPED: usize = 5 * WEBHOOK_UPDATES;
/// Longest identifier, bytes (our columns are `VARCHAR(255)`).
pub const IDENTIFIER_BYTES: usize = 255;
/// Longest text of an inbound message, characters (WhatsApp's apps allow 65,536).
pub const INBOUND_TEXT_CHARS: usize = 65_536;
/// Longest name, title or file name that is kept for showing, characters. The payload keeps all of it.
pub const LABEL_CHARS: usize = 255;
/// Longest detail text that is kept for showing, characters.
pub const DETAIL_CHARS: usize = 1_024;
/// Longest address of a media file that is kept, characters.
pub const MEDIA_URL_CHARS: usize = 2_048;

// Every message out ------------------------------------------------------------------------------------------------

/// `biz_opaque_callback_data`, characters (changelog; was 256).
pub const CALLBACK_DATA_CHARS: usize = 512;
/// Template name, characters (templates/overview).
pub const TEMPLATE_NAME_CHARS: usize = 512;

// Graph's answers --------------------------------------------------------------------------------------------------

/// Largest error answer that is read, bytes; a longer one is judged by its HTTP status.
pub const GRAPH_ERROR_BYTES: usize = 256 * 1024;
