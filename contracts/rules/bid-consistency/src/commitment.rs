//! What binds a bidder to a file before anybody may know either.

use domain::{Encoding, Hex32};
use yilian_contract::Digest32;

use crate::types::{Commitments, CommitmentsResult};
use crate::{ConsistencyError, PAGE_BIDS_MAX};

/// The commitment of a bid, as the crate's documentation spells it.
pub fn commitment(tender: &str, bidder: &str, digest: &Digest32, salt: &Hex32) -> Digest32 {
    Encoding::new("YILIAN/bid-commitment/v1")
        .part(tender.as_bytes())
        .part(bidder.as_bytes())
        .part(&digest.0)
        .part(&salt.0)
        .digest()
}

pub(crate) fn commitments(input: &Commitments) -> Result<CommitmentsResult, ConsistencyError> {
    page_fits(input.bids.len())?;
    let of = |bid: &crate::Revealed| commitment(&input.tender, &bid.bidder, &bid.digest, &bid.salt);
    Ok(CommitmentsResult {
        commitments: input.bids.iter().map(of).collect(),
    })
}

pub(crate) fn page_fits(bids: usize) -> Result<(), ConsistencyError> {
    if bids <= PAGE_BIDS_MAX {
        return Ok(());
    }
    Err(ConsistencyError::PageTooLong(format!(
        "{bids} bids: expected at most {PAGE_BIDS_MAX}"
    )))
}
