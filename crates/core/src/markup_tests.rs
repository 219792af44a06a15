//! What the markup gives, that it is safe, and that it takes linear time.

use super::{to_html, to_plain};
use std::time::{Duration, Instant};

#[test]
fn inline_markup() {
    let a = |url: &str| {
        format!(
            "<a href=\"{url}\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">{url}</a>"
        )
    };
    for (text, html) in [
        ("", String::new()),
        ("plain", "plain".into()),
        ("*bold*", "<strong>bold</strong>".into()),
        (
            "_it_ ~no~ `c`",
            "<em>it</em> <del>no</del> <code>c</code>".into(),
        ),
        ("*_both_*", "<strong><em>both</em></strong>".into()),
        ("*a _b* c_", "<strong>a _b</strong> c_".into()),
        ("_a *b_ c*", "<em>a *b</em> c*".into()),
        ("a*b*c", "a*b*c".into()),
        (
            "(*b*), *c*!",
            "(<strong>b</strong>), <strong>c</strong>!".into(),
        ),
        ("* a*", "<ul><li>a*</li></ul>".into()),
        ("x * a * y", "x * a * y".into()),
        ("*a * b*", "<strong>a * b</strong>".into()),
        ("**", "**".into()),
        ("****", "****".into()),
        ("**a**", "*<strong>a</strong>*".into()),
        ("snake_case_name", "snake_case_name".into()),
        ("_ä_ü", "_ä_ü".into()),
        ("*a\nb*", "*a<br>b*".into()),
        ("`*a*`", "<code>*a*</code>".into()),
        ("`` x", "`` x".into()),
        ("`a", "`a".into()),
        ("```*a*```", "<code>*a*</code>".into()),
        ("x ```a\n*b*``` y", "x <pre>a\n*b*</pre> y".into()),
        ("```a\nb", "```a<br>b".into()),
        (
            "*x ```y``` z*",
            "<strong>x <code>y</code> z</strong>".into(),
        ),
        ("😀*b*😀", "😀<strong>b</strong>😀".into()),
        (
            "5 < 6 & \"7\" > '8'",
            "5 &lt; 6 &amp; &quot;7&quot; &gt; &#039;8&#039;".into(),
        ),
        (
            "see https://a.de/b_c?d=1&e=2.",
            format!("see {}.", a("https://a.de/b_c?d=1&amp;e=2")),
        ),
        (
            "*https://a.de/*",
            format!("<strong>{}</strong>", a("https://a.de/")),
        ),
        (
            "_https://a.de/x_y_",
            format!("<em>{}</em>", a("https://a.de/x_y")),
        ),
        ("(http://a.de)", format!("({})", a("http://a.de"))),
        ("https://a.de/x_(y)", a("https://a.de/x_(y)")),
        ("HTTPS://A.de", a("HTTPS://A.de")),
        (
            "xhttps://a.de https:// http://?",
            "xhttps://a.de https:// http://?".into(),
        ),
        ("a\u{0}\u{8}b\r\nc", "ab<br>c".into()),
    ] {
        assert_eq!(to_html(text), html, "{text:?}");
    }
}

