//! The page as PDF/A-3, with the bundle attached.

use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::TextDirection;
use krilla::{Document, SerializeSettings};
use yilian_verify::bundle::BUNDLE_MEDIA_TYPE;

use crate::content::{Body, Content};
use crate::layout::Ruler;
use crate::{CertificateError, Font};

const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 42.0;
/// Between the frame and the text.
const PADDING: f32 = 22.0;
const TEXT: f32 = 9.0;
/// Sizes that are tried, largest first, until everything stands on the page.
const SCALES: [f32; 8] = [1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.62];

/// Red, green, blue.
type Colour = (u8, u8, u8);

const BLACK: Colour = (26, 26, 26);
const GREY: Colour = (102, 102, 102);
const RED: Colour = (138, 31, 31);
const GREEN: Colour = (27, 110, 60);
const PALE: Colour = (217, 199, 199);

/// Something with its place on the page.
enum Mark {
    Text {
        x: f32,
        y: f32,
        size: f32,
        colour: Colour,
        text: String,
    },
    Bar {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        colour: Colour,
    },
}

/// What is drawn so far, from the top down.
struct Sheet<'r> {
    ruler: &'r Ruler<'r>,
    scale: f32,
    y: f32,
    marks: Vec<Mark>,
}

pub(crate) fn write(
    content: &Content,
    issued: &str,
    file: &[u8],
    font: &Font,
) -> Result<Vec<u8>, CertificateError> {
    let failed = |reason: &str| CertificateError::Pdf(reason.to_owned());
    let ruler = Ruler::new(font.face().ok_or_else(|| failed("font"))?);
    let marks = fitting(content, &ruler);
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A3_B);
    let settings = SerializeSettings {
        configuration: configuration.finish().map_err(|_| failed("PDF/A-3"))?,
        enable_tagging: false,
        ..SerializeSettings::default()
    };
    let mut document = Document::new_with(settings);
    let date = date(issued);
    document.set_metadata(
        Metadata::new()
            .title(format!("存证证明 {}", content.number))
            .language("zh-CN".to_owned())
            .creator("Yilian 一链".to_owned())
            .creation_date(date)
            .document_id(content.number.clone()),
    );
    let face = krilla::text::Font::new(font.data().into(), font.index());
    let face = face.ok_or_else(|| failed("font"))?;
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| failed("page"))?;
    let mut page = document.start_page_with(size);
    let mut surface = page.surface();
    for mark in &marks {
        draw(&mut surface, mark, &face);
    }
    surface.finish();
    page.finish();
    document.embed_file(EmbeddedFile {
        path: "evidence.ylev".to_owned(),
        mime_type: MimeType::new(BUNDLE_MEDIA_TYPE),
        description: Some("证据文件 / the evidence bundle".to_owned()),
        association_kind: AssociationKind::Source,
        data: file.to_vec().into(),
        modification_date: Some(date),
        compress: Some(false),
        location: None,
    });
    document
        .finish()
        .map_err(|error| CertificateError::Pdf(format!("{error:?}")))
}

/// The marks at the largest scale at which they stand on one page.
fn fitting(content: &Content, ruler: &Ruler<'_>) -> Vec<Mark> {
    let mut last = Vec::new();
    for scale in SCALES {
        let mut sheet = Sheet {
            ruler,
            scale,
            y: MARGIN + PADDING,
            marks: frame(),
        };
        sheet.write(content);
        let fits = sheet.y <= HEIGHT - MARGIN - PADDING / 2.0;
        last = sheet.marks;
        if fits {
            break;
        }
    }
    // What the smallest scale leaves outside the frame is not shown: values are cut, so there is little of it.
    last.retain(|mark| match mark {
        Mark::Text { y, .. } => *y < HEIGHT - MARGIN,
        Mark::Bar { .. } => true,
    });
    last
}

/// A double line around the page.
fn frame() -> Vec<Mark> {
    let mut marks = Vec::new();
    for (inset, thick) in [(MARGIN, 1.6), (MARGIN + 3.5, 0.5)] {
        let (width, height) = (WIDTH - 2.0 * inset, HEIGHT - 2.0 * inset);
        for (x, y, w, h) in [
            (inset, inset, width, thick),
            (inset, inset + height - thick, width, thick),
            (inset, inset, thick, height),
            (inset + width - thick, inset, thick, height),
        ] {
            marks.push(Mark::Bar {
                x,
                y,
                width: w,
                height: h,
                colour: RED,
            });
        }
    }
    marks
}

