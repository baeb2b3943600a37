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
        .arg(flag("version", 'V', ArgAction::Version, "显示版本 | Show the version"))
        .after_help(exit_codes(lang));
    translate(command, lang)
}

fn flag(name: &'static str, short: char, action: ArgAction, help: &'static str) -> Arg {
    Arg::new(name).short(short).long(name).action(action).help(help)
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

/// What is wrong with a command line, in a sentence. The parser's own words are English and stand below it.
pub(crate) fn explain(error: &clap::Error, lang: Lang) -> String {
    let context = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let arg = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let (zh, en) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let name = context(ContextKind::InvalidSubcommand);
            (format!("没有命令 {name}"), format!("no such command: {name}"))
        }
        ErrorKind::UnknownArgument => (format!("没有参数 {arg}"), format!("no such argument: {arg}")),
        ErrorKind::MissingRequiredArgument => {
            (format!("缺少参数：{arg}"), format!("missing: {arg}"))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ("缺少子命令".to_owned(), "a subcommand is missing".to_owned())
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => (
            format!("参数 {arg} 的值 {value} 无效"),
            format!("{value} is no value for {arg}"),
        ),
        ErrorKind::ArgumentConflict => {
            let other = context(ContextKind::PriorArg);
            (format!("{arg} 与 {other} 不能同用"), format!("{arg} does not go with {other}"))
        }
        _ => ("命令行有误".to_owned(), "the command line is wrong".to_owned()),
    };
    lang.pick(&zh, &en).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cli;
    use clap::CommandFactory as _;

    fn walk(command: &Command, path: &str, check: &mut impl FnMut(&str, &str)) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
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
            let (zh, en) = help.split_once(" | ").unwrap_or_else(|| panic!("{path}: {help:?}"));
            assert!(chinese(zh) && !chinese(en) && !en.contains(" | "), "{path}: {help:?}");
        });
    }

    #[test]
    fn the_help_is_in_one_language() {
        let help = |lang| localise(Cli::command(), lang).render_long_help().to_string();
        assert!(help(Lang::Zh).contains("用法：") && help(Lang::Zh).contains("退出码："));
        assert!(help(Lang::En).contains("Usage:") && !help(Lang::En).contains('用'));
    }

    #[test]
    fn the_definition_is_sound() {
        localise(Cli::command(), Lang::Zh).debug_assert();
    }
}
