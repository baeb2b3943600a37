//! One command for operators, auditors, authors and bidders.
//!
//! The standard output carries the answer, the standard error everything else. How the program ends is told by its exit
//! code ([`exit::Exit`]); `--help` lists them.

mod answer;
mod call;
mod commands;
mod context;
mod exit;
mod failure;
mod hashing;
mod help;
mod keyfile;
mod lang;
mod messages;
mod money;
mod record;
mod schema;
mod seen;
mod show;
mod tx_view;
mod verification;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use crate::answer::Answer;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::messages::M;

/// 一链：公共资源交易联盟链的命令行 | Yilian: the command line of a chain for public-resource trading
#[derive(Debug, Parser)]
#[command(name = "yilian", version)]
struct Cli {
    /// 语言：zh 或 en，也可用环境变量 YILIAN_LANG | Language: zh or en, or by YILIAN_LANG
    #[arg(long, global = true, env = "YILIAN_LANG", value_name = "zh|en")]
    lang: Option<Lang>,
    /// 以 JSON 输出 | Answer in JSON
    #[arg(long, global = true)]
    json: bool,
    /// 不在标准错误上说话 | Say nothing on the standard error
    #[arg(long, short, global = true)]
    quiet: bool,
    /// 节点地址（默认 http://127.0.0.1:27200，或 YILIAN_NODE） | Address of the node (or YILIAN_NODE)
    #[arg(long, global = true, env = "YILIAN_NODE", value_name = "URL")]
    node: Option<String>,
    /// 本程序的目录：密钥与设置（默认 ~/.yilian，或 YILIAN_HOME） | Folder of keys and settings (~/.yilian, or YILIAN_HOME)
    #[arg(long, global = true, env = "YILIAN_HOME", value_name = "DIR")]
    home: Option<PathBuf>,
    /// 签名密钥：文件或名称（或 YILIAN_KEY） | Key to sign with: file or name (or YILIAN_KEY)
    #[arg(long, global = true, env = "YILIAN_KEY", value_name = "KEY")]
    key: Option<String>,
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    if std::env::var_os(commands::WRAPPER_MARK).is_some() {
        let arguments: Vec<_> = std::env::args_os().skip(1).collect();
        return commands::wrapper(&arguments);
    }
    let args: Vec<String> = std::env::args_os()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let env = std::env::var("YILIAN_LANG").ok();
    let lang = Lang::detect(args.iter().skip(1).map(String::as_str), env.as_deref());
    let json = args.iter().any(|arg| arg == "--json");
    let exit = match run(lang) {
        Ok(Some(answer)) => say(&answer, json),
        Ok(None) => Exit::Ok,
        Err(failure) => complain(&failure, lang, json),
    };
    ExitCode::from(exit.code())
}

/// Parses and runs. None: help or version was shown.
fn run(lang: Lang) -> Result<Option<Answer>, Failure> {
    let matches = match help::localise(Cli::command(), lang).try_get_matches() {
        Ok(matches) => matches,
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            return Ok(None);
        }
        Err(error) => return Err(usage(&error, lang)),
    };
    let cli = Cli::from_arg_matches(&matches).map_err(|error| usage(&error, lang))?;
    let context = Context::new(lang, (cli.json, cli.quiet), cli.home, cli.node, cli.key)?;
    cli.command.run(&context).map(Some)
}

fn usage(error: &clap::Error, lang: Lang) -> Failure {
    let text = help::explain(error, lang);
    Failure::new(Exit::Usage, text).hint(lang.text(M::UsageHint, &[]))
}

/// A reader that closes the pipe early is no failure of ours.
fn say(answer: &Answer, json: bool) -> Exit {
    let text = if json {
        answer.to_json()
    } else {
        answer.to_text()
    };
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Exit::Failure,
        Ok(()) | Err(_) => answer.exit,
    }
}

fn complain(failure: &Failure, lang: Lang, json: bool) -> Exit {
    let text = if json {
        failure.to_json()
    } else {
        failure.to_text(lang)
    };
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
    failure.exit
}
