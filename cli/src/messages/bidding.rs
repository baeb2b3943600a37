//! Sealed bid files.

messages! {
    BIDDING:
    ExpertSealingKey { "密封公钥", "sealing key" }
    ExpertEntry { "名单项", "entry" }
    ExpertSealed { "密封通知摘要", "digest of the notice" }
    ExpertNumber { "专家编号", "expert" }
    ExpertContact { "联系方式", "contact" }
    ExpertForged {
        "通知不能打开，或不是抽中的这一名单项：收件人、抽取编号或名单项不符，或已被改动。",
        "the notice does not open, or is not of the entry that was drawn: it is another reader's, another draw's, or was changed"
    }
    AdmissionCount { "密钥数 {got}：应为 1 至 {most}", "{got} keys: expected 1 to {most}" }
    AdmissionBatch { "批次", "batch" }
    Sealing { "加密", "sealing" }
    Opening { "解密", "opening" }
    BidSealedDigest { "加密文件摘要", "digest of the sealed file" }
    BidContentDigest { "内容摘要", "digest of the content" }
    BidFileKept {
        "已写入 {path}；内层密钥在 {inner}，请妥善保管，解密时限内要用。",
        "written: {path}; the inner key is in {inner}. Keep it: it is needed in the window for decryption."
    }
    BidFileIo { "读写 {path} 时出错：{reason}", "reading or writing {path}: {reason}" }
    BidFileForm { "{path} 不是加密的投标文件：{reason}", "{path} is no sealed bid file: {reason}" }
    BidOuterKey { "开标的门限签名不能开启外层：属于其他标段或其他群。", "the release does not open the outer layer: it is another section's, or another group's" }
    BidInnerKey { "内层密钥不是加密时所用的密钥（登记为 wrong-key）。", "the inner key is not the one that the file was sealed with (to be recorded as wrong-key)" }
    BidFileDamaged { "{path} 已被改动或不完整：{reason}", "{path} was changed or cut: {reason}" }
    BidNotOpenYet { "本标段的开标释放尚未完成。", "the release of this section's opening has not come yet" }
    BidNoKeyGiven { "解密时限内没有收到这份投标的密钥（登记为 no-key）。", "no key of this bid was given in the window (to be recorded as no-key)" }
    BidLayersOpen { "内外两层均已开启", "both layers are open" }
    BidSameFile { "文件与密封时一致", "the file is the one that was sealed" }
}
