//! Deposits, single and in batches, and new versions.

use yilian_contract::prelude::*;

use crate::EvidenceError;
use crate::check::{check, numbered};
use crate::number::evidence_number;
use crate::record::{CodedValue, Deposit, Record, SupersedeReason, Supersession};

/// Most records of one batch.
pub const BATCH_MAX: usize = 200;

/// Number of records so far.
const COUNT: Item<u64> = Item::new("count");
/// Records by number.
pub(crate) const RECORDS: Map<Record> = Map::new("record");
/// Where records are found again: `<index>/<what>/<number>`.
pub(crate) const BY_TENDER: Map<()> = Map::index("tender");
pub(crate) const BY_PROJECT: Map<()> = Map::index("project");
pub(crate) const BY_KIND: Map<()> = Map::index("kind");
pub(crate) const BY_DIGEST: Map<()> = Map::index("digest");
/// Versions in order: `version/<first number>/<version>` gives the number.
pub(crate) const VERSIONS: Map<String> = Map::index("version");
/// What was deposited before: `deposited/<hash of who and what>` gives the number.
const DEPOSITED: Map<String> = Map::new("deposited");

/// Arguments of `deposit_batch`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct DepositBatch {
    /// 存证 | the records, at most 200
    pub items: Vec<Deposit>,
}

/// Arguments of `supersede`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Supersede {
    /// 原存证编号 | number of the record to supersede: the latest of its versions
    pub number: String,
    /// 原因 | reason
    pub reason: SupersedeReason,
    /// 说明文件摘要 | digest of a document that explains it
    pub explanation: Option<Digest32>,
    /// 更正后的存证 | the record in its place, of the same kind, section and project
    pub replacement: Deposit,
}

/// What a depositor gets back.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Deposited {
    /// 存证编号 | evidence number
    pub number: String,
    /// 日志序号 | index of the receipt in the log
    pub log_index: u64,
    /// 上链时间 | block time, Unix time in ms
    pub chain_time_ms: u64,
    /// 版本 | version
    pub version: u32,
}

pub(crate) fn deposit(ctx: &mut Context, args: Deposit) -> Result<Deposited, EvidenceError> {
    accept(ctx, args, None)
}

pub(crate) fn deposit_batch(
    ctx: &mut Context,
    args: DepositBatch,
) -> Result<Vec<Deposited>, EvidenceError> {
    if args.items.is_empty() || args.items.len() > BATCH_MAX {
        return Err(EvidenceError::BatchSize(format!(
            "{} records: expected 1 to {BATCH_MAX}",
            args.items.len()
        )));
    }
    let items = args.items.into_iter().enumerate();
    items
        .map(|(index, item)| accept(ctx, item, None).map_err(|error| at_item(index, error)))
        .collect()
}

/// The refusal of an item keeps its code, and says which item it was.
fn at_item(index: usize, error: EvidenceError) -> EvidenceError {
    let mut refusal = Refusal::from(error);
    refusal.detail = format!("items[{index}]: {}", refusal.detail);
    EvidenceError::Item(refusal)
}

pub(crate) fn supersede(ctx: &mut Context, args: Supersede) -> Result<Deposited, EvidenceError> {
    numbered(&args.number)?;
    let mut old = RECORDS
        .get(ctx, &[&args.number])
        .ok_or_else(|| EvidenceError::UnknownRecord(args.number.clone()))?;
    if old.depositor != ctx.env().organisation {
        return Err(EvidenceError::NotYours(args.number));
    }
    if let Some(by) = old.superseded_by {
        return Err(EvidenceError::AlreadySuperseded(format!("by {by}")));
    }
    if matter(&old.evidence) != matter(&args.replacement) {
        return Err(EvidenceError::AnotherMatter(args.number));
    }
    let supersession = Supersession {
        number: args.number,
        reason: args.reason,
        explanation: args.explanation,
    };
    let deposited = accept(ctx, args.replacement, Some((&old, supersession)))?;
    old.superseded_by = Some(deposited.number.clone());
    RECORDS.set(ctx, &[&old.number], &old);
    Ok(deposited)
}

/// What all versions of a record have in common.
fn matter(deposit: &Deposit) -> impl PartialEq {
    (
        &deposit.kind,
        &deposit.tender,
        &deposit.project,
        deposit.blind_ref,
    )
}

