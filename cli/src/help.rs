//! The command line's help in one language.
//!
//! Arguments carry their help as "中文 | English"; this module keeps the one that is asked for.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, Command};

use crate::exit::Exit;
use crate::lang::Lang;
use crate::messages::M;

const TEMPLATE_ZH: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";
const TEMPLATE_EN: &str = "{about-with-newline}\nUsage: {usage}\n\n{all-args}{after-help}";

/// The command in a language, with its exit codes.
pub(crate) fn localise(command: Command, lang: Lang) -> Command {
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .arg(flag("help", 'h', ArgAction::Help, "显示帮助 | Show this help").global(true))
        .arg(flag(
            "version",
            'V',
            ArgAction::Version,
            "显示版本 | Show the version",
        ))
        .after_help(exit_codes(lang));
    translate(command, lang)
}

fn flag(name: &'static str, short: char, action: ArgAction, help: &'static str) -> Arg {
    Arg::new(name)
        .short(short)
        .long(name)
        .action(action)
        .help(help)
}

fn exit_codes(lang: Lang) -> String {
    let mut text = lang.text(M::ExitCodes, &[]);
    for exit in Exit::ALL {
        let (zh, en) = exit.meaning();
        text.push_str(&format!("\n  {}  {}", exit.code(), lang.pick(zh, en)));
    }
    text
}

fn translate(command: Command, lang: Lang) -> Command {
    let about = command.get_about().map(|text| one(text, lang));
    let command = command
        .help_template(lang.pick(TEMPLATE_ZH, TEMPLATE_EN))
        .subcommand_help_heading(lang.pick("命令", "Commands"))
        .subcommand_value_name(lang.pick("命令", "COMMAND"))
        .mut_args(|arg| translate_arg(arg, lang))
        .mut_subcommands(|sub| translate(sub, lang));
    match about {
        Some(about) => command.about(about),
        None => command,
    }
}

fn translate_arg(arg: Arg, lang: Lang) -> Arg {
    let heading = if arg.is_positional() {
        lang.pick("参数", "Arguments")
    } else {
        lang.pick("选项", "Options")
    };
    let help = arg.get_help().map(|text| one(text, lang));
    let arg = arg.help_heading(heading).hide_env_values(true);
    match help {
        Some(help) => arg.help(help),
        None => arg,
    }
}

fn one(text: &StyledStr, lang: Lang) -> String {
    lang.split(&text.to_string()).to_owned()
}

/// What is wrong with a command line. The parser speaks English only, so Chinese is said here.
pub(crate) fn explain(error: &clap::Error, lang: Lang) -> String {
    if lang == Lang::En {
        let text = error.render().to_string();
        let text = text
            .split("\n\nFor more information")
            .next()
            .unwrap_or_default();
        return text.trim_start_matches("error: ").trim_end().to_owned();
    }
    let mut lines = vec![sentence(error)];
    for kind in [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg] {
        if let Some(suggestion) = error.get(kind) {
            lines.push(format!("是否想用：{suggestion}"));
        }
    }
    if let Some(usage) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        lines.push(format!("用法：{}", usage.trim_start_matches("Usage: ")));
    }
    lines.join("\n")
}

fn sentence(error: &clap::Error) -> String {
    let context = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let arg = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            format!("没有命令 {}", context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::UnknownArgument => format!("没有参数 {arg}"),
        ErrorKind::MissingRequiredArgument => format!("缺少参数：{arg}"),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "缺少子命令".to_owned()
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("参数 {arg} 没有给出值"),
        ErrorKind::InvalidValue => {
            format!(
                "参数 {arg} 的值 {value} 无效，可用：{}",
                context(ContextKind::ValidValue)
            )
        }
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error).map(ToString::to_string);
            format!("参数 {arg} 的值无效：{}", reason.unwrap_or(value))
        }
        ErrorKind::ArgumentConflict => {
            format!("{arg} 与 {} 不能同用", context(ContextKind::PriorArg))
        }
        _ => format!("命令行有误：{}", error.render()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cli;
    use clap::CommandFactory as _;

    fn walk(command: &Command, path: &str, check: &mut impl FnMut(&str, &str)) {
        let about = command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        check(path, &about);
        for arg in command.get_arguments() {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            check(&format!("{path} {}", arg.get_id()), &help);
        }
        for sub in command.get_subcommands() {
            walk(sub, &format!("{path} {}", sub.get_name()), check);
        }
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        walk(&Cli::command(), "yilian", &mut |path, help| {
            let (zh, en) = help
                .split_once(" | ")
                .unwrap_or_else(|| panic!("{path}: {help:?}"));
            assert!(
                chinese(zh) && !chinese(en) && !en.contains(" | "),
                "{path}: {help:?}"
            );
        });
    }

    #[test]
    fn the_help_is_in_one_language() {
        let help = |lang| {
            localise(Cli::command(), lang)
                .render_long_help()
                .to_string()
        };
        assert!(help(Lang::Zh).contains("用法：") && help(Lang::Zh).contains("退出码："));
        assert!(help(Lang::En).contains("Usage:") && !help(Lang::En).contains('用'));
    }

    #[test]
    fn a_wrong_command_line_is_explained_in_chinese() {
        let explain = |line: &str| {
            let command = localise(Cli::command(), Lang::Zh);
            let error = command
                .try_get_matches_from(line.split(' '))
                .expect_err(line);
            super::explain(&error, Lang::Zh)
        };
        assert!(explain("yilian statuz").contains("没有命令 statuz"));
        assert!(explain("yilian statuz").contains("是否想用：status"));
        assert!(explain("yilian tx show").contains("缺少参数"));
        assert!(explain("yilian tender fail A --ground x --reason y").contains("too-few-bidders"));
        let late = explain("yilian tender amend A --document x --reason y --deadline z");
        assert!(late.contains("2026-12-01T09:30"), "{late}");
    }

    #[test]
    fn the_definition_is_sound() {
        localise(Cli::command(), Lang::Zh).debug_assert();
    }
}
