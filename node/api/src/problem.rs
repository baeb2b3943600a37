//! Every "no" of the interface: RFC 9457 problem details.
//!
//! A handler gives a [`Problem`]; [`crate::guard`] writes it in the client's language. Codes `YL-10nn` are refusals at
//! the border of the chain ([`RefusalCode`]), `YL-11nn` are the interface's own ([`ApiCode`]).

use axum::Json;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use yilian_primitives::{Refusal, RefusalCode};

use crate::backend::{ContractRefusal, Fault, QueryError};
use crate::language::Language;

/// The interface's own codes. They are stable; titles are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum ApiCode {
    /// No such path or thing.
    NotFound = 1101,
    /// A parameter in the path or the query is malformed or out of its range.
    BadParameter = 1102,
    /// The path takes other methods.
    MethodNotAllowed = 1103,
    /// The body is larger than allowed.
    BodyTooLarge = 1104,
    /// The body is not what belongs there, or was cut off.
    BadBody = 1105,
    /// The answer took too long.
    Timeout = 1106,
    /// This node is in trouble; its log says what happened.
    Internal = 1107,
    /// Too many requests at once.
    Overloaded = 1108,
    /// The contract refused the query; the member `refusal` says why.
    QueryRefused = 1109,
    /// The contract failed in the query.
    QueryTrapped = 1110,
    /// The path and the query are too long.
    TargetTooLong = 1111,
    /// It was there, and this node keeps it no longer or never had it; another node may.
    NotKept = 1112,
}

impl ApiCode {
    /// Every code, for tests and for documentation.
    pub const ALL: [ApiCode; 12] = [
        ApiCode::NotFound,
        ApiCode::BadParameter,
        ApiCode::MethodNotAllowed,
        ApiCode::BodyTooLarge,
        ApiCode::BadBody,
        ApiCode::Timeout,
        ApiCode::Internal,
        ApiCode::Overloaded,
        ApiCode::QueryRefused,
        ApiCode::QueryTrapped,
        ApiCode::TargetTooLong,
        ApiCode::NotKept,
    ];

    /// HTTP status, title in Chinese, title in English.
    const fn form(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            ApiCode::NotFound => (StatusCode::NOT_FOUND, "未找到", "not found"),
            ApiCode::BadParameter => (StatusCode::BAD_REQUEST, "参数错误", "bad parameter"),
            ApiCode::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "不支持此请求方法",
                "method not allowed",
            ),
            ApiCode::BodyTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "请求体过大",
                "request body too large",
            ),
            ApiCode::BadBody => (StatusCode::BAD_REQUEST, "请求体错误", "bad request body"),
            ApiCode::Timeout => (StatusCode::GATEWAY_TIMEOUT, "处理超时", "request timed out"),
            ApiCode::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "节点内部故障",
                "trouble of this node",
            ),
            ApiCode::Overloaded => (
                StatusCode::SERVICE_UNAVAILABLE,
                "请求过多，请稍后重试",
                "too many requests",
            ),
            ApiCode::QueryRefused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "合约拒绝了查询",
                "refused by the contract",
            ),
            ApiCode::QueryTrapped => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "合约执行失败",
                "the contract failed",
            ),
            ApiCode::TargetTooLong => (
                StatusCode::URI_TOO_LONG,
                "请求地址过长",
                "request target too long",
            ),
            ApiCode::NotKept => (
                StatusCode::GONE,
                "本节点不保存该内容",
                "not kept on this node",
            ),
        }
    }
}

/// A refusal on its way to the client.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    code: u16,
    status: StatusCode,
    zh: &'static str,
    en: &'static str,
    detail: String,
    refusal: Option<Box<ContractRefusal>>,
}

/// The body (RFC 9457 section 3).
#[derive(Serialize)]
struct Form<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a ContractRefusal>,
}

impl Problem {
    /// A problem of the interface. The detail says what was wrong and what would be right.
    pub(crate) fn new(code: ApiCode, detail: impl Into<String>) -> Self {
        let (status, zh, en) = code.form();
        Problem {
            code: code as u16,
            status,
            zh,
            en,
            detail: detail.into(),
            refusal: None,
        }
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Problem::new(ApiCode::NotFound, detail)
    }

    pub(crate) fn bad_parameter(detail: impl Into<String>) -> Self {
        Problem::new(ApiCode::BadParameter, detail)
    }

    /// A problem with the status that the framework chose by itself.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => ApiCode::NotFound,
            StatusCode::GONE => ApiCode::NotKept,
            StatusCode::METHOD_NOT_ALLOWED => ApiCode::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => ApiCode::BodyTooLarge,
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => ApiCode::Timeout,
            status if status.is_client_error() => ApiCode::BadParameter,
            _ => ApiCode::Internal,
        };
        Problem {
            status,
            ..Problem::new(code, "see the description at /v1/openapi.json")
        }
    }

    /// Writes the problem.
    pub(crate) fn render(&self, language: Language, instance: &str) -> Response {
        let title = match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        };
        let form = Form {
            kind: format!("urn:yilian:problem:YL-{}", self.code),
            title,
            status: self.status.as_u16(),
            detail: &self.detail,
            instance,
            code: format!("YL-{}", self.code),
            refusal: self.refusal.as_deref(),
        };
        let mut response = (self.status, Json(form)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        if matches!(self.status.as_u16(), 429 | 503) {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// The problem travels to the guard as an extension; without the guard the client would see the bare status.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The message stays in the log: it may name files and values.
impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        tracing::error!(%fault, "a read for the interface failed");
        Problem::new(
            ApiCode::Internal,
            "the node could not answer; its log says why",
        )
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code: RefusalCode = refusal.code;
        let status = StatusCode::from_u16(code.http_status());
        Problem {
            code: code as u16,
            status: status.unwrap_or(StatusCode::BAD_REQUEST),
            zh: code.title_zh(),
            en: code.title_en(),
            detail: refusal.detail,
            refusal: None,
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Refused(refusal) => refusal.into(),
            QueryError::Contract(refusal) => Problem {
                refusal: Some(refusal.clone()),
                ..Problem::new(
                    ApiCode::QueryRefused,
                    format!("{} {}", refusal.zh, refusal.detail),
                )
            },
            QueryError::Trapped { reason } => Problem::new(ApiCode::QueryTrapped, reason),
            QueryError::Fault(fault) => fault.into(),
        }
    }
}