/// Checks a deposit and keeps it under the next number.
fn accept(
    ctx: &mut Context,
    evidence: Deposit,
    replaces: Option<(&Record, Supersession)>,
) -> Result<Deposited, EvidenceError> {
    // 互联网法院规定 第十一条: whose evidence it is must be clear.
    if ctx.env().organisation.is_empty() {
        return Err(EvidenceError::NoDepositor);
    }
    check(ctx, &evidence)?;
    let fingerprint = fingerprint(ctx, &evidence);
    if let Some(number) = DEPOSITED.get(ctx, &[&fingerprint]) {
        return Err(EvidenceError::Duplicate(number));
    }
    let count = COUNT.get(ctx).unwrap_or_default() + 1;
    let number = evidence_number(count);
    let record = record(ctx, number.clone(), evidence, replaces);
    COUNT.set(ctx, &count);
    DEPOSITED.set(ctx, &[&fingerprint], &number);
    keep(ctx, &record);
    Ok(Deposited {
        number,
        log_index: record.log_index,
        chain_time_ms: record.chain_time_ms,
        version: record.version,
    })
}

/// Who, what file, which kind, which matter: the same once more is a mistake of the sender.
fn fingerprint(ctx: &Context, evidence: &Deposit) -> String {
    #[derive(Json)]
    struct Same {
        organisation: String,
        sha256: Digest32,
        kind: CodedValue,
        tender: Option<String>,
        project: Option<String>,
        blind_ref: Option<Digest32>,
    }
    let same = Same {
        organisation: ctx.env().organisation.clone(),
        sha256: evidence.digests.sha256,
        kind: evidence.kind.clone(),
        tender: evidence.tender.clone(),
        project: evidence.project.clone(),
        blind_ref: evidence.blind_ref,
    };
    sha256_text(&yilian_contract::json::to_vec(&same))
}

fn record(
    ctx: &Context,
    number: String,
    evidence: Deposit,
    replaces: Option<(&Record, Supersession)>,
) -> Record {
    let env = ctx.env();
    let (version, first, supersedes) = match replaces {
        Some((old, supersession)) => (old.version + 1, old.first.clone(), Some(supersession)),
        None => (1, number.clone(), None),
    };
    Record {
        number,
        evidence,
        depositor: env.organisation.clone(),
        key: env.caller.clone(),
        chain_time_ms: env.time_ms,
        height: env.height,
        tx_id: env.tx_id.clone(),
        log_index: env.log_index,
        version,
        first,
        supersedes,
        superseded_by: None,
    }
}

/// Stores a record and the ways to it.
fn keep(ctx: &mut Context, record: &Record) {
    let (number, evidence) = (&record.number, &record.evidence);
    RECORDS.set(ctx, &[number], record);
    if let Some(tender) = &evidence.tender {
        BY_TENDER.set(ctx, &[tender, number], &());
    }
    if let Some(project) = &evidence.project {
        BY_PROJECT.set(ctx, &[project, number], &());
    }
    BY_KIND.set(ctx, &[&kind_segment(&evidence.kind), number], &());
    BY_DIGEST.set(ctx, &[&evidence.digests.sha256.to_string(), number], &());
    if let Some(sm3) = &evidence.digests.sm3 {
        BY_DIGEST.set(ctx, &[sm3, number], &());
    }
    let version = ordered(u64::from(record.version));
    VERSIONS.set(ctx, &[&record.first, &version], number);
    ctx.emit("evidence_deposited", &Announcement::of(record));
}

/// A kind as one key segment: a code may hold '/', a segment may not.
pub(crate) fn kind_segment(kind: &CodedValue) -> String {
    format!("{}|{}", kind.list, kind.code).replace('/', "~")
}

/// Data of the event `evidence_deposited`.
#[derive(Json)]
struct Announcement {
    number: String,
    kind: CodedValue,
    tender: Option<String>,
    project: Option<String>,
    sha256: Digest32,
    depositor: String,
    supersedes: Option<String>,
}

impl Announcement {
    fn of(record: &Record) -> Self {
        let evidence = &record.evidence;
        Announcement {
            number: record.number.clone(),
            kind: evidence.kind.clone(),
            tender: evidence.tender.clone(),
            project: evidence.project.clone(),
            sha256: evidence.digests.sha256,
            depositor: record.depositor.clone(),
            supersedes: record.supersedes.as_ref().map(|old| old.number.clone()),
        }
    }
}
