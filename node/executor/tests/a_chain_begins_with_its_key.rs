//! Genesis with the transcript of a ceremony: the group is there at height 0, or the chain does not begin.

use std::collections::BTreeMap;
use std::sync::Arc;

use yilian_abi::records;
use yilian_ceremony::{Message, Setting, Signed, Transcript, parameters_of};
use yilian_chain_spec::{CeremonyFile, ChainSpec, presets};
use yilian_crypto::{Digest, PublicKey, SecretKey};
use yilian_executor::{CommittedBlock, Executor, GenesisError, GenesisFile, genesis};
use yilian_release_holder::{Holder, Secret};
use yilian_release_records::{
    Deal, Fault, Group, Phase, ceremony_key, fault_key, group_key, message_key, sealing_key,
};

fn key(name: &str) -> SecretKey {
    SecretKey::from_seed(*Digest::sha256(name.as_bytes()).as_bytes())
}

fn spec() -> ChainSpec {
    presets::local(|name| key(name).public_key())
}

fn pairs<T: Clone>(parts: &[Signed<T>]) -> Vec<(PublicKey, T)> {
    let one = |part: &Signed<T>| (part.member, part.message.clone());
    parts.iter().map(one).collect()
}

/// A ceremony of all centres of a specification.
fn held(spec: &ChainSpec) -> Transcript {
    let validators = spec.validators();
    let setting = Setting::of(&spec.chain_id, &validators);
    let ceremony = setting.ceremony(&validators);
    let parameters = parameters_of(&spec.chain_id, &ceremony, None).expect("a ceremony");
    let secret = |name: &str| Secret::from_bytes(*Digest::sha256(name.as_bytes()).as_bytes());
    let centres: Vec<_> = spec
        .centres
        .iter()
        .map(|centre| (key(&centre.name), secret(&centre.name)))
        .collect();
    let holders = centres.iter().map(|(key, secret)| Holder {
        chain_id: &spec.chain_id,
        key,
        secret,
    });
    let holders: Vec<_> = holders.collect();
    let announced: Vec<_> = holders
        .iter()
        .map(|one| signed(&setting, one, one.announce().expect("a key")))
        .collect();
    let keys: BTreeMap<_, _> = announced
        .iter()
        .map(|one| (one.member, one.message.sealing_key.parse().expect("a key")))
        .collect();
    let deal = |one: &Holder<'_>| {
        one.deal(&parameters, &ceremony, &keys, None)
            .expect("deals")
    };
    let deals: Vec<_> = holders
        .iter()
        .map(|one| signed(&setting, one, deal(one)))
        .collect();
    let dealt = pairs(&deals);
    let acknowledge = |one: &Holder<'_>| one.acknowledge(&parameters, 0, &dealt).expect("fits");
    let acks: Vec<_> = holders
        .iter()
        .map(|one| signed(&setting, one, acknowledge(one).message))
        .collect();
    let given = pairs(&acks);
    let log = |one: &Holder<'_>| {
        one.log(&parameters, &ceremony, None, &given)
            .expect("a log")
    };
    let logs = holders
        .iter()
        .map(|one| signed(&setting, one, log(one)))
        .collect();
    Transcript::of(&setting, announced, deals, acks, logs)
}

fn signed<T: Message>(setting: &Setting, holder: &Holder<'_>, message: T) -> Signed<T> {
    Signed::sign(&setting.digest(), message, holder.key)
}

/// Genesis of a specification that names a transcript.
fn begin(transcript: &Transcript, digest: Digest) -> Result<CommittedBlock, GenesisError> {
    let mut spec = spec();
    let file = "ceremony.json".to_owned();
    spec.ceremony = Some(CeremonyFile { file, digest });
    let executor = Executor::new(Arc::new(spec)).expect("an executor");
    genesis(&executor, &mut |named| match named {
        GenesisFile::Ceremony("ceremony.json") => Ok(transcript.to_bytes()),
        other => Err(format!("nobody asked for {other:?}")),
    })
}

/// A value of the state at height 0.
fn at_genesis<T: serde::de::DeserializeOwned>(block: &CommittedBlock, key: &[u8]) -> Option<T> {
    let changes = block.changes();
    let stored = changes.get(key)?.as_ref()?;
    records::from_bytes(&stored.value)
}

#[test]
fn a_right_transcript_gives_a_group_at_height_0() {
    let spec = spec();
    let transcript = held(&spec);
    let block = begin(&transcript, transcript.digest()).expect("begins");
    let group: Group = at_genesis(&block, &group_key()).expect("a group");
    assert_eq!((group.round, group.since, group.threshold), (0, 0, 3));
    assert!(group.revealed.is_empty());
    assert!(at_genesis::<serde_json::Value>(&block, &ceremony_key()).is_none());
    for centre in &spec.centres {
        assert!(group.holders.contains(&centre.key));
        assert!(at_genesis::<String>(&block, &sealing_key(&centre.key)).is_some());
        for phase in [Phase::Deal, Phase::Acknowledge, Phase::Log] {
            let said = at_genesis::<serde_json::Value>(&block, &message_key(0, phase, &centre.key));
            assert!(said.is_some(), "{phase:?} of {}", centre.name);
        }
    }
    let deal: Deal =
        at_genesis(&block, &message_key(0, Phase::Deal, &spec.centres[0].key)).expect("a dealing");
    assert_eq!(deal.shares.len(), 4);
}

#[test]
fn who_was_absent_stands_in_the_state_of_height_0() {
    let absent = spec().centres[2].key;
    let mut transcript = held(&spec());
    transcript.logs.retain(|log| log.member != absent);
    let block = begin(&transcript, transcript.digest()).expect("begins");
    let fault = Fault {
        member: absent,
        round: 0,
        phase: Phase::Log,
        what: "absent".to_owned(),
    };
    assert_eq!(at_genesis(&block, &fault_key(&fault)), Some(fault));
}

#[test]
fn without_a_transcript_the_ceremony_begins_on_the_chain() {
    let executor = Executor::new(Arc::new(spec())).expect("an executor");
    let block = genesis(&executor, &mut |_| Err("no files".to_owned())).expect("begins");
    assert!(at_genesis::<serde_json::Value>(&block, &ceremony_key()).is_some());
    assert!(at_genesis::<Group>(&block, &group_key()).is_none());
}

#[test]
fn a_wrong_transcript_begins_no_chain() {
    let good = held(&spec());
    let refusal = |transcript: &Transcript, digest: Digest| {
        let refused = begin(transcript, digest).map(|_| ()).expect_err("refused");
        refused.to_string()
    };
    let other = refusal(&good, Digest::ZERO);
    assert!(other.contains("the chain specification expects"), "{other}");
    let mut elsewhere = spec();
    elsewhere.chain_id = "elsewhere".to_owned();
    let elsewhere = held(&elsewhere);
    let chain = refusal(&elsewhere, elsewhere.digest());
    assert!(chain.contains("held for chain \"elsewhere\""), "{chain}");
    let mut forged = good.clone();
    forged.deals[1].message.public = forged.deals[0].message.public.clone();
    let name = &spec()
        .centres
        .iter()
        .find(|c| c.key == forged.deals[1].member)
        .expect("one")
        .name
        .clone();
    let forged = refusal(&forged, forged.digest());
    assert!(
        forged.contains(&format!("centre {name}: deal: ")),
        "{forged}"
    );
    let mut few = good;
    few.logs.truncate(2);
    let few = refusal(&few, few.digest());
    assert!(few.contains("2 usable logs: expected at least 3"), "{few}");
}
