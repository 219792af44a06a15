//! Templates towards Meta: the samples of media headers. The rules are `nxtchat_core::template`.

use crate::error::{Error, Result};
use crate::graph::{self, Account, Call};
use crate::runtime;
use nxtchat_core::errors::{Class, GraphFault};
use serde_json::{json, Value};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

/// Largest sample, bytes: Meta's limit of a document, the largest kind.
/// Source: Cloud API reference, media: supported types.
const SAMPLE_BYTES: u64 = 100 << 20;
/// Bytes sent at once: what is in memory.
const PART_BYTES: usize = 4 << 20;
/// Parts that may be sent again after an answer that was lost.
const AGAIN: usize = 3;
/// Longest name of a file, characters.
const NAME_CHARS: usize = 200;

/// Uploads a file as the sample of a media header and returns its handle (`4::…`). Streamed; goes on at the offset that Graph
/// tells after a lost answer. An upload has no effect by itself, so that repeating it is safe.
pub fn upload(account: &Account, app_id: &str, path: &Path, mime: &str) -> Result<String> {
    let mut file = File::open(path).map_err(|e| unreadable(path, &e))?;
    let bytes = file.metadata().map_err(|e| unreadable(path, &e))?.len();
    if bytes == 0 || bytes > SAMPLE_BYTES {
        return Err(Error::invalid(format!(
            "The file has {bytes} bytes; a sample has 1 to {SAMPLE_BYTES}."
        )));
    }
    if mime.len() > 100 || !mime.bytes().all(|b| b.is_ascii_graphic()) || !mime.contains('/') {
        return Err(Error::invalid(
            "The type of the file must look like image/png.",
        ));
    }
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().chars().take(NAME_CHARS).collect())
        .unwrap_or_else(|| String::from("sample"));
    let params = json!({"file_length": bytes, "file_type": mime, "file_name": name});
    let opened = graph::call(account, "POST", &format!("{app_id}/uploads"), &params)?;
    let session = text(&opened, "id")?;
    let mut offset = 0_u64;
    let mut lost = 0;
    loop {
        let part = read(&mut file, offset, path)?;
        if part.is_empty() {
            return Err(Error::invalid("The file became shorter while it was sent."));
        }
        let sent = part.len() as u64;
        let call = Call::part(account, &session, offset, part)?;
        let answer = runtime::run(account.is_loopback(), |client| async move {
            call.ask(&client).await
        })?;
        match answer {
            Ok(answer) if answer.get("h").is_some() => return text(&answer, "h"),
            Ok(answer) => {
                offset = answer
                    .get("file_offset")
                    .and_then(Value::as_u64)
                    .unwrap_or(offset + sent);
            }
            Err(fault) if repeatable(&fault) && lost < AGAIN => {
                lost += 1;
                offset = reached(account, &session, offset);
            }
            Err(fault) => return Err(Error::Graph(Box::new(fault))),
        }
        if offset >= bytes {
            return Err(Error::Graph(Box::new(graph::unclear(
                200,
                "Graph has the whole file and gave no handle.".into(),
            ))));
        }
    }
}

/// Whether another try may bring the same part through.
fn repeatable(fault: &GraphFault) -> bool {
    matches!(fault.class, Class::Retry | Class::UnknownOutcome)
}

/// How far Graph says it is; where we were when it does not say.
fn reached(account: &Account, session: &str, offset: u64) -> u64 {
    graph::call(account, "GET", session, &Value::Null)
        .ok()
        .and_then(|answer| answer.get("file_offset").and_then(Value::as_u64))
        .unwrap_or(offset)
}

fn read(file: &mut File, offset: u64, path: &Path) -> Result<Vec<u8>> {
    let mut part = Vec::new();
    file.seek(SeekFrom::Start(offset))
        .and_then(|_| file.take(PART_BYTES as u64).read_to_end(&mut part))
        .map_err(|e| unreadable(path, &e))?;
    Ok(part)
}

fn text(answer: &Value, key: &str) -> Result<String> {
    answer
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty() && text.len() <= 4_096)
        .map(str::to_owned)
        .ok_or_else(|| {
            Error::Graph(Box::new(graph::unclear(
                200,
                format!("The answer to an upload has no {key}."),
            )))
        })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    Error::invalid(match error.kind() {
        ErrorKind::NotFound => format!("There is no file {name}."),
        _ => format!("The file {name} cannot be read: {error}."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::tests::{account, http, serve, Play};

    fn sample(bytes: usize) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), vec![7_u8; bytes]).unwrap();
        file
    }

    #[test]
    fn a_bad_file_never_leaves() {
        let (base, _) = serve(Play::Hang);
        let account = account(&base);
        let missing = upload(&account, "1", Path::new("/nonexistent/x.png"), "image/png");
        assert!(missing.unwrap_err().to_string().contains("no file x.png"));
        let empty = sample(0);
        assert!(upload(&account, "1", empty.path(), "image/png").is_err());
        let one = sample(1);
        assert!(upload(&account, "1", one.path(), "nonsense").is_err());
    }

    #[test]
    fn an_answer_without_a_session_is_told() {
        let (base, _) = serve(http("200 OK", r#"{"nothing":1}"#));
        let one = sample(1);
        let told = upload(&account(&base), "1", one.path(), "image/png").unwrap_err();
        assert!(matches!(told, Error::Graph(_)), "{told}");
    }
}
