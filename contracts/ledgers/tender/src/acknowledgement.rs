//! 回执: a validator's signed word on when it saw a submission.
//!
//! ```text
//! signed  = "YILIAN/acknowledgement/v1" ‖ 0x00 ‖ part(chain id) ‖ part(subject)
//!           ‖ part(time in ms as 8 bytes) ‖ part(previous)
//! part(x) = length of x as 4 bytes, most significant first ‖ x
//! ```
//!
//! The form is the chain's own (crate `yilian-acknowledgement`). `subject` is the digest of what the transaction asked for,
//! which the chain tells as `env.submission`: a bid that had to be sent again keeps its acknowledgements. `previous` is the
//! digest of the validator's acknowledgement before this one, so that it cannot date one back without forking its own
//! chain. Signatures are checked when they are brought; whether the validator counts, when the bid is revealed and
//! its tender, and so the profile, is known.

use deadline::Acknowledgement;
use domain::Encoding;
use yilian_contract::prelude::*;

use crate::error::TenderError;
use crate::profile::Profile;

/// Most acknowledgements of one submission.
pub(crate) const ACKNOWLEDGEMENTS_MAX: usize = 16;

/// An acknowledgement as the validator signed it.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct SignedAcknowledgement {
    /// 验证节点公钥 | the validator's key, ed25519:<64 hex>
    pub validator: String,
    /// 验证节点时钟 | its clock, Unix time in ms
    pub time_ms: u64,
    /// 前一回执摘要 | digest of its acknowledgement before this one
    pub previous: Digest32,
    /// 签名 | its signature, ed25519:<128 hex>
    pub signature: String,
}

/// The bytes that a validator signs.
pub fn acknowledgement_bytes(
    chain_id: &str,
    subject: &Digest32,
    time_ms: u64,
    previous: &Digest32,
) -> Vec<u8> {
    Encoding::new("YILIAN/acknowledgement/v1")
        .part(chain_id.as_bytes())
        .part(&subject.0)
        .number(time_ms)
        .part(&previous.0)
        .bytes()
}

/// Checks all signatures and keeps what the deadline rule takes.
pub(crate) fn verified(
    ctx: &Context,
    subject: &Digest32,
    signed: &[SignedAcknowledgement],
) -> Result<Vec<Acknowledgement>, TenderError> {
    if signed.len() > ACKNOWLEDGEMENTS_MAX {
        return Err(TenderError::BadAcknowledgement(format!(
            "{} of them: expected at most {ACKNOWLEDGEMENTS_MAX}",
            signed.len()
        )));
    }
    let chain_id = &ctx.env().chain_id;
    let mut kept = Vec::with_capacity(signed.len());
    for one in signed {
        let message = acknowledgement_bytes(chain_id, subject, one.time_ms, &one.previous);
        if !verify_signature(&one.validator, &message, &one.signature) {
            return Err(TenderError::BadAcknowledgement(format!(
                "by {:?}",
                one.validator
            )));
        }
        kept.push(Acknowledgement {
            validator: one.validator.clone(),
            time_ms: one.time_ms,
        });
    }
    Ok(kept)
}

/// Those by validators who count under a profile.
pub(crate) fn counting(all: &[Acknowledgement], profile: &Profile) -> Vec<Acknowledgement> {
    let counts = |one: &&Acknowledgement| profile.acknowledgers.contains(&one.validator);
    all.iter().filter(counts).cloned().collect()
}
