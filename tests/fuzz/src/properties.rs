//! What must hold for any input. Shared by libFuzzer (tests/fuzz/src/main.rs) and by the test that replays the corpus
//! (crates/core/tests/corpus.rs).

use nxtchat_core::csv::{self, Dialect, Encoding, Rows};
use nxtchat_core::{limits, markup, message, template, webhook};
use serde_json::{json, Value};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Time that one look at an input may take per begun KB. About twenty times what a release build needs.
const PER_KB: Duration = Duration::from_micros(if cfg!(debug_assertions) {
    30_000
} else {
    1_000
});
/// Time that is given to any input on top.
const GRACE: Duration = Duration::from_millis(10);
/// What took too long is tried so often, and the shortest counts.
const TRIES: usize = 5;
/// Size to which `long` grows its inputs, bytes.
const LONG_BYTES: usize = 32 * 1024;

/// A target: its name, what is tried, and whether its inputs are JSON.
pub type Target = (&'static str, fn(&[u8]), bool);

/// Every target.
pub const TARGETS: &[Target] = &[
    ("template", template_input, true),
    ("message", message_input, true),
    ("webhook", webhook_input, true),
    ("markup", markup_input, false),
    ("csv_read", csv_read, false),
    ("csv_write", csv_write, false),
    ("long", long, false),
];

/// Does the work in time, or panics. A machine does other things too: what took too long is tried again by the time that it had
/// the processor.
fn timed<T>(bytes: usize, mut work: impl FnMut() -> T) -> T {
    let allowed = GRACE + PER_KB * (bytes as u32 / 1024 + 1);
    let start = Instant::now();
    let done = work();
    if start.elapsed() <= allowed {
        return done;
    }
    let mut shortest = Duration::MAX;
    for _ in 0..TRIES {
        let (start, busy) = (Instant::now(), busy());
        let done = work();
        let took = match (busy, self::busy()) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => start.elapsed(),
        };
        shortest = shortest.min(took);
        if shortest <= allowed {
            return done;
        }
    }
    panic!("{bytes} bytes took {shortest:?}, allowed {allowed:?}");
}

/// How long this thread had the processor; where Linux tells.
fn busy() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = stat.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos)).filter(|busy| !busy.is_zero())
}

// Templates ----------------------------------------------------------------------------------------------------------

/// `{template, values}`, or a template alone.
fn template_input(data: &[u8]) {
    let Ok(input) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    let (template, values) = match input.get("template") {
        Some(template) => (template, &input["values"]),
        None => (&input, &Value::Null),
    };
    timed(data.len(), || template_holds(template, values));
}

fn template_holds(template: &Value, values: &Value) {
    let problems = template::check(template);
    assert!(problems.len() <= limits::PROBLEMS);
    for problem in &problems {
        assert!(template::RULES.contains(&problem.rule), "{problem:?}");
        assert!(!problem.message.is_empty() && !problem.remedy.is_empty());
    }
    let variables = template::variables(template);
    let good = problems
        .iter()
        .all(|one| one.severity == template::Severity::Warning);
    if good {
        let keys: BTreeSet<_> = variables.iter().map(|one| &one.key).collect();
        assert_eq!(keys.len(), variables.len(), "a key stands twice: {keys:?}");
    }
    let parameters = template::parameters(template, values);
    if let Ok(components) = &parameters {
        let body = json!({"to": "+16505551234", "type": "template",
            "template": {"name": "x", "language": {"code": "en"}, "components": components}});
        assert_eq!(message::check(&body), [], "{body}");
    }
    let Some(seen) = template::render(template, values) else {
        assert!(
            !good && parameters.is_err(),
            "good, but cannot be shown: {template}"
        );
        return;
    };
    assert!(
        seen.missing.is_empty() || parameters.is_err(),
        "sent without {:?}",
        seen.missing
    );
    let cards = seen.cards.iter().filter_map(|card| card.body.as_ref());
    for body in cards.chain([&seen.body]) {
        assert_eq!(body.html, markup::to_html(&body.text));
        marked(&body.html, &body.plain);
    }
    for variable in variables.iter().filter(|one| one.required && good) {
        let given = values.get(&variable.key).is_some();
        assert!(
            given || seen.missing.contains(&variable.key),
            "{} is not missed",
            variable.key
        );
    }
}

