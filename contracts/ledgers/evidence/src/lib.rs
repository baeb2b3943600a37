//! Keep evidence records, and the chain of their versions.
//!
//! A record says what a court asks of electronic evidence (人民法院在线诉讼规则 第十六条至第十九条, 互联网法院规定 第十一条):
//! whose it is, which system made it, when, how it was collected, by which rule, and what it refers to. It holds
//! digests, codes and numbers only. There is no place in it for a file, a person's name or free text: what is on the
//! chain can never be taken back.
//!
//! A record is never changed. A correction is a new record that supersedes the old one, and both stay.

mod check;
mod deposit;
mod error;
mod find;
mod number;
mod record;
mod unified_code;

pub use deposit::{BATCH_MAX, DepositBatch, Deposited, Supersede};
pub use error::EvidenceError;
pub use find::{FindByDigest, ListEvidence, NumberArgs, Page, Summary};
pub use number::evidence_number;
pub use record::{
    Clock, CodedValue, Collection, Deposit, Digests, Generated, Record, Retention, RuleUsed,
    Signer, Source, Stage, SupersedeReason, Supersession, Visibility,
};
pub use unified_code::{UnifiedCodeFault, check_unified_code};

use yilian_contract::prelude::*;

/// The ledger.
pub struct Evidence;

#[ledger(name = "evidence", version = "1.0.0", zh = "电子存证", en = "Evidence")]
impl Evidence {
    /// zh: 存证 | en: Deposit a record
    pub fn deposit(ctx: &mut Context, args: Deposit) -> Result<Deposited, EvidenceError> {
        deposit::deposit(ctx, args)
    }

    /// zh: 批量存证 | en: Deposit up to 200 records, all or none
    pub fn deposit_batch(
        ctx: &mut Context,
        args: DepositBatch,
    ) -> Result<Vec<Deposited>, EvidenceError> {
        deposit::deposit_batch(ctx, args)
    }

    /// zh: 更正存证 | en: Deposit a record that supersedes another one
    pub fn supersede(ctx: &mut Context, args: Supersede) -> Result<Deposited, EvidenceError> {
        deposit::supersede(ctx, args)
    }

    /// zh: 查询存证 | en: Look up a record
    #[view]
    pub fn get(ctx: &Context, args: NumberArgs) -> Result<Option<Record>, EvidenceError> {
        find::get(ctx, &args.number)
    }

    /// zh: 查询全部版本 | en: Look up all versions of a record, oldest first
    #[view]
    pub fn versions(ctx: &Context, args: NumberArgs) -> Result<Vec<Summary>, EvidenceError> {
        find::versions(ctx, &args.number)
    }

    /// zh: 列出存证 | en: List records by section, project, kind or digest prefix
    #[view]
    pub fn list(ctx: &Context, args: ListEvidence) -> Result<Page, EvidenceError> {
        find::list(ctx, args)
    }

    /// zh: 按摘要查询 | en: Find the records of a file by its digest
    #[view]
    pub fn find_by_digest(ctx: &Context, args: FindByDigest) -> Result<Page, EvidenceError> {
        find::find_by_digest(ctx, args)
    }
}

#[cfg(test)]
mod tests;
