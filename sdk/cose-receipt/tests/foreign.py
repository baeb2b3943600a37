"""Verifies receipts with the package scitt-cose, which knows nothing of Yilian.

Reads lines "key.pem leaf-in-hex receipt-in-hex index size" and says for each whether it holds; then flips one bit in each
byte of the first receipt, of its leaf and of its key, none of which may hold.
"""
import pathlib
import sys

from scitt_cose.receipt import verify_receipt


def holds(pem, leaf, receipt):
    return verify_receipt(receipt, leaf_entry_hex=leaf.hex(), log_public_key_pem=pem)


def flipped(data):
    return (data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :] for at in range(len(data)))


def main():
    folder = pathlib.Path(sys.argv[1])
    pem = (folder / "key.pem").read_bytes()
    lines = [line.split() for line in (folder / "receipts").read_text().splitlines()]
    for leaf, receipt, index, size in lines:
        found = holds(pem, bytes.fromhex(leaf), bytes.fromhex(receipt))
        assert found.ok, found.errors
        assert (found.leaf_index, found.tree_size) == (int(index), int(size)), found
        assert found.issuer and found.subject, found
    leaf, receipt = (bytes.fromhex(field) for field in lines[0][:2])
    for changed in flipped(receipt):
        assert not holds(pem, leaf, changed).ok, changed.hex()
    for changed in flipped(leaf):
        assert not holds(pem, changed, receipt).ok, changed.hex()
    other = (folder / "other.pem").read_bytes()
    assert not holds(other, leaf, receipt).ok
    print(f"{len(lines)} receipts hold, and no changed one")


if __name__ == "__main__":
    main()
