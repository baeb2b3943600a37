//! The order that a seed gives, and what follows from it.

use domain::{Bilingual, Encoding, Hex32};
use yilian_contract::hmac_sha256;
use yilian_contract::prelude::*;

use crate::{ENTRIES_MAX, ENTRY_BYTES_MAX, LotteryError};

/// A list, and what is to be drawn from it.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Lots {
    /// 清单 | the entries, strictly ascending, so that a set has one list
    pub entries: Vec<String>,
    /// 抽取数 | how many are drawn
    pub take: u32,
    /// 分配 | what they are drawn for, in turn: one name, or those of groups, packages or seats
    pub slots: Vec<String>,
}

/// A list that can be drawn from.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Feasibility {
    /// 清单摘要 | digest of the entries
    pub entries_digest: Digest32,
    /// 清单长度 | entries in all
    pub length: u32,
    /// 提示 | what is allowed but deserves a look
    pub warnings: Vec<Bilingual>,
}

/// A frozen list and the seed.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// 抽签编号 | the lottery, as the release was asked for
    pub lottery_id: String,
    /// 种子 | the released seed
    pub seed: Hex32,
    /// 清单摘要 | digest of the entries as they were frozen
    pub entries_digest: Digest32,
    /// 清单 | the list and what is drawn
    pub lots: Lots,
}

/// One that was drawn.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Allotted {
    /// 序号 | index in the list
    pub index: u32,
    /// 清单项 | the entry
    pub entry: String,
    /// 分配 | what it was drawn for
    pub slot: String,
}

/// The result of a draw.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct DrawResult {
    /// 清单摘要 | digest of the list drawn from
    pub entries_digest: Digest32,
    /// 抽中 | those drawn, in order
    pub drawn: Vec<Allotted>,
    /// 抽取顺序 | indices of all entries, first to last
    pub order: Vec<u32>,
}

/// Digest of a list.
pub fn entries_digest(entries: &[String]) -> Digest32 {
    let start = Encoding::new("YILIAN/lottery-entries/v1");
    let all = entries
        .iter()
        .fold(start, |encoding, entry| encoding.part(entry.as_bytes()));
    all.digest()
}

/// The rank of an entry, as the crate's documentation spells it. Lower comes first.
pub fn rank(seed: &Hex32, lottery_id: &str, index: u32, entry: &str) -> [u8; 32] {
    let message = Encoding::new("YILIAN/lottery-rank/v1")
        .part(lottery_id.as_bytes())
        .number(u64::from(index))
        .part(entry.as_bytes())
        .bytes();
    hmac_sha256(&seed.0, &message)
}

pub(crate) fn feasible(lots: &Lots) -> Result<Feasibility, LotteryError> {
    for (name, list) in [("entries", &lots.entries), ("slots", &lots.slots)] {
        if list.is_empty() || list.len() > ENTRIES_MAX {
            let got = list.len();
            return Err(LotteryError::BadList(format!(
                "{name}: {got}, expected 1 to {ENTRIES_MAX}"
            )));
        }
        let fits = |one: &String| !one.is_empty() && one.len() <= ENTRY_BYTES_MAX;
        if let Some(wrong) = list.iter().find(|one| !fits(one)) {
            return Err(LotteryError::BadList(format!(
                "{name}: {} bytes, expected 1 to {ENTRY_BYTES_MAX}",
                wrong.len()
            )));
        }
    }
    if let Some(pair) = lots.entries.windows(2).find(|pair| pair[0] >= pair[1]) {
        return Err(LotteryError::NotOrdered(format!(
            "{} before {}",
            pair[0], pair[1]
        )));
    }
    let length = lots.entries.len() as u32;
    if lots.take == 0 || lots.take > length {
        return Err(LotteryError::TooFew(format!(
            "{} of {length}: expected 1 to {length}",
            lots.take
        )));
    }
    Ok(Feasibility {
        entries_digest: entries_digest(&lots.entries),
        length,
        warnings: small(lots.take, length).into_iter().collect(),
    })
}

/// So few that what is drawn can nearly be foreseen. Of an order of all of them nothing can.
fn small(take: u32, length: u32) -> Option<Bilingual> {
    (take < length && length < take.saturating_mul(3)).then(|| {
        Bilingual::new(
            format!("清单仅{length}项，拟抽{take}项，结果较易预料"),
            format!("only {length} entries for {take}: the outcome can nearly be foreseen"),
        )
    })
}

