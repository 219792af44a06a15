//! The media store: bytes in memory, bounded, the oldest go first.
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Bytes kept in all.
pub const MEDIA_BYTES_MAX: usize = 256 << 20;
/// The largest upload (Meta: documents, 100 MB).
pub const UPLOAD_MAX: usize = 100 << 20;

/// Media type to kind and largest size in bytes (Meta's table).
static TYPES: &[(&str, &str, usize)] = &[
    ("image/jpeg", "image", 5 << 20),
    ("image/png", "image", 5 << 20),
    ("image/webp", "sticker", 500 << 10),
    ("video/mp4", "video", 16 << 20),
    ("video/3gpp", "video", 16 << 20),
    ("audio/aac", "audio", 16 << 20),
    ("audio/amr", "audio", 16 << 20),
    ("audio/mpeg", "audio", 16 << 20),
    ("audio/mp4", "audio", 16 << 20),
    ("audio/ogg", "audio", 16 << 20),
    ("text/plain", "document", UPLOAD_MAX),
    ("application/pdf", "document", UPLOAD_MAX),
    ("application/msword", "document", UPLOAD_MAX),
    ("application/vnd.ms-excel", "document", UPLOAD_MAX),
    ("application/vnd.ms-powerpoint", "document", UPLOAD_MAX),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "document",
        UPLOAD_MAX,
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "document",
        UPLOAD_MAX,
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "document",
        UPLOAD_MAX,
    ),
];

/// Kind (`image`, `video`, …) and largest size of a media type; None when Meta takes no such upload.
pub fn kind_of(mime: &str) -> Option<(&'static str, usize)> {
    let bare = mime
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    TYPES.iter().find(|t| t.0 == bare).map(|t| (t.1, t.2))
}

/// All types, as Graph lists them in its refusal.
pub fn all_types() -> String {
    TYPES.iter().map(|t| t.0).collect::<Vec<_>>().join(", ")
}

#[derive(Debug, Clone)]
pub struct Media {
    pub number: String,
    pub mime: String,
    pub bytes: Arc<Vec<u8>>,
    pub sha256: Vec<u8>,
}

#[derive(Debug, Default)]
pub struct MediaStore {
    by_id: HashMap<String, Media>,
    order: VecDeque<String>,
    bytes: usize,
}

impl MediaStore {
    pub fn put(&mut self, id: String, media: Media) {
        self.bytes += media.bytes.len();
        self.order.push_back(id.clone());
        self.by_id.insert(id, media);
        while self.bytes > MEDIA_BYTES_MAX && self.order.len() > 1 {
            if let Some(old) = self.order.front().cloned() {
                self.remove(&old);
            }
        }
    }

    pub fn get(&self, id: &str) -> Option<&Media> {
        self.by_id.get(id)
    }

    pub fn remove(&mut self, id: &str) -> bool {
        let Some(gone) = self.by_id.remove(id) else {
            return false;
        };
        self.bytes -= gone.bytes.len();
        self.order.retain(|o| o != id);
        true
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }
}
