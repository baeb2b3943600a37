//! What a deposit must fulfil.

use std::collections::BTreeSet;

use yilian_contract::prelude::*;

use crate::EvidenceError;
use crate::deposit::RECORDS;
use crate::number::is_number;
use crate::record::{CodedValue, Deposit, Retention, Visibility};
use crate::unified_code::{check_unified_code, is_procurement};

/// Longest code in bytes.
const CODE_BYTES_MAX: usize = 64;
/// Most signers of a file.
const SIGNERS_MAX: usize = 32;
/// Most earlier records that one refers to.
const REFERENCES_MAX: usize = 32;
/// How far a source's clock may go before the chain's, in ms.
const CLOCK_TOLERANCE_MS: u64 = 120_000;
/// 政府采购法 第四十二条: 采购文件的保存期限为从采购结束之日起至少保存十五年.
const PROCUREMENT_YEARS_MIN: u16 = 15;

/// Refuses a deposit that is not complete and consistent.
pub(crate) fn check(ctx: &Context, deposit: &Deposit) -> Result<(), EvidenceError> {
    coded("kind", &deposit.kind)?;
    check_matter(deposit)?;
    check_subject(&deposit.subject)?;
    check_file(deposit)?;
    check_source(deposit)?;
    check_time(ctx, deposit)?;
    check_signers(deposit)?;
    check_references(ctx, deposit)?;
    check_keeping(deposit)
}

/// What the evidence is about. A blinded reference stands alone: 招标投标法 第二十二条 forbids making known who has
/// asked for documents, and how many, before the deadline.
fn check_matter(deposit: &Deposit) -> Result<(), EvidenceError> {
    let named = deposit.tender.is_some() || deposit.project.is_some();
    match (named, &deposit.blind_ref) {
        (false, None) => return Err(EvidenceError::NoMatter),
        (true, Some(_)) => return Err(EvidenceError::NotBlind),
        _ => {}
    }
    if let Some(project) = &deposit.project {
        identifier("project", project)?;
    }
    let Some(tender) = &deposit.tender else {
        return Ok(());
    };
    identifier("tender", tender)?;
    // Codes of local platforms have other forms; where it is the national form, a slip of the pen is found.
    check_unified_code(tender).map(drop).map_err(|fault| {
        EvidenceError::CheckCharacter(format!("{tender}: computed {}", fault.computed))
    })
}

/// GB 32100-2015. Lawful codes that fail the check character exist, and the subject need not be registered here, so
/// the form alone is checked.
fn check_subject(subject: &str) -> Result<(), EvidenceError> {
    let lawful =
        |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() && !b"IOSVZ".contains(&byte);
    if subject.len() == 18 && subject.bytes().all(lawful) {
        return Ok(());
    }
    Err(EvidenceError::MalformedSubject(format!("{subject:?}")))
}

fn check_file(deposit: &Deposit) -> Result<(), EvidenceError> {
    if let Some(sm3) = &deposit.digests.sm3
        && !is_sm3(sm3)
    {
        return Err(EvidenceError::MalformedDigest(format!(
            "digests.sm3: expected \"sm3:\" and 64 lower-case hex digits, got {sm3:?}"
        )));
    }
    if deposit.size == 0 {
        return Err(EvidenceError::EmptyFile);
    }
    if let Some(method) = &deposit.canonicalisation {
        code("canonicalisation", method)?;
    }
    check_media_type(&deposit.media_type)
}

/// Whether a text is the text form of an SM3 digest.
pub(crate) fn is_sm3(text: &str) -> bool {
    let digits = text.strip_prefix("sm3:").unwrap_or_default();
    let lawful = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    digits.len() == 64 && digits.bytes().all(lawful)
}

/// RFC 6838 section 4.2, without parameters, in lower case.
fn check_media_type(text: &str) -> Result<(), EvidenceError> {
    let lawful = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$&-^_.+".contains(&byte)
    };
    let name = |part: &str| !part.is_empty() && part.len() <= 127 && part.bytes().all(lawful);
    match text.split_once('/') {
        Some((kind, subtype)) if name(kind) && name(subtype) => Ok(()),
        _ => Err(EvidenceError::MalformedMediaType(format!("{text:?}"))),
    }
}

