//! Validators that hold ceremonies and release, each in its own time.

mod chain;
mod changes;

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use yilian_chain_spec::ChainSpec;
use yilian_crypto::{Digest, PublicKey, SecretKey};
use yilian_executor::release::{StateView, View, parameters_of};
use yilian_executor::{Draft, Execution, Executor, ParentState, StateError, StoredValue, genesis};
use yilian_merkle::state::StateProof;
use yilian_primitives::{
    Address, Cause, Envelope, Height, Outcome, TransactionPayload, VerifiedTransaction,
};
use yilian_release_records::{Acknowledge, Ceremony, Deal, Group, Log, Phase, method};
use yilian_seal::OpeningKey;
use yilian_storage::Store;
use yilian_threshold::{Outcome as Key, Received, Share};

use crate::certify::certificate;
pub(crate) use chain::IDENTITY;
use chain::{CLIENT, GOVERNANCE, ledger, secret, spec};

/// More than any test has.
const MEMBERS_MAX: usize = 16;

/// What became of a block's calls, the parent header's leaf aside.
pub(crate) struct Ran(Vec<Execution>);

impl Ran {
    pub(crate) fn outcomes(&self) -> Vec<Outcome> {
        let receipts = self.0.iter().map(|one| &one.receipt);
        receipts.map(|receipt| receipt.outcome.clone()).collect()
    }

    /// The calls that the chain made because their time had come: ledger and name.
    pub(crate) fn scheduled(&self) -> Vec<(&str, &str)> {
        let receipts = self.0.iter().map(|one| &one.receipt);
        let made = receipts.filter_map(|receipt| match &receipt.cause {
            Cause::Schedule(name) => Some((receipt.contract.as_str(), name.as_str())),
            Cause::Transaction(_) | Cause::Release(_) => None,
        });
        made.collect()
    }

    pub(crate) fn methods(&self) -> Vec<&str> {
        self.0.iter().map(|one| &*one.receipt.method).collect()
    }
}

fn outcome_of(group: &Group) -> Key {
    let bytes = STANDARD.decode(&group.outcome).expect("base64");
    Key::from_bytes(&bytes).expect("an outcome")
}

pub(crate) struct Committee {
    count: Cell<usize>,
    executor: Executor,
    store: Store,
    silent: RefCell<Vec<usize>>,
    /// Validators that neither propose nor sign.
    dead: RefCell<Vec<Address>>,
    number: Cell<u64>,
    /// How much later than usual the next block is, in ms.
    pub(super) pause: Cell<u64>,
    folder: tempfile::TempDir,
}

