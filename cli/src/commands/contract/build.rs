//! `yilian contract build` and `yilian contract test`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::check::{read_program, report};
use super::compile::compile;
use super::project::{Project, run};
use crate::answer::Answer;
use crate::context::{Context, Outcome, unwritable};
use crate::messages::M;

/// Arguments of `contract build`.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// 合约目录，默认当前目录 | Folder of the contract, by default this one
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// 输出目录，默认 target/yilian | Folder of the output, by default target/yilian
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Arguments of `contract test`.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// 合约目录，默认当前目录 | Folder of the contract, by default this one
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// 交给 cargo test 的其余参数 | More arguments for cargo test
    #[arg(last = true, value_name = "ARGS")]
    rest: Vec<String>,
}

impl BuildArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        let project = Project::open(context, &self.folder)?;
        let out = self
            .out
            .unwrap_or_else(|| project.workspace.join("target/yilian"));
        std::fs::create_dir_all(&out).map_err(|error| unwritable(context.lang, &out, &error))?;
        let mut answer = Answer::new("contract-build", json!({"contracts": []}));
        let mut built = Vec::new();
        for package in &project.packages {
            let bytes = compile(context, &project, package)?;
            let raw = out.join(format!("{}.wasm", package.library));
            std::fs::write(&raw, &bytes).map_err(|e| unwritable(context.lang, &raw, &e))?;
            let program = read_program(context, &raw)?;
            // A contract's file is named as the contract; its package may be named otherwise.
            let path = out.join(format!("{}.wasm", program.interface.name));
            std::fs::rename(&raw, &path).map_err(|e| unwritable(context.lang, &path, &e))?;
            let checked = report(context, &program, &path);
            built.push(checked.data);
            answer.blocks.extend(checked.blocks);
        }
        answer.data["contracts"] = json!(built);
        Ok(answer)
    }
}

impl TestArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        let project = Project::open(context, &self.folder)?;
        let mut test = std::process::Command::new("cargo");
        test.arg("test")
            .current_dir(&project.folder)
            .args(&self.rest);
        if context.json {
            // The standard output belongs to the answer.
            test.stdout(std::io::stderr());
        }
        run(context, test)?;
        let names: Vec<_> = project
            .packages
            .iter()
            .map(|package| &package.name)
            .collect();
        Ok(
            Answer::new("contract-test", json!({"packages": names, "passed": true}))
                .text(context.name(M::TestsPassed)),
        )
    }
}
