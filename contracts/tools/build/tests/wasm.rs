//! Builds the contracts and runs their wasm, to see that it does what the native code does.
//!
//! The engine is wasmi and the host a small one in memory: the node's own host has its own tests.

mod host;

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use host::TinyHost;
use yilian_contract::prelude::*;
use yilian_contract::testing::TestChain;
use yilian_contract::{Json, json};

const CENTRE: &str = "12620000224333349J";
const COMPANY: &str = "91110000710926094P";

/// The wasm of a contract, built once for all tests.
fn code(contract: &str) -> Vec<u8> {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let status = Command::new(env!("CARGO_BIN_EXE_build-contracts"))
            .arg("--no-hashes")
            .status()
            .expect("the tool runs");
        assert!(status.success(), "all contracts build and pass inspection");
    });
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/yilian");
    std::fs::read(root.join(format!("{contract}.wasm"))).expect("built")
}

/// Makes the same calls natively and in wasm, and compares each answer and the state at the end.
struct Twins {
    native: TestChain,
    wasm: TinyHost,
    contract: &'static str,
}

impl Twins {
    fn new(contract: &'static str, native: TestChain) -> Self {
        native.at(1_700_000_000_000).as_caller(CENTRE, &["centre"]);
        Twins {
            wasm: TinyHost::new(&code(contract)),
            native,
            contract,
        }
    }

    fn call<A: Json>(&mut self, method: &str, args: &A) -> Result<Value, Refusal> {
        let env = Env {
            contract: self.contract.to_owned(),
            ..self.native.env()
        };
        let env = Env {
            tx_id: yilian_contract::sha256_text(
                format!("transaction {}", env.log_index).as_bytes(),
            ),
            ..env
        };
        let native = self.native.call::<_, Value>(self.contract, method, args);
        self.same(&env, method, args, native)
    }

    /// Asks as a query does, which alone may read an index.
    fn ask<A: Json>(&mut self, method: &str, args: &A) -> Result<Value, Refusal> {
        let env = Env {
            contract: self.contract.to_owned(),
            ..self.native.env()
        };
        let native = self.native.view::<_, Value>(self.contract, method, args);
        self.same(&env, method, args, native)
    }

    fn same<A: Json>(
        &mut self,
        env: &Env,
        method: &str,
        args: &A,
        native: Result<Value, Refusal>,
    ) -> Result<Value, Refusal> {
        let wasm = self.wasm.call(env, method, &json::to_vec(args));
        let wasm = wasm
            .map(|bytes| json::from_slice(&bytes).expect("JSON"))
            .map_err(|bytes| json::from_slice::<Refusal>(&bytes).expect("a refusal"));
        assert_eq!(wasm, native, "{method}");
        native
    }

    fn compare_state(&self) {
        for (key, value) in &self.wasm.state() {
            let native = self.native.state(self.contract, key).expect(key);
            assert_eq!(&json::to_vec(&native), value, "{key}");
        }
        let events: Vec<_> = self
            .native
            .events()
            .into_iter()
            .map(|event| (event.name, json::to_string(&event.data)))
            .collect();
        assert_eq!(events, self.wasm.events());
    }
}

#[test]
fn identity_does_the_same_in_wasm() {
    let chain = TestChain::new();
    chain.deploy_ledger(identity::Identity);
    let mut twins = Twins::new("identity", chain);
    let company = identity::RegisterOrganisation {
        code: COMPANY.to_owned(),
        name: identity::Name {
            zh: "兰州某建设有限公司".to_owned(),
            en: String::new(),
        },
        roles: vec!["bidder".to_owned()],
        division: None,
        attestation: None,
    };
    twins
        .call("register_organisation", &company)
        .expect("registered");
    let twice = twins
        .call("register_organisation", &company)
        .expect_err("twice");
    assert_eq!(twice.code, 103);
    let mut binding = identity::BindKey {
        organisation: COMPANY.to_owned(),
        key: format!("ed25519:{}", "ab".repeat(32)),
        label: None,
        certificate: None,
        proof: Some(format!("ed25519:{}", "00".repeat(64))),
    };
    assert_eq!(
        twins.call("bind_key", &binding).expect_err("forged").code,
        115
    );
    binding.proof = None;
    twins.call("bind_key", &binding).expect("bound");
    twins
        .call("list_keys", &identity::ListKeys::default())
        .expect("listed");
    let page = twins
        .call(
            "list_organisations",
            &identity::ListOrganisations::default(),
        )
        .expect("listed");
    assert!(json::to_string(&page).contains(COMPANY));
    assert_eq!(
        twins
            .call("get_key", &company)
            .expect_err("other arguments")
            .code,
        1
    );
    twins.compare_state();
}

#[test]
fn evidence_does_the_same_in_wasm() {
    let chain = TestChain::new();
    chain.deploy_ledger(evidence::Evidence);
    let mut twins = Twins::new("evidence", chain);
    let text = include_str!("deposit.json");
    let sample: evidence::Deposit = json::from_slice(text.as_bytes()).expect("a deposit");
    twins.call("deposit", &sample).expect("deposited");
    assert_eq!(twins.call("deposit", &sample).expect_err("twice").code, 114);
    let items = (0..evidence::BATCH_MAX as u64)
        .map(|n| {
            let mut item = sample.clone();
            item.digests.sha256 = Digest32::of(&n.to_be_bytes());
            item
        })
        .collect();
    let batch = evidence::DepositBatch { items };
    twins.call("deposit_batch", &batch).expect("deposited");
    // Of the 5,000,000,000 that a transaction may use; engines count differently, so this is a wide bound.
    assert!(
        twins.wasm.fuel_of_last() < 500_000_000,
        "{}",
        twins.wasm.fuel_of_last()
    );
    let supersede = evidence::Supersede {
        number: evidence::evidence_number(1),
        reason: evidence::SupersedeReason::Correction,
        explanation: None,
        replacement: evidence::Deposit {
            size: 1,
            digests: evidence::Digests {
                sha256: Digest32::of(b"other"),
                sm3: None,
            },
            ..sample.clone()
        },
    };
    twins.call("supersede", &supersede).expect("superseded");
    let list = evidence::ListEvidence {
        kind: Some(sample.kind.clone()),
        limit: Some(7),
        ..evidence::ListEvidence::default()
    };
    twins.ask("list", &list).expect("listed");
    let number = evidence::NumberArgs {
        number: evidence::evidence_number(1),
    };
    twins.ask("versions", &number).expect("two versions");
    twins.compare_state();
}
