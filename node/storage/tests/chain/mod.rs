//! A chain of empty blocks in a folder.

use std::sync::Arc;

use yilian_chain_spec::presets;
use yilian_crypto::SecretKey;
use yilian_executor::{Draft, Executor, genesis};
use yilian_storage::Store;

use crate::certify;

pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

/// A chain in a folder, which commits empty blocks; each still writes its own height and time into the state.
pub(crate) struct Chain {
    pub(crate) executor: Executor,
    pub(crate) store: Store,
}

impl Chain {
    pub(crate) fn open(path: &std::path::Path, history_blocks: Option<u64>) -> Self {
        let mut place = 0;
        let spec = presets::local(|_| {
            place += 1;
            key(place).public_key()
        });
        let executor = Executor::new(Arc::new(spec)).expect("executor");
        let digest = executor.spec().digest();
        let store = Store::open(path, &digest, history_blocks).expect("opens");
        if store.tip().is_none() {
            let block = genesis(&executor, &mut |_| Err("no contracts".to_owned()));
            store.commit(&block.expect("genesis")).expect("commits");
        }
        Chain { executor, store }
    }

    pub(crate) fn commit(&self) {
        let tip = self.store.tip().expect("tip");
        let height = tip.header().height;
        let set = tip.next_validators().clone();
        let draft = Draft {
            time_ms: tip.header().time_ms + 1,
            proposer: set.at(0).expect("validator").address(),
            parent_certificate: self.store.certificate(height).expect("reads"),
            transactions: Vec::new(),
        };
        let built = self
            .executor
            .build(tip.open().expect("opens"), draft, &|| true)
            .expect("builds");
        let keys: Vec<SecretKey> = (1..=4).map(key).collect();
        let certificate = certify::certificate(&built.block().header, &set, &keys);
        let committed = built.commit(certificate, &set).expect("a quorum");
        self.store.commit(&committed).expect("commits");
    }
}
