//! Writes an interface as canonical JSON while the compiler runs.

use super::{ABI_VERSION, Interface, Kind, Method};
use crate::ErrorInfo;
use crate::schema::{Field, Schema};

/// A buffer that is written at compile time. With `N = 0` it only counts.
pub(super) struct Out<const N: usize> {
    pub(super) bytes: [u8; N],
    pub(super) at: usize,
}

impl<const N: usize> Out<N> {
    pub(super) const fn new() -> Self {
        Out {
            bytes: [0; N],
            at: 0,
        }
    }

    const fn byte(&mut self, byte: u8) {
        if self.at < N {
            self.bytes[self.at] = byte;
        }
        self.at += 1;
    }

    const fn raw(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() {
            self.byte(bytes[index]);
            index += 1;
        }
    }

    const fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        self.byte(b'"');
        let mut index = 0;
        while index < bytes.len() {
            let byte = bytes[index];
            assert!(byte >= 0x20, "a name or title holds a control character");
            if byte == b'"' || byte == b'\\' {
                self.byte(b'\\');
            }
            self.byte(byte);
            index += 1;
        }
        self.byte(b'"');
    }

    const fn number(&mut self, number: u32) {
        if number >= 10 {
            self.number(number / 10);
        }
        self.byte(b'0' + (number % 10) as u8);
    }

    const fn comma_unless(&mut self, first: bool) {
        if !first {
            self.byte(b',');
        }
    }

    pub(super) const fn interface(&mut self, interface: &Interface) {
        self.raw("{\"abi\":");
        self.number(ABI_VERSION);
        self.raw(",\"errors\":[");
        self.error_lists(interface.errors);
        self.raw("],\"kind\":");
        self.text(match interface.kind {
            Kind::Rule => "rule",
            Kind::Ledger => "ledger",
        });
        self.raw(",\"methods\":[");
        self.methods(interface.methods);
        self.raw("],\"name\":");
        self.text(interface.name);
        self.title(interface.en, interface.zh);
        self.raw(",\"version\":");
        self.text(interface.version);
        self.byte(b'}');
    }

    const fn title(&mut self, en: &str, zh: &str) {
        self.raw(",\"title\":{\"en\":");
        self.text(en);
        self.raw(",\"zh\":");
        self.text(zh);
        self.byte(b'}');
    }

    const fn error_lists(&mut self, lists: &[&[ErrorInfo]]) {
        let mut first = true;
        let mut i = 0;
        while i < lists.len() {
            let mut j = 0;
            while j < lists[i].len() {
                self.comma_unless(first);
                first = false;
                self.error(&lists[i][j]);
                j += 1;
            }
            i += 1;
        }
    }

    const fn error(&mut self, error: &ErrorInfo) {
        self.raw("{\"code\":");
        self.number(error.code);
        self.raw(",\"en\":");
        self.text(error.en);
        self.raw(",\"law\":");
        self.text(error.law);
        self.raw(",\"name\":");
        self.text(error.name);
        self.raw(",\"zh\":");
        self.text(error.zh);
        self.byte(b'}');
    }

    const fn methods(&mut self, methods: &[Method]) {
        let mut index = 0;
        while index < methods.len() {
            self.comma_unless(index == 0);
            self.method(&methods[index]);
            index += 1;
        }
    }

    const fn method(&mut self, method: &Method) {
        self.raw("{\"args\":");
        self.schema(method.args, "");
        self.raw(",\"name\":");
        self.text(method.name);
        self.raw(",\"result\":");
        self.schema(method.result, "");
        self.title(method.en, method.zh);
        self.raw(",\"view\":");
        self.raw(if method.view { "true}" } else { "false}" });
    }

    /// Writes a schema; `description` goes before the type's own.
    const fn schema(&mut self, schema: &Schema, description: &str) {
        match schema {
            Schema::List(item) => self.list(item, description),
            Schema::Map(item) => self.map(item, description),
            Schema::Object {
                description: own,
                fields,
            } => self.object(fields, either(description, own)),
            Schema::Choice {
                description: own,
                texts,
                objects,
            } => self.choice(texts, objects, either(description, own)),
            Schema::Nullable(inner) => self.nullable(inner, description),
            Schema::Described { description: own } => {
                self.simple("string", either(description, own));
            }
            Schema::Any => self.any(description),
            Schema::Null => self.simple("null", description),
            Schema::Boolean => self.simple("boolean", description),
            Schema::Integer => self.simple("integer", description),
            Schema::Text => self.simple("string", description),
        }
    }

    /// Writes a description with the comma after it, if there is one.
    const fn description(&mut self, description: &str) {
        if !description.is_empty() {
            self.raw("\"description\":");
            self.text(description);
            self.byte(b',');
        }
    }

    const fn any(&mut self, description: &str) {
        self.byte(b'{');
        if !description.is_empty() {
            self.raw("\"description\":");
            self.text(description);
        }
        self.byte(b'}');
    }

    const fn simple(&mut self, kind: &str, description: &str) {
        self.byte(b'{');
        self.description(description);
        self.raw("\"type\":");
        self.text(kind);
        self.byte(b'}');
    }

    const fn list(&mut self, item: &Schema, description: &str) {
        self.byte(b'{');
        self.description(description);
        self.raw("\"items\":");
        self.schema(item, "");
        self.raw(",\"type\":\"array\"}");
    }

    const fn map(&mut self, item: &Schema, description: &str) {
        self.raw("{\"additionalProperties\":");
        self.schema(item, "");
        self.byte(b',');
        self.description(description);
        self.raw("\"type\":\"object\"}");
    }

    const fn nullable(&mut self, inner: &Schema, description: &str) {
        let (kind, own) = match inner {
            Schema::Boolean => ("boolean", ""),
            Schema::Integer => ("integer", ""),
            Schema::Text => ("string", ""),
            Schema::Described { description } => ("string", *description),
            _ => ("", ""),
        };
        self.byte(b'{');
        self.description(either(description, own));
        if kind.is_empty() {
            self.raw("\"oneOf\":[");
            self.schema(inner, "");
            self.raw(",{\"type\":\"null\"}]}");
        } else {
            self.raw("\"type\":[");
            self.text(kind);
            self.raw(",\"null\"]}");
        }
    }

    const fn object(&mut self, fields: &[Field], description: &str) {
        self.raw("{\"additionalProperties\":false,");
        self.description(description);
        self.raw("\"properties\":{");
        let mut index = 0;
        while index < fields.len() {
            self.comma_unless(index == 0);
            self.text(fields[index].name);
            self.byte(b':');
            self.schema(fields[index].schema, fields[index].description);
            index += 1;
        }
        self.raw("},\"required\":[");
        self.required(fields);
        self.raw("],\"type\":\"object\"}");
    }

    const fn required(&mut self, fields: &[Field]) {
        let mut first = true;
        let mut index = 0;
        while index < fields.len() {
            if fields[index].required {
                self.comma_unless(first);
                first = false;
                self.text(fields[index].name);
            }
            index += 1;
        }
    }

    const fn choice(&mut self, texts: &[&str], objects: &[Field], description: &str) {
        if objects.is_empty() {
            return self.texts(texts, description);
        }
        self.byte(b'{');
        self.description(description);
        self.raw("\"oneOf\":[");
        if !texts.is_empty() {
            self.texts(texts, "");
        }
        let mut index = 0;
        while index < objects.len() {
            self.comma_unless(index == 0 && texts.is_empty());
            let (_, rest) = objects.split_at(index);
            let (one, _) = rest.split_at(1);
            self.object(one, one[0].description);
            index += 1;
        }
        self.raw("]}");
    }

    const fn texts(&mut self, texts: &[&str], description: &str) {
        self.byte(b'{');
        self.description(description);
        self.raw("\"enum\":[");
        let mut index = 0;
        while index < texts.len() {
            self.comma_unless(index == 0);
            self.text(texts[index]);
            index += 1;
        }
        self.raw("],\"type\":\"string\"}");
    }
}

const fn either<'t>(first: &'t str, second: &'t str) -> &'t str {
    if first.is_empty() { second } else { first }
}
