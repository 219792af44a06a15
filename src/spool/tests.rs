//! Two processes and sudden death are played by this very test program, started again (`child`).

use super::*;
use crate::site;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MAX: u64 = 1 << 30;

fn settings(durability: Durability) -> Settings {
    Settings {
        durability,
        max_bytes: MAX,
    }
}

fn prepared() -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("site-1");
    site::prepare(&dir).unwrap();
    (root, dir)
}

/// Starts `spool::tests::child` in a process of its own, with orders in its environment.
fn spawn(dir: &Path, order: &str) -> Child {
    command(
        &std::env::current_exe().unwrap().display().to_string(),
        dir,
        order,
    )
    .spawn()
    .unwrap()
}

fn command(program: &str, dir: &Path, order: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env("SPOOL_DIR", dir)
        .env("SPOOL_ORDER", order)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.args([
        "--exact",
        "spool::tests::child",
        "--ignored",
        "--test-threads=1",
    ]);
    command
}

/// Not a test: what the child processes do.
#[test]
#[ignore = "started by other tests"]
fn child() {
    let (Ok(dir), Ok(order)) = (std::env::var("SPOOL_DIR"), std::env::var("SPOOL_ORDER")) else {
        return;
    };
    let dir = PathBuf::from(dir);
    match order.as_str() {
        // Notes each event it was answered for, as a webhook answers 200.
        "write" => {
            use std::io::Write;
            let mut answered = std::fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(dir.join("answered"))
                .unwrap();
            // Ends by itself, should the test that started it be gone.
            for i in 0..500_000 {
                let body = format!("{}-{i}", std::process::id());
                append(&dir, settings(Durability::Normal), body.as_bytes()).unwrap();
                answered.write_all(format!("{body}\n").as_bytes()).unwrap();
            }
        }
        "fill" => {
            let failed = (0..10_000)
                .find_map(|_| append(&dir, settings(Durability::Normal), &[b'x'; 5_000]).err());
            std::fs::write(dir.join("failed"), "").unwrap();
            assert!(matches!(failed, Some(Error::Spool(_))), "{failed:?}");
            std::process::exit(42);
        }
        "lease" => {
            assert!(acquire(&dir).unwrap());
            std::fs::write(dir.join("held"), "1").unwrap();
            std::thread::sleep(Duration::from_secs(60));
        }
        _ => panic!("no such order"),
    }
}

fn wait_for(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited too long");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn drain(dir: &Path) -> Vec<Item> {
    drain_batches(dir, usize::MAX)
}

/// At most so many batches: writers that go on may be quicker than a drain.
fn drain_batches(dir: &Path, batches: usize) -> Vec<Item> {
    let mut all = Vec::new();
    for _ in 0..batches {
        let items = take(dir, 500).unwrap();
        if items.is_empty() {
            break;
        }
        ack(dir, &items.iter().map(|i| i.id.clone()).collect::<Vec<_>>()).unwrap();
        all.extend(items);
    }
    all
}

