//! The log for standard monitors: checkpoint and tiles (c2sp.org/tlog-checkpoint, c2sp.org/tlog-tiles).

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use core::str::FromStr;
use serde::Deserialize;

use crate::app::App;
use crate::backend::{Tile, TileKind};
use crate::params::{Params, Segment};
use crate::problem::Problem;
use crate::status::None as NoParams;

/// Highest level of tiles: 256^8 leaves are more than a log can have.
const LEVEL_MAX: u8 = 7;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckpointParams {
    /// The last checkpoint that a witness cosigned, instead of the last one.
    #[serde(default)]
    cosigned: bool,
}

/// A checkpoint, with the signatures of the validators and the cosignatures of witnesses.
pub(crate) async fn checkpoint(
    State(app): State<App>,
    Params(params): Params<CheckpointParams>,
) -> Result<Response, Problem> {
    let note = app
        .read(move |backend| backend.checkpoint(params.cosigned))
        .await?;
    let missing = || Problem::not_found("no such checkpoint is certified yet");
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, note.ok_or_else(missing)?).into_response())
}

/// A tile of hashes, or a bundle of entries.
pub(crate) async fn tile(
    State(app): State<App>,
    Segment(tile): Segment<Tile>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let bytes = app.compute(move |backend| backend.tile(&tile)).await?;
    let missing = || Problem::not_found("the log has no such tile yet");
    // A tile never changes: it is named by what it holds.
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes.ok_or_else(missing)?).into_response())
}

/// `<level>/<index>` or `entries/<index>`, with `.p/<width>` for a tile that is not full. The index stands in groups of
/// three digits, all but the last with an `x` before them.
impl FromStr for Tile {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "expected <level>/<index> or entries/<index>, with .p/<width> for a partial tile \
                        (c2sp.org/tlog-tiles)";
        let read = || {
            let (kind, rest) = text.split_once('/')?;
            let (index, width) = match rest.split_once(".p/") {
                Some((index, width)) => (index, plain(width)?),
                None => (rest, u64::from(Tile::WIDTH)),
            };
            let tile = Tile {
                kind: match kind {
                    "entries" => TileKind::Entries,
                    level => TileKind::Hashes(u8::try_from(plain(level)?).ok()?),
                },
                index: grouped(index)?,
                width: u16::try_from(width).ok()?,
            };
            let partial = rest.contains(".p/");
            let fits =
                (1..=Tile::WIDTH).contains(&tile.width) && partial == (tile.width < Tile::WIDTH);
            let level = !matches!(tile.kind, TileKind::Hashes(level) if level > LEVEL_MAX);
            (fits && level).then_some(tile)
        };
        read().ok_or(expected)
    }
}

/// A number without leading zeros.
fn plain(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn grouped(text: &str) -> Option<u64> {
    let mut groups = text.split('/').rev();
    let digits = |group: &str| match group.len() {
        3 if group.bytes().all(|byte| byte.is_ascii_digit()) => group.parse::<u64>().ok(),
        _ => None,
    };
    let mut number = digits(groups.next()?)?;
    let mut unit = 1u64;
    let mut first = None;
    for group in groups {
        let value = digits(group.strip_prefix('x')?)?;
        unit = unit.checked_mul(1_000)?;
        number = number.checked_add(value.checked_mul(unit)?)?;
        first = Some(value);
    }
    // One spelling per number: no group of zeros at the front.
    (first != Some(0)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(TileKind, u64, u16)> {
        let tile: Tile = text.parse().ok()?;
        Some((tile.kind, tile.index, tile.width))
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        assert_eq!(
            read("0/x001/x234/067"),
            Some((TileKind::Hashes(0), 1_234_067, 256))
        );
        assert_eq!(read("0/000.p/5"), Some((TileKind::Hashes(0), 0, 5)));
        assert_eq!(
            read("entries/x001/000"),
            Some((TileKind::Entries, 1_000, 256))
        );
        assert_eq!(
            read("entries/999.p/255"),
            Some((TileKind::Entries, 999, 255))
        );
    }

    #[test]
    fn another_spelling_is_no_tile() {
        for text in [
            "",
            "0",
            "0/",
            "0/1",
            "0/0001",
            "0/x000/001",
            "0/001/002",
            "00/000",
            "+1/000",
            "8/000",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/x1/000",
            "entries",
            "-1/000",
            "0/000.p/",
            "0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
