//! A chain in memory, and a network of four validators on it.

use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use yilian_consensus::{
    Candidate, Chain, ChainError, EngineConfig, EngineHandle, KeptProposal, Peer, Timing, Verdict,
    start,
};
use yilian_crypto::{Digest, SecretKey};
use yilian_primitives::{Address, BlockRef, CommitCertificate, Height, Validator, ValidatorSet};

pub(crate) const CHAIN_ID: &str = "yilian-toy";
/// How long anything may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// What survives a restart of a node.
#[derive(Default)]
pub(crate) struct Disk {
    pub(crate) decided: Vec<(Vec<u8>, CommitCertificate)>,
    pub(crate) kept: Vec<KeptProposal>,
    pub(crate) built: u32,
    pub(crate) refused: u32,
    pub(crate) synced: u32,
    pub(crate) misbehaviour: Vec<String>,
    pub(crate) has_work: bool,
    /// Proposes blocks that the others must refuse.
    pub(crate) lies: bool,
    /// Forgets the proposals of this height as soon as they were kept, but for those that came by sync.
    pub(crate) loses: Option<Height>,
    /// Finds every block too early or too late.
    pub(crate) wrong_clock: bool,
    /// Whether the clock was asked at the last check.
    clock_asked: bool,
    /// Fails to commit from this height on.
    pub(crate) fails_from: Option<Height>,
    /// Bytes of padding in a block.
    pub(crate) padding: usize,
}

#[derive(Clone)]
pub(crate) struct Toy {
    pub(crate) disk: Arc<Mutex<Disk>>,
    pub(crate) set: ValidatorSet,
}

impl Toy {
    pub(crate) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().expect("no test panics with the lock")
    }

    pub(crate) fn hashes(&self) -> Vec<Digest> {
        let disk = self.disk();
        disk.decided
            .iter()
            .map(|(bytes, _)| Digest::sha256(bytes))
            .collect()
    }
}

/// A block: height (8), parent's hash (32), 1 if it is honest, padding.
fn block_ref(bytes: &[u8]) -> BlockRef {
    BlockRef {
        header_hash: Digest::sha256(bytes),
        log_size: bytes.len() as u64,
        log_root: Digest::sha256_parts(&[b"log", bytes]),
    }
}

impl Disk {
    fn parent(&self) -> Digest {
        let last = self.decided.last();
        last.map_or(Digest::ZERO, |(bytes, _)| Digest::sha256(bytes))
    }

    fn tip(&self) -> Height {
        self.decided.len() as Height
    }

    fn fault(&self, height: Height, bytes: &[u8]) -> Option<&'static str> {
        if bytes.len() < 41 {
            return Some("too short");
        }
        let honest = bytes[..8] == height.to_be_bytes()
            && bytes[8..40] == *self.parent().as_bytes()
            && bytes[40] == 1;
        (!honest).then_some("wrong height or parent, or a lie")
    }
}

impl Chain for Toy {
    fn chain_id(&self) -> String {
        CHAIN_ID.to_owned()
    }

    fn tip(&self) -> Height {
        self.disk().tip()
    }

    fn earliest(&self) -> Height {
        1
    }

    fn validators(&self, height: Height) -> Result<ValidatorSet, ChainError> {
        assert!(height <= self.tip() + 1, "asked for validators of {height}");
        Ok(self.set.clone())
    }

    fn build(&mut self, height: Height, _proposer: Address) -> Result<Candidate, ChainError> {
        let mut disk = self.disk();
        assert_eq!(height, disk.tip() + 1);
        disk.built += 1;
        let mut bytes = height.to_be_bytes().to_vec();
        bytes.extend_from_slice(disk.parent().as_bytes());
        bytes.push(u8::from(!disk.lies));
        bytes.extend_from_slice(&disk.built.to_be_bytes());
        bytes.extend_from_slice(&vec![0xab; disk.padding]);
        let value = block_ref(&bytes);
        Ok(Candidate { value, bytes })
    }

    fn check(
        &mut self,
        height: Height,
        _proposer: Address,
        bytes: &[u8],
        clock: bool,
    ) -> Result<Verdict, ChainError> {
        let mut disk = self.disk();
        assert_eq!(height, disk.tip() + 1);
        disk.synced += u32::from(!clock);
        disk.clock_asked = clock;
        let value = block_ref(bytes);
        let late = (clock && disk.wrong_clock).then_some("too late");
        match disk.fault(height, bytes).or(late) {
            None => Ok(Verdict::Valid(value)),
            Some(reason) => {
                disk.refused += 1;
                let reason = reason.to_owned();
                Ok(Verdict::Refused { value, reason })
            }
        }
    }

    fn keep(&mut self, proposal: &KeptProposal) -> Result<(), ChainError> {
        let mut disk = self.disk();
        if disk.loses == Some(proposal.height) && disk.clock_asked {
            return Ok(());
        }
        let key = |kept: &KeptProposal| (kept.height, kept.round, kept.value);
        disk.kept.retain(|kept| key(kept) != key(proposal));
        disk.kept.push(proposal.clone());
        Ok(())
    }

    fn kept(&self, height: Height, round: u32) -> Result<Vec<KeptProposal>, ChainError> {
        let disk = self.disk();
        let kept = disk.kept.iter();
        let kept = kept.filter(|kept| kept.height == height && kept.round == round);
        Ok(kept.cloned().collect())
    }

