//! Records of contracts as people read them.
//!
//! A contract may add fields at any time, so records are shown by their form: an object as names and values, a list of
//! objects as a table. Known names have labels, times and money are written out; unknown names are shown as they are.

use serde_json::{Map, Value};

use crate::answer::{Answer, Block};
use crate::context::Context;
use crate::lang::Lang;
use crate::{money, show};

/// Names of fields: key, Chinese, English.
const LABELS: &[(&str, &str, &str)] = &[
    ("tender", "标段", "section"),
    ("title", "名称", "title"),
    ("tenderer", "招标人", "tenderer"),
    ("agency", "招标代理机构", "agency"),
    ("stage", "阶段", "stage"),
    ("status", "状态", "status"),
    ("profile", "规则配置", "profile"),
    ("notice", "公告摘要", "notice digest"),
    ("documents", "招标文件摘要", "documents digest"),
    ("criteria", "评标办法摘要", "criteria digest"),
    ("deadline", "投标截止时间", "deadline"),
    ("deadline_ms", "投标截止时间", "deadline"),
    (
        "price_ceiling_fen",
        "最高投标限价（元）",
        "price ceiling (CNY)",
    ),
    ("registered_ms", "登记时间", "registered"),
    ("published_ms", "发布时间", "published"),
    ("closed_ms", "截标时间", "closed"),
    ("opened_ms", "开标时间", "opened at"),
    ("awarded_ms", "定标时间", "awarded"),
    ("award_from_ms", "最早定标时间", "award not before"),
    ("time_ms", "时间", "time"),
    ("at_ms", "时间", "time"),
    ("height", "高度", "height"),
    ("log_index", "日志序号", "log index"),
    ("tx_id", "交易编号", "transaction"),
    ("event", "事项", "event"),
    ("what", "事项", "what"),
    ("kind", "类别", "kind"),
    ("method", "方法", "method"),
    ("by", "办理单位", "by"),
    ("organisation", "单位", "organisation"),
    ("bidder", "投标人", "bidder"),
    ("winner", "中标人", "winner"),
    ("amount_fen", "金额（元）", "amount (CNY)"),
    ("price_fen", "报价（元）", "price (CNY)"),
    ("digest", "摘要", "digest"),
    ("commitment", "投标承诺", "commitment"),
    ("opening", "解密结果", "opening"),
    ("held", "持有份数", "held"),
    ("opened", "开启份数", "opened"),
    ("revealed", "揭示份数", "revealed"),
    ("difference", "差额", "difference"),
    ("must_fail", "应当流标", "must fail"),
    ("count", "数量", "count"),
    ("mismatches", "不一致项", "mismatches"),
    ("complete", "完成", "complete"),
    ("warnings", "提醒", "warnings"),
    ("draw_id", "抽取编号", "draw"),
    ("list_digest", "名单摘要", "list digest"),
    ("publication", "公告时固定的内容", "fixed at publication"),
    ("profile_name", "规则配置", "profile"),
    ("profile_digest", "规则配置摘要", "profile digest"),
    ("nomination", "中标候选人公示", "nomination"),
    ("award", "定标", "award"),
    ("end", "终止或失败", "end"),
    ("report", "评标报告摘要", "report digest"),
    ("exercise", "演练", "exercise"),
    ("amendments", "修改次数", "amendments"),
    ("draws", "抽取次数", "draws"),
    ("steps", "步骤数", "steps"),
    ("step", "步骤", "step"),
    ("number", "编号", "number"),
    ("note", "说明", "note"),
    ("signature", "门限签名", "threshold signature"),
    (
        "contribution",
        "监督部门贡献",
        "the supervisor's contribution",
    ),
    ("frozen_at_ms", "封存时间", "frozen at"),
    ("requested_at", "申请高度", "requested at"),
    ("members", "成员", "members"),
    ("contacted", "已通知人数", "contacted"),
    ("order", "顺序", "order"),
    ("decided_time_ms", "认定时间", "decided time"),
    ("basis", "认定依据", "basis"),
    ("depositor", "存证单位", "depositor"),
    ("chain_time_ms", "上链时间", "chain time"),
    ("sha256", "SHA-256", "SHA-256"),
    ("digests", "摘要", "digests"),
    ("superseded_by", "更正为", "superseded by"),
    ("media_type", "媒体类型", "media type"),
    ("retention", "保存期限", "retention"),
    ("visibility", "可见范围", "visibility"),
    ("received", "接收", "received"),
    ("withdrawn", "撤回", "withdrawn"),
    ("stratum", "专业", "stratum"),
    ("seats", "席位", "seats"),
    ("substitutes", "候补", "substitutes"),
    ("seed", "种子", "seed"),
    ("rank", "名次", "rank"),
    ("index", "序号", "number"),
    ("id", "编号", "id"),
    ("next", "下一项", "next"),
    ("candidates", "中标候选人", "candidates"),
    ("rules", "规则代码", "rules"),
    ("reason", "理由", "reason"),
    ("law", "法条", "law"),
    ("message", "说明", "message"),
    ("detail", "说明", "detail"),
    ("source", "来源", "source"),
    ("subject", "对象", "subject"),
    ("record", "记录", "record"),
    ("version", "版本", "version"),
    ("size", "大小", "size"),
];

