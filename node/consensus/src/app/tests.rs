use std::time::Duration;

use bytes::Bytes;
use malachite_core_consensus::{MisbehaviorEvidence, SignedConsensusMsg};
use malachite_core_types::{
    CommitCertificate as EngineCertificate, NilOrVal, SignedMessage, VoteType,
};
use malachite_engine::host::SyncedValueOutcome;
use tokio::sync::oneshot;
use yilian_primitives::{CommitCertificate, ValidatorSet};

use super::*;
use crate::context::Vote;
use crate::identity::peer_id;
use crate::port::{Candidate, Verdict};
use crate::sign_bytes;
use crate::testing::{block_ref, keys, validators};

const CHAIN: &str = "chain";
/// Second byte of a block that is always refused.
const BAD: u8 = 1;
/// Second byte of a block that the clock refuses.
const LATE: u8 = 2;

/// A chain whose blocks are two bytes: the seed of their value, and their fault.
struct Fake {
    set: ValidatorSet,
    decided: Vec<CommitCertificate>,
    kept: Vec<KeptProposal>,
    built: u8,
    /// Whether the clock was asked, by check.
    checks: Vec<bool>,
    work: bool,
    misbehaviour: Vec<(Height, Address, String)>,
}

impl Chain for Fake {
    fn chain_id(&self) -> String {
        CHAIN.to_owned()
    }

    fn tip(&self) -> Height {
        self.decided.len() as Height
    }

    fn earliest(&self) -> Height {
        1
    }

    fn validators(&self, height: Height) -> Result<ValidatorSet, ChainError> {
        assert!(height <= self.tip() + 1);
        Ok(self.set.clone())
    }

    fn build(&mut self, _: Height, _: Address) -> Result<Candidate, ChainError> {
        self.built += 1;
        let (value, bytes) = (block_ref(self.built), vec![self.built, 0]);
        Ok(Candidate { value, bytes })
    }

    fn check(
        &mut self,
        height: Height,
        _: Address,
        bytes: &[u8],
        clock: bool,
    ) -> Result<Verdict, ChainError> {
        assert_eq!(height, self.tip() + 1);
        self.checks.push(clock);
        let value = block_ref(bytes[0]);
        let refused = bytes[1] == BAD || bytes[1] == LATE && clock;
        let reason = "asked for it".to_owned();
        Ok(match refused {
            true => Verdict::Refused { value, reason },
            false => Verdict::Valid(value),
        })
    }

    fn keep(&mut self, proposal: &KeptProposal) -> Result<(), ChainError> {
        self.kept.push(proposal.clone());
        Ok(())
    }

    fn kept(&self, height: Height, round: u32) -> Result<Vec<KeptProposal>, ChainError> {
        let kept = self.kept.iter();
        let kept = kept.filter(|kept| kept.height == height && kept.round == round);
        Ok(kept.cloned().collect())
    }

    fn kept_value(
        &self,
        height: Height,
        value: &BlockRef,
    ) -> Result<Option<KeptProposal>, ChainError> {
        let mut kept = self.kept.iter();
        let found = kept.find(|kept| kept.height == height && kept.value == *value);
        Ok(found.cloned())
    }

    fn commit(&mut self, certificate: CommitCertificate, _: &[u8]) -> Result<(), ChainError> {
        assert_eq!(certificate.height, self.tip() + 1);
        self.decided.push(certificate);
        Ok(())
    }

    fn decided(&self, height: Height) -> Result<Option<(Vec<u8>, CommitCertificate)>, ChainError> {
        let decided = self.decided.get(height as usize - 1);
        Ok(decided.map(|certificate| (vec![1; 1_000], certificate.clone())))
    }

    fn has_work(&self) -> bool {
        self.work
    }

    fn misbehaviour(&mut self, height: Height, address: Address, what: &str) {
        self.misbehaviour.push((height, address, what.to_owned()));
    }
}

fn fake() -> Fake {
    Fake {
        set: validators(&keys(4)),
        decided: Vec::new(),
        kept: Vec::new(),
        built: 0,
        checks: Vec::new(),
        work: false,
        misbehaviour: Vec::new(),
    }
}

/// Whose turn it is.
fn proposer(height: Height, round: u32) -> SecretKey {
    let turns = context::ValidatorSet::new(&validators(&keys(4)));
    let key = turns.proposer(context::Height(height), round).public_key;
    let mut keys = keys(4).into_iter();
    keys.find(|other| other.public_key() == key)
        .expect("one of them")
}

