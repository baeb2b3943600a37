//! A host in memory for one ledger, on wasmi.

use std::collections::BTreeMap;

use wasmi::{Caller, Config, Engine, Error, Extern, Linker, Memory, Module, Store};
use yilian_contract::{Env, json, sha256};

/// Fuel of one call, in wasmi's count.
const FUEL: u64 = 20_000_000_000;

/// What host functions see.
#[derive(Clone, Default)]
struct World {
    state: BTreeMap<Vec<u8>, Vec<u8>>,
    events: Vec<(String, String)>,
    args: Vec<u8>,
    env: Vec<u8>,
    buffer: Vec<u8>,
    result: Vec<u8>,
}

/// A contract's code and its state.
pub(crate) struct TinyHost {
    module: Module,
    linker: Linker<World>,
    world: World,
    fuel_of_last: u64,
}

/// Ends a call with a refusal.
#[derive(Debug)]
struct Refused(Vec<u8>);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl wasmi::errors::HostError for Refused {}

type Guest<'c> = Caller<'c, World>;

impl TinyHost {
    pub(crate) fn new(code: &[u8]) -> Self {
        let mut config = Config::default();
        config.consume_fuel(true).floats(false);
        let engine = Engine::new(&config);
        let mut linker = Linker::new(&engine);
        define(&mut linker).expect("the host's functions");
        TinyHost {
            module: Module::new(&engine, code).expect("valid"),
            linker,
            world: World::default(),
            fuel_of_last: 0,
        }
    }

    /// Calls a method; a refusal is the error and leaves the state as it was.
    pub(crate) fn call(
        &mut self,
        env: &Env,
        method: &str,
        args: &[u8],
    ) -> Result<Vec<u8>, Vec<u8>> {
        let world = World {
            args: args.to_vec(),
            env: json::to_vec(env),
            result: b"null".to_vec(),
            ..self.world.clone()
        };
        let mut store = Store::new(self.module.engine(), world);
        store.set_fuel(FUEL).expect("fuel is counted");
        let instance = self
            .linker
            .instantiate_and_start(&mut store, &self.module)
            .expect("all imports are there");
        let function = instance
            .get_typed_func::<(), ()>(&store, method)
            .expect("exported");
        let ended = function.call(&mut store, ());
        self.fuel_of_last = FUEL - store.get_fuel().expect("fuel is counted");
        match ended {
            Ok(()) => {
                self.world = store.into_data();
                Ok(self.world.result.clone())
            }
            Err(error) => match error.downcast::<Refused>() {
                Some(Refused(bytes)) => Err(bytes),
                None => panic!("{method} trapped"),
            },
        }
    }

    pub(crate) fn state(&self) -> Vec<(String, Vec<u8>)> {
        let text = |key: &Vec<u8>| String::from_utf8(key.clone()).expect("text");
        let state = self.world.state.iter();
        state
            .map(|(key, value)| (text(key), value.clone()))
            .collect()
    }

    pub(crate) fn events(&self) -> Vec<(String, String)> {
        self.world.events.clone()
    }

    pub(crate) fn fuel_of_last(&self) -> u64 {
        self.fuel_of_last
    }
}

fn memory(guest: &Guest<'_>) -> Memory {
    guest
        .get_export("memory")
        .and_then(Extern::into_memory)
        .expect("exported")
}

fn read(guest: &Guest<'_>, at: i32, length: i32) -> Vec<u8> {
    let (at, length) = (at as usize, length as usize);
    memory(guest).data(guest)[at..at + length].to_vec()
}

fn text(guest: &Guest<'_>, at: i32, length: i32) -> String {
    String::from_utf8(read(guest, at, length)).expect("text")
}

fn write(guest: &mut Guest<'_>, at: i32, bytes: &[u8]) {
    memory(guest)
        .write(guest, at as usize, bytes)
        .expect("inside");
}

