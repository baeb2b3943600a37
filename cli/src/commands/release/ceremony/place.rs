//! What every step works with: the draft of the specification, the folder, this centre's key and secret.

use std::path::PathBuf;

use clap::Args;
use yilian_ceremony::{MemberFile, Message, Setting, Signed, parameters_of};
use yilian_chain_spec::ChainSpec;
use yilian_crypto::{PublicKey, SecretKey};
use yilian_release_holder::{Holder, Secret, SecretError};
use yilian_release_records::{Ceremony, Phase};
use yilian_threshold::Ceremony as Round;

use super::files::{name_of, write_once};
use super::show::centre_name;
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;

/// Arguments of every step. The validator key is that of `--key`.
#[derive(Debug, Args)]
pub(super) struct PlaceArgs {
    /// 链规范草案，各中心相同 | Draft of the chain specification, the same at all centres
    #[arg(long, value_name = "chain.toml")]
    spec: PathBuf,
    /// 仪式目录：各中心的文件都收在其中 | Folder of the ceremony, with the files of all centres
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// 本中心的 release.key，之后放入节点的 data_dir；不得外传 | This centre's release.key, for the node's data_dir later; nobody else may see it
    #[arg(long, value_name = "FILE")]
    secret: PathBuf,
}

/// What a step works with.
pub(super) struct Place {
    pub(super) spec: ChainSpec,
    pub(super) ceremony: Ceremony,
    pub(super) parameters: Round,
    pub(super) dir: PathBuf,
    setting: Setting,
    key: SecretKey,
    secret: Secret,
}

impl PlaceArgs {
    /// Opens what is there; a secret that is missing is refused.
    pub(super) fn open(&self, context: &Context) -> Outcome<Place> {
        self.place(context, || Secret::read(&self.secret))
    }

    /// As [`PlaceArgs::open`], but makes a secret that is missing, and says whether it did.
    pub(super) fn begin(&self, context: &Context) -> Outcome<(Place, bool)> {
        let mut new = false;
        let place = self.place(context, || {
            let (secret, made) = Secret::read_or_make(&self.secret)?;
            new = made;
            Ok(secret)
        })?;
        Ok((place, new))
    }

    /// The secret comes last: a stranger to the ceremony needs none.
    fn place(
        &self,
        context: &Context,
        secret: impl FnOnce() -> Result<Secret, SecretError>,
    ) -> Outcome<Place> {
        let (spec, key) = (context.read_spec(&self.spec)?, context.key()?);
        let validators = spec.validators();
        let setting = Setting::of(&spec.chain_id, &validators);
        let ceremony = setting.ceremony(&validators);
        if !setting.members.contains(&key.public_key()) {
            let text = context.text(M::CeremonyNoMember, &[("key", &key.public_key())]);
            return Err(Failure::new(Exit::Permission, text));
        }
        Ok(Place {
            parameters: parameters_of(&spec.chain_id, &ceremony, None).map_err(failed)?,
            secret: secret().map_err(secret_failure)?,
            dir: self.dir.clone(),
            spec,
            ceremony,
            setting,
            key,
        })
    }
}

fn secret_failure(error: SecretError) -> Failure {
    let exit = match &error {
        SecretError::Open { .. } => Exit::Permission,
        SecretError::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            Exit::NotFound
        }
        SecretError::File { .. } | SecretError::Form(_) => Exit::Failure,
    };
    Failure::new(exit, error.to_string())
}

impl Place {
    /// Who holds the ceremony.
    pub(super) fn setting(&self) -> &Setting {
        &self.setting
    }

    /// This centre's key.
    pub(super) fn me(&self) -> PublicKey {
        self.key.public_key()
    }

    /// This centre as a share holder.
    pub(super) fn holder(&self) -> Holder<'_> {
        Holder {
            chain_id: &self.spec.chain_id,
            key: &self.key,
            secret: &self.secret,
        }
    }

    /// Signs this centre's part and writes its file.
    pub(super) fn write<T: Message>(&self, context: &Context, message: T) -> Outcome<PathBuf> {
        let name = name_of(T::PHASE, &centre_name(&self.spec, &self.me()));
        let path = self.dir.join(name);
        let signed = Signed::sign(&self.setting.digest(), message, &self.key);
        let bytes = MemberFile::of(&self.setting, signed).to_bytes();
        let hint = match T::PHASE {
            Phase::Log => M::CeremonyOtherLogHint,
            _ => M::CeremonyOtherHint,
        };
        write_once(context, &path, &bytes, hint)?;
        Ok(path)
    }
}

/// A step of this centre's own that cannot be taken.
pub(super) fn failed(error: impl core::fmt::Display) -> Failure {
    Failure::new(Exit::Failure, error.to_string())
}
