//! What every command needs: language, node, folder, key.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use yilian_chain_spec::ChainSpec;
use yilian_client::{Client, ClientError, QueryResult};
use yilian_crypto::SecretKey;
use yilian_primitives::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::keyfile;
use crate::lang::Lang;
use crate::messages::M;

/// Result of a command's part.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// Node that is asked when nothing names another one.
pub(crate) const DEFAULT_NODE: &str = "http://127.0.0.1:27200";
/// File in the program's folder with its settings.
pub(crate) const SETTINGS: &str = "cli.toml";

/// The program's settings in its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Address of the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) node: Option<String>,
    /// Addresses of validators that acknowledge submissions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) validators: Vec<String>,
    /// The chain specification that is trusted, relative to the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trust: Option<PathBuf>,
}

/// What the command line, the environment and the settings say.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// Language of messages.
    pub(crate) lang: Lang,
    /// Whether the answer is JSON.
    pub(crate) json: bool,
    /// Whether to be silent on the standard error.
    pub(crate) quiet: bool,
    home: PathBuf,
    node: Option<String>,
    key: Option<String>,
    settings: Settings,
}

impl Context {
    /// Reads the settings of the folder, if there are any.
    pub(crate) fn new(
        lang: Lang,
        (json, quiet): (bool, bool),
        home: Option<PathBuf>,
        node: Option<String>,
        key: Option<String>,
    ) -> Outcome<Self> {
        let home = home.unwrap_or_else(default_home);
        let path = home.join(SETTINGS);
        let settings = if path.is_file() {
            let text = std::fs::read_to_string(&path).map_err(|e| unreadable(lang, &path, &e))?;
            toml::from_str(&text).map_err(|error| unreadable(lang, &path, &error.message()))?
        } else {
            Settings::default()
        };
        Ok(Context {
            lang,
            json,
            quiet,
            home,
            node,
            key,
            settings,
        })
    }

    /// A message.
    pub(crate) fn text(&self, message: M, values: &[(&str, &dyn core::fmt::Display)]) -> String {
        self.lang.text(message, values)
    }

    /// A name without places.
    pub(crate) fn name(&self, message: M) -> String {
        self.lang.text(message, &[])
    }

    /// "yes" or "no".
    pub(crate) fn yes_no(&self, yes: bool) -> String {
        self.name(if yes { M::Yes } else { M::No })
    }

