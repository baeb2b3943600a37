//! What the page says, before it is known how it looks.

use qrcode::{Color, QrCode};
use serde_json::Value;
use yilian_crypto::Digest;
use yilian_primitives::{Cause, Header, Outcome, TimestampMs};
use yilian_verify::{Bundle, ProvenRecord, Report, StepOutcome};

use crate::{Options, names};

/// Arguments of a single record that are shown.
const ARGUMENTS_SHOWN: usize = 9;
/// Records of a table that are shown.
const RECORDS_SHOWN: usize = 8;
/// Claims that are shown.
const CLAIMS_SHOWN: usize = 4;
/// Longest text of a value, in characters.
const VALUE_CHARS_MAX: usize = 140;

/// A page.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) number: String,
    pub(crate) blocks: Vec<Block>,
    /// Rows of the QR code; true is dark.
    pub(crate) code: Vec<Vec<bool>>,
    /// Beside the code.
    pub(crate) code_lines: Vec<String>,
    pub(crate) footer: Vec<String>,
}

/// A part of the page under a heading.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) heading: String,
    pub(crate) body: Body,
}

/// What stands under a heading.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// Names and values.
    Fields(Vec<(String, String)>),
    /// A table, and a line under it.
    Table {
        head: Vec<String>,
        rows: Vec<Vec<String>>,
        note: String,
    },
    /// Steps: whether proved, the name, what was found.
    Steps(Vec<(bool, String, String)>),
    /// Lines.
    Lines(Vec<String>),
}

pub(crate) fn of(
    report: &Report,
    bundle: &Bundle,
    anchor: &Header,
    digest: &Digest,
    code: &QrCode,
    options: &Options,
) -> Content {
    let hex = digest.to_hex();
    let number = format!("YL-{}", hex.get(..16).unwrap_or(&hex).to_uppercase());
    let mut blocks = vec![summary(report, options), facts(report, options.show_time)];
    if report.claims.len() > 1 || report.records.is_empty() {
        blocks.push(claims(report));
    }
    blocks.push(verification(report));
    blocks.push(chain(bundle, anchor, options.show_time));
    blocks.push(Block {
        heading: "未核验事项".to_owned(),
        body: Body::Lines(report.unchecked.iter().map(|text| cut(&text.zh)).collect()),
    });
    let width = code.width().max(1);
    Content {
        number,
        blocks,
        code: code
            .to_colors()
            .chunks(width)
            .map(|row| row.iter().map(|color| *color == Color::Dark).collect())
            .collect(),
        code_lines: vec![
            "证据文件 SHA-256：".to_owned(),
            hex,
            "PDF 版本已内附证据文件 evidence.ylev。任何人可离线重新验证：".to_owned(),
            "yilian verify evidence.ylev --trust <链规范>".to_owned(),
        ],
        footer: vec![
            "核验依据：《中华人民共和国电子签名法》第五条、第八条；《人民法院在线诉讼规则》第十六条至第十九条。".to_owned(),
            "本证明由程序依据证据文件生成，所载“核验一致”仅指列明的核验步骤，不就上链之前内容的真实性作出判断。".to_owned(),
        ],
    }
}

fn summary(report: &Report, options: &Options) -> Block {
    let proved = |outcome| report.steps.iter().filter(|s| s.outcome == outcome).count();
    let mut fields = vec![(
        "核验结论".to_owned(),
        format!(
            "核验一致：{} 项步骤成立，{} 项未涉及或未核验，无一项不成立",
            proved(StepOutcome::Proved),
            proved(StepOutcome::Unchecked)
        ),
    )];
    fields.extend(
        options
            .issuer
            .as_ref()
            .map(|issuer| ("出具单位".to_owned(), cut(issuer))),
    );
    fields.push((
        "出具时间".to_owned(),
        format!(
            "{}（北京时间）",
            seconds(options.issued_ms, options.show_time)
        ),
    ));
    Block {
        heading: "结论".to_owned(),
        body: Body::Fields(fields),
    }
}

fn facts(report: &Report, show_time: fn(TimestampMs) -> String) -> Block {
    let body = match report.records.as_slice() {
        [] => Body::Lines(vec!["本证据证明链上状态，不含单条记录。".to_owned()]),
        [one] => Body::Fields(record(one, show_time)),
        many => table(many, show_time),
    };
    Block {
        heading: "存证事实".to_owned(),
        body,
    }
}

fn record(one: &ProvenRecord, show_time: fn(TimestampMs) -> String) -> Vec<(String, String)> {
    let receipt = &one.receipt;
    let mut fields = vec![
        (
            "事项".to_owned(),
            names::call(&receipt.contract, &receipt.method),
        ),
        ("办理结果".to_owned(), cut(&outcome(&receipt.outcome))),
        ("提交单位".to_owned(), organisation(&receipt.organisation)),
        ("提交者".to_owned(), cut(&receipt.caller)),
        (
            "上链时间".to_owned(),
            format!("{}（北京时间）", seconds(receipt.time_ms, show_time)),
        ),
        (
            "链上位置".to_owned(),
            format!("区块高度 {}，日志序号 {}", receipt.height, one.log_index),
        ),
        ("交易编号".to_owned(), cause(&receipt.cause)),
    ];
    let mut arguments = Vec::new();
    if let Some(signed) = &one.transaction {
        flatten("", &signed.args, &mut arguments);
    }
    arguments.sort_by_key(|(path, _)| names::order(path));
    let left = arguments.len().saturating_sub(ARGUMENTS_SHOWN);
    for (path, value) in arguments.into_iter().take(ARGUMENTS_SHOWN) {
        let value = match value.as_u64().filter(|_| path.ends_with("_ms")) {
            Some(ms) => format!("{}（北京时间）", seconds(ms, show_time)),
            None => cut(&plain(&value)),
        };
        fields.push((names::argument(&path), value));
    }
    if left > 0 {
        fields.push(("其他内容".to_owned(), format!("另有 {left} 项，见证据文件")));
    }
    fields
}

