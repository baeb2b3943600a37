//! A ceremony by files as four centres hold it: a folder each, and files that are carried from one to the others.

mod running;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use running::{code, folder, text, yilian};

const CENTRES: [&str; 4] = ["lanzhou", "baiyin", "zhangye", "qingyang"];

/// Four centres and their folders.
struct Centres {
    home: PathBuf,
}

impl Centres {
    /// Each test has ports of its own: `init` looks whether they are free.
    fn new(name: &str, port: &str) -> Self {
        let home = folder(name);
        let network = home.join("net");
        let made = yilian(
            &home,
            &["init", "--dir", &shown(&network), "--base-port", port],
        );
        assert_eq!(code(&made), 0, "{}", text(&made.stderr));
        for centre in CENTRES {
            fs::create_dir(home.join(centre)).expect("a folder");
        }
        Centres { home }
    }

    fn spec(&self) -> PathBuf {
        self.home.join("net/chain.toml")
    }

    fn file(&self, centre: &str, name: &str) -> PathBuf {
        self.home.join(centre).join(name)
    }

    /// Runs a step as a centre.
    fn step(&self, centre: &str, step: &str, more: &[&str]) -> Output {
        let node = self.home.join("net/nodes").join(centre);
        let (spec, dir) = (shown(&self.spec()), shown(&self.home.join(centre)));
        let (key, secret) = (
            shown(&node.join("validator.key")),
            shown(&node.join("release.key")),
        );
        let place = [
            "--spec", &spec, "--dir", &dir, "--secret", &secret, "--key", &key,
        ];
        let start = ["--json", "release", "ceremony", step];
        yilian(&self.home, &[&start[..], &place, more].concat())
    }

    /// Runs a step as some centres, which must succeed, and carries their files to everybody.
    fn all(&self, centres: &[&str], step: &str, more: &[&str]) -> Vec<Value> {
        let run = |centre: &&str| {
            let output = self.step(centre, step, more);
            assert_eq!(code(&output), 0, "{centre}: {}", text(&output.stderr));
            serde_json::from_slice(&output.stdout).expect("JSON")
        };
        let answers = centres.iter().map(run).collect();
        for from in centres {
            let name = format!("{step}-{from}.json");
            for to in CENTRES.iter().filter(|to| to != &from && step != "finish") {
                fs::copy(self.file(from, &name), self.file(to, &name)).expect("carried");
            }
        }
        answers
    }

    /// A step must end so, and say this.
    fn refused(&self, centre: &str, (step, more): (&str, &[&str]), exit: i32, said: &[&str]) {
        let output = self.step(centre, step, more);
        let complaint = text(&output.stderr);
        assert_eq!(code(&output), exit, "{step}: {complaint}");
        for part in said {
            assert!(complaint.contains(part), "{step}: {part}: {complaint}");
        }
    }

    /// A step of baiyin refuses a file of zhangye in which a bit is another.
    fn finds_a_flipped_bit(&self, kind: &str, step: &str) {
        let path = self.file("baiyin", &format!("{kind}-zhangye.json"));
        let good = fs::read(&path).expect("there");
        for place in [20, good.len() / 2, good.len() - 20] {
            let mut changed = good.clone();
            changed[place] ^= 1;
            fs::write(&path, changed).expect("written");
            self.refused("baiyin", (step, &[]), 4, &[&shown(&path), "zhangye"]);
        }
        fs::write(&path, good).expect("written");
    }
}

fn shown(path: &Path) -> String {
    path.to_str().expect("text").to_owned()
}

