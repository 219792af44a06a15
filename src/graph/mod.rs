//! HTTP to Meta's Graph API: one request, one understood answer.

use crate::error::{Error, Result};
use crate::runtime::{self, causes};
use nxtchat_core::errors::{parse_graph, Class, GraphFault};
use reqwest::header::{HeaderValue, AUTHORIZATION};
use reqwest::{Client, Method, Url};
use serde_json::Value;
use zeroize::Zeroizing;

/// Where Graph is.
const DEFAULT_BASE: &str = "https://graph.facebook.com";
/// The version that is spoken when the account names none.
const DEFAULT_VERSION: &str = "v25.0";
/// Largest answer that is read, bytes.
const ANSWER_BYTES: usize = 1 << 20;
/// Longest path below the version, characters.
const PATH_CHARS: usize = 512;
/// Longest access token, characters.
const TOKEN_CHARS: usize = 4_096;

/// Whom to ask, and as whom.
pub struct Account {
    /// The number's id; '' where none is needed.
    pub phone_number_id: String,
    token: Zeroizing<String>,
    base: Url,
    version: String,
    loopback: bool,
}

impl Account {
    /// Reads `{phone_number_id, token, graph_base?, graph_version?}`; other keys are of no interest here.
    pub fn read(value: &Value) -> Result<Account> {
        let (base, loopback) = read_base(&text(value, "graph_base")?)?;
        Ok(Account {
            phone_number_id: id(value, "phone_number_id")?,
            token: check_token(Zeroizing::new(text(value, "token")?))?,
            base,
            version: read_version(&text(value, "graph_version")?)?,
            loopback,
        })
    }

    /// The same place with another token.
    pub fn with_token(&self, token: String) -> Result<Account> {
        Ok(Account {
            phone_number_id: self.phone_number_id.clone(),
            token: check_token(Zeroizing::new(token))?,
            base: self.base.clone(),
            version: self.version.clone(),
            loopback: self.loopback,
        })
    }

    /// Where its number's messages go.
    pub fn messages_url(&self) -> Result<Url> {
        if self.phone_number_id.is_empty() {
            return Err(Error::invalid("The account has no phone number id."));
        }
        Ok(self.url(&format!("{}/messages", self.phone_number_id)))
    }

    /// Its token as a header that no log shows.
    pub fn auth(&self) -> Result<HeaderValue> {
        bearer(&self.token)
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!(
            "{}/{}/{path}",
            self.base.path().trim_end_matches('/'),
            self.version
        ));
        url
    }

    /// The clear token; for `debug_token` only.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Whether Graph is played by this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

/// A text of an account; '' when missing or null. Ids may come as numbers.
pub fn text(value: &Value, key: &str) -> Result<String> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.trim().to_owned()),
        Some(Value::Number(number)) if number.is_i64() => Ok(number.to_string()),
        Some(_) => Err(Error::invalid(format!(
            "The account's {key} must be a text."
        ))),
    }
}

/// An identifier of Meta's: it becomes part of a path.
pub fn id(value: &Value, key: &str) -> Result<String> {
    let id = text(value, key)?;
    if id.len() > 64 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Err(Error::invalid(format!(
            "The account's {key} is not an id of Meta's: it has digits only."
        )));
    }
    Ok(id)
}

/// A token as a header that no log shows.
pub fn bearer(token: &str) -> Result<HeaderValue> {
    let mut header = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| Error::invalid("The access token cannot be sent."))?;
    header.set_sensitive(true);
    Ok(header)
}

/// A token that can be sent at all.
pub fn check_token(token: Zeroizing<String>) -> Result<Zeroizing<String>> {
    if token.is_empty() {
        return Err(Error::invalid("The account has no access token."));
    }
    if token.len() > TOKEN_CHARS || !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::invalid("The access token has characters that no token of Meta's has: copy it again, in one piece."));
    }
    Ok(token)
}

/// https anywhere, plain http only to this machine.
fn read_base(base: &str) -> Result<(Url, bool)> {
    let base = if base.is_empty() { DEFAULT_BASE } else { base };
    let bad = |why: &str| Error::invalid(format!("The Graph address {why}."));
    let url = Url::parse(base.trim_end_matches('/')).map_err(|_| bad("is not a URL"))?;
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(bad(
            "must be a plain address, as in https://graph.facebook.com",
        ));
    }
    let host = url
        .host_str()
        .ok_or_else(|| bad("names no host"))?
        .trim_matches(['[', ']']);
    let here = host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => Ok((url, false)),
        "http" if here => Ok((url, true)),
        "http" => Err(bad(
            "must start with https:// (plain http only to this machine)",
        )),
        _ => Err(bad("must start with https://")),
    }
}

fn read_version(version: &str) -> Result<String> {
    let version = if version.is_empty() {
        DEFAULT_VERSION
    } else {
        version
    };
    let digits = |text: &str| {
        !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit())
    };
    let good = version
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor));
    if !good {
        return Err(Error::invalid("The Graph version must look like v25.0."));
    }
    Ok(version.to_owned())
}

/// One call, waited for.
pub fn call(account: &Account, method: &str, path: &str, params: &Value) -> Result<Value> {
    let call = Call::new(account, method, path, params)?;
    runtime::run(
        account.loopback,
        |client| async move { call.ask(&client).await },
    )?
    .map_err(|fault| Error::Graph(Box::new(fault)))
}

