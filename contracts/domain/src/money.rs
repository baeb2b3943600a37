//! Money.

use core::fmt;

use yilian_contract::prelude::*;

/// An amount of money in 分, a hundredth of a yuan; at most 2^53 - 1.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fen(pub u64);

impl fmt::Display for Fen {
    /// Yuan with thousands' separators and two decimals: `12,345,678.90 元`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yuan = (self.0 / 100).to_string();
        for (index, digit) in yuan.chars().enumerate() {
            if index > 0 && (yuan.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ".{:02} 元", self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_as_yuan() {
        assert_eq!(Fen(0).to_string(), "0.00 元");
        assert_eq!(Fen(99_999).to_string(), "999.99 元");
        assert_eq!(Fen(1_234_567_890).to_string(), "12,345,678.90 元");
    }
}
