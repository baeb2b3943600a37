//! What a validator of a test build may be told to do.

use std::sync::LazyLock;

use malachite_engine_byzantine::{ByzantineConfig, Trigger};

/// The variable that names it.
const VARIABLE: &str = "YILIAN_BYZANTINE";
/// How often a liar that does something now and then does it.
const NOW_AND_THEN: Trigger = Trigger::Random { probability: 0.5 };

/// One way to attack the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// Two votes for every step: one for what it should vote, one for a value that nobody has.
    EquivocateVotes,
    /// Two good blocks, each whole and signed, whenever it proposes, and votes for both.
    EquivocateProposals,
    /// Prevotes whatever is proposed, precommits nothing in first rounds, and proposes so late that some have given up:
    /// whoever forgets a lock would help it to two blocks of one height.
    Amnesia,
    /// Half of its votes are never sent.
    DroppedVotes,
    /// Hears everything, and says nothing.
    Silence,
    /// Proposals whose parts are missing: all of them, the first, the data, the last.
    WithheldParts,
    /// One value under two bodies: first bytes that are not its block, then those that are.
    TwoBodies,
    /// Streams with more bytes, parts and indices than may be, and more streams than may be.
    OversizedParts,
    /// Blocks with a wrong time, parent, height, proposer or certificate, with transactions of old or twice, and bytes that are
    /// no block. It finds such blocks of others good.
    InvalidProposals,
    /// Blocks whose state or log another execution would give. It finds such blocks of others good.
    WrongRoots,
    /// Votes, proposals, certificates and parts of earlier heights, its own and others', again and again.
    StaleReplays,
    /// Claims a height far above its own, votes at later ones, and gives those who ask blocks that are not what their
    /// certificates name.
    FalseSync,
}

impl Attack {
    /// All of them.
    const ALL: [(&str, Attack); 12] = [
        ("equivocate-votes", Attack::EquivocateVotes),
        ("equivocate-proposals", Attack::EquivocateProposals),
        ("amnesia", Attack::Amnesia),
        ("dropped-votes", Attack::DroppedVotes),
        ("silence", Attack::Silence),
        ("withheld-parts", Attack::WithheldParts),
        ("two-bodies", Attack::TwoBodies),
        ("oversized-parts", Attack::OversizedParts),
        ("invalid-proposals", Attack::InvalidProposals),
        ("wrong-roots", Attack::WrongRoots),
        ("stale-replays", Attack::StaleReplays),
        ("false-sync", Attack::FalseSync),
    ];

    /// What the environment asks for; none where it says nothing.
    ///
    /// # Panics
    /// If it names no attack: a test that believes it attacks, and does not, would pass for the wrong reason.
    pub fn of_environment() -> Option<Attack> {
        static ATTACK: LazyLock<Option<Attack>> = LazyLock::new(|| {
            let name = std::env::var(VARIABLE).ok()?;
            let found = Attack::ALL.iter().find(|(known, _)| *known == name);
            Some(found.expect("YILIAN_BYZANTINE names a known attack").1)
        });
        *ATTACK
    }

    /// What of it the engine's own proxy does.
    pub(super) fn of_engine(self) -> ByzantineConfig {
        let config = ByzantineConfig::default();
        match self {
            Attack::EquivocateVotes => config.with_equivocate_votes(Trigger::Always),
            Attack::EquivocateProposals => config
                .with_equivocate_proposals(Trigger::Always)
                .with_equivocate_votes(Trigger::Always),
            Attack::DroppedVotes => config.with_drop_votes(NOW_AND_THEN),
            Attack::Silence => config
                .with_drop_votes(Trigger::Always)
                .with_drop_proposals(Trigger::Always),
            _ => config,
        }
    }

    /// Whether it votes for blocks that it should refuse.
    pub fn finds_anything_good(self) -> bool {
        matches!(self, Attack::InvalidProposals | Attack::WrongRoots)
    }
}
