//! What a bundle is to prove.

use serde::{Deserialize, Serialize};
use yilian_crypto::Digest;
use yilian_primitives::Height;
use yilian_primitives::cbor::{CborError, FieldWriter, Reader};
use yilian_primitives::limits::{IDENTIFIER_BYTES_MAX, NAME_BYTES_MAX, STATE_KEY_BYTES_MAX};

use crate::tender;

/// Most commitments of one claim.
pub(crate) const COMMITMENTS_MAX: usize = 20_000;

/// One claim. The verifier answers each for itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Claim {
    /// This record stands in the log: who called what, with which outcome, by which rules.
    Record {
        /// Its place in the log.
        log_index: u64,
    },
    /// A key of the state had this value, or was absent, after a height.
    State {
        /// The height.
        height: Height,
        /// Name of the contract.
        contract: String,
        /// The contract's own key: text, since contracts' keys are.
        key: String,
    },
    /// No bid was sealed under this commitment when the deadline of the tender and its grace were over.
    NotSubmitted {
        /// A height whose block is dated at or after them.
        height: Height,
        /// Unified transaction code of the section.
        tender: String,
        /// The commitment.
        commitment: Digest,
    },
    /// These commitments, in this order, and no others were revealed for a section.
    AllRevealed {
        /// A height after which the section is opened or ended.
        height: Height,
        /// Unified transaction code of the section.
        tender: String,
        /// Every commitment, in the order of revealing.
        commitments: Vec<Digest>,
    },
}

/// A key of the state that a claim speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateName {
    /// Height of the state.
    pub height: Height,
    /// Name of the contract.
    pub contract: String,
    /// The contract's own key.
    pub key: String,
}

impl Claim {
    /// The values without which the claim cannot be decided.
    pub fn states(&self) -> Vec<StateName> {
        let of_tender = |height: &Height, key: String| StateName {
            height: *height,
            contract: tender::LEDGER.to_owned(),
            key,
        };
        match self {
            Claim::Record { .. } => Vec::new(),
            Claim::State {
                height,
                contract,
                key,
            } => vec![StateName {
                height: *height,
                contract: contract.clone(),
                key: key.clone(),
            }],
            Claim::NotSubmitted {
                height,
                tender,
                commitment,
            } => vec![
                of_tender(height, tender::record_key(tender)),
                of_tender(height, tender::publication_key(tender)),
                of_tender(height, tender::sealed_key(commitment)),
            ],
            Claim::AllRevealed { height, tender, .. } => {
                vec![of_tender(height, tender::record_key(tender))]
            }
        }
    }
}

impl Claim {
    pub(super) fn write(&self, writer: &mut FieldWriter) {
        match self {
            Claim::Record { log_index } => {
                writer.array(2).uint(1).uint(*log_index);
            }
            Claim::State {
                height,
                contract,
                key,
            } => {
                writer.array(4).uint(2).uint(*height);
                writer.text(contract).text(key);
            }
            Claim::NotSubmitted {
                height,
                tender,
                commitment,
            } => {
                writer.array(4).uint(3).uint(*height);
                writer.text(tender).digest(commitment);
            }
            Claim::AllRevealed {
                height,
                tender,
                commitments,
            } => {
                writer.array(4).uint(4).uint(*height).text(tender);
                writer.array(commitments.len());
                for commitment in commitments {
                    writer.digest(commitment);
                }
            }
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let length = reader.array("a claim")?;
        match (length, reader.uint("kind of claim")?) {
            (2, 1) => Ok(Claim::Record {
                log_index: reader.uint("log index")?,
            }),
            (4, 2) => Ok(Claim::State {
                height: reader.uint("height")?,
                contract: reader.text(NAME_BYTES_MAX, "contract")?,
                key: reader.text(STATE_KEY_BYTES_MAX, "state key")?,
            }),
            (4, 3) => Ok(Claim::NotSubmitted {
                height: reader.uint("height")?,
                tender: reader.text(IDENTIFIER_BYTES_MAX, "tender")?,
                commitment: reader.digest("commitment")?,
            }),
            (4, 4) => {
                let (height, tender) = (
                    reader.uint("height")?,
                    reader.text(IDENTIFIER_BYTES_MAX, "tender")?,
                );
                let count = reader.array_up_to(COMMITMENTS_MAX, "commitments")?;
                let commitments = (0..count).map(|_| reader.digest("commitment"));
                Ok(Claim::AllRevealed {
                    height,
                    tender,
                    commitments: commitments.collect::<Result<_, _>>()?,
                })
            }
            _ => {
                Err(reader.unexpected("claim 1 record, 2 state, 3 not submitted or 4 all revealed"))
            }
        }
    }
}
