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
use yilian_primitives::{
    Address, BlockRef, CommitCertificate, Height, Validator, ValidatorSet,
};

pub const CHAIN_ID: &str = "yilian-toy";
/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// What survives a restart of a node.
#[derive(Default)]
pub struct Disk {
    pub decided: Vec<(Vec<u8>, CommitCertificate)>,
    pub kept: Vec<KeptProposal>,
    pub built: u32,
    pub refused: u32,
    pub synced: u32,
    pub has_work: bool,
    /// Proposes blocks that the others must refuse.
    pub lies: bool,
    /// Fails to commit from this height on.
    pub fails_from: Option<Height>,
    /// Bytes of padding in a block.
    pub padding: usize,
}

#[derive(Clone)]
pub struct Toy {
    pub disk: Arc<Mutex<Disk>>,
    pub set: ValidatorSet,
}

impl Toy {
    pub fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().expect("no test panics with the lock")
    }

    pub fn hashes(&self) -> Vec<Digest> {
        let disk = self.disk();
        disk.decided.iter().map(|(bytes, _)| Digest::sha256(bytes)).collect()
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
        let value = block_ref(bytes);
        match disk.fault(height, bytes) {
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
        if disk.fails_from.is_some_and(|from| certificate.height >= from) {
            return Err(ChainError::new("the disk is full"));
        }
        assert_eq!(certificate.height, disk.tip() + 1);
        assert_eq!(certificate.block, block_ref(bytes));
        assert_eq!(disk.fault(certificate.height, bytes), None);
        certificate.verify(CHAIN_ID, &self.set).expect("a certificate");
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
        panic!("nobody misbehaves here, but {address} at {height}: {what}");
    }
}

/// One validator.
pub struct Node {
    pub toy: Toy,
    pub config: EngineConfig,
    pub handle: Option<EngineHandle>,
}

impl Node {
    pub async fn start(&mut self) {
        let started = start(self.config.clone(), self.toy.clone()).await;
        self.handle = Some(started.expect("the engine starts"));
    }

    pub async fn stop(&mut self) {
        let handle = self.handle.take().expect("it runs");
        tokio::time::timeout(PATIENCE, handle.stop()).await.expect("it stops");
    }

    pub fn tip(&self) -> Height {
        self.toy.tip()
    }
}

/// Quick rounds and blocks whenever possible.
pub fn quick() -> Timing {
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
pub fn network(home: &Path, timing: Timing) -> Vec<Node> {
    let keys: Vec<_> = (1u8..=4).map(|seed| SecretKey::from_seed([seed; 32])).collect();
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
            address: format!("/ip4/127.0.0.1/tcp/{}", listener.local_addr().expect("bound").port()),
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
            disk: Arc::new(Mutex::new(Disk { has_work: true, ..Disk::default() })),
            set: set.clone(),
        },
        config: EngineConfig {
            moniker: peers[index].name.clone(),
            secret_key: key.clone(),
            listen: peers[index].address.clone(),
            peers: peers.iter().filter(|peer| peer.public_key != key.public_key()).cloned().collect(),
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
pub async fn reach(nodes: &[&Node], height: Height) {
    let begin = Instant::now();
    while nodes.iter().any(|node| node.tip() < height) {
        let tips: Vec<_> = nodes.iter().map(|node| node.tip()).collect();
        assert!(begin.elapsed() < PATIENCE, "height {height} not reached: {tips:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// One prefix on all nodes.
pub fn agree(nodes: &[Node]) {
    let all: Vec<_> = nodes.iter().map(|node| node.toy.hashes()).collect();
    let longest = all.iter().max_by_key(|hashes| hashes.len()).expect("nodes");
    for hashes in &all {
        assert_eq!(hashes[..], longest[..hashes.len()]);
    }
}
