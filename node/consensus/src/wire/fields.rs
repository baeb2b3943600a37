//! Fields that several forms have.

use malachite_core_types::{NilOrVal, Round, VoteType};
use yilian_primitives::BlockRef;
use yilian_primitives::limits::VALIDATORS_MAX;

use super::WireError;
use crate::context::{Address, BlockValue};

pub(super) type AddressForm = [u8; yilian_primitives::Address::LENGTH];

pub(super) fn address(form: AddressForm) -> Address {
    Address(yilian_primitives::Address::from_bytes(form))
}

pub(super) fn address_form(address: &Address) -> AddressForm {
    *address.0.as_bytes()
}

/// Rounds on the wire are numbers; only "no earlier round" may be absent, and has an `Option` for it.
pub(super) fn round_form(round: Round) -> Result<u32, WireError> {
    round.as_u32().ok_or(WireError::Field {
        what: "round",
        expected: "a number, not none",
    })
}

pub(super) fn earlier(round: Option<u32>) -> Round {
    round.map_or(Round::Nil, Round::new)
}

pub(super) fn check_count(what: &'static str, count: usize) -> Result<(), WireError> {
    if count <= VALIDATORS_MAX {
        return Ok(());
    }
    let expected = "at most as many signatures as a set has validators";
    Err(WireError::Field { what, expected })
}

pub(super) fn value_form(value: &NilOrVal<BlockValue>) -> Option<BlockRef> {
    match value {
        NilOrVal::Nil => None,
        NilOrVal::Val(value) => Some(value.0),
    }
}

pub(super) fn value(form: Option<BlockRef>) -> NilOrVal<BlockValue> {
    form.map_or(NilOrVal::Nil, |value| NilOrVal::Val(BlockValue(value)))
}

pub(super) fn kind(precommit: bool) -> VoteType {
    match precommit {
        true => VoteType::Precommit,
        false => VoteType::Prevote,
    }
}
