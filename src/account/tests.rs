use super::*;

fn found(check: &Check) -> (Status, bool) {
    (check.status, check.remedy.is_empty())
}

#[test]
fn expiry() {
    let now = 1_800_000_000_000;
    let at = |seconds: i64| judge_expiry(&json!({"expires_at": seconds}), now).status;
    assert_eq!(at(0), Status::Ok);
    assert_eq!(at(1_799_999_999), Status::Fail);
    assert_eq!(at(1_800_000_000 + 86_400), Status::Warn);
    assert_eq!(at(1_800_000_000 + 86_400 * 59), Status::Ok);
    assert_eq!(judge_expiry(&json!({}), now).status, Status::Warn);
}

#[test]
fn scopes() {
    let both = json!([
        "whatsapp_business_messaging",
        "whatsapp_business_management"
    ]);
    assert_eq!(
        found(&judge_scopes(&json!({"scopes": both}), "1")),
        (Status::Ok, true)
    );
    let one = judge_scopes(&json!({"scopes": ["whatsapp_business_messaging"]}), "1");
    assert!(
        one.status == Status::Fail && one.detail.contains("whatsapp_business_management"),
        "{one:?}"
    );
    let granular = json!({"scopes": both, "granular_scopes": [{"scope": "whatsapp_business_messaging", "target_ids": ["2"]}]});
    assert_eq!(judge_scopes(&granular, "1").status, Status::Fail);
    assert_eq!(judge_scopes(&granular, "2").status, Status::Ok);
}

#[test]
fn nonsense_is_answered_with_a_remedy() {
    for token in ["", "two words", "ä"] {
        let checks = test(&json!({"token": token})).unwrap();
        assert_eq!(
            (checks.len(), found(&checks[0])),
            (1, (Status::Fail, false)),
            "{token}"
        );
    }
    let checks = test(&json!({"token": "x", "graph_base": "http://127.0.0.1:1"})).unwrap();
    let names: Vec<_> = checks.iter().map(|c| c.check).collect();
    assert_eq!(
        names,
        [
            "token",
            "scopes",
            "expiry",
            "app",
            "number",
            "waba",
            "subscribed",
            "quality",
            "throughput",
            "limit"
        ]
    );
    assert!(
        checks
            .iter()
            .all(|c| c.status != Status::Ok && !c.remedy.is_empty() && !c.label.is_empty()),
        "{checks:?}"
    );
}

#[test]
fn every_state_of_a_number_has_a_remedy_unless_it_is_good() {
    let credentials = Credentials {
        app_id: "1".into(),
        waba_id: "2".into(),
        number_id: "3".into(),
    };
    for state in ["CONNECTED", "PENDING", "FLAGGED", "BANNED", "SOMETHING_NEW"] {
        let check = credentials.judge_number(&Ok(
            json!({"status": state, "display_phone_number": "+49 1", "verified_name": "Shop"}),
        ));
        assert_eq!(
            check.status == Status::Ok,
            check.remedy.is_empty(),
            "{check:?}"
        );
        assert_eq!(check.data["number_status"], state);
    }
}
