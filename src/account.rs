//! A number with its credentials: does the connection work, and if not, what to do about it.

use crate::error::Result;
use crate::graph::{check_token, id, text, Account, Call};
use crate::{runtime, ulid};
use nxtchat_core::errors::{Class, GraphFault};
use reqwest::Client;
use serde::Serialize;
use serde_json::{json, Value};
use zeroize::Zeroizing;

/// What a token must be allowed to do.
const SCOPES: [&str; 2] = [
    "whatsapp_business_messaging",
    "whatsapp_business_management",
];
/// A token that ends sooner than this is warned about, milliseconds.
const EXPIRES_SOON_MS: i64 = 7 * 86_400_000;
/// Everything that is shown of a number.
const NUMBER_FIELDS: &str =
    "id,display_phone_number,verified_name,quality_rating,name_status,status,throughput,whatsapp_business_manager_messaging_limit";
/// What every version of Graph knows of a number.
const NUMBER_FIELDS_PLAIN: &str = "id,display_phone_number,verified_name,quality_rating";
/// Numbers of one business account that are looked through (Meta allows 20 to a portfolio).
const NUMBERS: i64 = 100;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Good.
    Ok,
    /// Works, but needs a look.
    Warn,
    /// Does not work.
    Fail,
}

/// One check, for a shop owner to read.
#[derive(Debug, Serialize)]
pub struct Check {
    /// Its stable name.
    pub check: &'static str,
    /// How it came out.
    pub status: Status,
    /// What was looked at.
    pub label: &'static str,
    /// What was found.
    pub detail: String,
    /// What to do; '' when nothing is to be done.
    pub remedy: String,
    /// What was found, for machines.
    pub data: Value,
}

type Asked = std::result::Result<Value, GraphFault>;

/// Everything that was asked.
struct Answers {
    /// The token as the app sees it; `None` without app id or secret.
    as_app: Option<Asked>,
    /// The token as it sees itself, when the app could not be asked.
    as_itself: Option<Asked>,
    number: Asked,
    numbers: Asked,
    subscribed: Asked,
}

/// What is tested.
struct Credentials {
    app_id: String,
    waba_id: String,
    number_id: String,
}

/// Runs every check, in the order in which they are read.
pub fn test(value: &Value) -> Result<Vec<Check>> {
    let credentials = Credentials {
        app_id: id(value, "app_id")?,
        waba_id: id(value, "waba_id")?,
        number_id: id(value, "phone_number_id")?,
    };
    let app_secret = Zeroizing::new(text(value, "app_secret")?);
    if let Err(problem) = check_token(Zeroizing::new(text(value, "token")?)) {
        return Ok(vec![fail("token", problem.to_string(), "Paste the permanent token of a system user (Business settings → System users → Generate token).")]);
    }
    let account = Account::read(value)?;
    let as_app = (!credentials.app_id.is_empty() && !app_secret.is_empty())
        .then(|| account.with_token(format!("{}|{}", credentials.app_id, app_secret.as_str())))
        .and_then(std::result::Result::ok);
    let get =
        |account: &Account, path: &str, params: Value| Call::new(account, "GET", path, &params);
    let debug = json!({"input_token": account.token()});
    let debug_as_app = as_app
        .map(|app| get(&app, "debug_token", debug.clone()))
        .transpose()?;
    let debug_as_itself = get(&account, "debug_token", debug)?;
    let number = credentials.number();
    let waba = credentials.waba();
    let number_full = get(&account, number, json!({"fields": NUMBER_FIELDS}))?;
    let number_plain = get(&account, number, json!({"fields": NUMBER_FIELDS_PLAIN}))?;
    let numbers = get(
        &account,
        &format!("{waba}/phone_numbers"),
        json!({"fields": "id,display_phone_number", "limit": NUMBERS}),
    )?;
    let subscribed = get(&account, &format!("{waba}/subscribed_apps"), Value::Null)?;
    let answers = runtime::run(account.is_loopback(), |client| async move {
        let (debug, number, numbers, subscribed) = tokio::join!(
            ask_debug(&client, debug_as_app, debug_as_itself),
            ask_number(&client, number_full, number_plain),
            numbers.ask(&client),
            subscribed.ask(&client),
        );
        Answers {
            as_app: debug.0,
            as_itself: debug.1,
            number,
            numbers,
            subscribed,
        }
    })?;
    Ok(credentials.judge(&answers))
}

async fn ask_debug(
    client: &Client,
    as_app: Option<Call>,
    as_itself: Call,
) -> (Option<Asked>, Option<Asked>) {
    let as_app = match as_app {
        Some(call) => Some(call.ask(client).await),
        None => None,
    };
    match as_app {
        Some(Ok(_)) => (as_app, None),
        other => (other, Some(as_itself.ask(client).await)),
    }
}

