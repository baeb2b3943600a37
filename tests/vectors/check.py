"""Checks protocol.json with nothing but docs/protocol.md and Python's standard library.

A second implementation, written apart from the first: it shares no code with it, so what both compute is what the page says.
It is an example of how little a verifier needs. Ed25519 is RFC 8032 section 6 with the strict checks of the page; slow.
"""
import base64
import hashlib
import json
import pathlib
import sys
import unicodedata

# --- Ed25519 -------------------------------------------------------------------------------------------------------
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    h, g, u, v = f - e, d - c, d + c, f + e
    return h * g % P, u * v % P, g * u % P, h * v % P


def times(n, point):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, point)
        point, n = add(point, point), n >> 1
    return total


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    assert y < P, "not canonical"
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * ROOT % P
    assert (x * x - xx) % P == 0 and not (x == 0 and sign), "no point"
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point(bytes([0x58]) + bytes([0x66]) * 31)


def verifies(key, message, signature):
    r, s = point(signature[:32]), int.from_bytes(signature[32:], "little")
    a = point(key)
    small = any(same(times(8, q), (0, 1, 1, 0)) for q in (a, r))
    if s >= ORDER or small:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return same(times(s, BASE), add(r, times(h, a)))


# --- Primitive values, CBOR, canonical JSON ------------------------------------------------------------------------
def sha(data):
    return hashlib.sha256(data).digest()


def text(digest):
    return "sha256:" + digest.hex()


def tagged(name, data):
    return sha(b"YILIAN/" + name.encode() + b"/v1\0" + data)


def untext(value):
    """Tagged bytes of the text of a digest, key or signature."""
    kind, digits = value.split(":")
    assert kind in ("sha256", "ed25519") and digits == digits.lower()
    return b"\x01" + bytes.fromhex(digits)


def cbor(value):
    def head(major, n):
        if n < 24:
            return bytes([major << 5 | n])
        size = next(size for size in range(4) if n < 1 << (8 << size))
        return bytes([major << 5 | 24 + size]) + n.to_bytes(1 << size, "big")

    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(4, len(value)) + b"".join(map(cbor, value))


def canonical(value):
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def strict(source):
    def refuse(what):
        raise ValueError(what)

    def pairs(items):
        return dict(items) if len(dict(items)) == len(items) else refuse("a key twice")

    def integer(digits):
        return int(digits) if abs(int(digits)) < 2**53 else refuse("too large")

    value = json.loads(source, object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse, parse_int=integer)
    written = canonical(value)
    return value if unicodedata.is_normalized("NFC", written) else refuse("not NFC")


# --- The sections of the file --------------------------------------------------------------------------------------
def check_keys(entries):
    for entry in entries:
        key = untext(entry["public_key"])
        assert key.hex() == entry["tagged"]
        assert tagged("address", key)[:20].hex() == entry["address"]
        assert verifies(key[1:], b"abc", untext(entry["signature_of_abc"])[1:])
        assert not verifies(key[1:], b"abd", untext(entry["signature_of_abc"])[1:])


def check_digests(entry):
    assert text(sha(b"abc")) == entry["untagged_of_abc"]
    assert entry["tagged_bytes_of_untagged"] == "01" + sha(b"abc").hex()
    for name, digest in entry["of_abc_under_each_namespace"].items():
        assert text(sha(name.encode() + b"\0abc")) == digest


def check_json(entry):
    for case in entry["written"]:
        assert canonical(strict(case["text"])) == case["canonical"]
        assert text(sha(case["canonical"].encode())) == case["digest"]
    for source in entry["refused"]:
        try:
            strict(source)
        except ValueError:
            continue
        raise AssertionError(f"{source} was not refused")


def check_chain_spec(entry):
    identity = entry["identity"]
    assert text(tagged("chain-spec", canonical(identity).encode())) == entry["digest"]
    parameters = canonical(identity["parameters"])
    assert parameters == entry["parameters"]
    assert text(tagged("parameters", parameters.encode())) == entry["parameters_hash"]
    centres = [dict(centre, public_key=centre["key"]) for centre in identity["centre"]]
    assert text(tagged("validator-set", set_cbor(centres))) == entry["validators_hash"]


def address(validator):
    return tagged("address", untext(validator["public_key"]))[:20]


def ordered(validators):
    return sorted(validators, key=lambda validator: (-validator["power"], address(validator)))


def set_cbor(validators):
    fields = [[v["name"], untext(v["public_key"]), v["power"]] for v in ordered(validators)]
    return cbor(fields)