impl Committee {
    /// A chain of some of the local centres, at genesis.
    pub(crate) fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let executor = Executor::new(Arc::new(spec(count))).expect("an executor");
        let digest = executor.spec().digest();
        let store = Store::open(folder.path(), &digest, None).expect("opens");
        let block = genesis(&executor, &mut |_| Ok(ledger())).expect("genesis");
        store.commit(&block).expect("commits");
        Committee {
            count: Cell::new(count),
            executor,
            store,
            silent: RefCell::default(),
            dead: RefCell::default(),
            number: Cell::new(0),
            pause: Cell::new(0),
            folder,
        }
    }

    pub(crate) fn key(&self, member: usize) -> PublicKey {
        secret(member).public_key()
    }

    /// The member does nothing from now on.
    pub(crate) fn silence(&self, member: usize) {
        self.silent.borrow_mut().push(member);
    }

    pub(crate) fn wake(&self, member: usize) {
        self.silent.borrow_mut().retain(|one| *one != member);
    }

    pub(crate) fn height(&self) -> Height {
        self.store.tip().expect("tip").header().height
    }

    pub(crate) fn view<T>(&self, look: impl FnOnce(&mut dyn View) -> Result<T, StateError>) -> T {
        let state = self.store.tip().expect("tip").open().expect("opens");
        let state: Arc<dyn yilian_executor::ParentState> = state;
        look(&mut StateView(state.as_ref())).expect("reads")
    }

    /// What the ledger was told.
    pub(crate) fn told(&self) -> Vec<u8> {
        let key = yilian_abi::state_key::of("asker", b"told");
        self.view(|view| view.get(&key)).expect("it was called")
    }

    /// The state at the tip.
    pub(crate) fn state(&self) -> Arc<dyn ParentState> {
        self.store.tip().expect("tip").open().expect("opens")
    }

    /// What a view of the test ledger says of a state.
    pub(crate) fn query(&self, state: Arc<dyn ParentState>, method: &str) -> Vec<u8> {
        let answer = self.executor.query(state, "asker", method, b"{}".to_vec());
        answer.expect("an answer").result
    }

    /// Value and proof of a state key at the tip.
    pub(crate) fn prove(
        &self,
        key: &[u8],
    ) -> Result<(Option<StoredValue>, StateProof), StateError> {
        self.store.tip().expect("tip").prove(key)
    }

    fn signed(
        &self,
        key: &SecretKey,
        contract: &str,
        method: &str,
        args: Value,
    ) -> VerifiedTransaction {
        self.number.set(self.number.get() + 1);
        let payload = TransactionPayload {
            chain_id: self.executor.spec().chain_id.clone(),
            sender: key.public_key(),
            contract: contract.to_owned(),
            method: method.to_owned(),
            args,
            fuel_limit: 20_000_000,
            valid_until_ms: self.store.tip().expect("tip").header().time_ms
                + self.pause.get()
                + 60_000,
            nonce: format!("{:032x}", self.number.get()),
        };
        Envelope::sign(&payload, key).verify().expect("signed")
    }

    /// What a validator says of releases.
    pub(crate) fn said(&self, member: usize, method: &str, args: Value) -> VerifiedTransaction {
        self.signed(&secret(member), "system", method, args)
    }

    /// A call of `system` by an organisation.
    pub(crate) fn called(&self, method: &str, args: Value) -> VerifiedTransaction {
        self.signed(&SecretKey::from_seed([CLIENT; 32]), "system", method, args)
    }

    /// Governance deploys the test ledger under another name.
    pub(crate) fn deploys(&self, name: &str) -> VerifiedTransaction {
        let governance = SecretKey::from_seed([GOVERNANCE; 32]);
        let wasm = STANDARD.encode(ledger());
        let args = json!({"name": name, "kind": "ledger", "wasm": wasm});
        self.signed(&governance, "system", "deploy", args)
    }

    /// Folder of the database.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Opens a copy of the database.
    pub(crate) fn reopened(&self, copy: &Path) -> Store {
        let digest = self.executor.spec().digest();
        Store::open(copy, &digest, None).expect("a whole block or none")
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn spec(&self) -> &ChainSpec {
        self.executor.spec()
    }

    /// The same validators on another database of their chain.
    pub(crate) fn on(&self, store: Store, folder: tempfile::TempDir) -> Committee {
        Committee {
            count: self.count.clone(),
            executor: self.executor.clone(),
            store,
            silent: self.silent.clone(),
            dead: self.dead.clone(),
            number: self.number.clone(),
            pause: self.pause.clone(),
            folder,
        }
    }

    /// Hash of the header of a height.
    pub(crate) fn header(&self, height: Height) -> Digest {
        let header = self.store.header(height).expect("reads");
        header.expect("a header").hash()
    }

    /// Governance has the key shared anew.
    pub(crate) fn governance_reshares(&self) -> VerifiedTransaction {
        let governance = SecretKey::from_seed([GOVERNANCE; 32]);
        self.signed(&governance, "system", method::RESHARE, json!({}))
    }

    /// The key is shared anew, and everybody takes part.
    pub(crate) fn reshare(&self) {
        let call = self.governance_reshares();
        assert_eq!(self.block(vec![call]).outcomes(), [Outcome::Ok]);
        for _ in 0..100 {
            if self.view(|view| view.ceremony()).is_none() {
                return;
            }
            self.step();
        }
        panic!("the resharing does not end");
    }

    /// What the shares that are held now make of an identity, without the chain.
    pub(crate) fn release_of_shares(&self, identity: &str) -> String {
        let shares: Vec<_> = (0..self.count.get())
            .map(|member| self.share(member))
            .collect();
        let outcome = &shares[0].1;
        let sign = |share: &Share| share.sign("yilian-local", outcome.key(), identity);
        let parts: Vec<_> = shares
            .iter()
            .map(|(share, _)| sign(share).expect("signs"))
            .collect();
        let whole = outcome.recover("yilian-local", identity, &parts);
        whole.expect("recovers").to_string()
    }

    /// The ledger is asked to ask.
    pub(crate) fn request(&self) -> VerifiedTransaction {
        let key = SecretKey::from_seed([CLIENT; 32]);
        self.signed(&key, "asker", "ask", json!({}))
    }

    /// A call of one of the test ledgers by an organisation.
    pub(crate) fn asked(&self, ledger: &str, method: &str) -> VerifiedTransaction {
        self.signed(
            &SecretKey::from_seed([CLIENT; 32]),
            ledger,
            method,
            json!({}),
        )
    }

    /// Whether a block should be made without transactions.
    pub(crate) fn has_own_work(&self) -> bool {
        let state = self.store.tip().expect("tip").open().expect("opens");
        let state: Arc<dyn yilian_executor::ParentState> = state;
        let now = state.header().time_ms;
        self.executor.has_own_work(&state, now).expect("reads")
    }

    pub(crate) fn ask(&self) {
        assert_eq!(self.block(vec![self.request()]).outcomes(), [Outcome::Ok]);
    }

    /// Whether the border refuses a transaction now.
    pub(crate) fn refused(&self, transaction: &VerifiedTransaction) -> bool {
        let state = self.store.tip().expect("tip").open().expect("opens");
        let state: Arc<dyn yilian_executor::ParentState> = state;
        let now = state.header().time_ms;
        let judged = self.executor.admit(&state, transaction, now);
        judged.expect("reads").is_err()
    }

    /// Decides a block; every validator computes the same.
    pub(crate) fn block(&self, transactions: Vec<VerifiedTransaction>) -> Ran {
        let tip = self.store.tip().expect("tip");
        let set = tip.next_validators().clone();
        let draft = Draft {
            time_ms: tip.header().time_ms + 500 + self.pause.take(),
            proposer: self.proposer(&set),
            parent_certificate: self.store.certificate(tip.header().height).expect("reads"),
            transactions,
        };
        let state = || tip.open().expect("opens");
        let built = self
            .executor
            .build(state(), draft, &|| true)
            .expect("builds");
        let again = self.executor.execute(state(), built.block().clone());
        again.expect("the same on every node");
        let keys: Vec<_> = (0..MEMBERS_MAX).map(secret).collect();
        let mut certificate = certificate(&built.block().header, &set, &keys);
        let dead = self.dead.borrow();
        certificate
            .signatures
            .retain(|(one, _)| !dead.contains(one));
        let committed = built.commit(certificate, &set).expect("a quorum");
        self.store.commit(&committed).expect("commits");
        Ran(committed.executions().to_vec())
    }

    /// Blocks until there is a key.
    pub(crate) fn hold_ceremony(&self) {
        for _ in 0..200 {
            if self.view(|view| view.group()).is_some() {
                return;
            }
            self.step();
        }
        panic!("no key after 200 blocks");
    }

    /// One block with what everybody who is not silent has to say in a ceremony.
    pub(crate) fn step(&self) -> Ran {
        let Some(ceremony) = self.view(|view| view.ceremony()) else {
            return self.block(Vec::new());
        };
        let silent = self.silent.borrow().clone();
        let mut said = Vec::new();
        for member in (0..self.count.get()).filter(|member| !silent.contains(member)) {
            said.extend(self.word(member, &ceremony));
        }
        let wanted: Vec<_> = said.into_iter().filter(|one| !self.refused(one)).collect();
        self.block(wanted)
    }

    fn word(&self, member: usize, ceremony: &Ceremony) -> Option<VerifiedTransaction> {
        let (key, round) = (secret(member), ceremony.round);
        let takers = match ceremony.phase {
            Phase::Announce | Phase::Acknowledge => &ceremony.members,
            Phase::Deal | Phase::Log => &ceremony.dealers,
        };
        takers.contains(&key.public_key()).then_some(())?;
        let group = self.view(|view| view.group()).filter(|_| ceremony.reshare);
        let holds = |group: &Group| group.holders.contains(&key.public_key());
        let held = group.as_ref().filter(|group| holds(group));
        let held = held.map(|_| self.share(member).0);
        let (share, kept) = (held.as_ref(), group.as_ref().map(outcome_of));
        let kept = kept.as_ref();
        let parameters = parameters_of("yilian-local", ceremony, kept).expect("a ceremony");
        let mut dealing_secret = [u8::try_from(member).expect("few") ^ 0x5a; 32];
        dealing_secret[0] = u8::try_from(round).expect("few");
        match ceremony.phase {
            Phase::Announce => {
                let me = key.public_key();
                let known = self.view(|view| view.sealing_key(&me)).is_some();
                let own = OpeningKey::derive(&key.seed())
                    .sealing_key()
                    .expect("a key");
                let args = json!({"sealing_key": own});
                (!known).then(|| self.said(member, method::ANNOUNCE, args))
            }
            Phase::Deal => {
                let dealing = parameters
                    .deal(&key, &dealing_secret, share)
                    .expect("deals");
                // Members of a test trust one another with their shares.
                let shares = dealing.shares.iter().map(|(to, share)| {
                    let padded = [share.as_slice(), &[0; 48]].concat();
                    json!({"to": to, "sealed": STANDARD.encode(padded)})
                });
                let shares: Vec<Value> = shares.collect();
                let public = STANDARD.encode(&dealing.public);
                let args = json!({"round": round, "public": public, "shares": shares});
                Some(self.said(member, method::DEAL, args))
            }
            Phase::Acknowledge => {
                let acks: Vec<Value> = self
                    .received(member, round)
                    .iter()
                    .map(|one| {
                        let ack = parameters.acknowledge(&key, one).expect("fits");
                        json!({"dealer": one.dealer, "ack": STANDARD.encode(ack)})
                    })
                    .collect();
                let args = json!({"round": round, "acks": acks});
                Some(self.said(member, method::ACKNOWLEDGE, args))
            }
            Phase::Log => {
                let given =
                    self.view(|view| view.messages::<Acknowledge>(round, Phase::Acknowledge));
                let me = key.public_key();
                let mut acks = Vec::new();
                for (player, given) in given {
                    let mine = given.acks.iter().find(|ack| ack.dealer == me);
                    acks.extend(
                        mine.map(|ack| (player, STANDARD.decode(&ack.ack).expect("base64"))),
                    );
                }
                let log = parameters
                    .log(&key, &dealing_secret, share, &acks)
                    .expect("a log");
                let args = json!({"round": round, "log": STANDARD.encode(log)});
                Some(self.said(member, method::LOG, args))
            }
        }
    }

    fn received(&self, member: usize, round: u64) -> Vec<Received> {
        let me = secret(member).public_key();
        let deals = self.view(|view| view.messages::<Deal>(round, Phase::Deal));
        let open = |(dealer, deal): (PublicKey, Deal)| {
            let mine = deal
                .shares
                .iter()
                .find(|share| share.to == me)
                .expect("a share");
            Received {
                dealer,
                public: STANDARD.decode(&deal.public).expect("base64"),
                share: STANDARD.decode(&mine.sealed).expect("base64")[..32].to_vec(),
            }
        };
        deals.into_iter().map(open).collect()
    }

    fn share(&self, member: usize) -> (Share, Key) {
        let group = self.view(|view| view.group()).expect("a group");
        let outcome = outcome_of(&group);
        let members = &group.holders;
        let previous = group.previous.as_ref().map(|text| {
            let bytes = STANDARD.decode(text).expect("base64");
            Key::from_bytes(&bytes).expect("an outcome")
        });
        let dealers = previous.as_ref().map_or(members.as_slice(), Key::holders);
        let parameters = yilian_threshold::Ceremony::new(
            "yilian-local",
            group.round,
            previous.as_ref(),
            dealers,
            members,
        );
        let logs = self.view(|view| view.messages::<Log>(group.round, Phase::Log));
        let logs = logs
            .iter()
            .map(|(_, log)| STANDARD.decode(&log.log).expect("base64"));
        let logs: Vec<_> = logs.collect();
        let received = self.received(member, group.round);
        let share = parameters
            .expect("a ceremony")
            .share(&secret(member), &received, &logs);
        (share.expect("a share"), outcome)
    }

    pub(crate) fn partial_args(&self, member: usize) -> Value {
        let (share, outcome) = self.share(member);
        let signed = share
            .sign("yilian-local", outcome.key(), IDENTITY)
            .expect("signs");
        let group = self.view(|view| view.group()).expect("a group");
        json!({"identity": IDENTITY, "round": group.round, "index": signed.index,
               "signature": signed.signature})
    }

    /// A member's part of the release.
    pub(crate) fn part(&self, member: usize) -> VerifiedTransaction {
        self.said(member, method::PARTIAL, self.partial_args(member))
    }
}