#[test]
fn four_centres_make_their_key_and_anybody_checks_it() {
    let centres = Centres::new("ceremony", "22000");
    let spec = shown(&centres.spec());
    let info = ["--json", "release", "ceremony", "info", "--spec", &spec];
    let info = yilian(&centres.home, &info);
    let info: Value = serde_json::from_slice(&info.stdout).expect("JSON");
    let announced = centres.all(&CENTRES, "announce", &[]);
    for answer in &announced {
        assert_eq!(answer["data"]["setting"], info["data"]["setting"]);
        assert_eq!(answer["data"]["secret_made"], true);
    }
    centres.finds_a_flipped_bit("announce", "deal");
    centres.all(&CENTRES, "deal", &[]);
    centres.finds_a_flipped_bit("deal", "ack");
    centres.all(&CENTRES, "ack", &[]);
    centres.finds_a_flipped_bit("ack", "log");
    centres.all(&CENTRES, "log", &[]);
    centres.finds_a_flipped_bit("log", "finish");
    let out = shown(&centres.home.join("chain.toml"));
    let finished = centres.all(&CENTRES, "finish", &["--spec-out", &out]);
    let first = &finished[0]["data"];
    assert_eq!(first["complete"], true);
    let own: Vec<_> = finished
        .iter()
        .map(|one| one["data"]["own_share"].as_u64())
        .collect();
    assert_eq!(own.iter().flatten().count(), 4);
    for other in &finished[1..] {
        for same in ["digest", "group_key", "group_key_id", "spec_digest"] {
            assert_eq!(other["data"][same], first[same], "{same}");
        }
    }
    done_again_nothing_changes(&centres);
    anybody_checks_it(&centres, first);
}

fn done_again_nothing_changes(centres: &Centres) {
    let read = || {
        let mut files = Vec::new();
        for kind in ["announce", "deal", "ack", "log"] {
            for from in CENTRES {
                files.push(fs::read(centres.file(from, &format!("{kind}-{from}.json"))));
            }
        }
        files.extend(CENTRES.map(|centre| fs::read(centres.file(centre, "ceremony.json"))));
        files
            .into_iter()
            .map(|file| file.expect("there"))
            .collect::<Vec<_>>()
    };
    let before = read();
    for step in ["announce", "deal", "ack", "log", "finish"] {
        // From nothing too, as on a machine that was set up anew with the secret of the backup.
        if step != "finish" {
            fs::remove_file(centres.file("lanzhou", &format!("{step}-lanzhou.json")))
                .expect("there");
        }
        centres.all(&CENTRES, step, &[]);
    }
    assert_eq!(read(), before);
}

fn anybody_checks_it(centres: &Centres, finished: &Value) {
    let named = centres.home.join("chain.toml");
    let transcript = centres.home.join("ceremony.json");
    fs::copy(centres.file("baiyin", "ceremony.json"), &transcript).expect("copied");
    let spec = shown(&named);
    let verify = |file: &[&str]| {
        let start = ["--json", "release", "ceremony", "verify", "--spec", &spec];
        let output = yilian(&centres.home, &[&start[..], file].concat());
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (code(&output), answer)
    };
    let (exit, answer) = verify(&[]);
    assert_eq!(exit, 0, "{answer}");
    for same in ["digest", "group_key", "holders", "threshold"] {
        assert_eq!(answer["data"][same], finished[same], "{same}");
    }
    let good = fs::read(&transcript).expect("there");
    for place in [30, good.len() / 2, good.len() - 30] {
        let mut changed = good.clone();
        changed[place] ^= 1;
        fs::write(&transcript, changed).expect("written");
        assert_eq!(verify(&[]).0, 4, "byte {place}");
    }
    // Also where no specification names it: every part is signed.
    let mut changed = good.clone();
    changed[good.len() / 2] ^= 1;
    fs::write(&transcript, changed).expect("written");
    let draft = shown(&centres.spec());
    let file = shown(&transcript);
    let alone = ["release", "ceremony", "verify", "--spec", &draft, &file];
    assert_eq!(code(&yilian(&centres.home, &alone)), 4);
    fs::write(&transcript, good).expect("written");
    assert_eq!(code(&yilian(&centres.home, &alone)), 0);
}

