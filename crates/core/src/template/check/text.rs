//! Header, body and footer: length, characters, variables and their examples (pages templates/components,
//! templates/overview#parameter-formats and templates/template-review).

use super::super::model::{Components, Examples, Format, Kind, Template};
use super::super::node::{clip, is_emoji, Node, Report};
use super::super::scan::{self, number, scan, Fault, Piece, Scan};
use crate::{limits, markup};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A text that may have variables, and where its limit comes from.
pub(super) struct Rules {
    pub label: &'static str,
    /// Key of its examples.
    pub example: &'static str,
    pub max: usize,
    pub too_long: &'static str,
    /// Variables that it may have.
    pub variables: usize,
    /// Whether a variable must not stand at its edges: Meta says so of bodies.
    pub edges: bool,
}

pub(super) fn check(report: &mut Report, template: &Template<'_>) {
    if let Some((node, format)) = template.components.header() {
        header(report, template, node, format);
    }
    if let Some(node) = template.components.body() {
        let buttons = template.components.buttons();
        let (max, too_long) = if template.components.offer().is_some() {
            (limits::OFFER_BODY_CHARS, "offer_body_too_long")
        } else if buttons.iter().any(|button| button.kind == Kind::Spm) {
            (limits::CARD_BODY_CHARS, "product_body_too_long")
        } else {
            (limits::BODY_CHARS, "body_too_long")
        };
        body(report, template, node, max, too_long);
    }
    if let Some(node) = template.components.footer() {
        footer(report, node);
    }
}

fn header(report: &mut Report, template: &Template<'_>, node: &Node<'_>, format: Format) {
    match format {
        Format::Text => {
            report.needed(
                node,
                "format",
                "The header's format",
                "header_format_missing",
            );
            let label = "The header";
            let text = match report.needed(node, "text", label, "text_missing") {
                Some(text) => text,
                None => return,
            };
            if plain_fault(text) {
                report.error(
                    node.at("text"),
                    "header_format",
                    "The header has a line break, an emoji or signs for bold, italic or code, which WhatsApp does not show there.",
                    "Write it as one line of plain text.",
                );
            }
            let rules = Rules {
                label,
                example: "header_text",
                max: limits::TEMPLATE_HEADER_CHARS,
                too_long: "header_too_long",
                variables: limits::TEMPLATE_HEADER_VARIABLES,
                edges: false,
            };
            self::text(report, template.named, node, text, &rules);
        }
        Format::Location | Format::Product => {}
        Format::Image | Format::Video | Format::Gif | Format::Document => {
            if format == Format::Gif {
                super::marketing(
                    report,
                    template,
                    &node.at("format"),
                    "gif_category",
                    "A GIF in the header",
                );
            }
            handle(report, node);
        }
        Format::Other => {
            let label = "The header's format";
            if let Some(word) = report.needed(node, "format", label, "header_format_missing") {
                report.warning(
                    node.at("format"),
                    "header_format_unknown",
                    format!(
                        "`{}` is a format of header that we do not know.",
                        clip(word)
                    ),
                    "It is kept as it is. Check the spelling.",
                );
            }
        }
    }
}

/// The sample of a media header: the handle of an uploaded file.
pub(super) fn handle(report: &mut Report, node: &Node<'_>) {
    let examples = Examples::read(node, "header_handle");
    let place = format!("{}.header_handle", node.at("example"));
    if examples.strange {
        report.wrong_type(place, "The header's sample", "a list with one handle");
    } else if !matches!(examples.listed.as_deref(), Some([handle]) if !handle.trim().is_empty()) {
        report.error(
            place,
            "header_handle_missing",
            "The header needs one sample file, which WhatsApp's reviewers look at.",
            "Upload a sample.",
        );
    }
}