fn leave(guest: &mut Guest<'_>, bytes: Vec<u8>) -> i32 {
    guest.data_mut().buffer = bytes;
    guest.data().buffer.len() as i32
}

/// The functions that the two ledgers under test import. An import that is not here does not link.
fn define(linker: &mut Linker<World>) -> Result<(), Error> {
    const HOST: &str = "yilian1";
    linker.func_wrap(HOST, "input", |mut guest: Guest<'_>| {
        let args = guest.data().args.clone();
        leave(&mut guest, args)
    })?;
    linker.func_wrap(HOST, "env", |mut guest: Guest<'_>| {
        let env = guest.data().env.clone();
        leave(&mut guest, env)
    })?;
    linker.func_wrap(HOST, "take", |mut guest: Guest<'_>, at: i32| {
        let buffer = std::mem::take(&mut guest.data_mut().buffer);
        write(&mut guest, at, &buffer);
    })?;
    linker.func_wrap(HOST, "ret", |mut guest: Guest<'_>, at: i32, n: i32| {
        guest.data_mut().result = read(&guest, at, n);
    })?;
    linker.func_wrap(HOST, "refuse", |guest: Guest<'_>, at: i32, n: i32| {
        Err::<(), _>(Error::host(Refused(read(&guest, at, n))))
    })?;
    linker.func_wrap(HOST, "debug", |guest: Guest<'_>, at: i32, n: i32| {
        eprintln!("{}", text(&guest, at, n));
    })?;
    linker.func_wrap(
        HOST,
        "hash",
        |mut guest: Guest<'_>, suite: i32, at: i32, n: i32, out: i32| {
            assert_eq!(suite, 1);
            let digest = sha256(&read(&guest, at, n));
            write(&mut guest, out, &digest);
        },
    )?;
    linker.func_wrap(
        HOST,
        "verify_signature",
        |guest: Guest<'_>, key: i32, kn: i32, _: i32, _: i32, signature: i32, sn: i32| -> i32 {
            assert_eq!((kn, read(&guest, key, 1)[0]), (33, 1));
            assert_eq!((sn, read(&guest, signature, 1)[0]), (65, 1));
            0
        },
    )?;
    define_state(linker, HOST)
}

fn define_state(linker: &mut Linker<World>, host: &str) -> Result<(), Error> {
    linker.func_wrap(
        host,
        "state_get",
        |mut guest: Guest<'_>, at: i32, n: i32| {
            let key = read(&guest, at, n);
            match guest.data().state.get(&key).cloned() {
                Some(value) => leave(&mut guest, value),
                None => -1,
            }
        },
    )?;
    linker.func_wrap(
        host,
        "state_set",
        |mut guest: Guest<'_>, key: i32, kn: i32, value: i32, vn: i32| {
            let (key, value) = (read(&guest, key, kn), read(&guest, value, vn));
            guest.data_mut().state.insert(key, value);
        },
    )?;
    linker.func_wrap(
        host,
        "state_remove",
        |mut guest: Guest<'_>, at: i32, n: i32| {
            let key = read(&guest, at, n);
            guest.data_mut().state.remove(&key);
        },
    )?;
    linker.func_wrap(
        host,
        "state_scan",
        |mut guest: Guest<'_>, from: i32, fl: i32, to: i32, tl: i32, limit: i32| {
            let (from, to) = (read(&guest, from, fl), read(&guest, to, tl));
            let mut found = Vec::new();
            for (key, value) in guest.data().state.range(from..to).take(limit as usize) {
                for piece in [key, value] {
                    found.extend_from_slice(&(piece.len() as u32).to_le_bytes());
                    found.extend_from_slice(piece);
                }
            }
            leave(&mut guest, found)
        },
    )?;
    linker.func_wrap(
        host,
        "emit",
        |mut guest: Guest<'_>, name: i32, nn: i32, data: i32, dn: i32| {
            let event = (text(&guest, name, nn), text(&guest, data, dn));
            guest.data_mut().events.push(event);
        },
    )?;
    Ok(())
}
