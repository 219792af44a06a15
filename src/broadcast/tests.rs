//! Added soon.
