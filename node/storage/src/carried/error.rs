//! Why no snapshot was made, or none was taken.

use std::io;

use thiserror::Error;
use yilian_crypto::Digest;
use yilian_primitives::{Address, Height};

use crate::{OpenError, StorageError};

/// No snapshot was made, or none was taken; then nothing is in the database's place.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// A snapshot goes into a new folder.
    #[error(
        "{folder} 已存在，快照须写入新目录 / {folder} exists: a snapshot goes into a new folder, so that it replaces none"
    )]
    Exists {
        /// The folder.
        folder: String,
    },
    /// Nothing but genesis is there.
    #[error(
        "链上尚无区块，无可快照 / no block is decided yet, so there is nothing that a snapshot could prove"
    )]
    NoBlock,
    /// There is no manifest, or it cannot be read, or is not as it was written.
    #[error(
        "{folder} 不是完整的快照 / {folder} is no finished snapshot: manifest.json: {reason}. 请另取一份 / Take another one"
    )]
    NoSnapshot {
        /// The folder.
        folder: String,
        /// What is wrong.
        reason: String,
    },
    /// It was made by a later release.
    #[error(
        "快照由较新版本生成（{got}）/ the snapshot was made by a later release ({program}) in form {got}: 请使用较新版本 / use a newer release"
    )]
    Newer {
        /// Form found.
        got: String,
        /// Version of the program that made it.
        program: String,
    },
    /// It is of another chain.
    #[error(
        "快照属于另一条链 / the snapshot is of chain {chain_id}, whose specification has digest {got}; the one given has \
         {expected}. 请检查 chain_spec 与快照 / Check chain_spec, and which snapshot this is"
    )]
    OtherChain {
        /// Name of the snapshot's chain.
        chain_id: String,
        /// Digest of the specification given.
        expected: Digest,
        /// Digest in the snapshot.
        got: Digest,
    },
    /// A file is missing, cut short, or not as it was written.
    #[error(
        "快照已损坏 / the snapshot is damaged: file {file}: {reason}. 请另取一份 / Take another one"
    )]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A record does not follow from the chain specification.
    #[error(
        "快照未通过验证，勿信其来源 / the snapshot is not what the chain decided: file {file}, record {record}: {reason}. Do not \
         trust whoever made it, and take another one"
    )]
    NotProven {
        /// The file.
        file: String,
        /// Which of its records, from 0.
        record: u64,
        /// What was found and what was expected.
        reason: String,
    },
    /// The unproven part is another one than another centre's.
    #[error(
        "快照的状态摘要为 {got}，与给出的 {expected} 不同 / the snapshot's state has digest {got}: {expected} was given. One of the two centres is wrong; ask a third"
    )]
    OtherState {
        /// Digest in the snapshot.
        got: Digest,
        /// Digest given.
        expected: Digest,
    },
    /// The operator said that the key never signed, and the chain says that it decided.
    #[error(
        "密钥 {address} 曾为验证节点（高度 {height}），不得用 --new-key / the key {address} was a validator's at height {height}: without --new-key it follows first"
    )]
    Signed {
        /// Address of the key.
        address: Address,
        /// Height that it could decide.
        height: Height,
    },
    /// There is a database already.
    #[error(
        "数据库 {path} 已存在 / there is a database in {path}: 请先停止节点并移走它（勿删除）/ stop the node and move it away first, and keep it"
    )]
    Occupied {
        /// Its directory.
        path: String,
    },
    /// The disk fails or is full.
    #[error("无法写入 {path} / {path} cannot be written: {source}")]
    Write {
        /// The directory.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The database does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database cannot be read or written.
    #[error(transparent)]
    Database(#[from] StorageError),
}

impl From<rocksdb::Error> for SnapshotError {
    fn from(error: rocksdb::Error) -> Self {
        SnapshotError::Database(error.into())
    }
}
