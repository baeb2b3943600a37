//! Threshold releases.

messages! {
    RELEASING:
    ReleaseNoKey { "密钥仪式进行中，尚无群公钥", "no group key yet: the ceremony runs" }
    ReleaseReady { "{threshold}/{holders} 份可释放，{revealed} 份已公开，{waiting} 项等待", "{threshold} of {holders} shares release; {revealed} are revealed, {waiting} releases wait" }
    ReleaseResharing { "{threshold}/{holders} 份可释放，正在重新分享，{waiting} 项等待", "{threshold} of {holders} shares release; resharing runs, {waiting} releases wait" }
    GroupTitle { "门限群", "The group" }
    GroupKey { "群公钥", "key" }
    GroupThreshold { "释放所需份额", "shares that release" }
    GroupHolders { "份额持有者", "holders" }
    GroupRevealed { "已公开的份额", "revealed shares" }
    GroupSince { "生效高度", "since height" }
    NoneOfThem { "无", "none" }
    CeremonyTitle { "密钥仪式", "Ceremony" }
    CeremonyRound { "轮次", "round" }
    CeremonyPhase { "阶段", "phase" }
    CeremonyEnds { "阶段截止高度", "phase ends at height" }
    PhaseAnnounce { "公布加密公钥", "announcing keys" }
    PhaseDeal { "分发份额", "dealing" }
    PhaseAcknowledge { "确认份额", "acknowledging" }
    PhaseLog { "公布日志", "showing logs" }
    WaitingTitle { "等待释放", "Waiting" }
    ReleaseIdentity { "标识", "identity" }
    ReleaseSince { "请求高度", "asked at height" }
    ReleaseGiven { "已出份额", "given" }
    ReleaseMissing { "尚缺", "missing" }
    FaultsTitle { "过失记录", "Faults" }
    FaultCentre { "中心", "centre" }
    FaultWhat { "事由", "what" }
    StepRelease { "签名出自该群", "the group signed this identity" }
    StepSeed { "种子由签名得出", "the seed follows from the signature" }
}
