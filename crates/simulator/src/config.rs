//! Who exists: app, portfolio, accounts (WABAs), numbers, tokens. Given by flags or by `POST /sim/reset`.
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::settings::Settings;

/// The scopes a system user's token usually has.
pub const SCOPES: [&str; 2] = [
    "whatsapp_business_management",
    "whatsapp_business_messaging",
];

/// A callback with its verify token.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Callback {
    pub url: String,
    pub verify_token: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AppConfig {
    pub id: String,
    pub name: String,
    pub secret: String,
    /// The app-level callback; empty url = none.
    pub callback: Callback,
    /// Webhook fields subscribed at app level; empty = all.
    pub fields: Vec<String>,
}

impl Default for AppConfig {
    fn default() -> Self {
        AppConfig {
            id: "1208330441970001".into(),
            name: "Simulated App".into(),
            secret: "0123456789abcdef0123456789abcdef".into(),
            callback: Callback::default(),
            fields: vec![],
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Number {
    pub id: String,
    /// As people write it; its digits are the number.
    pub display_phone_number: String,
    /// Country calling code: put before recipients without +.
    pub country_code: String,
    pub verified_name: String,
    pub quality_rating: String,
    /// CONNECTED or another state of Meta's, in which sending is refused (133010).
    pub status: String,
    /// STANDARD (80 a second) or HIGH (1000).
    pub throughput: String,
    pub messaging_limit: String,
    pub webhook: Option<Callback>,
}

impl Default for Number {
    fn default() -> Self {
        Number {
            id: "106540352242922".into(),
            display_phone_number: "+1 555-078-3881".into(),
            country_code: "1".into(),
            verified_name: "Lucky Shrub".into(),
            quality_rating: "GREEN".into(),
            status: "CONNECTED".into(),
            throughput: "STANDARD".into(),
            messaging_limit: "TIER_2K".into(),
            webhook: None,
        }
    }
}

impl Number {
    /// The digits only.
    pub fn digits(&self) -> String {
        self.display_phone_number
            .chars()
            .filter(char::is_ascii_digit)
            .collect()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Waba {
    pub id: String,
    pub name: String,
    pub numbers: Vec<Number>,
    /// Whether the app is subscribed (`subscribed_apps`): without it no webhook leaves.
    pub subscribed: bool,
    pub webhook: Option<Callback>,
}

impl Default for Waba {
    fn default() -> Self {
        Waba {
            id: "102290129340398".into(),
            name: "Lucky Shrub".into(),
            numbers: vec![Number::default()],
            subscribed: false,
            webhook: None,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Token {
    pub token: String,
    pub scopes: Vec<String>,
    /// Accounts it may use; empty = all.
    pub wabas: Vec<String>,
    /// Unix seconds; 0 = never.
    pub expires_at: i64,
}

impl Default for Token {
    fn default() -> Self {
        Token {
            token: "EAASIMULATOR0TOKEN".into(),
            scopes: SCOPES.iter().map(|s| s.to_string()).collect(),
            wabas: vec![],
            expires_at: 0,
        }
    }
}

/// The whole world. Every key has a default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub seed: u64,
    pub business_id: String,
    pub business_name: String,
    pub app: AppConfig,
    pub wabas: Vec<Waba>,
    pub tokens: Vec<Token>,
    pub settings: Settings,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            seed: 1,
            business_id: "506914307656634".into(),
            business_name: "Lucky Shrub Ltd".into(),
            app: AppConfig::default(),
            wabas: vec![Waba::default()],
            tokens: vec![Token::default()],
            settings: Settings::default(),
        }
    }
}

impl Config {
    pub fn waba(&self, id: &str) -> Option<&Waba> {
        self.wabas.iter().find(|w| w.id == id)
    }

    /// The number with the account it belongs to.
    pub fn number(&self, id: &str) -> Option<(&Waba, &Number)> {
        self.wabas
            .iter()
            .find_map(|w| w.numbers.iter().find(|n| n.id == id).map(|n| (w, n)))
    }

    pub fn number_mut(&mut self, id: &str) -> Option<&mut Number> {
        self.wabas
            .iter_mut()
            .flat_map(|w| w.numbers.iter_mut())
            .find(|n| n.id == id)
    }

    /// Where an event of this account (and number) goes; None when nobody is subscribed.
    /// Order: number, account, app; only `messages` is overridden.
    pub fn callback_of(&self, waba: &str, number: Option<&str>, field: &str) -> Option<String> {
        let w = self.waba(waba)?;
        if !w.subscribed
            || !(self.app.fields.is_empty() || self.app.fields.iter().any(|f| f == field))
        {
            return None;
        }
        let own = if field == "messages" {
            number
                .and_then(|id| w.numbers.iter().find(|n| n.id == id))
                .and_then(|n| n.webhook.as_ref())
                .or(w.webhook.as_ref())
        } else {
            None
        };
        let url = &own.unwrap_or(&self.app.callback).url;
        (!url.is_empty()).then(|| url.clone())
    }

    /// The line printed at the start: everything a client needs.
    pub fn ready(&self, url: &str) -> Value {
        json!({
            "url": url, "graph_base": url, "phone_page": format!("{url}/phone/"), "control": format!("{url}/sim/state"),
            "seed": self.seed, "business_id": self.business_id, "app_id": self.app.id, "app_secret": self.app.secret,
            "token": self.tokens.first().map(|t| t.token.as_str()).unwrap_or_default(),
            "waba_id": self.wabas.first().map(|w| w.id.as_str()).unwrap_or_default(),
            "phone_number_id": self.wabas.first().and_then(|w| w.numbers.first()).map(|n| n.id.as_str()).unwrap_or_default(),
            "display_phone": self.wabas.first().and_then(|w| w.numbers.first()).map(|n| n.display_phone_number.as_str()).unwrap_or_default(),
            "phone_number_ids": self.wabas.iter().flat_map(|w| w.numbers.iter().map(|n| n.id.as_str())).collect::<Vec<_>>(),
            "phone_numbers": self.wabas.iter().flat_map(|w| w.numbers.iter().map(|n| n.display_phone_number.as_str())).collect::<Vec<_>>(),
        })
    }
}
