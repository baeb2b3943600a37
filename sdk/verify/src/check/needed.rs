//! Everything in a bundle is called for by a claim: what nobody looks at could be changed without a trace.

use std::collections::BTreeSet;

use yilian_crypto::Digest;
use yilian_primitives::{Height, TxId};

use crate::bundle::{Bundle, Claim, StateName};

/// Digests of texts that receipts name, and of programs that they called.
fn digests(bundle: &Bundle) -> (BTreeSet<Digest>, BTreeSet<Digest>) {
    let (mut texts, mut programs) = (BTreeSet::new(), BTreeSet::new());
    for record in &bundle.records {
        let receipt = &record.receipt;
        texts.insert(receipt.result);
        if receipt.transaction().is_none() {
            texts.insert(receipt.args);
        }
    }
    for call in bundle.rule_calls() {
        texts.extend([call.input, call.output]);
        programs.insert(call.code_hash);
    }
    (texts, programs)
}

/// First kind of piece of which one is not called for.
pub(super) fn superfluous(bundle: &Bundle) -> Option<&'static str> {
    let claimed: BTreeSet<u64> = bundle.claims.iter().filter_map(place_of).collect();
    let states: BTreeSet<StateName> = bundle.claims.iter().flat_map(Claim::states).collect();
    let heights: BTreeSet<Height> = states.iter().map(|name| name.height).collect();
    let anchor = bundle.anchor().map(|anchor| anchor.header.height);
    let causes: BTreeSet<TxId> = bundle
        .records
        .iter()
        .filter_map(|record| record.receipt.transaction())
        .collect();
    let sets: BTreeSet<Digest> = bundle
        .trail
        .iter()
        .map(|one| one.header.validators_hash)
        .collect();
    let (texts, programs) = digests(bundle);
    let held =
        |digests: &BTreeSet<Digest>, bytes: &Vec<u8>| digests.contains(&Digest::sha256(bytes));
    let spoken_of = |height: Height| heights.contains(&height) && Some(height) != anchor;
    let kinds = [
        (
            "validator set",
            bundle
                .validator_sets
                .iter()
                .all(|one| sets.contains(&one.hash())),
        ),
        (
            "header",
            bundle
                .headers
                .iter()
                .all(|one| spoken_of(one.header.height)),
        ),
        (
            "record",
            bundle
                .records
                .iter()
                .all(|one| claimed.contains(&one.log_index)),
        ),
        (
            "transaction",
            bundle
                .transactions
                .iter()
                .all(|one| causes.contains(&one.id())),
        ),
        ("text", bundle.contents.iter().all(|one| held(&texts, one))),
        (
            "program",
            bundle.codes.iter().all(|one| held(&programs, one)),
        ),
        (
            "value of the state",
            bundle.states.iter().all(|one| {
                states.contains(&StateName {
                    height: one.height,
                    contract: one.contract.clone(),
                    key: one.key.clone(),
                })
            }),
        ),
    ];
    kinds
        .into_iter()
        .find(|(_, needed)| !needed)
        .map(|(what, _)| what)
}

fn place_of(claim: &Claim) -> Option<u64> {
    match claim {
        Claim::Record { log_index } => Some(*log_index),
        _ => None,
    }
}
