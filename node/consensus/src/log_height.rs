//! Where the engine's log stands, read before the engine starts.
//!
//! The engine begins its log anew at each height, and only after the block before is durable. So a log that stands more
//! than one height above the chain says that committed blocks were lost; the engine itself would forget the votes in it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use yilian_primitives::Height;

use crate::engine::WAL;

/// Bytes before the height in the file: the version of its layout.
const VERSION_BYTES: usize = 4;
/// Bytes of the height, big-endian.
const HEIGHT_BYTES: usize = 8;

/// The height whose votes are in the log of a home directory; none if there is no log, or one without a height.
///
/// # Errors
/// The file is there and cannot be read.
pub fn logged_height(home: &Path) -> io::Result<Option<Height>> {
    let mut file = match File::open(home.join(WAL)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let (mut version, mut height) = ([0; VERSION_BYTES], [0; HEIGHT_BYTES]);
    let read = file
        .read_exact(&mut version)
        .and_then(|()| file.read_exact(&mut height));
    match read {
        Ok(()) => Ok(Some(Height::from_be_bytes(height))),
        // The engine judges what is too short to be a log.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_height_of_a_log_is_read_and_nothing_else_is_guessed() {
        let home = tempfile::tempdir().expect("folder");
        assert_eq!(logged_height(home.path()).expect("reads"), None);
        let path = home.path().join(WAL);
        std::fs::write(&path, [0, 0, 0, 1, 0, 0, 0]).expect("writes");
        assert_eq!(logged_height(home.path()).expect("reads"), None);
        std::fs::write(&path, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 9]).expect("writes");
        assert_eq!(logged_height(home.path()).expect("reads"), Some(258));
    }
}
