//! The outcome of an execution, as the log keeps it for ever.

use serde::{Deserialize, Serialize};
use yilian_crypto::Digest;

use crate::cbor::{Cbor, CborError, FieldWriter, Reader};
use crate::limits::{LEAF_BYTES_MAX, NAME_BYTES_MAX, OUTCOME_TEXT_BYTES_MAX, RULE_CALLS_MAX};
use crate::{Height, TimestampMs, TxId};

/// Kind of log leaf: a receipt. Kind 0 is genesis, kind 2 a header.
const LEAF_KIND: u64 = 1;
const FIELDS: u64 = 19;

/// What made the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Cause {
    /// A transaction.
    Transaction(TxId),
    /// A threshold release that a contract had asked for, by its identity.
    Release(String),
    /// The time of a call that a contract had scheduled, by its name for it.
    Schedule(String),
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// Done; its writes are in the state.
    Ok,
    /// The rule said no; the state is as before. The refusal is itself evidence.
    Refused {
        /// Code of the contract, from 100; 1 to 99 are the protocol's.
        code: u32,
        /// Stable name of the code.
        name: String,
        /// The reason, with the article of law where there is one.
        message: String,
    },
    /// The program failed or ran out of a resource; the state is as before.
    Trapped {
        /// What happened.
        reason: String,
    },
}

/// Count and RFC 6962 root of a list of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// Number of entries.
    pub count: u64,
    /// Root over their leaves.
    pub root: Digest,
}

/// One call of a pure rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCall {
    /// Code that ran.
    pub code_hash: Digest,
    /// Method that was called.
    pub method: String,
    /// Digest of the canonical JSON input.
    pub input: Digest,
    /// Digest of the canonical JSON output.
    pub output: Digest,
}

/// Outcome of one call from outside. Full inputs and outputs are in the [`crate::Trace`]; here stand their digests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Height of the block.
    pub height: Height,
    /// Place among the receipts of the block, from 0.
    pub index: u32,
    /// Time of the block in ms.
    pub time_ms: TimestampMs,
    /// What made the call.
    pub cause: Cause,
    /// Text of the sender's key, or `system`.
    pub caller: String,
    /// Organisation of the sender at this height; empty if none.
    pub organisation: String,
    /// Contract that was called.
    pub contract: String,
    /// Method that was called.
    pub method: String,
    /// Code that ran; zero for a built-in or when no code was reached.
    pub code_hash: Digest,
    /// Digest of the canonical JSON arguments.
    pub args: Digest,
    /// How it ended.
    pub outcome: Outcome,
    /// Digest of the canonical JSON result.
    pub result: Digest,
    /// The rules it called, in order.
    pub rule_calls: Vec<RuleCall>,
    /// What it read: key, value hash or absence, log index of the record that wrote it.
    pub reads: Commitment,
    /// What it wrote.
    pub writes: Commitment,
    /// The events it emitted.
    pub events: Commitment,
    /// Fuel burned on the pinned engine. Recorded, and no part of what replay compares: engines count differently.
    pub fuel_used: u64,
}

impl Receipt {
    /// The transaction, if one made the call.
    pub fn transaction(&self) -> Option<TxId> {
        match &self.cause {
            Cause::Transaction(id) => Some(*id),
            Cause::Release(_) | Cause::Schedule(_) => None,
        }
    }
}

/// `[1, height, index, time_ms, cause_kind, cause, caller, organisation, contract, method, code_hash, args, outcome,
/// result, rule_calls, reads, writes, events, fuel_used]`: the bytes of a log leaf.
impl Cbor for Receipt {
    const WHAT: &'static str = "receipt";
    const BYTES_MAX: usize = LEAF_BYTES_MAX;

    fn write(&self, writer: &mut FieldWriter) {
        writer
            .array(FIELDS as usize)
            .uint(LEAF_KIND)
            .uint(self.height);
        writer.uint(u64::from(self.index)).uint(self.time_ms);
        match &self.cause {
            Cause::Transaction(id) => writer.uint(1).digest(&id.0),
            Cause::Release(identity) => writer.uint(2).text(identity),
            Cause::Schedule(name) => writer.uint(3).text(name),
        };
        writer.text(&self.caller).text(&self.organisation);
        writer
            .text(&self.contract)
            .text(&self.method)
            .digest(&self.code_hash)
            .digest(&self.args);
        write_outcome(&self.outcome, writer);
        writer.digest(&self.result).array(self.rule_calls.len());
        for call in &self.rule_calls {
            writer.array(4).digest(&call.code_hash).text(&call.method);
            writer.digest(&call.input).digest(&call.output);
        }
        for commitment in [&self.reads, &self.writes, &self.events] {
            writer
                .array(2)
                .uint(commitment.count)
                .digest(&commitment.root);
        }
        writer.uint(self.fuel_used);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(FIELDS, "an array of 19")?;
        if reader.uint("leaf kind")? != LEAF_KIND {
            return Err(reader.unexpected("leaf kind 1"));
        }
        Ok(Receipt {
            height: reader.uint("height")?,
            index: reader.uint32("index")?,
            time_ms: reader.uint("time in ms")?,
            cause: read_cause(reader)?,
            caller: reader.text(2 * NAME_BYTES_MAX, "caller")?,
            organisation: reader.text(NAME_BYTES_MAX, "organisation")?,
            contract: reader.text(NAME_BYTES_MAX, "contract")?,
            method: reader.text(NAME_BYTES_MAX, "method")?,
            code_hash: reader.digest("code hash")?,
            args: reader.digest("arguments digest")?,
            outcome: read_outcome(reader)?,
            result: reader.digest("result digest")?,
            rule_calls: read_rule_calls(reader)?,
            reads: read_commitment(reader)?,
            writes: read_commitment(reader)?,
            events: read_commitment(reader)?,
            fuel_used: reader.uint("fuel used")?,
        })
    }
}

