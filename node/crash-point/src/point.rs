//! The points that there are.

use core::fmt;

/// Something that is written and on disk before it is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Write {
    /// The file of the share holder's secret.
    ReleaseKey,
    /// Format and chain of a new database.
    Identity,
    /// A block, with everything that it does; genesis too.
    Commit,
    /// A block after which other validators decide.
    CommitOfChange,
    /// A proposal that is not decided yet.
    Proposal,
    /// A transaction that waits.
    Transaction,
    /// That transactions do not wait any more.
    Forgotten,
    /// A validator's misbehaviour.
    Misbehaviour,
    /// What witnesses cosigned.
    Cosignature,
    /// What this validator acknowledged.
    Acknowledgement,
}

/// A place in a node's work where it may be made to stop or to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Nothing is written yet.
    Before(Write),
    /// It is on disk, and nobody was told.
    After(Write),
    /// A vote or proposal is signed, and not in the engine's log.
    Signed,
    /// An entry is about to be appended to the engine's log.
    LogEntry,
    /// A vote or proposal is in the engine's log on disk, and about to go to the network.
    Publish,
    /// A height is over, and the engine's log is about to begin anew.
    LogEnds,
    /// The engine's log has begun anew.
    LogBegins,
}

impl Write {
    /// All of them.
    pub const ALL: [Write; 10] = [
        Write::ReleaseKey,
        Write::Identity,
        Write::Commit,
        Write::CommitOfChange,
        Write::Proposal,
        Write::Transaction,
        Write::Forgotten,
        Write::Misbehaviour,
        Write::Cosignature,
        Write::Acknowledgement,
    ];

    fn name(self) -> &'static str {
        match self {
            Write::ReleaseKey => "release-key",
            Write::Identity => "identity",
            Write::Commit => "commit",
            Write::CommitOfChange => "commit-of-change",
            Write::Proposal => "proposal",
            Write::Transaction => "transaction",
            Write::Forgotten => "forgotten",
            Write::Misbehaviour => "misbehaviour",
            Write::Cosignature => "cosignature",
            Write::Acknowledgement => "acknowledgement",
        }
    }
}

impl Point {
    /// All of them.
    pub fn all() -> Vec<Point> {
        let writes = Write::ALL.iter();
        let mut all: Vec<Point> = writes
            .flat_map(|write| [Point::Before(*write), Point::After(*write)])
            .collect();
        all.extend([
            Point::Signed,
            Point::LogEntry,
            Point::Publish,
            Point::LogEnds,
            Point::LogBegins,
        ]);
        all
    }

    /// Whether the disk may say no there.
    pub fn can_fail(self) -> bool {
        matches!(self, Point::Before(_) | Point::After(_) | Point::LogEntry)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Point::Before(write) => write!(f, "{}-before", write.name()),
            Point::After(write) => write!(f, "{}-after", write.name()),
            Point::Signed => f.write_str("signed"),
            Point::LogEntry => f.write_str("log-entry"),
            Point::Publish => f.write_str("publish"),
            Point::LogEnds => f.write_str("log-ends"),
            Point::LogBegins => f.write_str("log-begins"),
        }
    }
}
