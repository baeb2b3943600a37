//! What a key's binding says, and what the methods about it take.

use yilian_contract::prelude::*;

/// A key, as the protocol reads it.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// 所属主体 | code of the organisation it signs for
    pub organisation: String,
    /// 状态 | status
    pub status: KeyStatus,
    /// 标签 | what it is for; never a person's name
    pub label: String,
}

/// Whether a key may sign.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It may.
    Active,
    /// It may not, and never will again.
    Revoked,
}

/// How a key was bound, and revoked.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// 办理机构 | code of the organisation that bound it
    pub by: String,
    /// 绑定时间 | Unix time in ms
    pub bound_ms: u64,
    /// 证书摘要 | digest of the CA certificate over this key
    pub certificate: Option<Digest32>,
    /// 是否已证明持有 | whether possession was proven on chain
    pub proven: bool,
    /// 吊销 | its revocation
    pub revoked: Option<Revocation>,
}

/// Why and by whom a key was revoked.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// 原因 | reason
    pub reason: String,
    /// 办理机构 | code of the organisation that revoked it
    pub by: String,
    /// 时间 | Unix time in ms
    pub time_ms: u64,
}

/// Arguments of `bind_key`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct BindKey {
    /// 所属主体 | code of the organisation
    pub organisation: String,
    /// 公钥 | `ed25519:<64 hex>`
    pub key: String,
    /// 标签 | what it is for; never a person's name
    pub label: Option<String>,
    /// 证书摘要 | digest of the CA certificate over this key
    pub certificate: Option<Digest32>,
    /// 持有证明 | the new key's signature over chain, organisation and itself; needed unless a registrar binds
    pub proof: Option<String>,
}

/// Arguments of `revoke_key`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct RevokeKey {
    /// 公钥 | `ed25519:<64 hex>`
    pub key: String,
    /// 原因 | reason
    pub reason: String,
}

/// Arguments of `list_keys`.
#[derive(Json, Clone, Debug, Default, PartialEq, Eq)]
pub struct ListKeys {
    /// 所属主体 | only keys of this organisation
    pub organisation: Option<String>,
    /// 起点 | the `next` of the page before
    pub after: Option<String>,
    /// 条数 | at most 100, which is also the default
    pub limit: Option<u32>,
}

/// A page of keys.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct KeyPage {
    /// 密钥 | the keys, by their texts
    pub keys: BTreeMap<String, Key>,
    /// 续页 | where the next page begins; absent on the last one
    pub next: Option<String>,
}
