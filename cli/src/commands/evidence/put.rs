//! `yilian evidence put`

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use yilian_crypto::Digest;

use super::{LEDGER, media};
use crate::answer::Answer;
use crate::call::{self, SendOptions};
use crate::context::{Context, Outcome, now_ms, unreadable};
use crate::hashing;

/// Arguments of `evidence put`.
#[derive(Debug, Args)]
pub(crate) struct PutArgs {
    /// 文件 | The file
    file: PathBuf,
    /// 证据种类：代码表=代码 | Kind of evidence: list=code
    #[arg(long, value_name = "LIST=CODE", value_parser = coded)]
    kind: (String, String),
    /// 标段的统一交易标识码 | Unified identifier of the section
    #[arg(long, value_name = "ID")]
    tender: Option<String>,
    /// 招标项目编号 | Number of the project
    #[arg(long, value_name = "ID")]
    project: Option<String>,
    /// 盲化引用：标段尚须保密时代替前两项 | Blinded reference, while the section is secret
    #[arg(long, value_name = "DIGEST")]
    blind_ref: Option<Digest>,
    /// 交易阶段 | Stage of the transaction
    #[arg(long, value_enum)]
    stage: Stage,
    /// 证据主体的统一社会信用代码 | Code of the organisation whose act is evidenced
    #[arg(long, value_name = "USCC")]
    subject: String,
    /// SM3 摘要 sm3:… | SM3 digest, sm3:…
    #[arg(long, value_name = "DIGEST")]
    sm3: Option<String>,
    /// 媒体类型，默认按扩展名 | Media type, by default from the ending
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// 来源系统标识码 | Code of the source system
    #[arg(long, default_value = "yilian-cli", value_name = "CODE")]
    system: String,
    /// 来源模块 | Module of the source system
    #[arg(long, default_value = "yilian", value_name = "CODE")]
    module: String,
    /// 采集方式 | How it was collected
    #[arg(long, value_enum, default_value_t = Collection::Upload)]
    collection: Collection,
    /// 操作岗位代码，不得写个人 | Code of the operator's function, never a person
    #[arg(long, default_value = "operator", value_name = "CODE")]
    operator_role: String,
    /// 生成时间，默认文件修改时间 | When it was made, by default the file's time
    #[arg(long, value_name = "TIME", value_parser = super::super::tender::time)]
    generated: Option<u64>,
    /// 该时间的时钟 | Clock of that time
    #[arg(long, value_enum, default_value_t = Clock::Free)]
    clock: Clock,
    /// 引用的存证编号，可多次给出 | Number of an earlier record; may be repeated
    #[arg(long = "reference", value_name = "NUMBER")]
    references: Vec<String>,
    /// 保存年限；permanent 为永久（政府采购法 第四十二条：至少十五年） | Years to keep, or permanent (at least 15 in procurement)
    #[arg(long, default_value = "15", value_name = "YEARS", value_parser = retention)]
    retention: Retention,
    /// 可见范围 | Who may see the file
    #[arg(long, value_enum, default_value_t = Visibility::Parties)]
    visibility: Visibility,
    /// 含个人信息 | Holds personal data
    #[arg(long)]
    personal_data: bool,
    /// 其余字段的 JSON 文件，如签名人 | JSON file of further fields, as signers
    #[arg(long, value_name = "FILE")]
    more: Option<PathBuf>,
    #[command(flatten)]
    options: SendOptions,
}

/// Years, or for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retention {
    Permanent,
    Years(u16),
}

/// A list of names that clap and the ledger share.
macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
        pub(crate) enum $type { $(#[value(name = $name)] $variant),* }

        impl $type {
            const fn name(self) -> &'static str {
                match self { $($type::$variant => $name),* }
            }
        }
    };
}