fn table(records: &[ProvenRecord], show_time: fn(TimestampMs) -> String) -> Body {
    let head = ["日志序号", "上链时间", "事项", "提交单位", "办理结果"];
    let row = |one: &ProvenRecord| {
        let receipt = &one.receipt;
        let result = match &receipt.outcome {
            Outcome::Ok => "成功".to_owned(),
            Outcome::Refused { name, .. } => format!("拒绝 {name}"),
            Outcome::Trapped { .. } => "中止".to_owned(),
        };
        vec![
            one.log_index.to_string(),
            seconds(receipt.time_ms, show_time),
            names::call(&receipt.contract, &receipt.method),
            organisation(&receipt.organisation),
            cut(&result),
        ]
    };
    let left = records.len().saturating_sub(RECORDS_SHOWN);
    let note = match left {
        0 => format!("共 {} 条记录。", records.len()),
        left => format!("共 {} 条记录，其余 {left} 条见证据文件。", records.len()),
    };
    Body::Table {
        head: head.map(str::to_owned).into(),
        rows: records.iter().take(RECORDS_SHOWN).map(row).collect(),
        note,
    }
}

fn claims(report: &Report) -> Block {
    // What is more than a record comes first.
    let is_record =
        |claim: &yilian_verify::Claim| matches!(claim, yilian_verify::Claim::Record { .. });
    let mut ordered: Vec<_> = report.claims.iter().collect();
    ordered.sort_by_key(|one| is_record(&one.claim));
    let shown = ordered.iter().take(CLAIMS_SHOWN);
    let mut lines: Vec<String> = shown.map(|one| cut(&one.finding.zh)).collect();
    let left = ordered.len().saturating_sub(CLAIMS_SHOWN);
    if left > 0 {
        lines.push(format!("另有 {left} 项主张成立，见证据文件。"));
    }
    Block {
        heading: "证明的主张".to_owned(),
        body: Body::Lines(lines),
    }
}

fn verification(report: &Report) -> Block {
    let step = |step: &yilian_verify::Step| {
        let proved = step.outcome == StepOutcome::Proved;
        (proved, step.zh.to_owned(), cut(&step.detail.zh))
    };
    Block {
        heading: "核验步骤".to_owned(),
        body: Body::Steps(report.steps.iter().map(step).collect()),
    }
}

fn chain(bundle: &Bundle, anchor: &Header, show_time: fn(TimestampMs) -> String) -> Block {
    let signed = bundle.anchor().map(|one| &one.certificate.signatures);
    let count = signed.map_or(0, Vec::len);
    let fields = vec![
        (
            "链".to_owned(),
            format!("{}，链规范 {}", anchor.chain_id, anchor.chain_spec),
        ),
        (
            "锚定区块".to_owned(),
            format!(
                "高度 {}，{}，{count} 个验证者签名",
                anchor.height,
                seconds(anchor.time_ms, show_time)
            ),
        ),
        ("区块头摘要".to_owned(), anchor.hash().to_string()),
        (
            "日志".to_owned(),
            format!("{} 条，根 {}", anchor.log_size, anchor.log_root),
        ),
    ];
    Block {
        heading: "链与锚定".to_owned(),
        body: Body::Fields(fields),
    }
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Ok => "成功".to_owned(),
        Outcome::Refused {
            code,
            name,
            message,
        } => format!("被规则拒绝（{code} {name}）：{message}"),
        Outcome::Trapped { reason } => format!("执行中止：{reason}"),
    }
}

fn organisation(code: &str) -> String {
    match code {
        "" => "（链本身）".to_owned(),
        code => cut(code),
    }
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Transaction(id) => id.to_string(),
        Cause::Release(identity) => cut(&format!("随机数释放 {identity}")),
        Cause::Schedule(name) => cut(&format!("定时调用 {name}")),
    }
}

/// Without the fraction of the second and the zone.
fn seconds(ms: TimestampMs, show_time: fn(TimestampMs) -> String) -> String {
    let text = show_time(ms);
    text.split('.').next().unwrap_or_default().to_owned()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        other => other.to_string(),
    }
}

fn flatten(path: &str, value: &Value, into: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let dot = if path.is_empty() { "" } else { "." };
                flatten(&format!("{path}{dot}{key}"), value, into);
            }
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Null => {}
        other => into.push((path.to_owned(), other.clone())),
    }
}

/// A value that fits on a page; control characters have no place there.
fn cut(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(VALUE_CHARS_MAX)
        .collect();
    if text.chars().nth(VALUE_CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}
