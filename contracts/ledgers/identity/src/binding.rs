//! Keys: bound once, revoked for ever.

mod types;

pub use types::*;

use yilian_contract::prelude::*;

use crate::organisation::{is_own, known};
use crate::{GOVERNANCE, IdentityError, REGISTRARS, require_role, text};

/// Read by the protocol: `key/<ed25519:hex>`.
pub(crate) const KEYS: Map<Key> = Map::new("key");
pub(crate) const BINDINGS: Map<Binding> = Map::new("binding");
/// Most keys on a page.
const PAGE_MAX: u32 = 100;
/// Entries that a filtered page looks at before it ends short.
const LOOK_MAX: u32 = 1_000;
/// First line of what a new key signs to prove that it is held.
const PROOF_HEAD: &str = "YILIAN/key-possession/v1";

pub(crate) fn bind(ctx: &mut Context, args: BindKey) -> Result<Key, IdentityError> {
    let registrar = ctx.env().has_any_role(&REGISTRARS);
    if !registrar && !is_own(ctx, &args.organisation) {
        return Err(IdentityError::NotEntitled(
            "an organisation binds its own keys, a registrar those of others".to_owned(),
        ));
    }
    check_key(&args.key)?;
    let organisation = known(ctx, &args.organisation)?;
    // Whoever holds a governance key governs; a centre may not make one.
    if organisation.roles.iter().any(|role| role == GOVERNANCE) {
        require_role(ctx, &[GOVERNANCE])?;
    }
    let label = args.label.clone().unwrap_or_default();
    text::optional("label", &label)?;
    check_proof(ctx, &args, registrar)?;
    if KEYS.contains(ctx, &[&args.key]) {
        return Err(IdentityError::KeyTaken(args.key));
    }
    let key = Key {
        organisation: args.organisation,
        status: KeyStatus::Active,
        label,
    };
    let binding = Binding {
        by: ctx.env().organisation.clone(),
        bound_ms: ctx.env().time_ms,
        certificate: args.certificate,
        proven: args.proof.is_some(),
        revoked: None,
    };
    KEYS.set(ctx, &[&args.key], &key);
    BINDINGS.set(ctx, &[&args.key], &binding);
    ctx.emit("key_bound", &KeyEvent::of(&args.key, &key));
    Ok(key)
}

fn check_key(key: &str) -> Result<(), IdentityError> {
    let digits = key.strip_prefix("ed25519:").unwrap_or_default();
    let lawful = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if digits.len() == 64 && digits.bytes().all(lawful) {
        return Ok(());
    }
    Err(IdentityError::MalformedKey(format!(
        "{key:?}: expected \"ed25519:\" and 64 lower-case hex digits"
    )))
}

/// 电子签名法 第十三条: the data that make a signature belong to the signer alone. A registrar has seen that before it
/// binds; an organisation that binds a key itself shows it by signing with the key. Without this, anyone could bind
/// somebody else's public key and so keep its holder out.
fn check_proof(ctx: &Context, args: &BindKey, registrar: bool) -> Result<(), IdentityError> {
    let message = possession_message(&ctx.env().chain_id, &args.organisation, &args.key);
    match &args.proof {
        None if registrar => Ok(()),
        None => Err(IdentityError::NoProofOfPossession("none given".to_owned())),
        Some(proof) if verify_signature(&args.key, message.as_bytes(), proof) => Ok(()),
        Some(_) => Err(IdentityError::NoProofOfPossession(
            "the signature does not verify".to_owned(),
        )),
    }
}

/// What a new key signs: four lines that name the purpose, the chain, the organisation and the key.
pub fn possession_message(chain_id: &str, organisation: &str, key: &str) -> String {
    format!("{PROOF_HEAD}\n{chain_id}\n{organisation}\n{key}\n")
}

pub(crate) fn revoke(ctx: &mut Context, args: RevokeKey) -> Result<Key, IdentityError> {
    check_key(&args.key)?;
    text::needed("reason", &args.reason)?;
    let mut key = KEYS
        .get(ctx, &[&args.key])
        .ok_or_else(|| IdentityError::UnknownKey(args.key.clone()))?;
    let governs = known(ctx, &key.organisation)?
        .roles
        .iter()
        .any(|role| role == GOVERNANCE);
    if governs {
        require_role(ctx, &[GOVERNANCE])?;
    } else if !is_own(ctx, &key.organisation) {
        require_role(ctx, &REGISTRARS)?;
    }
    if key.status == KeyStatus::Revoked {
        return Err(IdentityError::AlreadyRevoked(args.key));
    }
    // So the key that signs outlives the call, and somebody always governs.
    if governs && ctx.env().caller == args.key {
        return Err(IdentityError::LockOut(
            "a governance key does not revoke itself: sign with another one".to_owned(),
        ));
    }
    key.status = KeyStatus::Revoked;
    KEYS.set(ctx, &[&args.key], &key);
    record_revocation(ctx, &args);
    ctx.emit("key_revoked", &KeyEvent::of(&args.key, &key));
    Ok(key)
}

fn record_revocation(ctx: &mut Context, args: &RevokeKey) {
    let by = ctx.env().organisation.clone();
    let time_ms = ctx.env().time_ms;
    // A key that a genesis bound has no record of its binding.
    let binding = BINDINGS.get(ctx, &[&args.key]).unwrap_or(Binding {
        by: String::new(),
        bound_ms: 0,
        certificate: None,
        proven: false,
        revoked: None,
    });
    let revoked = Some(Revocation {
        reason: args.reason.clone(),
        by,
        time_ms,
    });
    BINDINGS.set(ctx, &[&args.key], &Binding { revoked, ..binding });
}

pub(crate) fn list(ctx: &Context, args: ListKeys) -> KeyPage {
    let limit = args.limit.unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX);
    let looked_at = if args.organisation.is_some() {
        LOOK_MAX
    } else {
        limit
    };
    let found = KEYS.scan(ctx, &[], args.after.as_deref(), looked_at);
    let exhausted = found.len() < looked_at as usize;
    let mut last = None;
    let mut keys = BTreeMap::new();
    for (mut segments, key) in found {
        if keys.len() == limit as usize {
            return KeyPage { keys, next: last };
        }
        let text = segments.pop().unwrap_or_default();
        last = Some(text.clone());
        if args
            .organisation
            .as_ref()
            .is_none_or(|code| *code == key.organisation)
        {
            keys.insert(text, key);
        }
    }
    KeyPage {
        keys,
        next: last.filter(|_| !exhausted),
    }
}

/// Data of the events `key_bound` and `key_revoked`.
#[derive(Json)]
struct KeyEvent {
    key: String,
    organisation: String,
    status: KeyStatus,
}

impl KeyEvent {
    fn of(text: &str, key: &Key) -> Self {
        KeyEvent {
            key: text.to_owned(),
            organisation: key.organisation.clone(),
            status: key.status,
        }
    }
}