/// The application of whoever proposes height 1 in round 0.
fn app(chain: Fake) -> App<Fake> {
    let key = proposer(1, 0);
    let (network, mut messages) = mpsc::channel(1);
    // Somebody must take the parts.
    tokio::spawn(async move { while messages.recv().await.is_some() {} });
    let (network_requests, _) = mpsc::channel(1);
    let publishers = keys(4)
        .iter()
        .map(|key| peer_id(&key.public_key()))
        .collect();
    App {
        chain,
        chain_id: CHAIN.to_owned(),
        address: Address::of(&key.public_key()),
        key,
        timing: Timing {
            block_interval: Duration::ZERO,
            ..Timing::default()
        },
        response_bytes_max: 2_500,
        runtime: Handle::current(),
        network,
        network_requests,
        roster: watch::channel(Arc::from([])).1,
        status: Arc::new(watch::Sender::new(Status::default())),
        tally: Tally::default(),
        streams: Streams::new(publishers, 1 << 20),
        nonce: 0,
        round: RoundState::default(),
        held: None,
        last_begun: Instant::now(),
    }
}

fn proposed(height: Height, round: u32, valid_round: Option<u32>, block: [u8; 2]) -> Proposed {
    let key = proposer(height, round);
    let init = PartInit::new(height, round, valid_round, Address::of(&key.public_key()));
    let value = block_ref(block[0]);
    Proposed::sign(CHAIN, &key, init, value, Bytes::copy_from_slice(&block))
}

fn certificate(height: Height, seed: u8) -> EngineCertificate<YilianContext> {
    EngineCertificate {
        height: context::Height(height),
        round: Round::new(0),
        value_id: BlockValue(block_ref(seed)),
        commit_signatures: Vec::new(),
    }
}

fn record(tally: &Tally, height: Height, round: u32, kind: VoteType, seed: u8) {
    for key in &keys(4)[..3] {
        tally.record(&Vote {
            kind,
            height: context::Height(height),
            round: Round::new(round),
            value: NilOrVal::Val(BlockValue(block_ref(seed))),
            address: context::Address(Address::of(&key.public_key())),
        });
    }
}

async fn get_value(app: &mut App<Fake>, round: u32) -> BlockRef {
    let (reply, answer) = oneshot::channel();
    app.get_value(1, Round::new(round), reply)
        .expect("no fault");
    answer.await.expect("an answer").value.0
}

#[tokio::test]
async fn a_restarted_proposer_proposes_the_same_block_again() {
    let mut first = app(fake());
    let value = get_value(&mut first, 0).await;
    assert_eq!(first.chain.kept.len(), 1, "kept before the answer");
    let mut second = app(first.chain);
    let known = second.started_round(1, Round::new(0)).expect("no fault");
    assert_eq!(known.len(), 1);
    assert_eq!(get_value(&mut second, 0).await, value);
    assert_eq!(second.chain.built, 1);
    assert_ne!(
        get_value(&mut second, 4).await,
        value,
        "a new round, a new block"
    );
}

#[tokio::test]
async fn a_height_that_is_not_next_is_not_proposed() {
    let mut app = app(fake());
    let (reply, answer) = oneshot::channel();
    app.get_value(2, Round::new(0), reply).expect("no fault");
    assert!(answer.await.is_err());
    assert_eq!(app.chain.built, 0);
}

#[tokio::test]
async fn only_what_the_proposer_of_the_round_signed_is_executed() {
    let mut app = app(fake());
    app.started_round(1, Round::new(1)).expect("no fault");
    let good = proposed(1, 1, None, [7, 0]);
    let mut resigned = good.clone();
    resigned.fin.signature = proposed(1, 1, None, [8, 0]).fin.signature;
    let mut other_turn = good.clone();
    other_turn.init = proposed(1, 2, None, [7, 0]).init;
    other_turn.init.round = 1;
    let ignored = [
        resigned,
        other_turn,
        proposed(1, 12, None, [7, 0]),
        proposed(1, 1, Some(1), [7, 0]),
    ];
    for proposed in ignored {
        assert_eq!(app.judge(proposed).expect("no fault"), None);
    }
    assert!(app.chain.checks.is_empty());
    let kept = app.judge(good).expect("no fault").expect("a verdict");
    assert!(kept.valid);
    assert_eq!(app.chain.kept, [kept]);
}

