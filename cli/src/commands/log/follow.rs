//! `yilian log follow`

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use yilian_client::Client;
use yilian_verify::Trust;
use yilian_witness::{Follower, Next, Progress, Refused};

use crate::answer::{Answer, Block};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::{seen, verification};

/// Arguments of `log follow`.
#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    /// 状态文件：已见过的检查点 | State file: the checkpoint that was seen
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// 信任根：链规范 | Trust: the chain's specification
    #[arg(long, value_name = "chain.toml")]
    trust: Option<PathBuf>,
    /// 只核对一次（供定时任务） | Check once, for scheduled tasks
    #[arg(long)]
    once: bool,
    /// 间隔秒数 | Seconds between checks
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,
}

/// What one check found.
enum Check {
    Fine(Next),
    Alarm { shown: String, reason: Refused },
}

impl FollowArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let trust = verification::trust(context, self.trust.as_deref())?;
        let mut follower = seen::follower(context, &trust, &self.state)?;
        let client = context.client();
        loop {
            match check(context, &client, &trust, &mut follower) {
                Ok(Check::Fine(next)) => {
                    seen::keep(context, &self.state, next.seen())?;
                    let progress = next.progress();
                    follower.take(next);
                    let answer = told(context, &follower, progress);
                    if self.once {
                        return Ok(answer);
                    }
                    say(context, &answer)?;
                }
                Ok(Check::Alarm { shown, reason }) => {
                    return self.alarm(context, &follower, &shown, &reason);
                }
                // A node that is away for a while is no reason to stop watching it.
                Err(failure) if !self.once && failure.exit == Exit::Network => {
                    let reason = failure.message;
                    context.note(&context.text(M::FollowRetry, &[("reason", &reason)]));
                }
                Err(failure) => return Err(failure),
            }
            std::thread::sleep(Duration::from_secs(self.interval));
        }
    }

    fn alarm(
        &self,
        context: &Context,
        follower: &Follower,
        shown: &str,
        reason: &Refused,
    ) -> Outcome<Answer> {
        let path = seen::keep_alarm(context, &self.state, follower.seen(), shown, reason)?;
        let kept = path.display();
        let data = json!({"event": "alarm", "reason": reason.to_string(), "kept": path,
            "seen": follower.seen(), "shown": shown});
        Ok(Answer::new("log-follow", data)
            .text(context.text(M::FollowAlarm, &[("reason", reason)]))
            .text(context.text(M::FollowAlarmKept, &[("path", &kept)]))
            .exit(Exit::Forged))
    }
}

/// Asks for the last checkpoint and for the proof that it extends what was seen.
fn check(
    context: &Context,
    client: &Client,
    trust: &Trust,
    follower: &mut Follower,
) -> Outcome<Check> {
    let failed = |error| context.node_failure(error);
    let shown = client.checkpoint().map_err(failed)?;
    let forged = |reason: Refused| Failure::new(Exit::Forged, reason.to_string());
    let certified = seen::read(client, trust, follower, &shown).map_err(forged)?;
    let (old, new) = (follower.size(), certified.log_size());
    let hashes = match old {
        old if old > 0 && new > old => client.consistency(old, new).map_err(failed)?.hashes,
        _ => Vec::new(),
    };
    match follower.compare(certified, old, &hashes) {
        Ok(next) => Ok(Check::Fine(next)),
        Err(reason) if reason.is_alarm() => Ok(Check::Alarm { shown, reason }),
        Err(reason) => Err(forged(reason)),
    }
}

fn told(context: &Context, follower: &Follower, progress: Progress) -> Answer {
    let seen = follower.seen();
    let (size, height) = seen.map_or((0, 0), |seen| (seen.log_size, seen.height));
    let origin = follower.origin();
    let (event, grown, text) = match progress {
        Progress::First => {
            let values: [(&str, &dyn core::fmt::Display); 3] =
                [("origin", &origin), ("size", &size), ("height", &height)];
            ("first", size, context.text(M::FollowFirst, &values))
        }
        Progress::Unchanged => {
            let values: [(&str, &dyn core::fmt::Display); 2] =
                [("size", &size), ("height", &height)];
            ("unchanged", 0, context.text(M::FollowUnchanged, &values))
        }
        Progress::Grown(grown) => {
            let values: [(&str, &dyn core::fmt::Display); 3] =
                [("size", &size), ("grown", &grown), ("height", &height)];
            ("grown", grown, context.text(M::FollowGrown, &values))
        }
    };
    let data: Value = json!({"event": event, "origin": origin, "log_size": size, "height": height,
        "grown": grown, "log_root": seen.map(|seen| seen.log_root)});
    Answer::new("log-follow", data).with(Block::Text(text))
}

/// One line for each check, so that another program can read along.
fn say(context: &Context, answer: &Answer) -> Outcome<()> {
    let text = match context.json {
        true => format!("{}\n", answer.data),
        false => answer.to_text(),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::new(Exit::Failure, error.to_string()))
}
