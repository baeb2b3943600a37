//! `yilian contract call`

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::call::{self, SendOptions};
use crate::context::{Context, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::messages::M;
use crate::schema;

/// Arguments of `contract call`.
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// 合约名 | Name of the contract
    contract: String,
    /// 方法名 | Name of the method
    method: String,
    /// 一个参数，可多次给出：名称=值 | One argument, may be repeated: name=value
    #[arg(long = "arg", short = 'a', value_name = "NAME=VALUE")]
    pairs: Vec<String>,
    /// 全部参数，JSON 对象 | All arguments, as a JSON object
    #[arg(long, value_name = "JSON", conflicts_with = "args_file")]
    args: Option<String>,
    /// 全部参数的 JSON 文件，- 为标准输入 | A JSON file of all arguments; - is the standard input
    #[arg(long, value_name = "FILE")]
    args_file: Option<PathBuf>,
    #[command(flatten)]
    options: SendOptions,
}

impl CallArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        let given = match (&self.args, &self.args_file) {
            (Some(text), _) => context.parse_json(&"--args", text.as_bytes())?,
            (None, Some(path)) => context.read_json(path)?,
            (None, None) => Value::Object(Map::new()),
        };
        let Value::Object(mut args) = given else {
            let expected = context.name(M::TypeObject);
            let got = given.to_string();
            let values: [(&str, &dyn core::fmt::Display); 3] =
                [("path", &"args"), ("expected", &expected), ("got", &got)];
            return Err(Failure::new(Exit::Usage, context.text(M::ArgType, &values)));
        };
        args.extend(self.pairs(context)?);
        call::call(context, (&self.contract, &self.method), args, &self.options)
    }

    /// `--arg` values, typed by the method's schema.
    fn pairs(&self, context: &Context) -> Outcome<Map<String, Value>> {
        if self.pairs.is_empty() {
            return Ok(Map::new());
        }
        let interface = call::interface(context, &context.client(), &self.contract)?;
        let method = call::method(context, &interface, &self.contract, &self.method)?;
        schema::read_pairs(context.lang, &method.args, &self.pairs)
            .map_err(|line| Failure::new(Exit::Usage, line))
    }
}
