//! Bundles with their verdicts, for verifiers in other languages.
//!
//! `tests/vectors/evidence/` holds one file a case, and in `cases.json` the trust file to read it with and what has to be
//! found. To write them anew: `YILIAN_WRITE_VECTORS=1 cargo test -p yilian-verify --test vectors`.
#![cfg(feature = "replay")]

mod fixture;

use std::path::PathBuf;

use fixture::{
    AFTER, Case, FIVE, FOUR, STRANGERS, anchored, built, checkpoint, codes, cosign, demanding,
    extending, forged_by_one, spec, state_claim, step, trust, trusting,
};
use serde_json::{Value, json};
use yilian_crypto::Digest;
use yilian_primitives::Outcome;
use yilian_verify::{Bundle, Claim, Codes, Report, Trust, Verdict};

type Made = (&'static str, Bundle, Trust);

fn digest(name: &str) -> Digest {
    Digest::sha256(name.as_bytes())
}

/// The case with the programs of its rules in the file.
fn whole(case: Case) -> Bundle {
    let mut bundle = case.build();
    let programs = codes();
    let called: Vec<Digest> = bundle.rule_calls().map(|call| call.code_hash).collect();
    bundle.codes = called
        .iter()
        .filter_map(|hash| programs.get(hash).map(<[u8]>::to_vec))
        .collect();
    bundle.arranged()
}

fn claiming(claim: Claim) -> Bundle {
    let mut case = Case::new();
    case.claims = vec![Claim::Record { log_index: 412 }, claim];
    whole(case)
}

fn not_submitted(name: &str) -> Bundle {
    claiming(Claim::NotSubmitted {
        height: 30,
        tender: "G2026-001".to_owned(),
        commitment: digest(name),
    })
}

fn all_revealed(names: &[&str]) -> Bundle {
    claiming(Claim::AllRevealed {
        height: 31,
        tender: "G2026-001".to_owned(),
        commitments: names.iter().map(|name| digest(name)).collect(),
    })
}

fn good() -> Vec<Made> {
    let (case, bundle) = built();
    let extended = extending(&case, bundle, 400);
    let steps = vec![
        step(10, &FOUR, &FIVE),
        step(11, &FIVE, &FIVE),
        step(20, &FIVE, &AFTER),
        step(21, &AFTER, &AFTER),
    ];
    let skipped = vec![step(10, &FOUR, &FOUR)];
    let mut witnessed = whole(Case::new());
    cosign(&mut witnessed, "audit", 1_767_225_601);
    cosign(&mut witnessed, "notary", 1_767_225_603);
    let two_of_three = demanding(2, &["audit", "notary", "shaanxi"]);
    vec![
        ("a_record_and_two_states", whole(Case::new()), trust()),
        (
            "a_bid_that_was_not_submitted",
            not_submitted("late"),
            trust(),
        ),
        ("all_that_was_revealed", all_revealed(&["a", "b"]), trust()),
        (
            "validators_changed_step_by_step",
            anchored(&AFTER, steps),
            trust(),
        ),
        (
            "validators_changed_and_headers_skipped",
            anchored(&FIVE, skipped),
            trust(),
        ),
        (
            "a_log_that_extends_the_trusted_one",
            extended,
            trusting(checkpoint(&case, 400)),
        ),
        ("two_of_three_witnesses_cosigned", witnessed, two_of_three),
    ]
}

/// What belongs to no other group: each is refused for a reason of its own.
fn forged() -> Vec<Made> {
    let (case, bundle) = built();
    let mut quorum = Case::new();
    quorum.signers.pop();
    let mut failed = Case::new();
    failed.receipt.outcome = Outcome::Refused {
        code: 201,
        name: "TooLate".to_owned(),
        message: "已过截止时间".to_owned(),
    };
    let mut failed = whole(failed);
    failed.records[0].receipt.outcome = Outcome::Ok;
    let mut falsified = Case::new();
    falsified.rule_calls[0].2 =
        r#"{"deadline_ms":1767225600000,"received_ms":1767225600001}"#.to_owned();
    let mut rolled_back = checkpoint(&case, 400);
    rolled_back.log_size = 500;
    let mut fork = checkpoint(&case, 400);
    fork.log_root = digest("fork");
    let mut two = checkpoint(&case, 400);
    two.height = 31;
    let named = vec![step(10, &FOUR, &FIVE), step(11, &STRANGERS, &STRANGERS)];
    let foreign = Trust::new("yilian-other", spec().validators().hash());
    let mut cosigned = whole(Case::new());
    cosign(&mut cosigned, "audit", 1_767_225_601);
    cosigned.cosignatures[0].cosignature.time_s += 1;
    // The tree has no key of any index, so its proof of absence holds.
    let mut index = Case::new();
    index.claims.push(state_claim(31, "~bidder/x"));
    let index = whole(index);
    vec![
        ("a_quorum_minus_one", whole(quorum), trust()),
        (
            "a_set_that_nobody_named",
            anchored(&STRANGERS, named),
            trust(),
        ),
        (
            "a_log_that_was_rolled_back",
            bundle.clone(),
            trusting(rolled_back),
        ),
        (
            "a_log_that_was_forked",
            extending(&case, bundle.clone(), 400),
            trusting(fork),
        ),
        ("two_headers_of_one_height", bundle, trusting(two)),
        ("a_foreign_chain", whole(Case::new()), foreign),
        ("a_refused_call_shown_as_done", failed, trust()),
        ("an_output_that_all_falsified", whole(falsified), trust()),
        (
            "a_cosignature_of_another_time",
            cosigned,
            demanding(1, &["audit"]),
        ),
        (
            "a_bid_that_is_there_called_absent",
            not_submitted("a"),
            trust(),
        ),
        ("an_index_key_called_absent", index, trust()),
        ("a_list_with_one_too_few", all_revealed(&["a"]), trust()),
        (
            "a_list_with_one_too_many",
            all_revealed(&["a", "b", "c"]),
            trust(),
        ),
    ]
}

/// What cannot be decided with what is at hand.
fn undecided() -> Vec<Made> {
    let (case, bundle) = built();
    let mut expired = trusting(checkpoint(&case, 416));
    expired.trusting_period_ms = Some(499);
    let mut newer = checkpoint(&case, 400);
    newer.height = 40;
    let cut = anchored(&AFTER, vec![step(10, &FOUR, &FIVE)]);
    let mut lost = whole(Case::new());
    lost.transactions.clear();
    vec![
        ("a_chain_that_one_forged", forged_by_one(), trust()),
        ("a_trail_that_was_cut_short", cut, trust()),
        ("trust_that_expired", bundle.clone(), expired),
        ("trust_that_is_newer", bundle, trusting(newer)),
        ("a_transaction_that_is_missing", lost, trust()),
        (
            "a_witness_too_few",
            whole(Case::new()),
            demanding(1, &["audit"]),
        ),
    ]
}

fn described(name: &str, report: &Report, trust: &Trust) -> Value {
    let (verdict, step) = match &report.verdict {
        Verdict::Valid => ("valid", None),
        Verdict::Forged { step, .. } => ("forged", Some(step.as_str())),
        Verdict::Undecided { .. } => ("undecided", None),
    };
    let outcome = |step: &yilian_verify::Step| (step.id.to_string(), json!(step.outcome));
    let outcomes: serde_json::Map<_, _> = report.steps.iter().map(outcome).collect();
    let mut described = json!({
        "name": name.replace('_', " "), "file": format!("{name}.ylev"), "trust": trust,
        "verdict": verdict, "outcomes": outcomes,
    });
    if let Some(step) = step {
        described["step"] = json!(step);
    }
    described
}

#[test]
fn the_bundles_are_those_that_are_published_and_each_group_has_its_verdict() {
    let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"))
        .join("../../tests/vectors/evidence");
    let writing = std::env::var_os("YILIAN_WRITE_VECTORS").is_some();
    let mut cases = Vec::new();
    for (group, made) in [
        ("valid", good()),
        ("forged", forged()),
        ("undecided", undecided()),
    ] {
        for (name, bundle, trust) in made {
            let bytes = bundle.to_bytes();
            let path = folder.join(format!("{name}.ylev"));
            if writing {
                std::fs::write(&path, &bytes).expect("the file can be written");
            }
            let published = std::fs::read(&path).expect("the vector is there");
            assert_eq!(published, bytes, "{name} differs from the published bytes");
            let report = Bundle::verify_bytes(&bytes, &trust, &Codes::default());
            let case = described(name, &report, &trust);
            assert_eq!(case["verdict"], group, "{name}: {:?}", report.verdict);
            cases.push(case);
        }
    }
    let text = serde_json::to_string_pretty(&cases).expect("JSON") + "\n";
    let path = folder.join("cases.json");
    if writing {
        std::fs::write(&path, &text).expect("the file can be written");
    }
    let published = std::fs::read_to_string(&path).expect("cases.json is there");
    assert_eq!(
        published, text,
        "the findings differ from the published ones"
    );
}
