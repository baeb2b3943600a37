//! `yilian chain-spec`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;
use yilian_chain_spec::ChainSpec;
use yilian_crypto::Digest;
use yilian_primitives::CommitCertificate;

use crate::answer::Answer;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::show;

/// Subcommands of `chain-spec`.
#[derive(Debug, Subcommand)]
pub(crate) enum ChainSpecCommand {
    /// 检查链规范，可同时核对合约文件 | Check a specification, and its contract files
    Check {
        /// 链规范文件 | The specification
        file: PathBuf,
        /// 核对此目录中的合约文件摘要 | Check the hashes of the contract files in this folder
        #[arg(long, value_name = "DIR")]
        contracts: Option<PathBuf>,
    },
    /// 显示链规范 | Show a specification
    Show {
        /// 链规范文件 | The specification
        file: PathBuf,
    },
}

impl ChainSpecCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            ChainSpecCommand::Check { file, contracts } => {
                check(context, &file, contracts.as_deref())
            }
            ChainSpecCommand::Show { file } => show(context, &context.read_spec(&file)?),
        }
    }
}

fn check(context: &Context, file: &Path, contracts: Option<&Path>) -> Outcome<Answer> {
    let spec = context.read_spec(file)?;
    if let Some(folder) = contracts {
        check_contracts(context, &spec, folder)?;
    }
    let data = json!({"chain_id": spec.chain_id, "digest": spec.digest(), "valid": true});
    Ok(Answer::new("chain-spec-check", data)
        .text(context.name(M::SpecHolds))
        .fields([
            (context.name(M::Chain), spec.chain_id.clone()),
            (context.name(M::ChainDigest), spec.digest().to_string()),
        ]))
}

/// A node with other code than the specification says would leave the chain at genesis.
fn check_contracts(context: &Context, spec: &ChainSpec, folder: &Path) -> Outcome<()> {
    for contract in &spec.contracts {
        let path = folder.join(&contract.file);
        let got = Digest::sha256(&context.read_bytes(&path)?);
        if got != contract.code_hash {
            let shown = path.display();
            let values: [(&str, &dyn core::fmt::Display); 4] = [
                ("name", &contract.name),
                ("path", &shown),
                ("got", &got),
                ("want", &contract.code_hash),
            ];
            return Err(Failure::new(
                Exit::Forged,
                context.text(M::SpecFileDiffers, &values),
            ));
        }
    }
    Ok(())
}

fn show(context: &Context, spec: &ChainSpec) -> Outcome<Answer> {
    let validators = spec.validators();
    let data = json!({
        "digest": spec.digest(),
        "spec": spec.identity_json(),
        "verifier_keys": CommitCertificate::verifier_keys(&spec.chain_id, &validators),
    });
    let name = |message| context.name(message);
    let centre = |c: &yilian_chain_spec::Centre| {
        let title = context.lang.pick(&c.zh, &c.en).to_owned();
        vec![
            c.name.clone(),
            title,
            c.organisation.clone(),
            c.power.to_string(),
            c.key.to_string(),
        ]
    };
    let organisation = |o: &yilian_chain_spec::Organisation| {
        let roles: Vec<_> = o.roles.iter().map(|role| role.as_str()).collect();
        let title = context.lang.pick(&o.zh, &o.en).to_owned();
        vec![
            o.code.clone(),
            title,
            roles.join(", "),
            o.keys.len().to_string(),
        ]
    };
    let contract = |c: &yilian_chain_spec::Contract| {
        let hash = c.code_hash.to_string();
        vec![c.name.clone(), c.kind.as_str().to_owned(), hash]
    };
    let ceremony = spec.ceremony.as_ref().map(|named| named.digest.to_string());
    let ceremony = ceremony.map(|digest| (name(M::CeremonyDigest), digest));
    let head = [
        (name(M::Chain), spec.chain_id.clone()),
        (name(M::ChainDigest), spec.digest().to_string()),
        (name(M::Time), show::time(spec.genesis_time_ms)),
    ];
    Ok(Answer::new("chain-spec", data)
        .fields(head.into_iter().chain(ceremony))
        .with(crate::answer::Block::Title(name(M::Validators)))
        .table(
            [
                name(M::Name),
                name(M::MethodTitle),
                name(M::KeyOrganisation),
                name(M::Power),
                name(M::KeyPublic),
            ],
            spec.centres.iter().map(centre).collect(),
        )
        .with(crate::answer::Block::Title(name(M::Organisations)))
        .table(
            [
                name(M::KeyOrganisation),
                name(M::Name),
                name(M::KeyRoles),
                name(M::KeyCount),
            ],
            spec.organisations.iter().map(organisation).collect(),
        )
        .with(crate::answer::Block::Title(name(M::Contracts)))
        .table(
            [name(M::ContractName), name(M::Kind), name(M::CodeHash)],
            spec.contracts.iter().map(contract).collect(),
        ))
}