#[test]
fn an_absent_centre_is_named_and_left_out_only_when_told_so() {
    let centres = Centres::new("absent", "22010");
    let here = &CENTRES[..3];
    let go_on: &[&str] = &["--allow-absent"];
    centres.all(here, "announce", &[]);
    centres.refused("lanzhou", ("deal", &[]), 5, &["qingyang"]);
    let dealt = centres.all(here, "deal", go_on);
    assert_eq!(dealt[0]["data"]["absent"], serde_json::json!(["qingyang"]));
    centres.refused("lanzhou", ("ack", &[]), 5, &["qingyang"]);
    centres.all(here, "ack", go_on);
    centres.refused("lanzhou", ("log", &[]), 5, &["qingyang"]);
    let logs = centres.all(here, "log", go_on);
    assert_eq!(logs[1]["data"]["revealed"], serde_json::json!(["qingyang"]));
    centres.refused("lanzhou", ("finish", &[]), 5, &["qingyang"]);
    let finished = centres.all(here, "finish", go_on);
    let data = &finished[2]["data"];
    assert_eq!(data["revealed"], serde_json::json!(["qingyang"]));
    assert_eq!(data["faults"][0]["centre"], "qingyang");
    assert_eq!(data["holders"].as_array().map(Vec::len), Some(4));
    // Two are too few, whatever is allowed.
    fs::remove_file(centres.file("lanzhou", "log-baiyin.json")).expect("there");
    centres.refused(
        "lanzhou",
        ("finish", go_on),
        5,
        &["2 usable logs", "baiyin"],
    );
}

#[test]
fn a_log_is_not_shown_twice() {
    let centres = Centres::new("twice", "22020");
    centres.all(&CENTRES, "announce", &[]);
    centres.all(&CENTRES, "deal", &[]);
    centres.all(&CENTRES[..3], "ack", &[]);
    let go_on: &[&str] = &["--allow-absent"];
    centres.all(&["lanzhou"], "log", go_on);
    // The late one's acknowledgement would make another log, in which no share stands.
    centres.all(&["qingyang"], "ack", &[]);
    centres.refused(
        "lanzhou",
        ("log", go_on),
        1,
        &["log-lanzhou.json", "new release.key"],
    );
}

#[test]
fn what_belongs_elsewhere_is_named_by_file_and_centre() {
    let centres = Centres::new("elsewhere", "22030");
    centres.all(&CENTRES, "announce", &[]);
    let path = |name: &str| shown(&centres.file("lanzhou", name));
    let copied = centres.file("lanzhou", "announce-copy.json");
    fs::copy(centres.file("lanzhou", "announce-baiyin.json"), &copied).expect("copied");
    let twice = [path("announce-copy.json"), path("announce-baiyin.json")];
    centres.refused(
        "lanzhou",
        ("deal", &[]),
        4,
        &[&twice[0], &twice[1], "of baiyin"],
    );
    fs::remove_file(&copied).expect("there");
    // Another phase's file under this one's name.
    centres.all(&CENTRES, "deal", &[]);
    let misnamed = centres.file("lanzhou", "announce-baiyin.json");
    fs::copy(centres.file("lanzhou", "deal-baiyin.json"), &misnamed).expect("copied");
    centres.refused(
        "lanzhou",
        ("deal", &[]),
        4,
        &["announce-baiyin.json", "baiyin"],
    );
    // A chain of another name has another setting.
    let spec = fs::read_to_string(centres.spec()).expect("there");
    let renamed = spec.replacen("yilian-local", "yilian-other", 1);
    fs::write(centres.spec(), renamed).expect("written");
    centres.refused(
        "zhangye",
        ("deal", &[]),
        4,
        &["yilian-local", "yilian-other", "announce-baiyin.json"],
    );
    // And a stranger has no part.
    fs::write(centres.spec(), spec).expect("written");
    assert_eq!(
        code(&yilian(&centres.home, &["keys", "new", "stranger"])),
        0
    );
    let (draft, dir) = (shown(&centres.spec()), shown(&centres.home.join("lanzhou")));
    let secret = path("stranger-release.key");
    let start = ["--key", "stranger", "release", "ceremony", "announce"];
    let place = ["--spec", &draft, "--dir", &dir, "--secret", &secret];
    let output = yilian(&centres.home, &[&start[..], &place].concat());
    assert_eq!(code(&output), 8, "{}", text(&output.stderr));
    assert!(!Path::new(&secret).exists(), "a stranger needs no secret");
}
