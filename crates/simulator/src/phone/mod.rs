//! `/phone/`: the pretend customer's phone, one page of our own without any outside request.
use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::Router;

use crate::server::App;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

pub fn routes() -> Router<Arc<App>> {
    let page = || async { file("text/html; charset=utf-8", PAGE) };
    Router::new()
        .route("/phone", get(to_page))
        .route("/phone/", get(page))
        .route(
            "/phone/page.css",
            get(|| async { file("text/css; charset=utf-8", STYLE) }),
        )
        .route(
            "/phone/page.js",
            get(|| async { file("text/javascript; charset=utf-8", SCRIPT) }),
        )
        .route("/phone/{customer}", get(page))
}

/// `/phone` itself.
async fn to_page() -> Redirect {
    Redirect::permanent("/phone/")
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'self'; img-src 'self' data: blob: http: https:; media-src 'self' http: https:"),
    ];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use crate::testing::*;

    #[tokio::test]
    async fn the_page_asks_nobody_else() {
        let sim = Sim::relaxed().await;
        for (path, kind) in [
            ("/phone/", "text/html"),
            ("/phone/4915112345678", "text/html"),
            ("/phone/page.css", "text/css"),
            ("/phone/page.js", "text/javascript"),
        ] {
            let raw = sim.call("GET", path, "").await;
            assert_eq!(raw.status, 200, "{path}");
            assert!(raw.head.contains(kind), "{path}: {}", raw.head);
            let text = String::from_utf8(raw.body)
                .unwrap()
                .replace("http://www.w3.org/2000/svg", "");
            assert!(
                !text.contains("http://") && !text.contains("https://"),
                "{path} names another host"
            );
        }
    }
}
