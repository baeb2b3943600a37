//! The published interface of a contract, written at compile time.
//!
//! The macros describe a contract as one constant; [`render`] turns it into canonical JSON while the compiler runs,
//! and the text goes into the wasm as custom section `yilian.interface`. So plain `cargo build` makes the whole
//! contract, and the interface is under the code hash.

use crate::schema::{Field, Schema};
use crate::{Context, ErrorInfo, Refusal};

/// Version of the interface between contract and host.
pub const ABI_VERSION: u32 = 1;

/// What a contract is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A pure function.
    Rule,
    /// State and access control.
    Ledger,
}

/// All that a contract publishes of itself.
#[derive(Debug)]
pub struct Interface {
    /// Rule or ledger.
    pub kind: Kind,
    /// Name on the chain.
    pub name: &'static str,
    /// Version of its source.
    pub version: &'static str,
    /// Title in Chinese.
    pub zh: &'static str,
    /// Title in English.
    pub en: &'static str,
    /// Its methods, in source order.
    pub methods: &'static [Method],
    /// Its errors, one list per error type.
    pub errors: &'static [&'static [ErrorInfo]],
}

/// A method of a contract.
#[derive(Debug)]
pub struct Method {
    /// Name, as exported.
    pub name: &'static str,
    /// Whether it changes nothing. A rule's methods all do not.
    pub view: bool,
    /// Title in Chinese.
    pub zh: &'static str,
    /// Title in English.
    pub en: &'static str,
    /// Schema of the arguments.
    pub args: &'static Schema,
    /// Schema of the result.
    pub result: &'static Schema,
}

/// A contract. Implemented by [`rule`](crate::rule) and [`ledger`](crate::ledger).
pub trait Contract {
    /// The interface.
    const INTERFACE: &'static Interface;
    /// The interface as canonical JSON, as it stands in the wasm.
    const INTERFACE_JSON: &'static [u8];

    /// The interface as canonical JSON text.
    fn interface() -> String {
        String::from_utf8_lossy(Self::INTERFACE_JSON).into_owned()
    }
}

/// A rule. Implemented by [`rule`](crate::rule).
pub trait Rule: Contract {
    /// Runs a method on JSON arguments; `None` if there is no such method.
    fn invoke(method: &str, args: &[u8]) -> Option<Result<Vec<u8>, Refusal>>;
}

/// A ledger. Implemented by [`ledger`](crate::ledger).
pub trait Ledger: Contract {
    /// Runs a method on JSON arguments; `None` if there is no such method.
    fn invoke(ctx: &mut Context, method: &str, args: &[u8]) -> Option<Result<Vec<u8>, Refusal>>;
}

/// Ok and error type of what a method returns.
pub trait MethodResult {
    /// What it returns if all is well.
    type Ok;
    /// Its errors.
    type Error;
}

impl<T, E> MethodResult for Result<T, E> {
    type Ok = T;
    type Error = E;
}

/// Number of bytes that [`render`] writes.
pub const fn length(interface: &Interface) -> usize {
    let mut out = Out::<0>::new();
    out.interface(interface);
    out.at
}

/// The interface as canonical JSON. `N` is its [`length`].
pub const fn render<const N: usize>(interface: &Interface) -> [u8; N] {
    let mut out = Out::<N>::new();
    out.interface(interface);
    assert!(out.at == N, "the buffer is not as long as the interface");
    out.bytes
}

/// Checks at compile time that no code stands for two errors.
pub const fn assert_codes_unique(interface: &Interface) {
    let lists = interface.errors;
    let mut i = 0;
    while i < lists.len() {
        let mut j = i + 1;
        while j < lists.len() {
            assert_disjoint(lists[i], lists[j]);
            j += 1;
        }
        i += 1;
    }
}

const fn assert_disjoint(a: &[ErrorInfo], b: &[ErrorInfo]) {
    let mut i = 0;
    while i < a.len() {
        let mut j = 0;
        while j < b.len() {
            assert!(
                a[i].code != b[j].code,
                "two error types of this contract share a code"
            );
            j += 1;
        }
        i += 1;
    }
}

/// A buffer that is written at compile time. With `N = 0` it only counts.
struct Out<const N: usize> {
    bytes: [u8; N],
    at: usize,
}

impl<const N: usize> Out<N> {
    const fn new() -> Self {
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

    const fn interface(&mut self, interface: &Interface) {
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
