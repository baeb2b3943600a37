//! A list in its one form, its digest, and whether it can be drawn from.

use domain::{Bilingual, Encoding, Hex32};
use yilian_contract::Digest32;

use crate::types::{Committee, Feasibility, Group, List, Seats, Stratum};
use crate::{DrawError, ENTRIES_MAX, NAME_BYTES_MAX, STRATA_MAX, TAGGED_ENTRIES_MAX, committee};

/// Seats of one stratum beyond which a number is a slip.
const SEATS_MAX: u32 = 1_000;

/// Digest of the groups of a list.
pub fn list_digest(groups: &[Group]) -> Digest32 {
    let mut encoding = Encoding::new("YILIAN/expert-list/v1");
    for group in groups {
        let entries: Vec<u8> = group.ids.iter().flat_map(|id| id.0).collect();
        let mut tags = String::new();
        for tag in group.organisations.iter().flatten() {
            tags.push_str(tag);
            tags.push('\n');
        }
        encoding = encoding
            .part(group.stratum.as_bytes())
            .part(&entries)
            .part(tags.as_bytes());
    }
    encoding.digest()
}

/// The blinded entry of an expert in one draw. The nonce is 32 random bytes that the pool keeps.
pub fn blinded_entry(draw_id: &str, expert: &str, nonce: &Hex32) -> Hex32 {
    let digest = Encoding::new("YILIAN/expert-entry/v1")
        .part(draw_id.as_bytes())
        .part(expert.as_bytes())
        .part(&nonce.0)
        .digest();
    Hex32(digest.0)
}

pub(crate) fn feasible(list: &List) -> Result<Feasibility, DrawError> {
    check_form(list)?;
    let experts = list.seats.iter().map(|one| one.seats).sum();
    let shape = committee::judge(&Committee {
        experts,
        owner_representatives: list.owner_representatives,
        owner_representatives_max: list.owner_representatives_max,
        committee_min: list.committee_min,
    });
    if !shape.lawful {
        return Err(DrawError::CommitteeShape(format!(
            "{} / {}",
            shape.reason.zh, shape.reason.en
        )));
    }
    let strata: Vec<Stratum> = list
        .groups
        .iter()
        .map(|group| standing(list, group))
        .collect();
    // 招标投标法实施条例 第四十六条: 应当从评标专家库内相关专业的专家名单中以随机抽取方式确定。
    if let Some(short) = strata.iter().find(|one| one.eligible < one.needed) {
        return Err(DrawError::TooFewEligible(format!(
            "{}: {} entries, {} eligible, {} needed",
            short.stratum, short.entries, short.eligible, short.needed
        )));
    }
    Ok(Feasibility {
        list_digest: list_digest(&list.groups),
        length: strata.iter().map(|one| one.entries).sum(),
        members: shape.members,
        warnings: strata.iter().filter_map(small).collect(),
        strata,
    })
}

/// Whether an entry may be drawn. Lists are ascending, so a search halves them.
pub(crate) fn is_eligible(list: &List, group: &Group, place: usize) -> bool {
    if list.recusals.binary_search(&group.ids[place]).is_ok() {
        return false;
    }
    match &group.organisations {
        Some(tags) => list
            .recused_organisations
            .binary_search(&tags[place])
            .is_err(),
        None => true,
    }
}

pub(crate) fn seats_of<'l>(list: &'l List, stratum: &str) -> Option<&'l Seats> {
    list.seats.iter().find(|one| one.stratum == stratum)
}

fn standing(list: &List, group: &Group) -> Stratum {
    let eligible = (0..group.ids.len()).filter(|place| is_eligible(list, group, *place));
    let needed = seats_of(list, &group.stratum).map_or(0, |one| one.seats + one.substitutes);
    Stratum {
        stratum: group.stratum.clone(),
        // At most ENTRIES_MAX by check_form.
        entries: group.ids.len() as u32,
        eligible: eligible.count() as u32,
        needed,
    }
}

/// So few that who is drawn can nearly be foreseen: lawful, but worth a look.
fn small(one: &Stratum) -> Option<Bilingual> {
    if one.needed == 0 || one.eligible >= one.needed.saturating_mul(3) {
        return None;
    }
    let Stratum {
        stratum,
        eligible,
        needed,
        ..
    } = one;
    Some(Bilingual::new(
        format!("{stratum}：可抽取{eligible}人，不足需要{needed}人的三倍"),
        format!("{stratum}: {eligible} eligible are less than three times the {needed} needed"),
    ))
}

