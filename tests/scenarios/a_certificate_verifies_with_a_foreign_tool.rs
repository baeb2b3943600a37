//! A commit certificate that the CLI exports verifies with a signed-note verifier that is not ours.

use signed_note::{Note, StandardVerifier, VerifierList};

use yilian_tests::harness::{Network, deposit_args, sent_ok};

#[test]
fn a_certificate_verifies_with_a_foreign_tool() {
    let network = Network::started();
    let status = network
        .sender(0, "trading-system")
        .call("evidence", "deposit", deposit_args(1));
    sent_ok(&status);
    let height = status.height.expect("final").to_string();
    let file = network.folder.path().join("checkpoint");
    let file = file.to_str().expect("path");
    network.cli_json(
        0,
        &[
            "certificate",
            "export",
            "--height",
            &height,
            "--format",
            "note",
            "--out",
            file,
        ],
    );
    let text = std::fs::read(file).expect("exported");
    let keys = network.client(0).network().expect("network").verifier_keys;
    assert_eq!(keys.len(), 4);
    let verifiers = keys
        .iter()
        .map(|key| {
            let verifier: Box<dyn signed_note::Verifier> =
                Box::new(StandardVerifier::new(key).expect("verifier key"));
            verifier
        })
        .collect();
    let known = VerifierList::new(verifiers);
    let note = Note::from_bytes(&text).expect("a signed note");
    let (verified, _) = note.verify(&known).expect("verifies");
    assert!(verified.len() >= 3, "{} of 4 signatures", verified.len());
    let mut forged = text.clone();
    let place = forged.iter().position(|byte| *byte == b'\n').expect("line") + 1;
    forged[place] = if forged[place] == b'9' { b'8' } else { b'9' };
    let forged = Note::from_bytes(&forged).expect("still a note");
    assert!(forged.verify(&known).is_err(), "another tree size verified");
}
