//! Whether what ledgers were called back with is what a group of centres released.

use serde::Deserialize;
use yilian_primitives::{Cause, Receipt};
use yilian_release::{GroupKey, RESERVED_PREFIX, ReleaseSignature, seed};

use crate::bundle::Bundle;
use crate::finding::{Finding, failed, missing, not_asked, proved};

/// Arguments of a call back, as far as they are looked at.
#[derive(Deserialize)]
struct CallBack {
    identity: String,
    seed: String,
    signature: ReleaseSignature,
    group_key: GroupKey,
}

/// Each signature is the group's on the identity, and each seed follows from it.
pub(super) fn releases(bundle: &Bundle) -> Finding {
    let (texts, mut keys, mut count) = (bundle.texts(), Vec::new(), 0usize);
    for receipt in bundle.records.iter().map(|record| &record.receipt) {
        let Some(identity) = released(receipt) else {
            continue;
        };
        let Some(args) = texts.get(&receipt.args) else {
            return missing(
                format!("释放 {identity} 的参数"),
                format!("the arguments of release {identity}"),
            );
        };
        match check(&bundle.chain_id, identity, args) {
            Ok(key) if keys.contains(&key) => {}
            Ok(key) => keys.push(key),
            Err(reason) => {
                return failed(
                    format!("释放 {identity} 不成立（{reason}）"),
                    format!("release {identity}: {reason}"),
                );
            }
        }
        count += 1;
    }
    if count == 0 {
        return not_asked("没有门限释放", "no threshold release");
    }
    let keys: Vec<String> = keys.iter().map(|key| key.id().to_string()).collect();
    let keys = keys.join(", ");
    proved(
        format!("{count} 次释放由群公钥签名，种子由其得出；公钥摘要 {keys}"),
        format!(
            "{count} releases are signed by the group and seeds follow; digest of the key {keys}"
        ),
    )
}

/// The identity that a receipt's call back was about; the chain's own calls release nothing.
fn released(receipt: &Receipt) -> Option<&str> {
    match &receipt.cause {
        Cause::Release(identity) if !identity.starts_with(RESERVED_PREFIX) => Some(identity),
        _ => None,
    }
}

fn check(chain_id: &str, identity: &str, args: &[u8]) -> Result<GroupKey, String> {
    let args: CallBack = serde_json::from_slice(args).map_err(|error| error.to_string())?;
    if args.identity != identity {
        return Err(format!("it is called back about {:?}", args.identity));
    }
    let holds = args.group_key.verify(chain_id, identity, &args.signature);
    holds.map_err(|error| error.to_string())?;
    let follows = seed(chain_id, identity, &args.signature, b"").to_hex();
    if follows != args.seed {
        return Err("the seed does not follow from the signature".to_owned());
    }
    Ok(args.group_key)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use yilian_crypto::SecretKey;
    use yilian_threshold::Ceremony;

    use super::*;

    const CHAIN: &str = "yilian-test";
    const IDENTITY: &str = "draw:E6200000001:1";

    /// A group of one centre releases the identity.
    fn call_back() -> Value {
        let key = SecretKey::from_seed([3; 32]);
        let members = [key.public_key()];
        let ceremony = Ceremony::new(CHAIN, 0, None, &members, &members).expect("a ceremony");
        let dealing = ceremony.deal(&key, &[5; 32], None).expect("deals");
        let received = yilian_threshold::Received {
            dealer: key.public_key(),
            public: dealing.public,
            share: dealing.shares[0].1.to_vec(),
        };
        let ack = ceremony.acknowledge(&key, &received).expect("fits");
        let acks = [(key.public_key(), ack)];
        let log = ceremony.log(&key, &[5; 32], None, &acks).expect("a log");
        let logs = [log];
        let outcome = ceremony.outcome(&logs).expect("reads").expect("a key");
        let share = ceremony.share(&key, &[received], &logs).expect("a share");
        let partial = share.sign(CHAIN, outcome.key(), IDENTITY).expect("signs");
        let whole = outcome.recover(CHAIN, IDENTITY, &[partial]);
        let whole = whole.expect("recovers");
        json!({
            "identity": IDENTITY, "seed": seed(CHAIN, IDENTITY, &whole, b"").to_hex(),
            "signature": whole, "group_key": outcome.key(), "requested_at": 4,
        })
    }

    fn reason(args: &Value) -> String {
        check(CHAIN, IDENTITY, args.to_string().as_bytes()).expect_err("refused")
    }

    #[test]
    fn a_release_of_the_group_holds() {
        let args = call_back();
        let key = check(CHAIN, IDENTITY, args.to_string().as_bytes()).expect("holds");
        assert_eq!(json!(key), args["group_key"]);
        assert!(check("another", IDENTITY, args.to_string().as_bytes()).is_err());
        assert!(check(CHAIN, "draw:E6200000001:2", args.to_string().as_bytes()).is_err());
    }

    #[test]
    fn a_seed_that_somebody_chose_does_not_follow() {
        let mut args = call_back();
        args["seed"] = json!("00".repeat(32));
        assert_eq!(reason(&args), "the seed does not follow from the signature");
    }

    #[test]
    fn a_signature_on_another_identity_is_found() {
        let mut args = call_back();
        args["identity"] = json!("draw:E6200000001:2");
        assert!(reason(&args).contains("called back about"));
        let mut args = call_back();
        args["signature"] = args["signature"]
            .as_str()
            .map(|text| json!(text.replace('a', "b")))
            .expect("text");
        reason(&args);
    }
}
