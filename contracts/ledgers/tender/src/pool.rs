//! The frozen list of experts, as it is kept.
//!
//! It lies in the state before the seed can be known, so nobody can hold it back when the outcome displeases. It
//! is kept in pages below the limit of a value; ten thousand entries make thirteen.

use domain::Hex32;
use expert_draw::{Group, List};
use yilian_contract::prelude::*;

use crate::draw::Draw;
use crate::record::{Publication, Tender};

/// Entries of one page of the list: about 56 KB of JSON.
const PAGE_ENTRIES: usize = 800;
/// Entries of one page with organisation tags: about 60 KB.
const TAGGED_PAGE_ENTRIES: usize = 580;
/// Most pages of a list: 64 strata may each leave one half-filled.
const PAGES_MAX: u32 = 100;
/// Recusals of a list.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recusals {
    pub(crate) entries: Vec<Hex32>,
    pub(crate) organisations: Vec<String>,
}

const POOL: Map<Group> = Map::new("pool");
const RECUSALS: Map<Recusals> = Map::new("recusal");

/// Keeps a list.
pub(crate) fn store(ctx: &mut Context, tender: &Tender, list: List) {
    let number = tender.draws.to_string();
    let mut page = 0;
    for group in &list.groups {
        let size = match group.organisations {
            Some(_) => TAGGED_PAGE_ENTRIES,
            None => PAGE_ENTRIES,
        };
        for (place, ids) in group.ids.chunks(size).enumerate() {
            let from = place * size;
            let tags = group.organisations.as_ref();
            let part = Group {
                stratum: group.stratum.clone(),
                ids: ids.to_vec(),
                organisations: tags.map(|tags| tags[from..from + ids.len()].to_vec()),
            };
            POOL.set(ctx, &[&tender.tender, &number, &ordered(page)], &part);
            page += 1;
        }
    }
    let recusals = Recusals {
        entries: list.recusals,
        organisations: list.recused_organisations,
    };
    RECUSALS.set(ctx, &[&tender.tender, &number], &recusals);
}

/// The list as it was frozen: pages of one stratum are one group again.
pub(crate) fn load(ctx: &Context, tender: &Tender, draw: &Draw, publication: &Publication) -> List {
    let number = tender.draws.to_string();
    let mut groups: Vec<Group> = Vec::new();
    for (_, page) in POOL.scan(ctx, &[&tender.tender, &number], None, PAGES_MAX) {
        match groups.last_mut() {
            Some(group) if group.stratum == page.stratum => {
                group.ids.extend(page.ids);
                if let (Some(tags), Some(more)) = (&mut group.organisations, page.organisations) {
                    tags.extend(more);
                }
            }
            _ => groups.push(page),
        }
    }
    let recusals = RECUSALS.get(ctx, &[&tender.tender, &number]);
    let (recusals, recused_organisations) = match recusals {
        Some(kept) => (kept.entries, kept.organisations),
        None => (Vec::new(), Vec::new()),
    };
    List {
        groups,
        recusals,
        recused_organisations,
        seats: draw.seats.clone(),
        owner_representatives: draw.owner_representatives,
        owner_representatives_max: publication.profile.owner_representatives_max,
        committee_min: publication.profile.committee_min,
    }
}
