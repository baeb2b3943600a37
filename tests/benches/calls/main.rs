//! What a contract costs on the chain's engine, beside the same code natively.
//!
//! Figures, not a test: the same arguments go to a contract's wasm and to the crate that it is built from, in turns, in one
//! thread. Both read JSON and write JSON, on a state in memory. `scripts/bench calls [CALLS]` runs it.

mod memory;

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadline::Deadline;
use evidence::Evidence;
use expert_draw::{ExpertDraw, List, list_digest};
use serde_json::{Value, json};
use yilian_chain_spec::Parameters;
use yilian_contract::testing::TestChain;
use yilian_contract::{Rule, json as contract_json};
use yilian_crypto::Digest;
use yilian_tests::harness::{contracts, deposit_args, now_ms};
use yilian_vm::{CallEnd, Program, Vm, VmLimits};

use memory::Memory;

/// As in a node: with the system's allocator other things would be measured.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Calls of each method, if the first argument names no other number.
const CALLS: u64 = 2_000;
/// More than any of these calls burns.
const FUEL: u64 = 20_000_000_000;
/// 2026-11-24 09:00 at UTC+8 in ms.
const NINE: u64 = 1_795_482_000_000;
const HOUR_MS: u64 = 3_600_000;
const DRAW: &str = "draw:A01-12620000224333830C-20230101-000123-G:1";
const EXPERTS: u64 = 1_000;

fn main() {
    let calls = std::env::args().find_map(|argument| argument.parse().ok());
    let calls = calls.unwrap_or(CALLS);
    println!("a call in µs, half of all calls took longer\n");
    println!(
        "{:<36} {:>9} {:>9} {:>7} {:>12}",
        "", "native", "wasm", "ratio", "fuel"
    );
    let judge = canonical(&judgement());
    rule::<Deadline>("deadline", "judge", &judge, calls)
        .print("deadline.judge, 4 acknowledgements");
    let draw = canonical(&drawing());
    rule::<ExpertDraw>("expert-draw", "draw", &draw, calls.div_ceil(20))
        .print("expert-draw.draw, 1,000 experts");
    deposits(calls).print("evidence.deposit");
}

/// Times of one call, natively and on the engine.
#[derive(Default)]
struct Pairs {
    native: Vec<Duration>,
    wasm: Vec<Duration>,
    fuel: u64,
}

impl Pairs {
    fn print(mut self, name: &str) {
        let (native, wasm) = (median_us(&mut self.native), median_us(&mut self.wasm));
        let (ratio, fuel) = (wasm / native, self.fuel);
        println!("{name:<36} {native:>9.1} {wasm:>9.1} {ratio:>7.1} {fuel:>12}");
    }
}

fn median_us(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}

/// A pure rule: no state, no nested calls.
fn rule<R: Rule>(name: &str, method: &str, args: &[u8], calls: u64) -> Pairs {
    let (vm, program) = program(name);
    let mut pairs = Pairs::default();
    for _ in 0..calls {
        let began = Instant::now();
        let native = R::invoke(method, args).expect("a method").expect("judges");
        pairs.native.push(began.elapsed());

        let began = Instant::now();
        let called = vm.call(&program, method, args.to_vec(), FUEL, None);
        pairs.wasm.push(began.elapsed());
        pairs.fuel = called.fuel_used;
        assert_eq!(done(called.end), native, "{name}.{method}");
    }
    pairs
}

/// A ledger that reads and writes its state: each deposit is another one.
fn deposits(calls: u64) -> Pairs {
    let (vm, program) = program("evidence");
    let chain = TestChain::new();
    // A deposit was made before the block that holds it.
    chain.deploy_ledger(Evidence).at(now_ms() + HOUR_MS);
    chain.as_caller(memory::CENTRE, &["centre"]);
    let mut memory = Memory::new(chain.env(), "evidence");
    let mut pairs = Pairs::default();
    for number in 0..calls {
        let args = canonical(&deposit_args(number));
        let given: contract_json::Value = contract_json::from_slice(&args).expect("JSON");
        let began = Instant::now();
        let native: Result<contract_json::Value, _> = chain.call("evidence", "deposit", &given);
        pairs.native.push(began.elapsed());

        let began = Instant::now();
        let called = vm.call(&program, "deposit", args, FUEL, Some(memory));
        pairs.wasm.push(began.elapsed());
        pairs.fuel = called.fuel_used;
        memory = called.host.expect("the host comes back");
        memory.next();
        let native = contract_json::to_vec(&native.expect("deposits"));
        assert_eq!(done(called.end), native, "deposit {number}");
    }
    pairs
}

fn done(end: CallEnd) -> Vec<u8> {
    match end {
        CallEnd::Done(result) => result,
        other => panic!("expected a result, got {other:?}"),
    }
}

fn program(name: &str) -> (Vm<Memory>, Arc<Program<Memory>>) {
    let bytes = std::fs::read(contracts().join(format!("{name}.wasm")));
    let bytes = bytes.expect("contracts are not built: run scripts/build-contracts");
    let vm = Vm::new(VmLimits::from(&Parameters::default()));
    let vm = vm.expect("an engine");
    let program = vm.program(&bytes).expect("a program");
    (vm, program)
}

fn canonical(value: &Value) -> Vec<u8> {
    yilian_primitives::json::canonical(value)
}

fn judgement() -> Value {
    let acknowledgement = |index: u64| {
        let validator = Digest::sha256(&index.to_be_bytes()).to_string();
        json!({ "validator": validator, "time_ms": NINE - 10 + index })
    };
    json!({
        "deadline_ms": NINE, "boundary": "before", "block_time_ms": NINE + 5_000,
        "acknowledgements": (0..4).map(acknowledgement).collect::<Vec<_>>(),
        "fault_bound": 1, "grace_ms": 60_000,
    })
}

/// Two specialities, and a committee of five.
fn drawing() -> Value {
    let group = |stratum: &str| {
        let entry = |number: u64| Digest::sha256(format!("{stratum}/{number}").as_bytes()).to_hex();
        let mut ids: Vec<String> = (0..EXPERTS / 2).map(entry).collect();
        ids.sort_unstable();
        json!({ "stratum": stratum, "ids": ids, "organisations": null })
    };
    let list = json!({
        "groups": [group("A01"), group("A02")], "recusals": [], "recused_organisations": [],
        "seats": [{ "stratum": "A01", "seats": 3, "substitutes": 2 },
            { "stratum": "A02", "seats": 2, "substitutes": 1 }],
        "owner_representatives": 0, "owner_representatives_max": null, "committee_min": 5,
    });
    let typed: List = contract_json::from_slice(&canonical(&list)).expect("a list");
    json!({
        "draw_id": DRAW, "seed": Digest::sha256(b"seed").to_hex(),
        "list_digest": list_digest(&typed.groups).to_string(), "list": list,
    })
}
