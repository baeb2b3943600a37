//! Every step of a tender, in order, with who took it and where the chain recorded it.

use domain::Bilingual;
use yilian_contract::prelude::*;

use crate::record::Tender;

/// A step taken.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 序号 | its number, from one
    pub number: u32,
    /// 步骤 | its name; also the event's
    pub step: String,
    /// 时间 | block time, Unix time in ms
    pub time_ms: u64,
    /// 高度 | block height
    pub height: u64,
    /// 交易 | the transaction
    pub tx_id: String,
    /// 日志序号 | index of its receipt in the log
    pub log_index: u64,
    /// 办理单位 | the caller's organisation; empty if the chain itself
    pub organisation: String,
    /// 摘要 | digest of the document or list concerned
    pub digest: Option<Digest32>,
    /// 说明 | reason or remark
    pub note: Option<Bilingual>,
}

const STEPS: Map<Step> = Map::new("step");

impl Tender {
    /// Records a step, tells the world, and saves the tender.
    pub(crate) fn record(
        &mut self,
        ctx: &mut Context,
        name: &str,
        digest: Option<Digest32>,
        note: Option<Bilingual>,
    ) {
        self.steps += 1;
        let env = ctx.env();
        let step = Step {
            tender: self.tender.clone(),
            number: self.steps,
            step: name.to_owned(),
            time_ms: env.time_ms,
            height: env.height,
            tx_id: env.tx_id.clone(),
            log_index: env.log_index,
            organisation: env.organisation.clone(),
            digest,
            note,
        };
        STEPS.set(ctx, &[&self.tender, &ordered(u64::from(self.steps))], &step);
        ctx.emit(name, &step);
        self.save(ctx);
    }

    pub(crate) fn timeline(&self, ctx: &Context, after: Option<u32>, limit: u32) -> Vec<Step> {
        let after = after.map(|number| ordered(u64::from(number)));
        let found = STEPS.scan(ctx, &[&self.tender], after.as_deref(), limit);
        found.into_iter().map(|(_, step)| step).collect()
    }
}
