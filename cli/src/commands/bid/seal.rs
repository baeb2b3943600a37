//! `yilian bid seal`

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use yilian_bid_file::{Header, seal};
use yilian_release::GroupKey;
use zeroize::Zeroizing;

use super::failure;
use super::key_file::KeyFile;
use crate::answer::Answer;
use crate::context::{Context, Outcome, unreadable, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::{hashing, keyfile, verification};

/// Key of the group's record in the state of `system`.
const GROUP: &str = "release_group";

/// Arguments of `bid seal`.
#[derive(Debug, Args)]
pub(crate) struct BidSeal {
    /// 投标文件 | The bid file
    file: PathBuf,
    /// 统一交易标识码 | Unified identifier of the section
    #[arg(long)]
    tender: String,
    /// 加密后的文件存为 | Write the sealed file here
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// 内层密钥存为此文件；解密时要用，请妥善保管 | Write the inner key here; the opening needs it
    #[arg(long, value_name = "FILE")]
    inner: PathBuf,
    /// 门限群公钥；不给出时取自链上，并凭信任根核验 | Key of the group; taken from the chain and checked against the trust if left out
    #[arg(long, value_name = "HEX", requires = "chain_id")]
    group_key: Option<String>,
    /// 链编号 | Chain id
    #[arg(long, value_name = "ID")]
    chain_id: Option<String>,
    /// 信任根 | Trust
    #[arg(long, value_name = "chain.toml")]
    trust: Option<PathBuf>,
}

impl BidSeal {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let (chain_id, group) = self.group(context)?;
        let [outer, inner, randomness] = [(); 3].map(|()| Zeroizing::new(keyfile::random()));
        let wrong = |error| failure(context, &self.file, &error);
        let terms = (chain_id.as_str(), self.tender.as_str());
        let header = Header::new(terms, group, &outer, &inner, &randomness).map_err(wrong)?;
        let open = |error: std::io::Error| unreadable(context.lang, &self.file, &error);
        let mut from = File::open(&self.file).map_err(open)?;
        let size = from.metadata().map_err(open)?.len();
        // Before the file: a bid whose inner key is lost can never be opened.
        let key = KeyFile::new(&chain_id, &self.tender, group.to_string(), &inner);
        key.write(context, &self.inner)?;
        let create = |error: std::io::Error| unwritable(context.lang, &self.out, &error);
        let to = File::options().write(true).create_new(true).open(&self.out);
        let mut to = BufWriter::new(to.map_err(create)?);
        let bar = hashing::bar(context, (M::Sealing, &self.file), size);
        let keys = (&*outer, &*inner);
        let sealed = seal(&mut from, &mut to, &header, keys, &mut |read| {
            bar.set_position(read)
        });
        bar.finish_and_clear();
        let sealed = sealed.map_err(wrong)?;
        let data = json!({
            "tender": self.tender, "digest": sealed.sealed, "content": sealed.content,
            "bytes": sealed.bytes, "group_key": group.to_string(),
        });
        let (out, inner) = (self.out.display(), self.inner.display());
        let kept: [(&str, &dyn core::fmt::Display); 2] = [("path", &out), ("inner", &inner)];
        Ok(Answer::new("bid_sealed", data)
            .fields([
                (context.name(M::BidSealedDigest), sealed.sealed.to_string()),
                (
                    context.name(M::BidContentDigest),
                    sealed.content.to_string(),
                ),
            ])
            .text(context.text(M::BidFileKept, &kept)))
    }

    /// The chain and the key that its group holds. A key of somebody else's would let him open the outer layer.
    fn group(&self, context: &Context) -> Outcome<(String, GroupKey)> {
        let usage =
            |error: yilian_release::ReleaseError| Failure::new(Exit::Usage, error.to_string());
        if let (Some(key), Some(chain_id)) = (&self.group_key, &self.chain_id) {
            return Ok((chain_id.clone(), key.parse().map_err(usage)?));
        }
        let trust = verification::trust(context, self.trust.as_deref())?;
        let proven = context.client().verified_state("system", GROUP, &trust);
        let proven = proven.map_err(|error| Failure::new(Exit::Forged, error.to_string()))?;
        let key = proven.and_then(|bytes| {
            let record: Value = serde_json::from_slice(&bytes).ok()?;
            record.get("key")?.as_str()?.parse().ok()
        });
        let none = || Failure::new(Exit::NotFound, context.name(M::ReleaseNoKey));
        Ok((trust.chain_id, key.ok_or_else(none)?))
    }
}
