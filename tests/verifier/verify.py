"""Verifies a Yilian evidence bundle as docs/evidence-bundle.md says: a second implementation, in Python without any package.

    python3 verify.py FILE --trust TRUST.json [--json]

Ends with 0 valid, 4 forged (the step is named), 5 cannot decide (what is missing is named), 2 wrong usage. It has no
engine to run rules with and no pairings: the steps `replay` and `releases` stay unchecked, and that is said.
"""
import base64
import functools
import json
import sys

from formats import Bundle, Malformed, trust_file
from check import canonical, cbor, consistent, included, sha, strict, text, verifies

STEPS = {
    "structure": "文件结构与编码", "chain": "所属链", "certificate": "提交证书", "validators": "验证者集合",
    "consistency": "日志延续性", "witnesses": "见证人副署", "inclusion": "记录在日志中", "transaction": "交易与签名",
    "rule_calls": "规则的输入与输出", "releases": "门限释放", "state": "状态证明", "replay": "规则重新执行", "claims": "主张",
}


class Forged(Exception):
    """Something contradicts."""


class Missing(Exception):
    """Something needed is not there."""


class NotAsked(Exception):
    """There is nothing to check."""


def hold(condition, otherwise):
    if not condition:
        raise Forged(otherwise)


@functools.cache
def signed_by(key, message, signature):
    try:
        return verifies(key, message, signature)
    except (AssertionError, ValueError):
        return False


def proof(index, size, path):
    return {"index": index, "size": size, "hashes": [text(hash[1:]) for hash in path]}


