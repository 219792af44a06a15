//! What a template is made of: Meta's JSON with its words understood. Nothing is refused here; what is not known keeps its
//! JSON (pages templates/components, templates/marketing-templates/…, templates/authentication-templates/…).

use super::node::Node;
use serde_json::Value;

/// A template, as it is created and as Meta hands it out.
pub(super) struct Template<'a> {
    pub node: Node<'a>,
    pub category: Option<Category>,
    /// As the template says; one that was fetched without `parameter_format` shows it by its names.
    pub named: bool,
    pub components: Vec<Component<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    Marketing,
    Utility,
    Authentication,
}

/// A component of a template or of a card.
pub(super) struct Component<'a> {
    pub node: Node<'a>,
    pub part: Part<'a>,
}

pub(super) enum Part<'a> {
    Header(Format),
    Body,
    Footer,
    Buttons(Vec<Button<'a>>),
    Carousel(Vec<Card<'a>>),
    /// LIMITED_TIME_OFFER
    Offer,
    CallPermission,
    /// One we do not know: kept as it is.
    Other,
}

/// What a header shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Image,
    Video,
    Gif,
    Document,
    Location,
    Product,
    Other,
}

pub(super) struct Button<'a> {
    pub node: Node<'a>,
    pub kind: Kind,
}

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Url,
    PhoneNumber,
    QuickReply,
    CopyCode,
    Otp,
    Flow,
    Catalog,
    /// Multi-product message.
    Mpm,
    /// Single-product message.
    Spm,
    VoiceCall,
    RequestContactInfo,
    OrderDetails,
    Other,
}

pub(super) struct Card<'a> {
    pub node: Node<'a>,
    pub components: Vec<Component<'a>>,
}

/// Every word of `table` in any case.
fn word<T: Copy>(table: &[(&str, T)], text: &str) -> Option<T> {
    table
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text))
        .map(|(_, value)| *value)
}

const CATEGORIES: &[(&str, Category)] = &[
    ("MARKETING", Category::Marketing),
    ("UTILITY", Category::Utility),
    ("AUTHENTICATION", Category::Authentication),
];

const FORMATS: &[(&str, Format)] = &[
    ("TEXT", Format::Text),
    ("IMAGE", Format::Image),
    ("VIDEO", Format::Video),
    ("GIF", Format::Gif),
    ("DOCUMENT", Format::Document),
    ("LOCATION", Format::Location),
    ("PRODUCT", Format::Product),
];

const KINDS: &[(&str, Kind)] = &[
    ("URL", Kind::Url),
    ("PHONE_NUMBER", Kind::PhoneNumber),
    ("QUICK_REPLY", Kind::QuickReply),
    ("COPY_CODE", Kind::CopyCode),
    ("OTP", Kind::Otp),
    ("FLOW", Kind::Flow),
    ("CATALOG", Kind::Catalog),
    ("MPM", Kind::Mpm),
    ("SPM", Kind::Spm),
    ("VOICE_CALL", Kind::VoiceCall),
    ("REQUEST_CONTACT_INFO", Kind::RequestContactInfo),
    ("ORDER_DETAILS", Kind::OrderDetails),
];

impl<'a> Template<'a> {
    /// Reads a template; `None` when it is no object.
    pub fn read(template: &'a Value) -> Option<Self> {
        let node = Node::new(template, String::new())?;
        Some(Template {
            category: word(CATEGORIES, node.str("category")),
            named: node.str("parameter_format").eq_ignore_ascii_case("named"),
            components: components(&node),
            node,
        })
    }

    pub fn is(&self, category: Category) -> bool {
        self.category == Some(category)
    }

    /// Two letters or three: the language without its country.
    pub fn language(&self) -> &'a str {
        let code = self.node.str("language");
        code.split('_').next().unwrap_or_default()
    }
}

fn components<'a>(node: &Node<'a>) -> Vec<Component<'a>> {
    node.objects("components")
        .into_iter()
        .map(|node| {
            let kind = node.str("type").to_ascii_uppercase();
            let part = match kind.as_str() {
                // Meta writes the format in capitals; without one it is a text if it has a text.
                "HEADER" => Part::Header(match node.str("format") {
                    "" if !node.str("text").is_empty() => Format::Text,
                    format => word(FORMATS, format).unwrap_or(Format::Other),
                }),
                "BODY" => Part::Body,
                "FOOTER" => Part::Footer,
                "BUTTONS" => Part::Buttons(buttons(&node)),
                "CAROUSEL" => Part::Carousel(
                    node.objects("cards")
                        .into_iter()
                        .map(|node| Card {
                            components: components(&node),
                            node,
                        })
                        .collect(),
                ),
                "LIMITED_TIME_OFFER" => Part::Offer,
                "CALL_PERMISSION_REQUEST" => Part::CallPermission,
                _ => Part::Other,
            };
            Component { node, part }
        })
        .collect()
}