pub(super) fn body(
    report: &mut Report,
    template: &Template<'_>,
    node: &Node<'_>,
    max: usize,
    too_long: &'static str,
) {
    let label = "The text";
    let text = match report.needed(node, "text", label, "text_missing") {
        Some(text) => text,
        None => return,
    };
    let rules = Rules {
        label,
        example: "body_text",
        max,
        too_long,
        variables: usize::MAX,
        edges: true,
    };
    self::text(report, template.named, node, text, &rules);
    if text.contains("\n\n\n") {
        report.error(
            node.at("text"),
            "body_blank_lines",
            "The text has more than two line breaks in a row.",
            "Leave at most one empty line between paragraphs.",
        );
    }
    let emojis = text
        .chars()
        .filter(|c| is_emoji(*c) && *c != '\u{FE0F}')
        .count();
    if emojis > limits::BODY_EMOJIS {
        report.warning(
            node.at("text"),
            "body_emojis",
            format!(
                "The text has {emojis} emojis; with more than {} WhatsApp may reject it.",
                limits::BODY_EMOJIS
            ),
            "Remove some.",
        );
    }
}

fn footer(report: &mut Report, node: &Node<'_>) {
    let label = "The footer";
    let text = match report.needed(node, "text", label, "text_missing") {
        Some(text) => text,
        None => return,
    };
    let place = node.at("text");
    report.length(
        place.clone(),
        "footer_too_long",
        label,
        text,
        limits::TEMPLATE_FOOTER_CHARS,
    );
    if text.contains("{{") {
        report.error(
            place,
            "footer_variable",
            "The footer has a variable, but it is the same for everyone.",
            "Move the variable to the text.",
        );
    } else if text.chars().any(|c| c.is_control() || is_emoji(c)) {
        report.error(
            place,
            "footer_format",
            "The footer has a line break or an emoji, which WhatsApp does not allow there.",
            "Write it as one line of plain text.",
        );
    }
}

/// Whether a text has what only a body may have.
pub(super) fn plain_fault(text: &str) -> bool {
    text.chars()
        .any(|c| c.is_control() || is_emoji(c) || c == '*')
        || markup::to_plain(text) != text
}

/// A text with its variables and their examples.
pub(super) fn text(report: &mut Report, named: bool, node: &Node<'_>, text: &str, rules: &Rules) {
    let place = node.at("text");
    let fits = report.length(place.clone(), rules.too_long, rules.label, text, rules.max);
    let scan = scan(text);
    let before = report.problems.len();
    variables(report, named, &place, text, &scan, rules);
    // Examples of variables that are wrong themselves would only say the same again.
    if report.problems.len() == before {
        examples(report, named, node, &scan, rules, fits);
    }
}

fn variables(
    report: &mut Report,
    named: bool,
    place: &str,
    text: &str,
    scan: &Scan<'_>,
    rules: &Rules,
) {
    let label = rules.label;
    match scan.fault {
        Some(Fault::Braces) => {
            return report.error(
                place,
                "variable_braces",
                format!("{label} has braces that do not match."),
                "Write variables as {{1}} or {{first_name}}: two braces before and two behind.",
            )
        }
        Some(Fault::Characters(inner)) => {
            return report.error(
                place,
                "variable_characters",
                format!("{label} has the variable `{{{{{}}}}}`; its name may have only small letters a–z, digits and _.", clip(inner)),
                "Rename it, for example {{first_name}}, without blanks, capitals and signs such as # $ %.",
            )
        }
        None => {}
    }
    if let Some(word) = scan::single_braces(text) {
        report.warning(
            place,
            "variable_single_braces",
            format!("{label} has `{{{word}}}` in single braces, which is sent as it is written."),
            format!("If it is a variable, write {{{{{word}}}}}."),
        );
    }
    let names = scan.names();
    if names.is_empty() {
        return;
    }
    if let Some(name) = names.iter().find(|name| number(name).is_some() == named) {
        return if named {
            report.error(
                place,
                "variable_format",
                format!("{label} has the numbered variable `{{{{{name}}}}}`, but the template's variables are named."),
                "Give it a name, for example {{first_name}}, or set parameter_format to POSITIONAL.",
            )
        } else {
            report.error(
                place,
                "variable_format",
                format!("{label} has the variable `{{{{{}}}}}`, but the template's variables are numbered.", clip(name)),
                "Write {{1}}, {{2}} and so on, or set parameter_format to NAMED.",
            )
        };
    }
    if names.len() > rules.variables {
        report.error(
            place,
            "header_variables",
            format!(
                "{label} has {} variables; WhatsApp allows {}.",
                names.len(),
                rules.variables
            ),
            "Move the others to the text.",
        );
    }
    if !named {
        sequence(report, place, label, scan, &names);
    }
    repeated(report, named, place, label, scan);
    edges(report, place, scan, rules);
}

