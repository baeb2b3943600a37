//! Cosignatures: witnesses that saw this checkpoint, consistent with all they had seen (C2SP tlog-cosignature).

use crate::Trust;
use crate::bundle::{Bundle, WitnessSignature};
use crate::finding::{Finding, failed, missing, not_asked, proved};
use crate::trust::TrustedWitness;

/// Every cosignature that is there holds, and enough of the witnesses that the reader demands are among them.
pub(super) fn cosigned(trust: &Trust, bundle: &Bundle) -> Finding {
    let Some(anchor) = bundle.anchor() else {
        return missing("锚定区块头", "an anchor");
    };
    let checkpoint = anchor.certificate.body(&bundle.chain_id);
    for one in &bundle.cosignatures {
        if !one.cosignature.holds(&one.public_key, &checkpoint) {
            let name = name_of(trust, one);
            return failed(
                format!("见证人 {name} 的副署不成立"),
                format!("the cosignature of witness {name} does not hold"),
            );
        }
    }
    let Some(policy) = &trust.witnesses else {
        return not_asked("信任文件不要求见证人", "the trust file demands no witness");
    };
    let given = |witness: &&TrustedWitness| {
        let mut given = bundle.cosignatures.iter();
        given.any(|one| one.public_key == witness.public_key)
    };
    let seen = policy.keys.iter().filter(given);
    let seen: Vec<&str> = seen.map(|witness| witness.name.as_str()).collect();
    let (count, threshold) = (seen.len(), policy.threshold);
    if count < threshold {
        return missing(
            format!("见证人副署：需要 {threshold} 个，文件中有 {count} 个"),
            format!("cosignatures: {threshold} witnesses are demanded, {count} cosigned"),
        );
    }
    proved(
        format!(
            "{count} 个见证人副署（至少 {threshold}）：{}",
            seen.join("、")
        ),
        format!(
            "{count} witnesses cosigned, {threshold} are demanded: {}",
            seen.join(", ")
        ),
    )
}

/// The name that the trust file gives a witness, or its key.
fn name_of(trust: &Trust, one: &WitnessSignature) -> String {
    let known = trust.witnesses.iter().flat_map(|policy| &policy.keys);
    let mut known = known.filter(|witness| witness.public_key == one.public_key);
    known
        .next()
        .map_or_else(|| one.public_key.to_string(), |w| w.name.clone())
}