class Verification:
    """All steps over one file. Each returns what it proved, or raises."""

    def __init__(self, data, trust):
        self.data, self.trust, self.bundle = data, trust, None

    def structure(self):
        try:
            self.bundle = bundle = Bundle(self.data)
        except Malformed as error:
            version = version_of(self.data)
            if version not in (None, 1):
                raise Missing(f"a reader of version {version}") from error
            raise Forged(str(error)) from error
        heights = {name[0] for name in self.claimed()} - {bundle.anchor["height"]}
        places = {one[1] for one in bundle.claims if one[0] == 1}
        receipts = [receipt for receipt, _ in bundle.records.values()]
        causes = {one["cause"] for one in receipts if one["cause_kind"] == 1}
        calls = [call for one in receipts for call in one["rule_calls"]]
        texts = {one["result"] for one in receipts} | {digest for call in calls for digest in call[2:]}
        texts |= {one["args"] for one in receipts if one["cause_kind"] != 1 or one["cause"] not in bundle.transactions}
        deciders = {one["validators_hash"] for one, _ in bundle.trail}
        called_for = (
            ("a validator set", bundle.sets, deciders), ("a header", bundle.headers, heights),
            ("a record", bundle.records, places), ("a transaction", bundle.transactions, causes),
            ("a content", bundle.contents, texts), ("a program", bundle.codes, {call[0] for call in calls}),
            ("a state", bundle.states, self.claimed()),
        )
        for what, have, asked in called_for:
            hold(set(have) <= set(asked), f"{what} that no claim calls for")
        return f"{len(bundle.claims)} claims, {len(bundle.records)} records"

    def claimed(self):
        """Names of the states that the claims speak of."""
        names = set()
        for kind, *rest in self.bundle.claims:
            if kind == 2:
                names.add(tuple(rest))
            elif kind > 2:
                names.add((rest[0], "tender", f"tender/{rest[1]}"))
            if kind == 3:
                names.add((rest[0], "tender", f"publication/{rest[1]}"))
                names.add((rest[0], "tender", f"sealed/{text(rest[2][1:])}"))
        return names

    def chain(self):
        expected, spec = self.trust["chain_id"], self.trust.get("chain_spec")
        headers = [one for one, _ in self.bundle.trail] + [one for one, _ in self.bundle.headers.values()]
        for got in [self.bundle.chain_id] + [one["chain_id"] for one in headers]:
            hold(got == expected, f"the trust file is for chain {expected!r}, this is of {got!r}")
        hold(spec is None or all(one["chain_spec"] == spec for one in headers), "another chain specification")
        return f"chain {expected}"

    def checkpoint_of(self, certificate):
        root = base64.b64encode(certificate["log_root"][1:]).decode()
        commit = f"yilian-commit/v1 {certificate['height']} {certificate['round']} {text(certificate['header_hash'][1:])}"
        return f"yilian/{self.bundle.chain_id}\n{certificate['log_size']}\n{root}\n{commit}\n"

    def certificate(self):
        for header, found in self.bundle.trail:
            members = self.bundle.sets.get(header["validators_hash"])
            if members is None:
                raise Missing(f"the validator set {text(header['validators_hash'][1:])}")
            ours = (found["height"], found["header_hash"], found["log_size"], found["log_root"])
            hold(ours == tuple(header[n] for n in ("height", "hash", "log_size", "log_root")), "a certificate for another header")
            message, power, last = self.checkpoint_of(found).encode(), 0, -1
            addresses = [one["address"] for one in members["members"]]
            for address, signature in found["signatures"]:
                hold(address in addresses and addresses.index(address) > last, "a signer outside the set, or out of order")
                last = addresses.index(address)
                hold(signed_by(members["members"][last]["key"][1:], message, signature[1:]), "a signature does not hold")
                power += members["members"][last]["power"]
            hold(3 * power > 2 * members["total"], f"power {power} of {members['total']}: no quorum")
        return f"a log of {self.bundle.anchor['log_size']} leaves, more than two thirds signed"

    def validators(self):
        trust, known = self.trust, self.trust.get("checkpoint")
        height, time_ms = (known["height"], known["time_ms"]) if known else (0, 0)
        current, following = trust["validators_hash"], known["next_validators_hash"] if known else trust["validators_hash"]
        period = trust.get("trusting_period_ms")
        for header, certificate in self.bundle.trail:
            if header["height"] < height:
                continue
            if header["height"] == height:
                hold(known or height, "nobody certifies a genesis")
                hold(not known or height != known["height"] or header["hash"] == known["header_hash"], "a fork at the checkpoint")
                continue
            hold(header["time_ms"] > time_ms, "time does not rise")
            if known and period is not None and header["time_ms"] > known["time_ms"] + period:
                raise Missing("a newer trust file: its trusting period has ended")
            decided, adjacent = header["validators_hash"], header["height"] == height + 1
            if decided != following and (decided != current or adjacent):
                hold(not adjacent, f"height {header['height']} was decided by another set")
                self.overlaps(current, decided, certificate)
            height, time_ms = header["height"], header["time_ms"]
            current, following = decided, header["next_validators_hash"]
        if self.bundle.anchor["height"] < height:
            raise Missing("evidence that is as new as the trust file")
        return "the sets follow from what is trusted"

    def overlaps(self, trusted, decided, certificate):
        if trusted not in self.bundle.sets:
            raise Missing("the headers between the trusted validators and these")
        members, signers = self.bundle.sets[trusted], {address for address, _ in certificate["signatures"]}
        decided_by = {one["address"] for one in self.bundle.sets[decided]["members"]}
        power = sum(m["power"] for m in members["members"] if m["address"] in signers & decided_by)
        if 3 * power <= members["total"]:
            raise Missing("the headers between: too few of the trusted validators signed")

    def consistency(self):
        known, anchor = self.trust.get("checkpoint"), self.bundle.anchor
        if not known or anchor["height"] < known["height"]:
            raise NotAsked("no known log to compare with")
        old, new = known["log_size"], anchor["log_size"]
        hold(new >= old, f"the log was rolled back from {old} to {new} leaves")
        path = self.bundle.consistency.get(old, [] if old == new else None)
        if path is None:
            raise Missing(f"the proof that the log extends that of {old} leaves")
        given = {"old_size": old, "new_size": new, "hashes": [text(hash[1:]) for hash in path]}
        holds = (old == 0 and not path) or (old and consistent_or_not(given, known["log_root"][1:], anchor["log_root"][1:]))
        hold(holds, "the log does not extend the trusted one: a fork")
        return f"the log extends that of {old} leaves"

    def witnesses(self):
        checkpoint = self.checkpoint_of(self.bundle.trail[-1][1])
        for key, time_s, signature in self.bundle.cosignatures:
            message = f"cosignature/v1\ntime {time_s}\n{checkpoint}".encode()
            hold(signed_by(key[1:], message, signature[1:]), "a cosignature does not hold")
        if "witnesses" not in self.trust:
            raise NotAsked("the trust file demands no witness")
        threshold, keys = self.trust["witnesses"]
        count = sum(key in keys.values() for key, _, _ in self.bundle.cosignatures)
        if count < threshold:
            raise Missing(f"{threshold} witnesses are demanded, {count} cosigned")
        return f"{count} witnesses cosigned"

    def inclusion(self):
        size, root = self.bundle.anchor["log_size"], self.bundle.anchor["log_root"][1:]
        leaves = [(place, receipt["bytes"], path) for place, (receipt, path) in self.bundle.records.items()]
        leaves += [(h["log_size"], cbor([2, h["bytes"]]), path) for h, path in self.bundle.headers.values()]
        for place, leaf, path in leaves:
            holds = place < size and len(path) <= 64 and included_or_not(proof(place, size, path), sha(b"\0" + leaf), root)
            hold(holds, f"leaf {place} is not in the log")
        if not leaves:
            raise NotAsked("no records")
        return f"{len(leaves)} leaves are in the log"

    def transaction(self):
        causes = [receipt for receipt, _ in self.bundle.records.values() if receipt["cause_kind"] == 1]
        for receipt in causes:
            sent = self.bundle.transactions.get(receipt["cause"])
            if sent is None:
                raise Missing(f"transaction {text(receipt['cause'][1:])}")
            payload = sent["payload"]
            names = {"chain_id", "sender", "contract", "method", "args", "fuel_limit", "valid_until_ms", "nonce"}
            hold(isinstance(payload, dict) and set(payload) == names, "a payload of another form")
            hold(payload["chain_id"] == self.bundle.chain_id, "a transaction of another chain")
            ours = (payload["sender"], payload["contract"], payload["method"])
            hold(ours == (receipt["caller"], receipt["contract"], receipt["method"]), "a transaction of another call")
            hold(sha(canonical(payload["args"]).encode()) == receipt["args"][1:], "other arguments")
            key = bytes.fromhex(payload["sender"].removeprefix("ed25519:"))
            hold(signed_by(key, sent["signed"], sent["signature"]), "the sender did not sign")
        if not causes:
            raise NotAsked("no transactions")
        return f"{len(causes)} transactions are signed by their senders"

    def rule_calls(self):
        calls = [call for receipt, _ in self.bundle.records.values() for call in receipt["rule_calls"]]
        for call in calls:
            if call[2] not in self.bundle.contents or call[3] not in self.bundle.contents:
                raise Missing("input or output of rule calls")
        if not calls:
            raise NotAsked("no rule was called")
        return f"input and output of {len(calls)} rule calls"

    def releases(self):
        causes = [receipt["cause"] for receipt, _ in self.bundle.records.values() if receipt["cause_kind"] == 2]
        if any(not cause.startswith("system/") for cause in causes):
            raise NotAsked("this verifier has no pairings to check releases with")
        raise NotAsked("no threshold release")

    def header_at(self, height):
        anchor = self.bundle.anchor
        if height == anchor["height"]:
            return anchor
        if height not in self.bundle.headers:
            raise Missing(f"the header of height {height}")
        return self.bundle.headers[height][0]

    def state(self):
        for (height, contract, key), (value, leaf, siblings) in self.bundle.states.items():
            hold(not key.startswith("~"), f"{key} belongs to an index, which the tree does not hold")
            path = sha(contract.encode() + b"\0" + key.encode())
            bits, depth = f"{int.from_bytes(path, 'big'):0256b}", len(siblings)
            if value is not None:
                hold(leaf and leaf[0][1:] == path and leaf[1][1:] == sha(value), f"the value of {key}")
            elif leaf:
                other = f"{int.from_bytes(leaf[0][1:], 'big'):0256b}"
                hold(leaf[0][1:] != path and other[:depth] == bits[:depth], f"the absence of {key}")
            empty = b"SPARSE_MERKLE_PLACEHOLDER_HASH__"
            current = sha(b"JMT::LeafNode" + leaf[0][1:] + leaf[1][1:]) if leaf else empty
            for place, sibling in enumerate(siblings):
                hold(sibling is None or sibling[1:] != empty, "an empty subtree written as a hash")
                side = empty if sibling is None else sibling[1:]
                pair = side + current if bits[depth - 1 - place] == "1" else current + side
                current = sha(b"JMT::IntrnalNode" + pair)
            hold(current == self.header_at(height)["state_root"][1:], f"{key} is not in the state of height {height}")
        if not self.bundle.states:
            raise NotAsked("no state is claimed")
        return f"{len(self.bundle.states)} values or absences"

    def replay(self):
        raise NotAsked("this verifier has no engine to run rules with")

    def value(self, height, key):
        self.header_at(height)
        if (height, "tender", key) not in self.bundle.states:
            raise Missing(f"the state of {key} at height {height}")
        value = self.bundle.states[height, "tender", key][0]
        try:
            return None if value is None else strict(value.decode())
        except (ValueError, RecursionError) as error:
            raise Forged(f"{key} is not JSON") from error

    def claims(self):
        for kind, *rest in self.bundle.claims:
            if kind == 1 and rest[0] not in self.bundle.records:
                raise Missing(f"record {rest[0]}")
            if kind == 2 and tuple(rest) not in self.bundle.states:
                raise Missing(f"the state of {rest[2]}")
            if kind == 3:
                self.not_submitted(*rest)
            if kind == 4:
                self.all_revealed(*rest)
        return f"{len(self.bundle.claims)} claims follow"

    def not_submitted(self, height, tender, commitment):
        record, published = self.value(height, f"tender/{tender}"), self.value(height, f"publication/{tender}")
        hold(record and published, f"section {tender} was not published")
        deadline, grace = record.get("deadline_ms"), published.get("profile", {}).get("grace_ms")
        hold(isinstance(deadline, int) and isinstance(grace, int), "no deadline")
        hold(self.header_at(height)["time_ms"] >= deadline + grace, "deadline and grace were not over")
        sealed = self.value(height, f"sealed/{text(commitment[1:])}")
        hold(sealed is None, "the bid is on the chain")

    def all_revealed(self, height, tender, commitments):
        record = self.value(height, f"tender/{tender}")
        hold(record and record.get("status") not in (None, "registered", "published", "closed"), "more could still be revealed")
        opening = record.get("opening") or {}
        hold(opening.get("revealed") == len(commitments), "another number was revealed")
        roots, at = [], 0
        while at < len(commitments):
            width = 1 << ((len(commitments) - at).bit_length() - 1)
            layer = [sha(b"\0" + one[1:]) for one in commitments[at : at + width]]
            while len(layer) > 1:
                layer = [sha(b"\1" + a + b) for a, b in zip(layer[::2], layer[1::2])]
            roots.append(text(layer[0]))
            at += width
        hold(opening.get("list") == roots, "others were revealed")

    def run(self):
        outcomes, details, forged, missing = dict.fromkeys(STEPS, "unchecked"), {}, None, None
        for step in STEPS:
            try:
                details[step] = getattr(self, step)()
                outcomes[step] = "proved"
            except NotAsked as reason:
                details[step] = str(reason)
            except Missing as reason:
                details[step], missing = f"missing: {reason}", missing or str(reason)
            except Forged as reason:
                details[step], outcomes[step], forged = str(reason), "failed", step
                break
            if self.bundle is None:
                break
        verdict = "forged" if forged else "undecided" if missing else "valid"
        return {"verdict": verdict, "step": forged, "missing": missing, "outcomes": outcomes, "details": details}