fn buttons<'a>(node: &Node<'a>) -> Vec<Button<'a>> {
    node.objects("buttons")
        .into_iter()
        .map(|node| Button {
            kind: word(KINDS, node.str("type")).unwrap_or(Kind::Other),
            node,
        })
        .collect()
}

/// What all components of a list are asked for.
pub(super) trait Components<'a> {
    fn header(&self) -> Option<(&Node<'a>, Format)>;
    fn body(&self) -> Option<&Node<'a>>;
    fn footer(&self) -> Option<&Node<'a>>;
    fn buttons(&self) -> &[Button<'a>];
    fn offer(&self) -> Option<&Node<'a>>;
    fn cards(&self) -> Option<&[Card<'a>]>;
}

impl<'a> Components<'a> for [Component<'a>] {
    fn header(&self) -> Option<(&Node<'a>, Format)> {
        self.iter().find_map(|component| match component.part {
            Part::Header(format) => Some((&component.node, format)),
            _ => None,
        })
    }

    fn body(&self) -> Option<&Node<'a>> {
        let mut found = self.iter().filter(|one| matches!(one.part, Part::Body));
        found.next().map(|component| &component.node)
    }

    fn footer(&self) -> Option<&Node<'a>> {
        let mut found = self.iter().filter(|one| matches!(one.part, Part::Footer));
        found.next().map(|component| &component.node)
    }

    fn buttons(&self) -> &[Button<'a>] {
        self.iter()
            .find_map(|component| match &component.part {
                Part::Buttons(buttons) => Some(buttons.as_slice()),
                _ => None,
            })
            .unwrap_or_default()
    }

    fn offer(&self) -> Option<&Node<'a>> {
        let mut found = self.iter().filter(|one| matches!(one.part, Part::Offer));
        found.next().map(|component| &component.node)
    }

    fn cards(&self) -> Option<&[Card<'a>]> {
        self.iter().find_map(|component| match &component.part {
            Part::Carousel(cards) => Some(cards.as_slice()),
            _ => None,
        })
    }
}

/// The examples of a text: in their order, or by name.
#[derive(Default)]
pub(super) struct Examples<'a> {
    pub listed: Option<Vec<&'a str>>,
    pub named: Option<Vec<(&'a str, &'a str)>>,
    /// Something that is no text.
    pub strange: bool,
}

impl<'a> Examples<'a> {
    /// Of a header (`header_text`) or body (`body_text`). Meta takes a text, a list and a list in a list.
    pub fn read(node: &Node<'a>, key: &str) -> Self {
        let mut examples = Examples::default();
        let example = match node.object("example") {
            Some(example) => example,
            None => return examples,
        };
        match example.get(key) {
            None => {}
            Some(Value::String(text)) => examples.listed = Some(vec![text]),
            Some(Value::Array(outer)) => {
                let inner = outer.first().and_then(Value::as_array).unwrap_or(outer);
                examples.strange |= inner.iter().any(|value| !value.is_string());
                examples.listed = Some(inner.iter().filter_map(Value::as_str).collect());
            }
            Some(_) => examples.strange = true,
        }
        match example.get(&format!("{key}_named_params")) {
            None => {}
            Some(Value::Array(items)) => {
                let read = |item: &'a Value| {
                    Some((
                        item.get("param_name")?.as_str()?,
                        item.get("example")?.as_str()?,
                    ))
                };
                let named: Vec<_> = items.iter().filter_map(read).collect();
                examples.strange |= named.len() < items.len();
                examples.named = Some(named);
            }
            Some(_) => examples.strange = true,
        }
        examples
    }
}

/// The address of a URL button: what is fixed, and the variable behind it.
pub(super) fn url_parts(url: &str) -> (&str, Option<&str>) {
    match url.find("{{") {
        Some(at) => {
            let name = url.get(at + 2..).unwrap_or_default();
            let name = name.split("}}").next().unwrap_or_default();
            (url.get(..at).unwrap_or_default(), Some(name))
        }
        None => (url, None),
    }
}

/// The example of a URL button, as a text or the first of a list.
pub(super) fn url_example<'a>(node: &Node<'a>) -> Option<&'a str> {
    let example = node.get("example")?;
    example
        .as_str()
        .or_else(|| example.as_array()?.first()?.as_str())
}
