//! What a running contract is given by its call: the functions behind wasm.

use yilian_abi::{ContractKind, ContractRefusal, Env, Reserved};
use yilian_abi::{records, state_key};
use yilian_chain_records::admission;
use yilian_chain_records::schedule::Scheduled;
use yilian_crypto::Digest;
use yilian_primitives::limits::RULE_CALLS_MAX;
use yilian_primitives::{Event, RuleCallTrace};
use yilian_vm::{CallEnd, Entry, Host, Pair, Target, Trap};

use crate::fault;
use crate::release;
use crate::schedule;
use crate::session::Session;

/// Most bytes of values that one call may write: it bounds traces and the batch of a block.
const WRITTEN_BYTES_MAX: u64 = 16 << 20;

impl Host for Session {
    fn env(&mut self) -> Vec<u8> {
        let organisation = self.caller.acts_for();
        let roles = match &self.caller.admission {
            Some(_) => vec![admission::ROLE.to_owned()],
            None => organisation.map_or(Vec::new(), |o| o.roles.clone()),
        };
        let calling = self.frames.iter().rev().nth(1);
        records::to_bytes(&Env {
            chain_id: self.surroundings.chain_id.to_string(),
            height: self.surroundings.height,
            time_ms: self.surroundings.time_ms,
            tx_id: self.sent.tx_id.clone(),
            submission: self.sent.submission.clone(),
            caller: self.caller.key.clone(),
            organisation: organisation.map_or(String::new(), |o| o.code.clone()),
            roles,
            contract: self.current().to_owned(),
            calling_contract: calling
                .map(|frame| frame.contract.clone())
                .filter(|name| !name.is_empty()),
            log_index: self.log_index,
        })
    }

    fn state_get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, Trap> {
        self.check_readable(key.first() == Some(&state_key::INDEX))?;
        let key = self.own_key(key);
        self.read(&key).map_err(|error| self.fail(error))
    }

    fn state_set(&mut self, key: &[u8], value: &[u8]) -> Result<(), Trap> {
        self.check_writable()?;
        self.written = self.written.saturating_add(value.len() as u64);
        if self.written > WRITTEN_BYTES_MAX {
            return Err(Trap(format!("more than {WRITTEN_BYTES_MAX} bytes written")));
        }
        self.overlay.set(self.own_key(key), Some(value.to_vec()));
        Ok(())
    }

    fn state_remove(&mut self, key: &[u8]) -> Result<(), Trap> {
        self.check_writable()?;
        self.overlay.set(self.own_key(key), None);
        Ok(())
    }

    fn state_scan(&mut self, from: &[u8], to: &[u8], limit: u32) -> Result<Vec<Pair>, Trap> {
        self.check_readable(meets_index(from, to))?;
        let most = self.surroundings.parameters.scan_entries_max;
        let limit = u64::from(limit).min(most) as usize;
        let prefix = self.current().len() + 1;
        let (from, to) = (self.own_key(from), self.own_key(to));
        let entries = self
            .overlay
            .scan(&self.block, &from, &to, limit)
            .map_err(|error| self.fail(error))?;
        let own = |(key, value): (Vec<u8>, Vec<u8>)| (key[prefix..].to_vec(), value);
        Ok(entries.into_iter().map(own).collect())
    }

    fn emit(&mut self, name: &str, data: &[u8]) -> Result<(), Trap> {
        self.check_writable()?;
        let parameters = &self.surroundings.parameters;
        if self.events.len() as u64 >= parameters.events_max {
            return Err(Trap(format!("more than {} events", parameters.events_max)));
        }
        if data.len() as u64 > parameters.event_bytes_max || name.len() > 64 {
            return Err(Trap(format!(
                "event of {} bytes: expected at most {}, and a name of at most 64",
                data.len(),
                parameters.event_bytes_max
            )));
        }
        self.events.push(Event {
            contract: self.current().to_owned(),
            name: name.to_owned(),
            data: data.to_vec(),
        });
        Ok(())
    }

    fn code_hash(&mut self, name: &str) -> Result<Option<String>, Trap> {
        let record = self.contract(name).map_err(|error| self.fail(error))?;
        Ok(record.map(|record| record.code_hash.to_string()))
    }

