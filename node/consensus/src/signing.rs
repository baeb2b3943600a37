//! Signs with the validator's key and verifies what others signed.

use async_trait::async_trait;
use malachite_core_types::{SignedMessage, SigningScheme, ValidatorProof, VoteExtensionScope};
use malachite_signing::{Error, Signer as EngineSigner, VerificationResult};
use yilian_crash_point::{Point, pass};
use yilian_crypto::{KeyError, PublicKey, SecretKey, Signature};

use crate::context::{Proposal, Vote, YilianContext};
use crate::sign_bytes;
use crate::tally::Tally;

/// Ed25519 keys and signatures in their tagged forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ed25519;

impl SigningScheme for Ed25519 {
    type DecodingError = KeyError;
    type Signature = Signature;
    type PublicKey = PublicKey;
    type PrivateKey = SecretKey;

    fn decode_signature(bytes: &[u8]) -> Result<Signature, KeyError> {
        Signature::from_tagged(bytes)
    }

    fn encode_signature(signature: &Signature) -> Vec<u8> {
        signature.to_tagged().to_vec()
    }

    fn decode_public_key(bytes: &[u8]) -> Result<PublicKey, KeyError> {
        PublicKey::from_tagged(bytes)
    }

    fn encode_public_key(key: &PublicKey) -> Vec<u8> {
        key.to_tagged().to_vec()
    }
}

/// Holds the validator's key. What it may sign twice the engine's log decides, not this.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    chain_id: String,
    key: SecretKey,
}

impl Signer {
    pub(crate) fn new(chain_id: String, key: SecretKey) -> Self {
        Signer { chain_id, key }
    }

    /// Signs bytes, or says that there were none: an error here stops the engine, rightly, as its state is broken.
    fn sign<M>(
        &self,
        message: M,
        bytes: Option<Vec<u8>>,
    ) -> Result<SignedMessage<YilianContext, M>, Error> {
        let bytes = bytes.ok_or_else(|| Error::from_source("asked to sign for no round"))?;
        let signed = SignedMessage::new(message, self.key.sign(&bytes));
        pass(Point::Signed).map_err(Error::from_source)?;
        Ok(signed)
    }

    /// Binds the network identity to the validator key. The engine prescribes the bytes; no namespace of ours begins so.
    pub(crate) fn prove_peer(&self, peer_id: &[u8]) -> ValidatorProof<YilianContext> {
        let key = Ed25519::encode_public_key(&self.key.public_key());
        let bytes = ValidatorProof::<YilianContext>::signing_bytes(&key, peer_id);
        ValidatorProof::new(key, peer_id.to_vec(), self.key.sign(&bytes))
    }
}

#[async_trait]
impl EngineSigner<YilianContext> for Signer {
    async fn sign_vote(&self, vote: Vote) -> Result<SignedMessage<YilianContext, Vote>, Error> {
        let bytes = sign_bytes::vote(&self.chain_id, &vote);
        self.sign(vote, bytes)
    }

    async fn sign_proposal(
        &self,
        proposal: Proposal,
    ) -> Result<SignedMessage<YilianContext, Proposal>, Error> {
        let bytes = sign_bytes::proposal(&self.chain_id, &proposal);
        self.sign(proposal, bytes)
    }

    async fn sign_vote_extension(
        &self,
        scope: VoteExtensionScope<YilianContext>,
        _extension: (),
    ) -> Result<SignedMessage<YilianContext, ()>, Error> {
        self.sign((), extension_bytes(&self.chain_id, &scope))
    }

    async fn sign_validator_proof(
        &self,
        _public_key: Vec<u8>,
        peer_id: Vec<u8>,
    ) -> Result<ValidatorProof<YilianContext>, Error> {
        Ok(self.prove_peer(&peer_id))
    }
}

/// Verifies what others signed, and tells the tally of every vote that holds.
///
/// It never answers with an error: the engine would take that for a fault of this node.
#[derive(Clone, Debug)]
pub(crate) struct Verifier {
    chain_id: String,
    tally: Tally,
}

impl Verifier {
    pub(crate) fn new(chain_id: String, tally: Tally) -> Self {
        Verifier { chain_id, tally }
    }
}

fn result(
    bytes: Option<Vec<u8>>,
    signature: &Signature,
    key: &PublicKey,
) -> Result<VerificationResult, Error> {
    let holds = bytes.is_some_and(|bytes| key.verify(&bytes, signature).is_ok());
    Ok(VerificationResult::from_bool(holds))
}

