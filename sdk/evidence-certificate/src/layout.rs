//! Lines of text that fit into a width.

use ttf_parser::Face;

/// No line begins with these.
const CLOSING: &str = "。，、；：）》」』！？…,.;:)!?%";

/// Measures characters of a font.
pub(crate) struct Ruler<'f> {
    face: Face<'f>,
    units: f32,
}

impl<'f> Ruler<'f> {
    pub(crate) fn new(face: Face<'f>) -> Self {
        let units = f32::from(face.units_per_em().max(1));
        Ruler { face, units }
    }

    /// A text in which characters that the font lacks are replaced by a visible one.
    pub(crate) fn visible(&self, text: &str) -> String {
        let replacement = match self.face.glyph_index('□') {
            Some(_) => '□',
            None => '?',
        };
        let shown = |c: char| match self.face.glyph_index(c) {
            Some(_) => c,
            None => replacement,
        };
        text.chars().map(shown).collect()
    }

    /// Width of a character at a size.
    fn of(&self, c: char, size: f32) -> f32 {
        let glyph = self.face.glyph_index(c);
        let advance = glyph.and_then(|glyph| self.face.glyph_hor_advance(glyph));
        advance.map_or(size, |advance| f32::from(advance) / self.units * size)
    }

    /// Width of a text at a size.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.of(c, size)).sum()
    }

    /// Lines of a text: broken at spaces and between Chinese characters, and anywhere in what is longer than a line.
    pub(crate) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
        // Bytes of the line up to the last place where it may be broken.
        let mut breakable = 0;
        for c in text.chars() {
            let own = self.of(c, size);
            if used + own > width && !line.is_empty() && !CLOSING.contains(c) {
                let at = if breakable > 0 { breakable } else { line.len() };
                let rest = line.split_off(at).trim_start().to_owned();
                lines.push(core::mem::replace(&mut line, rest).trim_end().to_owned());
                used = self.width(&line, size);
                breakable = 0;
            }
            line.push(c);
            used += own;
            if c == ' ' || !c.is_ascii() {
                breakable = line.len();
            }
        }
        lines.push(line);
        lines
    }
}
