//! A font that has Chinese characters.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use ttf_parser::Face;

/// Characters without which a certificate cannot be written.
const NEEDED: &str = "存证证明核验一致区块日志";
/// Longest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 128 << 20;

/// Folders and files where systems keep such fonts, the plainest first.
const PLACES: [&str; 22] = [
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-serif-cjk-vf-fonts/NotoSerifCJK-VF.ttc",
    "/usr/share/fonts/opentype/source-han-serif/SourceHanSerifSC-Regular.otf",
    "C:\\Windows\\Fonts\\simsun.ttc",
    "C:\\Windows\\Fonts\\msyh.ttc",
    "/System/Library/Fonts/Supplemental/Songti.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/source-han-sans/SourceHanSansSC-Regular.otf",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/fzfont/FZSSK.TTF",
    "/usr/share/fonts/ttf/FZSongS-Extended.ttf",
    "/usr/share/fonts/cjkuni-uming/uming.ttc",
];

/// No font.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FontError {
    /// The system has none where they are looked for.
    #[error(
        "没有找到中文字体：请安装一种（如 Debian 的 fonts-noto-cjk 或 fonts-wqy-zenhei），或指定字体文件 / no font with Chinese \
         characters was found: install one, or name a file"
    )]
    NotFound,
    /// A file is no font, or has no Chinese characters.
    #[error("{path} 不是含中文字符的字体 / is no font with Chinese characters")]
    Unfit {
        /// The file.
        path: String,
    },
}

/// A font with Chinese characters.
#[derive(Clone)]
pub struct Font {
    data: Arc<Vec<u8>>,
    index: u32,
}

impl core::fmt::Debug for Font {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Font({} bytes, face {})", self.data.len(), self.index)
    }
}

impl Font {
    /// A font of a file: TrueType, OpenType, or a collection, of which the first fit face is taken.
    pub fn read(path: &Path) -> Result<Self, FontError> {
        let unfit = || FontError::Unfit {
            path: path.display().to_string(),
        };
        let fits = std::fs::metadata(path).is_ok_and(|found| found.len() <= FILE_BYTES_MAX);
        let data = fits.then(|| std::fs::read(path).ok()).flatten();
        Font::of_bytes(data.ok_or_else(unfit)?).ok_or_else(unfit)
    }

    /// A font of bytes; none if it has no Chinese characters.
    pub fn of_bytes(data: Vec<u8>) -> Option<Self> {
        let faces = ttf_parser::fonts_in_collection(&data).unwrap_or(1);
        let fit = |index: &u32| {
            let face = Face::parse(&data, *index).ok();
            face.is_some_and(|face| NEEDED.chars().all(|c| face.glyph_index(c).is_some()))
        };
        let index = (0..faces.min(64)).find(fit)?;
        Some(Font {
            data: Arc::new(data),
            index,
        })
    }

    /// The first fit font of the system.
    pub fn of_system() -> Result<Self, FontError> {
        let places = PLACES.iter().map(PathBuf::from);
        let mut found = places.filter_map(|path| Font::read(&path).ok());
        found.next().ok_or(FontError::NotFound)
    }

    pub(crate) fn data(&self) -> Arc<Vec<u8>> {
        Arc::clone(&self.data)
    }

    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    /// Widths of characters; none if the font can no longer be read, which its making rules out.
    pub(crate) fn face(&self) -> Option<Face<'_>> {
        Face::parse(&self.data, self.index).ok()
    }
}
