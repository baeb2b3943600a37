//! Transactions for tests.

use yilian_crypto::SecretKey;
use yilian_primitives::{Envelope, Refusal, TransactionPayload, VerifiedTransaction};

use crate::{Inserted, Pool, Sponsor};

pub(crate) const NOW_MS: u64 = 1_700_000_000_000;

pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

/// Transaction `number` of a sender, valid for a minute after [`NOW_MS`].
pub(crate) fn transaction(sender: u8, number: u64) -> VerifiedTransaction {
    transaction_with(sender, number, NOW_MS + 60_000, "")
}

pub(crate) fn transaction_with(
    sender: u8,
    number: u64,
    valid_until_ms: u64,
    filler: &str,
) -> VerifiedTransaction {
    calling("tender", "register", sender, number, valid_until_ms, filler)
}

/// A validator's part of a release.
pub(crate) fn partial(sender: u8, number: u64) -> VerifiedTransaction {
    calling(
        "system",
        "release_partial",
        sender,
        number,
        NOW_MS + 60_000,
        "",
    )
}

fn calling(
    contract: &str,
    method: &str,
    sender: u8,
    number: u64,
    valid_until_ms: u64,
    filler: &str,
) -> VerifiedTransaction {
    let key = key(sender);
    let sender = key.public_key();
    let json = format!(
        r#"{{"chain_id":"yilian-test","sender":"{sender}","contract":"{contract}","method":"{method}",
            "args":{{"n":{number},"filler":"{filler}"}},"fuel_limit":1000000,
            "valid_until_ms":{valid_until_ms},"nonce":"{number:032x}"}}"#
    );
    let payload = TransactionPayload::from_json(json.as_bytes()).expect("a payload");
    Envelope::sign(&payload, &key)
        .verify()
        .expect("a fresh signature verifies")
}

/// With a sender that answers for itself.
pub(crate) fn with_sponsor(tx: VerifiedTransaction) -> (VerifiedTransaction, Sponsor) {
    let sponsor = Sponsor::Key(tx.payload().sender);
    (tx, sponsor)
}

impl Pool {
    pub(crate) fn insert_alone(
        &self,
        tx: VerifiedTransaction,
        now_ms: u64,
    ) -> Result<Inserted, Refusal> {
        let (tx, sponsor) = with_sponsor(tx);
        self.insert(tx, sponsor, now_ms)?.wait()
    }

    pub(crate) fn insert_shared_alone(
        &self,
        tx: VerifiedTransaction,
        now_ms: u64,
    ) -> Result<Inserted, Refusal> {
        let (tx, sponsor) = with_sponsor(tx);
        self.insert_shared(tx, sponsor, now_ms)
    }
}
