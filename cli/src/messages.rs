//! The catalogue: every sentence that the program says, in both languages.
//!
//! Help texts stand beside the arguments they explain, as "中文 | English"; everything else stands here.

use core::fmt::Display;

use crate::lang::Lang;

/// A sentence, or a name in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct M {
    zh: &'static str,
    en: &'static str,
}

/// Sentences by their names, `M::Name`, and the list of them for tests.
macro_rules! messages {
    ($list:ident: $($name:ident { $zh:literal, $en:literal })*) => {
        #[allow(missing_docs, non_upper_case_globals, reason = "a sentence reads like a variant")]
        impl $crate::messages::M {
            $(pub(crate) const $name: Self = Self::of($zh, $en);)*
        }

        #[cfg(test)]
        pub(crate) const $list: &[$crate::messages::M] = &[$($crate::messages::M::$name),*];
    };
}

mod acknowledging;
mod bidding;
mod following;
mod holding;
mod membership;
mod releasing;

impl M {
    const fn of(zh: &'static str, en: &'static str) -> Self {
        M { zh, en }
    }

    const fn both(self) -> (&'static str, &'static str) {
        (self.zh, self.en)
    }
}

messages! {
    MAIN:
    // Frame.
    ErrorPrefix { "错误：", "error: " }
    HintPrefix { "下一步：", "next: " }
    UsageHint { "用 --help 查看用法。", "See --help for the usage." }
    ExitCodes { "退出码：", "Exit codes:" }
    Yes { "是", "yes" }
    No { "否", "no" }
    None { "无", "none" }
    NodeUnreachable { "连接不到节点 {url}：{reason}", "cannot reach the node {url}: {reason}" }
    NodeUnreachableHint {
        "确认节点已启动，或用 --node 网址 指定另一个节点。",
        "Check that the node runs, or name another one with --node URL."
    }
    NotFound { "没有找到：{what}", "not found: {what}" }
    UnexpectedAnswer {
        "节点对 {what} 的回答不符合接口：{reason}",
        "the node's answer to {what} is not what its interface promises: {reason}"
    }
    UnexpectedAnswerHint {
        "确认 --node 指向一链节点，且版本与本程序一致。",
        "Check that --node is a Yilian node of this program's version."
    }
    NodeRefused { "节点拒绝（{code} {title}）：{detail}", "refused by the node ({code} {title}): {detail}" }
    HintWrongChain {
        "交易是为另一条链签的；用 yilian status 查看本节点的链名，再重新签名。",
        "The transaction was signed for another chain; see the chain's name with yilian status and sign again."
    }
    HintExpired {
        "重新发送即可；若再次出现，请校准本机时钟。",
        "Send it again; if this comes back, set this machine's clock."
    }
    HintReplayed {
        "这笔交易已经执行；用 yilian tx show 查看结果。",
        "It was executed before; see its outcome with yilian tx show."
    }
    HintUnknownSender {
        "密钥未绑定到单位，或已吊销；用 yilian keys show 查看公钥，请治理单位登记。",
        "The key is bound to no organisation, or revoked; see it with yilian keys show and have it registered."
    }
    HintForbidden {
        "换用有权单位的密钥（--key），或请治理单位授权。",
        "Use a key of an organisation that may (--key), or ask governance for the permission."
    }
    HintUnknownContract { "用 yilian contract list 查看已部署的合约。", "See the deployed contracts with yilian contract list." }
    HintUnknownMethod { "用 yilian contract show 合约名 查看方法。", "See the methods with yilian contract show NAME." }
    HintFuel { "用 --fuel 给出较小的燃料上限。", "Give a smaller limit with --fuel." }
    HintBusy { "稍后重试，或用 --node 换一个节点。", "Try again later, or another node with --node." }
    FileRead { "读不了文件 {path}：{reason}", "cannot read {path}: {reason}" }
    FileWrite { "写不了 {path}：{reason}", "cannot write {path}: {reason}" }
    FileExists { "{path} 已经存在，不予覆盖。", "{path} exists and is not overwritten." }
    FileExistsHint { "换一个位置，或先把它移走。", "Choose another place, or move it away first." }
    Written { "已写入 {path}", "written: {path}" }
    NotEvidence { "{what} 不是证据文件：{reason}", "{what} is no evidence file: {reason}" }
    BadStateName { "状态名 {got}：应为 合约/键", "state {got}: expected contract/key" }
    DeadlineAhead {
        "投标截止（含宽限）{until} 尚未到，不能证明未递交",
        "the deadline and its grace end {until}: nothing can be said of what is missing before"
    }
    Bytes { "字节数", "bytes" }
    Records { "记录数", "records" }
    ClaimsTitle { "已证明的主张", "claims that hold" }
    UncheckedTitle { "未核对的事项", "what was not checked" }
    NotJson { "{what} 不是规范的 JSON：{reason}", "{what} is not strict JSON: {reason}" }
    NotAHash { "{text} 不是“sha256:”加 64 位小写十六进制数字", "{text} is not \"sha256:\" and 64 lower-case hex digits" }

    // Keys.
    KeyMissing { "没有指定签名密钥。", "no key to sign with was named." }
    KeyMissingHint {
        "用 --key 文件或名称 指定；用 yilian keys list 查看现有密钥，yilian keys new 新建。",
        "Name one with --key FILE-OR-NAME; see keys with yilian keys list, make one with yilian keys new."
    }
    KeyNotFound { "没有名为 {name} 的密钥（找过 {path}）。", "no key called {name} (looked at {path})." }
    KeyForm { "{path} 不是密钥文件：应为 64 位十六进制数字。", "{path} is no key file: expected 64 hex digits." }
    KeyOpenToOthers {
        "密钥文件 {path} 可被他人读取（权限 {mode}）。",
        "the key file {path} can be read by others (mode {mode})."
    }
    KeyOpenToOthersHint { "执行 chmod 600 {path}", "Run chmod 600 {path}" }
    KeyMade { "已生成密钥，私钥仅存于此文件，请妥善备份。", "Key made. The secret is in this file alone; keep a safe copy." }
    KeyName { "名称", "name" }
    KeyPublic { "公钥", "public key" }
    KeyFile { "文件", "file" }
    KeyAddress { "地址（投票）", "address (votes)" }
    KeyOrganisation { "单位", "organisation" }
    KeyBinding { "登记单位", "registered to" }
    KeyRoles { "角色", "roles" }
    KeyCount { "密钥数", "keys" }
    NoKeys { "{path} 中没有密钥。", "no keys in {path}." }

    // Network, blocks.
    Chain { "链", "chain" }
    ChainDigest { "链规范摘要", "specification digest" }
    Height { "高度", "height" }
    Time { "时间", "time" }
    HeaderHash { "区块头摘要", "header hash" }
    ParentHash { "上一区块头摘要", "parent hash" }
    LogSize { "日志条数", "log size" }
    LogRoot { "日志根", "log root" }
    StateRoot { "状态根", "state root" }
    Validators { "验证节点", "validators" }
    Peers { "已连接", "connected to" }
    Syncing { "正在追赶", "catching up" }
    Version { "版本", "version" }
    BodiesFrom { "交易内容自高度 {height} 起保存；日志、区块头与证书齐全", "transactions are kept from height {height} on; log, headers and certificates are whole" }
    RestoredNode { "此节点由备份恢复，暂不签名", "this node was restored from a backup and signs nothing yet" }
    Pool { "待处理交易", "waiting" }
    PoolValue { "{count} 笔，{bytes} 字节", "{count}, {bytes} bytes" }
    Release { "门限释放", "threshold release" }
    NotForProduction {
        "注意：验证者不足四个或尚无群公钥，抽取不受门限保护，不得用于正式交易。",
        "Note: fewer than four validators, or no group key yet: draws are not protected; not for real trades."
    }
    NodeName { "节点", "node" }
    Proposer { "提议者", "proposer" }
    Transactions { "交易", "transactions" }
    CertificateHolds {
        "证书有效：{power}/{total} 的表决权签署",
        "the certificate holds: power {power} of {total} signed"
    }
    CertificateFails { "证书无效：{reason}", "the certificate does not hold: {reason}" }
    CertificateUnjudged {
        "未核对证书：没有链规范。用 --trust chain.toml 给出。",
        "The certificate was not checked: no specification. Give it with --trust chain.toml."
    }
    GenesisHasNone { "创世区块没有证书。", "Genesis has no certificate." }
    Name { "名称", "name" }
    Power { "表决权", "power" }
    Organisations { "单位", "organisations" }
    Contracts { "合约", "contracts" }
    SpecHolds { "链规范无误", "the specification is valid" }
    SpecFileDiffers {
        "合约 {name}：文件 {path} 的摘要是 {got}，规范要求 {want}",
        "contract {name}: {path} has hash {got}, the specification wants {want}"
    }

    // Transactions.
    TxId { "交易编号", "transaction" }
    TxAccepted { "节点已收下，尚未进入区块", "accepted, not in a block yet" }
    TxAcceptedHint { "用 yilian tx show {id} 查看结果。", "See its outcome with yilian tx show {id}." }
    TxFinal { "已定案", "final" }
    TxPending { "待处理", "waiting" }
    TxState { "状态", "status" }
    TxOutcome { "结果", "outcome" }
    OutcomeOk { "成功", "ok" }
    OutcomeRefused { "被拒绝（{code} {name}）：{message}", "refused ({code} {name}): {message}" }
    OutcomeTrapped { "执行失败：{reason}", "trapped: {reason}" }
    TxCall { "调用", "call" }
    TxSender { "发送者", "sender" }
    LogIndex { "日志序号", "log index" }
    CodeHash { "代码摘要", "code hash" }
    Fuel { "燃料", "fuel" }
    ResultTitle { "返回值：", "Result:" }
    ArgsTitle { "参数：", "Arguments:" }
    EventsTitle { "事件：", "Events:" }
    RuleCallsTitle { "规则调用：", "Rule calls:" }
    NotSigned { "无法签名：{reason}", "cannot sign: {reason}" }
    Waiting { "等待定案……", "waiting for finality…" }
    RefusedIsEvidence {
        "拒绝本身也已存入日志，可用 yilian evidence export {id} -o 文件 导出证据。",
        "The refusal itself is in the log; export its evidence with yilian evidence export {id} -o FILE."
    }

    // Contracts.
    ContractName { "合约", "contract" }
    Kind { "类别", "kind" }
    KindRule { "规则", "rule" }
    KindLedger { "账本", "ledger" }
    SinceHeight { "生效高度", "since height" }
    Methods { "方法", "methods" }
    MethodView { "查询", "view" }
    MethodCall { "交易", "call" }
    MethodTitle { "说明", "title" }
    MethodArgs { "参数", "arguments" }
    Errors { "拒绝码", "refusals" }
    Law { "法条", "law" }
    Size { "大小", "size" }
    BytesValue { "{bytes} 字节", "{bytes} bytes" }
    ContractFits { "合约符合要求：{kind} {name} {version}", "the contract is fit: {kind} {name} {version}" }
    ContractUnfit { "合约不符合要求：{reason}", "the contract is not fit: {reason}" }
    ContractUnfitHint {
        "改正后用 yilian contract build 重新生成。",
        "Mend it and build again with yilian contract build."
    }
    CheckNoFloats { "不使用浮点数", "no floating point" }
    CheckImports { "只调用允许的宿主函数（{module}）", "imports of {module} only, as its kind may" }
    CheckInterface { "带有接口说明段", "the interface section is there" }
    CheckSize { "不超过 {limit} 字节", "at most {limit} bytes" }
    UnknownMethod { "合约 {contract} 没有方法 {method}", "the contract {contract} has no method {method}" }
    UnknownMethodHint { "现有方法：{methods}", "Its methods: {methods}" }
    ArgsWrong { "参数有误：", "wrong arguments:" }
    ArgsWrongHint {
        "用 yilian contract show {contract} --method {method} 查看参数。",
        "See the arguments with yilian contract show {contract} --method {method}."
    }
    ArgForm { "{text}：应为 名称=值", "{text}: expected name=value" }
    ArgTwice { "参数 {name} 给了两次", "the argument {name} stands twice" }
    ArgMissing { "{path}：缺少必填项（{expected}）", "{path}: missing ({expected})" }
    ArgUnknown { "{path}：没有这一项；可用：{known}", "{path}: no such field; there are: {known}" }
    ArgType { "{path}：应为{expected}，实为 {got}", "{path}: expected {expected}, got {got}" }
    ArgEnum { "{path}：应为 {expected} 之一，实为 {got}", "{path}: expected one of {expected}, got {got}" }
    TypeInteger { "整数", "an integer" }
    TypeText { "文本", "a text" }
    TypeBoolean { "true 或 false", "true or false" }
    TypeList { "列表", "a list" }
    TypeObject { "对象", "an object" }
    TypeNull { "null", "null" }
    TypeOther { "另一种形式", "another form" }
    Or { " 或 ", " or " }
    ScaffoldMade { "已建立合约 {name}：{path}", "contract {name} made: {path}" }
    ScaffoldNext {
        "接着：cd {path} && cargo test && yilian contract build",
        "Next: cd {path} && cargo test && yilian contract build"
    }
    ScaffoldName {
        "合约名 {name}：应为小写字母开头的小写字母、数字、-",
        "contract name {name}: expected a-z 0-9 - beginning with a letter"
    }
    SdkNotFound { "找不到合约 SDK（sdk/contract）。", "cannot find the contract SDK (sdk/contract)." }
    SdkNotFoundHint {
        "用 --sdk 目录 指定一链源码中的 sdk/contract。",
        "Name the folder sdk/contract of Yilian's sources with --sdk DIR."
    }
    NoManifest { "{path} 中没有 Cargo.toml。", "no Cargo.toml in {path}." }
    NoManifestHint { "进入合约目录再执行，或给出目录。", "Run it in the contract's folder, or name the folder." }
    ToolFailed { "{tool} 失败：{reason}", "{tool} failed: {reason}" }
    ToolMissing { "无法运行 {tool}：{reason}", "cannot run {tool}: {reason}" }
    ToolMissingHint {
        "安装 Rust 工具链和目标：rustup target add wasm32-unknown-unknown",
        "Install Rust and its target: rustup target add wasm32-unknown-unknown"
    }
    TestsPassed { "测试全部通过", "all tests passed" }
    MachinePath {
        "代码中留有本机路径 {path}，他人无法重现同样的字节",
        "the code holds the path {path} of this machine; nobody else could build the same bytes"
    }
    Deploying { "部署 {name}（{kind}，{hash}）", "deploying {name} ({kind}, {hash})" }

    // Local network.
    InitDone { "已建立本地网络 {path}", "local network made in {path}" }
    InitCentres { "验证节点（各开一个终端启动）：", "Validators (start each in a terminal of its own):" }
    InitOrganisations { "单位与密钥：", "Organisations and keys:" }
    InitNext { "接着：", "Next:" }
    InitNotEmpty { "目录 {path} 不是空的。", "the folder {path} is not empty." }
    InitNotEmptyHint { "换一个目录：yilian init --dir 新目录", "Choose another one: yilian init --dir NEW" }
    InitNoContracts {
        "未带合约：{path} 中没有 .wasm 文件。",
        "no contracts: there are no .wasm files in {path}."
    }
    InitNoContractsHint {
        "先构建合约，再用 --contracts 目录 指定；或不给 --contracts。",
        "Build the contracts and name their folder with --contracts; or leave it out."
    }
    InitWithoutContracts {
        "未给 --contracts，链上没有合约；以后可用 yilian contract deploy 部署。",
        "Without --contracts the chain has none; deploy them later with yilian contract deploy."
    }
    InitPort { "端口 {port} 已被占用。", "port {port} is in use." }
    InitPortHint { "用 --base-port 换一段端口。", "Choose other ports with --base-port." }
    InitPreset { "预设 {name} 需要各中心在密钥仪式上提供资料，不能由本命令生成。", "the preset {name} needs what centres bring to a key ceremony; this command cannot make it up." }
    InitBadPort { "基准端口 {port}：应在 1024 到 65000 之间", "base port {port}: expected 1024 to 65000" }
    SpecUnsound { "生成的链规范不成立：{reason}", "the specification that was made is not valid: {reason}" }

    // Evidence.
    Hashing { "计算摘要", "hashing" }
    Digest { "摘要", "digest" }
    VerdictHolds { "通过：{what}", "passed: {what}" }
    VerdictForged { "不通过：{what}", "FAILED: {what}" }
    VerdictUndecided { "无法判定：{what}", "cannot decide: {what}" }
    VerdictHoldsWhat {
        "以上主张由该链定案的内容证明，内容未被改动。",
        "what is claimed above follows from what this chain made final, and nothing in it was changed."
    }
    VerdictForgedWhat { "内容与签名或证明不符，不得采信。", "content does not match signatures or proofs; do not rely on it." }
    VerdictUndecidedWhat { "证据或信任根不足。", "evidence or trust is missing." }
    TrustMissing {
        "没有信任根：不知道应当相信哪条链。",
        "no trust: it is not known which chain to believe."
    }
    TrustMissingHint {
        "用 --trust chain.toml 给出从可靠渠道取得的链规范。",
        "Give the chain's specification, from a source you trust, with --trust chain.toml."
    }
    RecordTitle { "所证记录：", "What is proven:" }
    StepFile { "文件就是所存证的文件", "the file is the one that was recorded" }
    StepFileDiffers { "文件不是所存证的文件：记录中没有它的摘要", "the file is not the one that was recorded: the record does not hold its digest" }
    NextPage { "还有更多：加 --after {next}", "there are more: add --after {next}" }
    BidKept {
        "投标凭据在 {path}；开标时要用，遗失则无法开启，请妥善保管，勿外传。",
        "The bid's secret is in {path}: the opening needs it, nothing replaces it, and nobody else may see it."
    }
    BidDamaged {
        "{path} 中的承诺与其余内容不符，凭据已损坏或被改动。",
        "the commitment in {path} does not follow from the rest: the file was damaged or changed."
    }
    DrawWaiting { "等待随机种子……", "waiting for the seed…" }
    DrawDone { "抽取结果", "Outcome of the draw" }
    DrawNotYet {
        "尚无结果；稍后用 yilian tender draw-record {tender} 查看。",
        "no outcome yet; look later with yilian tender draw-record {tender}."
    }
    NoSuchCall { "记录中没有规则 {name} 的调用。", "the record holds no call of the rule {name}." }
    RuleMissing {
        "没有规则代码 {hash}。",
        "the rule's code {hash} is missing."
    }
    RuleMissingHint {
        "用 --contracts 目录 或 --code 文件 给出代码，或用 --online 从节点取得（按摘要核对）。",
        "Give the code with --contracts DIR or --code FILE, or take it from a node with --online (checked by its hash)."
    }
}

