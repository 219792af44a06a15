//! The engine and its journal: replaced, failing, left behind.

use super::*;

#[test]
fn the_journal_is_replaced_when_it_has_grown_and_forgets_nothing() {
    let (bench, server) = (Bench::new(), serve(0, |_, _| Play::Accept));
    let mut broadcast = bench.broadcast(&server.base, json!({"rate": 100_000, "in_flight": 32}));
    let mut kept = Vec::new();
    // Tests rotate at 64 KB: some hundred outcomes.
    for round in 0..10 {
        let refs = ulid::many(400).unwrap();
        push(&mut broadcast, &refs);
        let mut told = Vec::new();
        while told.len() < 400 {
            told.extend(broadcast.poll(5_000, 1_000, 100).unwrap());
        }
        // Of each round some are never acknowledged.
        let (keep, gone) = told.split_at(7);
        kept.extend(keep.iter().map(|o| o.reference));
        let gone: Vec<&str> = gone.iter().map(|o| o.reference.as_str()).collect();
        broadcast.ack(&gone).unwrap();
        assert_eq!(kept.len(), 7 * (round + 1));
    }
    drop(broadcast);
    let size: u64 = std::fs::read_dir(journal::folder(&bench.site))
        .unwrap()
        .map(|e| e.unwrap().metadata().unwrap().len())
        .sum();
    assert!(size < 1 << 20, "{size}");
    let mut again: Vec<Ref> = recover(&bench.site, 1_000)
        .unwrap()
        .iter()
        .map(|o| o.reference)
        .collect();
    again.sort();
    kept.sort();
    assert_eq!(again, kept);
}

#[test]
fn a_disk_that_fails_stops_it_before_anything_leaves() {
    let (bench, server) = (Bench::new(), serve(0, |_, _| Play::Accept));
    let mut broadcast = bench.broadcast(&server.base, json!({"rate": 0}));
    push(&mut broadcast, &ulid::many(5).unwrap());
    // The journal cannot be replaced where its directory is gone.
    let wait = Instant::now() + Duration::from_secs(5);
    while broadcast.stats().queued != 5 && Instant::now() < wait {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::fs::remove_dir_all(journal::folder(&bench.site)).unwrap();
    broadcast.rate(5_000.0).unwrap();
    let mut all = outcomes(&mut broadcast, 5);
    let mut more = 5;
    while broadcast.stats().stopped.is_none() {
        let refs = ulid::many(500).unwrap();
        let taken = push(&mut broadcast, &refs);
        all.extend(outcomes(&mut broadcast, taken));
        more += taken;
    }
    let [accepted, refused, unknown, returned] = kinds(&all);
    assert_eq!((refused, unknown, accepted + returned), (0, 0, more));
    assert_eq!(server.seen.lock().unwrap().len(), accepted);
    assert!(broadcast
        .stats()
        .stopped
        .unwrap()
        .message
        .contains("journal"));
    let refs = ulid::many(1).unwrap();
    assert!(broadcast.announce(&[&refs[0]]).is_err());
}

#[test]
fn who_was_announced_and_not_pushed_never_left() {
    let (bench, server) = (Bench::new(), serve(0, |_, _| Play::Accept));
    let mut broadcast = bench.broadcast(&server.base, quick());
    let refs = ulid::many(10).unwrap();
    let texts: Vec<&str> = refs.iter().map(String::as_str).collect();
    broadcast.announce(&texts).unwrap();
    broadcast.announce(&texts).unwrap();
    assert_eq!(push(&mut broadcast, &refs[..4]), 4);
    assert_eq!(kinds(&outcomes(&mut broadcast, 4)), [4, 0, 0, 0]);
    broadcast.ack(&texts[4..6]).unwrap();
    drop(broadcast);
    let mut left = recover(&bench.site, 100).unwrap();
    left.sort_by_key(|o| o.reference);
    let told: Vec<&str> = left.iter().map(|o| o.reference.as_str()).collect();
    assert_eq!(told, texts[6..]);
    assert!(left.iter().all(|o| o.outcome == Kind::Returned));
    assert_eq!(server.seen.lock().unwrap().len(), 4);
    // So many that the journal is replaced meanwhile: it forgets none.
    let mut broadcast = bench.broadcast(&server.base, json!({"rate": 0}));
    for _ in 0..8 {
        let more = ulid::many(1_000).unwrap();
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        broadcast.announce(&more).unwrap();
        broadcast.ack(&more[1..]).unwrap();
    }
    drop(broadcast);
    assert_eq!(recover(&bench.site, 10_000).unwrap().len(), 4 + 8);
}
