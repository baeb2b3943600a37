//! What a record costs a node, while the chain grows: reading its block, executing and writing it.
//!
//! Figures, not a test: deposits through the evidence ledger in blocks of a thousand, on one thread, on a database as a node
//! has it. `scripts/bench records [RECORDS]` runs it.

#[path = "../tests/certify/mod.rs"]
mod certify;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use certify::certificate;
use serde_json::{Value, json};
use yilian_chain_spec::{ChainSpec, Contract, ContractKind, Permission, presets};
use yilian_crypto::{Digest, SecretKey};
use yilian_executor::{Draft, Executor, ParentState, genesis};
use yilian_primitives::{Block, Envelope, TransactionPayload, VerifiedTransaction};
use yilian_storage::Store;

/// As in a node: with the system's allocator a third of executing was spent in it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Records of the longest run, if the first argument names no other number.
const RECORDS: u64 = 100_000;
/// Records in a block.
const PER_BLOCK: u64 = 1_000;
/// Blocks at the end of each stage over which the figures are taken.
const MEASURED_BLOCKS: u64 = 10;
/// History that a node keeps if its configuration says nothing else.
const HISTORY_BLOCKS: u64 = 10_000;
/// Records after which a line says how far the run is.
const PROGRESS_RECORDS: u64 = 100_000;
const CENTRES: usize = 4;
const DEPOSITOR: u8 = 99;

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let records = numbers.first().copied().unwrap_or(RECORDS).max(PER_BLOCK);
    let mut chain = Chain::new();
    println!(
        "a record's cost on one thread, in µs, over the last {MEASURED_BLOCKS} blocks of {PER_BLOCK} deposits\n"
    );
    println!(
        "{:>10} {:>8} {:>8} {:>8} {:>8} {:>8} {:>14}",
        "records", "read", "execute", "write", "sum", "ratio", "bytes on disk"
    );
    let mut first = None;
    let stages = (0..).map(|more| PER_BLOCK * MEASURED_BLOCKS * 10u64.pow(more));
    let rows = stages.take_while(|stage| *stage < records).chain([records]);
    for stage in rows {
        let spent = chain.grow_to(stage);
        let sum = spent.total_us();
        let first = *first.get_or_insert(sum);
        println!(
            "{:>10} {:>8.1} {:>8.1} {:>8.1} {sum:>8.1} {:>8.2} {:>14}",
            chain.records,
            spent.us(spent.read),
            spent.us(spent.execute),
            spent.us(spent.write),
            sum / first,
            chain.bytes() / chain.records,
        );
    }
}

/// Time of some records, by part.
#[derive(Default)]
struct Spent {
    records: u64,
    read: Duration,
    execute: Duration,
    write: Duration,
}

impl Spent {
    fn us(&self, part: Duration) -> f64 {
        part.as_secs_f64() * 1e6 / self.records as f64
    }

    fn total_us(&self) -> f64 {
        self.us(self.read + self.execute + self.write)
    }
}

struct Chain {
    executor: Executor,
    store: Store,
    keys: Vec<SecretKey>,
    sender: SecretKey,
    records: u64,
    folder: tempfile::TempDir,
}

