//! Acknowledgements of submissions.

messages! {
    ACKNOWLEDGING:
    AckChains { "各中心的回执链没有分叉", "no validator forked its chain of acknowledgements" }
    AckSigned { "回执出自各验证节点，针对递交 {submission}", "signed by validators, about the submission {submission}" }
    AckReceived { "接收时间由第 {needed} 个最早回执确定（有效 {got} 份）", "received when the {needed}. earliest of {got} says" }
    AckInTime { "早于截止时间", "before the deadline" }
    AckNoKeys { "信任根没有列出验证节点公钥，无法核验回执", "the trust names no validators' keys, so acknowledgements cannot be checked" }
    AckCollected { "已取得 {got} 份回执（需 {needed} 份），保存在 {path}", "{got} acknowledgements of the {needed} needed, kept in {path}" }
    AckTooFew { "回执不足：{got}/{needed}。{reasons}", "too few acknowledgements: {got} of {needed}. {reasons}" }
    AckTooFewHint { "请尽快用 yilian ack collect 向其他验证节点补取；已得回执仍然有效。", "Ask other validators soon with yilian ack collect; what was collected stays good." }
    AckEvidence { "证据有效", "the evidence holds" }
    AckAbsent { "证据证明：截至此时，链上没有这一密封承诺", "the evidence proves that the chain did not hold this commitment by then" }
    AckBroken { "失信：{names} 签收了这份递交，而链上从未收录。", "Misbehaviour: {names} signed that they held this submission, and the chain never took it." }
}
