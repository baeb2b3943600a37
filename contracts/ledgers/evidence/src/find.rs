//! Ways to find records again.

use yilian_contract::prelude::*;

use crate::EvidenceError;
use crate::check::{coded, identifier, is_sm3, numbered};
use crate::deposit::{BY_DIGEST, BY_KIND, BY_PROJECT, BY_TENDER, RECORDS, VERSIONS, kind_segment};
use crate::record::{CodedValue, Record, Stage};

/// Most records on a page.
const PAGE_MAX: u32 = 100;
/// Most versions of a record that are shown.
const VERSIONS_MAX: u32 = 200;
/// Fewest hexadecimal digits of a digest prefix.
const PREFIX_DIGITS_MIN: usize = 4;

/// Names a record.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct NumberArgs {
    /// 存证编号 | evidence number
    pub number: String,
}

/// Arguments of `list`: exactly one of the first four.
#[derive(Json, Clone, Debug, Default, PartialEq, Eq)]
pub struct ListEvidence {
    /// 标段编号 | section
    pub tender: Option<String>,
    /// 项目编号 | project
    pub project: Option<String>,
    /// 证据种类 | kind
    pub kind: Option<CodedValue>,
    /// SHA-256 摘要前缀 | first hexadecimal digits of the SHA-256 digest, at least four
    pub digest_prefix: Option<String>,
    /// 起点 | the `next` of the page before
    pub after: Option<String>,
    /// 条数 | at most 100, which is also the default
    pub limit: Option<u32>,
}

/// Arguments of `find_by_digest`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct FindByDigest {
    /// 摘要 | `sha256:<64 hex>` or `sm3:<64 hex>`
    pub digest: String,
    /// 起点 | the `next` of the page before
    pub after: Option<String>,
    /// 条数 | at most 100, which is also the default
    pub limit: Option<u32>,
}

/// A page of records.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// 存证 | the records, in short
    pub records: Vec<Summary>,
    /// 续页 | where the next page begins; absent on the last one
    pub next: Option<String>,
}

/// A record in short.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// 存证编号 | evidence number
    pub number: String,
    /// 证据种类 | kind
    pub kind: CodedValue,
    /// 标段编号 | section
    pub tender: Option<String>,
    /// 项目编号 | project
    pub project: Option<String>,
    /// 交易阶段 | stage
    pub stage: Stage,
    /// 证据主体 | subject
    pub subject: String,
    /// SHA-256 摘要 | digest
    pub sha256: Digest32,
    /// 存证单位 | depositor
    pub depositor: String,
    /// 上链时间 | block time, Unix time in ms
    pub chain_time_ms: u64,
    /// 日志序号 | index of the receipt in the log
    pub log_index: u64,
    /// 版本 | version
    pub version: u32,
    /// 更正为 | number of the record that supersedes this one
    pub superseded_by: Option<String>,
}

impl Summary {
    fn of(record: Record) -> Self {
        Summary {
            number: record.number,
            kind: record.evidence.kind,
            tender: record.evidence.tender,
            project: record.evidence.project,
            stage: record.evidence.stage,
            subject: record.evidence.subject,
            sha256: record.evidence.digests.sha256,
            depositor: record.depositor,
            chain_time_ms: record.chain_time_ms,
            log_index: record.log_index,
            version: record.version,
            superseded_by: record.superseded_by,
        }
    }
}

pub(crate) fn get(ctx: &Context, number: &str) -> Result<Option<Record>, EvidenceError> {
    numbered(number)?;
    Ok(RECORDS.get(ctx, &[number]))
}

pub(crate) fn versions(ctx: &Context, number: &str) -> Result<Vec<Summary>, EvidenceError> {
    let Some(record) = get(ctx, number)? else {
        return Err(EvidenceError::UnknownRecord(number.to_owned()));
    };
    let versions = VERSIONS.scan(ctx, &[&record.first], None, VERSIONS_MAX);
    Ok(versions
        .into_iter()
        .filter_map(|(_, number)| summary(ctx, &number))
        .collect())
}

