//! Under which parameters a height is decided.

use std::time::Duration;

use malachite_core_types::{HeightParams, LinearTimeouts, VoteExtensionPolicy};

use crate::config::Timing;
use crate::context::{ValidatorSet, YilianContext};

/// No timeout grows beyond this, however many rounds a height takes.
const TIMEOUT_MAX: Duration = Duration::from_secs(60);

/// The parameters of a height that `set` decides. Vote extensions are off: nothing optional may stall consensus.
pub(crate) fn height_params(
    set: &yilian_primitives::ValidatorSet,
    timing: &Timing,
) -> HeightParams<YilianContext> {
    let timeouts = LinearTimeouts {
        propose: timing.propose,
        propose_delta: timing.delta,
        prevote: timing.prevote,
        prevote_delta: timing.delta,
        precommit: timing.precommit,
        precommit_delta: timing.delta,
        rebroadcast: timing.propose + timing.prevote + timing.precommit,
        max_timeout: TIMEOUT_MAX,
    };
    // No target time: the pace is ours to keep (`pacing`), since the engine would make empty blocks.
    HeightParams::new(ValidatorSet::new(set), timeouts, None)
        .with_vote_extension_policy(VoteExtensionPolicy::Disabled)
}