#[tokio::test]
async fn a_refused_block_is_kept_as_invalid_and_other_bytes_under_a_signature_are_ignored() {
    let mut app = app(fake());
    app.started_round(1, Round::new(1)).expect("no fault");
    let bad = app.judge(proposed(1, 1, None, [7, BAD])).expect("no fault");
    assert_eq!(bad.map(|kept| kept.valid), Some(false));
    assert_eq!(app.chain.kept.len(), 1);
    let mut mislabelled = proposed(1, 1, None, [8, 0]);
    mislabelled.block = Bytes::from_static(&[9, 0]);
    // Other bytes under the proposer's signature: somebody else's doing, and no reason to refuse the proposal.
    let verdict = app.judge(mislabelled).expect("no fault");
    assert_eq!(verdict, None);
    assert_eq!(app.chain.kept.len(), 1);
    // The true bytes are still welcome.
    let verdict = app.judge(proposed(1, 1, None, [8, 0])).expect("no fault");
    assert_eq!(verdict.map(|kept| kept.valid), Some(true));
}

#[tokio::test]
async fn the_clock_forgives_a_block_only_if_two_thirds_prevoted_it_before() {
    let mut app = app(fake());
    app.started_round(1, Round::new(2)).expect("no fault");
    let late = || proposed(1, 2, Some(1), [7, LATE]);
    let claimed = app.judge(late()).expect("no fault");
    assert_eq!(claimed.map(|kept| kept.valid), Some(false));
    record(&app.tally, 1, 0, VoteType::Prevote, 7);
    record(&app.tally, 1, 1, VoteType::Prevote, 8);
    let elsewhere = app.judge(late()).expect("no fault");
    assert_eq!(elsewhere.map(|kept| kept.valid), Some(false));
    record(&app.tally, 1, 1, VoteType::Prevote, 7);
    let prevoted = app.judge(late()).expect("no fault");
    assert_eq!(prevoted.map(|kept| kept.valid), Some(true));
    assert_eq!(app.chain.checks, [true, false]);
}

#[tokio::test]
async fn a_proposer_that_signs_many_blocks_has_few_of_them_executed() {
    let mut app = app(fake());
    app.started_round(1, Round::new(1)).expect("no fault");
    for seed in 0..50 {
        app.judge(proposed(1, 1, None, [seed, 0]))
            .expect("no fault");
    }
    assert!(app.chain.checks.len() <= 3);
    // What is known already costs nothing.
    let again = app.judge(proposed(1, 1, None, [0, 0])).expect("no fault");
    assert_eq!(again.map(|kept| kept.valid), Some(true));
}

fn receive(app: &mut App<Fake>, proposed: &Proposed) -> usize {
    let from = peer_id(&keys(1)[0].public_key());
    let messages = proposed.to_stream(1).into_iter();
    let told = messages.filter_map(|part| app.received_part(from, part).expect("no fault"));
    told.count()
}

fn commit(app: &mut App<Fake>, height: Height, seed: u8) {
    let (reply, _answer) = oneshot::channel();
    app.decided(&certificate(height, seed), reply)
        .expect("no fault");
    assert_eq!(app.chain.tip(), height);
}

#[tokio::test]
async fn a_publisher_of_many_early_proposals_displaces_its_own_alone() {
    let mut app = app(fake());
    app.started_round(1, Round::new(0)).expect("no fault");
    receive(&mut app, &proposed(1, 0, None, [1, 0]));
    let liar = peer_id(&keys(4)[3].public_key());
    for seed in 10..30 {
        for part in proposed(2, 1, None, [seed, 0]).to_stream(u64::from(seed)) {
            app.received_part(liar, part).expect("no fault");
        }
    }
    receive(&mut app, &proposed(2, 0, None, [2, 0]));
    assert_eq!(app.round.pending.len(), 2);
    commit(&mut app, 1, 1);
    let known = app.started_round(2, Round::new(0)).expect("no fault");
    let values: Vec<_> = known.iter().map(|known| known.value.0).collect();
    assert_eq!(values, [block_ref(2)]);
}

#[tokio::test]
async fn proposals_that_come_early_are_told_when_their_height_begins() {
    let mut app = app(fake());
    app.started_round(1, Round::new(0)).expect("no fault");
    assert_eq!(receive(&mut app, &proposed(1, 0, None, [1, 0])), 1);
    // For the next height, before this one is decided: not even its validators are known.
    assert_eq!(receive(&mut app, &proposed(2, 0, None, [2, 0])), 0);
    assert_eq!(app.chain.checks.len(), 1);
    commit(&mut app, 1, 1);
    // After it was decided, while the next one waits to begin: judged, but not told.
    assert_eq!(receive(&mut app, &proposed(2, 1, None, [3, 0])), 0);
    assert_eq!(app.chain.checks.len(), 2);
    let told = app.started_round(2, Round::new(0)).expect("no fault");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].value.0, block_ref(2));
    let told = app.started_round(2, Round::new(1)).expect("no fault");
    assert_eq!(told[0].value.0, block_ref(3));
}

