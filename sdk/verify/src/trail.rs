//! From the validators that are trusted to those that decided the anchor.
//!
//! A light client: a header decided by the trusted set, or by the set that the trusted header names as the next, is
//! trusted. So is one whose deciders include more than a third of the trusted power, though headers between are
//! missing: then at least one honest validator signed both (the skipping verification of Tendermint's light client).

use yilian_crypto::Digest;
use yilian_primitives::{CommitCertificate, Height, TimestampMs, ValidatorSet};

use crate::Trust;
use crate::bundle::{Bundle, CertifiedByItself};
use crate::finding::{Finding, failed, missing, proved};

/// What is trusted so far.
struct Trusted {
    height: Height,
    time_ms: TimestampMs,
    set: Digest,
    next: Digest,
    /// When trust was given; nothing later than the trusting period after it is believed.
    since_ms: Option<TimestampMs>,
}

impl Trusted {
    fn of(trust: &Trust) -> Self {
        match &trust.checkpoint {
            Some(checkpoint) => Trusted {
                height: checkpoint.height,
                time_ms: checkpoint.time_ms,
                set: trust.validators_hash,
                next: checkpoint.next_validators_hash,
                since_ms: Some(checkpoint.time_ms),
            },
            None => Trusted {
                height: 0,
                time_ms: 0,
                set: trust.validators_hash,
                next: trust.validators_hash,
                since_ms: trust.spec().map(|spec| spec.genesis_time_ms),
            },
        }
    }

    /// Why a header is not trusted after this one.
    fn refuses(
        &self,
        next: &CertifiedByItself,
        bundle: &Bundle,
        period_ms: Option<u64>,
    ) -> Option<Finding> {
        let header = &next.header;
        let height = header.height;
        if header.time_ms <= self.time_ms {
            return Some(failed(
                format!("高度 {height} 的时间不在其前的区块头之后"),
                format!("the time of height {height} is not after that of the header before it"),
            ));
        }
        let end = self
            .since_ms
            .zip(period_ms)
            .map(|(since, period)| since.saturating_add(period));
        if end.is_some_and(|end| header.time_ms > end) {
            return Some(missing(
                format!("较新的信任文件：信任期限早于高度 {height} 的时间"),
                format!(
                    "a newer trust file: its trusting period ended before the time of height {height}"
                ),
            ));
        }
        let got = header.validators_hash;
        if got == self.next || (got == self.set && height > self.height + 1) {
            return None;
        }
        if height == self.height + 1 {
            return Some(failed(
                format!("高度 {height} 应由 {} 决定，此处由 {got} 决定", self.next),
                format!(
                    "height {height} is to be decided by {}, this was decided by {got}",
                    self.next
                ),
            ));
        }
        let Some(set) = bundle.set(&self.set) else {
            return Some(missing(
                format!("受信任的验证者集合 {} 与 {got} 之间的区块头", self.set),
                format!(
                    "the headers between the trusted validators {} and {got}",
                    self.set
                ),
            ));
        };
        match overlap(set, bundle.set(&got), &next.certificate) {
            power if power.saturating_mul(3) > set.total_power() => None,
            power => Some(missing(
                format!(
                    "高度 {} 与 {height} 之间的区块头：受信任的验证者中只有 {power}/{} 的权重签名",
                    self.height,
                    set.total_power()
                ),
                format!(
                    "the headers between {} and {height}: of the trusted validators only power {power} of {} signed",
                    self.height,
                    set.total_power()
                ),
            )),
        }
    }
}

/// Power in the trusted set of those who signed as members of another one.
fn overlap(
    trusted: &ValidatorSet,
    deciders: Option<&ValidatorSet>,
    certificate: &CommitCertificate,
) -> u64 {
    let signed = |address| deciders.is_some_and(|set| set.get(address).is_some());
    let signers = certificate.signatures.iter().map(|(address, _)| address);
    let known = signers.filter(|address| signed(address));
    known
        .filter_map(|address| trusted.get(address))
        .map(|validator| validator.power)
        .sum()
}

/// Whether the anchor follows from what is trusted. Certificates were verified before.
pub(crate) fn follow(trust: &Trust, bundle: &Bundle) -> Finding {
    let mut trusted = Trusted::of(trust);
    let mut changes = 0;
    for next in &bundle.trail {
        let header = &next.header;
        if header.height < trusted.height {
            continue;
        }
        if header.height == trusted.height {
            match same_height(trust, next) {
                Some(finding) => return finding,
                None => continue,
            }
        }
        if let Some(finding) = trusted.refuses(next, bundle, trust.trusting_period_ms) {
            return finding;
        }
        changes += u32::from(header.validators_hash != trusted.set);
        trusted = Trusted {
            height: header.height,
            time_ms: header.time_ms,
            set: header.validators_hash,
            next: header.next_validators_hash,
            since_ms: trusted.since_ms,
        };
    }
    conclude(bundle, &trusted, changes)
}

fn conclude(bundle: &Bundle, trusted: &Trusted, changes: u32) -> Finding {
    let anchor = bundle.trail.last().map(|anchor| &anchor.header);
    let Some(anchor) = anchor.filter(|anchor| anchor.height >= trusted.height) else {
        let at = trusted.height;
        return missing(
            format!("以不早于高度 {at} 的区块头为锚的证据：信任文件比本证据新"),
            format!(
                "evidence anchored at height {at} or later: the trust file is newer than this evidence"
            ),
        );
    };
    let set = bundle.set(&anchor.validators_hash);
    let names = set.into_iter().flat_map(ValidatorSet::iter);
    let names: Vec<_> = names.map(|one| one.name.as_str()).collect();
    proved(
        format!(
            "{} 个验证者（{}），集合变更 {changes} 次",
            names.len(),
            names.join("、")
        ),
        format!(
            "{} validators ({}), {changes} changes of the set since the trusted one",
            names.len(),
            names.join(", ")
        ),
    )
}

/// A certified header at the height of the trusted checkpoint is that checkpoint, or there are two chains. Without a
/// checkpoint that height is genesis, which nobody decides: whoever certifies one has made it.
fn same_height(trust: &Trust, next: &CertifiedByItself) -> Option<Finding> {
    let Some(checkpoint) = &trust.checkpoint else {
        return Some(failed(
            "创世区块头没有提交证书，不能作锚",
            "no certificate decides the header of genesis, so it is no anchor",
        ));
    };
    let (got, expected) = (next.header.hash(), checkpoint.header_hash);
    (got != expected).then(|| {
        failed(
            format!(
                "分叉：高度 {} 有两个区块头，信任 {expected}，此处为 {got}",
                checkpoint.height
            ),
            format!(
                "a fork: height {} has two headers, {expected} is trusted and this is {got}",
                checkpoint.height
            ),
        )
    })
}
