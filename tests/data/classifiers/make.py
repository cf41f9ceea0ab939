"""Makes the two classifiers that the tests run: every token has its own fixed scores, so a test can say what a text must come to.

`sequence` is worth, for each label, its highest token, and takes no types of tokens; `tokens` tags each token. Both are written as Hugging
Face writes theirs. Run it with a Python that has `onnx`, `numpy` and `tokenizers`: `python make.py`.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

HERE = Path(__file__).parent
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
HIGH, LOW = 6.0, -2.0
PASSAGES = ("SAFE", "INJECTION", "jailbreak")
ATTACKS = {"ignore": "INJECTION", "pretend": "jailbreak"}
TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG")
NAMES = {"anna": "B-PER", "bert": "B-PER", "schmidt": "I-PER", "##son": "I-PER", "acme": "B-ORG"}
PLAIN = ("hello", "the", "rules", "mail", "to", "and", ".", "a", "ander", "!", "?")
VOCABULARY = [*MARKS, *ATTACKS, *NAMES, *PLAIN]


def tokenizer() -> Tokenizer:
    """Return the tokenizer of both."""
    made = Tokenizer(
        models.WordPiece(vocab={word: i for i, word in enumerate(VOCABULARY)}, unk_token="[UNK]")
    )
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(list(MARKS))
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[(mark, VOCABULARY.index(mark)) for mark in ("[CLS]", "[SEP]")],
    )
    return made


def scores(labels: tuple[str, ...], of: dict[str, str], otherwise: str) -> np.ndarray:
    """Return the logits of each token of the vocabulary."""
    table = np.full((len(VOCABULARY), len(labels)), LOW, np.float32)
    for number, word in enumerate(VOCABULARY):
        label = of.get(word, otherwise)
        if word not in MARKS:
            table[number, labels.index(label)] = HIGH if word in of else 0.0
    return table


def network(table: np.ndarray, *, pooled: bool) -> onnx.ModelProto:
    """Return a network that looks each token up, and keeps the highest of each label where ``pooled``."""
    inputs = ["input_ids", "attention_mask"] + ([] if pooled else ["token_type_ids"])
    labels = table.shape[1]
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["rows"], axis=0)]
    weights = [numpy_helper.from_array(table, "table")]
    if pooled:
        nodes.append(helper.make_node("ReduceMax", ["rows"], ["logits"], axes=[1], keepdims=0))
    else:
        nodes.append(helper.make_node("Identity", ["rows"], ["logits"]))
    shape = ["batch", labels] if pooled else ["batch", "tokens", labels]
    graph = helper.make_graph(
        nodes,
        "classifier",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, shape)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def write(name: str, labels: tuple[str, ...], model: onnx.ModelProto) -> None:
    """Write one folder."""
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    onnx.save(model, folder / "model.onnx")
    tokenizer().save(str(folder / "tokenizer.json"), pretty=False)
    config = {"model_type": "bert", "id2label": {str(i): label for i, label in enumerate(labels)}}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


if __name__ == "__main__":
    write("sequence", PASSAGES, network(scores(PASSAGES, ATTACKS, "SAFE"), pooled=True))
    write("tokens", TAGS, network(scores(TAGS, NAMES, "O"), pooled=False))