impl Chain {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let keys: Vec<_> = (1..=CENTRES)
            .map(|seed| SecretKey::from_seed([u8::try_from(seed).expect("few"); 32]))
            .collect();
        let program = std::fs::read(contracts().join("evidence.wasm"));
        let program = program.expect("contracts are not built: run scripts/build-contracts");
        let spec = spec(&keys, &program);
        let executor = Executor::new(Arc::new(spec)).expect("an executor");
        let digest = executor.spec().digest();
        let store = Store::open(folder.path(), &digest, Some(HISTORY_BLOCKS)).expect("opens");
        let block = genesis(&executor, &mut |_| Ok(program.clone())).expect("genesis");
        store.commit(&block).expect("commits");
        Chain {
            executor,
            store,
            keys,
            sender: SecretKey::from_seed([DEPOSITOR; 32]),
            records: 0,
            folder,
        }
    }

    /// Deposits whole blocks until there are so many records; gives the time of the last blocks.
    fn grow_to(&mut self, records: u64) -> Spent {
        let measured_from = records.saturating_sub(MEASURED_BLOCKS * PER_BLOCK);
        while self.records < measured_from {
            self.block(&mut Spent::default());
        }
        let mut spent = Spent::default();
        while self.records < records {
            self.block(&mut spent);
        }
        spent
    }

    fn block(&mut self, spent: &mut Spent) {
        let tip = self.store.tip().expect("a tip");
        let set = tip.next_validators().clone();
        let time_ms = tip.header().time_ms + 500;
        let transactions: Vec<_> = (0..PER_BLOCK)
            .map(|place| self.deposit(self.records + place, time_ms))
            .collect();
        let draft = Draft {
            time_ms,
            proposer: set.iter().next().expect("one").address(),
            parent_certificate: self.store.certificate(tip.header().height).expect("reads"),
            transactions: transactions.clone(),
        };

        // Once, as every node does: a second time all that it reads would be in memory.
        let began = Instant::now();
        let state: Arc<dyn ParentState> = tip.open().expect("opens");
        let executed = self.executor.build(state, draft, &|| true).expect("builds");
        spent.execute += began.elapsed();

        // As from the pool, where each was verified.
        let known: BTreeMap<_, _> = transactions
            .into_iter()
            .map(|one| (one.id(), one))
            .collect();
        let bytes = executed.block().encode();
        let began = Instant::now();
        let block = Block::decode_with(&bytes, |envelopes| {
            let verified = envelopes.into_iter().map(|envelope| {
                let known = known.get(&envelope.id());
                let known = known.filter(|known| *known.envelope() == envelope);
                known.expect("as from the pool").clone()
            });
            Ok(verified.collect())
        });
        let block = block.expect("a block");
        spent.read += began.elapsed();
        assert_eq!(block.header, executed.block().header);

        let certificate = certificate(&executed.block().header, &set, &self.keys);
        let began = Instant::now();
        let committed = executed.commit(certificate, &set).expect("a quorum");
        self.store.commit(&committed).expect("commits");
        spent.write += began.elapsed();
        self.records += PER_BLOCK;
        spent.records += PER_BLOCK;
        if self.records.is_multiple_of(PROGRESS_RECORDS) {
            eprintln!("{} records", self.records);
        }
    }

    fn deposit(&self, number: u64, time_ms: u64) -> VerifiedTransaction {
        let payload = TransactionPayload {
            chain_id: self.executor.spec().chain_id.clone(),
            sender: self.sender.public_key(),
            contract: "evidence".to_owned(),
            method: "deposit".to_owned(),
            args: deposit(number, time_ms),
            fuel_limit: 20_000_000,
            valid_until_ms: time_ms + 60_000,
            nonce: format!("{number:032x}"),
        };
        Envelope::sign(&payload, &self.sender)
            .verify()
            .expect("signed")
    }

    fn bytes(&self) -> u64 {
        let files = std::fs::read_dir(self.folder.path()).expect("reads");
        files
            .map(|file| file.expect("reads").metadata().expect("reads").len())
            .sum()
    }
}

fn contracts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/target/yilian")
}

fn spec(keys: &[SecretKey], program: &[u8]) -> ChainSpec {
    let mut keys = keys.iter();
    let mut spec = presets::local(|_| keys.next().expect("four centres").public_key());
    spec.contracts.push(Contract {
        name: "evidence".to_owned(),
        kind: ContractKind::Ledger,
        file: "evidence.wasm".to_owned(),
        code_hash: Digest::sha256(program),
    });
    spec.permissions.push(Permission {
        contract: "evidence".to_owned(),
        method: "*".to_owned(),
        roles: Vec::new(),
        organisations: Vec::new(),
    });
    let organisation = spec.organisations.first_mut().expect("an organisation");
    organisation
        .keys
        .push(SecretKey::from_seed([DEPOSITOR; 32]).public_key());
    spec
}

fn deposit(number: u64, time_ms: u64) -> Value {
    json!({
        "kind": {"list": "yilian", "code": "notice"},
        "stage": "publication",
        "project": "A0112620000224333830C",
        "subject": "91620100MA9000008W",
        "digests": {"sha256": Digest::sha256(&number.to_be_bytes())},
        "size": 4096 + number,
        "media_type": "application/pdf",
        "source": {"system": "GS620000-ETP-01", "module": "notice", "version": "3.2.1",
            "collection": "automatic", "operator_role": "notice_officer"},
        "generated": {"time_ms": time_ms - 1_000, "clock": "synchronised"},
        "signers": [], "references": [],
        "retention": "permanent", "visibility": "public", "personal_data": false,
    })
}
