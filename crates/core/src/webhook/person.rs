//! Who an update is about: its own ids, joined with the `contacts` that come beside it.

use super::event::Person;
use super::read::{Object, Read, Shape};
use crate::{limits, phone};
use std::collections::BTreeMap;

/// The `contacts` of a change, found by number and by id.
#[derive(Default)]
pub(super) struct Contacts {
    people: Vec<Person>,
    by_phone: BTreeMap<String, usize>,
    by_bsuid: BTreeMap<String, usize>,
}

impl Contacts {
    /// Reads them; a contact of another shape is left out (its updates carry their own ids).
    pub fn read(value: &Object<'_>) -> Contacts {
        let mut contacts = Contacts::default();
        for raw in value
            .list("contacts")
            .unwrap_or_default()
            .into_iter()
            .take(limits::WEBHOOK_UPDATES_TYPED)
        {
            let person =
                match Object::new("contact", raw).and_then(|contact| contact_person(&contact)) {
                    Ok(person) => person,
                    Err(_) => continue,
                };
            let at = contacts.people.len();
            if !person.phone.is_empty() {
                contacts.by_phone.insert(person.phone.clone(), at);
            }
            if !person.bsuid.is_empty() {
                contacts.by_bsuid.insert(person.bsuid.clone(), at);
            }
            contacts.people.push(person);
        }
        contacts
    }

    /// The person with these ids, completed from the contact with the same number or id. Where no contact has them, the
    /// only contact gives its name and user name, never its ids.
    pub fn join(&self, phone_text: &str, bsuid: String, parent_bsuid: String) -> Person {
        let phone = phone::e164(phone_text).unwrap_or_default();
        let mut person = Person {
            phone,
            bsuid,
            parent_bsuid,
            ..Person::default()
        };
        let found = self
            .by_phone
            .get(&person.phone)
            .or_else(|| self.by_bsuid.get(&person.bsuid));
        if let Some(contact) = found.and_then(|at| self.people.get(*at)) {
            fill(&mut person.phone, &contact.phone);
            fill(&mut person.bsuid, &contact.bsuid);
            fill(&mut person.parent_bsuid, &contact.parent_bsuid);
            fill(&mut person.name, &contact.name);
            fill(&mut person.username, &contact.username);
        } else if let [only] = self.people.as_slice() {
            fill(&mut person.name, &only.name);
            fill(&mut person.username, &only.username);
        }
        person.country = country(&person);
        person
    }
}

fn fill(slot: &mut String, with: &str) {
    if slot.is_empty() {
        slot.push_str(with);
    }
}

fn contact_person(contact: &Object<'_>) -> Read<Person> {
    let mut person = Person {
        phone: phone::e164(&contact.text("wa_id")?).unwrap_or_default(),
        bsuid: contact.id("user_id")?,
        parent_bsuid: contact.id("parent_user_id")?,
        ..Person::default()
    };
    if let Some(profile) = contact.object("profile")? {
        person.name = profile.short("name", limits::LABEL_CHARS)?;
        let username = profile.text("username")?;
        let username = username.trim_start_matches('@');
        if username.len() <= limits::IDENTIFIER_BYTES
            && username.bytes().all(|b| b.is_ascii_graphic())
        {
            person.username = username.to_owned();
        }
    }
    Ok(person)
}

/// The country by the number's calling code, else by the id, which begins with it (`US.1349…`).
fn country(person: &Person) -> String {
    let by_phone = phone::country(&person.phone);
    if !by_phone.is_empty() {
        return by_phone.to_owned();
    }
    match person.bsuid.split_once('.') {
        Some((code, _)) if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) => {
            code.to_owned()
        }
        _ => String::new(),
    }
}

/// Refuses a person that nothing identifies.
pub(super) fn identified(person: Person, path: &str) -> Read<Person> {
    if person.phone.is_empty() && person.bsuid.is_empty() {
        return Err(Shape(format!(
            "{path}: no number and no user id that could be a person's"
        )));
    }
    Ok(person)
}
