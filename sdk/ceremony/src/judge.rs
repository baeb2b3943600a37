//! What a transcript gives: the group, and who was absent or false.

use std::collections::BTreeMap;

use yilian_crypto::{Digest, PublicKey};
use yilian_primitives::ValidatorSet;
use yilian_release_records::{Acknowledge, Announce, Ceremony, Deal, Fault, Group, Log, Phase};
use yilian_threshold::{Ceremony as Round, CeremonyError, Outcome};

use crate::{
    JudgementError, Message, MessageError, Setting, Signed, Transcript, check_acknowledge,
    check_announce, check_deal, check_log, decode, group_of, parameters_of,
};

/// What a fault says of somebody who did not do its part.
pub const ABSENT: &str = "absent";

/// The first fault of each member.
type Faults = BTreeMap<PublicKey, Fault>;

/// A dealing that some players did not acknowledge. Either its dealer sealed them something else, or they say so falsely:
/// nobody else can tell which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unacknowledged {
    /// Whose dealing.
    pub dealer: PublicKey,
    /// Who did not acknowledge it; everybody if they were too many for the log to say so.
    pub players: Vec<PublicKey>,
}

/// A ceremony that gave a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The group, as it stands in the state from height 0 on.
    pub group: Group,
    /// The public side of its key.
    pub outcome: Outcome,
    /// The logs that hold; shares are made of them.
    pub logs: Vec<Signed<Log>>,
    /// Who was absent or false, with the first thing that was wrong, in the order of the members.
    pub faults: Vec<Fault>,
    /// Dealings whose logs hold, but show what some players did not acknowledge.
    pub unacknowledged: Vec<Unacknowledged>,
}

impl Held {
    /// Whether everybody did its part, and nothing of any share had to be shown.
    pub fn is_complete(&self) -> bool {
        let named = self.faults.len() + self.group.revealed.len() + self.unacknowledged.len();
        named == 0
    }
}

impl Transcript {
    /// Checks everything that execution checks of a ceremony on the chain, for round 0 of these validators.
    ///
    /// # Errors
    /// The first thing that is wrong. Absent members and false logs are none, as long as enough logs hold.
    pub fn judge(&self, chain_id: &str, validators: &ValidatorSet) -> Result<Held, JudgementError> {
        let setting = Setting::of(chain_id, validators);
        self.check_head(&setting)?;
        let ceremony = setting.ceremony(validators);
        let parameters = parameters_of(chain_id, &ceremony, None)?;
        self.check_messages(&setting, &parameters, &ceremony)?;
        let (logs, mut faults) = self.holding_logs(&parameters)?;
        let bytes = logs.iter().map(log_bytes).collect::<Result<Vec<_>, _>>()?;
        let outcome = parameters.outcome(&bytes)??;
        self.name_absent(&ceremony, &mut faults);
        let faults = setting.members.iter().filter_map(|one| faults.remove(one));
        Ok(Held {
            group: group_of(setting.round, 0, &outcome, None)?,
            unacknowledged: unacknowledged(&setting, &parameters, &bytes)?,
            outcome,
            logs,
            faults: faults.collect(),
        })
    }

    fn check_head(&self, setting: &Setting) -> Result<(), JudgementError> {
        if self.chain_id != setting.chain_id {
            let (got, expected) = (self.chain_id.clone(), setting.chain_id.clone());
            return Err(JudgementError::Chain { got, expected });
        }
        if self.round != setting.round {
            return Err(JudgementError::Round { got: self.round });
        }
        match self.members == setting.members {
            true => Ok(()),
            false => Err(JudgementError::Members),
        }
    }

    fn check_messages(
        &self,
        setting: &Setting,
        parameters: &Round,
        ceremony: &Ceremony,
    ) -> Result<(), JudgementError> {
        let digest = setting.digest();
        let members = &setting.members;
        check_list(members, &digest, &self.announcements, |one: &Announce| {
            check_announce(one).map(|_| ())
        })?;
        check_list(members, &digest, &self.deals, |one: &Deal| {
            check_deal(parameters, ceremony, one)
        })?;
        check_list(
            members,
            &digest,
            &self.acknowledgements,
            |one: &Acknowledge| check_acknowledge(ceremony, one),
        )?;
        check_list(members, &digest, &self.logs, |_: &Log| Ok(()))
    }