def check_validator_set(entry):
    validators = entry["validators"]
    assert validators == ordered(validators)
    assert set_cbor(validators).hex() == entry["cbor"]
    assert text(tagged("validator-set", set_cbor(validators))) == entry["hash"]
    for validator, verifier in zip(validators, entry["verifier_keys"], strict=True):
        name, identifier, key = verifier.split("+", 2)
        assert name == "yilian/yilian-vectors/" + validator["name"]
        assert base64.b64decode(key) == untext(validator["public_key"])
        assert identifier == key_id(name, untext(validator["public_key"])).hex()


def key_id(name, key):
    return sha(name.encode() + b"\n" + key)[:4]


def check_transaction(entry):
    payload = base64.b64decode(entry["dsse"]["payload"])
    kind = entry["dsse"]["payloadType"]
    assert kind == "application/vnd.yilian.tx.v1+json" and payload.decode() == entry["payload"]
    signed = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    assert signed.hex() == entry["signed_bytes"] and text(sha(signed)) == entry["id"]
    signature = base64.b64decode(entry["dsse"]["signatures"][0]["sig"])
    assert b"\x01" + signature == untext(entry["signature"])
    assert verifies(untext(strict(payload)["sender"])[1:], signed, signature)
    assert cbor([payload, b"\x01" + signature]).hex() == entry["transaction_leaf"]


def receipt_cbor(receipt):
    kind, cause = next(iter(receipt["cause"].items()))
    cause = [1, untext(cause)] if kind == "transaction" else [{"release": 2, "schedule": 3}[kind], cause]
    outcome = [0]
    if receipt["outcome"] != "ok":
        kind, fields = next(iter(receipt["outcome"].items()))
        refused = kind == "refused"
        outcome = [1, fields["code"], fields["name"], fields["message"]] if refused else [2, fields["reason"]]
    calls = [[untext(c["code_hash"]), c["method"], untext(c["input"]), untext(c["output"])] for c in receipt["rule_calls"]]
    lists = [[receipt[n]["count"], untext(receipt[n]["root"])] for n in ("reads", "writes", "events")]
    head = [1, receipt["height"], receipt["index"], receipt["time_ms"], *cause, receipt["caller"]]
    call = [receipt["organisation"], receipt["contract"], receipt["method"], untext(receipt["code_hash"])]
    tail = [untext(receipt["args"]), outcome, untext(receipt["result"]), calls, *lists, receipt["fuel_used"]]
    return cbor(head + call + tail)


def check_receipts(entries):
    for entry in entries:
        leaf = receipt_cbor(entry["receipt"])
        assert leaf.hex() == entry["cbor"] and text(sha(b"\0" + leaf)) == entry["leaf_hash"]


def check_entries(entry, signature):
    value, key = b"\x01" + sha(b"value"), b"evidence\0record/1"

    def leaf(seed, place, value, writer):
        salt = tagged("disclosure-salt", seed + place.to_bytes(8, "big"))
        return cbor([salt, key, value, writer]).hex()

    assert leaf(signature, 0, value, 412003) == entry["read_present"]
    assert leaf(signature, 1, None, None) == entry["read_absent"]
    assert leaf(signature, 2**32, value, None) == entry["write"]
    assert leaf(bytes(64), 0, value, 0) == entry["read_of_a_system_call"]
    assert cbor(["evidence", "put", b'{"a":1}']).hex() == entry["event"]


def header_cbor(header):
    digests = lambda names: [untext(header[name]) for name in names.split()]
    return cbor(
        [1, header["chain_id"], *digests("chain_spec"), header["height"], header["time_ms"]]
        + [bytes.fromhex(header["proposer"]), *digests("parent_hash parent_commit_hash")]
        + [header["transaction_count"], *digests("transactions_root"), header["log_size"]]
        + digests("log_root state_root validators_hash next_validators_hash parameters_hash")
        + [header["execution_engine"], []]
    )


def check_header(entry):
    assert header_cbor(entry["header"]).hex() == entry["cbor"]
    assert text(tagged("header", header_cbor(entry["header"]))) == entry["hash"]


def check_certificate(entry, header, validators):
    root = base64.b64encode(untext(header["header"]["log_root"])[1:]).decode()
    size, head = header["header"]["log_size"], header["hash"]
    body = f"yilian/yilian-vectors\n{size}\n{root}\nyilian-commit/v1 7 2 {head}\n"
    assert body == entry["signed_text"]
    note_body, _, lines = entry["signed_note"].partition("\n\n")
    assert note_body + "\n" == body
    signatures, power = [], 0
    lines = dict(line[2:].rsplit(" ", 1) for line in lines.splitlines())
    for validator in validators:
        name = "yilian/yilian-vectors/" + validator["name"]
        if name not in lines:
            continue
        blob, key = base64.b64decode(lines[name]), untext(validator["public_key"])
        assert blob[:4] == key_id(name, key) and verifies(key[1:], body.encode(), blob[4:])
        signatures.append([address(validator), b"\x01" + blob[4:]])
        power += validator["power"]
    assert 3 * power > 2 * sum(validator["power"] for validator in validators)
    fields = [1, 7, 2, untext(head), size, untext(header["header"]["log_root"]), signatures]
    assert cbor(fields).hex() == entry["cbor"]
    assert text(tagged("commit-certificate", cbor(fields))) == entry["hash"]


