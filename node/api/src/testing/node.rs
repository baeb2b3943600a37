//! A chain in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json as value};
use tokio::sync::broadcast;
use yilian_acknowledgement::Acknowledgement;
use yilian_crypto::{Digest, SecretKey};
use yilian_primitives::{
    Address, Cause, CommitCertificate, Commitment, Envelope, Event, Header, Height, Outcome,
    Receipt, Refusal, RefusalCode, RuleCallTrace, TimestampMs, Trace, TransactionPayload, TxId,
    Validator, ValidatorSet, VerifiedTransaction, cbor::Cbor, json,
};
use yilian_verify::Question;

use crate::backend::{
    Acknowledged, Backend, BlockRecord, Consistency, Contract, ContractRefusal, EventRecord,
    Evidence, Execution, Fault, HeaderRecord, Inclusion, PoolStatus, QueryError, QueryResult,
    ReleaseStatus, StateProofRecord, Status, Submitted, Tile, TransactionRecord, Waiter, Waiters,
};

pub(crate) const CHAIN: &str = "yilian-test";

pub(crate) fn key() -> SecretKey {
    SecretKey::from_seed([1; 32])
}

pub(crate) fn envelope(number: u64) -> Envelope {
    let sender = key().public_key();
    let json = format!(
        r#"{{"chain_id":"{CHAIN}","sender":"{sender}","contract":"tender","method":"register",
            "args":{{"名称":"道路"}},"fuel_limit":1,"valid_until_ms":9,"nonce":"{number:032x}"}}"#
    );
    let payload = TransactionPayload::from_json(json.as_bytes()).expect("a payload");
    Envelope::sign(&payload, &key())
}

pub(crate) fn transaction(number: u64) -> VerifiedTransaction {
    envelope(number).verify().expect("verifies")
}

fn digest(byte: u8) -> Digest {
    Digest::from_bytes([byte; 32])
}

fn receipt(height: Height, id: TxId) -> Receipt {
    let none = Commitment {
        count: 0,
        root: digest(0),
    };
    Receipt {
        height,
        index: 0,
        time_ms: height * 1_000,
        cause: Cause::Transaction(id),
        caller: key().public_key().to_string(),
        organisation: "916201000000000000".to_owned(),
        contract: "tender".to_owned(),
        method: "register".to_owned(),
        code_hash: digest(1),
        args: digest(2),
        outcome: Outcome::Ok,
        result: digest(3),
        rule_calls: Vec::new(),
        reads: none,
        writes: none,
        events: Commitment {
            count: 2,
            root: digest(4),
        },
        fuel_used: 7,
    }
}

/// What the fake node knows. Each commit makes one block of one transaction with two events.
#[derive(Default)]
struct Chain {
    waiting: BTreeMap<TxId, VerifiedTransaction>,
    executed: BTreeMap<TxId, (VerifiedTransaction, Receipt)>,
    blocks: Vec<(Header, Vec<TxId>)>,
    bodies_from: Height,
}

pub(crate) struct FakeNode {
    chain: Mutex<Chain>,
    heights: broadcast::Sender<Height>,
    waiters: Waiters,
    pub(crate) broken: Mutex<bool>,
}

impl FakeNode {
    pub(crate) fn new() -> Self {
        let node = FakeNode {
            chain: Mutex::default(),
            heights: broadcast::channel(16).0,
            waiters: Waiters::default(),
            broken: Mutex::new(false),
        };
        node.commit(&[]);
        node
    }

    /// Commits waiting transactions; gives the height. The first block is genesis.
    pub(crate) fn commit(&self, ids: &[TxId]) -> Height {
        let mut chain = self.chain.lock().expect("chain");
        let height = chain.blocks.len() as Height;
        let header = Header {
            chain_id: CHAIN.to_owned(),
            chain_spec: digest(9),
            height,
            time_ms: height * 1_000,
            proposer: Address::NONE,
            parent_hash: digest(0),
            parent_commit_hash: digest(0),
            transaction_count: ids.len() as u64,
            transactions_root: digest(5),
            log_size: height * 2 + 1,
            log_root: digest(6),
            state_root: digest(7),
            validators_hash: digest(8),
            next_validators_hash: digest(8),
            parameters_hash: digest(8),
            execution_engine: "wasmtime-48/1".to_owned(),
        };
        for id in ids {
            let tx = chain.waiting.remove(id).expect("it waits");
            chain.executed.insert(*id, (tx, receipt(height, *id)));
        }
        chain.blocks.push((header, ids.to_vec()));
        drop(chain);
        self.waiters.executed(ids);
        let _ = self.heights.send(height);
        height
    }

