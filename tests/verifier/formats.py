"""The formats of docs/protocol.md and docs/evidence-bundle.md, read strictly.

Whatever is not exactly what the documents say raises Malformed. Primitive values, canonical JSON, Ed25519 and the proofs of
RFC 9162 are those of tests/vectors/check.py, the second implementation of docs/protocol.md.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vectors"))
from check import cbor, sha, strict, tagged, untext  # noqa: E402

FILE_MAX, PIECES_MAX, TRAIL_MAX, HASHES_MAX, STEPS_MAX = 64 << 20, 100_000, 1024, 1 << 20, 1 << 21
LEAF_MAX, HEADER_MAX, CERTIFICATE_MAX, VALIDATORS_MAX, CONTENT_MAX = 65_535, 4_096, 16_384, 128, 8 << 20
DEPTH_MAX = 6


class Malformed(ValueError):
    """Bytes that are not of the form the documents give."""


def need(condition, what):
    if not condition:
        raise Malformed(what)


def decode(data):
    """Deterministic CBOR of the few kinds that are used. The value encodes to the same bytes again, or it is refused."""

    def item(at, depth):
        need(at < len(data) and depth <= DEPTH_MAX, "CBOR: cut short or too deep")
        major, small, at = data[at] >> 5, data[at] & 31, at + 1
        if (major, small) == (7, 22):
            return None, at
        need(major in (0, 2, 3, 4) and small < 28, "CBOR: another kind of value")
        length = 0 if small < 24 else 1 << (small - 24)
        need(at + length <= len(data), "CBOR: cut short")
        number, at = (int.from_bytes(data[at : at + length], "big") if length else small), at + length
        if major == 0:
            return number, at
        need(number <= len(data) - at, "CBOR: cut short")
        if major == 4:
            values = []
            for _ in range(number):
                value, at = item(at, depth + 1)
                values.append(value)
            return values, at
        piece = data[at : at + number]
        return (piece if major == 2 else piece.decode("utf-8")), at + number

    try:
        value, end = item(0, 0)
    except UnicodeDecodeError as error:
        raise Malformed("CBOR: a text that is not UTF-8") from error
    need(end == len(data) and cbor(value) == data, "CBOR: not its one encoding")
    return value


def is_bytes(value, length=None, first=None):
    fits = isinstance(value, bytes) and (length is None or len(value) == length)
    return fits and (first is None or value[:1] == first)


def is_digest(value):
    return is_bytes(value, 33, b"\1")


def is_uint(value):
    return type(value) is int


def is_text(value, longest):
    return isinstance(value, str) and len(value.encode()) <= longest


def is_list(value, longest=PIECES_MAX, least=0):
    return isinstance(value, list) and least <= len(value) <= longest


def fields(value, count, what):
    need(isinstance(value, list) and len(value) == count, f"{what}: expected {count} fields")
    return value


HEADER = (
    "version chain_id chain_spec height time_ms proposer parent_hash parent_commit_hash transaction_count transactions_root "
    "log_size log_root state_root validators_hash next_validators_hash parameters_hash execution_engine extensions"
).split()


def header(data):
    need(is_bytes(data) and len(data) <= HEADER_MAX, "header: too long")
    found = dict(zip(HEADER, fields(decode(data), len(HEADER), "header"), strict=True))
    digests = "chain_spec parent_hash parent_commit_hash transactions_root log_root state_root"
    need(all(is_digest(found[name]) for name in digests.split()), "header: a digest")
    need(all(is_digest(found[n]) for n in ("validators_hash", "next_validators_hash", "parameters_hash")), "header: a digest")
    need(all(is_uint(found[name]) for name in "height time_ms transaction_count log_size".split()), "header: a number")
    need(found["version"] == 1 and found["extensions"] == [] and is_bytes(found["proposer"], 20), "header: its form")
    need(is_text(found["chain_id"], 32) and is_text(found["execution_engine"], 64), "header: a text")
    return dict(found, bytes=data, hash=b"\1" + tagged("header", data))


def certificate(data):
    need(is_bytes(data) and len(data) <= CERTIFICATE_MAX, "certificate: too long")
    found = fields(decode(data), 7, "certificate")
    need(found[0] == 1 and all(map(is_uint, (found[1], found[2], found[4]))), "certificate: its form")
    need(found[2] < 2**32 and is_digest(found[3]) and is_digest(found[5]), "certificate: its form")
    need(is_list(found[6], VALIDATORS_MAX), "certificate: its signatures")
    for one in found[6]:
        address, signature = fields(one, 2, "certificate: a signature")
        need(is_bytes(address, 20) and is_bytes(signature, 65, b"\1"), "certificate: a signature")
    names = "version height round header_hash log_size log_root signatures".split()
    return dict(zip(names, found, strict=True))


def validator_set(data):
    need(is_bytes(data), "validator set: bytes")
    found = decode(data)
    need(is_list(found, VALIDATORS_MAX, 1), "validator set: 1 to 128 validators")
    members = []
    for one in found:
        name, key, power = fields(one, 3, "validator")
        need(is_text(name, 64) and is_bytes(key, 33, b"\1") and is_uint(power) and power > 0, "validator: its form")
        members.append({"name": name, "key": key, "power": power, "address": tagged("address", key)[:20]})
    order = [(-one["power"], one["address"]) for one in members]
    need(order == sorted(order) and len({one["name"] for one in members}) == len(members), "validator set: its order")
    need(len({one["key"] for one in members}) == len(members), "validator set: a key twice")
    total = sum(one["power"] for one in members)
    need(total <= 1 << 32, "validator set: too much power")
    return {"members": members, "total": total, "hash": b"\1" + tagged("validator-set", data), "bytes": data}


RECEIPT = (
    "version height index time_ms cause_kind cause caller organisation contract method code_hash args outcome result rule_calls "
    "reads writes events fuel_used"
).split()


def receipt(data):
    need(is_bytes(data) and len(data) <= LEAF_MAX, "receipt: too long")
    found = dict(zip(RECEIPT, fields(decode(data), len(RECEIPT), "receipt"), strict=True))
    need(found["version"] == 1, "receipt: its version")
    need(all(is_uint(found[name]) for name in "height index time_ms cause_kind fuel_used".split()), "receipt: a number")
    need(all(isinstance(found[n], str) for n in "caller organisation contract method".split()), "receipt: a text")
    need(all(is_digest(found[name]) for name in "code_hash args result".split()), "receipt: a digest")
    named = lambda cause: isinstance(cause, str)
    kinds = {1: is_digest, 2: named, 3: named}
    need(kinds.get(found["cause_kind"], lambda _: False)(found["cause"]), "receipt: its cause")
    outcome = found["outcome"]
    need(isinstance(outcome, list) and outcome[:1] in ([0], [1], [2]), "receipt: its outcome")
    need(len(outcome) == {0: 1, 1: 4, 2: 2}[outcome[0]], "receipt: its outcome")
    need(is_list(found["rule_calls"], 64), "receipt: its rule calls")
    for call in found["rule_calls"]:
        code, method, given, got = fields(call, 4, "rule call")
        need(is_digest(code) and isinstance(method, str) and is_digest(given) and is_digest(got), "rule call: its form")
    for name in ("reads", "writes", "events"):
        count, root = fields(found[name], 2, name)
        need(is_uint(count) and is_digest(root), f"receipt: its {name}")
    return dict(found, bytes=data)


def transaction(payload, signature):
    """Payload and id; the signature is not verified here."""
    need(is_bytes(payload) and is_bytes(signature, 65, b"\1") and len(payload) + 65 <= 1 << 20, "transaction: its form")
    kind = b"application/vnd.yilian.tx.v1+json"
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    try:
        found = strict(payload.decode("utf-8"))
    except (ValueError, RecursionError):
        found = None
    return {"payload": found, "signed": signed, "signature": signature[1:], "id": b"\1" + sha(signed)}


BUNDLE = (
    "mark version chain_id claims hashes validator_sets trail headers records transactions contents codes states consistency "
    "cosignatures"
).split()


class Bundle:
    """A file that has its one encoding, everything in order and nothing twice."""

    def __init__(self, data):
        need(len(data) <= FILE_MAX, "longer than 64 MiB")
        found = fields(decode(data), len(BUNDLE), "bundle")
        raw = dict(zip(BUNDLE, found, strict=True))
        need(raw["mark"] == "YLEV" and raw["version"] == 1 and is_text(raw["chain_id"], 32), "no bundle of version 1")
        need(is_list(raw["hashes"], HASHES_MAX) and all(map(is_digest, raw["hashes"])), "its hashes")
        rising(raw["hashes"], "hashes")
        self.chain_id, self.hashes, self.steps, self.used = raw["chain_id"], raw["hashes"], 0, set()
        self.claims = [claim(one) for one in listed(raw, "claims", least=1)]
        rising(self.claims, "claims")
        self.sets = {one["hash"]: one for one in map(validator_set, listed(raw, "validator_sets", TRAIL_MAX))}
        need(len(self.sets) == len(raw["validator_sets"]), "a validator set twice")
        rising(list(self.sets), "validator sets")
        trail = [fields(one, 2, "trail") for one in listed(raw, "trail", TRAIL_MAX, 1)]
        self.trail = [(header(one), certificate(proof)) for one, proof in trail]
        rising([one["height"] for one, _ in self.trail], "trail")
        self.anchor = self.trail[-1][0]
        headers = [fields(one, 2, "logged header") for one in listed(raw, "headers")]
        headers = [(header(one), self.path(path)) for one, path in headers]
        rising([one["height"] for one, _ in headers], "headers")
        self.headers = {one["height"]: (one, path) for one, path in headers}
        records = [fields(one, 3, "record") for one in listed(raw, "records")]
        need(all(is_uint(place) for place, _, _ in records), "a record's place")
        rising([place for place, _, _ in records], "records")
        self.records = {place: (receipt(leaf), self.path(path)) for place, leaf, path in records}
        sent = [transaction(*fields(one, 2, "transaction")) for one in listed(raw, "transactions")]
        self.transactions = {one["id"]: one for one in sent}
        rising([one["id"] for one in sent], "transactions")
        for name in ("contents", "codes"):
            pieces = listed(raw, name)
            need(all(is_bytes(one) and len(one) <= CONTENT_MAX for one in pieces), name)
            rising([sha(one) for one in pieces], name)
            setattr(self, name, {b"\1" + sha(one): one for one in pieces})
        self.states = {}
        for one in listed(raw, "states"):
            height, contract, key, value, leaf, siblings = fields(one, 6, "state")
            need(is_uint(height) and is_text(contract, 64) and is_text(key, 4_096), "state: its name")
            need(value is None or is_bytes(value), "state: its value")
            need(leaf is None or (is_list(leaf, 2, 2) and all(map(is_digest, leaf))), "state: its leaf")
            need(is_list(siblings, 256), "state: its siblings")
            path = [None if step is None else self.path([step])[0] for step in siblings]
            self.states[height, contract, key] = (value, leaf, path)
        need(len(self.states) == len(raw["states"]), "a state twice")
        rising(list(self.states), "states")
        given = [fields(one, 2, "extension") for one in listed(raw, "consistency", 64)]
        need(all(is_uint(size) for size, _ in given), "extension: its size")
        rising([size for size, _ in given], "consistency")
        self.consistency = {size: self.path(path) for size, path in given}
        self.cosignatures = [fields(one, 3, "cosignature") for one in listed(raw, "cosignatures", 64)]
        for key, time_s, signature in self.cosignatures:
            need(is_bytes(key, 33, b"\1") and is_uint(time_s), "cosignature: its form")
            need(is_bytes(signature, 65, b"\1"), "cosignature: its form")
        rising([one[0] for one in self.cosignatures], "cosignatures")
        need(len(self.used) == len(self.hashes), "a hash that no path uses")

    def path(self, places):
        need(isinstance(places, list), "a path")
        self.steps += len(places)
        need(self.steps <= STEPS_MAX and all(is_uint(p) and p < len(self.hashes) for p in places), "a path")
        self.used.update(places)
        return [self.hashes[place] for place in places]


def listed(raw, name, longest=PIECES_MAX, least=0):
    need(is_list(raw[name], longest, least), f"{name}: {least} to {longest} pieces")
    return raw[name]


def rising(values, what):
    need(all(a < b for a, b in zip(values, values[1:])), f"{what} are not rising")


def claim(value):
    forms = {
        1: lambda place: is_uint(place),
        2: lambda height, contract, key: is_uint(height) and is_text(contract, 64) and is_text(key, 4_096),
        3: lambda height, tender, commitment: is_uint(height) and is_text(tender, 256) and is_digest(commitment),
        4: lambda height, tender, all_of: is_uint(height) and is_text(tender, 256) and is_list(all_of) and all(map(is_digest, all_of)),
    }
    need(isinstance(value, list) and value and value[0] in forms, "a claim of another kind")
    try:
        need(forms[value[0]](*value[1:]), "claim: its form")
    except TypeError as error:
        raise Malformed("claim: its form") from error
    return value


def trust_file(value):
    """The JSON form of a trust file."""
    allowed = {"chain_id", "validators_hash", "chain_spec", "checkpoint", "trusting_period_ms", "witnesses"}
    need(isinstance(value, dict) and {"chain_id", "validators_hash"} <= set(value) <= allowed, "trust file: its fields")
    digests = ("validators_hash", "chain_spec")
    found = {name: untext(one) if name in digests else one for name, one in value.items() if one is not None}
    checkpoint = found.get("checkpoint")
    if checkpoint:
        names = {"height", "time_ms", "header_hash", "log_size", "log_root", "next_validators_hash"}
        need(set(checkpoint) == names, "trust file: its checkpoint")
        texts = ("header_hash", "log_root", "next_validators_hash")
        found["checkpoint"] = {name: untext(one) if name in texts else one for name, one in checkpoint.items()}
    if "witnesses" in found:
        policy = found["witnesses"]
        keys = {one["name"]: untext(one["public_key"]) for one in policy["keys"]}
        need(len(keys) == len(set(keys.values())) == len(policy["keys"]) <= 64, "trust file: its witnesses")
        need(1 <= policy["threshold"] <= len(keys), "trust file: its witnesses")
        found["witnesses"] = (policy["threshold"], keys)
    return found