/// A version of Graph that does not know a field refuses them all: then only the old ones are asked for.
async fn ask_number(client: &Client, full: Call, plain: Call) -> Asked {
    match full.ask(client).await {
        Err(fault) if fault.code == 100 && fault.subcode != 33 => plain.ask(client).await,
        other => other,
    }
}

impl Credentials {
    /// Path of the number; an id that no number has when none was entered, so that Meta says so.
    fn number(&self) -> &str {
        if self.number_id.is_empty() {
            "0"
        } else {
            &self.number_id
        }
    }

    fn waba(&self) -> &str {
        if self.waba_id.is_empty() {
            "0"
        } else {
            &self.waba_id
        }
    }

    fn judge(&self, answers: &Answers) -> Vec<Check> {
        let token = answers
            .as_app
            .as_ref()
            .and_then(|a| a.as_ref().ok())
            .or_else(|| answers.as_itself.as_ref().and_then(|a| a.as_ref().ok()))
            .and_then(|answer| answer.get("data"))
            .unwrap_or(&Value::Null);
        let number = answers.number.as_ref().ok().unwrap_or(&Value::Null);
        vec![
            judge_token(token, answers),
            judge_scopes(token, &self.waba_id),
            judge_expiry(token, ulid::now_ms()),
            self.judge_app(token, answers),
            self.judge_number(&answers.number),
            self.judge_waba(&answers.numbers),
            self.judge_subscribed(&answers.subscribed),
            judge_quality(number),
            judge_throughput(number),
            judge_limit(number),
        ]
    }

    fn judge_app(&self, token: &Value, answers: &Answers) -> Check {
        let remedy = "Copy App ID and App Secret from developers.facebook.com → your app → App settings → Basic.";
        let told = token["app_id"].as_str().unwrap_or_default();
        match &answers.as_app {
            None => fail(
                "app",
                "App ID or App Secret is missing; without the secret no webhook can be trusted."
                    .into(),
                remedy,
            ),
            Some(Err(fault)) if is_network(fault) => fault_check("app", fault),
            Some(Err(fault)) => fail(
                "app",
                format!(
                    "Meta refuses this App ID with this App Secret ({}).",
                    fault.message
                ),
                remedy,
            ),
            Some(Ok(_)) if told == self.app_id || told.is_empty() => {
                let name = token["application"].as_str().unwrap_or_default();
                ok(
                    "app",
                    format!("App {} {name}", self.app_id).trim().to_owned(),
                    json!({"app_id": self.app_id, "name": name}),
                )
            }
            Some(Ok(_)) => fail(
                "app",
                format!(
                    "The token belongs to the app {told}, not to {}.",
                    self.app_id
                ),
                "Make a token for this app, or enter the other app's ID and secret.",
            ),
        }
    }

    fn judge_number(&self, answer: &Asked) -> Check {
        if self.number_id.is_empty() {
            return fail(
                "number",
                "The phone number ID is missing.".into(),
                "Copy it from WhatsApp Manager → API setup. It is not the phone number itself.",
            );
        }
        let number = match answer {
            Ok(number) => number,
            Err(fault) if is_network(fault) => return fault_check("number", fault),
            Err(fault) => {
                return fail("number", format!("The number cannot be read: {}", fault.message), "Check the phone number ID (it is not the phone number), and that the system user may use this WhatsApp account.")
            }
        };
        let word = |key: &str| number[key].as_str().unwrap_or_default();
        let data = json!({"display_phone": word("display_phone_number"), "verified_name": word("verified_name"), "number_status": word("status"), "name_status": word("name_status")});
        let who = format!("{} {}", word("display_phone_number"), word("verified_name"))
            .trim()
            .to_owned();
        match word("status") {
            "" | "CONNECTED" => ok("number", who, data),
            "PENDING" | "DISCONNECTED" | "UNVERIFIED" => Check { data, ..fail("number", format!("{who} is not registered ({}).", word("status")), "Register the number in WhatsApp Manager (it needs the six-digit PIN), then test again.") },
            "FLAGGED" | "RATE_LIMITED" => Check { data, ..warn("number", format!("{who} is {}.", word("status")), "Too many customers blocked or reported it. Send less, and only to people who asked for it.") },
            other => Check { data, ..fail("number", format!("{who} cannot send: its state is {other}."), "Open WhatsApp Manager → Phone numbers; it says what is needed.") },
        }
    }

