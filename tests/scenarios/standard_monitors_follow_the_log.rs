//! The log is followed with tools that are not ours: signed notes and tiles of the C2SP specifications.

use std::path::PathBuf;
use std::process::Command;

use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{
    Checkpoint, Error, Hash, HashReader as _, Tile, TileHashReader, TileReader, check_record,
    prove_record, record_hash, stored_hash_index,
};

use yilian_tests::harness::{Network, deposit_args, sent_ok, target_folder};

/// Tiles over HTTP. Its paths have no height of the tile: it is 8 always.
struct Tiles<'n> {
    network: &'n Network,
    /// Flips a bit of every tile, as a server that lies.
    lying: bool,
}

fn get(network: &Network, path: &str) -> Vec<u8> {
    let url = format!("{}{path}", network.nodes[0].api);
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let mut answer = agent
        .get(&url)
        .call()
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    answer.body_mut().read_to_vec().expect("a body")
}

impl TileReader for Tiles<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |tile: &Tile| {
            let path = tile.path().replacen("tile/8/", "/tlog/tile/", 1);
            let mut bytes = get(self.network, &path);
            bytes[5] ^= u8::from(self.lying);
            bytes
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

#[test]
fn standard_monitors_follow_the_log() {
    let network = Network::started();
    let sender = network.sender(0, "trading-system");
    let ids: Vec<_> = (0..300)
        .map(|number| {
            let sent = sender.send("evidence", "deposit", deposit_args(number));
            sent.expect("taken")
        })
        .collect();
    let mut places: Vec<u64> = Vec::new();
    for id in &ids {
        let status = sender
            .client
            .wait_final(id, yilian_tests::harness::PATIENCE)
            .expect("asked")
            .expect("final");
        sent_ok(&status);
        places.push(status.log_index.expect("final"));
    }
    let bytes = get(&network, "/tlog/checkpoint");
    let keys = network.client(0).network().expect("network").verifier_keys;
    let verifiers = keys.iter().map(|key| {
        let verifier: Box<dyn signed_note::Verifier> =
            Box::new(StandardVerifier::new(key).expect("verifier key"));
        verifier
    });
    let note = Note::from_bytes(&bytes).expect("a signed note");
    let (verified, _) = note
        .verify(&VerifierList::new(verifiers.collect()))
        .expect("verifies");
    assert!(verified.len() >= 3, "{} of 4 signatures", verified.len());
    let checkpoint = Checkpoint::from_bytes(note.text()).expect("a checkpoint");
    assert_eq!(checkpoint.origin(), "yilian/yilian-local");
    let (size, root) = (checkpoint.size(), *checkpoint.hash());
    assert!(size > 300, "more than one tile: {size}");

    // What a monitor reads is proven to be in the log of the checkpoint: tiles that lie are found.
    let tiles = Tiles {
        network: &network,
        lying: false,
    };
    let reader = TileHashReader::new(size, root, &tiles);
    for place in [places[0], places[150], places[299]] {
        let tile = Tile::from_index(8, stored_hash_index(0, place));
        let bundle = Tile::new(8, 0, tile.level_index(), tile.width(), false);
        let path = bundle.path().replacen("tile/8/0", "/tlog/tile/entries", 1);
        let leaf = entry(&get(&network, &path), place % 256);
        let served = network.client(0).evidence_at(place).expect("evidence");
        assert!(served.records[0].log_index == place);
        let hash = record_hash(&leaf);
        let read = reader.read_hashes(&[stored_hash_index(0, place)]);
        assert_eq!(read.expect("authenticated"), [hash]);
        let proof = prove_record(size, place, &reader).expect("a proof");
        assert!(check_record(&proof, size, root, place, hash).is_ok());
        let mut flipped = hash;
        flipped.0[0] ^= 1;
        assert!(check_record(&proof, size, root, place, flipped).is_err());
    }
    scitt_verifies(&network, places[7]);
    let lying = Tiles {
        network: &network,
        lying: true,
    };
    let reader = TileHashReader::new(size, root, &lying);
    assert!(reader.read_hashes(&[stored_hash_index(0, 5)]).is_err());
    let other = Hash([7; 32]);
    let reader = TileHashReader::new(size, other, &tiles);
    assert!(reader.read_hashes(&[stored_hash_index(0, 5)]).is_err());
}

/// The interpreter with the verifiers of others.
fn python() -> PathBuf {
    let python = target_folder().join("foreign-verifiers/bin/python");
    assert!(
        python.is_file(),
        "the foreign verifiers are not installed: run scripts/foreign-verifiers"
    );
    python
}

/// A package that knows nothing of Yilian verifies a record's COSE receipt, and refuses it with one bit flipped.
fn scitt_verifies(network: &Network, place: u64) {
    let folder = network.folder.path().join("receipt");
    let place = place.to_string();
    let out = folder.to_str().expect("path");
    network.cli_json(0, &["log", "receipt", &place, "-o", out]);
    let verify = |leaf: &[u8]| {
        std::fs::write(folder.join("leaf"), leaf).expect("written");
        let code = "import pathlib, sys; from scitt_cose.receipt import verify_receipt as v; f = pathlib.Path(sys.argv[1]); \
                    r = v((f / 'receipt.cose').read_bytes(), leaf_entry_hex=(f / 'leaf').read_bytes().hex(), \
                    log_public_key_pem=(f / 'keys/lanzhou.pem').read_bytes()); sys.exit(0 if r.ok else 4)";
        let run = Command::new(python())
            .args(["-c", code])
            .arg(&folder)
            .status();
        run.expect("python runs").code()
    };
    let mut leaf = std::fs::read(folder.join("leaf.cbor")).expect("written");
    assert_eq!(verify(&leaf), Some(0));
    leaf[40] ^= 1;
    assert_eq!(verify(&leaf), Some(4));
}

/// One leaf of a bundle: two bytes of length before each.
fn entry(bundle: &[u8], place: u64) -> Vec<u8> {
    let mut rest = bundle;
    for _ in 0..place {
        let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
        rest = &rest[2 + length..];
    }
    let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
    rest[2..2 + length].to_vec()
}
