//! `yilian bid open`

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use yilian_bid_file::{Header, Opened, keys_identity, open};
use yilian_crypto::Digest;
use yilian_release::ReleaseSignature;
use yilian_threshold::LockedKey;
use zeroize::Zeroizing;

use super::failure;
use super::key_file::KeyFile;
use crate::answer::{Answer, Block, Step};
use crate::commands::tender::LEDGER;
use crate::context::{Context, Outcome, unreadable, unwritable};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::hashing;
use crate::messages::M;

/// Arguments of `bid open`.
#[derive(Debug, Args)]
pub(crate) struct BidOpen {
    /// 加密的投标文件 | The sealed file
    file: PathBuf,
    /// 解密后的文件存为 | Write the content here
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// 密封承诺：内层密钥取自链上 | The bid's commitment: its inner key is taken from the chain
    #[arg(long, value_name = "DIGEST", required_unless_present = "inner")]
    commitment: Option<Digest>,
    /// 投标人自持的内层密钥文件 | File of the inner key, if its bidder opens it
    #[arg(long, value_name = "FILE", conflicts_with = "commitment")]
    inner: Option<PathBuf>,
    /// 开标的门限签名；不给出时取自链上 | Signature of the opening; taken from the chain if left out
    #[arg(long, value_name = "HEX")]
    opening: Option<String>,
    /// 密封时的文件摘要，与本文件比较 | Digest of the sealed file, to compare
    #[arg(long, value_name = "DIGEST")]
    digest: Option<Digest>,
}

impl BidOpen {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let wrong = |error| failure(context, &self.file, &error);
        let read = |error: std::io::Error| unreadable(context.lang, &self.file, &error);
        let mut from = File::open(&self.file).map_err(read)?;
        let size = from.metadata().map_err(read)?.len();
        let header = Header::read(&mut from).map_err(wrong)?;
        let window = match (&self.opening, &self.inner) {
            (Some(_), Some(_)) => Value::Null,
            _ => self.window(context, &header)?,
        };
        let opening = self.opening.as_deref();
        let opening = signature(context, opening, &window["opening_signature"])?;
        let outer = header.outer_key(&opening).map_err(wrong)?;
        let inner = match &self.inner {
            Some(path) => KeyFile::read(context, path)?.1,
            None => self.given_key(context, &header, &window)?,
        };
        let partial = partial_path(&self.out);
        let create = |error: std::io::Error| unwritable(context.lang, &partial, &error);
        let mut to = BufWriter::new(File::create(&partial).map_err(create)?);
        let bar = hashing::bar(context, (M::Opening, &self.file), size);
        let keys = (&*outer, &*inner);
        let opened = open(&mut from, &mut to, &header, keys, &mut |read| {
            bar.set_position(read)
        });
        bar.finish_and_clear();
        drop(to);
        match opened {
            Ok(opened) => self.keep(context, &partial, &header, opened),
            Err(error) => {
                // Half a content must not be taken for a whole one.
                let _ = std::fs::remove_file(&partial);
                Err(wrong(error))
            }
        }
    }

    fn keep(
        &self,
        context: &Context,
        partial: &Path,
        header: &Header,
        opened: Opened,
    ) -> Outcome<Answer> {
        let same = self.digest.map(|digest| digest == opened.sealed);
        std::fs::rename(partial, &self.out)
            .map_err(|error| unwritable(context.lang, &self.out, &error))?;
        let steps = vec![
            Step {
                holds: Some(true),
                what: context.name(M::BidLayersOpen),
                detail: header.tender.clone(),
            },
            Step {
                holds: same,
                what: context.name(M::BidSameFile),
                detail: opened.sealed.to_string(),
            },
        ];
        let data = json!({
            "tender": header.tender, "digest": opened.sealed, "content": opened.content,
            "bytes": opened.bytes, "digest_is_the_given_one": same,
        });
        let exit = match same {
            Some(false) => Exit::Forged,
            _ => Exit::Ok,
        };
        Ok(Answer::new("bid_opened", data)
            .with(Block::Steps(steps))
            .fields([(
                context.name(M::BidContentDigest),
                opened.content.to_string(),
            )])
            .exit(exit))
    }

    /// What the chain has of the section's opening.
    fn window(&self, context: &Context, header: &Header) -> Outcome<Value> {
        let asked = context.query(LEDGER, "get", &json!({"tender": header.tender}))?;
        let window = asked.result.pointer("/record/opening/window").cloned();
        window
            .filter(|window| !window.is_null())
            .ok_or_else(|| Failure::new(Exit::NotFound, context.name(M::BidNotOpenYet)))
    }

    /// The inner key as it was given in the window, opened with the release that ended it.
    fn given_key(
        &self,
        context: &Context,
        header: &Header,
        window: &Value,
    ) -> Outcome<Zeroizing<[u8; 32]>> {
        let asked = json!({"commitment": self.commitment});
        let given = context.query(LEDGER, "key", &asked)?.result;
        let locked = given.get("locked_key").and_then(Value::as_str);
        let none = || Failure::new(Exit::NotFound, context.name(M::BidNoKeyGiven));
        let forged = || Failure::new(Exit::Forged, context.name(M::BidInnerKey));
        let locked: LockedKey = locked.ok_or_else(none)?.parse().map_err(|_| forged())?;
        let release = signature(context, None, &window["keys_signature"])?;
        let identity = keys_identity(&header.tender);
        let holds = header
            .group_key
            .verify(&header.chain_id, &identity, &release);
        holds.map_err(|_| Failure::new(Exit::Forged, context.name(M::BidOuterKey)))?;
        locked.unlock(&release).map_err(|_| forged())
    }
}

fn signature(
    context: &Context,
    given: Option<&str>,
    of_chain: &Value,
) -> Outcome<ReleaseSignature> {
    let text = given.or_else(|| of_chain.as_str());
    let none = || Failure::new(Exit::NotFound, context.name(M::BidNotOpenYet));
    let wrong = |error: yilian_release::ReleaseError| Failure::new(Exit::Usage, error.to_string());
    text.ok_or_else(none)?.parse().map_err(wrong)
}

fn partial_path(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}
