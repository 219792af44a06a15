//! Every limit.