def tree_root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node(tree_root(leaves[:split]), tree_root(leaves[split:]))


def node(left, right):
    return sha(b"\1" + left + right)


def included(proof, leaf, root):
    """RFC 9162 section 2.1.3.2."""
    fn, sn, r = proof["index"], proof["size"] - 1, leaf
    for p in (untext(h)[1:] for h in proof["hashes"]):
        assert sn
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistent(proof, old, new):
    """RFC 9162 section 2.1.4.2."""
    first, second, path = proof["old_size"], proof["new_size"], [untext(h)[1:] for h in proof["hashes"]]
    if first == second:
        return not path and old == new
    if first & (first - 1) == 0:
        path.insert(0, old)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if not sn:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old and sr == new


def check_ceremony_file(entry):
    file = strict(entry["file"])
    assert entry["file"] == canonical(file) + "\n" and file["format"] == "yilian.ceremony-acknowledge.v1"
    about = {"chain_id": file["chain_id"], "members": entry["members"], "round": file["round"]}
    setting = tagged("ceremony-file", canonical(about).encode())
    assert text(setting) == entry["setting"] == file["setting"]
    signed = file["signed"]
    parts = (setting, b"acknowledge", canonical(signed["message"]).encode())
    message = b"YILIAN/ceremony-file/v1\0" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    assert signed["member"] in entry["members"]
    assert verifies(untext(signed["member"])[1:], message, untext(signed["signature"])[1:])


def check_log(entry):
    leaves = [sha(b"\0" + leaf.encode()) for leaf in entry["leaves"]]
    roots = [untext(root)[1:] for root in entry["roots"]]
    assert roots == [tree_root(leaves[:size]) for size in range(len(leaves) + 1)]
    for proof in entry["inclusion"]:
        assert included(proof, leaves[proof["index"]], roots[-1])
        assert not included(proof, leaves[proof["index"] - 1], roots[-1])
    for proof in entry["consistency"]:
        assert consistent(proof, roots[proof["old_size"]], roots[-1])
        assert proof["old_size"] == len(leaves) or not consistent(proof, roots[-2][::-1], roots[-1])


def check_state(entry):
    empty = b"SPARSE_MERKLE_PLACEHOLDER_HASH__"
    for case in entry["cases"]:
        leaf, siblings = case["proof"]["leaf"], [untext(h)[1:] for h in case["proof"]["siblings"]]
        path = sha(case["key"].encode())
        bits = f"{int.from_bytes(path, 'big'):0256b}"
        other, value = (untext(leaf[0])[1:], untext(leaf[1])[1:]) if leaf else (None, None)
        if case["value"] is not None:
            assert other == path and value == sha(case["value"].encode())
        elif leaf:
            assert other != path and f"{int.from_bytes(other, 'big'):0256b}"[: len(siblings)] == bits[: len(siblings)]
        current = sha(b"JMT::LeafNode" + other + value) if leaf else empty
        for place, sibling in enumerate(siblings):
            pair = (sibling, current) if bits[len(siblings) - 1 - place] == "1" else (current, sibling)
            current = sha(b"JMT::IntrnalNode" + b"".join(pair))
        assert text(current) == entry["root"]


def main():
    vectors = json.loads((pathlib.Path(__file__).parent / "protocol.json").read_text("utf-8"))
    check_keys(vectors["keys"])
    check_digests(vectors["digests"])
    check_json(vectors["canonical_json"])
    check_chain_spec(vectors["chain_spec"])
    check_validator_set(vectors["validator_set"])
    check_transaction(vectors["transaction"])
    check_receipts(vectors["receipt"])
    check_entries(vectors["entries"], untext(vectors["transaction"]["signature"])[1:])
    check_header(vectors["header"])
    check_certificate(vectors["certificate"], vectors["header"], vectors["validator_set"]["validators"])
    check_ceremony_file(vectors["ceremony_file"])
    check_log(vectors["log"])
    check_state(vectors["state"])
    print(f"{len(vectors)} sections hold")


if __name__ == "__main__":
    sys.exit(main())