    /// Forgets bodies below a height.
    pub(crate) fn forget_bodies(&self, from: Height) {
        self.chain.lock().expect("chain").bodies_from = from;
    }

    /// Submits and commits a transaction.
    pub(crate) fn execute(&self, number: u64) -> TxId {
        let id = self.submit(envelope(number)).expect("accepted").id;
        self.commit(&[id]);
        id
    }

    fn header_at(&self, height: Height) -> Option<Header> {
        let chain = self.chain.lock().expect("chain");
        chain
            .blocks
            .get(height as usize)
            .map(|(header, _)| header.clone())
    }

    fn certificate(&self, header: &Header) -> Option<CommitCertificate> {
        (header.height > 0).then(|| CommitCertificate {
            height: header.height,
            round: 0,
            block: header.block_ref(),
            signatures: vec![(Address::of(&key().public_key()), key().sign(b"precommit"))],
        })
    }
}

fn validators() -> ValidatorSet {
    let validator = Validator {
        name: "lanzhou".to_owned(),
        public_key: key().public_key(),
        power: 1,
    };
    ValidatorSet::new(vec![validator]).expect("a set")
}

impl Backend for FakeNode {
    fn status(&self) -> Result<Status, Fault> {
        if *self.broken.lock().expect("flag") {
            return Err(Fault::new("/var/lib/yilian/db: checksum mismatch"));
        }
        let header = self.header_at(self.tip()).expect("the tip");
        Ok(Status {
            chain_id: CHAIN.to_owned(),
            height: header.height,
            time_ms: header.time_ms,
            header_hash: header.hash(),
            log_size: header.log_size,
            log_root: header.log_root,
            state_root: header.state_root,
            validators: 4,
            peers: 3,
            syncing: false,
            version: "0.1.0".to_owned(),
            releases: ReleaseStatus::default(),
            restored: false,
            bodies_from: 0,
            production: false,
            pool: PoolStatus {
                transactions: 1,
                bytes: 400,
            },
            name: "lanzhou".to_owned(),
        })
    }

    fn network(&self) -> Result<Value, Fault> {
        Ok(value!({ "chain_id": CHAIN, "digest": digest(9) }))
    }

    fn releases(&self) -> Result<Value, Fault> {
        Ok(value!({ "group": null, "waiting": [] }))
    }

    fn validators(&self) -> Result<Value, Fault> {
        Ok(
            value!({ "height": 0, "centres": [], "candidates": [], "former": [], "unseen": {}, "proposals": [] }),
        )
    }

    fn tip(&self) -> Height {
        self.chain.lock().expect("chain").blocks.len() as Height - 1
    }

    fn block(&self, height: Height) -> Result<Option<BlockRecord>, Fault> {
        let chain = self.chain.lock().expect("chain");
        let Some((header, ids)) = chain.blocks.get(height as usize).cloned() else {
            return Ok(None);
        };
        let receipts = ids.iter().map(|id| chain.executed[id].1.clone()).collect();
        drop(chain);
        let certificate = self.certificate(&header);
        Ok(Some(BlockRecord {
            header,
            certificate,
            transactions: ids,
            receipts,
        }))
    }

    fn header(&self, height: Height) -> Result<Option<HeaderRecord>, Fault> {
        Ok(self.header_at(height).map(|header| HeaderRecord {
            certificate: self.certificate(&header),
            header,
            validators: validators(),
        }))
    }

