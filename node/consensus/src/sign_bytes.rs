//! The bytes that validators sign.
//!
//! A precommit for a value is the text of a C2SP checkpoint ([`commit_body`]), which begins with `yilian/`. Everything
//! else begins with a namespace of [`Namespace`] and a zero byte, which no checkpoint contains, and is laid out with fixed
//! widths in big-endian order:
//!
//! | piece | layout |
//! |---|---|
//! | step | length of chain id (1), chain id, height (8), round (4) |
//! | value | tagged header hash (33), log size (8), tagged log root (33) |
//! | earlier round | 0, or 1 and the round (4) |
//!
//! | object | namespace | pieces |
//! |---|---|---|
//! | prevote for a value | `Prevote` | step, value |
//! | vote for nil | `NilVote` | step, kind (1 prevote, 2 precommit) |
//! | proposal | `Proposal` | step, value, earlier round, proposer (20) |
//! | last part of a block | `ProposalParts` | step, value, earlier round, proposer (20) |
//! | vote extension | `VoteExtension` | step, value, voter (20) |

use malachite_core_types::{NilOrVal, Round, VoteType};
use yilian_crypto::{Digest, Namespace};
use yilian_primitives::{Address, BlockRef, commit_body};

use crate::context::{Proposal, Vote};
use crate::part::PartInit;

/// What a vote signs. `None` for a vote of no round, which is no vote.
pub(crate) fn vote(chain_id: &str, vote: &Vote) -> Option<Vec<u8>> {
    let (height, round) = (vote.height.0, vote.round.as_u32()?);
    let step = step(chain_id, height, round);
    Some(match (vote.kind, &vote.value) {
        (VoteType::Precommit, NilOrVal::Val(value)) => {
            commit_body(chain_id, height, round, &value.0).into_bytes()
        }
        (VoteType::Prevote, NilOrVal::Val(value)) => {
            Namespace::Prevote.prefix(&[&step, &value_bytes(&value.0)])
        }
        (VoteType::Prevote, NilOrVal::Nil) => Namespace::NilVote.prefix(&[&step, &[1]]),
        (VoteType::Precommit, NilOrVal::Nil) => Namespace::NilVote.prefix(&[&step, &[2]]),
    })
}

/// What a proposal signs. `None` for a proposal of no round.
pub(crate) fn proposal(chain_id: &str, proposal: &Proposal) -> Option<Vec<u8>> {
    let step = step(chain_id, proposal.height.0, proposal.round.as_u32()?);
    let pieces = proposed(
        &proposal.value.0,
        earlier(proposal.pol_round),
        &proposal.address.0,
    );
    Some(Namespace::Proposal.prefix(&[&step, &pieces]))
}

/// What the last part of a proposed block signs: the value, and the block's bytes, so that nobody else can send other
/// bytes under the same signature.
pub(crate) fn parts(chain_id: &str, init: &PartInit, value: &BlockRef, block: &[u8]) -> Vec<u8> {
    let step = step(chain_id, init.height, init.round);
    let pieces = proposed(value, init.valid_round, &init.proposer());
    let block = Digest::sha256(block);
    Namespace::ProposalParts.prefix(&[&step, &pieces, block.as_bytes()])
}

/// What a vote extension would sign. None are in use.
pub(crate) fn extension(
    chain_id: &str,
    height: u64,
    round: Round,
    value: &BlockRef,
    voter: &Address,
) -> Option<Vec<u8>> {
    let step = step(chain_id, height, round.as_u32()?);
    Some(Namespace::VoteExtension.prefix(&[&step, &value_bytes(value), voter.as_bytes()]))
}

/// A round, or none, as our own types say it.
pub(crate) fn earlier(round: Round) -> Option<u32> {
    round.as_u32()
}

