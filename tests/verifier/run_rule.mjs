// Runs a rule in node.js: node run_rule.mjs RULE.wasm METHOD < input, and the result on standard output.
//
// The host functions are those of docs/protocol.md, as far as a rule that draws uses them. A third engine beside those of
// node and verifier: what they agree on is no accident of one of them.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const [file, method] = process.argv.slice(2);
const input = readFileSync(0);
let memory, buffer = input, result;

const bytes = (at, length) => Buffer.from(memory.buffer, at >>> 0, length >>> 0);
const unused = (name) => () => { throw new Error(`${name} is not for draws`); };
const host = {
    input: () => { buffer = input; return input.length; },
    take: (at) => { bytes(at, buffer.length).set(buffer); },
    ret: (at, length) => { result = Buffer.from(bytes(at, length)); },
    refuse: (at, length) => { throw new Error(`refused: ${bytes(at, length)}`); },
    debug: () => {},
    hash: (suite, at, length, out) => {
        if (suite !== 1) throw new Error(`hash suite ${suite}`);
        bytes(out, 32).set(createHash("sha256").update(bytes(at, length)).digest());
    },
    verify_signature: unused("verify_signature"),
};

const { instance } = await WebAssembly.instantiate(readFileSync(file), { yilian1: host });
memory = instance.exports.memory;
instance.exports[method]();
process.stdout.write(result);