    /// The logs that hold, and the faults that the others show.
    fn holding_logs(
        &self,
        parameters: &Round,
    ) -> Result<(Vec<Signed<Log>>, Faults), JudgementError> {
        let (mut holding, mut faults) = (Vec::new(), Faults::new());
        for log in &self.logs {
            match self.check_one_log(parameters, log)? {
                None => holding.push(log.clone()),
                Some(what) => {
                    let fault = self.fault(log.member, Phase::Log, what);
                    faults.insert(log.member, fault);
                }
            }
        }
        Ok((holding, faults))
    }

    /// What a log shows of its dealer's fault, if anything.
    fn check_one_log(
        &self,
        parameters: &Round,
        log: &Signed<Log>,
    ) -> Result<Option<String>, JudgementError> {
        let member = log.member;
        let message = |reason| JudgementError::Message {
            phase: Phase::Log,
            member,
            reason,
        };
        let deal = self.deals.iter().find(|deal| deal.member == member);
        let deal = deal.ok_or(JudgementError::Undealt(member))?;
        let bytes = match check_log(parameters, &member, &log.message) {
            Ok(bytes) => bytes,
            Err(MessageError::Ceremony(CeremonyError::Log { reason, .. })) => {
                return Ok(Some(reason));
            }
            Err(reason) => return Err(message(reason)),
        };
        let dealt = decode("public", &deal.message.public).map_err(message)?;
        // In files a dealer can tell one thing here and another there; on the chain it deals once.
        let shown = parameters.shown(&bytes)?;
        Ok((shown.public != dealt)
            .then(|| "the log is of another dealing than was dealt".to_owned()))
    }

    /// The first thing that was wrong stands; the rest follows from it.
    fn name_absent(&self, ceremony: &Ceremony, faults: &mut Faults) {
        let phases = [
            (Phase::Deal, &ceremony.dealers, givers(&self.deals)),
            (
                Phase::Acknowledge,
                &ceremony.members,
                givers(&self.acknowledgements),
            ),
            (Phase::Log, &ceremony.dealers, givers(&self.logs)),
        ];
        for (phase, wanted, given) in phases {
            for member in wanted.iter().filter(|member| !given.contains(member)) {
                let fault = self.fault(*member, phase, ABSENT.to_owned());
                faults.entry(*member).or_insert(fault);
            }
        }
    }

    fn fault(&self, member: PublicKey, phase: Phase, what: String) -> Fault {
        Fault {
            member,
            round: self.round,
            phase,
            what,
        }
    }
}

/// Every part is a member's, stands in its place, is signed, and can be said.
fn check_list<T: Message>(
    members: &[PublicKey],
    setting: &Digest,
    parts: &[Signed<T>],
    check: impl Fn(&T) -> Result<(), MessageError>,
) -> Result<(), JudgementError> {
    let phase = T::PHASE;
    let mut rest = members.iter();
    for part in parts {
        let member = part.member;
        if !members.contains(&member) {
            return Err(JudgementError::Foreign { phase, member });
        }
        if !rest.any(|one| *one == member) {
            return Err(JudgementError::Twice { phase, member });
        }
        if part.verify(setting).is_err() {
            return Err(JudgementError::Forged { phase, member });
        }
        if let Some(got) = part.message.round().filter(|round| *round != 0) {
            return Err(JudgementError::Round { got });
        }
        check(&part.message).map_err(|reason| JudgementError::Message {
            phase,
            member,
            reason,
        })?;
    }
    Ok(())
}

fn unacknowledged(
    setting: &Setting,
    parameters: &Round,
    logs: &[Vec<u8>],
) -> Result<Vec<Unacknowledged>, JudgementError> {
    let mut found = Vec::new();
    for log in logs {
        let shown = parameters.shown(log)?;
        let players = shown.revealed.unwrap_or_else(|| setting.members.clone());
        if !players.is_empty() {
            found.push(Unacknowledged {
                dealer: shown.dealer,
                players,
            });
        }
    }
    Ok(found)
}

fn givers<T>(parts: &[Signed<T>]) -> Vec<PublicKey> {
    parts.iter().map(|part| part.member).collect()
}

fn log_bytes(log: &Signed<Log>) -> Result<Vec<u8>, JudgementError> {
    decode("log", &log.message.log).map_err(|reason| JudgementError::Message {
        phase: Phase::Log,
        member: log.member,
        reason,
    })
}
