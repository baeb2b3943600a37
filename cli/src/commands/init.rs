//! `yilian init`: a network on one machine.

pub(crate) mod files;
mod genesis;

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use self::genesis::Genesis;
use crate::answer::{Answer, Block};
use crate::context::{Context, Outcome, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Ports of a centre: consensus at the base, the pool 100 above, the interface 200 above.
const MEMPOOL: u16 = 100;
const API: u16 = 200;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// 预设：local 为本机四节点 | Preset: local is four nodes on this machine
    #[arg(long, default_value = "local")]
    preset: String,
    /// 网络目录，须为空或不存在 | Folder of the network; must be empty or missing
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// 合约目录：其中每个 .wasm 都写入创世 | Folder of contracts: every .wasm in it is there at genesis
    #[arg(long, value_name = "DIR")]
    contracts: Option<PathBuf>,
    /// 权限文件，默认在合约目录及其上两级找 permissions.toml | Permissions, by default permissions.toml in or up to two above the contracts
    #[arg(long, value_name = "FILE", requires = "contracts")]
    permissions: Option<PathBuf>,
    /// 第 i 个节点的端口：共识 N+i，交易池 N+100+i，接口 N+200+i | Ports of node i: consensus N+i, pool N+100+i, interface N+200+i
    #[arg(long, default_value_t = 27_000, value_name = "N")]
    base_port: u16,
}

/// Ports of one centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ports {
    pub(crate) p2p: u16,
    pub(crate) mempool: u16,
    pub(crate) api: u16,
}

impl Ports {
    /// Ports of the centre at a place.
    pub(crate) fn of(base: u16, place: u16) -> Self {
        let p2p = base.saturating_add(place);
        Ports {
            p2p,
            mempool: p2p.saturating_add(MEMPOOL),
            api: p2p.saturating_add(API),
        }
    }

    fn all(self) -> [u16; 3] {
        [self.p2p, self.mempool, self.api]
    }
}

impl InitArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        if self.preset != "local" {
            let text = context.text(M::InitPreset, &[("name", &self.preset)]);
            return Err(Failure::new(Exit::Usage, text));
        }
        if !(1_024..=65_000).contains(&self.base_port) {
            let text = context.text(M::InitBadPort, &[("port", &self.base_port)]);
            return Err(Failure::new(Exit::Usage, text));
        }
        let genesis = genesis::make(context, &self)?;
        self.refuse_used_ports(context, genesis.spec.centres.len())?;
        let folder = self.folder(context)?;
        files::write(context, &folder, &genesis, self.base_port)?;
        Ok(report(context, &folder, &genesis))
    }

    /// The folder, made and empty, as an absolute path.
    fn folder(&self, context: &Context) -> Outcome<PathBuf> {
        let wrong = |error: &std::io::Error| unwritable(context.lang, &self.dir, error);
        std::fs::create_dir_all(&self.dir).map_err(|error| wrong(&error))?;
        let mut entries = std::fs::read_dir(&self.dir).map_err(|error| wrong(&error))?;
        if entries.next().is_some() {
            let shown = self.dir.display();
            return Err(Failure::new(
                Exit::Failure,
                context.text(M::InitNotEmpty, &[("path", &shown)]),
            )
            .hint(context.name(M::InitNotEmptyHint)));
        }
        self.dir.canonicalize().map_err(|error| wrong(&error))
    }

    fn refuse_used_ports(&self, context: &Context, centres: usize) -> Outcome<()> {
        let places =
            (0..u16::try_from(centres).unwrap_or(u16::MAX)).map(|i| Ports::of(self.base_port, i));
        for port in places.flat_map(Ports::all) {
            if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
                return Err(Failure::new(
                    Exit::Failure,
                    context.text(M::InitPort, &[("port", &port)]),
                )
                .hint(context.name(M::InitPortHint)));
            }
        }
        Ok(())
    }
}

/// What was made, and how to start it.
fn report(context: &Context, folder: &Path, Genesis { spec, keys, .. }: &Genesis) -> Answer {
    let shown = folder.display().to_string();
    let nodes: Vec<String> = spec
        .centres
        .iter()
        .map(|centre| {
            format!(
                "yiliand run --config {shown}/nodes/{}/node.toml",
                centre.name
            )
        })
        .collect();
    let row = |named: &genesis::NamedKey| {
        let organisation = spec.organisation(&named.organisation);
        let title = organisation
            .map(|o| context.lang.pick(&o.zh, &o.en))
            .unwrap_or_default();
        vec![
            named.name.clone(),
            title.to_owned(),
            named.organisation.clone(),
        ]
    };
    let data = json!({"folder": shown, "chain_id": spec.chain_id, "digest": spec.digest(),
            "nodes": nodes,
            "contracts": spec.contracts.iter().map(|c| &c.name).collect::<Vec<_>>(),
            "keys": keys.organisations.iter().map(|k| &k.name).collect::<Vec<_>>()});
    let contracts: Vec<_> = spec.contracts.iter().map(|c| c.name.as_str()).collect();
    let contracts = match contracts.as_slice() {
        [] => context.name(M::InitWithoutContracts),
        names => names.join(", "),
    };
    let answer = Answer::new("init", data)
        .text(context.text(M::InitDone, &[("path", &shown)]))
        .fields([
            (context.name(M::Chain), spec.chain_id.clone()),
            (context.name(M::ChainDigest), spec.digest().to_string()),
            (context.name(M::Contracts), contracts),
        ]);
    let head = [M::KeyName, M::KeyOrganisation, M::KeyBinding].map(|m| context.name(m));
    answer
        .with(Block::Title(context.name(M::InitOrganisations)))
        .table(head, keys.organisations.iter().map(row).collect())
        .with(Block::Title(context.name(M::InitCentres)))
        .text(
            nodes
                .iter()
                .map(|n| format!("  {n}"))
                .collect::<Vec<_>>()
                .join("\n"),
        )
        .with(Block::Title(context.name(M::InitNext)))
        .text(format!("  export YILIAN_HOME={shown}\n  yilian status"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_of_a_centre_stand_a_hundred_apart() {
        let expected = Ports {
            p2p: 27_003,
            mempool: 27_103,
            api: 27_203,
        };
        assert_eq!(Ports::of(27_000, 3), expected);
    }
}