names! {
    /// Where in a transaction's life evidence belongs.
    Stage {
        Registration = "registration", Publication = "publication", Submission = "submission",
        Opening = "opening", Evaluation = "evaluation", Award = "award", Agreement = "agreement",
        Performance = "performance", Dispute = "dispute", Archive = "archive",
    }
}
names! {
    /// How evidence was collected.
    Collection {
        Automatic = "automatic", Exchange = "exchange", Upload = "upload", Scan = "scan",
        Recording = "recording",
    }
}
names! {
    /// How far a clock can be trusted.
    Clock { Timestamp = "timestamp", Synchronised = "synchronised", Free = "free" }
}
names! {
    /// Who may see the file itself.
    Visibility {
        Public = "public", Parties = "parties", Supervision = "supervision", Sealed = "sealed",
    }
}

/// Reads `list=code`.
pub(super) fn coded(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((list, code)) if !list.is_empty() && !code.is_empty() => {
            Ok((list.to_owned(), code.to_owned()))
        }
        _ => Err(format!("{text:?}: LIST=CODE")),
    }
}

fn retention(text: &str) -> Result<Retention, String> {
    match text.parse() {
        Ok(years) => Ok(Retention::Years(years)),
        Err(_) if text == "permanent" => Ok(Retention::Permanent),
        Err(_) => Err(format!("{text:?}: 15 / permanent")),
    }
}

impl PutArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let digest = hashing::file(context, &self.file)?;
        let mut args = match &self.more {
            Some(path) => context
                .read_json(path)?
                .as_object()
                .cloned()
                .unwrap_or_default(),
            None => Map::new(),
        };
        args.extend(super::super::tender::object(self.fields(context, digest)?));
        call::call(context, (LEDGER, "deposit"), args, &self.options)
    }

    fn fields(&self, context: &Context, digest: Digest) -> Outcome<Value> {
        let metadata = std::fs::metadata(&self.file)
            .map_err(|error| unreadable(context.lang, &self.file, &error))?;
        let mut digests = json!({"sha256": digest});
        if let Some(sm3) = &self.sm3 {
            digests["sm3"] = json!(sm3);
        }
        let retention = match self.retention {
            Retention::Permanent => json!("permanent"),
            Retention::Years(years) => json!({"years": years}),
        };
        let media_type = self
            .media_type
            .as_deref()
            .unwrap_or_else(|| media::of(&self.file));
        // Signers come by --more; no entry there means that nobody signed the file.
        let signers = if self.more.is_some() {
            Value::Null
        } else {
            json!([])
        };
        Ok(json!({
            "kind": {"list": self.kind.0, "code": self.kind.1},
            "tender": self.tender, "project": self.project, "blind_ref": self.blind_ref,
            "stage": self.stage.name(), "subject": self.subject,
            "digests": digests, "size": metadata.len(), "media_type": media_type,
            "source": {"system": self.system, "module": self.module,
                "version": env!("CARGO_PKG_VERSION"), "collection": self.collection.name(),
                "operator_role": self.operator_role},
            "generated": {"time_ms": self.generated.unwrap_or_else(|| made(&self.file)),
                "clock": self.clock.name()},
            "signers": signers, "references": self.references,
            "retention": retention, "visibility": self.visibility.name(),
            "personal_data": self.personal_data,
        }))
    }
}

/// When a file was last changed, in ms; now if the system does not say.
fn made(path: &Path) -> u64 {
    let modified = std::fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok();
    let elapsed = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    elapsed
        .and_then(|time| u64::try_from(time.as_millis()).ok())
        .unwrap_or_else(now_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_a_list_and_a_code() {
        assert_eq!(coded("GGZY=A01"), Ok(("GGZY".to_owned(), "A01".to_owned())));
        assert!(coded("A01").is_err() && coded("=A01").is_err() && coded("GGZY=").is_err());
    }

    #[test]
    fn files_are_kept_for_years_or_for_ever() {
        assert_eq!(retention("15"), Ok(Retention::Years(15)));
        assert_eq!(retention("permanent"), Ok(Retention::Permanent));
        assert!(retention("forever").is_err());
    }
}
