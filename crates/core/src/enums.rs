//! The numbers that are stored: one definition for Rust, PHP (constants of `NxtChat\Native`), SQL and TypeScript.
//!
//! Numbers are never reused and never change their meaning: they stand in tables.

/// Declares a stored enumeration: its values, its name in words and its exported constants.
macro_rules! stored {
    (
        $(#[$meta:meta])*
        $name:ident, $prefix:literal { $( $(#[$doc:meta])* $variant:ident = $value:literal, $word:literal, $constant:literal; )+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$doc])* $variant = $value, )+
        }

        impl $name {
            /// Every value, in the order of its number.
            pub const EVERY: &'static [$name] = &[ $( $name::$variant, )+ ];

            /// The number that is stored.
            #[must_use]
            pub const fn value(self) -> i64 {
                self as i64
            }

            /// The word that people and REST use.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $( $name::$variant => $word, )+ }
            }

            /// The name of the exported constant.
            #[must_use]
            pub const fn constant(self) -> &'static str {
                match self { $( $name::$variant => concat!($prefix, "_", $constant), )+ }
            }

            /// The value with this number, if there is one.
            #[must_use]
            pub const fn from_value(value: i64) -> Option<$name> {
                match value { $( $value => Some($name::$variant), )+ _ => None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.value())
            }
        }
    };
}

stored! {
    /// How far a message has come. The numbers are ordered so that *forward only* is the greater of two.
    ///
    /// A failure beats "delivered" (Meta reports both when one of several devices failed) and a read receipt beats a failure
    /// (somebody saw it).
    State, "STATE" {
        /// Came in from a customer.
        Received = 1, "received", "RECEIVED";
        /// Stored, nothing has left this machine.
        Queued = 10, "queued", "QUEUED";
        /// Somebody is sending it now.
        Sending = 20, "sending", "SENDING";
        /// It may or may not have gone out: a status or a person decides. Never sent again by itself.
        Unknown = 30, "unknown", "UNKNOWN";
        /// WhatsApp has it.
        Sent = 40, "sent", "SENT";
        /// A device of the customer has it.
        Delivered = 50, "delivered", "DELIVERED";
        /// It will not arrive.
        Failed = 60, "failed", "FAILED";
        /// The customer opened the conversation.
        Read = 70, "read", "READ";
        /// The customer played the voice message.
        Played = 80, "played", "PLAYED";
    }
}

impl State {
    /// The state after hearing `new` while at `old`: the further one, so the order of arrival does not matter.
    ///
    /// ```
    /// use nxtchat_core::enums::State;
    /// assert_eq!(State::advance(State::Read, State::Delivered), State::Read);
    /// assert_eq!(State::advance(State::Delivered, State::Failed), State::Failed);
    /// assert_eq!(State::advance(State::Failed, State::Read), State::Read);
    /// ```
    #[must_use]
    pub fn advance(old: State, new: State) -> State {
        old.max(new)
    }

    /// The state that a word in a status webhook stands for; `None` for words that are not known.
    #[must_use]
    pub fn from_status(word: &str) -> Option<State> {
        match word {
            "sent" => Some(State::Sent),
            "delivered" => Some(State::Delivered),
            "read" => Some(State::Read),
            "played" => Some(State::Played),
            "failed" => Some(State::Failed),
            _ => None,
        }
    }
}

stored! {
    /// Which way a message went, seen from the shop.
    Direction, "DIRECTION" {
        /// From the customer.
        In = 1, "in", "IN";
        /// To the customer.
        Out = 2, "out", "OUT";
    }
}

stored! {
    /// Who caused a message.
    Origin, "ORIGIN" {
        /// The customer wrote it.
        Customer = 1, "customer", "CUSTOMER";
        /// Somebody of the team wrote it on a screen.
        Staff = 2, "staff", "STAFF";
        /// WP-CLI, a REST script or a hook.
        Api = 3, "api", "API";
        /// A broadcast.
        Broadcast = 4, "broadcast", "BROADCAST";
        /// A login code.
        Login = 5, "login", "LOGIN";
        /// Sent from the WhatsApp Business app on the phone.
        Echo = 6, "echo", "ECHO";
        /// From the history that the owner shared when connecting.
        History = 7, "history", "HISTORY";
    }
}

stored! {
    /// What a contact can be known by.
    IdentityKind, "IDENTITY" {
        /// Phone number, E.164 with `+`.
        Phone = 1, "phone", "PHONE";
        /// Business-scoped user id, such as `US.13491208655302741918`.
        Bsuid = 2, "bsuid", "BSUID";
        /// WhatsApp user name, without `@`.
        Username = 3, "username", "USERNAME";
        /// The business-scoped user id of linked portfolios.
        ParentBsuid = 4, "parent_bsuid", "PARENT_BSUID";
    }
}

stored! {
    /// What a message is. The word is Meta's `type`.
    MessageType, "TYPE" {
        /// Plain text.
        Text = 1, "text", "TEXT";
        /// Photo.
        Image = 2, "image", "IMAGE";
        /// Video.
        Video = 3, "video", "VIDEO";
        /// Sound or voice message.
        Audio = 4, "audio", "AUDIO";
        /// File.
        Document = 5, "document", "DOCUMENT";
        /// Sticker.
        Sticker = 6, "sticker", "STICKER";
        /// Place.
        Location = 7, "location", "LOCATION";
        /// Contact cards.
        Contacts = 8, "contacts", "CONTACTS";
        /// An emoji on another message.
        Reaction = 9, "reaction", "REACTION";
        /// Buttons, lists, flows and their answers.
        Interactive = 10, "interactive", "INTERACTIVE";
        /// An approved template (out only).
        Template = 11, "template", "TEMPLATE";
        /// The answer to a template's quick reply (in only).
        Button = 12, "button", "BUTTON";
        /// A shopping cart.
        Order = 13, "order", "ORDER";
        /// Something WhatsApp tells, such as a changed number.
        System = 14, "system", "SYSTEM";
        /// Another wording of an earlier message.
        Edit = 15, "edit", "EDIT";
        /// An earlier message was deleted for everyone.
        Revoke = 16, "revoke", "REVOKE";
        /// WhatsApp itself says that the API cannot show it.
        Unsupported = 17, "unsupported", "UNSUPPORTED";
        /// A type newer than this program.
        Unknown = 99, "unknown", "UNKNOWN";
    }
}

stored! {
    /// What a person may be written to about.
    Purpose, "PURPOSE" {
        /// Offers and news.
        Marketing = 1, "marketing", "MARKETING";
        /// Orders, appointments, accounts.
        Utility = 2, "utility", "UTILITY";
        /// One-time codes.
        Login = 3, "login", "LOGIN";
    }
}

stored! {
    /// What a person agreed to, for one purpose.
    Consent, "CONSENT" {
        /// Never asked.
        None = 0, "none", "NONE";
        /// Agreed.
        Granted = 1, "granted", "GRANTED";
        /// Withdrawn: only the person alone can give it again.
        Revoked = 2, "revoked", "REVOKED";
    }
}

stored! {
    /// What a custom field holds.
    FieldType, "FIELD" {
        /// Text, at most 255 characters.
        Text = 1, "text", "TEXT";
        /// A number.
        Number = 2, "number", "NUMBER";
        /// A day, `2026-01-31`.
        Date = 3, "date", "DATE";
        /// One of a list.
        Choice = 4, "choice", "CHOICE";
        /// Yes or no, 1 or 0.
        YesNo = 5, "yes_no", "YES_NO";
    }
}

stored! {
    /// What happened to a contact, in its timeline.
    ContactLog, "CONTACT_LOG" {
        /// Staff wrote a note.
        Note = 1, "note", "NOTE";
        /// Somebody made the contact.
        Created = 2, "created", "CREATED";
        /// Somebody changed it; the former values stand in the entry.
        Edited = 3, "edited", "EDITED";
        /// Another contact was merged into it.
        Merged = 4, "merged", "MERGED";
        /// A merge was taken back.
        Split = 5, "split", "SPLIT";
        /// WhatsApp told a new phone number.
        NumberChanged = 6, "number_changed", "NUMBER_CHANGED";
        /// WhatsApp told a new user id.
        UserIdChanged = 7, "user_id_changed", "USER_ID_CHANGED";
        /// An import made or changed it.
        Imported = 8, "imported", "IMPORTED";
        /// An import was taken back.
        ImportUndone = 9, "import_undone", "IMPORT_UNDONE";
        /// A WordPress user was linked or unlinked.
        Linked = 10, "linked", "LINKED";
    }
}

stored! {
    /// What a challenge is for.
    ChallengeKind, "CHALLENGE_KIND" {
        /// A visitor logs in.
        Login = 1, "login", "LOGIN";
        /// A user proves a number for their account.
        Bind = 2, "bind", "BIND";
        /// A visitor sends a word and then logs in.
        Word = 3, "word", "WORD";
    }
}

stored! {
    /// How far a challenge has come.
    ChallengeState, "CHALLENGE" {
        /// A code can be typed in.
        Live = 1, "live", "LIVE";
        /// The right code was typed in; the browser is on its way to the login.
        Verified = 2, "verified", "VERIFIED";
        /// It did what it was for.
        Used = 3, "used", "USED";
        /// All attempts were wrong.
        Exhausted = 4, "exhausted", "EXHAUSTED";
        /// The word has not come yet.
        Waiting = 5, "waiting", "WAITING";
    }
}

stored! {
    /// Where an import's people come from.
    ImportKind, "IMPORT_KIND" {
        /// A CSV or TSV file.
        File = 1, "file", "FILE";
        /// WordPress users.
        Users = 2, "users", "USERS";
        /// WooCommerce customers.
        Customers = 3, "customers", "CUSTOMERS";
    }
}

stored! {
    /// How far an import has come.
    ImportState, "IMPORT" {
        /// The file is on its way.
        Uploading = 1, "uploading", "UPLOADING";
        /// All there, nothing done yet.
        Ready = 2, "ready", "READY";
        /// A dry run is going on.
        Checking = 3, "checking", "CHECKING";
        /// A dry run is done; nothing was changed.
        Checked = 4, "checked", "CHECKED";
        /// Going on.
        Running = 5, "running", "RUNNING";
        /// Done.
        Done = 6, "done", "DONE";
        /// Stopped by somebody; what was done stays until it is undone.
        Cancelled = 7, "cancelled", "CANCELLED";
        /// Cannot go on; `error` says why.
        Failed = 8, "failed", "FAILED";
        /// Being taken back.
        Undoing = 9, "undoing", "UNDOING";
        /// Taken back.
        Undone = 10, "undone", "UNDONE";
    }
}

impl MessageType {
    /// The type for Meta's `type`; [`MessageType::Unknown`] for those that are not known.
    #[must_use]
    pub fn from_word(word: &str) -> MessageType {
        Self::EVERY
            .iter()
            .copied()
            .find(|kind| kind.word() == word)
            .unwrap_or(MessageType::Unknown)
    }
}

/// Every exported constant with its number: `STATE_QUEUED` 10, `DIRECTION_IN` 1, …
pub const ALL: &[(&str, i64)] = &[
    (State::Received.constant(), State::Received.value()),
    (State::Queued.constant(), State::Queued.value()),
    (State::Sending.constant(), State::Sending.value()),
    (State::Unknown.constant(), State::Unknown.value()),
    (State::Sent.constant(), State::Sent.value()),
    (State::Delivered.constant(), State::Delivered.value()),
    (State::Failed.constant(), State::Failed.value()),
    (State::Read.constant(), State::Read.value()),
    (State::Played.constant(), State::Played.value()),
    (Direction::In.constant(), Direction::In.value()),
    (Direction::Out.constant(), Direction::Out.value()),
    (Origin::Customer.constant(), Origin::Customer.value()),
    (Origin::Staff.constant(), Origin::Staff.value()),
    (Origin::Api.constant(), Origin::Api.value()),
    (Origin::Broadcast.constant(), Origin::Broadcast.value()),
    (Origin::Login.constant(), Origin::Login.value()),
    (Origin::Echo.constant(), Origin::Echo.value()),
    (Origin::History.constant(), Origin::History.value()),
    (IdentityKind::Phone.constant(), IdentityKind::Phone.value()),
    (IdentityKind::Bsuid.constant(), IdentityKind::Bsuid.value()),
    (
        IdentityKind::Username.constant(),
        IdentityKind::Username.value(),
    ),
    (
        IdentityKind::ParentBsuid.constant(),
        IdentityKind::ParentBsuid.value(),
    ),
    (MessageType::Text.constant(), MessageType::Text.value()),
    (MessageType::Image.constant(), MessageType::Image.value()),
    (MessageType::Video.constant(), MessageType::Video.value()),
    (MessageType::Audio.constant(), MessageType::Audio.value()),
    (
        MessageType::Document.constant(),
        MessageType::Document.value(),
    ),
    (
        MessageType::Sticker.constant(),
        MessageType::Sticker.value(),
    ),
    (
        MessageType::Location.constant(),
        MessageType::Location.value(),
    ),
    (
        MessageType::Contacts.constant(),
        MessageType::Contacts.value(),
    ),
    (
        MessageType::Reaction.constant(),
        MessageType::Reaction.value(),
    ),
    (
        MessageType::Interactive.constant(),
        MessageType::Interactive.value(),
    ),
    (
        MessageType::Template.constant(),
        MessageType::Template.value(),
    ),
    (MessageType::Button.constant(), MessageType::Button.value()),
    (MessageType::Order.constant(), MessageType::Order.value()),
    (MessageType::System.constant(), MessageType::System.value()),
    (MessageType::Edit.constant(), MessageType::Edit.value()),
    (MessageType::Revoke.constant(), MessageType::Revoke.value()),
    (
        MessageType::Unsupported.constant(),
        MessageType::Unsupported.value(),
    ),
    (
        MessageType::Unknown.constant(),
        MessageType::Unknown.value(),
    ),
    (Purpose::Marketing.constant(), Purpose::Marketing.value()),
    (Purpose::Utility.constant(), Purpose::Utility.value()),
    (Purpose::Login.constant(), Purpose::Login.value()),
    (Consent::None.constant(), Consent::None.value()),
    (Consent::Granted.constant(), Consent::Granted.value()),
    (Consent::Revoked.constant(), Consent::Revoked.value()),
    (FieldType::Text.constant(), FieldType::Text.value()),
    (FieldType::Number.constant(), FieldType::Number.value()),
    (FieldType::Date.constant(), FieldType::Date.value()),
    (FieldType::Choice.constant(), FieldType::Choice.value()),
    (FieldType::YesNo.constant(), FieldType::YesNo.value()),
    (ContactLog::Note.constant(), ContactLog::Note.value()),
    (ContactLog::Created.constant(), ContactLog::Created.value()),
    (ContactLog::Edited.constant(), ContactLog::Edited.value()),
    (ContactLog::Merged.constant(), ContactLog::Merged.value()),
    (ContactLog::Split.constant(), ContactLog::Split.value()),
    (
        ContactLog::NumberChanged.constant(),
        ContactLog::NumberChanged.value(),
    ),
    (
        ContactLog::UserIdChanged.constant(),
        ContactLog::UserIdChanged.value(),
    ),
    (
        ContactLog::Imported.constant(),
        ContactLog::Imported.value(),
    ),
    (
        ContactLog::ImportUndone.constant(),
        ContactLog::ImportUndone.value(),
    ),
    (ContactLog::Linked.constant(), ContactLog::Linked.value()),
    (ImportKind::File.constant(), ImportKind::File.value()),
    (ImportKind::Users.constant(), ImportKind::Users.value()),
    (
        ImportKind::Customers.constant(),
        ImportKind::Customers.value(),
    ),
    (
        ImportState::Uploading.constant(),
        ImportState::Uploading.value(),
    ),
    (ImportState::Ready.constant(), ImportState::Ready.value()),
    (
        ImportState::Checking.constant(),
        ImportState::Checking.value(),
    ),
    (
        ImportState::Checked.constant(),
        ImportState::Checked.value(),
    ),
    (
        ImportState::Running.constant(),
        ImportState::Running.value(),
    ),
    (ImportState::Done.constant(), ImportState::Done.value()),
    (
        ImportState::Cancelled.constant(),
        ImportState::Cancelled.value(),
    ),
    (ImportState::Failed.constant(), ImportState::Failed.value()),
    (
        ImportState::Undoing.constant(),
        ImportState::Undoing.value(),
    ),
    (ImportState::Undone.constant(), ImportState::Undone.value()),
    (
        ChallengeKind::Login.constant(),
        ChallengeKind::Login.value(),
    ),
    (ChallengeKind::Bind.constant(), ChallengeKind::Bind.value()),
    (ChallengeKind::Word.constant(), ChallengeKind::Word.value()),
    (
        ChallengeState::Live.constant(),
        ChallengeState::Live.value(),
    ),
    (
        ChallengeState::Verified.constant(),
        ChallengeState::Verified.value(),
    ),
    (
        ChallengeState::Used.constant(),
        ChallengeState::Used.value(),
    ),
    (
        ChallengeState::Exhausted.constant(),
        ChallengeState::Exhausted.value(),
    ),
    (
        ChallengeState::Waiting.constant(),
        ChallengeState::Waiting.value(),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exported_list_is_complete() {
        let mut every: Vec<(&str, i64)> = Vec::new();
        every.extend(State::EVERY.iter().map(|v| (v.constant(), v.value())));
        every.extend(Direction::EVERY.iter().map(|v| (v.constant(), v.value())));
        every.extend(Origin::EVERY.iter().map(|v| (v.constant(), v.value())));
        every.extend(
            IdentityKind::EVERY
                .iter()
                .map(|v| (v.constant(), v.value())),
        );
        every.extend(MessageType::EVERY.iter().map(|v| (v.constant(), v.value())));
        every.extend(Purpose::EVERY.iter().map(|v| (v.constant(), v.value())));
        every.extend(Consent::EVERY.iter().map(|v| (v.constant(), v.value())));
        every.extend(FieldType::EVERY.iter().map(|v| (v.constant(), v.value())));
        every.extend(ContactLog::EVERY.iter().map(|v| (v.constant(), v.value())));
        every.extend(ImportKind::EVERY.iter().map(|v| (v.constant(), v.value())));
        every.extend(ImportState::EVERY.iter().map(|v| (v.constant(), v.value())));
        every.extend(
            ChallengeKind::EVERY
                .iter()
                .map(|v| (v.constant(), v.value())),
        );
        every.extend(
            ChallengeState::EVERY
                .iter()
                .map(|v| (v.constant(), v.value())),
        );
        assert_eq!(every, ALL);
        assert!(ALL.contains(&("STATE_QUEUED", 10)) && ALL.contains(&("IDENTITY_PARENT_BSUID", 4)));
    }

    #[test]
    fn numbers_and_words_lead_back() {
        for state in State::EVERY {
            assert_eq!(State::from_value(state.value()), Some(*state));
        }
        assert_eq!(State::from_value(11), None);
        for kind in MessageType::EVERY {
            assert_eq!(MessageType::from_word(kind.word()), *kind);
        }
        assert_eq!(MessageType::from_word("poll"), MessageType::Unknown);
    }

    /// All orders in which five statuses can arrive.
    fn orders(items: &[State]) -> Vec<Vec<State>> {
        if items.len() < 2 {
            return vec![items.to_vec()];
        }
        let mut all = Vec::new();
        for at in 0..items.len() {
            let mut rest = items.to_vec();
            let first = rest.remove(at);
            for mut tail in orders(&rest) {
                tail.insert(0, first);
                all.push(tail);
            }
        }
        all
    }

    #[test]
    fn every_order_of_statuses_ends_in_the_same_state() {
        use State::*;
        let cases: &[(&[State], State)] = &[
            (&[Sent, Delivered, Read], Read),
            (&[Sent, Delivered, Read, Played], Played),
            (&[Sent, Delivered, Failed], Failed),
            (&[Sent, Failed, Read], Read),
            (&[Sending, Unknown, Sent, Delivered, Failed, Read], Read),
        ];
        for (statuses, end) in cases {
            for order in orders(statuses) {
                let got = order
                    .iter()
                    .fold(Queued, |old, new| State::advance(old, *new));
                assert_eq!(got, *end, "{order:?}");
            }
        }
    }

    #[test]
    fn advancing_never_goes_back_and_twice_is_once() {
        for old in State::EVERY {
            for new in State::EVERY {
                let next = State::advance(*old, *new);
                assert!(next >= *old && next >= *new);
                assert_eq!(State::advance(next, *new), next);
            }
        }
    }
}
