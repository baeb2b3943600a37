//! The language of titles.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// A language that titles are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

impl Language {
    /// What the client prefers (RFC 9110 section 12.5.4); Chinese if it says nothing.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let header = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let (mut chinese, mut english) = (0, 0);
        for (tag, weight) in header.unwrap_or("").split(',').filter_map(range) {
            match tag.split('-').next().unwrap_or("") {
                "zh" => chinese = chinese.max(weight),
                "en" => english = english.max(weight),
                _ => {}
            }
        }
        if english > chinese {
            Language::English
        } else {
            Language::Chinese
        }
    }

    /// The tag for `Content-Language`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        }
    }
}

/// A language range and its weight in thousandths.
fn range(text: &str) -> Option<(String, u32)> {
    let mut parts = text.split(';');
    let tag = parts.next()?.trim().to_ascii_lowercase();
    let weight = match parts.next().map(str::trim) {
        None => 1_000,
        Some(quality) => thousandths(quality.strip_prefix("q=")?)?,
    };
    Some((tag, weight))
}

/// `0`, `1`, `0.5`, `0.333` in thousandths.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_heavier_language_wins_and_chinese_is_the_default() {
        let cases = [
            ("", Language::Chinese),
            ("en", Language::English),
            ("en-GB,en;q=0.9", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("zh;q=0.2, en;q=0.7", Language::English),
            ("de, *;q=0.1", Language::Chinese),
            ("en;q=nonsense", Language::Chinese),
            ("en;q=0", Language::Chinese),
        ];
        for (header, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(
                ACCEPT_LANGUAGE,
                HeaderValue::from_str(header).expect("a header"),
            );
            assert_eq!(Language::of(&headers), expected, "{header:?}");
        }
    }
}
