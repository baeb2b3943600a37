//! What known calls and arguments are called in Chinese. Whatever is not known is shown as it stands.

const CALLS: [(&str, &str, &str); 24] = [
    ("evidence", "deposit", "电子材料存证"),
    ("evidence", "amend", "存证更正"),
    ("evidence", "revoke", "存证撤销"),
    ("tender", "register", "标段登记"),
    ("tender", "publish", "招标公告发布"),
    ("tender", "amend", "招标文件澄清修改"),
    ("tender", "suspend", "交易中止"),
    ("tender", "resume", "交易恢复"),
    ("tender", "commit", "密封投标递交"),
    ("tender", "withdraw", "投标撤回"),
    ("tender", "close", "投标截止"),
    ("tender", "reveal", "投标揭示"),
    ("tender", "open", "开标"),
    ("tender", "check", "投标文件一致性核验"),
    ("tender", "commit_pool", "专家名单承诺"),
    ("tender", "draw", "专家随机抽取"),
    ("tender", "on_release", "专家随机抽取结果"),
    ("tender", "drawn", "专家随机抽取结果"),
    ("tender", "set_profile", "规则参数设置"),
    ("tender", "award", "定标"),
    ("identity", "register", "单位登记"),
    ("identity", "bind_key", "密钥登记"),
    ("identity", "revoke_key", "密钥吊销"),
    ("system", "deploy", "合约部署"),
];

const ARGUMENTS: [(&str, &str); 24] = [
    ("number", "存证编号"),
    ("digests.sha256", "文件摘要 SHA-256"),
    ("digests.sm3", "文件摘要 SM3"),
    ("project", "项目代码"),
    ("tender", "标段（统一交易标识码）"),
    ("subject", "主体代码"),
    ("commitment", "密封承诺"),
    ("kind.code", "材料类型"),
    ("stage", "交易环节"),
    ("media_type", "文件格式"),
    ("size", "文件大小（字节）"),
    ("source.system", "来源系统"),
    ("source.module", "来源模块"),
    ("source.collection", "采集方式"),
    ("source.operator_role", "责任岗位"),
    ("generated.time_ms", "生成时间"),
    ("generated.clock", "生成时钟"),
    ("retention", "保管期限"),
    ("visibility", "公开范围"),
    ("title.zh", "名称"),
    ("deadline_ms", "投标截止时间"),
    ("notice", "公告摘要"),
    ("documents", "招标文件摘要"),
    ("list_digest", "名单摘要"),
];

/// `电子材料存证（evidence.deposit）`.
pub(crate) fn call(contract: &str, method: &str) -> String {
    let known = CALLS
        .iter()
        .find(|(c, m, _)| (*c, *m) == (contract, method));
    match known {
        Some((_, _, name)) => format!("{name}（{contract}.{method}）"),
        None => format!("{contract}.{method}"),
    }
}

/// What an argument is called.
pub(crate) fn argument(path: &str) -> String {
    let known = ARGUMENTS.iter().find(|(p, _)| *p == path);
    known.map_or_else(|| path.to_owned(), |(_, name)| (*name).to_owned())
}

/// Place of an argument in the order of showing: known ones first.
pub(crate) fn order(path: &str) -> usize {
    let known = ARGUMENTS.iter().position(|(p, _)| *p == path);
    known.unwrap_or(ARGUMENTS.len())
}
