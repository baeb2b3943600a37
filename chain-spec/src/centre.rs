//! What a centre must hold, whether the specification names it or a running chain takes it in.

use yilian_primitives::limits::JSON_INTEGER_MAX;
use yilian_primitives::{Validator, ValidatorSet};

use crate::check::{check_titles, division, not_a_set};
use crate::{Centre, SpecError, check_multiaddr, multiaddr};

impl Centre {
    /// The centre as validator.
    pub fn validator(&self) -> Validator {
        Validator {
            name: self.name.clone(),
            public_key: self.key,
            power: self.power,
        }
    }

    /// Checks what of a centre can be judged without the others; `at` names its place in the error.
    ///
    /// # Errors
    /// The field that is wrong, and what would be right.
    pub fn check(&self, at: &str) -> Result<(), SpecError> {
        check_titles(at, &self.zh, &self.en)?;
        division(&format!("{at}.division"), &self.division)?;
        check_addresses(at, &self.p2p, &self.mempool)?;
        if self.power > JSON_INTEGER_MAX {
            let expected = format!("at most {JSON_INTEGER_MAX}");
            return Err(SpecError::new(format!("{at}.power"), expected, self.power));
        }
        let alone = ValidatorSet::new(vec![self.validator()]);
        alone.map_err(|error| not_a_set(at.to_owned(), error))?;
        Ok(())
    }
}

/// Checks where a centre's node is found.
///
/// # Errors
/// The field that is wrong, and what would be right.
pub fn check_addresses(at: &str, p2p: &str, mempool: &str) -> Result<(), SpecError> {
    for (name, address) in [("p2p", p2p), ("mempool", mempool)] {
        if !check_multiaddr(address) {
            let field = format!("{at}.{name}");
            return Err(SpecError::new(
                field,
                multiaddr::FORM,
                format!("{address:?}"),
            ));
        }
    }
    Ok(())
}
