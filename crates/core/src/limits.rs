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

/// `recipient_identity_key_hash`, bytes. Our bound; Meta's hashes have 12.
pub const IDENTITY_HASH_BYTES: usize = 255;
/// Business-scoped user id, characters after the country's `CC.` (business_scoped_user_ids).
pub const BSUID_CHARS: usize = 128;
/// Text of a text message, characters (messages/text-messages).
pub const TEXT_BODY_CHARS: usize = 4_096;
/// Caption of an image, video or document, characters (messages/image-messages and others).
pub const CAPTION_CHARS: usize = 1_024;
/// Address of a file or a button, characters (templates/components: url ≤ 2000; used for all addresses).
pub const URL_CHARS: usize = 2_000;
/// Contact cards in one message (messages/contacts-messages).
pub const CONTACT_CARDS: usize = 257;
/// A reaction's emoji, characters. Our bound: the longest joined emoji has 10.
pub const REACTION_EMOJI_CHARS: usize = 16;
/// Problems reported for one message. Our bound.
pub const PROBLEMS: usize = 100;

// Files (media): bytes by kind, checked where the bytes are ---------------------------------------------------------

/// Image: JPEG, PNG; bytes (messages/image-messages).
pub const IMAGE_BYTES: u64 = 5 * 1024 * 1024;
/// Video: MP4, 3GPP; bytes (messages/video-messages).
pub const VIDEO_BYTES: u64 = 16 * 1024 * 1024;
/// Audio; bytes (messages/audio-messages).
pub const AUDIO_BYTES: u64 = 16 * 1024 * 1024;
/// A voice message that is shown with its wave form; bytes (messages/audio-messages).
pub const VOICE_BYTES: u64 = 512 * 1024;
/// Document; bytes (messages/document-messages).
pub const DOCUMENT_BYTES: u64 = 100 * 1024 * 1024;
/// Sticker that stands still; bytes (messages/sticker-messages).
pub const STICKER_STATIC_BYTES: u64 = 100 * 1024;
/// Sticker that moves; bytes (messages/sticker-messages).
pub const STICKER_ANIMATED_BYTES: u64 = 500 * 1024;

// Interactive messages ---------------------------------------------------------------------------------------------

/// Header text, characters (messages/interactive-*-messages).
pub const HEADER_CHARS: usize = 60;
/// Body text, characters (messages/interactive-*-messages).
pub const BODY_CHARS: usize = 1_024;
/// Body text of a list message, characters (messages/interactive-list-messages).
pub const LIST_BODY_CHARS: usize = 4_096;
/// Footer text, characters (messages/interactive-*-messages).
pub const FOOTER_CHARS: usize = 60;
/// Reply buttons (messages/interactive-reply-buttons-messages).
pub const REPLY_BUTTONS: usize = 3;
/// Id of a reply button, characters (same page).
pub const REPLY_ID_CHARS: usize = 256;
/// Title of a reply button, characters (same page).
pub const REPLY_TITLE_CHARS: usize = 20;
/// Label of the button that opens a list, characters (messages/interactive-list-messages).
pub const LIST_BUTTON_CHARS: usize = 20;
/// Sections of a list (same page).
pub const LIST_SECTIONS: usize = 10;
/// Rows of a list, over all sections (same page).
pub const LIST_ROWS: usize = 10;
/// Title of a section, characters (same page; also product lists).
pub const SECTION_TITLE_CHARS: usize = 24;
/// Id of a row, characters (same page).
pub const ROW_ID_CHARS: usize = 200;
/// Title of a row, characters (same page).
pub const ROW_TITLE_CHARS: usize = 24;
/// Description of a row, characters (same page).
pub const ROW_DESCRIPTION_CHARS: usize = 72;
/// Label of a link button, characters (messages/interactive-cta-url-messages).
pub const CTA_TEXT_CHARS: usize = 20;
/// Label of a flow's button, characters; 20 are recommended (flows/guides/sendingaflow).
pub const FLOW_CTA_CHARS: usize = 30;
/// Sections of a product list (catalogs/…/share-products).
pub const PRODUCT_SECTIONS: usize = 10;
/// Products of a product list, over all sections (same page).
pub const PRODUCT_ITEMS: usize = 30;
/// Fewest cards of a carousel (messages/interactive-media-carousel-messages).
pub const CAROUSEL_CARDS_MIN: usize = 2;
/// Most cards of a carousel (same page).
pub const CAROUSEL_CARDS: usize = 10;
/// Body of a carousel's card, characters (same page).
pub const CARD_BODY_CHARS: usize = 160;
/// Line breaks in the body of a carousel's card (same page).
pub const CARD_BODY_BREAKS: usize = 2;
/// Payload of a call button, characters (as the callback data it comes back in).
pub const CALL_PAYLOAD_CHARS: usize = CALLBACK_DATA_CHARS;

