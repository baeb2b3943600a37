//! The files of a local network.

use std::path::Path;

use serde::Serialize;

use super::Ports;
use super::genesis::{Genesis, multiaddr};
use crate::context::{Context, Outcome, SETTINGS, Settings, unwritable};
use crate::keyfile;

/// Configuration of one node, as `yiliand` reads it. Paths are relative to the file, so the whole folder can be moved.
#[derive(Serialize)]
pub(crate) struct NodeFile<'a> {
    pub(crate) name: &'a str,
    /// Of a node whose key does not stand in the specification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) centre: Option<&'a str>,
    pub(crate) chain_spec: &'a str,
    pub(crate) data_dir: &'a str,
    pub(crate) key_file: &'a str,
    pub(crate) contracts_dir: &'a str,
    pub(crate) p2p_listen: String,
    pub(crate) mempool_listen: String,
    pub(crate) api_listen: String,
}

/// Writes specification, keys, node files and the settings of this program.
pub(super) fn write(
    context: &Context,
    folder: &Path,
    Genesis {
        spec,
        keys,
        programs,
    }: &Genesis,
    base_port: u16,
) -> Outcome<()> {
    let contracts = folder.join("contracts");
    std::fs::create_dir_all(&contracts)
        .map_err(|error| unwritable(context.lang, &contracts, &error))?;
    for (file, program) in programs {
        context.write_new(&contracts.join(file), program)?;
    }
    context.write_new(&folder.join("chain.toml"), spec.to_toml().as_bytes())?;
    for (place, centre) in (0u16..).zip(&spec.centres) {
        let node = folder.join("nodes").join(&centre.name);
        std::fs::create_dir_all(&node).map_err(|error| unwritable(context.lang, &node, &error))?;
        if let Some(key) = keys.validators.get(&centre.name) {
            keyfile::write(context.lang, &node.join("validator.key"), key)?;
        }
        let file = node_file(&centre.name, Ports::of(base_port, place));
        context.write_new(&node.join("node.toml"), file.as_bytes())?;
    }
    for named in &keys.organisations {
        let path = folder.join("keys").join(format!("{}.key", named.name));
        keyfile::write(context.lang, &path, &named.key)?;
    }
    let api = |place| format!("http://127.0.0.1:{}", Ports::of(base_port, place).api);
    let settings = Settings {
        node: Some(api(0)),
        validators: (0u16..)
            .zip(&spec.centres)
            .map(|(place, _)| api(place))
            .collect(),
        trust: Some("chain.toml".into()),
    };
    context.write_new(&folder.join(SETTINGS), to_toml(&settings).as_bytes())
}

fn node_file(name: &str, ports: Ports) -> String {
    to_toml(&NodeFile {
        name,
        centre: None,
        chain_spec: "../../chain.toml",
        data_dir: "data",
        key_file: "validator.key",
        contracts_dir: "../../contracts",
        p2p_listen: multiaddr(ports.p2p),
        mempool_listen: multiaddr(ports.mempool),
        api_listen: format!("127.0.0.1:{}", ports.api),
    })
}

pub(crate) fn to_toml<T: Serialize>(value: &T) -> String {
    toml::to_string(value).expect("texts always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_file_names_its_own_ports_and_nothing_of_this_machine() {
        let text = node_file("baiyin", Ports::of(27_000, 1));
        let table: toml::Table = toml::from_str(&text).expect("toml");
        assert_eq!(table["chain_spec"].as_str(), Some("../../chain.toml"));
        assert_eq!(table["api_listen"].as_str(), Some("127.0.0.1:27201"));
        assert_eq!(
            table["p2p_listen"].as_str(),
            Some("/ip4/127.0.0.1/tcp/27001")
        );
        assert!(!text.contains("= \"/home") && !text.contains("= \"/root"));
    }
}