def consistent_or_not(given, old, new):
    try:
        return consistent(given, old, new)
    except (AssertionError, IndexError):
        return False


def included_or_not(given, leaf, root):
    try:
        return included(given, leaf, root)
    except AssertionError:
        return False


def version_of(data):
    """Version of a file that begins as a bundle does."""
    try:
        return data[6] if data[1:6] == b"dYLEV" and data[6] < 24 else None
    except IndexError:
        return None


def verify(data, trust):
    """Verdict, outcome of every step, and what each says."""
    return Verification(data, trust_file(trust)).run()


def main(arguments):
    if len(arguments) not in (3, 4) or arguments[1] != "--trust" or arguments[3:] not in ([], ["--json"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            data = file.read()
        with open(arguments[2], encoding="utf-8") as file:
            report = verify(data, json.load(file))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"{error}\nThe trust file must be the JSON form of docs/evidence-bundle.md.", file=sys.stderr)
        return 2
    if arguments[3:]:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        marks = {"proved": "✓", "failed": "✗", "unchecked": "–"}
        for step, name in STEPS.items():
            print(f"{marks[report['outcomes'][step]]} {name} {step}: {report['details'].get(step, '')}")
        print({"valid": "成立 valid", "forged": "伪造 forged", "undecided": "无法判定 cannot decide"}[report["verdict"]])
    return {"valid": 0, "forged": 4, "undecided": 5}[report["verdict"]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
