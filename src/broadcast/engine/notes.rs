//! What the journal is given: announcements, starts and outcomes, many at a time; and what happens when they are on the disk.

use super::{Chosen, Core};
use crate::broadcast::desk::Stopped;
use crate::broadcast::journal::{Frame, Journal};
use crate::broadcast::outcome::Why;
use nxtchat_core::errors::Class;
use std::time::Instant;

impl Core {
    /// Hands over what was collected, unless something is being written or was written just now. When to look again.
    pub(super) fn write(&mut self, now: Instant) -> Option<Instant> {
        let Some(journal) = &mut self.journal else {
            // Without a journal nothing starts; what has ended is told as it is.
            self.told.append(&mut self.fresh);
            self.tell();
            return None;
        };
        if journal.frame.is_empty() || journal.is_busy() {
            return None;
        }
        if now < self.flush_at {
            return Some(self.flush_at);
        }
        self.flush_at = now + self.flush_every;
        let ended = std::mem::take(&mut self.ended_since);
        self.ahead_most = (4 * ended).min(self.settings.in_flight);
        if journal.is_full() {
            let open = self.open_frame();
            if let Some(journal) = &mut self.journal {
                journal.replace(open);
            }
        } else {
            journal.append();
        }
        self.noting = self.heard;
        std::mem::swap(&mut self.writing, &mut self.chosen);
        std::mem::swap(&mut self.told, &mut self.fresh);
        None
    }

    /// What was handed over is on the disk: now it may leave, and be told.
    pub(super) fn written(&mut self) {
        let Some(written) = self.journal.as_mut().and_then(Journal::written) else {
            return;
        };
        match written {
            Ok(()) => {
                for (link, entry) in self.writing.drain(..) {
                    match link {
                        Some(link) => self.leaving.push_back((link, entry)),
                        None => self.ahead.push_back(entry),
                    }
                }
            }
            Err(text) => self.lose_journal(&text),
        }
        self.answer();
        self.tell();
    }

    /// Announcements are on the disk, or never will be.
    fn answer(&self) {
        let mut state = self.desk.state();
        state.is_lost = self.journal.is_none();
        if !state.is_lost && state.noted == self.noting {
            return;
        }
        if !state.is_lost {
            state.noted = self.noting;
        }
        drop(state);
        self.desk.ring();
    }

    /// Nothing can be noted any more: so nothing is sent any more.
    fn lose_journal(&mut self, text: &str) {
        let why = Why::ours(
            Class::Client.as_str(),
            "The journal cannot be written",
            text,
            "Look at the disk of the data directory (space, permissions), then start the broadcast again.",
        );
        self.stopped.get_or_insert(Stopped::from(&why));
        self.journal = None;
        let mut never: Vec<Chosen> = std::mem::take(&mut self.writing);
        never.append(&mut self.chosen);
        self.recall(never);
    }

    pub(super) fn is_written(&self) -> bool {
        let journal = self.journal.as_ref();
        self.fresh.is_empty()
            && self.told.is_empty()
            && journal.is_none_or(|j| j.frame.is_empty() && !j.is_busy())
    }

    /// Everything that is known and not acknowledged.
    fn open_frame(&self) -> Frame {
        let mut frame = Frame::default();
        let waiting = self.waiting.iter().chain(self.later.iter().map(|l| &l.1));
        for entry in waiting {
            frame.taken(entry.number, entry.reference);
        }
        for (reference, number) in &self.expected {
            frame.taken(*number, *reference);
        }
        for (number, reference) in &self.started {
            frame.taken(*number, *reference);
            frame.start(*number);
        }
        for (reference, (number, outcome)) in &self.done {
            frame.taken(*number, *reference);
            frame.outcome(*number, outcome);
        }
        frame
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
            && self.expected.is_empty()
            && self.later.is_empty()
            && self.started.is_empty()
            && self.done.is_empty()
    }
}
