//! One section of a tender, driven as the parties would.

use serde_json::{Value, json};
use yilian_client::TransactionStatus;
use yilian_crypto::Digest;

use super::calls::now_ms;
use super::{Network, sent_ok, wait_for};

/// Twelve bidders: codes of the right form that belong to nobody.
pub const BIDDERS: [&str; 12] = [
    "91620100MA9100001R",
    "91620100MA9100002W",
    "91620100MA91000030",
    "91620100MA91000043",
    "91620100MA91000056",
    "91620100MA91000069",
    "91620100MA9100007C",
    "91620100MA9100008F",
    "91620100MA9100009J",
    "91620100MA9100010P",
    "91620100MA9100011T",
    "91620100MA9100012X",
];
const TENDER: &str = "A01-12620000224333830C-20230101-000123-G";
const TENDERER: &str = "12620000MB90000019";
const AGENCY: &str = "91620100MA9000007R";

/// A sealed bid.
#[derive(Clone, Debug)]
pub struct Bid {
    pub bidder: String,
    pub digest: Digest,
    pub salt: [u8; 32],
}

/// The bytes of a bidder's file.
pub fn file_of(bidder: &str) -> Vec<u8> {
    format!("投标文件 of {bidder}\n").repeat(100).into_bytes()
}

/// Bids of the first so many bidders.
pub fn bids(count: usize) -> Vec<Bid> {
    let bid = |bidder: &&str| Bid {
        bidder: (*bidder).to_owned(),
        digest: Digest::sha256(&file_of(bidder)),
        salt: *Digest::sha256(format!("salt of {bidder}").as_bytes()).as_bytes(),
    };
    BIDDERS[..count].iter().map(bid).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Bid {
    /// As rule bid-consistency defines it: tag, zero, then each part behind its length.
    pub fn commitment(&self) -> Digest {
        let mut bytes = b"YILIAN/bid-commitment/v1\0".to_vec();
        let parts: [&[u8]; 4] = [
            TENDER.as_bytes(),
            self.bidder.as_bytes(),
            self.digest.as_bytes(),
            &self.salt,
        ];
        for part in parts {
            bytes.extend_from_slice(&u32::try_from(part.len()).expect("short").to_be_bytes());
            bytes.extend_from_slice(part);
        }
        Digest::sha256(&bytes)
    }

    pub fn revealed(&self) -> Value {
        json!({"bidder": self.bidder, "digest": self.digest, "salt": hex(&self.salt),
               "decryption": "opened"})
    }
}

/// A profile without the periods of law.
fn exercise() -> Value {
    let none = json!({"days": 0, "unit": "day", "law": "演练"});
    json!({
        "title": {"zh": "演练", "en": "Exercise"}, "exercise": true, "effective_from_ms": 0,
        "periods": {"offer": none, "notice": none, "prequalification": none, "amendment": none,
                    "publicity": none},
        "roll_over": false, "counting": "duration", "boundary": "before", "acknowledgers": [],
        "fault_bound": 0, "grace_ms": 0, "contribution_wait_ms": 7_200_000, "bidders_min": 3,
        "committee_min": 5, "void_approvers": [],
    })
}

/// A section of an exercise: the periods of law are shortened, and every record says so.
pub struct Section<'n> {
    network: &'n Network,
    pub deadline_ms: u64,
}

impl<'n> Section<'n> {
    /// The section as it stands on a network already.
    pub fn of(network: &'n Network) -> Self {
        Section {
            network,
            deadline_ms: 0,
        }
    }

    /// Registers and publishes a section whose deadline is some seconds away.
    pub fn published(network: &'n Network, seconds: u64) -> Self {
        Self::published_with(network, seconds, json!({}))
    }

    /// As [`Section::published`], with some parameters of the profile changed.
    pub fn published_with(network: &'n Network, seconds: u64, changes: Value) -> Self {
        let mut section = Section {
            network,
            deadline_ms: 0,
        };
        let mut profile = exercise();
        for (name, value) in changes.as_object().expect("an object") {
            profile[name] = value.clone();
        }
        section.ok(
            "governance",
            "set_profile",
            json!({"name": "exercise", "profile": profile}),
        );
        section.ok(
            "agency",
            "register",
            json!({"tender": TENDER, "title": {"zh": "道路工程一标段", "en": "Road works, section 1"},
                   "tenderer": TENDERER, "agency": AGENCY}),
        );
        let document = |name: &str| Digest::sha256(name.as_bytes());
        section.deadline_ms = now_ms() + seconds * 1_000;
        section.ok(
            "agency",
            "publish",
            json!({"tender": TENDER, "profile": "exercise", "notice": document("notice"),
                   "documents": document("documents"), "criteria": document("criteria"),
                   "deadline_ms": section.deadline_ms}),
        );
        section
    }

    /// Calls a method of the ledger as an organisation.
    pub fn call(&self, who: &str, method: &str, args: Value) -> TransactionStatus {
        self.network.sender(0, who).call("tender", method, args)
    }

    /// Calls a method that must succeed.
    pub fn ok(&self, who: &str, method: &str, args: Value) -> Value {
        sent_ok(&self.call(who, method, args)).clone()
    }

    pub fn id(&self) -> &'static str {
        TENDER
    }

    /// Hands a bid in; with `named`, the section is named for a ruling on lateness.
    pub fn commit(&self, bid: &Bid, named: bool) -> TransactionStatus {
        let mut args = json!({"commitment": bid.commitment()});
        if named {
            args["tender"] = json!(TENDER);
        }
        self.call("trading-system", "commit", args)
    }

    pub fn wait_for_deadline(&self) {
        wait_for("the deadline", || {
            (now_ms() > self.deadline_ms).then_some(())
        });
    }

    /// Waits until the chain has closed the section, and lists the bids that are held.
    pub fn close(&self, bids: &[Bid]) -> Value {
        wait_for("the close", || {
            let view = self.view("get", json!({"tender": TENDER}));
            (view["record"]["status"] == "closed").then_some(())
        });
        let commitments: Vec<_> = bids.iter().map(Bid::commitment).collect();
        self.ok(
            "trading-system",
            "hold",
            json!({"tender": TENDER, "held": bids.len(), "commitments": commitments}),
        )
    }

    pub fn reveal(&self, bids: &[Bid]) -> Value {
        let bids: Vec<_> = bids.iter().map(Bid::revealed).collect();
        self.ok(
            "trading-system",
            "reveal",
            json!({"tender": TENDER, "bids": bids}),
        )
    }

    pub fn open(&self) -> Value {
        self.ok("centre-lanzhou", "open", json!({"tender": TENDER}))
    }

    /// Compares files with what was committed.
    pub fn check(&self, stage: &str, files: &[(String, Digest)]) -> Value {
        let entries: Vec<_> = files
            .iter()
            .map(|(bidder, digest)| json!({"bidder": bidder, "digest": digest}))
            .collect();
        self.ok(
            "centre-lanzhou",
            "check_consistency",
            json!({"tender": TENDER, "stage": stage, "entries": entries}),
        )
    }

    /// A view of the ledger.
    pub fn view(&self, method: &str, args: Value) -> Value {
        let asked = self.network.client(0).query("tender", method, &args);
        asked
            .unwrap_or_else(|error| panic!("{method}: {error}"))
            .result
    }
}
