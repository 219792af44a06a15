//! Replays what fuzzing has found (tests/fuzz/corpus): every property on every input, without libFuzzer.

#![allow(clippy::expect_used, clippy::panic)]

#[path = "../../../tests/fuzz/src/properties.rs"]
mod properties;

use std::path::PathBuf;

#[test]
fn every_property_holds_on_the_corpus() {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus");
    for (name, holds, _) in properties::TARGETS {
        let mut count = 0;
        for file in std::fs::read_dir(corpus.join(name)).expect("every target has a corpus") {
            let path = file.expect("the folder can be read").path();
            println!("{}", path.display()); // Shown when it fails.
            holds(&std::fs::read(&path).expect("the file can be read"));
            count += 1;
        }
        assert!(count >= 10, "{name}: only {count} inputs");
    }
}