#[test]
fn blocks() {
    for (text, html) in [
        ("a\nb\n\nc", "a<br>b<br><br>c"),
        (
            "> a\n> *b*\nc",
            "<blockquote>a<br><strong>b</strong></blockquote>c",
        ),
        (">a", "&gt;a"),
        ("- a\n* b\nc", "<ul><li>a</li><li>b</li></ul>c"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("1. a\n3. b", "<ol><li>a</li></ol>3. b"),
        ("2. a", "2. a"),
        ("x\n- a", "x<ul><li>a</li></ul>"),
        ("- ", "- "),
        ("1. a\n- b", "<ol><li>a</li></ol><ul><li>b</li></ul>"),
        (
            "- *a*\n- _b_",
            "<ul><li><strong>a</strong></li><li><em>b</em></li></ul>",
        ),
        ("\n", "<br>"),
        ("\n\na", "<br><br>a"),
    ] {
        // A text that ends with a line break has an empty last line.
        assert_eq!(to_html(text), html, "{text:?}");
    }
}

#[test]
fn plain_text_has_no_markers() {
    for (text, plain) in [
        ("*a* _b_ ~c~ `d` ```e```", "a b c d e"),
        ("> q\n- x\n1. y\nz", "q\n- x\n1. y\nz"),
        ("<b> & https://a.de", "<b> & https://a.de"),
        ("a\n\nb", "a\n\nb"),
    ] {
        assert_eq!(to_plain(text), plain, "{text:?}");
    }
}

/// A reader of HTML that accepts nothing but what is promised.
fn only_safe_tags(html: &str) -> bool {
    let mut rest = html;
    while let Some(at) = rest.find(['<', '>', '"', '\'']) {
        if !rest[at..].starts_with('<') {
            return false;
        }
        let end = match rest[at..].find('>') {
            Some(end) => end,
            None => return false,
        };
        let tag = &rest[at + 1..at + end];
        let name = tag.trim_start_matches('/');
        let known = [
            "strong",
            "em",
            "del",
            "code",
            "pre",
            "blockquote",
            "ul",
            "ol",
            "li",
            "br",
            "a",
        ];
        let link = tag
            .strip_prefix("a href=\"http")
            .and_then(|tag| {
                tag.strip_suffix("\" target=\"_blank\" rel=\"noopener noreferrer nofollow\"")
            })
            .map_or(false, |url| !url.contains(['"', '\'', '<', ' ']));
        if !known.contains(&name) && !link {
            return false;
        }
        rest = &rest[at + end + 1..];
    }
    true
}

/// Every opened tag is closed in the right order.
fn balanced(html: &str) -> bool {
    let mut open = Vec::new();
    for part in html.split('<').skip(1) {
        let tag = part.split('>').next().unwrap();
        let name = tag.split(' ').next().unwrap();
        match name.strip_prefix('/') {
            Some(name) => {
                if open.pop() != Some(name) {
                    return false;
                }
            }
            None if name == "br" => {}
            None => open.push(name),
        }
    }
    open.is_empty()
}

#[test]
fn nothing_unsafe_comes_through() {
    for text in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "https://a.de/\"onmouseover=\"alert(1)",
        "https://a.de/'><script>alert(1)</script>",
        "javascript:alert(1)",
        "*<b onclick=x>*",
        "`</code><script>`",
        "```</pre><script>\n```",
        "> <iframe>",
        "- <svg/onload=alert(1)>",
        "data:text/html,<script>alert(1)</script>",
        "http://a.de/&quot;&#34;<",
        "https://a.de\u{0}\"x",
        "*_~`<a href=https://a.de>`~_*",
        "&lt;script&gt;",
    ] {
        let html = to_html(text);
        assert!(
            only_safe_tags(&html) && balanced(&html),
            "{text:?} → {html}"
        );
    }
    assert_eq!(to_html("&lt;"), "&amp;lt;");
}

#[test]
fn random_markup_is_safe_and_balanced() {
    let parts = [
        "*",
        "_",
        "~",
        "`",
        "```",
        "\n",
        " ",
        "a",
        "ü",
        "😀",
        "> ",
        "- ",
        "1. ",
        "https://a.de",
        "http://",
        "<",
        "\"",
        "&",
        ")",
        ".",
    ];
    let mut seed = crate::xorshift(7);
    for _ in 0..20_000 {
        let text: String = (0..seed() % 24)
            .map(|_| parts[(seed() % parts.len() as u64) as usize])
            .collect();
        let html = to_html(&text);
        assert!(
            only_safe_tags(&html) && balanced(&html),
            "{text:?} → {html}"
        );
        let _ = to_plain(&text);
    }
}

#[test]
fn floods_take_linear_time() {
    for unit in [
        "*_~`",
        "*",
        "`",
        "``",
        "```",
        "``` ",
        "`a ",
        "```a",
        "*a ",
        "*a* ",
        "*_~a",
        "http://",
        "http://!",
        "https://a ",
        "> ",
        "- ",
        "1. ",
        "\n",
        "a",
        "_*",
    ] {
        let text = unit.repeat(1_000_000 / unit.len());
        let start = Instant::now();
        let html = to_html(&text);
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{unit:?}: {:?}",
            start.elapsed()
        );
        assert!(html.len() <= text.len() * 14, "{unit:?}");
    }
}
