//! The order that a seed gives.

use domain::{Encoding, Hex32};
use yilian_contract::hmac_sha256;

use crate::DrawError;
use crate::list::{feasible, is_eligible, seats_of};
use crate::types::{Draw, DrawResult, Group, Invited, Order, Seats};

/// The rank of an entry, as the crate's documentation spells it. Lower comes first.
pub fn rank(seed: &Hex32, draw_id: &str, index: u32, entry: &Hex32) -> [u8; 32] {
    let message = Encoding::new("YILIAN/expert-rank/v1")
        .part(draw_id.as_bytes())
        .number(u64::from(index))
        .part(&entry.0)
        .bytes();
    hmac_sha256(&seed.0, &message)
}

pub(crate) fn draw(input: &Draw) -> Result<DrawResult, DrawError> {
    let feasibility = feasible(&input.list)?;
    if feasibility.list_digest != input.list_digest {
        return Err(DrawError::OtherList(format!(
            "frozen {}, given {}",
            input.list_digest, feasibility.list_digest
        )));
    }
    let (mut orders, mut invited) = (Vec::new(), Vec::new());
    let mut first = 0;
    for group in &input.list.groups {
        if let Some(seats) = seats_of(&input.list, &group.stratum) {
            let order = order(input, group, first);
            invite(group, first, seats, &order, &mut invited);
            orders.push(Order {
                stratum: group.stratum.clone(),
                seats: seats.seats,
                substitutes: seats.substitutes,
                order,
            });
        }
        first += group.ids.len() as u32;
    }
    Ok(DrawResult {
        list_digest: feasibility.list_digest,
        invited,
        orders,
    })
}

/// 招标投标法 第三十七条: 一般招标项目可以采取随机抽取方式。
fn order(input: &Draw, group: &Group, first: u32) -> Vec<u32> {
    let eligible = (0..group.ids.len()).filter(|place| is_eligible(&input.list, group, *place));
    let mut ranked: Vec<([u8; 32], u32)> = eligible
        .map(|place| {
            let index = first + place as u32;
            (
                rank(&input.seed, &input.draw_id, index, &group.ids[place]),
                index,
            )
        })
        .collect();
    // Equal ranks would be a collision of SHA-256; the index then decides, so the order is total.
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, index)| index).collect()
}

fn invite(group: &Group, first: u32, seats: &Seats, order: &[u32], invited: &mut Vec<Invited>) {
    for &index in order.iter().take(seats.seats as usize) {
        invited.push(Invited {
            stratum: group.stratum.clone(),
            index,
            id: group.ids[(index - first) as usize],
        });
    }
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
