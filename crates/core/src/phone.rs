//! What can be told of a phone number without a library.