/// Numbers must be 1, 2, 3 … in the order of the text.
fn sequence(report: &mut Report, place: &str, label: &str, scan: &Scan<'_>, names: &[&str]) {
    let gap = (1..)
        .zip(names)
        .find(|(want, name)| number(name) != Some(*want));
    if gap.is_some() {
        let mut there = vec![false; names.len()];
        for found in names.iter().filter_map(|name| number(name)) {
            if let Some(place) = there.get_mut(found as usize - 1) {
                *place = true;
            }
        }
        let want = 1 + there.iter().position(|there| !there).unwrap_or_default();
        return report.error(
            place,
            "variable_gap",
            format!(
                "{label} has {} variables, but {{{{{want}}}}} is not among them.",
                names.len()
            ),
            format!(
                "Number them from {{{{1}}}} to {{{{{}}}}} without a gap.",
                names.len()
            ),
        );
    }
    let mut highest = 0;
    for name in scan.all() {
        let here = number(name).unwrap_or_default();
        if here > highest + 1 {
            return report.error(
                place,
                "variable_order",
                format!("{label} has {{{{{here}}}}} before {{{{{}}}}}.", highest + 1),
                "Number the variables in the order in which they appear.",
            );
        }
        highest = highest.max(here);
    }
}

fn repeated(report: &mut Report, named: bool, place: &str, label: &str, scan: &Scan<'_>) {
    let mut seen = BTreeMap::new();
    if let Some(name) = scan.all().find(|name| seen.insert(*name, "").is_some()) {
        let message = format!("{label} has the variable `{{{{{}}}}}` twice.", clip(name));
        if named {
            report.error(
                place,
                "variable_repeated",
                message,
                "Give the second one its own name.",
            );
        } else {
            report.warning(
                place,
                "variable_repeated",
                message,
                "Give the second one its own number, if WhatsApp rejects it.",
            );
        }
    }
}

/// Variables at the beginning, at the end, next to each other, and too many for the text.
fn edges(report: &mut Report, place: &str, scan: &Scan<'_>, rules: &Rules) {
    let label = rules.label;
    // Blanks do not count, but line breaks and punctuation do: Meta's own header ends with `{{1}}?`.
    let pieces: Vec<_> = scan
        .pieces
        .iter()
        .filter(|piece| !matches!(piece, Piece::Text(text) if text.trim().is_empty()))
        .collect();
    if pieces
        .windows(2)
        .any(|two| matches!(two, [Piece::Variable(_), Piece::Variable(_)]))
    {
        report.error(
            place,
            "variable_adjacent",
            format!("{label} has two variables next to each other."),
            "Write at least a word or a sign between them.",
        );
    }
    if !rules.edges {
        return;
    }
    if let Some(Piece::Variable(name)) = pieces.first() {
        report.error(
            place,
            "variable_first",
            format!("{label} begins with the variable `{{{{{}}}}}`.", clip(name)),
            "Write some words before it.",
        );
    }
    if let (true, Some(Piece::Variable(name))) = (pieces.len() > 1, pieces.last()) {
        report.error(
            place,
            "variable_last",
            format!("{label} ends with the variable `{{{{{}}}}}`.", clip(name)),
            "Write some words behind it; a full stop will do.",
        );
    }
    let texts = scan.pieces.iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(
            text.split_whitespace()
                .filter(|word| word.contains(char::is_alphanumeric))
                .count(),
        ),
        Piece::Variable(_) => None,
    });
    let (words, count) = (texts.sum::<usize>(), scan.all().count());
    // Meta names no ratio; providers report this one for Meta's error 2388293.
    let want = count.saturating_mul(2);
    if words < want {
        report.warning(
            place,
            "variable_density",
            format!("{label} has {count} variables among {words} words; WhatsApp rejects texts with too many variables for their length."),
            format!("Write at least {want} words beside the variables, or use fewer variables."),
        );
    }
}