    fn judge_waba(&self, answer: &Asked) -> Check {
        if self.waba_id.is_empty() {
            return fail(
                "waba",
                "The WhatsApp Business Account ID is missing.".into(),
                "Copy it from WhatsApp Manager → API setup.",
            );
        }
        match answer {
            Err(fault) if is_network(fault) => fault_check("waba", fault),
            Err(fault) => fail("waba", format!("The WhatsApp Business Account cannot be read: {}", fault.message), "Check the WhatsApp Business Account ID, and give the system user full control of it (Business settings → Accounts → WhatsApp accounts)."),
            Ok(list) if has(list, |n| n["id"] == self.number_id.as_str()) => ok("waba", format!("The number belongs to the account {}.", self.waba_id), json!({})),
            Ok(_) => fail("waba", format!("The account {} has no number with the ID {}.", self.waba_id, self.number_id), "Copy both IDs from the same page: WhatsApp Manager → API setup."),
        }
    }

    fn judge_subscribed(&self, answer: &Asked) -> Check {
        match answer {
            Err(fault) if is_network(fault) => fault_check("subscribed", fault),
            Err(fault) => fail(
                "subscribed",
                format!("Cannot be read: {}", fault.message),
                "Repair the points above first.",
            ),
            Ok(list)
                if has(list, |app| {
                    app["whatsapp_business_api_data"]["id"] == self.app_id.as_str()
                }) =>
            {
                ok(
                    "subscribed",
                    "This app gets the account's messages.".into(),
                    json!({"subscribed": true}),
                )
            }
            Ok(_) => Check {
                data: json!({"subscribed": false}),
                ..fail(
                    "subscribed",
                    "This app is not subscribed: no message and no tick will arrive.".into(),
                    "Press “Subscribe the app”.",
                )
            },
        }
    }
}

fn has(list: &Value, wanted: impl Fn(&Value) -> bool) -> bool {
    list["data"]
        .as_array()
        .is_some_and(|items| items.iter().any(wanted))
}

fn judge_token(token: &Value, answers: &Answers) -> Check {
    let remedy = "Make a new permanent token: Business settings → System users → Generate token, with both WhatsApp permissions.";
    let fault = match (&answers.as_itself, &answers.as_app) {
        (Some(Err(fault)), _) | (None, Some(Err(fault))) => Some(fault),
        _ => None,
    };
    match (token["is_valid"].as_bool(), fault) {
        (Some(true), _) => ok("token", "The access token is valid.".into(), json!({})),
        (Some(false), _) => {
            let why = token["error"]["message"]
                .as_str()
                .unwrap_or("Meta calls it invalid.");
            fail(
                "token",
                format!("The access token does not work: {why}"),
                remedy,
            )
        }
        // The token cannot be looked at, but it can read the number: so it works.
        (None, _) if answers.number.is_ok() => {
            ok("token", "The access token works.".into(), json!({}))
        }
        (None, Some(fault)) if is_network(fault) => fault_check("token", fault),
        (None, Some(fault)) => fail(
            "token",
            format!("The access token does not work: {}", fault.message),
            remedy,
        ),
        (None, None) => fail(
            "token",
            "Meta did not say whether the token is valid.".into(),
            remedy,
        ),
    }
}

fn judge_scopes(token: &Value, waba_id: &str) -> Check {
    let scopes = token["scopes"].as_array();
    // Meta tells no scopes of a token that does not work: the token is what is wrong then.
    let Some(scopes) = scopes.filter(|_| token["is_valid"] != false) else {
        return unknown("scopes");
    };
    let missing: Vec<&str> = SCOPES
        .into_iter()
        .filter(|scope| !scopes.iter().any(|s| s == scope))
        .collect();
    if !missing.is_empty() {
        return fail("scopes", format!("The token lacks {}.", missing.join(" and ")), "Generate the token again and tick whatsapp_business_messaging and whatsapp_business_management.");
    }
    // A token can be limited to some accounts.
    let elsewhere = token["granular_scopes"].as_array().is_some_and(|granular| {
        granular.iter().any(|g| {
            SCOPES.iter().any(|scope| g["scope"] == *scope)
                && g["target_ids"]
                    .as_array()
                    .is_some_and(|ids| !ids.is_empty() && !ids.iter().any(|id| id == waba_id))
        })
    });
    if elsewhere && !waba_id.is_empty() {
        return fail("scopes", "The token may not use this WhatsApp Business Account.".into(), "Give the system user full control of the account (Business settings → Accounts → WhatsApp accounts), then generate the token again.");
    }
    ok(
        "scopes",
        "The token may send messages and manage the account.".into(),
        json!({"scopes": scopes}),
    )
}