// Messages -----------------------------------------------------------------------------------------------------------

fn message_input(data: &[u8]) {
    let Ok(input) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    timed(data.len(), || {
        let problems = message::check(&input);
        let built = message::build(&input, "");
        // What is built is what it was built of: building it again changes nothing, and what was good stays good.
        assert_eq!(message::build(&built, ""), built);
        if problems.is_empty() {
            assert_eq!(message::check(&built), [], "{built}");
        }
        let summary = message::summary(&input);
        assert!(summary.chars().count() <= limits::TEXT_BODY_CHARS);
    });
}

// Webhooks -----------------------------------------------------------------------------------------------------------

fn webhook_input(data: &[u8]) {
    let events = match timed(data.len(), || webhook::parse(data)) {
        Ok(events) => events,
        Err(error) => {
            let object =
                serde_json::from_slice::<Value>(data).map_or(false, |body| body.is_object());
            assert!(
                !object || error == webhook::ParseError::TooDeep,
                "refused: {error}"
            );
            return;
        }
    };
    assert!(!events.is_empty());
    for event in &events {
        let written = serde_json::to_value(event).expect("an event can be written");
        // Two kinds carry all that was said in their own fields.
        match written["payload"].as_str() {
            Some(payload) => drop(
                serde_json::from_str::<&serde_json::value::RawValue>(payload)
                    .expect("a payload is JSON"),
            ),
            None => assert!(
                matches!(
                    event.what,
                    webhook::What::Preference(_) | webhook::What::IdentityChange(_)
                ),
                "{written}"
            ),
        }
        for key in ["waba_id", "phone_number_id", "wamid", "reply_to", "target"] {
            let id = written[key].as_str().unwrap_or_default();
            assert!(id.len() <= limits::IDENTIFIER_BYTES, "{key}: {id}");
        }
    }
}

// Markup -------------------------------------------------------------------------------------------------------------

fn markup_input(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (html, plain) = timed(text.len(), || {
        (markup::to_html(&text), markup::to_plain(&text))
    });
    marked(&html, &plain);
}

/// Holds when the HTML has only the tags it may have, each closed in its turn, and says the same as the plain text.
fn marked(html: &str, plain: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut said = String::new();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '<' => {
                let (tag, after) = after.split_once('>').expect("a tag ends");
                match tag.strip_prefix('/') {
                    Some(name) => assert_eq!(open.pop(), Some(name), "{html}"),
                    None if tag == "br" => {}
                    None => open.push(tag_name(tag)),
                }
                after
            }
            '&' => {
                let (c, after) = entity(after);
                said.push(c);
                after
            }
            '>' | '"' | '\'' => panic!("a bare {c} in {html}"),
            c => {
                assert!(!c.is_control() || c == '\n' || c == '\t', "{c:?} in {html}");
                said.push(c);
                after
            }
        };
    }
    assert_eq!(open, [""; 0], "{html}");
    // Marks of lists stand in the plain text only, line breaks are tags here.
    if !html.contains("<li>") {
        assert_eq!(said.replace('\n', ""), plain.replace('\n', ""));
    }
}

fn tag_name(tag: &str) -> &str {
    const BARE: &[&str] = &[
        "strong",
        "em",
        "del",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
    ];
    if BARE.contains(&tag) {
        return tag;
    }
    let address = tag
        .strip_prefix("a href=\"")
        .and_then(|tag| {
            tag.strip_suffix("\" target=\"_blank\" rel=\"noopener noreferrer nofollow\"")
        })
        .unwrap_or_else(|| panic!("<{tag}> is not allowed"));
    let lower = address.to_ascii_lowercase();
    assert!(
        lower.starts_with("http://") || lower.starts_with("https://"),
        "{address}"
    );
    assert!(
        !address.contains(['"', '<', '\'']) && !address.contains(char::is_whitespace),
        "{address}"
    );
    "a"
}

fn entity(text: &str) -> (char, &str) {
    [
        ("amp;", '&'),
        ("lt;", '<'),
        ("gt;", '>'),
        ("quot;", '"'),
        ("#039;", '\''),
    ]
    .iter()
    .find_map(|(name, c)| Some((*c, text.strip_prefix(name)?)))
    .unwrap_or_else(|| panic!("a bare & before {text}"))
}