fn write_outcome(outcome: &Outcome, writer: &mut FieldWriter) {
    match outcome {
        Outcome::Ok => writer.array(1).uint(0),
        Outcome::Refused {
            code,
            name,
            message,
        } => writer
            .array(4)
            .uint(1)
            .uint(u64::from(*code))
            .text(name)
            .text(message),
        Outcome::Trapped { reason } => writer.array(2).uint(2).text(reason),
    };
}

fn read_outcome(reader: &mut Reader<'_>) -> Result<Outcome, CborError> {
    let length = reader.array("outcome")?;
    match (length, reader.uint("kind of outcome")?) {
        (1, 0) => Ok(Outcome::Ok),
        (4, 1) => Ok(Outcome::Refused {
            code: reader.uint32("refusal code")?,
            name: reader.text(NAME_BYTES_MAX, "refusal name")?,
            message: reader.text(OUTCOME_TEXT_BYTES_MAX, "refusal message")?,
        }),
        (2, 2) => Ok(Outcome::Trapped {
            reason: reader.text(OUTCOME_TEXT_BYTES_MAX, "trap reason")?,
        }),
        _ => Err(reader.unexpected("outcome 0 ok, 1 refused or 2 trapped")),
    }
}

fn read_cause(reader: &mut Reader<'_>) -> Result<Cause, CborError> {
    match reader.uint("kind of cause")? {
        1 => reader
            .digest("transaction id")
            .map(|id| Cause::Transaction(TxId(id))),
        2 => reader
            .text(4 * NAME_BYTES_MAX, "release identity")
            .map(Cause::Release),
        3 => reader
            .text(4 * NAME_BYTES_MAX, "name of a scheduled call")
            .map(Cause::Schedule),
        _ => Err(reader.unexpected("cause 1 transaction, 2 release or 3 schedule")),
    }
}

fn read_rule_calls(reader: &mut Reader<'_>) -> Result<Vec<RuleCall>, CborError> {
    let count = reader.array_up_to(RULE_CALLS_MAX, "an array of rule calls")?;
    let mut calls = Vec::new();
    for _ in 0..count {
        reader.array_of(4, "rule call of 4")?;
        calls.push(RuleCall {
            code_hash: reader.digest("rule code hash")?,
            method: reader.text(NAME_BYTES_MAX, "rule method")?,
            input: reader.digest("rule input digest")?,
            output: reader.digest("rule output digest")?,
        });
    }
    Ok(calls)
}

fn read_commitment(reader: &mut Reader<'_>) -> Result<Commitment, CborError> {
    reader.array_of(2, "count and root")?;
    Ok(Commitment {
        count: reader.uint("count")?,
        root: reader.digest("root")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn digests() -> impl Strategy<Value = Digest> {
        any::<[u8; 32]>().prop_map(Digest::from_bytes)
    }

    fn outcomes() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            Just(Outcome::Ok),
            (100u32.., "[A-Z][a-zA-Z]{0,20}", "\\PC{0,40}").prop_map(|(code, name, message)| {
                Outcome::Refused {
                    code,
                    name,
                    message,
                }
            }),
            "\\PC{0,40}".prop_map(|reason| Outcome::Trapped { reason }),
        ]
    }

    fn causes() -> impl Strategy<Value = Cause> {
        prop_oneof![
            digests().prop_map(|digest| Cause::Transaction(TxId(digest))),
            "[a-z0-9/]{1,40}".prop_map(Cause::Release),
            "[a-z0-9/]{1,40}".prop_map(Cause::Schedule),
        ]
    }

    prop_compose! {
        fn receipts()(
            height: u64, index: u32, cause in causes(), outcome in outcomes(), digest in digests(),
            calls in 0usize..4, fuel_used: u64,
        ) -> Receipt {
            let commitment = Commitment { count: height % 7, root: digest };
            let call = RuleCall {
                code_hash: digest, method: "judge".to_owned(), input: digest, output: digest,
            };
            Receipt {
                height, index, time_ms: height / 2, cause, caller: "system".to_owned(),
                organisation: String::new(), contract: "tender".to_owned(),
                method: "close".to_owned(), code_hash: digest, args: digest, outcome,
                result: digest, rule_calls: vec![call; calls], reads: commitment,
                writes: commitment, events: commitment, fuel_used,
            }
        }
    }

    proptest! {
        #[test]
        fn receipts_round_trip(receipt in receipts()) {
            prop_assert_eq!(Receipt::decode(&receipt.encode()), Ok(receipt));
        }

        #[test]
        fn a_changed_byte_never_gives_the_same_receipt(
            receipt in receipts(), place: prop::sample::Index, change in 1u8..,
        ) {
            let mut bytes = receipt.encode();
            let place = place.index(bytes.len());
            bytes[place] ^= change;
            prop_assert_ne!(Receipt::decode(&bytes), Ok(receipt));
        }
    }
}