// Templates, when sent ---------------------------------------------------------------------------------------------

/// Header text after filling in, characters (templates/components).
pub const TEMPLATE_HEADER_CHARS: usize = 60;
/// One value of a template's body, characters (the body may have 1,024 with all values; templates/components).
pub const TEMPLATE_VALUE_CHARS: usize = 1_024;
/// Buttons of a template (templates/components).
pub const TEMPLATE_BUTTONS: usize = 10;
/// Buttons of a template's carousel card (templates/…/media-card-carousel-templates).
pub const TEMPLATE_CARD_BUTTONS: usize = 2;
/// Coupon code, characters (templates/…/coupon-templates of November 2025; older text says 15).
pub const COUPON_CODE_CHARS: usize = 20;
/// Code of a limited-time offer, characters (templates/…/limited-time-offer-templates).
pub const OFFER_CODE_CHARS: usize = 15;
/// One-time password, characters (templates/authentication-templates/…).
pub const OTP_CHARS: usize = 15;
/// How long a call button may work, minutes: 30 days (calling/call-button-messages-deep-links).
pub const CALL_TTL_MINUTES: u64 = 43_200;

// Templates, when made ---------------------------------------------------------------------------------------------

/// Variables of a header (templates/components).
pub const TEMPLATE_HEADER_VARIABLES: usize = 1;
/// Footer, characters (templates/components).
pub const TEMPLATE_FOOTER_CHARS: usize = 60;
/// Label of a template's button, characters (templates/components).
pub const TEMPLATE_BUTTON_CHARS: usize = 25;
/// Buttons of a template that open a web address (templates/components).
pub const TEMPLATE_URL_BUTTONS: usize = 2;
/// Phone number of a template's button, characters (templates/components).
pub const TEMPLATE_PHONE_CHARS: usize = 20;
/// Fewest digits of such a number; service numbers are short. Our bound.
pub const TEMPLATE_PHONE_DIGITS_MIN: usize = 3;
/// Emojis of a body; templates/template-review says that there is a bound, this one is from providers' reports.
pub const BODY_EMOJIS: usize = 10;
/// Body of a limited-time offer, characters (templates/…/limited-time-offer-templates).
pub const OFFER_BODY_CHARS: usize = 600;
/// Text of a limited-time offer, characters (same page).
pub const OFFER_TEXT_CHARS: usize = 16;
/// Shortest lifetime of utility and authentication templates, seconds (templates/time-to-live).
pub const TTL_SECONDS_MIN: i64 = 30;
/// Longest lifetime of authentication templates, seconds (same page).
pub const TTL_AUTHENTICATION_SECONDS: i64 = 900;
/// Longest lifetime of utility templates, seconds: 12 hours (same page).
pub const TTL_UTILITY_SECONDS: i64 = 43_200;
/// Shortest lifetime of marketing templates, seconds: 12 hours (same page).
pub const TTL_MARKETING_SECONDS_MIN: i64 = 43_200;
/// Longest lifetime of marketing templates, seconds: 30 days (same page).
pub const TTL_MARKETING_SECONDS: i64 = 2_592_000;
/// What stands for 30 days in utility and authentication templates (same page).
pub const TTL_THIRTY_DAYS: i64 = -1;
/// Shortest lifetime of a one-time password, minutes (templates/authentication-templates/…).
pub const CODE_EXPIRATION_MINUTES_MIN: i64 = 1;
/// Longest lifetime of a one-time password, minutes (same pages).
pub const CODE_EXPIRATION_MINUTES: i64 = 90;
/// Android apps that a template's button knows (same pages).
pub const SUPPORTED_APPS: usize = 5;
/// Package name of an Android app, characters (same pages).
pub const PACKAGE_NAME_CHARS: usize = 224;
/// Signature hash of an Android app, characters, exactly (same pages).
pub const SIGNATURE_HASH_CHARS: usize = 11;
/// From which weight of its words on a utility text reads like advertising. Ours.
pub const MARKETING_WEIGHT: u32 = 2;
