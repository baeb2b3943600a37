//! `yilian validator list`

use clap::Args;
use serde_json::json;
use yilian_chain_records::membership::{Change, Proposal, Stand};
use yilian_chain_spec::Centre;
use yilian_client::Validators;

use crate::answer::{Answer, Block};
use crate::context::{Context, Outcome};
use crate::messages::M;
use crate::show;

/// Arguments of `validator list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {}

impl ListArgs {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let found = context
            .client()
            .validators()
            .map_err(|error| context.node_failure(error))?;
        let mut answer = Answer::new("validators", json!(found))
            .fields([(context.name(M::Height), found.height.to_string())]);
        answer = centres(context, answer, &found);
        if !found.proposals.is_empty() {
            let head = [
                M::ProposalNumber,
                M::ProposalChange,
                M::ProposalBy,
                M::ProposalApprovals,
                M::ProposalStand,
                M::ProposalUntil,
            ];
            let rows = found.proposals.iter().map(|one| proposal(context, one));
            answer = answer
                .with(Block::Title(context.name(M::ProposalsTitle)))
                .table(head.map(|name| context.name(name)), rows.collect());
        }
        Ok(answer)
    }
}

fn centres(context: &Context, mut answer: Answer, found: &Validators) -> Answer {
    let lists = [
        (M::CentresInForce, &found.centres),
        (M::CentresCandidates, &found.candidates),
        (M::CentresFormer, &found.former),
    ];
    for (title, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        let head = [
            M::CentreName,
            M::CentreTitle,
            M::CentrePower,
            M::KeyPublic,
            M::CentreSeen,
        ];
        let rows = list.iter().map(|one| centre(context, one, found));
        answer = answer
            .with(Block::Title(context.name(title)))
            .table(head.map(|name| context.name(name)), rows.collect());
    }
    answer
}

fn centre(context: &Context, centre: &Centre, found: &Validators) -> Vec<String> {
    let seen = match found.unseen.get(&centre.name) {
        Some(height) => context.text(M::CentreUnseen, &[("height", height)]),
        None => context.name(M::CentreHere),
    };
    vec![
        centre.name.clone(),
        context.lang.pick(&centre.zh, &centre.en).to_owned(),
        centre.power.to_string(),
        centre.key.to_string(),
        seen,
    ]
}

fn proposal(context: &Context, proposal: &Proposal) -> Vec<String> {
    let stand = match proposal.stand {
        Stand::Open => M::ProposalOpen,
        Stand::Made => M::ProposalMade,
        Stand::Withdrawn => M::ProposalWithdrawn,
        Stand::Expired => M::ProposalExpired,
    };
    vec![
        proposal.number.to_string(),
        what(context, &proposal.change),
        proposal.by.clone(),
        proposal.approvals.join("、"),
        context.name(stand),
        show::time(proposal.valid_until_ms),
    ]
}

fn what(context: &Context, change: &Change) -> String {
    let (message, name) = match change {
        Change::Admit(centre) => (M::ChangeAdmit, &centre.name),
        Change::Remove(named) => (M::ChangeRemove, &named.name),
        Change::Rotate(rotation) => (M::ChangeRotate, &rotation.name),
        Change::Move(to) => (M::ChangeMove, &to.name),
    };
    context.text(message, &[("name", name)])
}