// Tables -------------------------------------------------------------------------------------------------------------

/// A row: line, end, cells, whether anything was wrong.
type Parsed = (u64, u64, Vec<Vec<u8>>, bool);

/// Reads a file in pieces of these sizes in turn (0 = all that is left), from `position` on.
fn parsed(
    file: &[u8],
    dialect: Dialect,
    encoding: Encoding,
    sizes: &[u8],
    from: (u64, u64),
) -> Vec<Parsed> {
    let mut rows = Rows::new(dialect, encoding, from.0, from.1);
    let (mut found, mut rest) = (Vec::new(), &file[from.0 as usize..]);
    let mut sizes = sizes.iter().cycle();
    loop {
        let size = sizes.next().map_or(0, |size| *size as usize);
        let (piece, after) = rest.split_at(if size == 0 {
            rest.len()
        } else {
            size.min(rest.len())
        });
        rows.push(piece);
        rest = after;
        if rest.is_empty() {
            rows.finish();
        }
        while let Some(row) = rows.next() {
            let cells = row.cells().map(<[u8]>::to_vec).collect();
            found.push((row.line, row.end, cells, row.fault.is_some()));
        }
        if rest.is_empty() {
            return found;
        }
    }
}

/// Three bytes of how it is read and in which pieces it comes, then the file.
fn csv_read(data: &[u8]) {
    let [how, one, other, file @ ..] = data else {
        return;
    };
    let dialect = Dialect {
        delimiter: [b',', b';', b'\t', b'|', b' '][(how & 7) as usize % 5],
        quote: [Some(b'"'), Some(b'\''), None][(how >> 3 & 3) as usize % 3],
    };
    let encoding = Encoding::EVERY[(how >> 5 & 3) as usize];
    let rows = timed(file.len(), || parsed(file, dialect, encoding, &[], (0, 0)));
    assert_eq!(
        rows,
        parsed(file, dialect, encoding, &[*one, *other], (0, 0)),
        "in pieces it reads otherwise"
    );
    let (mut line, mut end) = (0, 0);
    for row in &rows {
        assert!(
            row.0 > line && row.1 > end && row.1 <= file.len() as u64,
            "{row:?} after {line}, {end}"
        );
        assert!(row.2.len() <= csv::COLUMNS);
        (line, end) = (row.0, row.1);
    }
    // From where a row ended, with the lines before it, the rest is the same; `Rows` knows them best.
    let mut reader = Rows::new(dialect, encoding, 0, 0);
    reader.push(file);
    reader.finish();
    for _ in 0..=*one as usize % (rows.len() + 1) {
        reader.next();
    }
    let from = (reader.position(), reader.line());
    let left: Vec<_> = rows.iter().filter(|row| row.1 > from.0).cloned().collect();
    if from.0 > 0 {
        assert_eq!(
            left,
            parsed(file, dialect, encoding, &[], from),
            "from {from:?} on it reads otherwise"
        );
    }
    let sniffed = timed(file.len(), || {
        csv::sniff(file, &json!({ "complete": true }))
    })
    .expect("no option is wrong");
    assert!(sniffed.columns.len() <= csv::COLUMNS && sniffed.rows.len() <= csv::SHOWN_ROWS);
    let to: Vec<_> = (0..sniffed.columns.len().max(1))
        .map(|at| json!({ "to": if at == 0 { "phone" } else { "" } }))
        .collect();
    let options = json!({"encoding": sniffed.encoding, "delimiter": sniffed.delimiter, "quote": sniffed.quote,
        "header": sniffed.header, "columns": to, "complete": true});
    let shown =
        timed(file.len(), || csv::preview(file, &options)).expect("what was sniffed can be read");
    assert!(shown.len() <= csv::SHOWN_ROWS);
}

