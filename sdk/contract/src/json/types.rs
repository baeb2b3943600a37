//! The JSON forms of Rust's own types.

use std::collections::BTreeMap;

use super::reader::twice;
use super::{INTEGER_MAX, Json, JsonError, Reader, Writer};
use crate::schema::Schema;

/// The arguments of a method that takes none: `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Empty {}

impl Json for Empty {
    const SCHEMA: &'static Schema = &Schema::Object {
        description: "",
        fields: &[],
    };

    fn write(&self, out: &mut Writer) {
        out.object().end();
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        let mut entries = input.enter_object("an empty object")?;
        match input.next_key(&mut entries)? {
            None => Ok(Empty {}),
            Some(key) => Err(super::fields::unknown(&key, "")),
        }
    }
}

impl Json for () {
    const SCHEMA: &'static Schema = &Schema::Null;

    fn write(&self, out: &mut Writer) {
        out.null();
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        if input.take_null() {
            Ok(())
        } else {
            Err(input.mismatch("null"))
        }
    }
}

impl Json for bool {
    const SCHEMA: &'static Schema = &Schema::Boolean;

    fn write(&self, out: &mut Writer) {
        out.bool(*self);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        input.bool()
    }
}

macro_rules! integers {
    ($($type:ty, $expected:literal;)*) => {$(
        impl Json for $type {
            const SCHEMA: &'static Schema = &Schema::Integer;

            fn write(&self, out: &mut Writer) {
                // Saturating keeps a number beyond i64 beyond 2^53 - 1, which the writer then refuses.
                out.int(i64::try_from(*self).unwrap_or(i64::MAX));
            }

            fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
                <$type>::try_from(input.int($expected)?)
                    .map_err(|_| JsonError::new($expected, "another integer"))
            }
        }
    )*};
}

integers! {
    u8, "an integer from 0 to 255";
    u16, "an integer from 0 to 65535";
    u32, "an integer from 0 to 4294967295";
    u64, "an integer from 0 to 2^53 - 1";
    i32, "an integer from -2147483648 to 2147483647";
    i64, "an integer from 1 - 2^53 to 2^53 - 1";
}

const _: () = assert!(INTEGER_MAX < i64::MAX);

impl Json for String {
    const SCHEMA: &'static Schema = &Schema::Text;

    fn write(&self, out: &mut Writer) {
        out.text(self);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        input.text("a text").map(|text| text.into_owned())
    }
}

impl<T: Json> Json for Option<T> {
    const SCHEMA: &'static Schema = &Schema::Nullable(T::SCHEMA);
    const OPTIONAL: bool = true;

    fn write(&self, out: &mut Writer) {
        match self {
            Some(value) => value.write(out),
            None => out.null(),
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        if input.take_null() {
            Ok(None)
        } else {
            T::read(input).map(Some)
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Json> Json for Box<T> {
    const SCHEMA: &'static Schema = T::SCHEMA;
    const OPTIONAL: bool = T::OPTIONAL;

    fn write(&self, out: &mut Writer) {
        (**self).write(out);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        T::read(input).map(Box::new)
    }

    fn absent() -> Option<Self> {
        T::absent().map(Box::new)
    }

    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

impl<T: Json> Json for Vec<T> {
    const SCHEMA: &'static Schema = &Schema::List(T::SCHEMA);

    fn write(&self, out: &mut Writer) {
        out.list(self);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        let mut items = Vec::new();
        let mut entries = input.enter_list("a list")?;
        while input.next_item(&mut entries)? {
            let item = T::read(input).map_err(|error| error.in_item(items.len()))?;
            items.push(item);
        }
        Ok(items)
    }
}

impl<T: Json> Json for BTreeMap<String, T> {
    const SCHEMA: &'static Schema = &Schema::Map(T::SCHEMA);

    fn write(&self, out: &mut Writer) {
        let mut object = out.object();
        if self
            .keys()
            .any(|key| key.chars().any(|char| char >= '\u{e000}'))
        {
            // Only from here on does the order of UTF-16 code units differ from the map's own.
            let mut entries: Vec<_> = self.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            for (key, value) in entries {
                object.entry(key, value);
            }
        } else {
            for (key, value) in self {
                object.entry(key, value);
            }
        }
        object.end();
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, JsonError> {
        let mut map = BTreeMap::new();
        let mut entries = input.enter_object("an object")?;
        while let Some(key) = input.next_key(&mut entries)? {
            let value = T::read(input).map_err(|error| error.in_field(&key))?;
            if map.contains_key(&*key) {
                return Err(twice(&key));
            }
            map.insert(key.into_owned(), value);
        }
        Ok(map)
    }
}