fn step(chain_id: &str, height: u64, round: u32) -> Vec<u8> {
    // Chain ids are at most 32 bytes long; a longer one is cut in its length byte only, and never verifies elsewhere.
    let length = u8::try_from(chain_id.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![length];
    bytes.extend_from_slice(chain_id.as_bytes());
    bytes.extend_from_slice(&height.to_be_bytes());
    bytes.extend_from_slice(&round.to_be_bytes());
    bytes
}

fn value_bytes(value: &BlockRef) -> Vec<u8> {
    let mut bytes = value.header_hash.to_tagged().to_vec();
    bytes.extend_from_slice(&value.log_size.to_be_bytes());
    bytes.extend_from_slice(&value.log_root.to_tagged());
    bytes
}

fn proposed(value: &BlockRef, earlier: Option<u32>, proposer: &Address) -> Vec<u8> {
    let mut bytes = value_bytes(value);
    match earlier {
        None => bytes.push(0),
        Some(round) => {
            bytes.push(1);
            bytes.extend_from_slice(&round.to_be_bytes());
        }
    }
    bytes.extend_from_slice(proposer.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{self, BlockValue, Height};
    use crate::testing::{block_ref, keys, validators};
    use yilian_primitives::parse_commit_body;

    const CHAIN: &str = "yilian-test";

    fn address() -> Address {
        Address::of(&keys(1)[0].public_key())
    }

    fn a_vote(kind: VoteType, value: NilOrVal<BlockValue>) -> Vote {
        Vote {
            kind,
            height: Height(7),
            round: Round::new(2),
            value,
            address: context::Address(address()),
        }
    }

    fn everything() -> Vec<Vec<u8>> {
        let value = BlockValue(block_ref(1));
        let init = PartInit::new(7, 2, None, address());
        let proposed = Proposal {
            height: Height(7),
            round: Round::new(2),
            value,
            pol_round: Round::Nil,
            address: context::Address(address()),
        };
        let again = Proposal {
            pol_round: Round::new(0),
            ..proposed.clone()
        };
        vec![
            vote(CHAIN, &a_vote(VoteType::Precommit, NilOrVal::Val(value))).expect("a round"),
            vote(CHAIN, &a_vote(VoteType::Prevote, NilOrVal::Val(value))).expect("a round"),
            vote(CHAIN, &a_vote(VoteType::Precommit, NilOrVal::Nil)).expect("a round"),
            vote(CHAIN, &a_vote(VoteType::Prevote, NilOrVal::Nil)).expect("a round"),
            proposal(CHAIN, &proposed).expect("a round"),
            proposal(CHAIN, &again).expect("a round"),
            parts(CHAIN, &init, &value.0, b"block"),
            extension(CHAIN, 7, Round::new(2), &value.0, &address()).expect("a round"),
        ]
    }

    #[test]
    fn only_a_precommit_for_a_value_reads_as_a_checkpoint() {
        let all = everything();
        let text = std::str::from_utf8(&all[0]).expect("text");
        let read = parse_commit_body(text).expect("a checkpoint");
        assert_eq!(read, (CHAIN.to_owned(), 7, 2, block_ref(1)));
        for bytes in &all[1..] {
            assert!(bytes.contains(&0));
            let text = String::from_utf8_lossy(bytes);
            assert!(parse_commit_body(&text).is_err());
            assert!(!text.starts_with("yilian/"));
        }
    }

    #[test]
    fn no_two_objects_sign_the_same_bytes() {
        let mut all = everything();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn a_precommit_is_what_a_commit_certificate_verifies() {
        let keys = keys(4);
        let set = validators(&keys);
        let value = block_ref(3);
        let mut signatures: Vec<_> = keys
            .iter()
            .map(|key| {
                let address = Address::of(&key.public_key());
                let vote_for = Vote {
                    address: context::Address(address),
                    ..a_vote(VoteType::Precommit, NilOrVal::Val(BlockValue(value)))
                };
                let bytes = vote(CHAIN, &vote_for).expect("a round");
                (address, key.sign(&bytes))
            })
            .collect();
        signatures.sort_by_key(|(address, _)| set.index_of(address));
        let certificate = yilian_primitives::CommitCertificate {
            height: 7,
            round: 2,
            block: value,
            signatures,
        };
        assert_eq!(certificate.verify(CHAIN, &set), Ok(4));
    }

    #[test]
    fn a_vote_of_no_round_signs_nothing() {
        let mut nowhere = a_vote(VoteType::Prevote, NilOrVal::Nil);
        nowhere.round = Round::Nil;
        assert_eq!(vote(CHAIN, &nowhere), None);
    }
}