fn judge_expiry(token: &Value, now_ms: i64) -> Check {
    let remedy = "Use the permanent token of a system user (Business settings → System users → Generate token, expiry: never).";
    let Some(seconds) = token["expires_at"].as_i64() else {
        return unknown("expiry");
    };
    let at = seconds.saturating_mul(1000);
    let data = json!({"expires_ms": at});
    let day = chrono::DateTime::from_timestamp_millis(at)
        .map_or_else(String::new, |d| d.format("%Y-%m-%d %H:%M UTC").to_string());
    match at {
        0 => ok("expiry", "The token never expires.".into(), data),
        at if at <= now_ms => Check {
            data,
            ..fail("expiry", format!("The token expired on {day}."), remedy)
        },
        at if at - now_ms < EXPIRES_SOON_MS => Check {
            data,
            ..warn("expiry", format!("The token expires on {day}."), remedy)
        },
        _ => ok("expiry", format!("The token is good until {day}."), data),
    }
}

fn judge_quality(number: &Value) -> Check {
    let Some(quality) = number["quality_rating"].as_str() else {
        return unknown("quality");
    };
    let data = json!({"quality": quality});
    match quality {
        "GREEN" => ok("quality", "High.".into(), data),
        "YELLOW" => Check {
            data,
            ..warn(
                "quality",
                "Medium: some customers block or report this number.".into(),
                "Send less advertising, and only to people who asked for it.",
            )
        },
        "RED" => Check {
            data,
            ..warn(
                "quality",
                "Low: many customers block or report this number.".into(),
                "Pause advertising until the rating has recovered (it looks at the last 7 days).",
            )
        },
        _ => ok("quality", "Not rated yet.".into(), data),
    }
}

fn judge_throughput(number: &Value) -> Check {
    let Some(level) = number["throughput"]["level"].as_str() else {
        return unknown("throughput");
    };
    let data = json!({"throughput": level});
    match level {
        "STANDARD" => ok(
            "throughput",
            "Standard: up to 80 messages a second.".into(),
            data,
        ),
        "HIGH" => ok(
            "throughput",
            "High: up to 1,000 messages a second.".into(),
            data,
        ),
        _ => Check {
            data,
            ..warn(
                "throughput",
                "WhatsApp names no speed for this number.".into(),
                "Register the number for the Cloud API if it is not yet.",
            )
        },
    }
}

fn judge_limit(number: &Value) -> Check {
    let Some(tier) = number["whatsapp_business_manager_messaging_limit"].as_str() else {
        return unknown("limit");
    };
    let data = json!({"messaging_limit": tier});
    let customers = match tier {
        "TIER_250" => "250 customers",
        "TIER_2K" => "2,000 customers",
        "TIER_10K" => "10,000 customers",
        "TIER_100K" => "100,000 customers",
        "TIER_UNLIMITED" => "any number of customers",
        other => other,
    };
    let detail = format!(
        "The business may start conversations with {customers} in 24 hours; answers do not count."
    );
    match tier {
        "TIER_250" => Check { data, ..warn("limit", detail, "Verify the business (Business settings → Security centre) to raise the limit to 2,000.") },
        _ => ok("limit", detail, data),
    }
}

/// Whether Meta was not reached, or not understood.
fn is_network(fault: &GraphFault) -> bool {
    fault.http_status == 0 || (fault.code == 0 && fault.class != Class::Account)
}

fn fault_check(check: &'static str, fault: &GraphFault) -> Check {
    let remedy = if fault.http_status == 0 {
        "Check this server's connection to graph.facebook.com (DNS, firewall, proxy), then test again."
    } else {
        &fault.remedy
    };
    fail(check, format!("{}: {}", fault.title, fault.message), remedy)
}

fn label(check: &str) -> &'static str {
    match check {
        "token" => "Access token",
        "scopes" => "Permissions",
        "expiry" => "Expiry",
        "app" => "App",
        "number" => "Phone number",
        "waba" => "WhatsApp Business Account",
        "subscribed" => "Webhook subscription",
        "quality" => "Quality",
        "throughput" => "Sending speed",
        _ => "Messaging limit",
    }
}

fn make(check: &'static str, status: Status, detail: String, remedy: &str, data: Value) -> Check {
    Check {
        check,
        status,
        label: label(check),
        detail,
        remedy: remedy.to_owned(),
        data,
    }
}

fn ok(check: &'static str, detail: String, data: Value) -> Check {
    make(check, Status::Ok, detail, "", data)
}

fn warn(check: &'static str, detail: String, remedy: &str) -> Check {
    make(check, Status::Warn, detail, remedy, json!({}))
}

fn fail(check: &'static str, detail: String, remedy: &str) -> Check {
    make(check, Status::Fail, detail, remedy, json!({}))
}

fn unknown(check: &'static str) -> Check {
    warn(
        check,
        "WhatsApp does not tell.".into(),
        "Repair the points that failed, then test again.",
    )
}

#[cfg(test)]
mod tests;