fn summary(ctx: &Context, number: &str) -> Option<Summary> {
    RECORDS.get(ctx, &[number]).map(Summary::of)
}

pub(crate) fn list(ctx: &Context, args: ListEvidence) -> Result<Page, EvidenceError> {
    let range = Range {
        after: args.after.as_deref(),
        limit: page_size(args.limit),
    };
    match (&args.tender, &args.project, &args.kind, &args.digest_prefix) {
        (Some(tender), None, None, None) => {
            identifier("tender", tender)?;
            page(ctx, &BY_TENDER, tender, &range)
        }
        (None, Some(project), None, None) => {
            identifier("project", project)?;
            page(ctx, &BY_PROJECT, project, &range)
        }
        (None, None, Some(kind), None) => {
            coded("kind", kind)?;
            page(ctx, &BY_KIND, &kind_segment(kind), &range)
        }
        (None, None, None, Some(prefix)) => page_of_prefix(ctx, prefix, &range),
        _ => Err(EvidenceError::OneFilter),
    }
}

pub(crate) fn find_by_digest(ctx: &Context, args: FindByDigest) -> Result<Page, EvidenceError> {
    if Digest32::parse(&args.digest).is_none() && !is_sm3(&args.digest) {
        return Err(EvidenceError::MalformedDigest(format!(
            "expected \"sha256:\" or \"sm3:\" and 64 lower-case hex digits, got {:?}",
            args.digest
        )));
    }
    let range = Range {
        after: args.after.as_deref(),
        limit: page_size(args.limit),
    };
    page(ctx, &BY_DIGEST, &args.digest, &range)
}

fn page_size(limit: Option<u32>) -> u32 {
    limit.unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX)
}

/// Which part of a list is wanted.
struct Range<'a> {
    after: Option<&'a str>,
    limit: u32,
}

/// A page of one index entry.
fn page(
    ctx: &Context,
    index: &Map<()>,
    entry: &str,
    range: &Range<'_>,
) -> Result<Page, EvidenceError> {
    if let Some(after) = range.after {
        numbered(after)?;
    }
    // One more than wanted tells whether there is another page.
    let keys = index.keys(ctx, &[entry], range.after, range.limit + 1);
    let numbers = keys.into_iter().filter_map(|mut segments| segments.pop());
    Ok(cut(ctx, numbers.collect(), range.limit, |number| {
        number.to_owned()
    }))
}

/// A page of all digests that begin alike. Its `next` is digest and number, joined with '/'.
fn page_of_prefix(ctx: &Context, prefix: &str, range: &Range<'_>) -> Result<Page, EvidenceError> {
    let lawful = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let fits = (PREFIX_DIGITS_MIN..=64).contains(&prefix.len());
    if !fits || !prefix.bytes().all(lawful) {
        return Err(EvidenceError::MalformedDigest(format!(
            "digest_prefix: expected {PREFIX_DIGITS_MIN} to 64 lower-case hex digits, got {prefix:?}"
        )));
    }
    let start = format!("sha256:{prefix}");
    if range.after.is_some_and(|after| !after.starts_with(&start)) {
        return Err(EvidenceError::MalformedDigest(
            "after: expected the next of a page of this prefix".to_owned(),
        ));
    }
    let after = range.after.unwrap_or(&start);
    let keys = BY_DIGEST.keys(ctx, &[], Some(after), range.limit + 1);
    let places = keys
        .into_iter()
        .map(|segments| segments.join("/"))
        .take_while(|place| place.starts_with(&start));
    Ok(cut(ctx, places.collect(), range.limit, |place| {
        place.rsplit('/').next().unwrap_or_default().to_owned()
    }))
}

/// The records of the first places, and where to go on if there are more.
fn cut(
    ctx: &Context,
    mut places: Vec<String>,
    limit: u32,
    number: impl Fn(&str) -> String,
) -> Page {
    let more = places.len() > limit as usize;
    places.truncate(limit as usize);
    Page {
        records: places
            .iter()
            .filter_map(|place| summary(ctx, &number(place)))
            .collect(),
        next: if more { places.pop() } else { None },
    }
}
