//! Chinese or English.

use core::fmt;
use core::str::FromStr;

/// Language of help, messages and tables. JSON keys and logs are English always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lang {
    /// Chinese, unless something asks for English.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The one of two texts that is in this language.
    pub(crate) const fn pick<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// As [`Lang::pick`], with the other text where this one is empty: contracts may bring one language only.
    pub(crate) fn pick_filled<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Lang::Zh if !zh.is_empty() => zh,
            Lang::En if en.is_empty() => zh,
            Lang::Zh | Lang::En => en,
        }
    }

    /// The language of "中文 | English".
    pub(crate) fn split(self, both: &str) -> &str {
        match both.split_once(" | ") {
            Some((zh, en)) => self.pick(zh, en),
            None => both,
        }
    }

    /// Chosen before the command line is parsed, because its help needs it: `--lang`, `YILIAN_LANG`, the locale.
    pub(crate) fn detect<'a>(args: impl Iterator<Item = &'a str>, env: Option<&str>) -> Self {
        from_args(args)
            .or_else(|| env.and_then(|text| text.parse().ok()))
            .or_else(|| sys_locale::get_locale().and_then(|locale| locale.parse().ok()))
            .unwrap_or_default()
    }
}

fn from_args<'a>(args: impl Iterator<Item = &'a str>) -> Option<Lang> {
    let mut args = args.take_while(|arg| *arg != "--");
    while let Some(arg) = args.next() {
        if arg == "--lang" {
            return args.next()?.parse().ok();
        }
        if let Some(value) = arg.strip_prefix("--lang=") {
            return value.parse().ok();
        }
    }
    None
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        match lower.split(['-', '_', '.']).next() {
            Some("zh") => Ok(Lang::Zh),
            Some("en") => Ok(Lang::En),
            _ => Err(format!("{text:?}: zh / en")),
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.pick("zh", "en"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_environment() {
        let detect = |args: &[&'static str], env| Lang::detect(args.iter().copied(), env);
        assert_eq!(detect(&["status", "--lang", "en"], Some("zh")), Lang::En);
        assert_eq!(
            detect(&["--lang=zh", "status"], Some("en_US.UTF-8")),
            Lang::Zh
        );
        assert_eq!(detect(&["status"], Some("en_US.UTF-8")), Lang::En);
        assert_eq!(detect(&["--", "--lang", "en"], Some("zh-CN")), Lang::Zh);
    }

    #[test]
    fn a_text_in_one_language_is_shown_in_both() {
        assert_eq!(Lang::En.pick_filled("开标", ""), "开标");
        assert_eq!(Lang::Zh.pick_filled("", "open"), "open");
        assert_eq!(Lang::En.split("开标 | open"), "open");
    }
}
