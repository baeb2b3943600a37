//! One-time keys that somebody with the right admits.
//!
//! The protocol reads `admission/<root>` when a key that is bound to nobody brings its token; `one_time/<key>`, how often
//! a key was used, it writes itself. Who admits a batch must be allowed to call what the keys may call: the protocol asks
//! that at each call.

use yilian_contract::prelude::*;

use crate::{IdentityError, text};

/// Most keys of a batch.
const KEYS_MAX: u64 = 1_000_000;
/// Most methods that a batch may call.
const METHODS_MAX: usize = 16;
/// Longest validity of a batch, in ms: ninety days.
const VALID_FOR_MAX_MS: u64 = 7_776_000_000;

/// Read by the protocol: `admission/<root>`.
const ADMISSIONS: Map<Admission> = Map::new("admission");

/// A batch of one-time keys.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// 批次 | root over the keys (RFC 9162), as sdk/abi computes it
    pub batch: Digest32,
    /// 公钥数 | number of keys
    pub keys: u64,
    /// 准入单位 | organisation that admitted them
    pub issuer: String,
    /// 合约 | ledger that they may call
    pub contract: String,
    /// 方法 | its methods that they may call
    pub methods: Vec<String>,
    /// 有效期至 | last block time at which they may call, Unix time in ms
    pub valid_until_ms: u64,
}

/// Arguments of `admit_keys`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AdmitKeys {
    /// 批次 | root over the keys
    pub batch: Digest32,
    /// 公钥数 | number of keys; the larger, the less a single one says
    pub keys: u64,
    /// 合约 | ledger that they may call
    pub contract: String,
    /// 方法 | its methods that they may call
    pub methods: Vec<String>,
    /// 有效期至 | last block time at which they may call, Unix time in ms; at most ninety days ahead
    pub valid_until_ms: u64,
}

/// Asks for a batch.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskAdmission {
    /// 批次 | its root
    pub batch: Digest32,
}

pub(crate) fn admit(ctx: &mut Context, args: AdmitKeys) -> Result<Admission, IdentityError> {
    let bad = |detail: String| Err(IdentityError::BadBatch(detail));
    text::contract_name(&args.contract)?;
    for method in &args.methods {
        text::method_name(method)?;
    }
    if args.methods.is_empty()
        || args.methods.len() > METHODS_MAX
        || args.methods.contains(&"*".to_owned())
    {
        return bad(format!(
            "methods: expected 1 to {METHODS_MAX}, each by its name"
        ));
    }
    if args.keys == 0 || args.keys > KEYS_MAX {
        return bad(format!("keys {}: expected 1 to {KEYS_MAX}", args.keys));
    }
    let now = ctx.env().time_ms;
    if args.valid_until_ms <= now || args.valid_until_ms > now.saturating_add(VALID_FOR_MAX_MS) {
        return bad("valid_until_ms: expected after now, at most ninety days ahead".to_owned());
    }
    let key = args.batch.to_string();
    if ADMISSIONS.contains(ctx, &[&key]) {
        return bad(format!("{key} was admitted before"));
    }
    let admission = Admission {
        batch: args.batch,
        keys: args.keys,
        issuer: ctx.env().organisation.clone(),
        contract: args.contract,
        methods: args.methods,
        valid_until_ms: args.valid_until_ms,
    };
    ADMISSIONS.set(ctx, &[&key], &admission);
    ctx.emit("keys_admitted", &admission);
    Ok(admission)
}

pub(crate) fn find(ctx: &Context, batch: &Digest32) -> Option<Admission> {
    ADMISSIONS.get(ctx, &[&batch.to_string()])
}
