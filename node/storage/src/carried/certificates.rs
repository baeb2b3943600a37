//! Verifying the certificates of many heights, on all cores: of all that is proven this takes longest.

use std::num::NonZero;
use std::sync::Arc;

use yilian_primitives::{CertificateError, CommitCertificate, Height, ValidatorSet};

/// Certificates that are verified together.
const TOGETHER: usize = 1_024;

/// Certificates whose signatures are not verified yet.
#[derive(Default)]
pub(super) struct Certificates(Vec<(CommitCertificate, Arc<ValidatorSet>)>);

impl Certificates {
    /// Adds a certificate and the validators that decided its height; now and then all are verified.
    pub(super) fn add(
        &mut self,
        chain_id: &str,
        certificate: CommitCertificate,
        set: &Arc<ValidatorSet>,
    ) -> Result<(), (Height, CertificateError)> {
        self.0.push((certificate, Arc::clone(set)));
        match self.0.len() >= TOGETHER {
            true => self.verify(chain_id),
            false => Ok(()),
        }
    }

    /// Verifies those that are left.
    pub(super) fn verify(&mut self, chain_id: &str) -> Result<(), (Height, CertificateError)> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let part = self.0.len().div_ceil(cores).max(1);
        let verified = std::thread::scope(|scope| {
            let spawn = |part| scope.spawn(move || verify_each(chain_id, part));
            let threads: Vec<_> = self.0.chunks(part).map(spawn).collect();
            let mut joined = threads.into_iter().map(|thread| thread.join());
            // A panic there is one here.
            joined.try_for_each(|one| one.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        self.0.clear();
        verified
    }
}

fn verify_each(
    chain_id: &str,
    part: &[(CommitCertificate, Arc<ValidatorSet>)],
) -> Result<(), (Height, CertificateError)> {
    for (certificate, set) in part {
        let verified = certificate.verify(chain_id, set);
        verified.map_err(|error| (certificate.height, error))?;
    }
    Ok(())
}
