//! How the program ends: one number per kind of end, for scripts.

use core::fmt;

/// Exit code. 4 and 5 are never the same: an auditor's script must tell "forged" from "not enough to decide".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Ok = 0,
    /// Any other failure.
    Failure = 1,
    /// The command line or the arguments are wrong.
    Usage = 2,
    /// There is no such thing.
    NotFound = 3,
    /// Verification failed: something was changed or forged.
    Forged = 4,
    /// Nothing is proved either way.
    Undecided = 5,
    /// The contract said no.
    Refused = 6,
    /// The node could not be reached, or was busy.
    Network = 7,
    /// The sender may not do this.
    Permission = 8,
}

impl Exit {
    /// Every code, for the help text.
    pub(crate) const ALL: [Exit; 9] = [
        Exit::Ok,
        Exit::Failure,
        Exit::Usage,
        Exit::NotFound,
        Exit::Forged,
        Exit::Undecided,
        Exit::Refused,
        Exit::Network,
        Exit::Permission,
    ];

    /// The number.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    /// Name in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Exit::Ok => "ok",
            Exit::Failure => "failure",
            Exit::Usage => "usage",
            Exit::NotFound => "not_found",
            Exit::Forged => "forged",
            Exit::Undecided => "undecided",
            Exit::Refused => "refused",
            Exit::Network => "network",
            Exit::Permission => "permission",
        }
    }

    /// Meaning in both languages.
    pub(crate) const fn meaning(self) -> (&'static str, &'static str) {
        match self {
            Exit::Ok => ("成功", "done"),
            Exit::Failure => ("失败", "failure"),
            Exit::Usage => ("命令或参数有误", "wrong command or arguments"),
            Exit::NotFound => ("不存在", "not found"),
            Exit::Forged => (
                "验证不通过：内容被改动或伪造",
                "verification failed: changed or forged",
            ),
            Exit::Undecided => (
                "无法判定：证据或信任根不足",
                "cannot decide: evidence or trust missing",
            ),
            Exit::Refused => ("被合约拒绝", "refused by the contract"),
            Exit::Network => ("节点不可达或繁忙", "node unreachable or busy"),
            Exit::Permission => ("无权限", "not permitted"),
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_that_scripts_rely_on() {
        let codes: Vec<_> = Exit::ALL
            .iter()
            .map(|exit| (exit.code(), exit.name()))
            .collect();
        let expected = [
            (0, "ok"),
            (1, "failure"),
            (2, "usage"),
            (3, "not_found"),
            (4, "forged"),
            (5, "undecided"),
            (6, "refused"),
            (7, "network"),
            (8, "permission"),
        ];
        assert_eq!(codes, expected);
    }
}
