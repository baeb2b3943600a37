//! A chain specification, field by field as the file names them.

use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yilian_crypto::{Digest, Namespace, PublicKey};
use yilian_primitives::{TimestampMs, ValidatorSet, json};

use crate::Parameters;

/// How a chain began: its name, its time, its centres, and what its state held before the first block.
///
/// One that came from [`ChainSpec::parse`] is checked. Whoever changes the fields calls [`ChainSpec::check`] again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainSpec {
    /// Name of the chain: lower-case letters, digits and `-`, at most 32 bytes, beginning with a letter.
    pub chain_id: String,
    /// Time of genesis in ms; block 1 is later.
    pub genesis_time_ms: TimestampMs,
    /// The numbers that all validators share.
    pub parameters: Parameters,
    /// The ceremony in which the validators made their key before the chain began; without it they make one in the first
    /// blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceremony: Option<CeremonyFile>,
    /// The centres, each with one validator.
    #[serde(rename = "centre")]
    pub centres: Vec<Centre>,
    /// The organisations that are registered at genesis, centres among them.
    #[serde(rename = "organisation", default)]
    pub organisations: Vec<Organisation>,
    /// Who may call what at genesis. What is not listed is forbidden.
    #[serde(rename = "permission", default)]
    pub permissions: Vec<Permission>,
    /// The contracts that exist at genesis.
    #[serde(rename = "contract", default)]
    pub contracts: Vec<Contract>,
}

/// The transcript of a ceremony that was held by files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CeremonyFile {
    /// JSON file, relative to the folder of the specification.
    pub file: String,
    /// SHA-256 of the file. The node refuses to begin a chain with another one.
    pub digest: Digest,
}

/// A trading centre and its validator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Centre {
    /// Name in signed notes: lower-case letters, digits and `-`.
    pub name: String,
    /// Name in Chinese.
    pub zh: String,
    /// Name in English.
    pub en: String,
    /// Administrative division, GB/T 2260: six digits.
    pub division: String,
    /// Unified social credit code of the organisation that runs it.
    pub organisation: String,
    /// Key that signs votes. It does nothing else; the people of a centre have keys of their own.
    pub key: PublicKey,
    /// Voting power, at least 1.
    #[serde(default = "one")]
    pub power: u64,
    /// Where the consensus engine listens: `/ip4|ip6|dns|dns4|dns6/<host>/tcp/<port>`.
    pub p2p: String,
    /// Where the transaction pool listens, in the same form.
    pub mempool: String,
}

fn one() -> u64 {
    1
}

/// What an organisation may be. Permissions name roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Changes contracts, parameters and organisations.
    Governance,
    /// 公共资源交易中心: runs a validator and a trading place.
    Centre,
    /// 行政监督部门: supervises under 招标投标法 article 7.
    Supervisor,
    /// 招标代理机构: acts for a tenderer under 招标投标法 article 13.
    Agency,
    /// 招标人: tenders under 招标投标法 article 8.
    Tenderer,
    /// 投标人: bids under 招标投标法 article 25.
    Bidder,
    /// 电子交易系统: sends for those who trade on it.
    TradingSystem,
    /// 评标专家库 operator.
    ExpertPool,
    /// 审计机关: reads and checks.
    Auditor,
    /// Cosigns checkpoints from outside.
    Witness,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 10] = [
        Role::Governance,
        Role::Centre,
        Role::Supervisor,
        Role::Agency,
        Role::Tenderer,
        Role::Bidder,
        Role::TradingSystem,
        Role::ExpertPool,
        Role::Auditor,
        Role::Witness,
    ];

    /// The name in files and in the state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Governance => "governance",
            Role::Centre => "centre",
            Role::Supervisor => "supervisor",
            Role::Agency => "agency",
            Role::Tenderer => "tenderer",
            Role::Bidder => "bidder",
            Role::TradingSystem => "trading_system",
            Role::ExpertPool => "expert_pool",
            Role::Auditor => "auditor",
            Role::Witness => "witness",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An organisation that is registered at genesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Unified social credit code (GB 32100), 18 characters.
    pub code: String,
    /// Name in Chinese.
    pub zh: String,
    /// Name in English.
    pub en: String,
    /// What it may be.
    pub roles: Vec<Role>,
    /// Administrative division, GB/T 2260; empty if none.
    #[serde(default)]
    pub division: String,
    /// Keys with which its people and systems sign.
    #[serde(default)]
    pub keys: Vec<PublicKey>,
    /// Who attests that the code was lawfully issued although its check character is wrong; empty if it is right.
    /// Such codes exist, so they are no reason to refuse an organisation for ever.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub attested_by: String,
}

