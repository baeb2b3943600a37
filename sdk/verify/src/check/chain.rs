//! Which chain, who signed, and whether the log only grew.

use yilian_merkle::log::ConsistencyProof;
use yilian_primitives::{CommitCertificate, Header, ValidatorSet};

use crate::Trust;
use crate::bundle::Bundle;
use crate::finding::{Finding, failed, missing, not_asked, proved};

/// File, headers and trust anchor speak of one chain.
pub(crate) fn chain(trust: &Trust, bundle: &Bundle) -> Finding {
    let trail = bundle.trail.iter().map(|one| &one.header);
    let headers = bundle.headers.iter().map(|one| &one.header);
    let mut last = failed("没有锚定区块头", "there is no anchor");
    for header in headers.chain(trail) {
        last = chain_of(trust, &bundle.chain_id, header);
        if matches!(last, Finding::Failed(_)) {
            break;
        }
    }
    last
}

/// One header and the trust anchor speak of one chain.
pub(crate) fn chain_of(trust: &Trust, claimed: &str, header: &Header) -> Finding {
    let expected = &trust.chain_id;
    for got in [claimed, &header.chain_id] {
        if got != expected {
            return failed(
                format!("信任文件所指的链是 {expected:?}，此处为 {got:?}"),
                format!("the trust file is for chain {expected:?}, this is of {got:?}"),
            );
        }
    }
    match trust.chain_spec {
        Some(expected) if header.chain_spec != expected => failed(
            format!("链规范摘要应为 {expected}，区块头为 {}", header.chain_spec),
            format!(
                "expected chain specification {expected}, the header has {}",
                header.chain_spec
            ),
        ),
        Some(digest) => proved(
            format!("链 {expected}，链规范 {digest}"),
            format!("chain {expected} with specification {digest}"),
        ),
        None => proved(
            format!("链 {expected}（信任文件未给出链规范）"),
            format!("chain {expected} (the trust file names no specification)"),
        ),
    }
}

/// Every header of the trail was decided by the set that it names.
pub(super) fn certificates(bundle: &Bundle) -> Finding {
    let mut last = not_asked("没有提交证书", "there is no certificate");
    for one in &bundle.trail {
        let hash = one.header.validators_hash;
        let Some(set) = bundle.set(&hash) else {
            return missing(
                format!("验证者集合 {hash}"),
                format!("the validator set {hash}"),
            );
        };
        last = certificate(set, &one.header, &one.certificate);
        if matches!(last, Finding::Failed(_)) {
            return last;
        }
    }
    last
}

/// A quorum of its set signed this header and its log.
pub(crate) fn certificate(
    set: &ValidatorSet,
    header: &Header,
    certificate: &CommitCertificate,
) -> Finding {
    let (signed, expected) = (certificate.block, header.block_ref());
    if signed != expected || certificate.height != header.height {
        return failed(
            format!(
                "证书签的是高度 {} 的 {}，不是此区块头 {}",
                certificate.height, signed.header_hash, expected.header_hash
            ),
            format!(
                "the certificate is for {} at height {}, not for this header {} and its log",
                signed.header_hash, certificate.height, expected.header_hash
            ),
        );
    }
    match certificate.verify(&header.chain_id, set) {
        Ok(power) => proved(
            format!(
                "高度 {}，{} 个签名，权重 {power}/{}，超过三分之二；日志 {} 条，根 {}",
                header.height,
                certificate.signatures.len(),
                set.total_power(),
                header.log_size,
                header.log_root
            ),
            format!(
                "height {}: {} signatures with power {power} of {}, more than two thirds; a log of {} records with root {}",
                header.height,
                certificate.signatures.len(),
                set.total_power(),
                header.log_size,
                header.log_root
            ),
        ),
        Err(error) => failed(format!("签名或多数不成立（{error}）"), error.to_string()),
    }
}

/// The anchor's log begins with everything that the trusted checkpoint has.
pub(super) fn consistency(trust: &Trust, bundle: &Bundle) -> Finding {
    let (Some(checkpoint), Some(anchor)) = (&trust.checkpoint, bundle.anchor()) else {
        return not_asked(
            "信任文件从创世开始，没有已知的日志可比",
            "trust begins at genesis, so there is no known log to compare with",
        );
    };
    let header = &anchor.header;
    let (old_size, size) = (checkpoint.log_size, header.log_size);
    if header.height < checkpoint.height {
        return not_asked(
            "证据早于信任文件",
            "the evidence is older than the trust file",
        );
    }
    if size < old_size {
        return failed(
            format!("日志被回退：信任时已有 {old_size} 条，此处只有 {size} 条"),
            format!(
                "the log was rolled back: it had {old_size} records when it was trusted, here it has {size}"
            ),
        );
    }
    let given = bundle
        .consistency
        .iter()
        .find(|one| one.old_size == old_size);
    let hashes = match given {
        Some(extension) => extension.path.clone(),
        None if old_size == size => Vec::new(),
        None => {
            return missing(
                format!("日志从 {old_size} 条到 {size} 条的延续性证明"),
                format!("the proof that the log of {size} records extends that of {old_size}"),
            );
        }
    };
    let proof = ConsistencyProof {
        old_size,
        new_size: size,
        hashes,
    };
    match proof.verify(&checkpoint.log_root, &header.log_root) {
        Ok(()) => proved(
            format!("日志从 {old_size} 条延续到 {size} 条，此前记录未变"),
            format!("the log of {size} records extends the trusted one of {old_size}"),
        ),
        Err(error) => failed(
            format!("日志不是信任日志的延续：分叉（{error}）"),
            format!("the log does not extend the trusted one, so there are two: {error}"),
        ),
    }
}
