//! Whether the chain goes on under a new set: a change that would halt it is refused, with the arithmetic.

use yilian_abi::records;
use yilian_chain_records::membership::{BlockEntry, Membership, block_key};
use yilian_chain_spec::Centre;
use yilian_crypto::PublicKey;
use yilian_primitives::ValidatorSet;

use crate::release::{Stop, View, refused};
use crate::session::Session;

/// Blocks in which a validator that runs is seen at least once, for each validator: proposers take turns.
const TURNS: u64 = 3;
/// Blocks that are given besides.
const PATIENCE: u64 = 8;

/// Refuses a set in which those who were seen lately are no quorum, and one that would leave too few who hold shares of
/// the release key to share it anew. `newcomer` has just said that it runs.
pub(super) fn check(
    session: &mut Session,
    before: &Membership,
    after: &Membership,
    newcomer: Option<&PublicKey>,
) -> Result<(), Stop> {
    let set = match after.validators() {
        Ok(set) => set,
        Err(error) => return refused(error.to_string()),
    };
    let stored = session.get(&block_key())?;
    let entry: BlockEntry = stored
        .and_then(|bytes| records::from_bytes(&bytes))
        .unwrap_or_default();
    let blocks = TURNS * before.centres.len() as u64 + PATIENCE;
    let missing = |centre: &&Centre| {
        newcomer != Some(&centre.key)
            && entry
                .missing_since(&centre.validator().address(), blocks)
                .is_some()
    };
    let is_here = |centre: &&Centre| !missing(centre);
    quorum(&set, after, &is_here, blocks)?;
    let group = (session as &mut dyn View).group()?;
    let Some(group) = group else { return Ok(()) };
    let holders = |membership: &Membership| {
        let here = membership.centres.iter().filter(is_here);
        here.filter(|one| group.holders.contains(&one.key)).count()
    };
    let (held, left) = (holders(before), holders(after));
    let needed = group.threshold as usize;
    if left < needed && left < held {
        return refused(format!(
            "{left} validators that are here would hold shares of the release key, and {needed} are needed to share it \
             anew: wait until it is shared anew (system state release_group), or until an absent holder is back"
        ));
    }
    Ok(())
}

fn quorum(
    set: &ValidatorSet,
    after: &Membership,
    is_here: &dyn Fn(&&Centre) -> bool,
    blocks: u64,
) -> Result<(), Stop> {
    let here: u64 = after
        .centres
        .iter()
        .filter(is_here)
        .map(|one| one.power)
        .sum();
    if set.is_quorum(here) {
        return Ok(());
    }
    let missing = after.centres.iter().filter(|one| !is_here(one));
    let missing: Vec<&str> = missing.map(|one| &*one.name).collect();
    refused(format!(
        "power {here} of {} would be there, and more than two thirds must be, or the chain halts; not seen in the last \
         {blocks} blocks: {}",
        set.total_power(),
        missing.join(", ")
    ))
}