pub(crate) fn draw(input: &Draw) -> Result<DrawResult, LotteryError> {
    let feasibility = feasible(&input.lots)?;
    if feasibility.entries_digest != input.entries_digest {
        return Err(LotteryError::OtherList(format!(
            "frozen {}, given {}",
            input.entries_digest, feasibility.entries_digest
        )));
    }
    let Lots {
        entries,
        take,
        slots,
    } = &input.lots;
    let mut ranked: Vec<([u8; 32], u32)> = (0u32..)
        .zip(entries)
        .map(|(index, entry)| (rank(&input.seed, &input.lottery_id, index, entry), index))
        .collect();
    // Equal ranks would be a collision of SHA-256; the index then decides, so the order is total.
    ranked.sort_unstable();
    let order: Vec<u32> = ranked.into_iter().map(|(_, index)| index).collect();
    let first = order.iter().take(*take as usize).enumerate();
    let drawn = first.map(|(place, index)| Allotted {
        index: *index,
        entry: entries[*index as usize].clone(),
        slot: slots[place % slots.len()].clone(),
    });
    Ok(DrawResult {
        entries_digest: feasibility.entries_digest,
        drawn: drawn.collect(),
        order,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LotteryOrder;
    use yilian_contract::testing::TestChain;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn lots(take: u32, slots: &[&str]) -> Lots {
        Lots {
            entries: (0..30).map(|number| format!("{number:02}")).collect(),
            take,
            slots: list(slots),
        }
    }

    fn drawn(lots: Lots, seed: u8) -> DrawResult {
        let chain = TestChain::new();
        chain.deploy_rule(LotteryOrder);
        let input = Draw {
            lottery_id: "lottery:1:1".to_owned(),
            seed: Hex32([seed; 32]),
            entries_digest: entries_digest(&lots.entries),
            lots,
        };
        chain.judge("lottery-order", "draw", &input).unwrap()
    }

    #[test]
    fn a_coefficient_is_one_of_its_values_and_every_one_can_come() {
        let mut came = std::collections::BTreeSet::new();
        for seed in 0..=255 {
            let result = drawn(lots(1, &["K1"]), seed);
            assert_eq!((result.drawn.len(), result.order.len()), (1, 30));
            assert_eq!(result.drawn[0].slot, "K1");
            came.insert(result.drawn[0].entry.clone());
        }
        assert_eq!(came.len(), 30);
    }

    #[test]
    fn groups_are_of_equal_size_and_seats_are_held_by_one_each() {
        let groups = drawn(lots(30, &["A", "B", "C"]), 7);
        let of = |name| groups.drawn.iter().filter(|one| one.slot == name).count();
        assert_eq!((of("A"), of("B"), of("C")), (10, 10, 10));
        let seats = drawn(lots(4, &["s1", "s2", "s3", "s4"]), 7);
        let held: Vec<_> = seats.drawn.iter().map(|one| one.slot.as_str()).collect();
        assert_eq!(held, ["s1", "s2", "s3", "s4"]);
        assert_eq!(seats.order, groups.order);
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_before_there_is_a_seed() {
        let chain = TestChain::new();
        chain.deploy_rule(LotteryOrder);
        let code = |lots: &Lots| {
            let judged = chain.judge::<_, Feasibility>("lottery-order", "feasible", lots);
            judged.map_err(|refusal| refusal.code)
        };
        let fine = code(&lots(20, &["x"])).unwrap();
        assert_eq!((fine.length, fine.warnings.len()), (30, 1));
        assert_eq!(code(&lots(30, &["x"])).unwrap().warnings, []);
        assert_eq!(code(&lots(31, &["x"])), Err(163));
        assert_eq!(code(&lots(0, &["x"])), Err(163));
        assert_eq!(code(&lots(1, &[])), Err(161));
        let mut twice = lots(1, &["x"]);
        twice.entries[1] = twice.entries[0].clone();
        assert_eq!(code(&twice), Err(162));
        let mut long = lots(1, &["x"]);
        long.entries.push("z".repeat(129));
        assert_eq!(code(&long), Err(161));
    }

    #[test]
    fn another_list_than_the_frozen_one_is_refused() {
        let chain = TestChain::new();
        chain.deploy_rule(LotteryOrder);
        let mut other = lots(1, &["x"]);
        other.entries.pop();
        let input = Draw {
            lottery_id: "lottery:1:1".to_owned(),
            seed: Hex32([1; 32]),
            entries_digest: entries_digest(&lots(1, &["x"]).entries),
            lots: other,
        };
        let refused = chain.judge::<_, DrawResult>("lottery-order", "draw", &input);
        assert_eq!(refused.unwrap_err().code, 164);
    }
}
