//! From TOML to a checked specification, keeping the line of everything that is wrong.
//!
//! The text is read twice: once into typed fields, once into a tree with positions. Whatever refuses the fields names a
//! path or a position; the tree turns either into the other.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use crate::check::{check_distinct_permissions, check_permission_form};
use crate::{ChainSpec, Permission, SPEC_BYTES_MAX, SpecError};

pub(crate) fn parse_spec(text: &str) -> Result<ChainSpec, SpecError> {
    let places = Places::read(text)?;
    places.refuse_unfilled()?;
    let spec: ChainSpec = places.typed()?;
    spec.check().map_err(|error| places.with_line(error))?;
    Ok(spec)
}

/// Reads a file that holds `[[permission]]` entries and nothing else, as the contracts bring it along.
pub fn parse_permissions(text: &str) -> Result<Vec<Permission>, SpecError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[serde(rename = "permission", default)]
        permissions: Vec<Permission>,
    }
    let places = Places::read(text)?;
    let form: Form = places.typed()?;
    for (index, permission) in form.permissions.iter().enumerate() {
        check_permission_form(&format!("permission[{index}]"), permission)
            .map_err(|error| places.with_line(error))?;
    }
    check_distinct_permissions(&form.permissions).map_err(|error| places.with_line(error))?;
    Ok(form.permissions)
}

/// Where each field stands.
struct Places<'t> {
    text: &'t str,
    /// Path, first byte, and whether the value is an empty text; in the order of their first bytes.
    fields: Vec<(String, usize, bool)>,
}

impl<'t> Places<'t> {
    fn read(text: &'t str) -> Result<Self, SpecError> {
        if text.len() > SPEC_BYTES_MAX {
            let expected = format!("at most {SPEC_BYTES_MAX} bytes");
            return Err(SpecError::new(
                "",
                expected,
                format!("{} bytes", text.len()),
            ));
        }
        let mut places = Places {
            text,
            fields: Vec::new(),
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        collect_table("", table.get_ref(), &mut places.fields);
        places.fields.sort_by_key(|(_, start, _)| *start);
        match errors.first() {
            Some(error) => Err(places.toml_error(error)),
            None => Ok(places),
        }
    }

    fn typed<T: DeserializeOwned>(&self) -> Result<T, SpecError> {
        toml::from_str(self.text).map_err(|error| self.toml_error(&error))
    }

    /// A template has empty texts where only a centre itself knows the value.
    fn refuse_unfilled(&self) -> Result<(), SpecError> {
        let filled_by_ceremony = ["key", "organisation", "p2p", "mempool"];
        for (path, _, empty) in &self.fields {
            let name = path
                .strip_prefix("centre[")
                .and_then(|rest| rest.split_once("]."));
            if *empty && name.is_some_and(|(_, name)| filled_by_ceremony.contains(&name)) {
                let expected = "the value that this centre brought to the key ceremony \
                    (this file is a template whose ceremony is missing)";
                return Err(self.with_line(SpecError::new(path, expected, "\"\"")));
            }
        }
        Ok(())
    }

    fn line_at(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        before
            .filter(|byte| **byte == b'\n')
            .count()
            .saturating_add(1)
    }

    /// Puts the line of its field to an error; of the nearest field around it, if it is not in the file.
    fn with_line(&self, mut error: SpecError) -> SpecError {
        let mut path = error.field.as_str();
        while !path.is_empty() {
            if let Some((_, start, _)) = self.fields.iter().find(|(other, ..)| other == path) {
                error.line = self.line_at(*start);
                break;
            }
            path = path
                .rfind(['.', '['])
                .map_or("", |end| path.get(..end).unwrap_or(""));
        }
        error
    }

    /// The deepest field that begins at or before a position.
    fn path_at(&self, offset: usize) -> &str {
        let before = self
            .fields
            .iter()
            .take_while(|(_, start, _)| *start <= offset);
        before.last().map_or("", |(path, ..)| path.as_str())
    }

    fn toml_error(&self, error: &toml::de::Error) -> SpecError {
        let message = error.message().trim();
        let offset = error.span().map_or(0, |span| span.start);
        let mut field = self.path_at(offset).to_owned();
        let (expected, got) = if let Some(name) = quoted(message, "missing field `") {
            let element = field.ends_with(']') || field.is_empty() || !field.contains('.');
            let around = if element {
                field.as_str()
            } else {
                parent(&field)
            };
            field = join(around, name);
            ("a value".to_owned(), "nothing".to_owned())
        } else if let Some((got, expected)) = message.split_once(", expected ") {
            (expected.to_owned(), got.to_owned())
        } else if let Some((expected, got)) = message
            .strip_prefix("expected ")
            .and_then(|rest| rest.split_once(", got "))
        {
            (expected.to_owned(), got.to_owned())
        } else {
            ("valid TOML".to_owned(), message.to_owned())
        };
        SpecError {
            line: self.line_at(offset),
            ..SpecError::new(field, expected, got)
        }
    }
}

fn quoted<'m>(message: &'m str, before: &str) -> Option<&'m str> {
    message.strip_prefix(before)?.split('`').next()
}

fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(head, _)| head)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn collect_table(path: &str, table: &DeTable<'_>, fields: &mut Vec<(String, usize, bool)>) {
    for (key, value) in table {
        let path = join(path, key.get_ref());
        let empty = value.get_ref().as_str().is_some_and(str::is_empty);
        // The span of a table begins at the bracket of its header, before its key.
        let start = key.span().start.min(value.span().start);
        fields.push((path.clone(), start, empty));
        collect(&path, value.get_ref(), fields);
    }
}

fn collect(path: &str, value: &DeValue<'_>, fields: &mut Vec<(String, usize, bool)>) {
    if let Some(table) = value.as_table() {
        collect_table(path, table, fields);
    }
    for (index, item) in value
        .as_array()
        .into_iter()
        .flat_map(|items| items.iter())
        .enumerate()
    {
        let path = format!("{path}[{index}]");
        fields.push((path.clone(), item.span().start, false));
        collect(&path, item.get_ref(), fields);
    }
}

#[cfg(test)]
mod tests;
