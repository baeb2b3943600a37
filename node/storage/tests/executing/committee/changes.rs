//! Centres that come, go and change their keys.

use serde_json::{Value, json};
use yilian_chain_records::membership::{Membership, method as change};
use yilian_executor::membership::membership;
use yilian_primitives::{Address, Outcome, ValidatorSet, VerifiedTransaction};
use yilian_release_records::method;
use yilian_seal::OpeningKey;

use super::Committee;
use super::chain::{people, secret};

impl Committee {
    /// The next proposer that is not dead, in the turn of heights.
    pub(super) fn proposer(&self, set: &ValidatorSet) -> Address {
        let turn = usize::try_from(self.height()).expect("few");
        let order = (0..set.len()).map(|place| (turn + place) % set.len());
        let mut addresses = order
            .filter_map(|place| set.at(place))
            .map(|one| one.address());
        let dead = self.dead.borrow();
        addresses.find(|one| !dead.contains(one)).expect("somebody")
    }

    /// The member's validator neither proposes nor signs from now on.
    pub(crate) fn kill(&self, member: usize) {
        self.silence(member);
        let address = Address::of(&secret(member).public_key());
        self.dead.borrow_mut().push(address);
    }

    pub(crate) fn membership(&self) -> Membership {
        self.view(|view| membership(view))
    }

    /// Names of the centres whose validators decide the next block.
    pub(crate) fn deciders(&self) -> Vec<String> {
        let tip = self.store.tip().expect("tip");
        let mut names: Vec<_> = tip
            .next_validators()
            .iter()
            .map(|one| one.name.clone())
            .collect();
        names.sort();
        names
    }

    fn by_people(&self, centre: usize, method: &str, args: Value) -> VerifiedTransaction {
        self.signed(&people(centre), "system", method, args)
    }

    /// The people of a centre propose something.
    pub(crate) fn proposes(&self, centre: usize, what: &Value) -> VerifiedTransaction {
        self.by_people(centre, change::PROPOSE, json!({"change": what}))
    }

    pub(crate) fn approves(&self, centre: usize, proposal: u64) -> VerifiedTransaction {
        self.by_people(centre, change::APPROVE, json!({"proposal": proposal}))
    }

    pub(crate) fn withdraws(&self, centre: usize, proposal: u64) -> VerifiedTransaction {
        self.by_people(centre, change::WITHDRAW, json!({"proposal": proposal}))
    }

    /// A candidate's node says that it runs.
    pub(crate) fn is_ready(&self, member: usize) -> VerifiedTransaction {
        let opening = OpeningKey::derive(&secret(member).seed());
        let sealing = opening.sealing_key().expect("a key");
        self.said(member, method::READY, json!({"sealing_key": sealing}))
    }

    /// The centre that a member would run.
    pub(crate) fn centre(&self, member: usize) -> Value {
        let organisation = &self.executor.spec().centres[member % 3].organisation;
        json!({"admit": {
            "name": format!("centre-{member}"), "zh": "新中心", "en": "New centre", "division": "620100",
            "organisation": organisation, "key": secret(member).public_key(), "power": 1,
            "p2p": format!("/ip4/127.0.0.1/tcp/{}", 9_000 + member),
            "mempool": format!("/ip4/127.0.0.1/tcp/{}", 9_100 + member),
        }})
    }

    /// Makes a change that the people of the first three centres approve.
    pub(crate) fn decide(&self, what: &Value) {
        let ran = self.block(vec![self.proposes(0, what)]);
        assert_eq!(ran.outcomes(), [Outcome::Ok], "{what}");
        let number = self.membership().proposals;
        let ran = self.block(vec![self.approves(1, number), self.approves(2, number)]);
        assert_eq!(ran.outcomes(), [Outcome::Ok, Outcome::Ok], "{what}");
    }

    /// The next member joins.
    pub(crate) fn join(&self) {
        let member = self.count.get();
        self.decide(&self.centre(member));
        let ran = self.block(vec![self.is_ready(member)]);
        assert_eq!(ran.outcomes(), [Outcome::Ok]);
        self.count.set(member + 1);
    }

    /// The next block comes so much later, in ms.
    pub(crate) fn pass(&self, ms: u64) {
        self.pause.set(ms);
    }

    /// Until no ceremony runs.
    pub(crate) fn settle(&self) {
        for _ in 0..300 {
            if self.view(|view| view.ceremony()).is_none() {
                return;
            }
            self.step();
        }
        panic!("the ceremony does not end");
    }
}