fn examples(
    report: &mut Report,
    named: bool,
    node: &Node<'_>,
    scan: &Scan<'_>,
    rules: &Rules,
    fits: bool,
) {
    let names = scan.names();
    if names.is_empty() {
        return;
    }
    let examples = Examples::read(node, rules.example);
    let key = if named {
        format!("{}_named_params", rules.example)
    } else {
        rules.example.to_owned()
    };
    let place = format!("{}.{key}", node.at("example"));
    let label = rules.label;
    if examples.strange {
        return report.wrong_type(
            place,
            &format!("Each example of {}", super::super::node::small(label)),
            "text",
        );
    }
    let (mine, other) = (
        if named {
            examples.named.is_some()
        } else {
            examples.listed.is_some()
        },
        if named {
            examples.listed.is_some()
        } else {
            examples.named.is_some()
        },
    );
    if !mine {
        return if other {
            report.error(
                place,
                "example_kind",
                format!(
                    "The examples of {} are not of the kind of the template's variables.",
                    super::super::node::small(label)
                ),
                format!("Give them as {key}."),
            )
        } else {
            report.error(
                place,
                "example_missing",
                format!(
                    "{label} has {} variables and no examples, which WhatsApp's reviewers need.",
                    names.len()
                ),
                "Give one example for each variable.",
            )
        };
    }
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    if named {
        let mut known = BTreeMap::new();
        for name in &names {
            known.insert(*name, "");
        }
        let mut unknown = None;
        for (name, example) in examples.named.unwrap_or_default() {
            values.insert(name, example);
            if !known.contains_key(name) {
                unknown = Some(name);
            }
        }
        if let Some(name) = names.iter().find(|name| !values.contains_key(*name)) {
            return report.error(
                place,
                "example_name",
                format!(
                    "There is no example for the variable `{{{{{}}}}}`.",
                    clip(name)
                ),
                "Give one example for each variable.",
            );
        }
        if let Some(name) = unknown {
            return report.error(
                place,
                "example_name",
                format!(
                    "There is an example for `{}`, which is no variable of {}.",
                    clip(name),
                    super::super::node::small(label)
                ),
                "Remove it or correct its name.",
            );
        }
    } else {
        let listed = examples.listed.unwrap_or_default();
        if listed.len() != names.len() {
            return report.error(
                place,
                "example_count",
                format!(
                    "{label} has {} variables, but {} examples.",
                    names.len(),
                    listed.len()
                ),
                "Give one example for each variable.",
            );
        }
        for (name, example) in names.iter().zip(listed) {
            values.insert(*name, example);
        }
    }
    for name in &names {
        let value = values.get(name).copied().unwrap_or_default();
        if let Some((rule, what)) = example_fault(value) {
            return report.error(
                place,
                rule,
                format!(
                    "The example of the variable `{{{{{}}}}}` {what}.",
                    clip(name)
                ),
                "Write it as a value that a customer could see.",
            );
        }
    }
    let filled = scan.fill(&mut { scan::FILLED_BYTES }, |name| {
        values.get(name).copied().map(Cow::Borrowed)
    });
    if fits {
        report.length(
            place,
            "example_too_long",
            &format!("{label} with its examples"),
            &filled,
            rules.max,
        );
    }
}

fn example_fault(value: &str) -> Option<(&'static str, &'static str)> {
    if value.trim().is_empty() {
        Some(("example_empty", "is empty"))
    } else if value.contains("{{") {
        Some(("example_variable", "has a variable in it"))
    } else if super::super::breaks(value) {
        Some((
            "example_breaks",
            "has line breaks, tabs or more than four blanks in a row",
        ))
    } else {
        None
    }
}
