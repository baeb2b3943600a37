//! The log for standard monitors, and what witnesses cosigned.

use yilian_api::backend::{Tile, TileKind};
use yilian_cose_receipt::Receipt;
use yilian_crypto::cosignature::{Cosignature, Cosigner};
use yilian_executor::StateError;
use yilian_merkle::log::{self, NodeRead as _};
use yilian_primitives::{Address, Height, log_origin};
use yilian_verify::bundle::WitnessSignature;

use crate::proofs::broken;
use crate::state::Shared;

/// Levels of the tree in one level of tiles.
const TILE_LEVELS: u8 = 8;

impl Shared {
    /// The checkpoint of the tip, or of the last height that a witness cosigned, as a signed note.
    pub(crate) fn checkpoint(&self, cosigned: bool) -> Result<Option<String>, StateError> {
        match self.certified_height(cosigned)? {
            Some(height) => self.checkpoint_of(height),
            None => Ok(None),
        }
    }

    /// Height of the tip, or of the last checkpoint that a witness cosigned; none if none was.
    pub(crate) fn certified_height(&self, cosigned: bool) -> Result<Option<Height>, StateError> {
        match cosigned {
            true => Ok(self.store.last_cosigned()?),
            false => Ok(Some(self.tip()?.header().height)),
        }
    }

    /// The checkpoint of a height with every signature there is; none at genesis.
    pub(crate) fn checkpoint_of(&self, height: Height) -> Result<Option<String>, StateError> {
        let (Some(certificate), Some(header)) =
            (self.store.certificate(height)?, self.store.header(height)?)
        else {
            return Ok(None);
        };
        let Some(set) = self.store.validator_set(&header.validators_hash)? else {
            return Ok(None);
        };
        let mut note = certificate.to_signed_note(&header.chain_id, &set);
        for (cosigner, cosignature) in self.store.cosignatures(height)? {
            note.push_str(&cosignature.to_line(&cosigner));
        }
        Ok(Some(note))
    }

    /// Cosignatures of a height as a bundle carries them.
    pub(crate) fn witness_signatures(
        &self,
        height: Height,
    ) -> Result<Vec<WitnessSignature>, StateError> {
        let list = self.store.cosignatures(height)?.into_iter();
        let one = |(cosigner, cosignature): (Cosigner, Cosignature)| WitnessSignature {
            public_key: cosigner.public_key,
            cosignature,
        };
        Ok(list.map(one).collect())
    }

    /// A COSE receipt of a leaf under the tip's root, by this validator alone.
    pub(crate) fn cose_receipt(&self, index: u64) -> Result<Option<Vec<u8>>, StateError> {
        let tip = self.tip()?;
        let header = tip.header();
        if index >= header.log_size || header.log_size < 2 {
            return Ok(None);
        }
        let proof = log::prove_inclusion(&self.store, index, header.log_size).map_err(broken)?;
        let address = Address::of(&self.key.public_key());
        let name = tip.next_validators().get(&address);
        let name = name.map_or_else(|| address.to_string(), |validator| validator.name.clone());
        let issuer = format!("{}/{name}", log_origin(&header.chain_id));
        let subject = format!("{}/leaf/{index}", log_origin(&header.chain_id));
        let unsigned = Receipt::new(
            &proof,
            header.log_root,
            &issuer,
            address.as_bytes(),
            &subject,
        );
        let failed = |error: yilian_cose_receipt::ReceiptError| StateError(error.to_string());
        let unsigned = unsigned.map_err(failed)?;
        let signature = self.key.sign(&unsigned.to_be_signed());
        unsigned.signed(&signature).map(Some).map_err(failed)
    }

    /// A tile of hashes or of leaves; none if the log is not that large.
    pub(crate) fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>, StateError> {
        let size = self.tip()?.header().log_size;
        let complete = match tile.kind {
            TileKind::Hashes(level) => size >> (u32::from(level) * u32::from(TILE_LEVELS)),
            TileKind::Entries => size,
        };
        let first = tile.index.checked_mul(u64::from(Tile::WIDTH));
        let end = first.and_then(|first| first.checked_add(u64::from(tile.width)));
        let (Some(first), Some(end)) = (first, end.filter(|end| *end <= complete)) else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        for place in first..end {
            match tile.kind {
                TileKind::Hashes(level) => {
                    let hash = self.store.node(level.saturating_mul(TILE_LEVELS), place);
                    let missing = || StateError(format!("tile {level}: node {place} is missing"));
                    bytes.extend_from_slice(hash.ok_or_else(missing)?.as_bytes());
                }
                TileKind::Entries => {
                    let missing = || StateError(format!("leaf {place} is missing or too long"));
                    let leaf = self.store.leaf(place)?.ok_or_else(missing)?;
                    let length = u16::try_from(leaf.len()).map_err(|_| missing())?;
                    bytes.extend_from_slice(&length.to_be_bytes());
                    bytes.extend_from_slice(&leaf);
                }
            }
        }
        Ok(Some(bytes))
    }
}
