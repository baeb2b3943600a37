//! Ceremonies by files.

messages! {
    HOLDING:
    CeremonySetting { "比对码", "digest to compare" }
    CeremonyCompare {
        "请各中心电话比对：比对码相同，链编号、成员与密钥才相同。不同则不得开始。",
        "Compare the digest by telephone: only if it is the same at all centres are chain, members and keys. Do not begin otherwise."
    }
    CeremonyDigest { "仪式记录摘要", "digest of the transcript" }
    CeremonyKeyId { "群公钥指纹", "fingerprint of the group key" }
    CeremonyNoMember {
        "密钥 {key} 不是链规范中任何中心的验证密钥。",
        "the key {key} is no centre's validator key in the chain specification."
    }
    CeremonySecretMade {
        "已生成 release.key（权限 600）。请与验证密钥一同备份，启动前放入节点的 data_dir；遗失则失去份额。",
        "release.key was made (mode 600). Back it up with the validator key, and put it into the node's data_dir before the start: without it the share is lost."
    }
    CeremonyOtherSecret {
        "--secret 不是公布加密公钥时所用的 release.key。",
        "--secret is not the release.key with which this centre announced."
    }
    CeremonyWrongFile { "{centre} 的文件 {path} 不可用：{reason}", "the file {path} of {centre}: {reason}" }
    CeremonyWrongFileHint {
        "请该中心重新发送文件；若其确有作假，移走文件，用 --allow-absent 继续。",
        "Ask that centre for its file again; if it was false, move the file away and go on with --allow-absent."
    }
    CeremonyTwice { "该中心另有文件 {path}", "the same centre's as {path}" }
    CeremonyMissing {
        "{phase}：需要 {needed} 个中心，尚缺 {centres}",
        "{phase}: {needed} centres are needed, missing: {centres}"
    }
    CeremonyMissingHint {
        "收齐文件后再执行；有中心确定缺席时，用 --allow-absent（不少于门限）。",
        "Run it again when their files are there; if centres stay away, go on with --allow-absent, down to the threshold."
    }
    CeremonyAbsent { "缺席：{centres}", "absent: {centres}" }
    CeremonyRefused { "{centre} 的分发不成立：{reason}", "the dealing of {centre} does not hold: {reason}" }
    CeremonyRefusedHint {
        "请该中心核对后重新发送；若其确有作假，用 --allow-absent 继续，不确认其分发。",
        "Ask that centre to check and send again; if it was false, go on with --allow-absent, which does not acknowledge it."
    }
    CeremonyShown {
        "以下中心的份额已公开在日志中：{centres}",
        "shares of these centres stand in the log for all to see: {centres}"
    }
    CeremonyFault { "{centre} 在“{phase}”阶段：{what}", "{centre}, {phase}: {what}" }
    WasAbsent { "缺席", "absent" }
    CeremonyRevealed { "{centre}：份额已公开", "{centre}: its share is no secret" }
    CeremonyUnacknowledged {
        "{dealer} 的分发未获 {players} 确认",
        "the dealing of {dealer} was not acknowledged by {players}"
    }
    CeremonyOther { "{path} 中已是另一内容，不予覆盖。", "{path} holds something else and is not overwritten." }
    CeremonyOtherHint {
        "同样的输入总得同样的文件。先查明何处变了，再决定是否移走旧文件。",
        "The same inputs give the same file. Find out what changed before you move the old one away."
    }
    CeremonyOtherLogHint {
        "切勿移走旧日志再出一份：两份日志合起来公开的份额更多。要重来，各中心换新的 release.key，从第一步开始。",
        "Do not move it away to show another one: two logs together show more shares. To begin again, all centres take new release.key files and start at step 1."
    }
    CeremonyNoGroup { "未得出群公钥：{reason}", "no group: {reason}" }
    CeremonyIncomplete { "并非各中心都已完成：\n{faults}", "not all centres did their part:\n{faults}" }
    CeremonyOwnShare { "本中心的份额已核对，序号 {index}", "this centre's share was made and checked: index {index}" }
    CeremonyNoShare { "得不出本中心的份额：{reason}", "this centre's share cannot be made: {reason}" }
    CeremonyTable {
        "写入链规范（各中心相同），ceremony.json 放在链规范旁：\n\n[ceremony]\nfile = \"{file}\"\ndigest = \"{digest}\"\n",
        "For the chain specification of all centres, with ceremony.json beside it:\n\n[ceremony]\nfile = \"{file}\"\ndigest = \"{digest}\"\n"
    }
    CeremonyNoFile {
        "未给出文件，链规范中也没有 [ceremony]。",
        "no file was given, and the chain specification has no [ceremony]."
    }
    StepCeremonyDigest { "文件是链规范所指的文件", "the file is the one that the specification names" }
    StepCeremony { "记录中每项均由成员签署，并得出群公钥", "every part is signed by its member, and together they give the group" }
}
