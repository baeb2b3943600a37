//! Reads documentation comments and names.

use proc_macro2::Ident;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The lines of a documentation comment, trimmed.
pub(crate) fn lines(attributes: &[Attribute]) -> Vec<String> {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) = &pair.value
        {
            lines.extend(text.value().lines().map(|line| line.trim().to_owned()));
        }
    }
    lines
}

/// A documentation comment as one line: the description of a type or field.
pub(crate) fn description(attributes: &[Attribute]) -> String {
    let mut words = lines(attributes);
    words.retain(|line| !line.is_empty());
    words.join(" ")
}

/// A method's titles, Chinese and English: its first line, split at " | ".
pub(crate) fn titles(attributes: &[Attribute]) -> Option<(String, String)> {
    let line = lines(attributes)
        .into_iter()
        .find(|line| !line.is_empty())?;
    let (zh, en) = line.split_once(" | ").unwrap_or((&line, &line));
    Some((without(zh, "zh:"), without(en, "en:")))
}

fn without(title: &str, label: &str) -> String {
    let title = title.trim();
    title.strip_prefix(label).unwrap_or(title).trim().to_owned()
}

/// A name as written in JSON: without the mark of a raw identifier.
pub(crate) fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

/// `NotAfter` as `not_after`.
pub(crate) fn snake_case(ident: &Ident) -> String {
    let mut snake = String::new();
    for (index, char) in plain(ident).chars().enumerate() {
        if char.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(char.to_lowercase());
    }
    snake
}
