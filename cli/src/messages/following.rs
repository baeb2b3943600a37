//! Following a log, and being its witness.

messages! {
    FOLLOWING:
    FollowFirst {
        "开始跟踪：{origin}，日志 {size} 条，高度 {height}",
        "following {origin}: {size} leaves at height {height}"
    }
    FollowGrown {
        "一致：日志增至 {size} 条（新增 {grown} 条），高度 {height}；此前记录未变",
        "consistent: the log grew by {grown} to {size} leaves at height {height}, and what was there is unchanged"
    }
    FollowUnchanged { "未变：日志 {size} 条，高度 {height}", "unchanged: {size} leaves at height {height}" }
    FollowRetry { "暂时取不到检查点，稍后重试：{reason}", "no checkpoint for now, trying again: {reason}" }
    FollowAlarm { "警报：{reason}", "ALARM: {reason}" }
    FollowAlarmKept {
        "两个检查点已存入 {path}，请报送监管部门。",
        "Both checkpoints are kept in {path}; hand it to the supervising authority."
    }
    FollowState {
        "跟踪状态文件 {path} 不可用：{reason}",
        "the state file {path} cannot be used: {reason}"
    }
    FollowStateHint {
        "请用首次跟踪时的信任文件；勿删除该文件：它是发现回退的凭据。",
        "Use the trust file with which following began. Do not delete the file: it is what a rollback is found by."
    }
    FollowNeedsSpec {
        "跟踪日志需要完整的链规范（TOML），此信任文件只有摘要",
        "following a log needs the whole chain specification (TOML); this trust file has digests alone"
    }
    ReceiptOneWord {
        "该凭据只有一个验证者的签名；要以多数签名为据，请导出证据文件。",
        "This receipt is one validator's word; for that of a quorum, export an evidence bundle."
    }
    WitnessName {
        "见证人名称 {name} 无效：不得为空，不得含空格或加号",
        "the witness's name {name} is not valid: expected no spaces, no plus sign, and not empty"
    }
    WitnessListening { "见证人 {name} 监听 {address}", "witness {name} listens on {address}" }
    WitnessKey { "公钥（写入节点配置与信任文件）", "Key, for node files and trust files" }
    WitnessPublicKey { "公钥（信任文件）", "Key, for trust files" }
    WitnessLogs { "见证的日志", "Logs" }
    WitnessListen { "无法监听 {address}：{reason}", "cannot listen on {address}: {reason}" }
    WitnessServer { "服务中断：{reason}", "the server ended: {reason}" }
    WitnessStopped { "见证人已停止", "the witness stopped" }
    WitnessTwice { "日志 {origin} 给了两次", "log {origin} is given twice" }
}
