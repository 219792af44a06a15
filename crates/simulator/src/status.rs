//! Statuses: what happens to an accepted message, step by step, and how Graph tells it.
use std::sync::Arc;

use serde_json::{json, Value};

use crate::errors::GraphError;
use crate::queue::{Job, Update};
use crate::state::{Line, World};

/// An accepted message on its way.
#[derive(Debug)]
pub struct Sent {
    pub wamid: String,
    pub waba: String,
    pub number: String,
    /// Key of the customer in the world.
    pub customer: String,
    /// Digits, when the message went to a phone number.
    pub phone: Option<String>,
    pub user_id: Option<String>,
    pub callback: Option<String>,
    /// Meta's price category of the message.
    pub category: String,
    /// `regular` or `free_customer_service`.
    pub price_type: &'static str,
    /// Reactions only ever become `sent`.
    pub only_sent: bool,
    /// Fails with this instead of arriving; with `after_sent`, a `sent` comes first.
    pub fail: Option<GraphError>,
    pub after_sent: bool,
}

/// A message's next status.
#[derive(Debug)]
pub struct Step {
    pub sent: Arc<Sent>,
    pub status: &'static str,
    /// `delivered` was left out: pricing goes with this one.
    pub priced: bool,
}

impl World {
    /// Puts the first status of an accepted message on the timetable.
    pub fn begin(&mut self, sent: Sent) {
        if !self.settings().webhooks {
            return;
        }
        let status = if sent.fail.is_some() && !sent.after_sent {
            "failed"
        } else {
            "sent"
        };
        let due = self.now() + self.span(self.settings().sent_ms);
        self.queue.push(
            due,
            Job::Step(Box::new(Step {
                sent: Arc::new(sent),
                status,
                priced: true,
            })),
        );
    }

    /// Performs a step: the chat's tick, the next step, and the webhook that tells it.
    pub fn perform(&mut self, step: Step) -> Update {
        let s = &step.sent;
        self.mark_out(&s.customer, &s.wamid, step.status);
        self.plan_next(&step);
        let value = self.status_value(&step);
        Update {
            waba: s.waba.clone(),
            number: Some(s.number.clone()),
            field: "messages".into(),
            value,
            reports: None,
        }
    }

    fn plan_next(&mut self, step: &Step) {
        if step.status != "sent" || step.sent.only_sent {
            return;
        }
        let s = self.settings().clone();
        let delivered_at = self.now() + self.span(s.delivered_ms);
        let plan = |world: &mut World, due, status, priced| {
            world.queue.push(
                due,
                Job::Step(Box::new(Step {
                    sent: step.sent.clone(),
                    status,
                    priced,
                })),
            );
        };
        if step.sent.fail.is_some() {
            return plan(self, delivered_at, "failed", false);
        }
        if self.is_silent(&step.sent.customer) || !self.chance(s.delivered_rate) {
            return;
        }
        let reads = !self.is_manned(&step.sent.customer) && self.chance(s.read_rate);
        let skips = reads && self.chance(s.skip_delivered_rate);
        if !skips {
            plan(self, delivered_at, "delivered", true);
        }
        if reads {
            let read_at = delivered_at + self.span(s.read_ms);
            plan(self, read_at, "read", skips);
        }
    }

    fn status_value(&self, step: &Step) -> Value {
        let s = &step.sent;
        let mut status = json!({"id": s.wamid, "status": step.status, "timestamp": (self.now() / 1000).to_string()});
        let customer = self.customers.get(&s.customer);
        let hides_phone = customer.is_some_and(|c| c.bsuid_only);
        if let Some(phone) = s.phone.as_ref().filter(|_| !hides_phone) {
            status["recipient_id"] = json!(phone);
        }
        if let Some(user_id) = s.user_id.as_ref().filter(|_| self.settings().bsuid) {
            status["recipient_user_id"] = json!(user_id);
        }
        if let Some(callback) = &s.callback {
            status["biz_opaque_callback_data"] = json!(callback);
        }
        if step.status == "failed" {
            status["errors"] = json!([s.fail.as_ref().map(GraphError::in_status)]);
        } else if step.priced && !s.only_sent {
            status["pricing"] = json!({
                "billable": s.price_type == "regular", "pricing_model": "PMP", "type": s.price_type, "category": s.category
            });
            if self.settings().webhook_version < 24 {
                let mut conversation = json!({"id": crate::ids::hex(&crate::ids::sha256(s.customer.as_bytes())[..16]), "origin": {"type": s.category}});
                if step.status == "sent" {
                    conversation["expiration_timestamp"] =
                        json!((self.now() / 1000 + 86_400).to_string());
                }
                status["conversation"] = conversation;
            }
        }
        let mut value = self.value_head(&s.number);
        // Failed statuses carry no contacts.
        if let (true, Some(contact)) = (step.status != "failed" && self.settings().bsuid, customer)
        {
            value["contacts"] = json!([contact.as_contact(true)]);
        }
        value["statuses"] = json!([status]);
        value
    }

    /// A person looks at the chat: everything that arrived there is read, and told so.
    pub fn person_reads(&mut self, customer: &str) -> usize {
        self.person_does(customer, "read", |l| l.state == "delivered")
    }

    /// A person listens to the voice messages that arrived.
    pub fn person_plays(&mut self, customer: &str) -> usize {
        self.person_does(customer, "played", |l| {
            l.message["type"] == "audio" && ["delivered", "read"].contains(&l.state)
        })
    }

    /// A status by a person's own hand, for those of the business's messages that `wanted` picks.
    fn person_does(
        &mut self,
        customer: &str,
        status: &'static str,
        wanted: impl Fn(&Line) -> bool,
    ) -> usize {
        let now = self.now();
        let Some(c) = self.customers.get_mut(customer) else {
            return 0;
        };
        c.manned = true;
        let mut read = vec![];
        for line in c.chat.iter_mut().filter(|l| l.outbound && wanted(l)) {
            line.state = status;
            read.push((
                line.wamid.clone(),
                line.number.clone(),
                line.callback.clone(),
            ));
        }
        let (phone, user_id) = (c.phone.clone(), Some(c.user_id.clone()));
        let n = read.len();
        for (wamid, number, callback) in read {
            let Some((waba, _)) = self.config.number(&number) else {
                continue;
            };
            let sent = Arc::new(Sent {
                wamid,
                waba: waba.id.clone(),
                number,
                customer: customer.to_string(),
                phone: phone.clone(),
                user_id: user_id.clone(),
                callback,
                category: String::new(),
                price_type: "regular",
                only_sent: false,
                fail: None,
                after_sent: false,
            });
            self.queue.push(
                now,
                Job::Step(Box::new(Step {
                    sent,
                    status,
                    priced: false,
                })),
            );
        }
        n
    }
}
