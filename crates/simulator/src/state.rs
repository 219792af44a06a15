//! The world: who exists, what was said, what is still to happen. Rules only: no clock of its own beyond an
//! offset, no I/O. The caller sets `wall_ms` before it asks for anything.
use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::Serialize;
use serde_json::{json, Value};

use crate::config::Config;
use crate::ids;
use crate::limits::{Bucket, Pairs, Reached, DAY_MS};
use crate::media::MediaStore;
use crate::queue::{Job, Queue, Update};
use crate::rules::Rule;
use crate::settings::{Blocked, Settings};
use crate::template::{Templates, Uploads};

/// Customers made by a mere send; beyond it a recipient has no chat (the record still has the message).
const AUTO_CUSTOMERS_MAX: usize = 5_000;
/// Customers in all.
pub const CUSTOMERS_MAX: usize = 200_000;
/// Lines of a chat (the oldest goes first).
const CHAT_MAX: usize = 300;
/// Inbound wamids that mark-read can find.
const INBOUND_MAX: usize = 200_000;
/// Mark-read calls kept.
const READS_MAX: usize = 10_000;
/// How long the typing indicator shows (Meta: 25 s or until the reply).
const TYPING_MS: i64 = 25_000;

/// One line of a chat, as the phone page draws it.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub wamid: String,
    /// From the business.
    pub outbound: bool,
    pub number: String,
    /// The message object: `type` and the object of that name, `context`.
    pub message: Value,
    /// sent, delivered, read, played, failed.
    pub state: &'static str,
    pub at_ms: i64,
    /// Emoji by the customer and by the business.
    pub reaction_in: Option<String>,
    pub reaction_out: Option<String>,
    #[serde(skip)]
    pub callback: Option<String>,
}

/// A pretend customer.
#[derive(Debug, Clone, Serialize)]
pub struct Customer {
    /// Key in the world: digits, or the BSUID of one without a number.
    pub id: String,
    pub phone: Option<String>,
    pub user_id: String,
    pub username: Option<String>,
    pub name: String,
    /// Webhooks leave the phone number out.
    pub bsuid_only: bool,
    /// Has blocked the business.
    pub blocked: bool,
    /// Opened on the phone page: reads when a person looks.
    pub manned: bool,
    pub stopped_marketing: bool,
    pub typing_until_ms: i64,
    /// Counts up with every change the phone page must draw.
    pub version: u64,
    #[serde(skip)]
    pub chat: VecDeque<Line>,
    /// Last message per business number.
    #[serde(skip)]
    pub last_in_ms: HashMap<String, i64>,
}

impl Customer {
    /// The element of `contacts[]` that names this person.
    pub fn as_contact(&self, bsuid: bool) -> Value {
        let mut contact = json!({"profile": {"name": self.name}});
        if let Some(username) = &self.username {
            contact["profile"]["username"] = json!(username);
        }
        if let Some(phone) = self.phone.as_ref().filter(|_| !self.bsuid_only) {
            contact["wa_id"] = json!(phone);
        }
        if bsuid || self.bsuid_only {
            contact["user_id"] = json!(self.user_id);
        }
        contact
    }

    fn push(&mut self, line: Line) {
        if self.chat.len() >= CHAT_MAX {
            self.chat.pop_front();
        }
        self.chat.push_back(line);
        self.version += 1;
    }
}

/// One accepted message.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub seq: u64,
    pub at_ms: i64,
    pub phone_number_id: Box<str>,
    /// Digits or BSUID.
    pub to: Box<str>,
    #[serde(rename = "type")]
    pub kind: Box<str>,
    /// `biz_opaque_callback_data`.
    #[serde(rename = "ref")]
    pub reference: Option<Box<str>>,
    pub wamid: Box<str>,
    /// False when a rule kept the answer from the sender.
    pub answered: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Box<Value>>,
}

/// One mark-read.
#[derive(Debug, Clone, Serialize)]
pub struct Read {
    pub at_ms: i64,
    pub phone_number_id: String,
    pub message_id: String,
    pub typing: bool,
}

