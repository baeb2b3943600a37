//! From what a person asks to claims that a bundle can prove.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use yilian_crypto::Digest;
use yilian_primitives::{Height, TimestampMs, TxId};
use yilian_verify::Claim;

use crate::call;
use crate::commands::tender;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::show;

/// Entries of one page of a view.
const PAGE: u32 = 100;

/// A transaction's record, or the record at a place of the log.
pub(super) fn record(context: &Context, text: &str) -> Outcome<Claim> {
    if let Ok(log_index) = text.parse::<u64>() {
        return Ok(Claim::Record { log_index });
    }
    let id = call::parse_id(context, text)?;
    let known = context
        .client()
        .transaction(&id)
        .map_err(|error| context.node_failure(error))?;
    let log_index = known.log_index.ok_or_else(|| context.not_found(&text))?;
    Ok(Claim::Record { log_index })
}

/// The value of `contract/key` at the tip, or its absence.
pub(super) fn state(context: &Context, name: &str) -> Outcome<Claim> {
    let (contract, key) = name.split_once('/').ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            context.text(M::BadStateName, &[("got", &name)]),
        )
    })?;
    Ok(Claim::State {
        height: tip(context)?,
        contract: contract.to_owned(),
        key: key.to_owned(),
    })
}

fn tip(context: &Context) -> Outcome<Height> {
    let status = context.client().status();
    Ok(status.map_err(|error| context.node_failure(error))?.height)
}

fn time_of(context: &Context, height: Height) -> Outcome<TimestampMs> {
    let header = context.client().header(height);
    let header = header.map_err(|error| context.node_failure(error))?.header;
    Ok(header.time_ms)
}

/// Absence of a sealed bid at the first block dated at or after the deadline and its grace.
pub(super) fn not_submitted(context: &Context, tender: &str, commitment: Digest) -> Outcome<Claim> {
    let view = view(context, "get", json!({ "tender": tender }))?;
    let deadline = view["record"]["deadline_ms"].as_u64();
    let grace = view["publication"]["profile"]["grace_ms"].as_u64();
    let end = deadline
        .zip(grace)
        .map(|(deadline, grace)| deadline + grace);
    let end = end.ok_or_else(|| context.not_found(&tender))?;
    let (mut low, mut high) = (1, tip(context)?);
    if time_of(context, high)? < end {
        let until = show::time(end);
        let text = context.text(M::DeadlineAhead, &[("until", &until)]);
        return Err(Failure::new(Exit::Refused, text));
    }
    // Times rise with heights.
    while low < high {
        let middle = low + (high - low) / 2;
        if time_of(context, middle)? < end {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(Claim::NotSubmitted {
        height: low,
        tender: tender.to_owned(),
        commitment,
    })
}

/// Every record of a section: its steps, and the sealing of the bids that were revealed.
pub(super) fn whole(context: &Context, tender: &str, complete: bool) -> Outcome<Vec<Claim>> {
    let steps = pages(context, "timeline", tender, |step| step["number"].clone())?;
    let bids = pages(context, "bids", tender, |bid| bid["bidder"].clone())?;
    let places = steps.iter().map(|step| &step["log_index"]);
    let sealed = bids.iter().map(|bid| &bid["sealed_log_index"]);
    let places = places.chain(sealed).filter_map(Value::as_u64);
    let mut claims: Vec<Claim> = places
        .map(|log_index| Claim::Record { log_index })
        .collect();
    if complete {
        claims.push(Claim::AllRevealed {
            height: tip(context)?,
            tender: tender.to_owned(),
            commitments: revealed(context, &steps, &bids)?,
        });
    }
    Ok(claims)
}

/// Commitments in the order of their revealing, as the calls that revealed them have it.
fn revealed(context: &Context, steps: &[Value], bids: &[Value]) -> Outcome<Vec<Digest>> {
    let commitment = |bid: &Value| {
        let commitment = bid["commitment"].as_str()?.parse::<Digest>().ok()?;
        Some((bid["bidder"].as_str()?.to_owned(), commitment))
    };
    let of_bidder: BTreeMap<String, Digest> = bids.iter().filter_map(commitment).collect();
    let mut order = Vec::new();
    for step in steps.iter().filter(|step| step["step"] == "revealed") {
        let id = step["tx_id"].as_str().unwrap_or_default();
        let id: TxId = call::parse_id(context, id)?;
        let known = context.client().transaction(&id);
        let known = known.map_err(|error| context.node_failure(error))?;
        let named = known.payload["args"]["bids"].as_array().cloned();
        for bid in named.unwrap_or_default() {
            let bidder = bid["bidder"].as_str().unwrap_or_default();
            let found = of_bidder.get(bidder);
            order.push(*found.ok_or_else(|| context.not_found(&bidder))?);
        }
    }
    Ok(order)
}

fn view(context: &Context, method: &str, fields: Value) -> Outcome<Value> {
    let args = Value::Object(tender::object(fields));
    let result = context.query(tender::LEDGER, method, &args)?.result;
    if result.is_null() {
        return Err(context.not_found(&show::value(&args["tender"])));
    }
    Ok(result)
}

/// All entries of a view that answers in pages.
fn pages(
    context: &Context,
    method: &str,
    tender: &str,
    place: impl Fn(&Value) -> Value,
) -> Outcome<Vec<Value>> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().map_or(Value::Null, &place);
        let fields = json!({"tender": tender, "after": after, "limit": PAGE});
        let page = view(context, method, fields)?;
        let page = page.as_array().cloned().unwrap_or_default();
        let last = page.len() < PAGE as usize;
        all.extend(page);
        if last {
            return Ok(all);
        }
    }
}
