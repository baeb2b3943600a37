//! The steps of a verification, in their order.

mod chain;
mod claims;
mod needed;
mod records;
mod releases;
mod witnesses;

use yilian_primitives::cbor::CborError;

use crate::bundle::{BUNDLE_VERSION, Bundle};
use crate::finding::{Finding, Protocol, failed, missing, not_asked, proved};
use crate::report::{ProvenClaim, ProvenRecord, StepId};
use crate::{Codes, Report, Trust, trail};

pub(crate) use chain::{certificate as check_certificate, chain_of};

/// What the steps find beside their outcomes.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) records: Vec<ProvenRecord>,
    pub(crate) claims: Vec<ProvenClaim>,
}

impl Bundle {
    /// Verifies every step; rules whose programs are in the bundle or in `codes` are run again.
    pub fn verify(&self, trust: &Trust, codes: &Codes) -> Report {
        let mut protocol = Protocol::default();
        let mut found = Found::default();
        protocol.step(StepId::Structure, || structure(self));
        protocol.step(StepId::Chain, || chain::chain(trust, self));
        protocol.step(StepId::Certificate, || chain::certificates(self));
        protocol.step(StepId::Validators, || trail::follow(trust, self));
        protocol.step(StepId::Consistency, || chain::consistency(trust, self));
        protocol.step(StepId::Witnesses, || witnesses::cosigned(trust, self));
        protocol.step(StepId::Inclusion, || records::inclusion(self));
        protocol.step(StepId::Transaction, || {
            records::transactions(self, &mut found.records)
        });
        protocol.step(StepId::RuleCalls, || records::rule_calls(self));
        protocol.step(StepId::Releases, || releases::releases(self));
        protocol.step(StepId::State, || records::states(self));
        let decided = !protocol.is_undecided();
        protocol.step(StepId::Replay, || match decided {
            true => replay(self, trust, codes),
            // A program costs time: only that of a chain that is trusted, and of a file that may still pass, is run.
            false => not_asked(
                "前面有步骤无法判定，未重新执行",
                "an earlier step could not be decided, so nothing was run again",
            ),
        });
        protocol.step(StepId::Claims, || claims::answer(self, &mut found.claims));
        protocol.conclude(found, self.anchor().map(|anchor| &anchor.header))
    }

    /// Reads a file and verifies it. A file that cannot be read is forged at its structure; one of a later version
    /// cannot be decided.
    pub fn verify_bytes(bytes: &[u8], trust: &Trust, codes: &Codes) -> Report {
        match Bundle::from_bytes(bytes) {
            Ok(bundle) => bundle.verify(trust, codes),
            Err(error) => unreadable(bytes, &error),
        }
    }
}

fn unreadable(bytes: &[u8], error: &CborError) -> Report {
    let mut protocol = Protocol::default();
    protocol.step(StepId::Structure, || match Bundle::version_of(bytes) {
        Some(version) if version != BUNDLE_VERSION => missing(
            format!("能读取版本 {version} 的程序（本程序读取版本 {BUNDLE_VERSION}）"),
            format!("a reader of version {version} (this one reads version {BUNDLE_VERSION})"),
        ),
        _ => failed(format!("不是证据文件（{error}）"), error.to_string()),
    });
    protocol.conclude(Found::default(), None)
}

/// That the bytes have one encoding was shown by reading them; here, that everything in it is called for.
fn structure(bundle: &Bundle) -> Finding {
    if let Some(what) = needed::superfluous(bundle) {
        return failed(
            format!("文件中有任何主张都不需要的内容（{what}）"),
            format!("the file holds something that no claim calls for: {what}"),
        );
    }
    proved(
        format!(
            "版本 {BUNDLE_VERSION}，{} 项主张，{} 条记录，各部分编码唯一",
            bundle.claims.len(),
            bundle.records.len()
        ),
        format!(
            "version {BUNDLE_VERSION}, {} claims, {} records; every piece has its one encoding",
            bundle.claims.len(),
            bundle.records.len()
        ),
    )
}

#[cfg(feature = "replay")]
fn replay(bundle: &Bundle, trust: &Trust, codes: &Codes) -> Finding {
    crate::replay::step(bundle, trust, codes)
}

#[cfg(not(feature = "replay"))]
fn replay(_: &Bundle, _: &Trust, _: &Codes) -> Finding {
    not_asked(
        "本程序不含规则执行引擎",
        "this build has no engine to run rules with",
    )
}
