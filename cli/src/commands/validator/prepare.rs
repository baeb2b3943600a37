//! `yilian validator prepare`: what a new node needs, and the card that the others decide on.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use yilian_chain_spec::{Centre, ChainSpec};

use crate::answer::Answer;
use crate::commands::init::Ports;
use crate::commands::init::files::{NodeFile, to_toml};
use crate::context::{Context, Outcome, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keyfile;
use crate::messages::M;

/// Arguments of `validator prepare`.
#[derive(Debug, Args)]
pub(crate) struct PrepareArgs {
    /// 节点目录，须不存在 | Folder of the node; must not exist
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// 中心名称（小写字母、数字、-） | Name of the centre (lower-case letters, digits, -)
    #[arg(long)]
    name: String,
    /// 中文名称；链规范中已有的中心可省略本项及以下三项 | Name in Chinese; this and the next three may be left out for a centre of the specification
    #[arg(long)]
    zh: Option<String>,
    /// 英文名称 | Name in English
    #[arg(long)]
    en: Option<String>,
    /// 行政区划代码（GB/T 2260） | Administrative division (GB/T 2260)
    #[arg(long)]
    division: Option<String>,
    /// 统一社会信用代码 | Unified social credit code
    #[arg(long)]
    organisation: Option<String>,
    /// 节点的 IP 地址 | IP address of the node
    #[arg(long, default_value = "127.0.0.1", value_name = "IP")]
    host: IpAddr,
    /// 端口：共识 N，交易池 N+100，接口 N+200 | Ports: consensus N, pool N+100, interface N+200
    #[arg(long, value_name = "N")]
    base_port: u16,
    /// 链规范，默认为所信任者 | The specification; by default the trusted one
    #[arg(long, value_name = "FILE")]
    chain_spec: Option<PathBuf>,
    /// 创世合约目录，默认为链规范旁的 contracts | Folder of the contracts of genesis; by default contracts beside the specification
    #[arg(long, value_name = "DIR")]
    contracts: Option<PathBuf>,
}

impl PrepareArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let path = context.trust_path(self.chain_spec.as_deref());
        let path = path.ok_or_else(|| Failure::new(Exit::Usage, context.name(M::PrepareNoSpec)))?;
        let spec = context.read_spec(&path)?;
        let key = keyfile::generate();
        let centre = self.centre(context, &spec, key.public_key())?;
        std::fs::create_dir_all(self.dir.join("contracts"))
            .map_err(|error| unwritable(context.lang, &self.dir, &error))?;
        keyfile::write(context.lang, &self.dir.join("validator.key"), &key)?;
        context.write_new(&self.dir.join("chain.toml"), spec.to_toml().as_bytes())?;
        let beside = path.parent().unwrap_or(Path::new(".")).join("contracts");
        let contracts = self.contracts.as_deref().unwrap_or(&beside);
        for contract in &spec.contracts {
            let program = context.read_bytes(&contracts.join(&contract.file))?;
            let copy = self.dir.join("contracts").join(&contract.file);
            context.write_new(&copy, &program)?;
        }
        let file = self.node_file(&centre);
        context.write_new(&self.dir.join("node.toml"), file.as_bytes())?;
        let card = self.dir.join("centre.json");
        let text = format!("{:#}\n", json!(centre));
        context.write_new(&card, text.as_bytes())?;
        Ok(self.report(context, &centre, &card))
    }

    fn centre(
        &self,
        context: &Context,
        spec: &ChainSpec,
        key: yilian_crypto::PublicKey,
    ) -> Outcome<Centre> {
        let known = spec.centre(&self.name);
        let or = |given: &Option<String>, known: Option<&String>, option: &str| {
            let found = given.as_ref().or(known).cloned();
            found.ok_or_else(|| {
                let text = context.text(
                    M::PrepareMissing,
                    &[("option", &option), ("name", &self.name)],
                );
                Failure::new(Exit::Usage, text)
            })
        };
        let ports = Ports::of(self.base_port, 0);
        let address = |port: u16| match self.host {
            IpAddr::V4(host) => format!("/ip4/{host}/tcp/{port}"),
            IpAddr::V6(host) => format!("/ip6/{host}/tcp/{port}"),
        };
        let centre = Centre {
            name: self.name.clone(),
            zh: or(&self.zh, known.map(|one| &one.zh), "--zh")?,
            en: or(&self.en, known.map(|one| &one.en), "--en")?,
            division: or(&self.division, known.map(|one| &one.division), "--division")?,
            organisation: or(
                &self.organisation,
                known.map(|one| &one.organisation),
                "--organisation",
            )?,
            key,
            power: 1,
            p2p: address(ports.p2p),
            mempool: address(ports.mempool),
        };
        match centre.check("centre") {
            Ok(()) => Ok(centre),
            Err(error) => Err(Failure::new(Exit::Usage, error.to_string())),
        }
    }

    fn node_file(&self, centre: &Centre) -> String {
        let api = std::net::SocketAddr::new(self.host, Ports::of(self.base_port, 0).api);
        to_toml(&NodeFile {
            name: &centre.name,
            centre: Some(&centre.name),
            chain_spec: "chain.toml",
            data_dir: "data",
            key_file: "validator.key",
            contracts_dir: "contracts",
            p2p_listen: centre.p2p.clone(),
            mempool_listen: centre.mempool.clone(),
            api_listen: api.to_string(),
        })
    }

    fn report(&self, context: &Context, centre: &Centre, card: &Path) -> Answer {
        let folder = self.dir.display().to_string();
        let data = json!({"folder": folder, "card": card.display().to_string(), "centre": centre});
        Answer::new("validator-prepare", data)
            .text(context.text(M::PrepareDone, &[("path", &card.display())]))
            .fields([
                (context.name(M::CentreName), centre.name.clone()),
                (context.name(M::KeyPublic), centre.key.to_string()),
            ])
            .text(format!("  yiliand run --config {folder}/node.toml"))
    }
}
