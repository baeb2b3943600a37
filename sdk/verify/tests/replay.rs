//! What the second engine lets a rule do.
#![cfg(feature = "replay")]

mod fixture;

use fixture::{REFUSAL, echo, program, refusing};
use proptest::prelude::*;
use yilian_crypto::{Digest, SecretKey};
use yilian_verify::replay::{ReplayError, ReplayLimits, Rule, RuleEnd};

const LIMITS: ReplayLimits = ReplayLimits {
    fuel: 50_000_000,
    memory_pages: 16,
    result_bytes: 1_000,
};

fn run(body: &str, input: &str) -> Result<RuleEnd, ReplayError> {
    Rule::load(&program("sample", "rule", body))?.call("judge", input.as_bytes(), &mut { LIMITS })
}

fn trap(body: &str) -> String {
    match run(body, "{}") {
        Err(ReplayError::Trapped { reason }) => reason,
        other => panic!("expected a trap, got {other:?}"),
    }
}

fn refused_program(body: &str) -> String {
    match run(body, "{}") {
        Err(ReplayError::Program { reason }) => reason,
        other => panic!("expected a refused program, got {other:?}"),
    }
}

fn bound(body: &str) -> &'static str {
    match run(body, "{}") {
        Err(ReplayError::Bound { what }) => what,
        other => panic!("expected a bound, got {other:?}"),
    }
}

/// `ret` of bytes that stand at an address.
fn returning(text: &str) -> String {
    let data: String = text.bytes().map(|b| format!("\\{b:02x}")).collect();
    format!(
        r#"(import "yilian1" "ret" (func $ret (param i32 i32))) (memory (export "memory") 1)
           (data (i32.const 16) "{data}")
           (func (export "judge") (call $ret (i32.const 16) (i32.const {})))"#,
        text.len()
    )
}

