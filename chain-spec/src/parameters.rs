//! The numbers that every validator of a chain must share.

use serde::{Deserialize, Serialize};
use yilian_crypto::{Digest, Namespace};
use yilian_primitives::{json, limits};

use crate::SpecError;

/// Parameters of a chain. All have to stand in the file: a default that a later release changed would fork the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Largest encoded block, in bytes.
    pub block_bytes_max: u64,
    /// Most transactions in a block.
    pub block_transactions_max: u64,
    /// Most fuel that the transactions of a block may burn together.
    pub block_fuel_max: u64,
    /// Largest transaction with its signature, in bytes.
    pub transaction_bytes_max: u64,
    /// Most fuel that one transaction may ask for.
    pub transaction_fuel_max: u64,
    /// Farthest that `valid_until_ms` of a transaction may lie ahead of the block time, in ms.
    pub valid_for_max_ms: u64,
    /// Farthest that a proposal's time may lie from a voter's clock, in ms.
    pub time_precision_ms: u64,
    /// How long a round waits for its proposal, in ms.
    pub propose_timeout_ms: u64,
    /// How long a round waits for more prevotes after two thirds of any kind, in ms.
    pub prevote_timeout_ms: u64,
    /// How long a round waits for more precommits after two thirds of any kind, in ms.
    pub precommit_timeout_ms: u64,
    /// By how much each timeout grows with each round, in ms.
    pub timeout_delta_ms: u64,
    /// Shortest time between two blocks while there is work, in ms.
    pub block_interval_ms: u64,
    /// Time between two blocks while there is no work, in ms.
    pub idle_interval_ms: u64,
    /// Largest wasm module of a contract, in bytes.
    pub contract_bytes_max: u64,
    /// Most memory of one contract instance, in pages of 64 KiB.
    pub memory_pages_max: u64,
    /// Deepest nesting of calls between contracts.
    pub call_depth_max: u64,
    /// Longest arguments of one call, in bytes of JSON.
    pub args_bytes_max: u64,
    /// Longest result of one call, in bytes of JSON.
    pub result_bytes_max: u64,
    /// Longest data of one event, in bytes of JSON.
    pub event_bytes_max: u64,
    /// Most events of one transaction.
    pub events_max: u64,
    /// Longest state key, in bytes.
    pub state_key_bytes_max: u64,
    /// Longest state value, in bytes.
    pub state_value_bytes_max: u64,
    /// Most state entries that one transaction may write or remove.
    pub writes_max: u64,
    /// Most entries that one scan may give.
    pub scan_entries_max: u64,
    /// Most blocks that a phase of the ceremony for the release key waits for members that do not answer.
    pub release_phase_blocks: u64,
    /// Execution engine and version of its metering schedule. Another engine may burn other fuel, so this is governed.
    pub execution_engine: String,
}

/// Fuel of what a validator says of releases: every transaction must be able to ask for as much.
pub const RELEASE_FUEL: u64 = 10_000_000;
/// Most fuel of a call that a ledger scheduled; a block begins one only while half of its fuel suffices.
pub const SCHEDULED_FUEL: u64 = 100_000_000;
/// The only execution engine of this version.
const EXECUTION_ENGINES: [&str; 1] = ["wasmtime-48/1"];

impl Default for Parameters {
    fn default() -> Self {
        Parameters {
            block_bytes_max: 4_194_304,
            block_transactions_max: 5_000,
            block_fuel_max: 3_000_000_000,
            transaction_bytes_max: 1_048_576,
            transaction_fuel_max: 1_000_000_000,
            valid_for_max_ms: 600_000,
            time_precision_ms: 2_000,
            propose_timeout_ms: 3_000,
            prevote_timeout_ms: 1_000,
            precommit_timeout_ms: 1_000,
            timeout_delta_ms: 500,
            block_interval_ms: 500,
            idle_interval_ms: 10_000,
            contract_bytes_max: 1_048_576,
            memory_pages_max: 512,
            call_depth_max: 8,
            args_bytes_max: 786_432,
            result_bytes_max: 262_144,
            event_bytes_max: 16_384,
            events_max: 256,
            state_key_bytes_max: 256,
            state_value_bytes_max: 65_536,
            writes_max: 12_000,
            scan_entries_max: 12_000,
            release_phase_blocks: 12,
            execution_engine: "wasmtime-48/1".to_owned(),
        }
    }
}

impl Parameters {
    /// Canonical JSON: the value of the state key `system\0parameters`.
    pub fn to_json(&self) -> Vec<u8> {
        let value = serde_json::to_value(self).expect("numbers and texts always serialise");
        json::canonical(&value)
    }

    /// Reads what [`Parameters::to_json`] wrote.
    pub fn from_json(bytes: &[u8]) -> Result<Self, SpecError> {
        let parameters: Parameters = json::read(bytes)
            .map_err(|error| SpecError::new("parameters", "canonical JSON", error.reason))?;
        parameters.check()?;
        Ok(parameters)
    }

    /// Namespaced hash, as headers carry it.
    pub fn hash(&self) -> Digest {
        Digest::tagged(Namespace::Parameters, &self.to_json())
    }

    /// Refuses numbers with which a chain cannot work, or that the formats cannot carry.
    pub fn check(&self) -> Result<(), SpecError> {
        for (name, value, low, high) in self.ranges() {
            if value < low || value > high {
                let expected = format!("{low} to {high}");
                return Err(SpecError::new(
                    format!("parameters.{name}"),
                    expected,
                    value,
                ));
            }
        }
        self.check_relations()?;
        one_of(
            "execution_engine",
            &self.execution_engine,
            &EXECUTION_ENGINES,
        )
    }

