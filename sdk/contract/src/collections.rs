//! Named places in a ledger's state.
//!
//! A [`Map`] named `bid` keeps its values under `bid/<segment>/<segment>…`, an [`Item`] named `meta` keeps one value
//! under `meta`. Values are canonical JSON, so an auditor reads them without the contract.
//!
//! What is only for finding things again goes into an index, [`Map::index`]: it costs a fraction, and proves nothing.

use core::marker::PhantomData;

use crate::limits::STATE_KEY_BYTES_MAX;
use crate::{Context, Json, Refusal, json};

/// Many values of one type, found by one or more key segments and kept in order of their keys.
///
/// A segment is not empty and holds neither `/` nor a control character; a call that uses another one is refused with
/// `BadArguments`, because segments come from arguments.
pub struct Map<T> {
    /// What stands before the name: `~` in an index.
    mark: &'static str,
    name: &'static str,
    value: PhantomData<fn() -> T>,
}

/// One value.
pub struct Item<T> {
    name: &'static str,
    value: PhantomData<fn() -> T>,
}

/// A number as a key segment that sorts by size: twenty digits.
pub fn ordered(number: u64) -> String {
    format!("{number:020}")
}

impl<T: Json> Map<T> {
    /// The map of this name. Within a contract, names are unique and hold no `/`.
    pub const fn new(name: &'static str) -> Self {
        assert_name(name);
        Map {
            mark: "",
            name,
            value: PhantomData,
        }
    }

    /// An index of this name: every method may write it, and only queries may read it.
    ///
    /// It is not in the state tree, so writing it is cheap, and neither that it holds a key nor that it holds none can be
    /// proven. A transaction that reads it traps, also within a view.
    pub const fn index(name: &'static str) -> Self {
        assert_name(name);
        Map {
            mark: "~",
            name,
            value: PhantomData,
        }
    }

    /// The value at a key.
    pub fn get(&self, ctx: &Context, key: &[&str]) -> Option<T> {
        let key = self.key(key);
        ctx.host()
            .state_get(key.as_bytes())
            .map(|bytes| stored(&key, &bytes))
    }

    /// Whether there is a value at a key.
    pub fn contains(&self, ctx: &Context, key: &[&str]) -> bool {
        ctx.host().state_get(self.key(key).as_bytes()).is_some()
    }

    /// Sets the value at a key.
    pub fn set(&self, ctx: &mut Context, key: &[&str], value: &T) {
        ctx.host()
            .state_set(self.key(key).as_bytes(), &json::to_vec(value));
    }

    /// Removes the value at a key, if there is one.
    pub fn remove(&self, ctx: &mut Context, key: &[&str]) {
        ctx.host().state_remove(self.key(key).as_bytes());
    }

    /// Up to `limit` entries whose key begins with the prefix segments, in order.
    ///
    /// Each comes with the segments behind the prefix. To go on, pass the last entry's (joined with `/`) as `after`.
    pub fn scan(
        &self,
        ctx: &Context,
        prefix: &[&str],
        after: Option<&str>,
        limit: u32,
    ) -> Vec<(Vec<String>, T)> {
        let (from, to, skip) = self.range(prefix, after);
        let mut found = Vec::new();
        ctx.host()
            .state_scan(from.as_bytes(), to.as_bytes(), limit, &mut |key, value| {
                let segments = segments(key, skip);
                let place = segments.join("/");
                found.push((segments, stored(&place, value)));
            });
        found
    }

    /// As [`Map::scan`], but the keys alone.
    pub fn keys(
        &self,
        ctx: &Context,
        prefix: &[&str],
        after: Option<&str>,
        limit: u32,
    ) -> Vec<Vec<String>> {
        let (from, to, skip) = self.range(prefix, after);
        let mut found = Vec::new();
        ctx.host()
            .state_scan(from.as_bytes(), to.as_bytes(), limit, &mut |key, _| {
                found.push(segments(key, skip));
            });
        found
    }

    /// First key, the key behind the last one, and the length of what stands before the remaining segments.
    fn range(&self, prefix: &[&str], after: Option<&str>) -> (String, String, usize) {
        let base = self.key(prefix);
        let mut from = format!("{base}/");
        let skip = from.len();
        if let Some(after) = after {
            after.split('/').for_each(check_segment);
            // The least key greater than this one: no key holds a zero byte.
            from = [&from, after, "\0"].concat();
        }
        // '0' is the character after '/'.
        (from, format!("{base}0"), skip)
    }

    fn key(&self, segments: &[&str]) -> String {
        let mut key = [self.mark, self.name].concat();
        for segment in segments {
            check_segment(segment);
            key.push('/');
            key.push_str(segment);
        }
        if key.len() > STATE_KEY_BYTES_MAX {
            too_long(&key).refuse();
        }
        key
    }
}

impl<T: Json> Item<T> {
    /// The item of this name. Within a contract, names are unique and hold no `/`.
    pub const fn new(name: &'static str) -> Self {
        assert_name(name);
        Item {
            name,
            value: PhantomData,
        }
    }

    /// The value, if it was ever set.
    pub fn get(&self, ctx: &Context) -> Option<T> {
        ctx.host()
            .state_get(self.name.as_bytes())
            .map(|bytes| stored(self.name, &bytes))
    }

    /// Sets the value.
    pub fn set(&self, ctx: &mut Context, value: &T) {
        ctx.host()
            .state_set(self.name.as_bytes(), &json::to_vec(value));
    }

    /// Removes the value.
    pub fn remove(&self, ctx: &mut Context) {
        ctx.host().state_remove(self.name.as_bytes());
    }
}

/// A stored value. One that does not read is damage or a migration forgotten: the call traps and says where.
fn stored<T: Json>(place: &str, bytes: &[u8]) -> T {
    match json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => panic!("the state at {place:?} has another form: {error}"),
    }
}

fn segments(key: &[u8], skip: usize) -> Vec<String> {
    let tail = key.get(skip..).unwrap_or_default();
    let tail = core::str::from_utf8(tail).unwrap_or_default();
    tail.split('/').map(str::to_owned).collect()
}

fn check_segment(segment: &str) {
    let bad = |byte: u8| byte < 0x20 || byte == b'/';
    if segment.is_empty() || segment.bytes().any(bad) {
        Refusal::bad_arguments(format!(
            "{segment:?} as an identifier: expected a text without '/' and control characters"
        ))
        .refuse();
    }
}

fn too_long(key: &str) -> Refusal {
    Refusal::bad_arguments(format!(
        "an identifier makes a storage key of {} bytes: expected at most {STATE_KEY_BYTES_MAX}",
        key.len()
    ))
}

/// Names are in the source, so a wrong one does not compile.
const fn assert_name(name: &str) {
    let bytes = name.as_bytes();
    assert!(!bytes.is_empty(), "a collection needs a name");
    assert!(
        bytes[0] != b'~',
        "a collection's name begins with another character than '~': see Map::index"
    );
    let mut index = 0;
    while index < bytes.len() {
        assert!(
            bytes[index] > 0x20 && bytes[index] < 0x7f && bytes[index] != b'/',
            "a collection's name is printable ASCII without '/'"
        );
        index += 1;
    }
}