    /// Says something on the standard error, where it disturbs no program.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet && !self.json {
            eprintln!("{text}");
        }
    }

    /// The node.
    pub(crate) fn client(&self) -> Client {
        let node = self.node.as_deref().or(self.settings.node.as_deref());
        Client::new(node.unwrap_or(DEFAULT_NODE)).in_language(self.lang.pick("zh-CN", "en"))
    }

    /// The validators that acknowledge: those named, or those of the settings.
    pub(crate) fn validators(&self, named: &[String]) -> Vec<Client> {
        let urls = match named.is_empty() {
            true => &self.settings.validators,
            false => named,
        };
        let tag = self.lang.pick("zh-CN", "en");
        urls.iter()
            .map(|url| Client::new(url).in_language(tag))
            .collect()
    }

    /// A node's failure in the reader's language.
    pub(crate) fn node_failure(&self, error: ClientError) -> Failure {
        Failure::from_client(self.lang, &error)
    }

    /// That something asked for is not there.
    pub(crate) fn not_found(&self, what: &dyn core::fmt::Display) -> Failure {
        Failure::new(Exit::NotFound, self.text(M::NotFound, &[("what", what)]))
    }

    /// Asks a view of a contract.
    pub(crate) fn query(&self, contract: &str, method: &str, args: &Value) -> Outcome<QueryResult> {
        let asked = self.client().query(contract, method, args);
        asked.map_err(|error| self.node_failure(error))
    }

    /// Folder of the named keys.
    pub(crate) fn keys_dir(&self) -> PathBuf {
        self.home.join("keys")
    }

    /// File of a key that is named by a path or by a name in the folder.
    pub(crate) fn key_path(&self, name: &str) -> PathBuf {
        let direct = Path::new(name);
        if direct.is_file() || name.contains(std::path::MAIN_SEPARATOR) {
            return direct.to_owned();
        }
        self.keys_dir().join(format!("{name}.key"))
    }

    /// The key to sign with.
    pub(crate) fn key(&self) -> Outcome<SecretKey> {
        let name = self.key.as_deref().ok_or_else(|| {
            Failure::new(Exit::Usage, self.name(M::KeyMissing)).hint(self.name(M::KeyMissingHint))
        })?;
        keyfile::read(self.lang, name, &self.key_path(name))
    }

    /// File of what is trusted: the one that is named, or that of the folder.
    pub(crate) fn trust_path(&self, named: Option<&Path>) -> Option<PathBuf> {
        let own = || {
            self.settings
                .trust
                .as_ref()
                .map(|path| self.home.join(path))
        };
        named.map(Path::to_owned).or_else(own)
    }

    /// The specification to believe. None if there is none.
    pub(crate) fn trusted_spec(&self, named: Option<&Path>) -> Outcome<Option<ChainSpec>> {
        self.trust_path(named)
            .map(|path| self.read_spec(&path))
            .transpose()
    }

    /// Reads and checks a chain specification.
    pub(crate) fn read_spec(&self, path: &Path) -> Outcome<ChainSpec> {
        let text = self.read_text(path)?;
        ChainSpec::parse(&text)
            .map_err(|error| Failure::new(Exit::Failure, format!("{}: {error}", path.display())))
    }

    /// Reads a file as text.
    pub(crate) fn read_text(&self, path: &Path) -> Outcome<String> {
        std::fs::read_to_string(path).map_err(|error| unreadable(self.lang, path, &error))
    }

    /// Reads a file.
    pub(crate) fn read_bytes(&self, path: &Path) -> Outcome<Vec<u8>> {
        std::fs::read(path).map_err(|error| unreadable(self.lang, path, &error))
    }

    /// Reads strict JSON: from a file, or from the standard input if the name is `-`.
    pub(crate) fn read_json(&self, path: &Path) -> Outcome<Value> {
        let bytes = if path == Path::new("-") {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)
                .map_err(|error| unreadable(self.lang, path, &error))?;
            bytes
        } else {
            self.read_bytes(path)?
        };
        self.parse_json(&path.display(), &bytes)
    }

    /// Parses strict JSON.
    pub(crate) fn parse_json(&self, what: &dyn core::fmt::Display, bytes: &[u8]) -> Outcome<Value> {
        json::parse_strict(bytes).map_err(|error| self.not_json(what, &error))
    }

    /// Reads a file of strict JSON whose fields are fixed.
    pub(crate) fn read_as<T: DeserializeOwned>(&self, path: &Path) -> Outcome<T> {
        let value = self.read_json(path)?;
        serde_json::from_value(value).map_err(|error| self.not_json(&path.display(), &error))
    }

    /// What is to be JSON of some form is not.
    pub(crate) fn not_json(
        &self,
        what: &dyn core::fmt::Display,
        reason: &dyn core::fmt::Display,
    ) -> Failure {
        let text = self.text(M::NotJson, &[("what", what), ("reason", reason)]);
        Failure::new(Exit::Usage, text)
    }

    /// Writes a file that must not exist yet.
    pub(crate) fn write_new(&self, path: &Path, bytes: &[u8]) -> Outcome<()> {
        use std::io::Write as _;
        let open = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path);
        open.and_then(|mut file| file.write_all(bytes))
            .map_err(|error| unwritable(self.lang, path, &error))
    }
}

/// Now, in ms since 1970.
pub(crate) fn now_ms() -> u64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

fn default_home() -> PathBuf {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    home.map(PathBuf::from).unwrap_or_default().join(".yilian")
}

/// A file could not be read.
pub(crate) fn unreadable(lang: Lang, path: &Path, reason: &dyn core::fmt::Display) -> Failure {
    let path = path.display();
    let text = lang.text(M::FileRead, &[("path", &path), ("reason", reason)]);
    Failure::new(Exit::Failure, text)
}

/// A file could not be written.
pub(crate) fn unwritable(lang: Lang, path: &Path, error: &std::io::Error) -> Failure {
    let shown = path.display();
    if error.kind() == std::io::ErrorKind::AlreadyExists {
        return Failure::new(Exit::Failure, lang.text(M::FileExists, &[("path", &shown)]))
            .hint(lang.text(M::FileExistsHint, &[]));
    }
    let text = lang.text(M::FileWrite, &[("path", &shown), ("reason", error)]);
    Failure::new(Exit::Failure, text)
}