#[tokio::test]
async fn a_decided_block_that_is_not_here_restarts_the_height() {
    let mut app = app(fake());
    app.started_round(1, Round::new(0)).expect("no fault");
    let (reply, answer) = oneshot::channel();
    app.decided(&certificate(1, 9), reply).expect("no fault");
    assert!(answer.await.is_err(), "not acknowledged");
    let (reply, answer) = oneshot::channel();
    app.finalized(1, reply).expect("no fault");
    let next = answer.await.expect("at once");
    assert!(matches!(next, Next::Restart(context::Height(1), _)));
}

#[tokio::test]
async fn a_height_is_committed_once() {
    let mut app = app(fake());
    app.started_round(1, Round::new(0)).expect("no fault");
    receive(&mut app, &proposed(1, 0, None, [1, 0]));
    commit(&mut app, 1, 1);
    let (reply, answer) = oneshot::channel();
    app.decided(&certificate(1, 1), reply).expect("no fault");
    assert!(answer.await.is_ok());
    assert_eq!(app.chain.tip(), 1);
}

#[tokio::test]
async fn the_next_height_waits_for_work() {
    let mut app = app(fake());
    app.started_round(1, Round::new(0)).expect("no fault");
    receive(&mut app, &proposed(1, 0, None, [1, 0]));
    commit(&mut app, 1, 1);
    let (reply, mut answer) = oneshot::channel();
    app.finalized(1, reply).expect("no fault");
    assert!(app.release_if_due().is_some());
    assert!(answer.try_recv().is_err());
    app.chain.work = true;
    assert!(app.release_if_due().is_none());
    let next = answer.try_recv().expect("released");
    assert!(matches!(next, Next::Start(context::Height(2), _)));
}

/// A prevote for nil of one of the four.
fn vote_at(voter: usize, height: Height) -> SignedConsensusMsg<YilianContext> {
    let key = &keys(4)[voter];
    let vote = Vote {
        kind: VoteType::Prevote,
        height: context::Height(height),
        round: Round::new(0),
        value: NilOrVal::Nil,
        address: context::Address(Address::of(&key.public_key())),
    };
    let bytes = sign_bytes::vote(CHAIN, &vote).expect("of a round");
    SignedConsensusMsg::Vote(SignedMessage::new(vote, key.sign(&bytes)))
}

/// One that has committed height 1 and waits with height 2, so long that a test would end first.
fn waiting(interval: Duration) -> (App<Fake>, oneshot::Receiver<Next<YilianContext>>) {
    let mut app = app(fake());
    app.started_round(1, Round::new(0)).expect("no fault");
    receive(&mut app, &proposed(1, 0, None, [1, 0]));
    commit(&mut app, 1, 1);
    app.timing.block_interval = interval;
    let (reply, answer) = oneshot::channel();
    app.finalized(1, reply).expect("no fault");
    (app, answer)
}

#[tokio::test]
async fn the_next_height_begins_when_another_speaks_of_it() {
    let (mut app, mut answer) = waiting(Duration::ZERO);
    app.heard(&vote_at(0, 1)).expect("no fault");
    assert!(app.release_if_due().is_some());
    app.heard(&vote_at(0, 2)).expect("no fault");
    assert!(app.release_if_due().is_none());
    assert!(answer.try_recv().is_ok());
}

#[tokio::test]
async fn one_liar_ahead_hurries_nobody_and_two_of_four_do() {
    let (mut app, mut answer) = waiting(Duration::from_secs(60));
    for height in [2, 3, 900] {
        app.heard(&vote_at(0, height)).expect("no fault");
    }
    // In another's name, too.
    let (SignedConsensusMsg::Vote(own), SignedConsensusMsg::Vote(mut forged)) =
        (vote_at(0, 3), vote_at(1, 3))
    else {
        unreachable!("both are votes")
    };
    forged.signature = own.signature;
    app.heard(&SignedConsensusMsg::Vote(forged))
        .expect("no fault");
    assert!(app.release_if_due().is_some());
    app.heard(&vote_at(1, 3)).expect("no fault");
    assert!(app.release_if_due().is_none());
    assert!(answer.try_recv().is_ok());
}