impl Organisation {
    /// An organisation without a division and without keys.
    pub fn new(
        code: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
        roles: impl Into<Vec<Role>>,
    ) -> Self {
        Organisation {
            code: code.into(),
            zh: zh.into(),
            en: en.into(),
            roles: roles.into(),
            division: String::new(),
            keys: Vec::new(),
            attested_by: String::new(),
        }
    }
}

/// Who may call a method. Both lists empty: every active registered organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Name of the contract, or `system`.
    pub contract: String,
    /// Name of the method, or `*` for every method that has no entry of its own.
    pub method: String,
    /// Roles that may call it.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Organisations that may call it whatever their roles.
    #[serde(default)]
    pub organisations: Vec<String>,
}

/// What a contract is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractKind {
    /// A pure function.
    Rule,
    /// Storage with access control.
    Ledger,
}

impl ContractKind {
    /// The name in files and in the state.
    pub const fn as_str(self) -> &'static str {
        match self {
            ContractKind::Rule => "rule",
            ContractKind::Ledger => "ledger",
        }
    }
}

/// A contract that exists at genesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Name under which it is called.
    pub name: String,
    /// Rule or ledger.
    pub kind: ContractKind,
    /// Wasm file, relative to the node's directory of contracts.
    pub file: String,
    /// SHA-256 of the file. The node refuses to begin a chain with another one.
    pub code_hash: Digest,
}

impl ChainSpec {
    /// Reads and checks a specification.
    pub fn parse(text: &str) -> Result<Self, crate::SpecError> {
        crate::parse::parse_spec(text)
    }

    /// The specification as a file that [`ChainSpec::parse`] reads.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("texts, numbers and lists of tables always serialise")
    }

    /// Everything that [`ChainSpec::digest`] covers, as JSON: the whole file with every field written out, but not
    /// where things are found today (`p2p`, `mempool` of centres, `file` of contracts and of the ceremony). A centre that moves to another
    /// address is still the same centre of the same chain.
    pub fn identity_json(&self) -> Value {
        let mut value = serde_json::to_value(self).expect("texts and numbers always serialise");
        for (list, places) in [
            ("centre", &["p2p", "mempool"][..]),
            ("contract", &["file"][..]),
        ] {
            let items = value.get_mut(list).and_then(Value::as_array_mut);
            for item in items.into_iter().flatten().filter_map(Value::as_object_mut) {
                item.retain(|key, _| !places.contains(&key.as_str()));
            }
        }
        if let Some(ceremony) = value.get_mut("ceremony").and_then(Value::as_object_mut) {
            ceremony.remove("file");
        }
        value
    }

    /// What makes this chain this chain: namespaced SHA-256 of the canonical [`ChainSpec::identity_json`].
    pub fn digest(&self) -> Digest {
        Digest::tagged(
            Namespace::ChainSpec,
            &json::canonical(&self.identity_json()),
        )
    }

    /// The validators that decide block 1.
    ///
    /// # Panics
    /// Only if the fields were changed since the last [`ChainSpec::check`], to centres that form no set.
    pub fn validators(&self) -> ValidatorSet {
        ValidatorSet::new(self.centres.iter().map(Centre::validator).collect())
            .expect("the centres of a checked specification form a validator set")
    }

    /// The centre of a name.
    pub fn centre(&self, name: &str) -> Option<&Centre> {
        self.centres.iter().find(|centre| centre.name == name)
    }

    /// The centre whose validator has a key.
    pub fn centre_with_key(&self, key: &PublicKey) -> Option<&Centre> {
        self.centres.iter().find(|centre| centre.key == *key)
    }

    /// The organisation of a code.
    pub fn organisation(&self, code: &str) -> Option<&Organisation> {
        self.organisations
            .iter()
            .find(|organisation| organisation.code == code)
    }

    /// The first organisation with a role.
    pub fn organisation_with(&self, role: Role) -> Option<&Organisation> {
        self.organisations
            .iter()
            .find(|organisation| organisation.roles.contains(&role))
    }

    /// Adds permissions; one for the same contract and method takes the place of the other.
    pub fn grant(&mut self, permissions: impl IntoIterator<Item = Permission>) {
        for permission in permissions {
            let same = |other: &Permission| {
                (&other.contract, &other.method) == (&permission.contract, &permission.method)
            };
            self.permissions.retain(|other| !same(other));
            self.permissions.push(permission);
        }
    }

    /// The organisation of a code, to give it keys.
    pub fn organisation_mut(&mut self, code: &str) -> Option<&mut Organisation> {
        self.organisations
            .iter_mut()
            .find(|organisation| organisation.code == code)
    }
}