fn extension_bytes(chain_id: &str, scope: &VoteExtensionScope<YilianContext>) -> Option<Vec<u8>> {
    sign_bytes::extension(
        chain_id,
        scope.height.0,
        scope.round,
        &scope.value_id.0,
        &scope.validator_address.0,
    )
}

#[async_trait]
impl malachite_signing::Verifier<YilianContext> for Verifier {
    async fn verify_signed_vote(
        &self,
        vote: &Vote,
        signature: &Signature,
        key: &PublicKey,
    ) -> Result<VerificationResult, Error> {
        let verified = result(sign_bytes::vote(&self.chain_id, vote), signature, key)?;
        if verified.is_valid() {
            self.tally.record(vote);
        }
        Ok(verified)
    }

    async fn verify_signed_proposal(
        &self,
        proposal: &Proposal,
        signature: &Signature,
        key: &PublicKey,
    ) -> Result<VerificationResult, Error> {
        let bytes = sign_bytes::proposal(&self.chain_id, proposal);
        result(bytes, signature, key)
    }

    async fn verify_signed_vote_extension(
        &self,
        scope: &VoteExtensionScope<YilianContext>,
        _extension: &(),
        signature: &Signature,
        key: &PublicKey,
    ) -> Result<VerificationResult, Error> {
        result(extension_bytes(&self.chain_id, scope), signature, key)
    }

    async fn verify_validator_proof(
        &self,
        proof: &ValidatorProof<YilianContext>,
    ) -> Result<VerificationResult, Error> {
        match proof.decoded_public_key() {
            Ok(key) => result(Some(proof.preimage()), &proof.signature, &key),
            Err(_) => Ok(VerificationResult::Invalid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Address, BlockValue, Height};
    use crate::testing::{block_ref, keys};
    use malachite_core_types::{NilOrVal, Round, VoteType};
    use malachite_signing::Verifier as _;

    fn vote(kind: VoteType) -> Vote {
        Vote {
            kind,
            height: Height(3),
            round: Round::new(1),
            value: NilOrVal::Val(BlockValue(block_ref(1))),
            address: Address(yilian_primitives::Address::of(&keys(1)[0].public_key())),
        }
    }

    #[tokio::test]
    async fn a_signed_vote_verifies_and_is_tallied_and_a_changed_one_does_not() {
        let (key, tally) = (keys(1)[0].clone(), Tally::default());
        let signer = Signer::new("chain".to_owned(), key.clone());
        let verifier = Verifier::new("chain".to_owned(), tally.clone());
        let signed = signer
            .sign_vote(vote(VoteType::Prevote))
            .await
            .expect("signs");
        let other = vote(VoteType::Precommit);
        for (message, holds) in [(&signed.message, true), (&other, false)] {
            let verified = verifier
                .verify_signed_vote(message, &signed.signature, &key.public_key())
                .await
                .expect("never an error");
            assert_eq!(verified.is_valid(), holds);
        }
        let voters = |kind| tally.voters(3, 1, kind, &block_ref(1)).len();
        assert_eq!(
            (voters(VoteType::Prevote), voters(VoteType::Precommit)),
            (1, 0)
        );
    }

    #[tokio::test]
    async fn signatures_of_another_chain_do_not_hold() {
        let key = keys(1)[0].clone();
        let signer = Signer::new("chain-a".to_owned(), key.clone());
        let verifier = Verifier::new("chain-b".to_owned(), Tally::default());
        for kind in [VoteType::Prevote, VoteType::Precommit] {
            let signed = signer.sign_vote(vote(kind)).await.expect("signs");
            let verified = verifier
                .verify_signed_vote(&signed.message, &signed.signature, &key.public_key())
                .await
                .expect("never an error");
            assert!(verified.is_invalid());
        }
    }

    #[tokio::test]
    async fn a_proof_holds_for_its_peer_only() {
        let signer = Signer::new("chain".to_owned(), keys(1)[0].clone());
        let verifier = Verifier::new("chain".to_owned(), Tally::default());
        let mut proof = signer.prove_peer(b"peer");
        let holds = verifier.verify_validator_proof(&proof).await;
        assert!(holds.expect("never an error").is_valid());
        proof.peer_id = b"poor".to_vec();
        let holds = verifier.verify_validator_proof(&proof).await;
        assert!(holds.expect("never an error").is_invalid());
    }
}
