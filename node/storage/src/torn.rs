//! A deliberately torn commit, for a test of the tests. Only in a test build.

use rocksdb::{DB, WriteBatch, WriteBatchIteratorCf};
use yilian_crash_point::{Point, Write, pass};

use crate::StorageError;
use crate::columns;

/// Where `YILIAN_FAULT_PLANTED` is `torn`, the first half of a block is written alone, and the batch holds the rest.
pub(crate) fn first_half_written(
    db: &DB,
    what: Write,
    batch: WriteBatch,
) -> Result<WriteBatch, StorageError> {
    let planted = std::env::var("YILIAN_FAULT_PLANTED");
    if what != Write::Commit || planted.as_deref() != Ok("torn") {
        return Ok(batch);
    }
    let half = batch.len() / 2;
    let mut halves = Halves {
        db,
        half,
        seen: 0,
        parts: [WriteBatch::default(), WriteBatch::default()],
    };
    batch.iterate_cf(&mut halves);
    let [first, rest] = halves.parts;
    db.write(first)?;
    pass(Point::After(what))?;
    Ok(rest)
}

struct Halves<'d> {
    db: &'d DB,
    half: usize,
    seen: usize,
    parts: [WriteBatch; 2],
}

impl Halves<'_> {
    fn part(&mut self) -> &mut WriteBatch {
        self.seen += 1;
        &mut self.parts[usize::from(self.seen > self.half)]
    }
}

impl WriteBatchIteratorCf for Halves<'_> {
    fn put_cf(&mut self, id: u32, key: &[u8], value: &[u8]) {
        // The column that is always there has number 0; the others were made in their order.
        let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        let name = place.and_then(|place| columns::ALL.get(place));
        if let Some(column) = name.and_then(|name| self.db.cf_handle(name)) {
            self.part().put_cf(column, key, value);
        }
    }

    fn delete_cf(&mut self, _: u32, _: &[u8]) {}

    fn merge_cf(&mut self, _: u32, _: &[u8], _: &[u8]) {}
}
