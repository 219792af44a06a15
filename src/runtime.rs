//! The one tokio runtime of this process: made at the first use, anew after a fork.