#[derive(Debug)]
pub struct World {
    pub config: Config,
    pub rng: fastrand::Rng,
    /// The wall clock, set by the caller; the world's own time is this plus `offset_ms`.
    pub wall_ms: i64,
    pub offset_ms: i64,
    pub rules: Vec<Rule>,
    pub next_rule: u64,
    pub customers: HashMap<String, Customer>,
    by_user_id: HashMap<String, String>,
    pub record: VecDeque<Row>,
    pub reads: VecDeque<Read>,
    pub accepted: u64,
    pub refused: BTreeMap<u32, u64>,
    pub calls: u64,
    pub buckets: HashMap<String, Bucket>,
    pub pairs: Pairs,
    pub reached: Reached,
    pub media: MediaStore,
    pub templates: Templates,
    pub uploads: Uploads,
    pub queue: Queue,
    /// wamid of an inbound message → its customer.
    inbound: HashMap<String, String>,
    inbound_order: VecDeque<String>,
    /// Signs media addresses.
    pub media_key: String,
}

impl World {
    pub fn new(config: Config, wall_ms: i64) -> Self {
        let mut rng = fastrand::Rng::with_seed(config.seed);
        let media_key = ids::numeric(&mut rng, 32);
        World {
            config,
            rng,
            wall_ms,
            offset_ms: 0,
            rules: vec![],
            next_rule: 1,
            customers: HashMap::new(),
            by_user_id: HashMap::new(),
            record: VecDeque::new(),
            reads: VecDeque::new(),
            accepted: 0,
            refused: BTreeMap::new(),
            calls: 0,
            buckets: HashMap::new(),
            pairs: Pairs::default(),
            reached: Reached::default(),
            media: MediaStore::default(),
            templates: Templates::default(),
            uploads: Uploads::default(),
            queue: Queue::default(),
            inbound: HashMap::new(),
            inbound_order: VecDeque::new(),
            media_key,
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.config.settings
    }

    /// The world's time, UTC ms.
    pub fn now(&self) -> i64 {
        self.wall_ms + self.offset_ms
    }

    /// A length within [min, max].
    pub fn span(&mut self, [min, max]: [u64; 2]) -> i64 {
        if max <= min {
            return min as i64;
        }
        self.rng.u64(min..=max) as i64
    }

    pub fn chance(&mut self, share: f64) -> bool {
        share >= 1.0 || (share > 0.0 && self.rng.f64() < share)
    }

    /// The key of the customer with these digits or this BSUID.
    pub fn find_customer(&self, id: &str) -> Option<&str> {
        let digits = id.trim_start_matches('+');
        self.customers
            .get_key_value(digits)
            .map(|(k, _)| k.as_str())
            .or_else(|| self.by_user_id.get(id).map(String::as_str))
    }

    /// Makes a customer, or returns the one with this number or user id.
    ///
    /// # Errors
    /// The world is full.
    pub fn make_customer(
        &mut self,
        phone: Option<&str>,
        user_id: Option<&str>,
        name: Option<&str>,
    ) -> Result<&mut Customer, String> {
        let digits = phone.map(|p| p.chars().filter(char::is_ascii_digit).collect::<String>());
        let known = digits
            .as_deref()
            .and_then(|d| self.find_customer(d))
            .or_else(|| user_id.and_then(|u| self.find_customer(u)))
            .map(str::to_string);
        let key = match known {
            Some(key) => key,
            None => {
                if self.customers.len() >= CUSTOMERS_MAX {
                    return Err(format!("{CUSTOMERS_MAX} customers are the most"));
                }
                let user_id = match user_id {
                    Some(u) => u.to_string(),
                    None => ids::bsuid(&mut self.rng, country_of(digits.as_deref().unwrap_or(""))),
                };
                let key = digits.clone().unwrap_or_else(|| user_id.clone());
                let tail: String = key
                    .chars()
                    .rev()
                    .take(4)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect();
                self.by_user_id.insert(user_id.clone(), key.clone());
                self.customers.insert(
                    key.clone(),
                    Customer {
                        id: key.clone(),
                        bsuid_only: digits.is_none(),
                        phone: digits,
                        user_id,
                        username: None,
                        name: format!("Customer {tail}"),
                        blocked: false,
                        manned: false,
                        stopped_marketing: false,
                        typing_until_ms: 0,
                        version: 1,
                        chat: VecDeque::new(),
                        last_in_ms: HashMap::new(),
                    },
                );
                key
            }
        };
        let customer = self.customers.get_mut(&key).ok_or("no such customer")?;
        if let Some(name) = name {
            customer.name = name.to_string();
        }
        Ok(customer)
    }

    /// A customer's number changes: the same chat under a new key and a new user id.
    pub fn change_number(&mut self, old: &str, new_digits: &str) -> Option<(String, String)> {
        let key = self.find_customer(old)?.to_string();
        let mut customer = self.customers.remove(&key)?;
        let old_user = std::mem::replace(
            &mut customer.user_id,
            ids::bsuid(&mut self.rng, country_of(new_digits)),
        );
        self.by_user_id.remove(&old_user);
        customer.id = new_digits.to_string();
        customer.phone = Some(new_digits.to_string());
        self.by_user_id
            .insert(customer.user_id.clone(), customer.id.clone());
        let new_user = customer.user_id.clone();
        for line in customer.chat.iter().filter(|l| !l.outbound) {
            if let Some(key) = self.inbound.get_mut(&line.wamid) {
                key.clone_from(&customer.id);
            }
        }
        self.customers.insert(customer.id.clone(), customer);
        Some((old_user, new_user))
    }

    /// The chat line of an accepted message. A recipient nobody made becomes a customer while there is room.
    pub fn chat_out(&mut self, phone: Option<&str>, user_id: Option<&str>, line: Line) {
        let known = phone
            .or(user_id)
            .is_some_and(|id| self.find_customer(id).is_some());
        if self.settings().record_light || (!known && self.customers.len() >= AUTO_CUSTOMERS_MAX) {
            return;
        }
        let Ok(customer) = self.make_customer(phone, user_id, None) else {
            return;
        };
        customer.typing_until_ms = 0;
        if line.message["type"] == "reaction" {
            let about = &line.message["reaction"];
            let emoji = about["emoji"]
                .as_str()
                .filter(|e| !e.is_empty())
                .map(str::to_string);
            if let Some(l) = customer
                .chat
                .iter_mut()
                .find(|l| about["message_id"] == l.wamid.as_str())
            {
                l.reaction_out = emoji;
            }
            customer.version += 1;
        } else {
            customer.push(line);
        }
    }

    /// The chat line of what the customer wrote; opens the window.
    pub fn chat_in(&mut self, key: &str, line: Line) {
        let (now, light) = (self.now(), self.settings().record_light);
        let wamid = line.wamid.clone();
        let Some(customer) = self.customers.get_mut(key) else {
            return;
        };
        customer.last_in_ms.insert(line.number.clone(), now);
        match line.message["type"].as_str() {
            Some("reaction") => {
                let about = &line.message["reaction"];
                let emoji = about["emoji"].as_str().map(str::to_string);
                if let Some(l) = customer
                    .chat
                    .iter_mut()
                    .find(|l| about["message_id"] == l.wamid.as_str())
                {
                    l.reaction_in = emoji;
                }
                customer.version += 1;
            }
            _ if light => {}
            _ => customer.push(line),
        }
        if self.inbound_order.len() >= INBOUND_MAX {
            if let Some(old) = self.inbound_order.pop_front() {
                self.inbound.remove(&old);
            }
        }
        self.inbound.insert(wamid.clone(), key.to_string());
        self.inbound_order.push_back(wamid);
    }

    /// A status of ours reaches the chat.
    pub fn mark_out(&mut self, key: &str, wamid: &str, status: &'static str) {
        let Some(customer) = self.customers.get_mut(key) else {
            return;
        };
        if let Some(line) = customer
            .chat
            .iter_mut()
            .rev()
            .find(|l| l.wamid == wamid && l.outbound)
        {
            if !["read", "played"].contains(&line.state) {
                line.state = status;
            }
            customer.version += 1;
        }
    }

    /// The business's server took the customer's message.
    pub fn mark_reported(&mut self, wamid: &str) {
        let Some(customer) = self
            .inbound
            .get(wamid)
            .and_then(|key| self.customers.get_mut(key))
        else {
            return;
        };
        if let Some(line) = customer
            .chat
            .iter_mut()
            .rev()
            .find(|l| l.wamid == wamid && l.state == "sent")
        {
            line.state = "delivered";
            customer.version += 1;
        }
    }

    /// The business read a message: it and all before it. False when the message is not known.
    pub fn business_reads(&mut self, number: &str, wamid: &str, typing: bool) -> bool {
        let now = self.now();
        if self.reads.len() >= READS_MAX {
            self.reads.pop_front();
        }
        let Some(key) = self.inbound.get(wamid) else {
            return false;
        };
        self.reads.push_back(Read {
            at_ms: now,
            phone_number_id: number.into(),
            message_id: wamid.into(),
            typing,
        });
        let Some(customer) = self.customers.get_mut(key) else {
            return true;
        };
        let upto = customer
            .chat
            .iter()
            .position(|l| l.wamid == wamid)
            .map_or(0, |p| p + 1);
        for line in customer
            .chat
            .iter_mut()
            .take(upto)
            .filter(|l| !l.outbound && l.number == number)
        {
            line.state = "read";
        }
        if typing {
            customer.typing_until_ms = now + TYPING_MS;
        }
        customer.version += 1;
        true
    }

    /// Whether the customer wrote to this number within 24 hours.
    pub fn window_open(&self, number: &str, key: Option<&str>) -> bool {
        key.and_then(|k| self.customers.get(k))
            .and_then(|c| c.last_in_ms.get(number))
            .is_some_and(|at| self.now() < at + DAY_MS)
    }

    pub fn is_manned(&self, key: &str) -> bool {
        self.customers.get(key).is_some_and(|c| c.manned)
    }

    /// Blocked the business, and that is not reported.
    pub fn is_silent(&self, key: &str) -> bool {
        self.settings().customer_blocked == Blocked::Silent
            && self.customers.get(key).is_some_and(|c| c.blocked)
    }

    pub fn remember(&mut self, row: Row) {
        self.accepted += 1;
        while self.record.len() >= self.settings().record_max.max(1) {
            self.record.pop_front();
        }
        if self.settings().record_max > 0 {
            self.record.push_back(row);
        }
    }

    /// The beginning of every `messages` value.
    pub fn value_head(&self, number: &str) -> Value {
        let display = self
            .config
            .number(number)
            .map(|(_, n)| n.digits())
            .unwrap_or_default();
        json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": display, "phone_number_id": number}})
    }

    /// Does everything that is due and puts the POSTs into the outbox. Returns when to come back.
    pub fn pump(&mut self) -> Option<i64> {
        let now = self.now();
        let linger = if self.settings().batch > 1 {
            self.settings().batch_ms as i64
        } else {
            0
        };
        if self.queue.next_due().is_some_and(|due| due + linger <= now) {
            let mut updates = vec![];
            while let Some(job) = self.queue.pop_due(now) {
                match job {
                    Job::Step(step) => {
                        let update = self.perform(*step);
                        self.tell(update, &mut updates);
                    }
                    Job::Update(update) => updates.push(*update),
                    Job::Review(id) => crate::template::review(self, &id),
                    Job::Retry(delivery) => self.queue.outbox.push_back(*delivery),
                }
            }
            crate::envelope::post_all(self, updates);
        }
        self.queue.next_due().map(|due| due + linger)
    }

    /// An update that may be held back, so that later ones overtake it.
    fn tell(&mut self, update: Update, updates: &mut Vec<Update>) {
        let share = self.settings().shuffle_rate;
        if self.chance(share) {
            let due = self.now() + self.span([50, 1_500]);
            self.queue.push(due, Job::Update(Box::new(update)));
        } else {
            updates.push(update);
        }
    }

    /// What `/sim/state` shows.
    pub fn summary(&self) -> Value {
        json!({
            "now_ms": self.now(), "offset_ms": self.offset_ms, "seed": self.config.seed,
            "accepted": self.accepted, "recorded": self.record.len(), "refused": self.refused, "graph_calls": self.calls,
            "customers": self.customers.len(), "media": self.media.len(), "media_bytes": self.media.bytes(),
            "rules": self.rules.len(), "mark_reads": self.reads.len(),
            "webhooks": {"pending": self.queue.pending(), "outbox": self.queue.outbox.len(), "in_flight": self.queue.in_flight, "counters": self.queue.counters},
            "subscriptions": self.config.wabas.iter().map(|w| json!({
                "waba_id": w.id, "subscribed": w.subscribed,
                "numbers": w.numbers.iter().map(|n| json!({"phone_number_id": n.id, "callback": self.config.callback_of(&w.id, Some(&n.id), "messages")})).collect::<Vec<_>>()
            })).collect::<Vec<_>>(),
        })
    }
}

/// The country a BSUID begins with, for the calling codes demos use; others count as US.
fn country_of(digits: &str) -> &'static str {
    const COUNTRIES: [(&str, &str); 12] = [
        ("49", "DE"),
        ("44", "GB"),
        ("33", "FR"),
        ("39", "IT"),
        ("34", "ES"),
        ("31", "NL"),
        ("43", "AT"),
        ("41", "CH"),
        ("55", "BR"),
        ("91", "IN"),
        ("30", "GR"),
        ("351", "PT"),
    ];
    COUNTRIES
        .iter()
        .find(|(code, _)| digits.starts_with(code))
        .map_or("US", |(_, c)| c)
}
