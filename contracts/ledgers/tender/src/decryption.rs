//! Opening sealed bids: the outer layer by the centres together, the inner one by each bidder.
//!
//! ```text
//! list of bids held complete ─▶ release `opening:<tender>` ─▶ window: bidders give their inner keys, locked to
//! `keys:<tender>` ─▶ window over ─▶ release `keys:<tender>` ─▶ all keys are open at once, bids are revealed
//! ```
//!
//! No centre opens early, for it lacks the releases; no bidder sees another's price and then cannot decrypt, for keys
//! become readable together; and who gave no key, or one that does not open, stands on record
//! (电子招标投标办法 第三十条、第三十一条).

use yilian_contract::prelude::*;

use crate::clock::Clock;
use crate::error::TenderError;
use crate::record::{Status, Tender, Window};
use crate::reveal::Decryption;
use crate::seal::{self, Admission};

/// Method that the release of the outer layers calls.
const ON_OPENING: &str = "on_opening";
/// Method that the release of the inner keys calls.
const ON_KEYS: &str = "on_keys";
/// Bytes of a locked key, as `sdk/threshold` makes it.
const LOCKED_BYTES: usize = 160;

/// Gives a bid's inner key, locked until the window is over.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct GiveKey {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 密封承诺 | the bid's commitment
    pub commitment: Digest32,
    /// 加锁密钥 | the key, locked to the release `keys:<tender>`: 320 hexadecimal digits
    pub locked_key: String,
    /// 投标签名 | signature by the bid's one-time key, if it has one, over `key_bytes`
    pub signature: Option<String>,
    /// 准入 | token of the one-time key that sends it
    pub admission: Option<Admission>,
}

/// A key received.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct KeyGiven {
    /// 收到时间 | block time, Unix time in ms
    pub time_ms: u64,
    /// 加锁密钥 | the key as it was given; the last one counts
    pub locked_key: String,
    /// 日志序号 | index of the receipt in the log
    pub log_index: u64,
}

/// Asks for a key that was given.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskKey {
    /// 密封承诺 | the bid's commitment
    pub commitment: Digest32,
}

const KEYS: Map<KeyGiven> = Map::new("key");

/// The bytes that a bid's one-time key signs to give its inner key.
///
/// `"YILIAN/bid-key/v1" ‖ 0x00 ‖ part(chain id) ‖ part(commitment) ‖ part(locked key, as text)`
pub fn key_bytes(chain_id: &str, commitment: &Digest32, locked_key: &str) -> Vec<u8> {
    domain::Encoding::new("YILIAN/bid-key/v1")
        .part(chain_id.as_bytes())
        .part(&commitment.0)
        .part(locked_key.as_bytes())
        .bytes()
}

/// All bids held are listed, and they are enough: the centres are asked to open the outer layers.
pub(crate) fn begin(ctx: &mut Context, tender: &Tender) {
    ctx.request_release(&["opening:", &tender.tender].concat(), ON_OPENING);
}

/// The outer layers can be opened: the bidders' turn.
pub(crate) fn on_opening(ctx: &mut Context, release: &Release) -> Result<(), TenderError> {
    let (mut tender, signature) = released(ctx, release, "opening")?;
    let length = tender.publication(ctx)?.profile.decryption_ms.unwrap_or(0);
    let now = ctx.env().time_ms;
    let opening = tender.opening()?;
    if opening.window.is_some() {
        return Err(TenderError::WrongStep("it has a window already".to_owned()));
    }
    let window = Window {
        from_ms: now,
        until_ms: now.saturating_add(length),
        opening_signature: signature,
        group_key: release.group_key.clone(),
        keys_from: None,
        keys_signature: None,
    };
    Clock::Decryption.set(ctx, &tender.tender, window.until_ms);
    tender.opening()?.window = Some(window);
    tender.record(ctx, "outer_layers_open", None, None);
    Ok(())
}

pub(crate) fn give_key(ctx: &mut Context, args: GiveKey) -> Result<KeyGiven, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&[Status::Closed])?;
    let now = ctx.env().time_ms;
    let open = |window: &Window| window.keys_from.is_none() && now < window.until_ms;
    let window = tender.opening()?.window.as_ref();
    if !window.is_some_and(open) {
        return Err(TenderError::WindowClosed(args.commitment.to_string()));
    }
    let plain = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if args.locked_key.len() != 2 * LOCKED_BYTES || !args.locked_key.bytes().all(plain) {
        return Err(TenderError::BadText(format!(
            "locked_key: expected {} lower-case hexadecimal digits",
            2 * LOCKED_BYTES
        )));
    }
    let message = key_bytes(&ctx.env().chain_id, &args.commitment, &args.locked_key);
    seal::must_be_owner(ctx, &args.commitment, &message, args.signature.as_deref())?;
    let given = KeyGiven {
        time_ms: now,
        locked_key: args.locked_key,
        log_index: ctx.env().log_index,
    };
    KEYS.set(ctx, &[&args.commitment.to_string()], &given);
    Ok(given)
}

/// The window is over: the centres are asked to open all keys at once.
pub(crate) fn window_over(ctx: &mut Context, mut tender: Tender) -> Result<(), TenderError> {
    tender.must_be(&[Status::Closed])?;
    ctx.request_release(&["keys:", &tender.tender].concat(), ON_KEYS);
    tender.record(ctx, "window_over", None, None);
    Ok(())
}

pub(crate) fn on_keys(ctx: &mut Context, release: &Release) -> Result<(), TenderError> {
    let (mut tender, signature) = released(ctx, release, "keys")?;
    let now = ctx.env().time_ms;
    let Some(window) = &mut tender.opening()?.window else {
        return Err(TenderError::WrongStep("it has no window".to_owned()));
    };
    window.keys_from = Some(now);
    window.keys_signature = Some(signature);
    tender.record(ctx, "keys_open", None, None);
    Ok(())
}

fn released(ctx: &Context, release: &Release, kind: &str) -> Result<(Tender, String), TenderError> {
    if !ctx.env().is_system() {
        return Err(TenderError::NotTheChain);
    }
    let unknown = || TenderError::WrongStep(release.identity.clone());
    let (found, code) = release.identity.split_once(':').ok_or_else(unknown)?;
    let tender = Tender::load(ctx, code)?;
    if found != kind || tender.status != Status::Closed {
        return Err(unknown());
    }
    Ok((tender, release.signature.clone()))
}

pub(crate) fn find(ctx: &Context, commitment: &Digest32) -> Option<KeyGiven> {
    KEYS.get(ctx, &[&commitment.to_string()])
}

/// Refuses what contradicts the record: who gave no key did not open, and who gave one did not give none.
pub(crate) fn must_agree(
    ctx: &Context,
    commitment: &Digest32,
    decryption: Decryption,
) -> Result<(), TenderError> {
    let given = find(ctx, commitment).is_some();
    let needs_key = match decryption {
        Decryption::Opened | Decryption::WrongKey | Decryption::Malformed => Some(true),
        Decryption::NoKey => Some(false),
        Decryption::FileMissing | Decryption::PlatformFailure => None,
    };
    match needs_key {
        Some(needed) if needed != given => Err(TenderError::FaultUntrue(format!(
            "{commitment}: {decryption:?}, and a key was {}given in the window",
            if given { "" } else { "not " }
        ))),
        _ => Ok(()),
    }
}