/// Everything about a list that does not depend on its size against its seats.
pub(crate) fn check_form(list: &List) -> Result<(), DrawError> {
    check_lengths(list)?;
    ascending("groups", list.groups.iter().map(|one| &one.stratum))?;
    ascending("seats", list.seats.iter().map(|one| &one.stratum))?;
    ascending("recusals", list.recusals.iter())?;
    ascending("recused_organisations", list.recused_organisations.iter())?;
    for group in &list.groups {
        ascending(&group.stratum, group.ids.iter())?;
    }
    check_seats(list)?;
    let mut all: Vec<&Hex32> = list.groups.iter().flat_map(|group| &group.ids).collect();
    all.sort_unstable();
    if let Some(pair) = all.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(DrawError::DuplicateEntry(pair[0].to_string()));
    }
    match list
        .recusals
        .iter()
        .find(|id| all.binary_search(id).is_err())
    {
        Some(stranger) => Err(DrawError::UnknownRecusal(stranger.to_string())),
        None => Ok(()),
    }
}

fn check_lengths(list: &List) -> Result<(), DrawError> {
    let entries: usize = list.groups.iter().map(|group| group.ids.len()).sum();
    let tagged = list
        .groups
        .iter()
        .any(|group| group.organisations.is_some());
    let most = if tagged {
        TAGGED_ENTRIES_MAX
    } else {
        ENTRIES_MAX
    };
    let lengths = [
        ("entries", entries + list.recusals.len(), most),
        ("strata", list.groups.len(), STRATA_MAX),
        ("seats", list.seats.len(), STRATA_MAX),
        (
            "recused_organisations",
            list.recused_organisations.len(),
            1_000,
        ),
    ];
    for (what, length, most) in lengths {
        if length > most {
            return Err(DrawError::TooLong(format!(
                "{length} {what}: expected at most {most}"
            )));
        }
    }
    for group in &list.groups {
        check_names(group)?;
    }
    match list.recused_organisations.iter().find(|tag| !is_name(tag)) {
        Some(tag) => Err(DrawError::TooLong(format!(
            "organisation tag {tag:?}: {NAME_FORM}"
        ))),
        None => Ok(()),
    }
}

const NAME_FORM: &str = "expected 1 to 32 bytes without '/' and control characters";

/// Names become keys of a ledger's state, and tags are hashed with a line feed between.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte >= 0x20 && byte != b'/';
    !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.bytes().all(plain)
}

fn check_names(group: &Group) -> Result<(), DrawError> {
    if !is_name(&group.stratum) {
        return Err(DrawError::TooLong(format!(
            "stratum {:?}: {NAME_FORM}",
            group.stratum
        )));
    }
    let Some(tags) = &group.organisations else {
        return Ok(());
    };
    if tags.len() != group.ids.len() {
        return Err(DrawError::NotOrdered(format!(
            "{}: {} organisation tags for {} entries",
            group.stratum,
            tags.len(),
            group.ids.len()
        )));
    }
    match tags.iter().find(|tag| !is_name(tag)) {
        Some(tag) => Err(DrawError::TooLong(format!(
            "organisation tag {tag:?}: {NAME_FORM}"
        ))),
        None => Ok(()),
    }
}

fn check_seats(list: &List) -> Result<(), DrawError> {
    for one in &list.seats {
        if !list.groups.iter().any(|group| group.stratum == one.stratum) {
            return Err(DrawError::SeatsMismatch(format!(
                "the list has no stratum {:?}",
                one.stratum
            )));
        }
        if one.seats == 0 || one.seats > SEATS_MAX || one.substitutes > SEATS_MAX {
            return Err(DrawError::SeatsMismatch(format!(
                "{}: expected 1 to {SEATS_MAX} seats and at most {SEATS_MAX} substitutes",
                one.stratum
            )));
        }
    }
    Ok(())
}

fn ascending<T: Ord>(what: &str, items: impl Iterator<Item = T>) -> Result<(), DrawError> {
    let mut last = None;
    for (place, item) in items.enumerate() {
        if last.as_ref().is_some_and(|last| *last >= item) {
            return Err(DrawError::NotOrdered(format!(
                "{what}: item {place} is not above the one before"
            )));
        }
        last = Some(item);
    }
    Ok(())
}

#[cfg(test)]
#[path = "list_tests.rs"]
pub(crate) mod tests;
