//! How a chain comes to its first key: by a ceremony in its first blocks, or by one that was held with files before.

use serde::Serialize;
use yilian_abi::records;
use yilian_ceremony::{Held, JudgementError, Message, Signed, Transcript, begin};
use yilian_primitives::ValidatorSet;
use yilian_release_records::{Phase, ceremony_key, fault_key, group_key, message_key, sealing_key};

use super::view::Entries;

/// The ceremony with which a chain begins that has no key yet.
pub(crate) fn on_chain(validators: &ValidatorSet, window: u64) -> Entries {
    let record = begin(0, Phase::Announce, 0, window, validators, None);
    vec![entry(ceremony_key(), &record)]
}

/// What a ceremony by files leaves in the state: what one on the chain would have left after its last block, so that
/// holders make their shares, and share the key anew, as after any other.
///
/// # Errors
/// If it gives no group of these validators.
pub(crate) fn by_files(
    transcript: &Transcript,
    chain_id: &str,
    validators: &ValidatorSet,
) -> Result<Entries, JudgementError> {
    let Held {
        group,
        logs,
        faults,
        ..
    } = transcript.judge(chain_id, validators)?;
    let mut entries = vec![entry(group_key(), &group)];
    for part in &transcript.announcements {
        entries.push(entry(sealing_key(&part.member), &part.message.sealing_key));
    }
    entries.extend(messages(&transcript.deals));
    entries.extend(messages(&transcript.acknowledgements));
    entries.extend(messages(&logs));
    entries.extend(faults.iter().map(|fault| entry(fault_key(fault), fault)));
    Ok(entries)
}

fn messages<T: Message>(parts: &[Signed<T>]) -> Entries {
    let one = |part: &Signed<T>| entry(message_key(0, T::PHASE, &part.member), &part.message);
    parts.iter().map(one).collect()
}

fn entry<T: Serialize>(key: Vec<u8>, value: &T) -> (Vec<u8>, Vec<u8>) {
    (key, records::to_bytes(value))
}
