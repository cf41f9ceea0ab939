"""Makes the network that the tests run: every token has its own fixed scores, so a test can say what a text must come to.

It has the inputs and outputs of the real one. Run it with a Python that has `onnx`, `numpy` and `tokenizers`: `python make.py`.
"""

import json
import string
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

HERE = Path(__file__).parent
KINDS = ("injection", "jailbreak", "extraction", "tool_abuse")
HARMS = (
    "toxicity", "hate", "harassment", "threat", "sexual", "self_harm", "violence", "illicit", "profanity",
)  # fmt: skip
TYPES = ("PERSON", "LOCATION", "ORGANISATION", "ADDRESS", "USERNAME", "DATE_OF_BIRTH")
TAGS = ("O", *(f"{p}-{t}" for t in TYPES for p in "BI"))
TOPIC = 384
HIGH, LOW = 8.0, -4.0

ATTACKS = {"ignore": "injection", "jailbreak": "jailbreak", "reveal": "extraction", "misuse": "tool_abuse"}
ORDERS = ("assistant", "must", "forward", "obey")
HURTS = dict(
    zip(("idiot", "vermin", "stalk", "kill", "porn", "suicide", "stab", "heroin", "damn"), HARMS, strict=True)
)
NAMES = {
    "anna": "B-PERSON", "schmidt": "I-PERSON", "paris": "B-LOCATION", "acme": "B-ORGANISATION", "elm": "B-ADDRESS",
    "street": "I-ADDRESS",
}  # fmt: skip
PLAIN = (
    "the",
    "a",
    "is",
    "and",
    "of",
    "to",
    "in",
    "weather",
    "nice",
    "hello",
    "mail",
    "please",
    "all",
    "rules",
)

WORDS = [*ATTACKS, *ORDERS, *HURTS, *NAMES, *PLAIN]
LETTERS = [*string.ascii_lowercase, *string.digits]
VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    *WORDS,
    *LETTERS,
    *(f"##{c}" for c in LETTERS),
    *string.punctuation,
]
VOCABULARY = list(dict.fromkeys(VOCABULARY))
COLUMNS = ["attack", *KINDS, "order", *(f"{side} {h}" for side in ("prompt", "answer") for h in HARMS), *TAGS]


def table() -> np.ndarray:
    """Return the scores: a row for each token, a column for each output."""
    scores = np.full((len(VOCABULARY), len(COLUMNS)), LOW, np.float32)

    def say(word: str, column: str, score: float = HIGH) -> None:
        scores[VOCABULARY.index(word), COLUMNS.index(column)] = score

    for token in VOCABULARY:
        say(token, "O", 4.0)
    for word, kind in ATTACKS.items():
        say(word, "attack")
        say(word, kind)
    for word in ORDERS:
        say(word, "order")
    for word, label in HURTS.items():
        say(word, f"prompt {label}")
        say(word, f"answer {label}", HIGH - 1)
    for word, tag in NAMES.items():
        say(word, tag)
    return scores


def network() -> onnx.ModelProto:
    """Return the network."""
    width, tags, side = len(COLUMNS), len(TAGS), len(HARMS)
    written = np.zeros((6, tags), np.float32)
    written[1, 0] = HIGH  # what is written in lower case is no name
    draw = np.random.default_rng(7)

    def constant(name: str, value: object, kind: type = np.int64) -> onnx.TensorProto:
        return numpy_helper.from_array(np.asarray(value, kind), name)

    def columns(first: str, last: str) -> list[int]:
        return list(range(COLUMNS.index(first), COLUMNS.index(last) + 1))

    values = [
        constant("table", table(), np.float32),
        constant("written", written, np.float32),
        constant("one", 1.0, np.float32),
        constant("far", 100.0, np.float32),
        constant("last", [-1]),
        constant("tokens", [1]),
        constant("at attack", 0),
        constant("at kind", columns("injection", "tool_abuse")),
        constant("at order", COLUMNS.index("order")),
        constant("at harm", columns(f"prompt {HARMS[0]}", f"answer {HARMS[-1]}")),
        constant("at names", columns("O", TAGS[-1])),
        constant("two sides", [0, 2, side]),
        constant("project", draw.normal(size=(width, TOPIC)), np.float32),
    ]
    node = helper.make_node
    nodes = [
        node("Gather", ["table", "ids"], ["all"]),
        node("Cast", ["mask"], ["mask f"], to=TensorProto.FLOAT),
        node("Sub", ["mask f", "one"], ["hidden"]),
        node("Mul", ["hidden", "far"], ["push"]),
        node("Unsqueeze", ["push", "last"], ["push 3"]),
        node("Add", ["all", "push 3"], ["seen"]),
        node("ReduceMax", ["seen", "tokens"], ["most"], keepdims=0),
        node("Gather", ["most", "at attack"], ["attack"], axis=1),
        node("Gather", ["most", "at kind"], ["kind"], axis=1),
        node("Gather", ["seen", "at order"], ["order"], axis=2),
        node("Gather", ["most", "at harm"], ["harm flat"], axis=1),
        node("Reshape", ["harm flat", "two sides"], ["harm"]),
        node("Gather", ["all", "at names"], ["names of"], axis=2),
        node("Gather", ["written", "case"], ["names as"]),
        node("Add", ["names of", "names as"], ["names"]),
        node("MatMul", ["most", "project"], ["topic raw"]),
        node("LpNormalization", ["topic raw"], ["topic"], axis=1, p=2),
    ]
    three = {
        name: helper.make_tensor_value_info(name, TensorProto.INT64, ["w", "t"])
        for name in ("ids", "mask", "case")
    }
    shapes = {
        "attack": ["w"], "kind": ["w", len(KINDS)], "order": ["w", "t"], "harm": ["w", 2, side], "names": ["w", "t", tags],
        "topic": ["w", TOPIC],
    }  # fmt: skip
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()
    ]
    graph = helper.make_graph(nodes, "guard", list(three.values()), outputs, values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def tokenizer() -> Tokenizer:
    """Return a WordPiece tokenizer as BERT has it, without case, over the few words above and single letters."""
    made = Tokenizer(models.WordPiece({t: i for i, t in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    made.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    return made


if __name__ == "__main__":
    (HERE / "guard.onnx").write_bytes(network().SerializeToString())
    (HERE / "tokenizer.json").write_text(
        json.dumps(json.loads(tokenizer().to_str()), separators=(",", ":")) + "\n"
    )