fn check_source(deposit: &Deposit) -> Result<(), EvidenceError> {
    let source = &deposit.source;
    code("source.system", &source.system)?;
    code("source.module", &source.module)?;
    code("source.version", &source.version)?;
    code("source.operator_role", &source.operator_role)
}

fn check_time(ctx: &Context, deposit: &Deposit) -> Result<(), EvidenceError> {
    let (made, now) = (deposit.generated.time_ms, ctx.env().time_ms);
    if made > now.saturating_add(CLOCK_TOLERANCE_MS) {
        return Err(EvidenceError::MadeInFuture(format!(
            "made at {made} ms, now {now} ms"
        )));
    }
    Ok(())
}

fn check_signers(deposit: &Deposit) -> Result<(), EvidenceError> {
    bounded("signers", deposit.signers.len(), SIGNERS_MAX)?;
    for signer in &deposit.signers {
        code("signers.authority", &signer.authority)?;
    }
    match deposit.rule.as_ref().and_then(|rule| rule.profile.as_ref()) {
        Some(profile) => code("rule.profile", profile),
        None => Ok(()),
    }
}

fn check_references(ctx: &Context, deposit: &Deposit) -> Result<(), EvidenceError> {
    let references = &deposit.references;
    bounded("references", references.len(), REFERENCES_MAX)?;
    let mut seen = BTreeSet::new();
    for number in references {
        if !seen.insert(number) {
            return Err(EvidenceError::MalformedNumber(format!(
                "{number} stands twice"
            )));
        }
        numbered(number)?;
        if !RECORDS.contains(ctx, &[number]) {
            return Err(EvidenceError::UnknownReference(number.clone()));
        }
    }
    Ok(())
}

fn check_keeping(deposit: &Deposit) -> Result<(), EvidenceError> {
    if deposit.personal_data && deposit.visibility == Visibility::Public {
        return Err(EvidenceError::PersonalDataPublic);
    }
    match deposit.retention {
        Retention::Years(0) => Err(EvidenceError::RetentionTooShort("0 years".to_owned())),
        Retention::Years(years)
            if years < PROCUREMENT_YEARS_MIN
                && deposit.tender.as_deref().is_some_and(is_procurement) =>
        {
            Err(EvidenceError::RetentionTooShort(format!("{years} years")))
        }
        _ => Ok(()),
    }
}

/// Refuses a text that is no evidence number.
pub(crate) fn numbered(number: &str) -> Result<(), EvidenceError> {
    if is_number(number) {
        return Ok(());
    }
    Err(EvidenceError::MalformedNumber(format!("{number:?}")))
}

/// A code of a list.
pub(crate) fn coded(what: &str, value: &CodedValue) -> Result<(), EvidenceError> {
    code(what, &value.list)?;
    code(what, &value.code)
}

/// A code: so narrow that no person's name in Chinese and no sentence fits.
fn code(what: &str, text: &str) -> Result<(), EvidenceError> {
    let lawful = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/+-".contains(&byte);
    if !text.is_empty() && text.len() <= CODE_BYTES_MAX && text.bytes().all(lawful) {
        return Ok(());
    }
    Err(EvidenceError::MalformedCode(format!(
        "{what}: expected 1 to {CODE_BYTES_MAX} of A-Z a-z 0-9 . _ : / + -, got {text:?}"
    )))
}

/// A code that is found by: it is part of a storage key, so it holds no '/'. `*` may be a check character.
pub(crate) fn identifier(what: &str, text: &str) -> Result<(), EvidenceError> {
    let lawful = |byte: u8| byte.is_ascii_alphanumeric() || b"._:+-*".contains(&byte);
    if !text.is_empty() && text.len() <= CODE_BYTES_MAX && text.bytes().all(lawful) {
        return Ok(());
    }
    Err(EvidenceError::MalformedCode(format!(
        "{what}: expected 1 to {CODE_BYTES_MAX} of A-Z a-z 0-9 . _ : + - *, got {text:?}"
    )))
}

fn bounded(what: &str, count: usize, most: usize) -> Result<(), EvidenceError> {
    if count <= most {
        return Ok(());
    }
    Err(EvidenceError::TooMany(format!(
        "{what}: {count}, expected at most {most}"
    )))
}
