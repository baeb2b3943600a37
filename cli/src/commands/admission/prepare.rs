//! `yilian admission prepare`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use yilian_chain_records::admission::{KEYS_MAX, Token, leaf};
use yilian_crypto::{Digest, SecretKey};
use yilian_merkle::log::{Frontier, Node, NodeRead, prove_inclusion};

use super::token::TokenFile;
use crate::answer::Answer;
use crate::context::{Context, Outcome, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keyfile;
use crate::messages::M;

/// Most keys that one call makes: each is a file.
const PREPARED_MAX: u64 = 20_000;

/// Arguments of `admission prepare`.
#[derive(Debug, Args)]
pub(crate) struct Prepare {
    /// 密钥数；越多，单个密钥透露得越少 | Number of keys; the more, the less a single one says
    #[arg(long, value_name = "N", default_value_t = 256)]
    keys: u64,
    /// 存放目录 | Folder to write to
    #[arg(long, short, value_name = "FOLDER")]
    out: PathBuf,
}

impl Prepare {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let most = PREPARED_MAX.min(KEYS_MAX);
        if self.keys == 0 || self.keys > most {
            let values: [(&str, &dyn core::fmt::Display); 2] =
                [("got", &self.keys), ("most", &most)];
            return Err(Failure::new(
                Exit::Usage,
                context.text(M::AdmissionCount, &values),
            ));
        }
        std::fs::create_dir_all(&self.out)
            .map_err(|error| unwritable(context.lang, &self.out, &error))?;
        // Random keys are in random order: a place says nothing of when a key was made, or for whom.
        let keys: Vec<SecretKey> = (0..self.keys).map(|_| keyfile::generate()).collect();
        let mut tree = Tree::default();
        for key in &keys {
            tree.append(leaf(&key.public_key()));
        }
        let batch = tree.frontier.root();
        for (index, key) in (0u64..).zip(&keys) {
            let proof = prove_inclusion(&tree.nodes, index, self.keys);
            let proof = proof.map_err(|error| Failure::new(Exit::Failure, error.to_string()))?;
            let token = Token {
                batch,
                index,
                path: proof.hashes,
            };
            let path = self.out.join(format!("{index:06}.token"));
            TokenFile::new(key, token).write(context, &path)?;
        }
        let data = json!({"batch": batch, "keys": self.keys});
        context.write_new(
            &self.out.join("batch.json"),
            format!("{data:#}\n").as_bytes(),
        )?;
        let shown = self.out.display();
        Ok(Answer::new("batch", data)
            .fields([(context.name(M::AdmissionBatch), batch.to_string())])
            .text(context.text(M::Written, &[("path", &shown)])))
    }
}

/// A tree that is being built, with the subtrees that proofs need.
#[derive(Default)]
struct Tree {
    frontier: Frontier,
    nodes: Nodes,
}

/// Complete subtrees by level and place.
#[derive(Default)]
struct Nodes(std::collections::BTreeMap<(u8, u64), Digest>);

impl Tree {
    fn append(&mut self, leaf: Digest) {
        for Node { level, index, hash } in self.frontier.append(leaf) {
            self.nodes.0.insert((level, index), hash);
        }
    }
}

impl NodeRead for Nodes {
    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        self.0.get(&(level, index)).copied()
    }
}