#[tokio::test]
async fn a_synced_block_is_judged_without_the_clock_and_must_be_the_certified_one() {
    let mut app = app(fake());
    app.started_round(1, Round::new(0)).expect("no fault");
    let mut synced = |height, block: &'static [u8]| {
        app.synced(
            height,
            Round::new(0),
            Address::NONE,
            &Bytes::from_static(block),
        )
        .expect("no fault")
    };
    let ahead = synced(2, &[7, 0]);
    assert!(matches!(ahead, SyncedValueOutcome::LocalTransientError));
    let uncertain = synced(1, &[7, LATE]);
    let valid = |outcome| match outcome {
        SyncedValueOutcome::Verdict(value) => Some(value.validity.is_valid()),
        _ => None,
    };
    assert_eq!(valid(uncertain), Some(true));
    record(&app.tally, 1, 0, VoteType::Precommit, 8);
    let forged = app
        .synced(
            1,
            Round::new(0),
            Address::NONE,
            &Bytes::from_static(&[7, 0]),
        )
        .expect("no fault");
    assert!(matches!(forged, SyncedValueOutcome::PeerFault));
    assert_eq!(app.chain.kept.len(), 1);
}

#[tokio::test]
async fn a_node_that_refuses_what_two_thirds_decided_stops() {
    let mut app = app(fake());
    app.started_round(1, Round::new(0)).expect("no fault");
    record(&app.tally, 1, 0, VoteType::Precommit, 7);
    let bad: &'static [u8] = &[7, BAD];
    let outvoted = app.synced(1, Round::new(0), Address::NONE, &Bytes::from_static(bad));
    let message = outvoted.expect_err("a fault of this node").message;
    assert!(message.contains("height 1"), "{message}");
    assert!(app.chain.kept.is_empty());
}

#[tokio::test]
async fn answers_to_peers_that_catch_up_are_bounded() {
    let mut app = app(fake());
    for height in 1..=100 {
        let set = app.chain.set.clone();
        let decided = crate::certificate::from_engine(&certificate(height, 1), &set);
        app.chain.decided.push(decided.expect("a round"));
    }
    let count =
        |app: &App<Fake>, first, last| app.decided_values(first, last).expect("no fault").len();
    assert_eq!(count(&app, 1, 1), 1);
    assert_eq!(count(&app, 1, u64::MAX), 2);
    assert_eq!(count(&app, 100, 105), 1);
    assert_eq!(count(&app, 101, 105), 0);
    assert_eq!(count(&app, 5, 4), 0);
    app.response_bytes_max = 1;
    assert_eq!(count(&app, 1, 5), 1, "one block is always given");
    app.response_bytes_max = usize::MAX;
    assert_eq!(count(&app, 1, 100), 64);
}

#[tokio::test]
async fn who_signed_two_things_is_handed_over_with_both_signatures() {
    let mut app = app(fake());
    let key = &keys(1)[0];
    let address = Address::of(&key.public_key());
    let vote = |seed| {
        let vote = Vote {
            kind: VoteType::Prevote,
            height: context::Height(1),
            round: Round::new(2),
            value: NilOrVal::Val(BlockValue(block_ref(seed))),
            address: context::Address(address),
        };
        SignedMessage::new(vote, key.sign(&[seed]))
    };
    let proposal = |seed| {
        let proposal = context::Proposal {
            height: context::Height(1),
            round: Round::new(2),
            value: BlockValue(block_ref(seed)),
            pol_round: Round::Nil,
            address: context::Address(address),
        };
        SignedMessage::new(proposal, key.sign(&[seed]))
    };
    let mut evidence = MisbehaviorEvidence::<YilianContext> {
        proposals: Default::default(),
        votes: Default::default(),
    };
    app.record_misbehaviour(1, &evidence);
    assert!(app.chain.misbehaviour.is_empty());
    evidence.votes.add(vote(1), vote(2));
    evidence.proposals.add(proposal(3), proposal(4));
    app.record_misbehaviour(1, &evidence);
    assert_eq!(app.chain.misbehaviour.len(), 2);
    for (index, seeds) in [[1, 2], [3, 4]].into_iter().enumerate() {
        let (height, who, what) = &app.chain.misbehaviour[index];
        assert_eq!((*height, *who), (1, address));
        for seed in seeds {
            assert!(what.contains(&key.sign(&[seed]).to_string()), "{what}");
            assert!(
                what.contains(&block_ref(seed).header_hash.to_string()),
                "{what}"
            );
        }
    }
}
