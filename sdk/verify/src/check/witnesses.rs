//! Cosignatures: witnesses that saw this checkpoint, consistent with all they had seen (C2SP tlog-cosignature).

use yilian_crypto::cosignature::Cosignature;

use crate::Trust;
use crate::bundle::{Bundle, WitnessSignature};
use crate::finding::{Finding, failed, missing, not_asked, proved};
use crate::trust::TrustedWitness;

/// Enough of the witnesses that the reader demands cosigned the anchor.
pub(super) fn cosigned(trust: &Trust, bundle: &Bundle) -> Finding {
    let Some(policy) = &trust.witnesses else {
        return not_asked("信任文件不要求见证人", "the trust file demands no witness");
    };
    let Some(anchor) = bundle.anchor() else {
        return missing("锚定区块头", "an anchor");
    };
    let checkpoint = anchor.certificate.body(&bundle.chain_id);
    let mut seen = Vec::new();
    for witness in &policy.keys {
        let Some(signature) = given(bundle, witness) else {
            continue;
        };
        let cosignature = Cosignature {
            time_s: signature.time_s,
            signature: signature.signature,
        };
        if !cosignature.holds(&witness.public_key, &checkpoint) {
            return failed(
                format!("见证人 {} 的副署不成立", witness.name),
                format!("the cosignature of witness {} does not hold", witness.name),
            );
        }
        seen.push(witness.name.as_str());
    }
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

fn given<'b>(bundle: &'b Bundle, witness: &TrustedWitness) -> Option<&'b WitnessSignature> {
    let same =
        |one: &&WitnessSignature| one.name == witness.name && one.public_key == witness.public_key;
    bundle.cosignatures.iter().find(same)
}
