# fmt: off
# ruff: noqa
"""Verify a Redoubt audit log or bundle: python verify_log.py DIR PUBLIC-KEY [EARLIER-CHECKPOINT ...]. Needs `pip install cryptography`.
Written from RFC 9162 (2.1), C2SP signed-note, tlog-checkpoint and tlog-proof alone; it shares no line with Redoubt."""
import base64, hashlib, pathlib, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

def fail(why):
    sys.exit(f"TAMPERED: {why}")
def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()
def checkpoint(path, data):  # a signed note -> size and root of the tree
    text, _, lines = data.decode().rpartition("\n\n")
    for line in lines.split("\n")[:-1]:
        dash, signer, encoded = line.split(" ")
        signature = base64.b64decode(encoded)
        if (dash, signer, signature[:4]) == ("\u2014", name, sha(name.encode(), b"\n", kind_and_key)[:4]):
            Ed25519PublicKey.from_public_bytes(kind_and_key[1:]).verify(signature[4:], f"{text}\n".encode())
            origin, size, root = text.split("\n")[:3]
            return (int(size), base64.b64decode(root)) if origin == name else fail(f"{path} is of another log")
    fail(f"{path} is not signed with this key")
def root_of(stack):  # [(leaves below it, hash), ...], largest first: RFC 9162, 2.1.1
    hashes = [found for _, found in stack] or [sha()]
    while len(hashes) > 1:
        hashes[-2:] = [sha(b"\1", *hashes[-2:])]
    return hashes[0]
def led_to(leaf, index, last, proof):  # RFC 9162, 2.1.3.2 -> the root
    for sibling in proof:
        right = index & 1 or index == last
        leaf = sha(b"\1", sibling, leaf) if right else sha(b"\1", leaf, sibling)
        while right and index and not index & 1:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    return leaf if last == 0 else b""

sys.excepthook = lambda kind, error, _: print(f"TAMPERED, or no export of a log: {kind.__name__} {error}")
folder, key, *given = map(pathlib.Path, sys.argv[1:])
name, _, encoded = key.read_bytes().decode().strip().split("+", 2)
kind_and_key = base64.b64decode(encoded)
lines = (line.rstrip(b"\n") for line in (folder / "entries.jsonl").open("rb"))
if (folder / "proofs").is_dir():  # a bundle: some entries, each with its proof
    for path in sorted((folder / "proofs").iterdir(), key=lambda each: int(each.stem)):
        head, _, note = path.read_bytes().partition(b"\n\n")
        index, *proof = [line for line in head.decode().split("\n")[1:] if not line.startswith("extra ")]
        size, root = checkpoint(path, note)
        path.name == f"{int(index[6:])}.tlog-proof" or fail(f"{path} is a proof of the entry with {index}")
        if led_to(sha(b"\0", next(lines, b"")), int(index[6:]), size - 1, map(base64.b64decode, proof)) != root:
            fail(f"the entry with {index} is not the one in the log")
    fail("an entry has no proof") if next(lines, None) is not None else sys.exit(print("verified: all entries are in the log"))
marks = {path: checkpoint(path, path.read_bytes()) for path in [folder / "checkpoint", *(folder / "checkpoints").glob("[0-9]*"), *given]}
leaves, stack, count = (folder / "leaves").open("rb"), [], 0
for path, (size, root) in sorted(marks.items(), key=lambda mark: mark[1][0]):
    for count in range(count + 1, size + 1):
        leaf = sha(b"\0", next(lines, None) or fail(f"the log ends before entry {count - 1}; {path} vouches for {size}"))
        leaf == leaves.read(32) or fail(f"entry {count - 1} is not the one that was logged there (or the file 'leaves' was changed)")
        stack.append((1, leaf))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            stack[-2:] = [(2 * stack[-1][0], sha(b"\1", stack[-2][1], stack[-1][1]))]
    root_of(stack) == root or fail(f"the first {size} entries are not those that {path} vouches for")
print("verified") if next(lines, None) is None else fail("there is more than was signed")
