//! The steps between the host's bytes and an author's function. The macros call these; authors do not.

use crate::{Context, Json, Refusal, json};

/// Reads arguments, runs a rule's method, writes its result.
pub fn rule<A: Json, R: Json, E: Into<Refusal>>(
    args: &[u8],
    method: impl FnOnce(A) -> Result<R, E>,
) -> Result<Vec<u8>, Refusal> {
    let args = json::from_slice(args)?;
    method(args)
        .map(|result| json::to_vec(&result))
        .map_err(Into::into)
}

/// Reads arguments, runs a ledger's method, writes its result.
pub fn ledger<A: Json, R: Json, E: Into<Refusal>>(
    ctx: &mut Context,
    args: &[u8],
    method: impl FnOnce(&mut Context, A) -> Result<R, E>,
) -> Result<Vec<u8>, Refusal> {
    let args = json::from_slice(args)?;
    method(ctx, args)
        .map(|result| json::to_vec(&result))
        .map_err(Into::into)
}

/// The exported functions' way in and out.
#[cfg(target_arch = "wasm32")]
mod export {
    use super::*;
    use crate::host;

    /// Body of a rule's exported method.
    pub fn export_rule<A: Json, R: Json, E: Into<Refusal>>(method: impl FnOnce(A) -> Result<R, E>) {
        report_panics();
        finish(rule(&host::arguments(), method));
    }

    /// Body of a ledger's exported method.
    pub fn export_ledger<A: Json, R: Json, E: Into<Refusal>>(
        method: impl FnOnce(&mut Context, A) -> Result<R, E>,
    ) {
        report_panics();
        let env = match json::from_slice(&host::environment()) {
            Ok(env) => env,
            Err(error) => panic!("the host describes the call in another form: {error}"),
        };
        let mut ctx = Context::new(env, host::Host);
        finish(ledger(&mut ctx, &host::arguments(), method));
    }

    fn finish(outcome: Result<Vec<u8>, Refusal>) {
        match outcome {
            Ok(result) => host::give(&result),
            Err(refusal) => host::refuse(refusal),
        }
    }

    /// A trap carries no text, so a panic's own goes to the operator's log first.
    fn report_panics() {
        std::panic::set_hook(Box::new(|panic| host::log(&panic.to_string())));
    }
}

#[cfg(target_arch = "wasm32")]
pub use export::{export_ledger, export_rule};