    /// Name, value, and the smallest and largest that are allowed.
    fn ranges(&self) -> [(&'static str, u64, u64, u64); 25] {
        const HOUR_MS: u64 = 3_600_000;
        const MIB: u64 = 1 << 20;
        const FUEL: u64 = 1_000_000_000_000;
        let block_bytes = limits::BLOCK_BYTES_MAX as u64;
        let transaction_bytes = limits::TRANSACTION_BYTES_MAX as u64;
        let block_transactions = limits::BLOCK_TRANSACTIONS_MAX as u64;
        [
            ("block_bytes_max", self.block_bytes_max, 65_536, block_bytes),
            (
                "block_transactions_max",
                self.block_transactions_max,
                1,
                block_transactions,
            ),
            ("block_fuel_max", self.block_fuel_max, 1_000_000, FUEL),
            (
                "transaction_bytes_max",
                self.transaction_bytes_max,
                4_096,
                transaction_bytes,
            ),
            (
                "transaction_fuel_max",
                self.transaction_fuel_max,
                RELEASE_FUEL,
                FUEL,
            ),
            ("valid_for_max_ms", self.valid_for_max_ms, 10_000, HOUR_MS),
            ("time_precision_ms", self.time_precision_ms, 50, 60_000),
            ("propose_timeout_ms", self.propose_timeout_ms, 100, 60_000),
            ("prevote_timeout_ms", self.prevote_timeout_ms, 50, 60_000),
            (
                "precommit_timeout_ms",
                self.precommit_timeout_ms,
                50,
                60_000,
            ),
            ("timeout_delta_ms", self.timeout_delta_ms, 1, 60_000),
            ("block_interval_ms", self.block_interval_ms, 1, 60_000),
            ("idle_interval_ms", self.idle_interval_ms, 1, HOUR_MS),
            (
                "contract_bytes_max",
                self.contract_bytes_max,
                4_096,
                4 * MIB,
            ),
            ("memory_pages_max", self.memory_pages_max, 17, 4_096),
            ("call_depth_max", self.call_depth_max, 1, 32),
            (
                "args_bytes_max",
                self.args_bytes_max,
                1_024,
                transaction_bytes,
            ),
            ("result_bytes_max", self.result_bytes_max, 1_024, MIB),
            ("event_bytes_max", self.event_bytes_max, 256, MIB),
            ("events_max", self.events_max, 1, 65_536),
            ("state_key_bytes_max", self.state_key_bytes_max, 64, 4_096),
            (
                "state_value_bytes_max",
                self.state_value_bytes_max,
                1_024,
                MIB,
            ),
            ("writes_max", self.writes_max, 16, 1_000_000),
            ("scan_entries_max", self.scan_entries_max, 1, 1_000_000),
            (
                "release_phase_blocks",
                self.release_phase_blocks,
                5,
                100_000,
            ),
        ]
    }

    fn check_relations(&self) -> Result<(), SpecError> {
        let pairs = [
            (
                "transaction_bytes_max",
                self.transaction_bytes_max,
                "block_bytes_max",
                self.block_bytes_max,
            ),
            (
                "block_interval_ms",
                self.block_interval_ms,
                "idle_interval_ms",
                self.idle_interval_ms,
            ),
        ];
        let twice = self.transaction_fuel_max.saturating_add(RELEASE_FUEL);
        if self.block_fuel_max < twice {
            // A block takes a share's signature only while it has fuel for the ledger that is called then.
            let expected =
                format!("at least parameters.transaction_fuel_max + {RELEASE_FUEL} = {twice}");
            let got = self.block_fuel_max;
            return Err(SpecError::new("parameters.block_fuel_max", expected, got));
        }
        if self.block_fuel_max / 2 < SCHEDULED_FUEL {
            let expected = format!("at least {}, twice a scheduled call", 2 * SCHEDULED_FUEL);
            let got = self.block_fuel_max;
            return Err(SpecError::new("parameters.block_fuel_max", expected, got));
        }
        for (small, value, large, limit) in pairs {
            if value > limit {
                let expected = format!("at most parameters.{large} = {limit}");
                return Err(SpecError::new(
                    format!("parameters.{small}"),
                    expected,
                    value,
                ));
            }
        }
        Ok(())
    }
}

fn one_of(name: &str, value: &str, allowed: &[&str]) -> Result<(), SpecError> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let expected = format!("one of {allowed:?}");
    Err(SpecError::new(
        format!("parameters.{name}"),
        expected,
        format!("{value:?}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_parameters_are_allowed_and_survive_json() {
        let parameters = Parameters::default();
        assert_eq!(parameters.check(), Ok(()));
        assert_eq!(Parameters::from_json(&parameters.to_json()), Ok(parameters));
    }

    #[test]
    fn a_number_out_of_range_is_named_with_its_range() {
        let parameters = Parameters {
            call_depth_max: 33,
            ..Parameters::default()
        };
        let error = parameters.check().expect_err("too deep");
        assert_eq!(error.field, "parameters.call_depth_max");
        assert_eq!(
            (error.expected.as_str(), error.got.as_str()),
            ("1 to 32", "33")
        );
    }

    #[test]
    fn a_transaction_must_fit_into_a_block() {
        let parameters = Parameters {
            block_fuel_max: 1_009_999_999,
            ..Parameters::default()
        };
        let error = parameters.check().expect_err("does not fit");
        assert_eq!(error.field, "parameters.block_fuel_max");
    }

    #[test]
    fn the_hash_changes_with_every_parameter() {
        let changed = Parameters {
            writes_max: 12_001,
            ..Parameters::default()
        };
        assert_ne!(changed.hash(), Parameters::default().hash());
    }
}