/// Cells with U+001F between them and U+001E between lines: what is written is read again.
fn csv_write(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let table: Vec<Vec<&str>> = text
        .split('\u{1E}')
        .map(|line| line.split('\u{1F}').collect())
        .collect();
    if table.iter().any(|line| line.len() > csv::COLUMNS) {
        return;
    }
    let mut file = String::new();
    for line in &table {
        csv::write_line(&mut file, line.iter().copied());
    }
    let dialect = Dialect {
        delimiter: b',',
        quote: Some(b'"'),
    };
    let rows = parsed(file.as_bytes(), dialect, Encoding::Utf8, &[], (0, 0));
    let read: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| {
            row.2
                .iter()
                .map(|cell| csv::guarded(std::str::from_utf8(cell).expect("UTF-8")))
                .collect()
        })
        .collect();
    // A byte order mark, Excel's `sep=` line and lines of nothing but blanks are no content; and of a cell that begins with
    // our own guard nobody can tell who wrote it.
    let first = file.lines().next().unwrap_or_default().replace('"', "");
    if file.starts_with('\u{FEFF}') || first.to_ascii_lowercase().starts_with("sep=") {
        return;
    }
    let blank = |line: &[&str]| {
        line.iter()
            .all(|cell| cell.bytes().all(|b| matches!(b, b' ' | b'\t' | 0)))
    };
    let want: Vec<Vec<&str>> = table
        .iter()
        .map(|line| line.iter().map(|cell| csv::guarded(cell)).collect())
        .filter(|line: &Vec<_>| !blank(line))
        .collect();
    // A blank that a guard stands before is kept.
    let read: Vec<_> = read.into_iter().filter(|line| !blank(line)).collect();
    assert_eq!(read, want, "{file:?}");
    for cell in rows.iter().flat_map(|row| &row.2) {
        let number = cell
            .iter()
            .all(|b| matches!(b, b'+' | b'-' | b'.' | b',' | b'0'..=b'9'));
        assert!(
            number
                || !matches!(
                    cell.first(),
                    Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
                ),
            "{cell:?} computes"
        );
    }
}

// Length -------------------------------------------------------------------------------------------------------------

/// A beginning, a middle that is repeated, and an end, of tens of kilobytes: whatever reads it takes time by its length.
fn long(data: &[u8]) {
    let [room, cut, part @ ..] = data else {
        return;
    };
    if part.is_empty() || part.len() > 256 {
        return;
    }
    let head = *cut as usize % part.len();
    let (head, middle) = part.split_at(head);
    let (middle, tail) = middle.split_at((*cut as usize / 16 % middle.len()).max(1));
    let mut file = head.to_vec();
    while file.len() < LONG_BYTES {
        file.extend_from_slice(middle);
    }
    file.extend_from_slice(tail);
    let size = file.len();
    let text = String::from_utf8_lossy(&file);
    match room % 6 {
        0 => timed(size, || {
            drop((markup::to_html(&text), markup::to_plain(&text)))
        }),
        1 => {
            let template = json!({"name": "a", "language": "en", "category": "UTILITY", "components": [
                {"type": "HEADER", "format": "TEXT", "text": text},
                {"type": "BODY", "text": text, "example": {"body_text": [[text]]}},
                {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "A", "url": text, "example": [text]}]}]});
            // The text is looked at four times by four.
            timed(16 * size, || {
                let values = json!({ "body.1": text });
                drop((template::check(&template), template::variables(&template)));
                drop((
                    template::render(&template, &values),
                    template::parameters(&template, &values),
                ));
            });
        }
        2 => {
            let body = json!({"to": text, "type": "text", "text": {"body": text}});
            timed(2 * size, || {
                drop((message::check(&body), message::build(&body, "")))
            });
        }
        3 => drop(timed(size, || webhook::parse(&file))),
        4 => {
            let body = json!({"object": "whatsapp_business_account", "entry": [{"id": text, "changes": [{"field": "messages",
                "value": {"metadata": {"phone_number_id": "1"}, "contacts": [{"wa_id": text, "profile": {"name": text}}],
                "messages": [{"from": text, "id": text, "timestamp": "1", "type": "text", "text": {"body": text}}]}}]}]})
            .to_string();
            drop(timed(body.len(), || webhook::parse(body.as_bytes())));
        }
        _ => {
            let dialect = Dialect {
                delimiter: b',',
                quote: Some(b'"'),
            };
            timed(size, || parsed(&file, dialect, Encoding::Utf8, &[], (0, 0)));
            drop(timed(4 * size, || csv::sniff(&file, &Value::Null)));
        }
    }
}