    fn transaction(&self, id: &TxId) -> Result<Option<TransactionRecord>, Fault> {
        let chain = self.chain.lock().expect("chain");
        if let Some(transaction) = chain.waiting.get(id).cloned() {
            return Ok(Some(TransactionRecord {
                transaction,
                execution: None,
            }));
        }
        let from = chain.bodies_from;
        Ok(chain
            .executed
            .get(id)
            .filter(|(_, receipt)| receipt.height >= from)
            .cloned()
            .map(|(transaction, receipt)| {
                let call = RuleCallTrace {
                    code_hash: digest(1),
                    name: "deadline".to_owned(),
                    method: "judge".to_owned(),
                    input: br#"{"deadline_ms":1}"#.to_vec(),
                    output: b"true".to_vec(),
                };
                let trace = Trace {
                    result: br#"{"number":1}"#.to_vec(),
                    rule_calls: vec![call],
                    events: vec![event("registered"), event("closed")],
                    ..Trace::default()
                };
                let log_index = receipt.height * 2;
                TransactionRecord {
                    transaction,
                    execution: Some(Execution {
                        log_index,
                        receipt,
                        trace,
                    }),
                }
            }))
    }

    fn evidence(&self, question: &Question) -> Result<Evidence, Fault> {
        Ok(Ok(vec![question.claims.len() as u8]))
    }

    fn evidence_of(&self, id: &TxId) -> Result<Evidence, Fault> {
        let chain = self.chain.lock().expect("chain");
        let there = chain.executed.get(id);
        let there = there.is_some_and(|(_, receipt)| receipt.height >= chain.bodies_from);
        Ok(there
            .then(|| vec![1])
            .ok_or_else(|| format!("transaction {id} is not final on this node")))
    }

    fn bodies_from(&self) -> Result<Height, Fault> {
        Ok(self.chain.lock().expect("chain").bodies_from)
    }

    fn executed_at(&self, id: &TxId) -> Result<Option<(Height, u64)>, Fault> {
        let chain = self.chain.lock().expect("chain");
        let executed = chain.executed.get(id);
        Ok(executed.map(|(_, receipt)| (receipt.height, 7)))
    }

    fn events(&self, height: Height) -> Result<Option<Vec<EventRecord>>, Fault> {
        let chain = self.chain.lock().expect("chain");
        let kept = chain
            .blocks
            .get(height as usize)
            .filter(|_| height >= chain.bodies_from);
        let Some((_, ids)) = kept else {
            return Ok(None);
        };
        let record = |id: &TxId, place: u32, name: &str| EventRecord {
            index: 0,
            event: place,
            tx_id: Some(*id),
            emitted: event(name),
        };
        let both = |id| [record(id, 0, "registered"), record(id, 1, "closed")];
        Ok(Some(ids.iter().flat_map(both).collect()))
    }

    fn log_size(&self) -> Result<u64, Fault> {
        Ok(self.header_at(self.tip()).expect("the tip").log_size)
    }

    fn log_leaf(&self, index: u64) -> Result<Option<Vec<u8>>, Fault> {
        let receipt = receipt(1, transaction(1).id()).encode();
        Ok(match index {
            0 => Some(vec![0x83, 0]),
            1 => Some(header_leaf(&self.header_at(0).expect("genesis"))),
            2 => Some(receipt),
            _ => None,
        })
    }

    fn inclusion(&self, index: u64, size: u64) -> Result<Option<Inclusion>, Fault> {
        let there = index < size && size <= self.log_size()?;
        Ok(there.then(|| Inclusion {
            index,
            size,
            hashes: vec![digest(1)],
            leaf_hash: digest(2),
            root: digest(3),
        }))
    }

    fn consistency(&self, old: u64, new: u64) -> Result<Option<Consistency>, Fault> {
        let there = 0 < old && old <= new && new <= self.log_size()?;
        Ok(there.then(|| Consistency {
            old_size: old,
            new_size: new,
            hashes: vec![digest(1)],
            old_root: digest(2),
            new_root: digest(3),
        }))
    }

    fn checkpoint(&self, cosigned: bool) -> Result<Option<String>, Fault> {
        Ok((!cosigned).then(|| "yilian/yilian-test\n3\nabc=\n".to_owned()))
    }

    fn cose_receipt(&self, index: u64) -> Result<Option<Vec<u8>>, Fault> {
        Ok((index < self.log_size()?).then(|| vec![0xd2]))
    }

    fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>, Fault> {
        let there = tile.index == 0 && u64::from(tile.width) <= self.log_size()?;
        Ok(there.then(|| vec![0; usize::from(tile.width) * 32]))
    }