/// Lengths of time, not points in it.
const LENGTHS: [&str; 4] = [
    "grace_ms",
    "decryption_ms",
    "contribution_wait_ms",
    "suspended_ms",
];

/// Label of a field.
pub(crate) fn label(lang: Lang, key: &str) -> String {
    let known = LABELS.iter().find(|(name, _, _)| *name == key);
    known
        .map_or(key, |(_, zh, en)| lang.pick(zh, en))
        .to_owned()
}

/// Adds a record to an answer.
pub(crate) fn add(context: &Context, answer: Answer, record: &Value) -> Answer {
    match record {
        Value::Object(map) => object(context, answer, map),
        Value::Array(items) if items.iter().all(Value::is_object) && !items.is_empty() => {
            answer.with(table(context.lang, items))
        }
        Value::Array(items) if items.is_empty() => {
            answer.text(context.name(crate::messages::M::None))
        }
        other => answer.text(show::value(other)),
    }
}

fn object(context: &Context, mut answer: Answer, map: &Map<String, Value>) -> Answer {
    let lang = context.lang;
    let (nested, plain): (Vec<_>, Vec<_>) =
        map.iter().partition(|(_, value)| is_nested(lang, value));
    if !plain.is_empty() {
        let field = |(key, value): (&String, &Value)| (label(lang, key), cell(lang, key, value));
        answer = answer.fields(plain.into_iter().map(field));
    }
    for (key, value) in nested {
        answer = add(context, answer.with(Block::Title(label(lang, key))), value);
    }
    answer
}

/// Whether a value needs more than one line: an object, or a list of objects.
fn is_nested(lang: Lang, value: &Value) -> bool {
    match value {
        Value::Object(map) => both(lang, map).is_none() && !map.is_empty(),
        Value::Array(items) => !items.is_empty() && items.iter().all(Value::is_object),
        _ => false,
    }
}

fn table(lang: Lang, items: &[Value]) -> Block {
    let mut keys: Vec<&String> = Vec::new();
    for key in items
        .iter()
        .filter_map(Value::as_object)
        .flat_map(Map::keys)
    {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let row = |item: &Value| -> Vec<String> {
        let value = |key: &&String| item.get(key.as_str()).unwrap_or(&Value::Null);
        keys.iter()
            .map(|key| show::short(&cell(lang, key, value(key))))
            .collect()
    };
    Block::Table {
        head: keys.iter().map(|key| label(lang, key)).collect(),
        rows: items.iter().map(row).collect(),
    }
}

/// A value in one line.
fn cell(lang: Lang, key: &str, value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(yes) => lang.text(
            if *yes {
                crate::messages::M::Yes
            } else {
                crate::messages::M::No
            },
            &[],
        ),
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_u64() {
            Some(ms) if key.ends_with("_ms") && !LENGTHS.contains(&key) => show::time(ms),
            Some(fen) if key.ends_with("_fen") => money::yuan(fen),
            _ => number.to_string(),
        },
        Value::Array(items) => items
            .iter()
            .map(|item| cell(lang, key, item))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Object(map) => both(lang, map).unwrap_or_else(|| value.to_string()),
    }
}

/// A text in two languages: `{"zh","en"}`, perhaps with an article of law.
fn both(lang: Lang, map: &Map<String, Value>) -> Option<String> {
    let text = |key| map.get(key).and_then(Value::as_str);
    let (zh, en) = (text("zh")?, text("en")?);
    let law = text("law").filter(|law| !law.is_empty());
    let shown = lang.pick_filled(zh, en);
    match (map.len(), law) {
        (2, _) | (3, None) => Some(shown.to_owned()),
        (3, Some(law)) => Some(format!("{shown} [{law}]")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeSet;

    #[test]
    fn every_label_stands_once_and_in_both_languages() {
        let keys: BTreeSet<_> = LABELS.iter().map(|(key, _, _)| key).collect();
        assert_eq!(keys.len(), LABELS.len());
        assert!(
            LABELS
                .iter()
                .all(|(_, zh, en)| !zh.is_empty() && en.is_ascii())
        );
    }

    #[test]
    fn times_money_and_texts_are_written_out() {
        assert_eq!(
            cell(Lang::Zh, "deadline_ms", &json!(0)),
            "1970-01-01 08:00:00.000 +08:00"
        );
        assert_eq!(cell(Lang::Zh, "amount_fen", &json!(100)), "1.00");
        assert_eq!(
            cell(Lang::En, "title", &json!({"zh": "道路", "en": "road"})),
            "road"
        );
        assert_eq!(cell(Lang::En, "x", &json!([1, "a", null])), "1, a, –");
    }

    #[test]
    fn a_list_of_records_becomes_a_table_of_all_their_fields() {
        let Block::Table { head, rows } = table(Lang::En, &[json!({"id": 1}), json!({"z": 2})])
        else {
            panic!("a table");
        };
        assert_eq!(head, ["id", "z"]);
        assert_eq!(rows, [["1", "–"], ["–", "2"]]);
    }
}