    fn kept_value(
        &self,
        height: Height,
        value: &BlockRef,
    ) -> Result<Option<KeptProposal>, ChainError> {
        let disk = self.disk();
        let kept = disk.kept.iter();
        let mut kept: Vec<_> = kept
            .filter(|kept| kept.height == height && kept.value == *value)
            .collect();
        kept.sort_by_key(|kept| !kept.valid);
        Ok(kept.first().map(|kept| (*kept).clone()))
    }

    fn commit(&mut self, certificate: CommitCertificate, bytes: &[u8]) -> Result<(), ChainError> {
        let mut disk = self.disk();
        if disk
            .fails_from
            .is_some_and(|from| certificate.height >= from)
        {
            return Err(ChainError::new("the disk is full"));
        }
        assert_eq!(certificate.height, disk.tip() + 1);
        assert_eq!(certificate.block, block_ref(bytes));
        assert_eq!(disk.fault(certificate.height, bytes), None);
        certificate
            .verify(CHAIN_ID, &self.set)
            .expect("a certificate");
        let height = certificate.height;
        disk.decided.push((bytes.to_vec(), certificate));
        disk.kept.retain(|kept| kept.height > height);
        Ok(())
    }

    fn decided(&self, height: Height) -> Result<Option<(Vec<u8>, CommitCertificate)>, ChainError> {
        let index = usize::try_from(height - 1).expect("a small height");
        Ok(self.disk().decided.get(index).cloned())
    }

    fn has_work(&self) -> bool {
        self.disk().has_work
    }

    fn misbehaviour(&mut self, height: Height, address: Address, what: &str) {
        let what = format!("{address} at {height}: {what}");
        self.disk().misbehaviour.push(what);
    }
}

/// One validator.
pub(crate) struct Node {
    pub(crate) toy: Toy,
    pub(crate) config: EngineConfig,
    pub(crate) handle: Option<EngineHandle>,
}

impl Node {
    pub(crate) async fn start(&mut self) {
        let started = start(self.config.clone(), self.toy.clone()).await;
        self.handle = Some(started.expect("the engine starts"));
    }

    pub(crate) async fn stop(&mut self) {
        let handle = self.handle.take().expect("it runs");
        tokio::time::timeout(PATIENCE, handle.stop())
            .await
            .expect("it stops");
    }

    pub(crate) fn tip(&self) -> Height {
        self.toy.tip()
    }
}

/// Quick rounds and blocks whenever possible.
pub(crate) fn quick() -> Timing {
    Timing {
        propose: Duration::from_millis(1_500),
        prevote: Duration::from_millis(500),
        precommit: Duration::from_millis(500),
        delta: Duration::from_millis(500),
        block_interval: Duration::from_millis(20),
        idle_interval: Duration::from_millis(10_000),
    }
}

/// Four validators that do not run yet.
pub(crate) fn network(home: &Path, timing: Timing) -> Vec<Node> {
    let keys: Vec<_> = (1u8..=4)
        .map(|seed| SecretKey::from_seed([seed; 32]))
        .collect();
    let listeners: Vec<_> = keys
        .iter()
        .map(|_| TcpListener::bind("127.0.0.1:0").expect("a port"))
        .collect();
    let peers: Vec<_> = keys
        .iter()
        .zip(&listeners)
        .enumerate()
        .map(|(index, (key, listener))| Peer {
            name: format!("centre-{index}"),
            public_key: key.public_key(),
            address: format!(
                "/ip4/127.0.0.1/tcp/{}",
                listener.local_addr().expect("bound").port()
            ),
        })
        .collect();
    let validators = peers.iter().map(|peer| Validator {
        name: peer.name.clone(),
        public_key: peer.public_key,
        power: 1,
    });
    let set = ValidatorSet::new(validators.collect()).expect("a set");
    let node = |(index, key): (usize, &SecretKey)| Node {
        toy: Toy {
            disk: Arc::new(Mutex::new(Disk {
                has_work: true,
                ..Disk::default()
            })),
            set: set.clone(),
        },
        config: EngineConfig {
            moniker: peers[index].name.clone(),
            secret_key: key.clone(),
            signs: true,
            listen: peers[index].address.clone(),
            peers: peers
                .iter()
                .filter(|peer| peer.public_key != key.public_key())
                .cloned()
                .collect(),
            home: home.join(&peers[index].name),
            timing,
            block_bytes_max: 4 << 20,
            wake: Arc::new(Notify::new()),
        },
        handle: None,
    };
    keys.iter().enumerate().map(node).collect()
}

/// Waits until every node has this height.
pub(crate) async fn reach(nodes: &[&Node], height: Height) {
    let begin = Instant::now();
    while nodes.iter().any(|node| node.tip() < height) {
        let tips: Vec<_> = nodes.iter().map(|node| node.tip()).collect();
        assert!(
            begin.elapsed() < PATIENCE,
            "height {height} not reached: {tips:?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// One prefix on all nodes, and nobody was seen to sign two things for one step.
pub(crate) fn agree(nodes: &[Node]) {
    let all: Vec<_> = nodes.iter().map(|node| node.toy.hashes()).collect();
    let longest = all.iter().max_by_key(|hashes| hashes.len()).expect("nodes");
    for node in nodes {
        assert_eq!(node.toy.disk().misbehaviour, Vec::<String>::new());
    }
    for hashes in &all {
        assert_eq!(hashes[..], longest[..hashes.len()]);
    }
}
