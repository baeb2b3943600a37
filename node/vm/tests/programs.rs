//! Programs at their limits: each ends in its own way, with a text that is the same on every node.

use yilian_vm::{CallEnd, CallResult, Entry, Host, Pair, Trap, Vm, VmError, VmLimits};

const FUEL: u64 = 50_000_000;

fn vm() -> Vm<NoHost> {
    Vm::new(VmLimits {
        program_bytes_max: 1 << 20,
        memory_pages_max: 32,
        result_bytes_max: 1_024,
        args_bytes_max: 1_024,
        key_bytes_max: 64,
        value_bytes_max: 1_024,
    })
    .expect("engine")
}

fn rule(text: &str) -> Vec<u8> {
    let interface = r#"{"abi":1,"kind":"rule","name":"sample","version":"1.0.0","methods":[{"name":"run","args":{},"result":{}}]}"#;
    let escaped = interface.replace('"', "\\22");
    let text = format!("(module {text} (@custom \"yilian.interface\" \"{escaped}\"))");
    wat::parse_str(text).expect("test program")
}

fn run(text: &str) -> CallResult<NoHost> {
    let vm = vm();
    let program = vm.program(&rule(text)).expect("fits");
    vm.call(&program, "run", b"{\"n\":1}".to_vec(), FUEL, None)
}

fn trap(text: &str) -> String {
    match run(text).end {
        CallEnd::Trapped(reason) => reason,
        other => panic!("expected a trap, got {other:?}"),
    }
}

const MEMORY: &str = r#"(memory (export "memory") 1)"#;

#[test]
fn a_rule_gives_back_what_it_was_given() {
    let echo = r#"
        (import "yilian1" "input" (func $input (result i32)))
        (import "yilian1" "take" (func $take (param i32)))
        (import "yilian1" "ret" (func $ret (param i32 i32)))
        (memory (export "memory") 1)
        (func (export "run") (local i32)
            (local.set 0 (call $input)) (call $take (i32.const 8)) (call $ret (i32.const 8) (local.get 0)))"#;
    let called = run(echo);
    assert_eq!(called.end, CallEnd::Done(b"{\"n\":1}".to_vec()));
    assert!(called.fuel_used > 0 && called.fuel_used < FUEL);
    assert_eq!(
        run(echo).fuel_used,
        called.fuel_used,
        "fuel is deterministic"
    );
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let called = run(&format!(r#"{MEMORY} (func (export "run") (loop (br 0)))"#));
    assert_eq!(called.end, CallEnd::Trapped("out of fuel".to_owned()));
    assert_eq!(called.fuel_used, FUEL);
}

#[test]
fn memory_does_not_grow_beyond_its_limit() {
    let bomb = r#"(func (export "run") (loop (br_if 0 (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) unreachable)"#;
    assert!(trap(&format!("{MEMORY} {bomb}")).contains("no memory left"));
}

#[test]
fn recursion_ends_at_the_stack() {
    let deep = r#"(func $f (param i64) (result i64) (i64.add (local.get 0) (call $f (i64.add (local.get 0) (i64.const 1)))))
                  (func (export "run") (drop (call $f (i64.const 0))))"#;
    assert_eq!(trap(&format!("{MEMORY} {deep}")), "call stack exhausted");
}

#[test]
fn addresses_outside_memory_are_refused() {
    let outside = r#"(import "yilian1" "ret" (func $ret (param i32 i32))) (memory (export "memory") 1)
                     (func (export "run") (call $ret (i32.const 65530) (i32.const 100)))"#;
    assert!(trap(outside).contains("outside memory"));
    let large = r#"(import "yilian1" "ret" (func $ret (param i32 i32))) (memory (export "memory") 1)
                   (func (export "run") (call $ret (i32.const 0) (i32.const 2000)))"#;
    assert!(trap(large).contains("at most 1024"));
}

#[test]
fn a_result_that_is_no_json_is_a_trap() {
    let junk = r#"(import "yilian1" "ret" (func $ret (param i32 i32)))
                  (memory (export "memory") 1) (data (i32.const 0) "1.5")
                  (func (export "run") (call $ret (i32.const 0) (i32.const 3)))"#;
    assert!(trap(junk).contains("not JSON"));
}

#[test]
fn a_refusal_is_read_and_a_malformed_one_is_a_trap() {
    let refuse = |json: &str| {
        let escaped = json.replace('"', "\\22");
        format!(
            r#"(import "yilian1" "refuse" (func $refuse (param i32 i32)))
               (memory (export "memory") 1) (data (i32.const 0) "{escaped}")
               (func (export "run") (call $refuse (i32.const 0) (i32.const {})))"#,
            json.len()
        )
    };
    let good = r#"{"code":101,"name":"TooLate","zh":"x","en":"too late","law":"","detail":""}"#;
    match run(&refuse(good)).end {
        CallEnd::Refused(refusal) => assert_eq!((refusal.code, &*refusal.name), (101, "TooLate")),
        other => panic!("expected a refusal, got {other:?}"),
    }
    assert!(trap(&refuse("{}")).contains("expected form"));
}

#[test]
fn an_unknown_method_is_refused_and_a_bad_program_is_the_authors_fault() {
    let vm = vm();
    let program = vm
        .program(&rule(&format!(r#"{MEMORY} (func (export "run"))"#)))
        .expect("fits");
    let called = vm.call(&program, "walk", b"{}".to_vec(), FUEL, None);
    assert!(matches!(called.end, CallEnd::Refused(refusal) if refusal.code == 3));
    assert!(matches!(vm.program(b"junk"), Err(VmError::Program(_))));
}

/// The host of a pure rule: nothing.
enum NoHost {}

impl Host for NoHost {
    fn env(&mut self) -> Vec<u8> {
        match *self {}
    }
    fn state_get(&mut self, _: &[u8]) -> Result<Option<Vec<u8>>, Trap> {
        match *self {}
    }
    fn state_set(&mut self, _: &[u8], _: &[u8]) -> Result<(), Trap> {
        match *self {}
    }
    fn state_remove(&mut self, _: &[u8]) -> Result<(), Trap> {
        match *self {}
    }
    fn state_scan(&mut self, _: &[u8], _: &[u8], _: u32) -> Result<Vec<Pair>, Trap> {
        match *self {}
    }
    fn emit(&mut self, _: &str, _: &[u8]) -> Result<(), Trap> {
        match *self {}
    }
    fn code_hash(&mut self, _: &str) -> Result<Option<String>, Trap> {
        match *self {}
    }
    fn release_request(&mut self, _: &str, _: &str) -> Result<(), Trap> {
        match *self {}
    }
    fn schedule(&mut self, _: &str, _: &str, _: u64) -> Result<(), Trap> {
        match *self {}
    }
    fn unschedule(&mut self, _: &str) -> Result<(), Trap> {
        match *self {}
    }
    fn enter_rule(&mut self, _: &str, _: &str, _: &[u8]) -> Result<Entry<Self>, Trap> {
        match *self {}
    }
    fn enter_ledger(&mut self, _: &str, _: &str, _: &[u8]) -> Result<Entry<Self>, Trap> {
        match *self {}
    }
    fn leave(&mut self, _: &CallEnd) {
        match *self {}
    }
}