impl Lang {
    /// A message with its places filled: `{name}` by the value of that name.
    pub(crate) fn text(self, message: M, values: &[(&str, &dyn Display)]) -> String {
        let (zh, en) = message.both();
        let mut text = self.pick(zh, en).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), &value.to_string());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn places(text: &str) -> BTreeSet<&str> {
        let parts = text.split('{').skip(1);
        parts
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn every_message_is_there_in_both_languages_with_the_same_places() {
        for message in MAIN
            .iter()
            .chain(following::FOLLOWING)
            .chain(holding::HOLDING)
            .chain(releasing::RELEASING)
            .chain(acknowledging::ACKNOWLEDGING)
            .chain(bidding::BIDDING)
            .chain(membership::MEMBERSHIP)
        {
            let (zh, en) = message.both();
            assert!(!zh.is_empty() && !en.is_empty(), "{message:?}");
            assert_eq!(places(zh), places(en), "{message:?}");
        }
    }

    #[test]
    fn chinese_stands_on_the_chinese_side_only() {
        let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for message in MAIN
            .iter()
            .chain(following::FOLLOWING)
            .chain(holding::HOLDING)
            .chain(releasing::RELEASING)
            .chain(acknowledging::ACKNOWLEDGING)
            .chain(bidding::BIDDING)
            .chain(membership::MEMBERSHIP)
        {
            let (zh, en) = message.both();
            assert!(!chinese(en), "{message:?}");
            assert!(chinese(zh) || zh == en, "{message:?}");
        }
    }

    #[test]
    fn places_are_filled() {
        let text = Lang::En.text(M::NotFound, &[("what", &"block 9")]);
        assert_eq!(text, "not found: block 9");
    }
}
