//! What an organisation's registration says, and what the methods about it take.

use yilian_contract::prelude::*;

/// An organisation, as the protocol reads it.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// 统一社会信用代码 | unified social credit code
    pub code: String,
    /// 名称 | name
    pub name: Name,
    /// 角色 | roles, in alphabetical order
    pub roles: Vec<String>,
    /// 状态 | status
    pub status: OrganisationStatus,
    /// 行政区划代码 | division of GB/T 2260, or empty
    pub division: String,
}

/// A name in two languages.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// 中文名称 | in Chinese
    pub zh: String,
    /// 英文名称 | in English, or empty
    pub en: String,
}

/// Whether an organisation may act.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationStatus {
    /// It may.
    Active,
    /// It may not.
    Suspended,
}

/// Who vouched for a code that fails its check character.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// 说明 | what was attested
    pub text: String,
    /// 说明机构 | the registrar's code
    pub by: String,
    /// 时间 | Unix time in ms
    pub time_ms: u64,
}

/// Why and by whom an organisation was suspended.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// 原因 | reason
    pub reason: String,
    /// 依据 | legal basis or number of the decision
    pub basis: String,
    /// 决定机构 | code of the organisation that decided
    pub by: String,
    /// 时间 | Unix time in ms
    pub since_ms: u64,
}

/// Arguments of `register_organisation`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct RegisterOrganisation {
    /// 统一社会信用代码 | unified social credit code
    pub code: String,
    /// 名称 | name
    pub name: Name,
    /// 角色 | roles
    pub roles: Vec<String>,
    /// 行政区划代码 | division of GB/T 2260; left out or empty if none
    pub division: Option<String>,
    /// 校验码说明 | why a code that fails its check character is nevertheless lawful
    pub attestation: Option<String>,
}

/// Arguments of `update_organisation`: all of it anew.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct UpdateOrganisation {
    /// 统一社会信用代码 | unified social credit code
    pub code: String,
    /// 名称 | name
    pub name: Name,
    /// 角色 | roles
    pub roles: Vec<String>,
    /// 行政区划代码 | division of GB/T 2260; left out or empty if none
    pub division: Option<String>,
}

/// Arguments of `suspend_organisation`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct SuspendOrganisation {
    /// 统一社会信用代码 | unified social credit code
    pub code: String,
    /// 原因 | reason
    pub reason: String,
    /// 依据 | legal basis or number of the decision
    pub basis: Option<String>,
}

/// Arguments of `restore_organisation`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct RestoreOrganisation {
    /// 统一社会信用代码 | unified social credit code
    pub code: String,
    /// 原因 | reason
    pub reason: String,
}

/// Names an organisation.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct OrganisationCode {
    /// 统一社会信用代码 | unified social credit code
    pub code: String,
}

/// Arguments of `list_organisations`.
#[derive(Json, Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOrganisations {
    /// 角色 | only organisations with this role
    pub role: Option<String>,
    /// 起点 | the `next` of the page before
    pub after: Option<String>,
    /// 条数 | at most 100, which is also the default
    pub limit: Option<u32>,
}

/// A page of organisations.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct OrganisationPage {
    /// 主体 | the organisations
    pub organisations: Vec<Organisation>,
    /// 续页 | where the next page begins; absent on the last one
    pub next: Option<String>,
}
