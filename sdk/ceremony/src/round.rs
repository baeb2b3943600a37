//! The record of a round, its parameters, and the group that it gives.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yilian_crypto::PublicKey;
use yilian_primitives::{Height, ValidatorSet};
use yilian_release_records::{Ceremony, Group, Phase};
use yilian_threshold::{Ceremony as Round, CeremonyError, Outcome};

/// The record of a round that begins; `window` is the length of a phase in blocks.
pub fn begin(
    round: u64,
    phase: Phase,
    height: Height,
    window: u64,
    validators: &ValidatorSet,
    kept: Option<&Group>,
) -> Ceremony {
    let members: Vec<PublicKey> = validators.iter().map(|one| one.public_key).collect();
    Ceremony {
        round,
        phase,
        ends_at: height.saturating_add(window),
        dealers: kept.map_or_else(|| members.clone(), |group| group.holders.clone()),
        members,
        reshare: kept.is_some(),
    }
}

/// The parameters of a ceremony; `kept` is the group whose key is kept.
///
/// # Errors
/// If the record fits no ceremony, which no block writes.
pub fn parameters_of(
    chain_id: &str,
    ceremony: &Ceremony,
    kept: Option<&Outcome>,
) -> Result<Round, CeremonyError> {
    let kept = kept.filter(|_| ceremony.reshare);
    let (dealers, members) = (&ceremony.dealers, &ceremony.members);
    Round::new(chain_id, ceremony.round, kept, dealers, members)
}

/// The record of the group that a round gave at a height; `previous` is the outcome from which it was reshared.
///
/// # Errors
/// If the outcome names somebody who can be no member.
pub fn group_of(
    round: u64,
    height: Height,
    outcome: &Outcome,
    previous: Option<String>,
) -> Result<Group, CeremonyError> {
    Ok(Group {
        round,
        since: height,
        key: outcome.key().to_string(),
        threshold: outcome.threshold(),
        holders: outcome.holders().to_vec(),
        revealed: outcome.revealed()?,
        outcome: STANDARD.encode(outcome.to_bytes()),
        previous,
        last_round: round,
        tried_at: height,
    })
}
