//! Media: upload, look up (a signed address for five minutes), download, delete.
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{header, StatusCode};
use axum::response::Response;
use serde_json::{json, Value};

use super::{bearer, known_token, pairs, Answer, Call};
use crate::errors::GraphError;
use crate::ids;
use crate::media::{all_types, kind_of, Media, UPLOAD_MAX};
use crate::server::App;
use crate::state::World;

/// The parts of a multipart upload.
#[derive(Default)]
pub struct Upload {
    file: Option<(String, Vec<u8>)>,
    messaging_product: Option<String>,
    kind: Option<String>,
}

/// Reads the parts, at most [`UPLOAD_MAX`] bytes in all.
pub async fn read_multipart(request: Request) -> Result<Upload, GraphError> {
    let bad = |what: String| GraphError::param(what);
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|e| bad(e.to_string()))?;
    let mut upload = Upload::default();
    while let Some(mut part) = parts.next_field().await.map_err(|e| bad(e.to_string()))? {
        let name = part.name().unwrap_or_default().to_string();
        let mime = part.content_type().map(str::to_string);
        let mut bytes = vec![];
        while let Some(chunk) = part.chunk().await.map_err(|e| bad(e.to_string()))? {
            if bytes.len() + chunk.len() > UPLOAD_MAX {
                return Err(GraphError::new(131053).details("The file is larger than 100 MB"));
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        match name.as_str() {
            "file" => upload.file = Some((mime.unwrap_or_default(), bytes)),
            "messaging_product" => upload.messaging_product = Some(text()),
            "type" => upload.kind = Some(text()),
            _ => {}
        }
    }
    Ok(upload)
}

pub fn upload(w: &mut World, call: &Call, number: &str, upload: Option<Upload>) -> Answer {
    w.config
        .number(number)
        .filter(|(a, _)| call.may_use(&a.id))
        .ok_or_else(|| call.no_object(number))?;
    call.needs("whatsapp_business_messaging")?;
    let upload = upload.unwrap_or_default();
    if upload.messaging_product.as_deref() != Some("whatsapp") {
        return Err(GraphError::required("messaging_product"));
    }
    let (part_type, bytes) = upload.file.ok_or_else(|| GraphError::required("file"))?;
    let mime = if part_type.is_empty() || part_type == "application/octet-stream" {
        upload.kind.unwrap_or(part_type)
    } else {
        part_type
    };
    let Some((kind, max)) = kind_of(&mime) else {
        return Err(GraphError::param(format!(
            "Param file must be a file with one of the following types: {}. Received file of type '{mime}'.",
            all_types()
        )));
    };
    if bytes.len() > max {
        return Err(GraphError::new(131053).details(format!(
            "A {kind} has at most {max} bytes, this one has {}",
            bytes.len()
        )));
    }
    if bytes.is_empty() {
        return Err(GraphError::param("Param file must not be empty."));
    }
    Ok(json!({"id": store(w, number, mime, bytes)}))
}

/// Puts bytes into the store; the new id.
pub fn store(w: &mut World, number: &str, mime: String, bytes: Vec<u8>) -> String {
    let id = ids::numeric(&mut w.rng, 16);
    let sha256 = ids::sha256(&bytes);
    w.media.put(
        id.clone(),
        Media {
            number: number.into(),
            mime,
            bytes: Arc::new(bytes),
            sha256,
        },
    );
    id
}

/// The address for the next minutes.
pub fn signed_url(w: &World, base: &str, id: &str) -> String {
    let until = w.now() + w.settings().media_url_ttl_ms as i64;
    let hash = ids::signature(&w.media_key, format!("{id} {until}").as_bytes());
    format!("{base}/whatsapp_business/attachments/?mid={id}&ext={until}&hash={hash}")
}

/// The media, if the call may see it; a phone_number_id given must be the uploader.
fn visible<'a>(w: &'a World, call: &Call, id: &str) -> Result<&'a Media, GraphError> {
    let media = w.media.get(id).ok_or_else(|| call.no_object(id))?;
    let ours = w
        .config
        .number(&media.number)
        .is_some_and(|(a, _)| call.may_use(&a.id));
    let fits = call
        .param("phone_number_id")
        .is_none_or(|n| n == media.number);
    if ours && fits {
        Ok(media)
    } else {
        Err(call.no_object(id))
    }
}

pub fn get(w: &World, call: &Call, id: &str) -> Answer {
    let m = visible(w, call, id)?;
    Ok(json!({
        "messaging_product": "whatsapp", "url": signed_url(w, &call.base_url, id), "mime_type": m.mime,
        "sha256": ids::hex(&m.sha256), "file_size": m.bytes.len(), "id": id
    }))
}

pub fn delete(w: &mut World, call: &Call, id: &str) -> Answer {
    visible(w, call, id)?;
    w.media.remove(id);
    Ok(json!({"success": true}))
}