    fn state_proof(&self, _: &str, key: &[u8]) -> Result<Option<StateProofRecord>, Fault> {
        let header = self.header_at(self.tip()).expect("the tip");
        Ok(self
            .certificate(&header)
            .map(|certificate| StateProofRecord {
                header,
                certificate,
                proof: value!({ "siblings": [] }),
                value: (key == b"meta").then(|| b"{}".to_vec()),
            }))
    }

    fn contracts(&self) -> Result<Vec<Contract>, Fault> {
        Ok(self.contract("tender")?.into_iter().collect())
    }

    fn contract(&self, name: &str) -> Result<Option<Contract>, Fault> {
        Ok((name == "tender").then(|| Contract {
            name: "tender".to_owned(),
            kind: "ledger".to_owned(),
            code_hash: digest(1),
            version: "1.0.0".to_owned(),
            height: 0,
        }))
    }

    fn interface(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        Ok((name == "tender").then(|| br#"{"abi":1}"#.to_vec()))
    }

    fn code(&self, hash: &Digest) -> Result<Option<Vec<u8>>, Fault> {
        Ok((*hash == digest(1)).then(|| b"\0asm".to_vec()))
    }

    fn query(&self, contract: &str, method: &str, args: &Value) -> Result<QueryResult, QueryError> {
        match (contract, method) {
            ("tender", "get") => Ok(QueryResult {
                height: self.tip(),
                result: args.clone(),
            }),
            ("tender", "no") => Err(QueryError::Contract(Box::new(ContractRefusal {
                code: 101,
                name: "TooLate".to_owned(),
                zh: "已过投标截止时间".to_owned(),
                en: "after the deadline".to_owned(),
                law: "招标投标法 第二十八条".to_owned(),
                detail: String::new(),
            }))),
            ("tender", "trap") => Err(QueryError::Trapped {
                reason: "out of fuel".to_owned(),
            }),
            ("tender", "panic") => panic!("a defect of the node"),
            ("tender", _) => Err(Refusal::new(RefusalCode::UnknownMethod, method).into()),
            _ => Err(Refusal::new(RefusalCode::UnknownContract, contract).into()),
        }
    }

    fn submit(&self, envelope: Envelope) -> Result<Submitted, Refusal> {
        let transaction = envelope.verify()?;
        let id = transaction.id();
        let mut chain = self.chain.lock().expect("chain");
        if chain.executed.contains_key(&id) {
            return Err(Refusal::new(RefusalCode::Replayed, "executed before"));
        }
        chain.waiting.insert(id, transaction);
        let durable = Box::pin(std::future::ready(Ok(())));
        Ok(Submitted { id, durable })
    }

    fn acknowledge(
        &self,
        envelope: Envelope,
        received_ms: TimestampMs,
    ) -> Result<Acknowledged, Refusal> {
        let transaction = envelope.clone().verify()?;
        let payload = transaction.payload();
        let args = json::canonical(&payload.args);
        let submission =
            yilian_acknowledgement::submission(&payload.contract, &payload.method, &args);
        let tx_id = self.submit(envelope)?.id;
        Ok(Acknowledged {
            chain_id: CHAIN.to_owned(),
            tx_id,
            submission,
            acknowledgement: Acknowledgement::sign(
                CHAIN,
                &submission,
                received_ms,
                Digest::ZERO,
                &SecretKey::from_seed([9; 32]),
            ),
        })
    }

    fn clock_ms(&self) -> TimestampMs {
        1_000
    }

    fn wait_for(&self, id: TxId) -> Waiter {
        self.waiters.wait(id)
    }

    fn subscribe(&self) -> broadcast::Receiver<Height> {
        self.heights.subscribe()
    }

    fn metrics(&self) -> String {
        "node_height 1\n# EOF\n".to_owned()
    }

    fn ready(&self) -> bool {
        !*self.broken.lock().expect("flag")
    }
}

fn event(name: &str) -> Event {
    Event {
        contract: if name == "closed" {
            "evidence"
        } else {
            "tender"
        }
        .to_owned(),
        name: name.to_owned(),
        data: br#"{"n":1}"#.to_vec(),
    }
}

fn header_leaf(header: &Header) -> Vec<u8> {
    let mut leaf = yilian_primitives::cbor::FieldWriter::default();
    leaf.array(2).uint(2).bytes(&header.encode());
    leaf.into_bytes()
}
