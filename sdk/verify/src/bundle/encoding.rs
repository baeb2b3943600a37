//! The deterministic CBOR of a bundle.

use yilian_crypto::cosignature::Cosignature;
use yilian_merkle::state::{DEPTH_MAX, StateProof};
use yilian_primitives::cbor::{Cbor, CborError, FieldWriter, Reader};
use yilian_primitives::limits::{
    CERTIFICATE_BYTES_MAX, CHAIN_ID_BYTES_MAX, CONTENT_BYTES_MAX, HEADER_BYTES_MAX, LEAF_BYTES_MAX,
    NAME_BYTES_MAX, STATE_KEY_BYTES_MAX, TRANSACTION_BYTES_MAX,
};
use yilian_primitives::{CommitCertificate, Envelope, Header, Receipt, ValidatorSet};

use super::paths::{Hashes, Numbers};
use super::{
    BUNDLE_BYTES_MAX, BUNDLE_VERSION, Bundle, CertifiedByItself, Claim, EXTENSIONS_MAX, Extension,
    LoggedHeader, LoggedRecord, StateEntry, WitnessSignature, order,
};

/// First item of every bundle.
pub(super) const MAGIC: &str = "YLEV";
const FIELDS: usize = 15;
/// Deepest path in a log of 2^64 leaves.
const LOG_DEPTH_MAX: usize = 64;
/// Most pieces of one kind. A section may have ten thousand bids.
const PIECES_MAX: usize = 100_000;
const SETS_MAX: usize = 1_024;
const COSIGNATURES_MAX: usize = 64;

/// `["YLEV", 1, chain_id, claims, hashes, validator_sets, trail, headers, records, transactions, contents, codes, states,
/// consistency, cosignatures]`.
impl Cbor for Bundle {
    const WHAT: &'static str = "evidence bundle";
    const BYTES_MAX: usize = BUNDLE_BYTES_MAX;