#[test]
fn what_is_not_acknowledged_comes_again_in_order() {
    let (_root, dir) = prepared();
    for i in 0..10 {
        append(&dir, settings(Durability::Full), format!("{i}").as_bytes()).unwrap();
    }
    assert!(
        matches!(take(&dir, 5), Err(Error::InvalidInput(_))),
        "not without the lease"
    );
    assert!(acquire(&dir).unwrap() && acquire(&dir).unwrap());
    assert!(!nobody_drains(&dir).unwrap());
    let first = take(&dir, 5).unwrap();
    let again = take(&dir, 5).unwrap();
    let bodies = |items: &[Item]| {
        items
            .iter()
            .map(|i| String::from_utf8_lossy(&i.body).into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (bodies(&first), first[0].uid == again[0].uid),
        (bodies(&again), true)
    );
    assert_eq!(bodies(&first), ["0", "1", "2", "3", "4"]);
    // A gap is never jumped.
    assert!(matches!(
        ack(&dir, &[first[0].id.clone(), first[2].id.clone()]),
        Err(Error::InvalidInput(_))
    ));
    assert_eq!(bodies(&take(&dir, 1).unwrap()), ["1"]);
    assert_eq!(stats(&dir, MAX).unwrap().pending, 9);
    assert_eq!(drain(&dir).len(), 9);
    let stats = stats(&dir, MAX).unwrap();
    assert_eq!(
        (
            stats.pending,
            stats.oldest_ms,
            stats.quarantined,
            stats.draining
        ),
        (0, 0, 0, true)
    );
    release(&dir);
    assert!(nobody_drains(&dir).unwrap());
    for bad in ["x", "../../etc:1", "01ARZ3NDEKTSV4RRFFQ69G5FAV:x"] {
        assert!(
            acquire(&dir).unwrap() && ack(&dir, &[bad.to_owned()]).is_err(),
            "{bad}"
        );
    }
    release(&dir);
}

#[test]
fn killed_writers_lose_nothing_they_answered_for_while_others_drain() {
    let (_root, dir) = prepared();
    assert!(acquire(&dir).unwrap());
    let mut drained = Vec::new();
    for round in 0..6 {
        let mut children = [spawn(&dir, "write"), spawn(&dir, "write")];
        let answered = || std::fs::metadata(dir.join("answered")).map_or(0, |m| m.len());
        let before = answered();
        wait_for(|| answered() > before + 2_000);
        drained.extend(
            drain_batches(&dir, 3)
                .into_iter()
                .map(|i| String::from_utf8(i.body).unwrap()),
        );
        std::thread::sleep(Duration::from_millis(7 * round));
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
    drained.extend(
        drain(&dir)
            .into_iter()
            .map(|i| String::from_utf8(i.body).unwrap()),
    );
    let answered = std::fs::read_to_string(dir.join("answered")).unwrap();
    let unique: std::collections::HashSet<&str> = drained.iter().map(String::as_str).collect();
    assert_eq!(unique.len(), drained.len(), "nothing twice");
    let lost: Vec<&str> = answered.lines().filter(|l| !unique.contains(l)).collect();
    assert!(
        lost.is_empty(),
        "lost {} of {}: {:?}",
        lost.len(),
        unique.len(),
        &lost[..lost.len().min(3)]
    );
    assert!(take(&dir, 1).unwrap().is_empty());
    let stats = stats(&dir, MAX).unwrap();
    assert_eq!(
        (stats.files, stats.quarantined),
        (0, 0),
        "files of the dead are removed"
    );
    release(&dir);
    assert_eq!(
        std::fs::read_dir(folder(&dir))
            .unwrap()
            .flatten()
            .filter(|e| e.file_name().to_string_lossy().contains(".db-wal"))
            .count(),
        0,
        "no orphans"
    );
}

#[test]
fn the_lease_dies_with_its_process() {
    let (_root, dir) = prepared();
    let mut child = spawn(&dir, "lease");
    wait_for(|| dir.join("held").exists());
    assert!(!acquire(&dir).unwrap() && !nobody_drains(&dir).unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(acquire(&dir).unwrap());
    release(&dir);
    assert!(nobody_drains(&dir).unwrap());
}

#[test]
fn files_rotate_and_go_away() {
    let (_root, dir) = prepared();
    for i in 0..60u32 {
        append(&dir, settings(Durability::Normal), &[i as u8; 500_000]).unwrap();
    }
    assert!(stats(&dir, MAX).unwrap().files >= 3);
    assert!(acquire(&dir).unwrap());
    let bodies: Vec<u8> = drain(&dir).iter().map(|i| i.body[0]).collect();
    assert_eq!(bodies, (0..60).collect::<Vec<u8>>());
    let stats = stats(&dir, MAX).unwrap();
    assert!(stats.files <= 1 && stats.bytes < 12 << 20, "{stats:?}");
    release(&dir);
}

#[test]
fn what_was_taken_in_leaves_the_disk_when_files_are_renewed() {
    let (_root, dir) = prepared();
    append(&dir, settings(Durability::Full), b"a secret").unwrap();
    assert!(acquire(&dir).unwrap());
    assert_eq!(drain(&dir).len(), 1);
    assert_eq!(stats(&dir, MAX).unwrap().files, 1, "its writer lives");
    super::renew(&dir).unwrap();
    assert!(drain(&dir).is_empty());
    assert_eq!(stats(&dir, MAX).unwrap().files, 0);
    append(&dir, settings(Durability::Full), b"the next").unwrap();
    assert_eq!(drain(&dir).len(), 1);
    // Another process asks: this one begins a new file with its next event, and loses none.
    append(&dir, settings(Durability::Full), b"before").unwrap();
    let mark = dir.join("spool/renew");
    std::fs::write(dir.join("spool/renew.other"), b"").unwrap();
    std::fs::rename(dir.join("spool/renew.other"), &mark).unwrap();
    append(&dir, settings(Durability::Full), b"after").unwrap();
    assert_eq!(
        stats(&dir, MAX).unwrap().files,
        3 - 1,
        "the second and a third"
    );
    assert_eq!(drain(&dir).len(), 2);
    release(&dir);
}

#[test]
fn a_take_is_bounded() {
    let (_root, dir) = prepared();
    append(&dir, settings(Durability::Normal), &vec![b' '; 5 << 20]).unwrap();
    for _ in 0..5 {
        append(&dir, settings(Durability::Normal), &vec![b' '; 1 << 20]).unwrap();
    }
    assert!(acquire(&dir).unwrap());
    let items = take(&dir, 500).unwrap();
    assert_eq!(items.len(), 1, "one at least, however large");
    ack(&dir, &[items[0].id.clone()]).unwrap();
    assert_eq!(take(&dir, 500).unwrap().len(), 4);
    assert_eq!(take(&dir, 2).unwrap().len(), 2);
    assert!(take(&dir, 0).is_err());
    release(&dir);
}

#[test]
fn a_full_spool_says_so() {
    let (_root, dir) = prepared();
    // More than what is written between two looks at the sizes.
    append(&dir, settings(Durability::Normal), &vec![b'x'; 2 << 20]).unwrap();
    let small = Settings {
        durability: Durability::Normal,
        max_bytes: 1 << 20,
    };
    let error = append(&dir, small, b"x").unwrap_err().to_string();
    assert!(error.contains("full"), "{error}");
    assert!(stats(&dir, 1).unwrap().full);
}

#[test]
fn a_full_disk_is_an_error_and_the_spool_goes_on_afterwards() {
    let (_root, dir) = prepared();
    append(&dir, settings(Durability::Normal), b"before").unwrap();
    let program = std::env::current_exe().unwrap();
    // A limit on file size, in blocks of 512 or 1024 bytes: the kernel refuses the write, as with a full disk.
    let script = format!(
        "trap '' XFSZ; ulimit -f 200; exec {} \"$@\"",
        program.display()
    );
    let mut child = command("sh", &dir, "fill");
    let arguments: Vec<_> = child.get_args().map(|a| a.to_owned()).collect();
    let mut limited = Command::new("sh");
    limited
        .arg("-c")
        .arg(script)
        .arg("sh")
        .args(arguments)
        .env("SPOOL_DIR", &dir)
        .env("SPOOL_ORDER", "fill");
    limited.stdout(Stdio::null()).stderr(Stdio::null());
    child = limited;
    assert_eq!(
        child.status().unwrap().code(),
        Some(42),
        "the child met a SpoolError"
    );
    append(&dir, settings(Durability::Normal), b"after").unwrap();
    assert!(acquire(&dir).unwrap());
    let items = drain(&dir);
    assert!(
        items.len() > 3
            && items
                .iter()
                .all(|i| i.body.len() == 5_000 || i.body == b"before" || i.body == b"after")
    );
    assert_eq!(stats(&dir, MAX).unwrap().quarantined, 0);
    release(&dir);
}

/// The directory is 0700 already; should somebody open it, the message bodies still are the owner's.
#[test]
fn files_are_the_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_root, dir) = prepared();
    append(&dir, settings(Durability::Full), b"one").unwrap();
    assert!(acquire(&dir).unwrap());
    assert_eq!(take(&dir, 1).unwrap().len(), 1);
    let mut kinds = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(folder(&dir)).unwrap().flatten() {
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", entry.path().display());
        kinds.insert(entry.path().extension().map(|e| e.to_owned()));
    }
    assert!(kinds.len() >= 4, "{kinds:?}");
    release(&dir);
}

#[test]
fn damage_is_set_aside_and_seen() {
    let (_root, dir) = prepared();
    append(&dir, settings(Durability::Normal), b"one").unwrap();
    let file = || {
        std::fs::read_dir(folder(&dir))
            .unwrap()
            .flatten()
            .map(|e| e.path())
            .find(|p| p.extension().is_some_and(|e| e == "db") && !p.ends_with("drain.db"))
    };
    let path = file().unwrap();
    std::fs::write(&path, vec![7u8; 4096]).unwrap();
    std::fs::write(path.with_extension("db-wal"), vec![7u8; 4096]).unwrap();
    assert!(acquire(&dir).unwrap());
    assert!(take(&dir, 1).unwrap().is_empty());
    assert!(stats(&dir, MAX).unwrap().quarantined >= 1);
    // The writer notices that its file is gone.
    append(&dir, settings(Durability::Normal), b"two").unwrap();
    let items = take(&dir, 1).unwrap();
    assert_eq!(items[0].body, b"two");
    ack(&dir, &[items[0].id.clone()]).unwrap();
    append(&dir, settings(Durability::Normal), b"three").unwrap();
    let before = stats(&dir, MAX).unwrap().quarantined;
    // Somebody deletes a file that still waits.
    std::fs::remove_file(file().unwrap()).unwrap();
    take(&dir, 1).unwrap();
    assert!(stats(&dir, MAX).unwrap().quarantined > before);
    append(&dir, settings(Durability::Normal), b"four").unwrap();
    assert_eq!(drain(&dir).len(), 1);
    release(&dir);
}

#[test]
fn an_unreadable_body_becomes_an_unknown_event() {
    let (_root, dir) = prepared();
    append(&dir, settings(Durability::Normal), b"\xff{not json").unwrap();
    assert!(acquire(&dir).unwrap());
    let items = drain(&dir);
    let event = serde_json::to_value(&items[0].events[0]).unwrap();
    assert_eq!(
        (items[0].events.len(), &event["kind"]),
        (1, &serde_json::json!("unknown"))
    );
    release(&dir);
}
