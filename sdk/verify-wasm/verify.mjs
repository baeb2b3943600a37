// Checks Yilian evidence in a browser or in node.js, with nothing but the module yilian_verify.wasm.
//
//   const verifier = await load(bytesOfTheModule);
//   const report = verifier.verify(bytesOfTheBundle, textOfTheTrustFile);
//   report.verdict.kind  // "valid", "forged" or "undecided"
//
// Each verification runs in an instance of its own, so that its memory is given back.

/** The trust file could not be read; nothing was verified. */
export class TrustError extends Error {}

/** Takes the bytes of the module, or a compiled WebAssembly.Module. */
export async function load(source) {
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
  return { verify: (bundle, trust) => verify(module, bundle, trust) };
}

function verify(module, bundle, trust) {
  const { exports } = new WebAssembly.Instance(module, {});
  write(exports, exports.bundle, bundle, "the bundle");
  write(exports, exports.trust, new TextEncoder().encode(trust), "the trust file");
  const length = exports.verify();
  const json = new Uint8Array(exports.memory.buffer, exports.report(), length);
  const answer = JSON.parse(new TextDecoder().decode(json));
  if (answer.trust_error !== undefined) {
    throw new TrustError(answer.trust_error);
  }
  return answer.report;
}

function write(exports, reserve, bytes, what) {
  const address = reserve(bytes.length);
  if (address === 0) {
    throw new RangeError(`${what} is too long: ${bytes.length} bytes`);
  }
  // The memory may have grown, so it is looked at only now.
  new Uint8Array(exports.memory.buffer, address, bytes.length).set(bytes);
}
