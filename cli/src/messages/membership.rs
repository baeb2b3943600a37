//! Centres that join, leave and change their keys.

messages! {
    MEMBERSHIP:
    CentresInForce { "现任中心", "Centres in force" }
    CentresCandidates { "候选（其节点尚未就绪）", "Candidates (their nodes have not yet said that they run)" }
    CentresFormer { "离任，但仍持有密钥份额", "Former, but still holding shares of the key" }
    CentreName { "中心", "centre" }
    CentreTitle { "名称", "title" }
    CentrePower { "权重", "power" }
    CentreSeen { "最近区块", "last block" }
    CentreHere { "参与", "took part" }
    CentreUnseen { "自高度 {height} 未见", "not seen since {height}" }
    ProposalsTitle { "提案", "Proposals" }
    ProposalNumber { "编号", "number" }
    ProposalChange { "事项", "change" }
    ProposalBy { "提案单位", "by" }
    ProposalApprovals { "赞成单位", "approved by" }
    ProposalStand { "状态", "stand" }
    ProposalUntil { "有效至", "until" }
    ProposalOpen { "待赞成", "open" }
    ProposalMade { "已生效", "made" }
    ProposalWithdrawn { "已撤回", "withdrawn" }
    ProposalExpired { "已过期", "expired" }
    ChangeAdmit { "接纳 {name}", "admit {name}" }
    ChangeRemove { "除名 {name}", "remove {name}" }
    ChangeRotate { "{name} 更换密钥", "new key of {name}" }
    ChangeMove { "{name} 变更地址", "new addresses of {name}" }
    PrepareNoSpec { "没有指定链规范：用 --chain-spec 文件 指定。", "no specification was named: name one with --chain-spec FILE." }
    PrepareMissing { "链规范中没有中心 {name}：请给出 {option}。", "the specification has no centre {name}: give {option}." }
    PrepareDone {
        "已生成节点目录。请把登记卡 {path} 交给任一现任中心提案（yilian validator admit 或 rotate），并启动节点：",
        "The node's folder is made. Hand the card {path} to a centre in force, which proposes it (yilian validator admit, or rotate), and start the node:"
    }
}
