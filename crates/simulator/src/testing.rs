//! For the tests: a simulator on a free port and hand-written HTTP over a socket.