impl Sheet<'_> {
    fn left(&self) -> f32 {
        MARGIN + PADDING
    }

    fn inner(&self) -> f32 {
        WIDTH - 2.0 * (MARGIN + PADDING)
    }

    fn write(&mut self, content: &Content) {
        self.centred("存 证 证 明", 24.0, BLACK);
        self.y += 4.0 * self.scale;
        let line = format!("Certificate of Evidence    编号 {}", content.number);
        self.centred(&line, TEXT, GREY);
        for block in &content.blocks {
            self.heading(&block.heading);
            self.body(&block.body);
        }
        self.y += 8.0 * self.scale;
        self.rule();
        self.y += 6.0 * self.scale;
        let (top, side) = (self.y, 92.0 * self.scale);
        self.code(&content.code, side);
        for (place, line) in content.code_lines.iter().enumerate() {
            let colour = if place % 2 == 0 { GREY } else { BLACK };
            self.paragraph(
                self.left() + side + 10.0,
                self.inner() - side - 10.0,
                TEXT,
                colour,
                line,
            );
        }
        self.y = self.y.max(top + side) + 6.0 * self.scale;
        for line in &content.footer {
            self.paragraph(self.left(), self.inner(), 7.5, GREY, line);
        }
    }

    fn centred(&mut self, text: &str, size: f32, colour: Colour) {
        let size = size * self.scale;
        let text = self.ruler.visible(text);
        let x = (WIDTH - self.ruler.width(&text, size)) / 2.0;
        self.y += size;
        self.marks.push(Mark::Text {
            x,
            y: self.y,
            size,
            colour,
            text,
        });
        self.y += size * 0.35;
    }

    fn heading(&mut self, text: &str) {
        self.y += 7.0 * self.scale;
        self.paragraph(self.left(), self.inner(), 10.5, RED, text);
        self.rule();
        self.y += 2.5 * self.scale;
    }

    fn rule(&mut self) {
        self.marks.push(Mark::Bar {
            x: self.left(),
            y: self.y,
            width: self.inner(),
            height: 0.6,
            colour: PALE,
        });
    }

    fn body(&mut self, body: &Body) {
        let (left, inner) = (self.left(), self.inner());
        match body {
            Body::Fields(fields) => {
                for (name, value) in fields {
                    self.row(&[
                        (0.0, 104.0, GREY, name),
                        (110.0, inner - 110.0, BLACK, value),
                    ]);
                }
            }
            Body::Table { head, rows, note } => {
                // Widths of the five columns, of the whole.
                const COLUMNS: [f32; 5] = [0.11, 0.22, 0.33, 0.21, 0.13];
                let mut places = Vec::new();
                let mut x = 0.0;
                for column in COLUMNS {
                    places.push((x, column * inner - 4.0));
                    x += column * inner;
                }
                let rows = rows.iter().map(|row| (row, BLACK));
                for (row, colour) in core::iter::once((head, GREY)).chain(rows) {
                    let cells = places.iter().zip(row);
                    let cells = cells.map(|((x, width), text)| (*x, *width, colour, text.as_str()));
                    self.row(&cells.collect::<Vec<_>>());
                }
                self.paragraph(left, inner, TEXT, GREY, note);
            }
            Body::Steps(steps) => {
                for (proved, name, detail) in steps {
                    let (mark, colour) = if *proved {
                        ("√", GREEN)
                    } else {
                        ("—", GREY)
                    };
                    let text = if *proved { BLACK } else { GREY };
                    self.row(&[
                        (0.0, 16.0, colour, mark),
                        (18.0, 124.0, text, name),
                        (146.0, inner - 146.0, GREY, detail),
                    ]);
                }
            }
            Body::Lines(lines) => {
                for line in lines {
                    self.paragraph(left, inner, TEXT, BLACK, line);
                }
            }
        }
    }

    /// Cells beside each other: offset, width, colour, text. The row is as high as its highest cell.
    fn row(&mut self, cells: &[(f32, f32, Colour, &str)]) {
        let top = self.y;
        let mut bottom = top;
        for (x, width, colour, text) in cells {
            self.y = top;
            self.paragraph(self.left() + x, *width, TEXT, *colour, text);
            bottom = bottom.max(self.y);
        }
        self.y = bottom;
    }

    fn paragraph(&mut self, x: f32, width: f32, size: f32, colour: Colour, text: &str) {
        let size = size * self.scale;
        for text in self.ruler.lines(&self.ruler.visible(text), size, width) {
            self.y += size * 1.12;
            self.marks.push(Mark::Text {
                x,
                y: self.y,
                size,
                colour,
                text,
            });
            self.y += size * 0.28;
        }
    }

    /// The QR code with its quiet zone, in a square of this side.
    fn code(&mut self, code: &[Vec<bool>], side: f32) {
        #[allow(clippy::cast_precision_loss, reason = "a code has at most 177 modules")]
        let module = side / (code.len() + 4) as f32;
        for (y, row) in (2u8..).zip(code) {
            for (x, dark) in (2u8..).zip(row) {
                if *dark {
                    self.marks.push(Mark::Bar {
                        x: self.left() + f32::from(x) * module,
                        y: self.y + f32::from(y) * module,
                        // A little more, so that no light line stands between modules.
                        width: module * 1.02,
                        height: module * 1.02,
                        colour: BLACK,
                    });
                }
            }
        }
    }
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, font: &krilla::text::Font) {
    let colour = match mark {
        Mark::Text { colour, .. } | Mark::Bar { colour, .. } => *colour,
    };
    surface.set_fill(Some(Fill {
        paint: rgb::Color::new(colour.0, colour.1, colour.2).into(),
        ..Fill::default()
    }));
    match mark {
        Mark::Text {
            x, y, size, text, ..
        } => {
            let start = Point::from_xy(*x, *y);
            surface.draw_text(start, font.clone(), *size, text, false, TextDirection::Auto);
        }
        Mark::Bar {
            x,
            y,
            width,
            height,
            ..
        } => {
            let mut builder = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                builder.push_rect(rect);
            }
            if let Some(path) = builder.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

/// `2026-11-24 10:07:23.512 +08:00` as PDF has it.
fn date(text: &str) -> DateTime {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|d| d.parse::<u16>().ok());
    let small = |from, to| {
        number(from, to)
            .and_then(|n| u8::try_from(n).ok())
            .unwrap_or(0)
    };
    DateTime::new(number(0, 4).unwrap_or(1970))
        .month(small(5, 7).max(1))
        .day(small(8, 10).max(1))
        .hour(small(11, 13))
        .minute(small(14, 16))
        .second(small(17, 19))
        .utc_offset_hour(8)
        .utc_offset_minute(0)
}
