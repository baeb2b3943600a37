//! A deliberately wrong share holder, for tests of the answer to one. Without the feature it does nothing.

/// What a test build may do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// It signs no release, but votes like everybody.
    #[cfg(feature = "faulty-executor")]
    Silent,
    /// It signs another identity than the one that waits.
    #[cfg(feature = "faulty-executor")]
    False,
}

/// The fault of this build.
#[cfg(not(feature = "faulty-executor"))]
pub(super) fn fault() -> Fault {
    Fault::None
}

/// The fault that `YILIAN_FAULT_SHARES` asks for: `silent` or `false`.
#[cfg(feature = "faulty-executor")]
pub(super) fn fault() -> Fault {
    match std::env::var("YILIAN_FAULT_SHARES").as_deref() {
        Ok("silent") => Fault::Silent,
        Ok("false") => Fault::False,
        _ => Fault::None,
    }
}

impl Fault {
    /// Whether waiting releases are signed at all.
    pub(super) fn signs(self) -> bool {
        #[cfg(feature = "faulty-executor")]
        if self == Fault::Silent {
            return false;
        }
        true
    }

    /// The identity that is signed in place of the one that waits.
    pub(super) fn signed(self, identity: &str) -> String {
        #[cfg(feature = "faulty-executor")]
        if self == Fault::False {
            return format!("{identity} for somebody else");
        }
        identity.to_owned()
    }
}