/// `GET` of a signed address: 401 without a token, 404 when it is altered or too old.
pub async fn download(app: &App, request: Request) -> Response {
    let refuse = |status| {
        Response::builder()
            .status(status)
            .body(Body::empty())
            .unwrap_or_default()
    };
    let w = app.world();
    if bearer(request.headers()).is_none_or(|t| known_token(&w, t).is_err()) {
        return refuse(StatusCode::UNAUTHORIZED);
    }
    let query = pairs(request.uri().query().unwrap_or_default());
    let of = |name: &str| {
        query
            .iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.as_str())
            .unwrap_or_default()
    };
    let (id, until) = (of("mid"), of("ext"));
    let genuine = of("hash") == ids::signature(&w.media_key, format!("{id} {until}").as_bytes());
    let fresh = until.parse::<i64>().is_ok_and(|until| w.now() < until);
    match w.media.get(id).filter(|_| genuine && fresh) {
        Some(m) => Response::builder()
            .header(header::CONTENT_TYPE, &m.mime)
            .body(Body::from(m.bytes.as_ref().clone()))
            .unwrap_or_default(),
        None => refuse(StatusCode::NOT_FOUND),
    }
}

/// The object of a webhook's media message.
pub fn webhook_object(w: &World, base: &str, id: &str) -> Option<Value> {
    let m = w.media.get(id)?;
    Some(
        json!({"id": id, "mime_type": m.mime, "sha256": ids::base64(&m.sha256), "url": signed_url(w, base, id)}),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::*;

    fn multipart(mime: &str, bytes: &[u8]) -> Vec<u8> {
        let mut body = format!("--B\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: {mime}\r\n\r\n").into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--B--\r\n");
        let mut request = format!(
            "POST /v25.0/{NUMBER}/media HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(&body);
        request
    }

    #[tokio::test]
    async fn media_goes_up_comes_down_and_goes_away() {
        let sim = Sim::relaxed().await;
        let bytes = [0x89, b'P', b'N', b'G', 0, 255, 13, 10];
        let id = sim
            .bytes(&multipart("image/png", &bytes))
            .await
            .unwrap()
            .json()["id"]
            .as_str()
            .unwrap()
            .to_string();
        let media = sim
            .call("GET", &format!("/v25.0/{id}?phone_number_id={NUMBER}"), "")
            .await
            .json();
        assert_eq!(
            (media["mime_type"].as_str(), media["file_size"].as_u64()),
            (Some("image/png"), Some(8))
        );
        assert_eq!(media["sha256"].as_str().unwrap().len(), 64);
        let url = media["url"].as_str().unwrap();
        let path = &url[url.find("/whatsapp").unwrap()..];
        let raw = sim.call("GET", path, "").await;
        assert_eq!((raw.status, raw.body.as_slice()), (200, &bytes[..]));
        assert!(raw.head.to_lowercase().contains("content-type: image/png"));
        assert_eq!(sim.call_as("WRONG", "GET", path, "").await.status, 401);
        assert_eq!(
            sim.call("GET", &path.replace("hash=", "hash=0"), "")
                .await
                .status,
            404
        );
        sim.control("/sim/advance", r#"{"ms":300001}"#).await;
        assert_eq!(
            sim.call("GET", path, "").await.status,
            404,
            "five minutes later"
        );
        let send = format!(
            r#"{{"messaging_product":"whatsapp","to":"+4915112345678","type":"image","image":{{"id":"{id}"}}}}"#
        );
        assert_eq!(
            sim.call("POST", &format!("/{NUMBER}/messages"), &send)
                .await
                .status,
            200
        );
        assert_eq!(
            sim.call(
                "POST",
                &format!("/{NUMBER}/messages"),
                &send.replace("image", "audio")
            )
            .await
            .code(),
            131053
        );
        assert_eq!(
            sim.call("DELETE", &format!("/{id}?phone_number_id=1"), "")
                .await
                .code(),
            100
        );
        assert_eq!(sim.call("DELETE", &format!("/{id}"), "").await.status, 200);
        assert_eq!(sim.call("GET", &format!("/{id}"), "").await.code(), 100);
    }

    #[tokio::test]
    async fn wrong_uploads_are_refused() {
        let sim = Sim::relaxed().await;
        assert_eq!(
            sim.bytes(&multipart("application/x-msdownload", b"MZ"))
                .await
                .unwrap()
                .code(),
            100
        );
        assert_eq!(
            sim.bytes(&multipart("image/png", &vec![0; (5 << 20) + 1]))
                .await
                .unwrap()
                .code(),
            131053
        );
        assert_eq!(
            sim.bytes(&multipart("image/png", b""))
                .await
                .unwrap()
                .code(),
            100
        );
        assert_eq!(
            sim.call("POST", &format!("/{NUMBER}/media"), "{}")
                .await
                .code(),
            100
        );
    }
}
