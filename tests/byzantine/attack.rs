//! The attacks, as the test build knows them.

/// One way to attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attack {
    /// Its name in `YILIAN_BYZANTINE`.
    pub(crate) name: &'static str,
    /// Whether it signs two things for one step, which must be on record.
    pub(crate) signs_twice: bool,
}

const fn attack(name: &'static str, signs_twice: bool) -> Attack {
    Attack { name, signs_twice }
}

/// All of them; `node/consensus/src/byzantine/attack.rs` says what each does.
pub(crate) const ATTACKS: [Attack; 12] = [
    attack("equivocate-votes", true),
    attack("equivocate-proposals", true),
    attack("amnesia", false),
    attack("dropped-votes", false),
    attack("silence", false),
    attack("withheld-parts", false),
    attack("two-bodies", false),
    attack("oversized-parts", false),
    attack("invalid-proposals", false),
    attack("wrong-roots", false),
    attack("stale-replays", false),
    attack("false-sync", false),
];
