//! What a command has to say: data for programs, blocks for people.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table, TableComponent};
use serde_json::{Value, json};

use crate::exit::Exit;

/// Result of a command.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// Name of the data's form, as `status`; it becomes `yilian.cli/status@1`.
    pub(crate) schema: &'static str,
    /// For programs.
    pub(crate) data: Value,
    /// For people.
    pub(crate) blocks: Vec<Block>,
    /// How the program ends.
    pub(crate) exit: Exit,
}

/// A piece of output for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// A heading.
    Title(String),
    /// A line or several.
    Text(String),
    /// Names and values.
    Fields(Vec<(String, String)>),
    /// A table.
    Table {
        /// Names of the columns.
        head: Vec<String>,
        /// Rows, each as long as the head.
        rows: Vec<Vec<String>>,
    },
    /// Steps of a check.
    Steps(Vec<Step>),
    /// Text without a newline of ours: files for other programs.
    Raw(String),
}

/// One step of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Whether it holds; none if it could not be decided.
    pub(crate) holds: Option<bool>,
    /// What was checked.
    pub(crate) what: String,
    /// What was found; may be empty.
    pub(crate) detail: String,
}

impl Answer {
    /// A good answer with data and nothing to read yet.
    pub(crate) fn new(schema: &'static str, data: Value) -> Self {
        Answer {
            schema,
            data,
            blocks: Vec::new(),
            exit: Exit::Ok,
        }
    }

    /// Adds a block.
    pub(crate) fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// Adds a line.
    pub(crate) fn text(self, text: impl Into<String>) -> Self {
        self.with(Block::Text(text.into()))
    }

    /// Adds names and values.
    pub(crate) fn fields<N: Into<String>, V: Into<String>>(
        self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let fields = fields.into_iter().map(|(n, v)| (n.into(), v.into()));
        self.with(Block::Fields(fields.collect()))
    }

    /// Adds a table.
    pub(crate) fn table<H: Into<String>>(
        self,
        head: impl IntoIterator<Item = H>,
        rows: Vec<Vec<String>>,
    ) -> Self {
        let head = head.into_iter().map(Into::into).collect();
        self.with(Block::Table { head, rows })
    }

    /// Ends in another way.
    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// The JSON document.
    pub(crate) fn to_json(&self) -> String {
        let schema = format!("yilian.cli/{}@1", self.schema);
        let document = json!({"schema": schema, "exit": self.exit.code(), "data": self.data});
        format!("{document:#}\n")
    }

    /// The text for people.
    pub(crate) fn to_text(&self) -> String {
        let mut out = String::new();
        for (place, block) in self.blocks.iter().enumerate() {
            if place > 0 && matches!(block, Block::Title(_)) {
                out.push('\n');
            }
            out.push_str(&block.render());
        }
        out
    }
}

impl Block {
    fn render(&self) -> String {
        match self {
            Block::Title(text) => format!("{text}\n"),
            Block::Text(text) => format!("{text}\n"),
            Block::Raw(text) => text.clone(),
            Block::Fields(fields) => render_fields(fields),
            Block::Table { head, rows } => render_table(head, rows),
            Block::Steps(steps) => steps.iter().map(Step::render).collect(),
        }
    }
}

impl Step {
    fn render(&self) -> String {
        let mark = match self.holds {
            Some(true) => '✓',
            Some(false) => '✗',
            None => '–',
        };
        let mut line = format!("  {mark} {}\n", self.what);
        for detail in self.detail.lines() {
            line.push_str(&format!("      {detail}\n"));
        }
        line
    }

    /// For programs.
    pub(crate) fn to_json(&self) -> Value {
        json!({"holds": self.holds, "what": self.what, "detail": self.detail})
    }
}

/// Widths are the terminal's: a Chinese character takes two columns.
fn render_fields(fields: &[(String, String)]) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING);
    for (name, value) in fields {
        table.add_row([name, value]);
    }
    trimmed(&table)
}

fn render_table(head: &[String], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table
        .load_preset(NOTHING)
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─')
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(head)
        .add_rows(rows);
    trimmed(&table)
}

fn trimmed(table: &Table) -> String {
    table.lines().fold(String::new(), |mut out, line| {
        out.push_str(line.trim_end());
        out.push('\n');
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_and_latin_columns_stand_in_line() {
        let rows = vec![
            vec!["兰州".to_owned(), "x".to_owned()],
            vec!["Baiyin".to_owned(), "y".to_owned()],
        ];
        let text = render_table(&["中心".to_owned(), "值".to_owned()], &rows);
        // Columns before the letter: one space, then a name padded to the six of "Baiyin".
        assert!(text.contains(" 兰州     x"), "{text}");
        assert!(text.contains(" Baiyin   y"), "{text}");
    }

    #[test]
    fn json_names_its_form_and_its_end() {
        let answer = Answer::new("status", json!({"height": 7})).exit(Exit::Undecided);
        let read: Value = serde_json::from_str(&answer.to_json()).expect("json");
        assert_eq!(read["schema"], "yilian.cli/status@1");
        assert_eq!(read["exit"], 5);
        assert_eq!(read["data"]["height"], 7);
    }

    #[test]
    fn a_step_shows_its_verdict_by_sign_and_not_by_colour() {
        let step = |holds| Step {
            holds,
            what: "签名".to_owned(),
            detail: String::new(),
        };
        assert_eq!(step(Some(true)).render(), "  ✓ 签名\n");
        assert_eq!(step(Some(false)).render(), "  ✗ 签名\n");
        assert_eq!(step(None).render(), "  – 签名\n");
    }
}
