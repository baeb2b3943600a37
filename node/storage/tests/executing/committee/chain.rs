//! A chain of some local centres with a ledger that asks for a release.

use std::cell::Cell;

use yilian_chain_spec::{ChainSpec, Contract, ContractKind, Organisation, Permission, presets};
use yilian_crypto::{Digest, SecretKey};

/// What the test ledger asks for.
pub(crate) const IDENTITY: &str = "draw:T:1";
/// Seed of the key with which the ledger is called.
pub(super) const CLIENT: u8 = 99;
/// Seed of the key of governance.
pub(super) const GOVERNANCE: u8 = 98;

/// Seed of the key of the first centre's people; those of the others follow.
const PEOPLE: u8 = 60;

/// Key of the people of a centre.
pub(super) fn people(centre: usize) -> SecretKey {
    let centre = u8::try_from(centre).expect("few");
    SecretKey::from_seed([PEOPLE + centre; 32])
}

pub(super) fn secret(member: usize) -> SecretKey {
    SecretKey::from_seed([u8::try_from(member + 1).expect("few"); 32])
}

/// A ledger that asks for a release, and keeps what it is told.
pub(super) fn ledger() -> Vec<u8> {
    let method = |name: &str| {
        let view = name == "peek";
        format!(r#"{{"name":"{name}","view":{view},"args":{{}},"result":{{}}}}"#)
    };
    let interface = format!(
        r#"{{"abi":1,"kind":"ledger","name":"asker","version":"1.0.0","methods":[{}]}}"#,
        [
            "ask",
            "on_release",
            "plan",
            "plan_later",
            "forget",
            "plan_trap",
            "plan_two",
            "on_time",
            "on_trap",
            "on_forget",
            "note",
            "peek",
        ]
        .map(method)
        .join(",")
    );
    let escaped = interface.replace('"', "\\22");
    let text = format!(
        r#"(module
            (import "yilian1" "input" (func $input (result i32)))
            (import "yilian1" "take" (func $take (param i32)))
            (import "yilian1" "release_request" (func $request (param i32 i32 i32 i32)))
            (import "yilian1" "state_get" (func $get (param i32 i32) (result i32)))
            (import "yilian1" "ret" (func $return (param i32 i32)))
            (import "yilian1" "state_set" (func $set (param i32 i32 i32 i32)))
            (import "yilian1" "schedule" (func $schedule (param i32 i32 i32 i32 i32 i32)))
            (import "yilian1" "unschedule" (func $unschedule (param i32 i32)))
            (memory (export "memory") 2)
            (data (i32.const 128) "call/00")
            (data (i32.const 144) "call/01")
            (data (i32.const 160) "on_timeon_trapon_forget")
            (data (i32.const 16) "{IDENTITY}")
            (data (i32.const 64) "on_release")
            (data (i32.const 96) "told")
            (data (i32.const 192) "~found")
            (data (i32.const 200) "123")
            ;; Notes 123 in an index, and looks there.
            (func (export "note")
              (call $set (i32.const 192) (i32.const 6) (i32.const 200) (i32.const 3)))
            (func (export "peek") (local $n i32)
              (local.set $n (call $get (i32.const 192) (i32.const 6)))
              (if (i32.ge_s (local.get $n) (i32.const 0))
                (then
                  (call $take (i32.const 1024))
                  (call $return (i32.const 1024) (local.get $n)))))
            (func (export "ask")
              (call $request (i32.const 16) (i32.const {}) (i32.const 64) (i32.const 10)))
            ;; Forty calls, the one of the highest number first: call/00 is due at 40 ms, call/39 at 1 ms.
            (func (export "plan") (local $n i32)
              (loop $more
                (i32.store8 (i32.const 133) (i32.add (i32.const 48) (i32.div_u (local.get $n) (i32.const 10))))
                (i32.store8 (i32.const 134) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
                (call $schedule (i32.const 128) (i32.const 7) (i32.const 160) (i32.const 7)
                  (i32.const 0) (i32.sub (i32.const 40) (local.get $n)))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $more (i32.lt_u (local.get $n) (i32.const 40)))))
            (func (export "plan_later")
              (call $schedule (i32.const 128) (i32.const 7) (i32.const 160) (i32.const 7)
                (i32.const 0x10000) (i32.const 0)))
            (func (export "forget") (call $unschedule (i32.const 128) (i32.const 7)))
            (func (export "plan_trap")
              (call $schedule (i32.const 128) (i32.const 7) (i32.const 167) (i32.const 7)
                (i32.const 0) (i32.const 0)))
            (func (export "plan_two")
              (call $schedule (i32.const 128) (i32.const 7) (i32.const 174) (i32.const 9)
                (i32.const 0) (i32.const 0))
              (call $schedule (i32.const 144) (i32.const 7) (i32.const 160) (i32.const 7)
                (i32.const 0) (i32.const 1)))
            (func (export "on_forget") (call $unschedule (i32.const 144) (i32.const 7)))
            (func (export "on_time"))
            (func (export "on_trap") unreachable)
            (func (export "on_release") (local $n i32)
              (local.set $n (call $input))
              (call $take (i32.const 1024))
              (call $set (i32.const 96) (i32.const 4) (i32.const 1024) (local.get $n)))
            (@custom "yilian.interface" "{escaped}"))"#,
        IDENTITY.len()
    );
    wat::parse_str(text).expect("a program")
}

pub(super) fn spec(count: usize) -> ChainSpec {
    let place = Cell::new(0);
    let mut spec = presets::local(|_| {
        place.set(place.get() + 1);
        secret(place.get() - 1).public_key()
    });
    for (place, centre) in spec.centres.clone().iter().enumerate() {
        let organisation = spec.organisation_mut(&centre.organisation);
        let key = people(place).public_key();
        organisation.expect("runs a centre").keys.push(key);
    }
    spec.centres.truncate(count);
    for name in ["asker", "other"] {
        spec.contracts.push(Contract {
            name: name.to_owned(),
            kind: ContractKind::Ledger,
            file: "asker.wasm".to_owned(),
            code_hash: Digest::sha256(&ledger()),
        });
        spec.permissions.push(Permission {
            contract: name.to_owned(),
            method: "*".to_owned(),
            roles: Vec::new(),
            organisations: Vec::new(),
        });
    }
    for (role, seed) in [("agency", CLIENT), ("governance", GOVERNANCE)] {
        let has_role = |one: &&mut Organisation| {
            let mut roles = one.roles.iter().map(ToString::to_string);
            roles.any(|own| own == role)
        };
        let organisation = spec.organisations.iter_mut().find(has_role);
        let key = SecretKey::from_seed([seed; 32]).public_key();
        organisation.expect(role).keys.push(key);
    }
    spec
}