/// One request, checked and ready.
pub struct Call {
    method: Method,
    url: Url,
    token: HeaderValue,
    body: Option<Vec<u8>>,
    /// Of an upload's part.
    offset: Option<u64>,
}

impl Call {
    /// Parameters become the query of GET and DELETE, the JSON body of POST.
    pub fn new(account: &Account, method: &str, path: &str, params: &Value) -> Result<Call> {
        let method = match method {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "DELETE" => Method::DELETE,
            _ => return Err(Error::invalid("The method must be GET, POST or DELETE.")),
        };
        check_path(path)?;
        let mut url = account.url(path);
        let token = account.auth()?;
        let mut body = None;
        if method == Method::POST {
            body = Some(serde_json::to_vec(params).map_err(|e| Error::invalid(e.to_string()))?);
        } else {
            add_query(&mut url, params)?;
        }
        Ok(Call {
            method,
            url,
            token,
            body,
            offset: None,
        })
    }

    /// One part of a resumable upload: raw bytes at an offset.
    pub fn part(account: &Account, session: &str, offset: u64, bytes: Vec<u8>) -> Result<Call> {
        let mut call = Call::new(account, "POST", session, &Value::Null)?;
        // Uploads want the other word for the same token.
        let mut token = HeaderValue::try_from(format!("OAuth {}", account.token.as_str()))
            .map_err(|_| Error::invalid("The access token cannot be sent."))?;
        token.set_sensitive(true);
        call.token = token;
        call.body = Some(bytes);
        call.offset = Some(offset);
        Ok(call)
    }

    /// Asks once. A fault says by its class whether the request may have had an effect.
    pub async fn ask(self, client: &Client) -> std::result::Result<Value, GraphFault> {
        let mut request = client
            .request(self.method, self.url)
            .header(AUTHORIZATION, self.token);
        if let Some(offset) = self.offset {
            request = request.header("file_offset", offset);
        }
        if let Some(body) = self.body {
            let kind = if self.offset.is_some() {
                "application/octet-stream"
            } else {
                "application/json"
            };
            request = request
                .header(reqwest::header::CONTENT_TYPE, kind)
                .body(body);
        }
        // The URL may hold a token (debug_token): it never gets into a text.
        let mut answer = request.send().await.map_err(|e| lost(0, e.without_url()))?;
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|e| lost(status, e.without_url()))?
        {
            if body.len() + chunk.len() > ANSWER_BYTES {
                return Err(unclear(
                    status,
                    format!("The answer is larger than {ANSWER_BYTES} bytes."),
                ));
            }
            body.extend_from_slice(&chunk);
        }
        if !(200..300).contains(&status) {
            return Err(parse_graph(status, &body));
        }
        match serde_json::from_slice::<Value>(&body) {
            // Graph sends some errors with a 200.
            Ok(value) if value.get("error").is_some_and(Value::is_object) => {
                Err(parse_graph(status, &body))
            }
            Ok(value) => Ok(value),
            Err(_) => Err(unclear(status, "The answer is not JSON.".into())),
        }
    }
}

/// Only what Graph's paths are made of; nothing that leaves the version.
fn check_path(path: &str) -> Result<()> {
    let good = !path.is_empty()
        && path.len() <= PATH_CHARS
        && path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-:./=".contains(&b))
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..");
    good.then_some(()).ok_or_else(|| {
        Error::invalid("The Graph path may hold letters, digits and _ - : . = between slashes.")
    })
}

fn add_query(url: &mut Url, params: &Value) -> Result<()> {
    let params = match params {
        Value::Object(params) => params,
        Value::Null => return Ok(()),
        Value::Array(list) if list.is_empty() => return Ok(()),
        _ => return Err(Error::invalid("The parameters must have names.")),
    };
    if params.is_empty() {
        return Ok(());
    }
    let mut query = url.query_pairs_mut();
    for (name, value) in params {
        match value {
            Value::String(text) => query.append_pair(name, text),
            Value::Null => &mut query,
            other => query.append_pair(name, &other.to_string()),
        };
    }
    Ok(())
}

/// No answer. Without a connection nothing has left this machine: that may be repeated. Anything later is unclear.
fn lost(status: u16, error: reqwest::Error) -> GraphFault {
    let text = causes(&error);
    if error.is_connect() {
        return GraphFault {
            class: Class::Retry,
            title: "WhatsApp could not be reached".into(),
            remedy: "Nothing was sent. Check this server's connection to the internet (DNS, firewall, proxy), then try again.".into(),
            ..blank(status, text)
        };
    }
    let text = if error.is_timeout() {
        format!(
            "No answer within {} seconds: {text}",
            runtime::TOTAL_TIMEOUT.as_secs()
        )
    } else {
        text
    };
    unclear(status, text)
}

/// An answer that does not say whether the request had an effect.
pub fn unclear(status: u16, message: String) -> GraphFault {
    GraphFault {
        title: "No clear answer from WhatsApp".into(),
        remedy: "It may or may not have gone through. A status from WhatsApp settles it; do not repeat it before.".into(),
        ..blank(status, message)
    }
}

fn blank(http_status: u16, message: String) -> GraphFault {
    GraphFault {
        code: 0,
        subcode: 0,
        class: Class::UnknownOutcome,
        title: String::new(),
        message,
        details: String::new(),
        remedy: String::new(),
        fbtrace_id: String::new(),
        http_status,
        is_transient: false,
    }
}

#[cfg(test)]
pub mod tests;
