//! Proposals and their approvals.

use serde_json::{Value, json};
use yilian_abi::records;
use yilian_chain_records::membership::{
    Change, Membership, Numbered, OPEN_MAX, PROPOSAL_MS, Proposal, Propose, Stand, proposal_key,
};

use super::{change, malformed, membership, store, validators};
use crate::parent::StateError;
use crate::release::{Step, Stop, View, refused};
use crate::session::Session;

fn load(session: &mut Session, number: u64) -> Result<Option<Proposal>, StateError> {
    let stored = session.get(&proposal_key(number))?;
    let parse = |bytes: Vec<u8>| records::from_bytes(&bytes);
    let parsed = stored.map(|bytes| parse(bytes).ok_or_else(|| malformed("a proposal")));
    parsed.transpose()
}

fn keep(session: &mut Session, proposal: &Proposal) {
    let stored = records::to_bytes(proposal);
    session
        .overlay
        .set(proposal_key(proposal.number), Some(stored));
}

/// Closes a proposal: what became of it stands for ever.
fn close(session: &mut Session, membership: &mut Membership, mut proposal: Proposal, stand: Stand) {
    membership.open.retain(|one| *one != proposal.number);
    proposal.stand = stand;
    keep(session, &proposal);
}

/// Proposes a change; who proposes approves. What a centre may do alone is made at once.
pub(super) fn propose(session: &mut Session, by: &str, args: Propose) -> Step {
    let mut membership = membership(session)?;
    change::check(session, &membership, by, &args.change)?;
    expire(session, &mut membership)?;
    if membership.open.len() >= OPEN_MAX {
        return refused(format!("{OPEN_MAX} proposals are open: this is the most"));
    }
    membership.proposals += 1;
    let proposal = Proposal {
        number: membership.proposals,
        change: args.change,
        by: by.to_owned(),
        proposed_at: session.surroundings.height,
        valid_until_ms: session.surroundings.time_ms.saturating_add(PROPOSAL_MS),
        approvals: vec![by.to_owned()],
        stand: Stand::Open,
    };
    membership.open.push(proposal.number);
    settle(session, membership, proposal)
}

/// Approves of a proposal.
pub(super) fn approve(session: &mut Session, by: &str, args: &Numbered) -> Step {
    let membership = membership(session)?;
    let mut proposal = open(session, args.proposal)?;
    if proposal.approvals.iter().any(|one| one == by) {
        return refused(format!("{by} has approved of proposal {}", args.proposal));
    }
    proposal.approvals.push(by.to_owned());
    // Much may have changed since it was proposed.
    change::check(session, &membership, &proposal.by, &proposal.change)?;
    settle(session, membership, proposal)
}

/// Takes a proposal back.
pub(super) fn withdraw(session: &mut Session, by: &str, args: &Numbered) -> Step {
    let mut membership = membership(session)?;
    let proposal = open(session, args.proposal)?;
    if proposal.by != by {
        let whose = &proposal.by;
        return refused(format!("proposal {} is {whose}'s", args.proposal));
    }
    close(session, &mut membership, proposal, Stand::Withdrawn);
    store(session, &membership);
    Ok(json!({"proposal": args.proposal, "stand": Stand::Withdrawn}))
}

fn open(session: &mut Session, number: u64) -> Result<Proposal, Stop> {
    let Some(proposal) = load(session, number)? else {
        return refused(format!("there is no proposal {number}"));
    };
    if proposal.stand != Stand::Open {
        return refused(format!("proposal {number} is {}", name(proposal.stand)));
    }
    if session.surroundings.time_ms > proposal.valid_until_ms {
        let until = proposal.valid_until_ms;
        return refused(format!(
            "proposal {number} could be approved until {until} ms"
        ));
    }
    Ok(proposal)
}

/// Makes the change if enough approve, and stores where things stand.
fn settle(session: &mut Session, mut membership: Membership, proposal: Proposal) -> Step {
    let set = validators(session)?;
    let power = membership.power_of(&proposal.approvals);
    let (number, total) = (proposal.number, set.total_power());
    let alone = matches!(proposal.change, Change::Rotate(_) | Change::Move(_));
    let made = alone || set.is_quorum(power);
    let mut then = Value::Null;
    if made {
        then = change::make(session, &mut membership, &proposal.change)?;
        close(session, &mut membership, proposal, Stand::Made);
    } else {
        keep(session, &proposal);
    }
    store(session, &membership);
    let resharing = made && crate::release::share_among_members(session)?;
    Ok(json!({
        "proposal": number, "made": made, "then": then, "resharing": resharing,
        "approved_power": power, "total_power": total,
    }))
}

/// Closes the proposals whose time is over.
fn expire(session: &mut Session, membership: &mut Membership) -> Result<(), StateError> {
    let now = session.surroundings.time_ms;
    for number in membership.open.clone() {
        let Some(proposal) = load(session, number)? else {
            return Err(malformed("an open proposal is missing"));
        };
        if now > proposal.valid_until_ms {
            close(session, membership, proposal, Stand::Expired);
        }
    }
    Ok(())
}

fn name(stand: Stand) -> &'static str {
    match stand {
        Stand::Open => "open",
        Stand::Made => "made already",
        Stand::Withdrawn => "withdrawn",
        Stand::Expired => "expired",
    }
}
