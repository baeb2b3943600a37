//! All domain-separation strings, in one list.

/// The purpose for which bytes are hashed or signed.
///
/// The string of a namespace and a zero byte stand before the bytes. No string is a prefix of another one followed by
/// a zero byte, and none can begin a C2SP checkpoint, whose first line is the origin of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// Hash of a block header.
    Header,
    /// Hash of a validator set.
    ValidatorSet,
    /// Hash of the chain parameters.
    Parameters,
    /// Hash of a whole chain specification.
    ChainSpec,
    /// Hash of a commit certificate, as the next header carries it.
    CommitCertificate,
    /// Address of a validator key.
    Address,
    /// Salt that hides a single entry of a read or write set.
    DisclosureSalt,
    /// Seed that follows from a threshold release.
    ReleaseSeed,
    /// A round of making or resharing the key of threshold releases.
    Ceremony,
    /// What a member says in a ceremony that is held by files, and who holds it.
    CeremonyFile,
    /// What follows from the secret of a share holder.
    ShareHolder,
    /// A prevote for a value.
    Prevote,
    /// A vote (of either kind) for nil.
    NilVote,
    /// A proposal.
    Proposal,
    /// The last part of a proposed block.
    ProposalParts,
    /// A vote extension. None are in use; the engine's interface asks for the bytes.
    VoteExtension,
    /// Identity of a threshold release.
    Release,
    /// What a transaction asks for, whoever sends it and when.
    Submission,
    /// A validator's word on when it saw a submission.
    Acknowledgement,
    /// Key of a sealed bid's content.
    BidContent,
    /// Check value of a sealed bid's inner key.
    BidInnerKey,
}

impl Namespace {
    /// Every namespace, for tests and for documentation.
    pub const ALL: [Namespace; 21] = [
        Namespace::Header,
        Namespace::ValidatorSet,
        Namespace::Parameters,
        Namespace::ChainSpec,
        Namespace::CommitCertificate,
        Namespace::Address,
        Namespace::DisclosureSalt,
        Namespace::ReleaseSeed,
        Namespace::Ceremony,
        Namespace::CeremonyFile,
        Namespace::ShareHolder,
        Namespace::Prevote,
        Namespace::NilVote,
        Namespace::Proposal,
        Namespace::ProposalParts,
        Namespace::VoteExtension,
        Namespace::Release,
        Namespace::Submission,
        Namespace::Acknowledgement,
        Namespace::BidContent,
        Namespace::BidInnerKey,
    ];

    /// The string that stands before the bytes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Namespace::Header => "YILIAN/header/v1",
            Namespace::ValidatorSet => "YILIAN/validator-set/v1",
            Namespace::Parameters => "YILIAN/parameters/v1",
            Namespace::ChainSpec => "YILIAN/chain-spec/v1",
            Namespace::CommitCertificate => "YILIAN/commit-certificate/v1",
            Namespace::Address => "YILIAN/address/v1",
            Namespace::DisclosureSalt => "YILIAN/disclosure-salt/v1",
            Namespace::ReleaseSeed => "YILIAN/release-seed/v1",
            Namespace::Ceremony => "YILIAN/release-ceremony/v1",
            Namespace::CeremonyFile => "YILIAN/ceremony-file/v1",
            Namespace::ShareHolder => "YILIAN/share-holder/v1",
            Namespace::Prevote => "YILIAN/prevote/v1",
            Namespace::NilVote => "YILIAN/nil-vote/v1",
            Namespace::Proposal => "YILIAN/proposal/v1",
            Namespace::ProposalParts => "YILIAN/proposal-parts/v1",
            Namespace::VoteExtension => "YILIAN/vote-extension/v1",
            Namespace::Release => "YILIAN/release/v1",
            Namespace::Submission => "YILIAN/submission/v1",
            Namespace::Acknowledgement => "YILIAN/acknowledgement/v1",
            Namespace::BidContent => "YILIAN/bid-content/v1",
            Namespace::BidInnerKey => "YILIAN/bid-inner-key/v1",
        }
    }

    /// The namespace, a zero byte, then the parts one after another.
    pub fn prefix(self, parts: &[&[u8]]) -> Vec<u8> {
        let mut bytes = self.as_str().as_bytes().to_vec();
        bytes.push(0);
        for part in parts {
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

/// Four bytes of length, most significant first, then the bytes: parts of what is hashed or signed, one after another, have
/// one reading. Lengths are far below 2^32.
pub fn part(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), bytes].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_namespaces_share_a_string() {
        for (i, a) in Namespace::ALL.iter().enumerate() {
            assert!(
                Namespace::ALL[i + 1..]
                    .iter()
                    .all(|b| a.as_str() != b.as_str())
            );
            assert!(!a.as_str().contains('\0'));
        }
    }
}
