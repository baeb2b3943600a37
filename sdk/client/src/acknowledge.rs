//! Collecting acknowledgements from several validators at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;
use yilian_acknowledgement::{AcknowledgedSubmission, Acknowledgement, submission};
use yilian_crypto::{Digest, PublicKey};
use yilian_primitives::{Envelope, TransactionPayload, TxId, json};

use crate::{Client, ClientError};

/// Pause before a validator that could not answer is asked again.
const RETRY: Duration = Duration::from_millis(200);

/// A validator's answer.
#[derive(Clone, Debug, Deserialize)]
struct Answer {
    chain_id: String,
    submission: Digest,
    acknowledgement: Acknowledgement,
}

/// What was collected.
#[derive(Debug)]
pub struct Collected {
    /// The transaction that was sent.
    pub tx_id: TxId,
    /// The submission with the acknowledgements that hold.
    pub submission: AcknowledgedSubmission,
    /// Why others gave none, by their addresses.
    pub failures: Vec<(String, ClientError)>,
}

impl Client {
    /// Sends a signed transaction to this node and has it acknowledged. The answer is checked to be about this submission.
    pub fn acknowledge(&self, envelope: &Envelope) -> Result<Acknowledgement, ClientError> {
        const PATH: &str = "/v1/acknowledgements";
        let payload = payload(envelope)?;
        let body = envelope.to_dsse_json(&payload.sender);
        let answer: Answer = self.post(PATH, &body)?;
        let expected = submission_of(&payload);
        let holds = answer.chain_id == payload.chain_id
            && answer.submission == expected
            && answer
                .acknowledgement
                .verify(&payload.chain_id, &expected)
                .is_ok();
        match holds {
            true => Ok(answer.acknowledgement),
            false => Err(ClientError::protocol(
                PATH,
                "an acknowledgement of something else",
            )),
        }
    }

    /// Has a transaction acknowledged by `needed` validators, asking all nodes at the same time; who cannot answer is asked
    /// again until the time is over. Only words of `validators` count, each once.
    ///
    /// Sending it also submits it: one node that answers is enough for it to reach a block.
    ///
    /// # Errors
    /// If the envelope is none. Too few acknowledgements are no error: what was collected is given.
    pub fn collect_acknowledgements(
        nodes: &[Client],
        envelope: &Envelope,
        validators: &[PublicKey],
        needed: usize,
        timeout: Duration,
    ) -> Result<Collected, ClientError> {
        let payload = payload(envelope)?;
        let until = Instant::now() + timeout;
        let enough = AtomicBool::new(false);
        let (mut kept, mut failures) = (Vec::<Acknowledgement>::new(), Vec::new());
        std::thread::scope(|scope| {
            let (sender, answers) = mpsc::sync_channel(nodes.len());
            for node in nodes {
                let (sender, enough) = (sender.clone(), &enough);
                scope.spawn(move || {
                    let answer = node.acknowledge_until(envelope, until, enough);
                    // Nobody listens any more once there are enough.
                    let _ = sender.send((node.url().to_owned(), answer));
                });
            }
            drop(sender);
            for (url, answer) in answers {
                match answer {
                    Ok(one) if !validators.contains(&one.validator) => {
                        let error = ClientError::protocol(&url, "its key is no validator's");
                        failures.push((url, error));
                    }
                    Ok(one) if kept.iter().all(|old| old.validator != one.validator) => {
                        kept.push(one);
                    }
                    Ok(_) => {}
                    Err(error) => failures.push((url, error)),
                }
                if kept.len() >= needed {
                    enough.store(true, Ordering::Relaxed);
                }
            }
        });
        Ok(Collected {
            tx_id: tx_id(envelope),
            submission: AcknowledgedSubmission {
                chain_id: payload.chain_id,
                contract: payload.contract,
                method: payload.method,
                args: payload.args,
                acknowledgements: kept,
            },
            failures,
        })
    }

    fn acknowledge_until(
        &self,
        envelope: &Envelope,
        until: Instant,
        enough: &AtomicBool,
    ) -> Result<Acknowledgement, ClientError> {
        loop {
            match self.acknowledge(envelope) {
                Err(error) if error.is_temporary() && !enough.load(Ordering::Relaxed) => {
                    if Instant::now() + RETRY >= until {
                        return Err(error);
                    }
                    std::thread::sleep(RETRY);
                }
                answer => return answer,
            }
        }
    }

    fn post(&self, path: &str, body: &str) -> Result<Answer, ClientError> {
        let answer: Value = self.http.post(path, body, None)?;
        serde_json::from_value(answer).map_err(|error| ClientError::protocol(path, error))
    }
}

fn payload(envelope: &Envelope) -> Result<TransactionPayload, ClientError> {
    TransactionPayload::from_json(&envelope.payload)
        .map_err(|refusal| ClientError::protocol("the envelope", refusal))
}

fn submission_of(payload: &TransactionPayload) -> Digest {
    let args = json::canonical(&payload.args);
    submission(&payload.contract, &payload.method, &args)
}

fn tx_id(envelope: &Envelope) -> TxId {
    TxId(Digest::sha256(
        &yilian_primitives::pre_authentication_encoding(
            yilian_primitives::PAYLOAD_TYPE,
            &envelope.payload,
        ),
    ))
}
