// node verify-cli.mjs MODULE.wasm FILE --trust TRUST [--json]
//
// Ends as `yilian verify` does: 0 valid, 4 forged, 5 cannot decide, 2 wrong usage.
import { readFileSync } from "node:fs";
import { load, TrustError } from "./verify.mjs";

const [module, file, flag, trust, ...rest] = process.argv.slice(2);
if (flag !== "--trust" || trust === undefined) {
  console.error("usage: node verify-cli.mjs MODULE.wasm FILE --trust TRUST [--json]");
  process.exit(2);
}
const verifier = await load(readFileSync(module));
try {
  const report = verifier.verify(readFileSync(file), readFileSync(trust, "utf8"));
  if (rest.includes("--json")) {
    console.log(JSON.stringify(report));
  } else {
    const marks = { proved: "✓", failed: "✗", unchecked: "–" };
    for (const step of report.steps) {
      console.log(`${marks[step.outcome]} ${step.zh}：${step.detail.zh}`);
    }
    console.log(report.verdict.kind);
  }
  process.exitCode = { valid: 0, forged: 4, undecided: 5 }[report.verdict.kind];
} catch (error) {
  if (!(error instanceof TrustError)) throw error;
  console.error(error.message);
  process.exitCode = 5;
}
