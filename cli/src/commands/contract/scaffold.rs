//! `yilian contract new`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::answer::Answer;
use crate::context::{Context, Outcome, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Arguments of `contract new`.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// 合约名：小写字母、数字、- | Name: a-z 0-9 -
    name: String,
    /// 规则（纯函数）或账本（有状态） | A rule (pure function) or a ledger (with state)
    #[arg(long, value_enum, default_value_t = Kind::Rule)]
    kind: Kind,
    /// 目录，默认与合约同名 | Folder, by default named as the contract
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// 合约 SDK 的目录（一链源码中的 sdk/contract） | Folder of the contract SDK (sdk/contract of Yilian's sources)
    #[arg(long, env = "YILIAN_SDK", value_name = "DIR")]
    sdk: Option<PathBuf>,
}

/// Kind of a new contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// 规则 | Rule
    Rule,
    /// 账本 | Ledger
    Ledger,
}

const MANIFEST: &str = include_str!("template/Cargo.toml.txt");
const TOOLCHAIN: &str = include_str!("template/rust-toolchain.toml.txt");
const RULE: &str = include_str!("template/rule.rs.txt");
const LEDGER: &str = include_str!("template/ledger.rs.txt");

impl NewArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        check_name(context, &self.name)?;
        let folder = self
            .dir
            .clone()
            .unwrap_or_else(|| PathBuf::from(&self.name));
        let sdk = find_sdk(context, self.sdk.as_deref())?;
        let source = match self.kind {
            Kind::Rule => RULE,
            Kind::Ledger => LEDGER,
        };
        let fill = |text: &str| {
            text.replace("{{name}}", &self.name)
                .replace("{{type}}", &type_name(&self.name))
                .replace("{{sdk}}", &sdk.to_string_lossy().replace('\\', "/"))
        };
        let sources = folder.join("src");
        std::fs::create_dir_all(&sources)
            .map_err(|error| unwritable(context.lang, &sources, &error))?;
        context.write_new(&folder.join("Cargo.toml"), fill(MANIFEST).as_bytes())?;
        context.write_new(&folder.join("rust-toolchain.toml"), TOOLCHAIN.as_bytes())?;
        context.write_new(&folder.join(".gitignore"), b"/target\n")?;
        context.write_new(&sources.join("lib.rs"), fill(source).as_bytes())?;
        let shown = folder.display();
        let values: [(&str, &dyn core::fmt::Display); 2] = [("name", &self.name), ("path", &shown)];
        let data = json!({"name": self.name, "folder": folder});
        Ok(Answer::new("contract-new", data)
            .text(context.text(M::ScaffoldMade, &values))
            .text(context.text(M::ScaffoldNext, &[("path", &shown)])))
    }
}

fn check_name(context: &Context, name: &str) -> Outcome<()> {
    let plain = name
        .bytes()
        .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    if plain && begins && !name.ends_with('-') && name.len() <= 64 {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        context.text(M::ScaffoldName, &[("name", &name)]),
    ))
}

/// `price-score` → `PriceScore`
fn type_name(name: &str) -> String {
    let capital = |part: &str| {
        let (head, tail) = part.split_at(part.len().min(1));
        format!("{}{tail}", head.to_ascii_uppercase())
    };
    name.split('-').map(capital).collect()
}

/// The SDK that is named, or that of the tree around this folder.
fn find_sdk(context: &Context, named: Option<&Path>) -> Outcome<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    let around = || here.ancestors().map(|folder| folder.join("sdk/contract"));
    let mut candidates: Vec<PathBuf> = named.map(Path::to_owned).into_iter().collect();
    if named.is_none() {
        candidates.extend(around());
    }
    let found = candidates
        .into_iter()
        .find(|path| path.join("Cargo.toml").is_file());
    found
        .and_then(|path| path.canonicalize().ok())
        .ok_or_else(|| {
            Failure::new(Exit::NotFound, context.name(M::SdkNotFound))
                .hint(context.name(M::SdkNotFoundHint))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_name_becomes_a_type_name() {
        assert_eq!(type_name("price-score2"), "PriceScore2");
        assert_eq!(type_name("deadline"), "Deadline");
    }
}