#[test]
fn a_rule_gives_its_result_in_canonical_form() {
    let end = Rule::load(&echo())
        .and_then(|rule| rule.call("judge", br#"{"a":1}"#, &mut { LIMITS }))
        .expect("runs");
    assert_eq!(end, RuleEnd::Done(br#"{"a":1}"#.to_vec()));
    let end = run(&returning(r#"{ "b": 2, "a": "甲" }"#), "{}").expect("runs");
    assert_eq!(end.output(), r#"{"a":"甲","b":2}"#.as_bytes());
    let silent = r#"(memory (export "memory") 1) (func (export "judge"))"#;
    assert_eq!(run(silent, "{}").expect("runs").output(), b"null");
}

#[test]
fn the_calls_of_one_file_share_its_fuel() {
    let rule = Rule::load(&echo()).expect("a rule");
    let mut limits = LIMITS;
    let mut spent = Vec::new();
    for _ in 0..2 {
        let before = limits.fuel;
        rule.call("judge", b"{}", &mut limits).expect("runs");
        spent.push(before - limits.fuel);
    }
    assert!(spent[0] > 0 && spent[0] == spent[1], "{spent:?}");
    limits.fuel = spent[0] - 1;
    let last = rule.call("judge", b"{}", &mut limits);
    assert_eq!(last, Err(ReplayError::Bound { what: "fuel" }));
}

#[test]
fn a_refusal_is_an_end_like_another() {
    let end = Rule::load(&refusing())
        .and_then(|rule| rule.call("judge", b"{}", &mut { LIMITS }))
        .expect("runs");
    assert!(matches!(&end, RuleEnd::Refused(refusal) if refusal.code == 101));
    assert_eq!(end.output(), REFUSAL.as_bytes());
}

#[test]
fn results_that_are_no_json_or_too_long_are_traps() {
    assert!(trap(&returning("{")).contains("not JSON"));
    assert!(trap(&returning("1.5")).contains("not JSON"));
    assert!(trap(&returning(&"9".repeat(1_001))).contains("at most 1000"));
}

#[test]
fn addresses_outside_memory_and_unreachable_code_are_traps() {
    let outside = r#"(import "yilian1" "ret" (func $ret (param i32 i32))) (memory (export "memory") 1)
        (func (export "judge") (call $ret (i32.const -8) (i32.const 16)))"#;
    assert!(trap(outside).contains("outside memory"));
    let panic = r#"(memory (export "memory") 1) (func (export "judge") unreachable)"#;
    assert!(trap(panic).contains("unreachable"));
    let suite = r#"(import "yilian1" "hash" (func $hash (param i32 i32 i32 i32)))
        (memory (export "memory") 1)
        (func (export "judge") (call $hash (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0)))"#;
    assert!(trap(suite).contains("SHA-256"));
}

#[test]
fn a_rule_may_not_read_state_use_floats_or_begin_by_itself() {
    let state = r#"(import "yilian1" "state_get" (func (param i32 i32) (result i32)))
        (memory (export "memory") 1) (func (export "judge"))"#;
    assert!(refused_program(state).contains("state_get"));
    let clock = r#"(import "wasi_snapshot_preview1" "clock_time_get" (func))
        (memory (export "memory") 1) (func (export "judge"))"#;
    refused_program(clock);
    let float = r#"(memory (export "memory") 1)
        (func (export "judge") (drop (f64.add (f64.const 1) (f64.const 2))))"#;
    refused_program(float);
    let start = r#"(memory (export "memory") 1) (func $s (export "judge")) (start $s)"#;
    refused_program(start);
    refused_program(r#"(memory (export "memory") 1)"#);
}

#[test]
fn ledgers_bare_modules_and_unknown_methods_are_no_rules() {
    let body = r#"(memory (export "memory") 1) (func (export "judge"))"#;
    let ledger = program("sample", "ledger", body);
    assert!(matches!(
        Rule::load(&ledger),
        Err(ReplayError::Program { .. })
    ));
    let bare = wat::parse_str(format!("(module {body})")).expect("test program");
    assert!(matches!(
        Rule::load(&bare),
        Err(ReplayError::Program { .. })
    ));
    let rule = Rule::load(&echo()).expect("a rule");
    assert!(matches!(
        rule.call("open", b"{}", &mut { LIMITS }),
        Err(ReplayError::Program { .. })
    ));
}

#[test]
fn work_that_has_no_end_is_stopped_and_proves_nothing() {
    let forever = r#"(memory (export "memory") 1) (func (export "judge") (loop (br 0)))"#;
    assert_eq!(bound(forever), "fuel");
    let deep = r#"(memory (export "memory") 1) (func $f (export "judge") (call $f) (call $f))"#;
    assert_eq!(bound(deep), "call stack");
    let hashing = r#"(import "yilian1" "hash" (func $hash (param i32 i32 i32 i32)))
        (memory (export "memory") 16)
        (func (export "judge")
          (loop (call $hash (i32.const 1) (i32.const 0) (i32.const 1000000) (i32.const 0)) (br 0)))"#;
    assert_eq!(bound(hashing), "fuel");
}

#[test]
fn memory_grows_to_the_limit_of_the_chain_and_no_further() {
    let grow = |pages: u32, expected: i32| {
        let body = format!(
            r#"(memory (export "memory") 1)
               (func (export "judge")
                 (if (i32.ne (memory.grow (i32.const {pages})) (i32.const {expected})) (then unreachable)))"#
        );
        run(&body, "{}").map(|end| end.output())
    };
    assert_eq!(grow(15, 1), Ok(b"null".to_vec()));
    assert_eq!(grow(16, -1), Ok(b"null".to_vec()));
}

#[test]
fn hashes_and_signatures_are_those_of_the_chain() {
    let key = SecretKey::from_seed([4; 32]);
    let message = b"commitment";
    let mut signature = key.sign(message).to_tagged();
    let judge = |signature: &[u8]| {
        let escape = |bytes: &[u8]| {
            bytes
                .iter()
                .map(|b| format!("\\{b:02x}"))
                .collect::<String>()
        };
        let body = format!(
            r#"(import "yilian1" "verify_signature" (func $verify (param i32 i32 i32 i32 i32 i32) (result i32)))
               (import "yilian1" "hash" (func $hash (param i32 i32 i32 i32)))
               (import "yilian1" "ret" (func $ret (param i32 i32)))
               (import "yilian1" "debug" (func $debug (param i32 i32)))
               (memory (export "memory") 1)
               (data (i32.const 0) "{key}") (data (i32.const 100) "{message}")
               (data (i32.const 200) "{signature}") (data (i32.const 400) "{digest}")
               (func (export "judge") (local $i i32)
                 (call $debug (i32.const 100) (i32.const 10))
                 (call $hash (i32.const 1) (i32.const 100) (i32.const 10) (i32.const 500))
                 (loop $bytes
                   (if (i32.ne (i32.load8_u offset=400 (local.get $i)) (i32.load8_u offset=500 (local.get $i)))
                     (then unreachable))
                   (local.set $i (i32.add (local.get $i) (i32.const 1)))
                   (br_if $bytes (i32.lt_u (local.get $i) (i32.const 32))))
                 (i32.store8 (i32.const 600) (i32.add (i32.const 48)
                   (call $verify (i32.const 0) (i32.const 33) (i32.const 100) (i32.const 10)
                     (i32.const 200) (i32.const 65))))
                 (call $ret (i32.const 600) (i32.const 1)))"#,
            key = escape(&key.public_key().to_tagged()),
            message = escape(message),
            signature = escape(signature),
            digest = escape(Digest::sha256(message).as_bytes()),
        );
        run(&body, "{}").expect("runs").output()
    };
    assert_eq!(judge(&signature), b"1");
    signature[40] ^= 1;
    assert_eq!(judge(&signature), b"0");
}

proptest! {
    #[test]
    fn random_programs_never_panic(bytes: Vec<u8>) {
        let _ = Rule::load(&bytes);
    }

    #[test]
    fn a_damaged_program_never_panics(place: prop::sample::Index, change in 1u8..) {
        let mut code = echo();
        let place = place.index(code.len());
        code[place] ^= change;
        if let Ok(rule) = Rule::load(&code) {
            let _ = rule.call("judge", b"{}", &mut { LIMITS });
        }
    }
}