    fn write(&self, writer: &mut FieldWriter) {
        let numbers = Numbers::of(self.path_hashes());
        writer.array(FIELDS).text(MAGIC).uint(BUNDLE_VERSION);
        writer.text(&self.chain_id);
        list(writer, &self.claims, |claim, w| claim.write(w));
        numbers.write_hashes(writer);
        list(writer, &self.validator_sets, |set, w| {
            w.bytes(&set.encode());
        });
        list(writer, &self.trail, |one, w| {
            w.array(2).bytes(&one.header.encode());
            w.bytes(&one.certificate.encode());
        });
        list(writer, &self.headers, |one, w| {
            w.array(2).bytes(&one.header.encode());
            numbers.write_path(&one.path, w);
        });
        list(writer, &self.records, |one, w| {
            w.array(3).uint(one.log_index).bytes(&one.receipt.encode());
            numbers.write_path(&one.path, w);
        });
        list(writer, &self.transactions, |one, w| {
            w.array(2).bytes(&one.payload);
            w.bytes(&one.signature.to_tagged());
        });
        list(writer, &self.contents, |one, w| {
            w.bytes(one);
        });
        list(writer, &self.codes, |one, w| {
            w.bytes(one);
        });
        list(writer, &self.states, |one, w| write_state(one, &numbers, w));
        list(writer, &self.consistency, |one, w| {
            w.array(2).uint(one.old_size);
            numbers.write_path(&one.path, w);
        });
        list(writer, &self.cosignatures, |one, w| {
            w.array(3).bytes(&one.public_key.to_tagged());
            w.uint(one.cosignature.time_s)
                .bytes(&one.cosignature.signature.to_tagged());
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(FIELDS as u64, "an array of 15")?;
        if reader.text(MAGIC.len(), "the mark \"YLEV\"")? != MAGIC {
            return Err(reader.unexpected("the mark \"YLEV\""));
        }
        if reader.uint("version")? != BUNDLE_VERSION {
            return Err(reader.unexpected("version 1"));
        }
        let chain_id = reader.text(CHAIN_ID_BYTES_MAX, "chain id")?;
        let claims = many(reader, PIECES_MAX, "claims", Claim::read)?;
        let mut hashes = Hashes::read(reader)?;
        let paths = &mut hashes;
        let bundle = Bundle {
            chain_id,
            claims,
            validator_sets: many(reader, SETS_MAX, "validator sets", |r| {
                ValidatorSet::decode(r.bytes(ValidatorSet::BYTES_MAX, "a validator set")?)
            })?,
            trail: many(reader, SETS_MAX, "certified headers", read_certified)?,
            headers: many(reader, PIECES_MAX, "headers", |r| {
                r.array_of(2, "a header with its path")?;
                Ok(LoggedHeader {
                    header: Header::decode(r.bytes(HEADER_BYTES_MAX, "a header")?)?,
                    path: paths.path(r, LOG_DEPTH_MAX)?,
                })
            })?,
            records: many(reader, PIECES_MAX, "records", |r| {
                r.array_of(3, "a place, a receipt and its path")?;
                Ok(LoggedRecord {
                    log_index: r.uint("log index")?,
                    receipt: Receipt::decode(r.bytes(LEAF_BYTES_MAX, "a receipt")?)?,
                    path: paths.path(r, LOG_DEPTH_MAX)?,
                })
            })?,
            transactions: many(reader, PIECES_MAX, "transactions", |r| {
                r.array_of(2, "a payload and its signature")?;
                Ok(Envelope {
                    payload: r.bytes(TRANSACTION_BYTES_MAX, "a payload")?.to_vec(),
                    signature: r.signature("a tagged signature")?,
                })
            })?,
            contents: many(reader, PIECES_MAX, "contents", read_content)?,
            codes: many(reader, PIECES_MAX, "programs", read_content)?,
            states: many(reader, PIECES_MAX, "states", |r| read_state(r, paths))?,
            consistency: many(reader, EXTENSIONS_MAX, "consistency proofs", |r| {
                r.array_of(2, "a size and its path")?;
                Ok(Extension {
                    old_size: r.uint("size of the smaller log")?,
                    path: paths.path(r, LOG_DEPTH_MAX + 1)?,
                })
            })?,
            cosignatures: many(reader, COSIGNATURES_MAX, "cosignatures", |r| {
                r.array_of(3, "key, time and signature")?;
                Ok(WitnessSignature {
                    public_key: r.public_key("a tagged public key")?,
                    cosignature: Cosignature {
                        time_s: r.uint("time in seconds")?,
                        signature: r.signature("a tagged signature")?,
                    },
                })
            })?,
        };
        let form = bundle.claims.is_empty().then_some("at least one claim");
        let form = form.or(bundle
            .trail
            .is_empty()
            .then_some("at least one certified header"));
        match form.or_else(|| order::disordered(&bundle)) {
            Some(expected) => Err(reader.unexpected(expected)),
            None => Ok(bundle),
        }
    }
}

impl Bundle {
    fn path_hashes(&self) -> impl Iterator<Item = &yilian_crypto::Digest> {
        let headers = self.headers.iter().flat_map(|one| &one.path);
        let records = self.records.iter().flat_map(|one| &one.path);
        let states = self.states.iter().flat_map(|one| &one.proof.siblings);
        let extensions = self.consistency.iter().flat_map(|one| &one.path);
        let siblings = states.filter(|hash| **hash != StateProof::EMPTY);
        headers.chain(records).chain(siblings).chain(extensions)
    }
}

fn list<T>(writer: &mut FieldWriter, items: &[T], write: impl Fn(&T, &mut FieldWriter)) {
    writer.array(items.len());
    for item in items {
        write(item, writer);
    }
}

fn many<'b, T>(
    reader: &mut Reader<'b>,
    limit: usize,
    what: &'static str,
    mut read: impl FnMut(&mut Reader<'b>) -> Result<T, CborError>,
) -> Result<Vec<T>, CborError> {
    let count = reader.array_up_to(limit, what)?;
    (0..count).map(|_| read(reader)).collect()
}

fn read_certified(reader: &mut Reader<'_>) -> Result<CertifiedByItself, CborError> {
    reader.array_of(2, "a header and its certificate")?;
    Ok(CertifiedByItself {
        header: Header::decode(reader.bytes(HEADER_BYTES_MAX, "a header")?)?,
        certificate: CommitCertificate::decode(
            reader.bytes(CERTIFICATE_BYTES_MAX, "a certificate")?,
        )?,
    })
}

fn read_content(reader: &mut Reader<'_>) -> Result<Vec<u8>, CborError> {
    Ok(reader.bytes(CONTENT_BYTES_MAX, "bytes")?.to_vec())
}

/// `[height, contract, key, value or null, leaf or null, [* number or null]]`; a sibling that is an empty subtree is null.
fn write_state(entry: &StateEntry, numbers: &Numbers, writer: &mut FieldWriter) {
    writer.array(6).uint(entry.height).text(&entry.contract);
    writer.text(&entry.key);
    match &entry.value {
        Some(value) => writer.bytes(value),
        None => writer.null(),
    };
    match &entry.proof.leaf {
        Some((key, value)) => writer.array(2).digest(key).digest(value),
        None => writer.null(),
    };
    writer.array(entry.proof.siblings.len());
    for sibling in &entry.proof.siblings {
        if *sibling == StateProof::EMPTY {
            writer.null();
        } else {
            numbers.write_one(sibling, writer);
        }
    }
}

fn read_state(reader: &mut Reader<'_>, paths: &mut Hashes) -> Result<StateEntry, CborError> {
    reader.array_of(6, "height, contract, key, value, leaf and siblings")?;
    let height = reader.uint("height")?;
    let contract = reader.text(NAME_BYTES_MAX, "contract")?;
    let key = reader.text(STATE_KEY_BYTES_MAX, "state key")?;
    let value = if reader.null() {
        None
    } else {
        Some(reader.bytes(CONTENT_BYTES_MAX, "value")?.to_vec())
    };
    let leaf = if reader.null() {
        None
    } else {
        reader.array_of(2, "key hash and value hash, or null")?;
        Some((reader.digest("key hash")?, reader.digest("value hash")?))
    };
    let count = reader.array_up_to(DEPTH_MAX, "at most 256 siblings")?;
    let sibling = |_| match reader.null() {
        true => Ok(StateProof::EMPTY),
        false => paths.one(reader),
    };
    let siblings = (0..count).map(sibling).collect::<Result<_, _>>()?;
    Ok(StateEntry {
        height,
        contract,
        key,
        value,
        proof: StateProof { leaf, siblings },
    })
}