    fn release_request(&mut self, identity: &str, method: &str) -> Result<(), Trap> {
        self.check_writable()?;
        if !self.has_method(method)? {
            return Err(Trap(format!(
                "release {identity}: this ledger has no method {method}"
            )));
        }
        let contract = self.current().to_owned();
        let asked = release::ask(self, &contract, identity, method);
        self.or_trap(asked)
    }

    fn schedule(&mut self, name: &str, method: &str, at_ms: u64) -> Result<(), Trap> {
        self.check_writable()?;
        if !self.has_method(method)? {
            return Err(Trap(format!(
                "scheduled call {name}: this ledger has no method {method}"
            )));
        }
        let call = Scheduled {
            contract: self.current().to_owned(),
            name: name.to_owned(),
            method: method.to_owned(),
            at_ms,
        };
        let put = schedule::put(self, &call);
        self.or_trap(put)
    }

    fn unschedule(&mut self, name: &str) -> Result<(), Trap> {
        self.check_writable()?;
        let contract = self.current().to_owned();
        let cancelled = schedule::cancel(self, &contract, name);
        self.or_trap(cancelled)
    }

    fn enter_rule(&mut self, code: &str, method: &str, args: &[u8]) -> Result<Entry<Self>, Trap> {
        self.check_depth()?;
        if self.rule_calls.len() >= RULE_CALLS_MAX {
            return Err(Trap(format!("more than {RULE_CALLS_MAX} calls of rules")));
        }
        let refused = |reserved, detail: String| {
            Ok(Entry::Refused(ContractRefusal::reserved(reserved, detail)))
        };
        let Ok(hash) = code.parse::<Digest>() else {
            return refused(Reserved::UnknownContract, format!("code hash {code:?}"));
        };
        let program = self.program(&hash).map_err(|error| self.fail(error))?;
        let Some(program) = program else {
            return refused(Reserved::UnknownContract, format!("code {hash}"));
        };
        if program.kind() != ContractKind::Rule {
            return refused(Reserved::NotARule, program.interface().name.clone());
        }
        if program.interface().method(method).is_none() {
            return refused(Reserved::UnknownMethod, method.to_owned());
        }
        let name = program.interface().name.clone();
        self.push(&name, method, false, Some((hash, args.to_vec())));
        Ok(Entry::Enter(Target {
            program,
            method: method.to_owned(),
            args: fault::rule_args(args),
        }))
    }

    fn enter_ledger(&mut self, name: &str, method: &str, args: &[u8]) -> Result<Entry<Self>, Trap> {
        self.check_depth()?;
        match self.enter(name, method, args) {
            Ok(Ok(target)) => Ok(Entry::Enter(target)),
            Ok(Err(refusal)) => Ok(Entry::Refused(refusal)),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn leave(&mut self, end: &CallEnd) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        if let Some((code_hash, input)) = frame.rule {
            let output = match end {
                CallEnd::Done(result) => result.clone(),
                CallEnd::Refused(refusal) => records::to_bytes(refusal),
                CallEnd::Trapped(_) | CallEnd::Broken(_) => return,
            };
            self.rule_calls.push(RuleCallTrace {
                code_hash,
                name: frame.contract,
                method: frame.method,
                input,
                output,
            });
        } else if !matches!(end, CallEnd::Done(_)) {
            self.overlay.roll_back(frame.savepoint);
            self.events.truncate(frame.events);
        }
    }
}

/// Whether a range of a contract's own keys, from one key up to and without another, has a place for keys of an index.
fn meets_index(from: &[u8], to: &[u8]) -> bool {
    from < &[state_key::INDEX + 1][..] && to > &[state_key::INDEX][..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_meets_the_index_if_one_of_its_keys_could_be_there() {
        for (from, to) in [
            ("", "\x7f"),
            ("~a", "~b"),
            ("a", "~\0"),
            ("~", "~\0"),
            ("~z", "zz\x7f"),
        ] {
            let meets = meets_index(from.as_bytes(), to.as_bytes());
            assert_eq!(meets, to > "~", "{from:?} to {to:?}");
        }
        for (from, to) in [("", "~"), ("a", "z"), ("\x7f", "\x7f\x7f")] {
            assert!(
                !meets_index(from.as_bytes(), to.as_bytes()),
                "{from:?} to {to:?}"
            );
        }
    }
}
