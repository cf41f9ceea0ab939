"""From the trained network to the file that is run: ONNX, its matrices and word vectors in eight bits.

Activations are quantised with fixed ranges, measured on a sample, one for each channel: a text then has the same scores whatever is
judged in the same batch, and channels that reach far (every BERT has some) do not cost the others their precision. The ranges of the
channels are folded into the weights' rows. Weights have seven bits, since processors without VNNI add pairs of products in sixteen (Intel
64 manual, VPMADDUBSW).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from redoubt.training.dataset import Batch
from redoubt.training.loop import run
from redoubt.training.network import GuardNetwork, Layer, Pooled

OPSET = 17
IR_VERSION = 8
_WEIGHT_MAX = 63
_ZERO, _REACH = 128, 127
"""Zero point of the activations and how far they reach on either side of it."""

Ranges = dict[str, NDArray[np.float32]]
"""For each matrix the largest absolute value that enters each of its channels."""


@contextmanager
def _watched(network: GuardNetwork, ranges: dict[str, Tensor]) -> Iterator[None]:
    def watch(name: str) -> object:
        def look(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            seen = inputs[0].detach().abs().flatten(0, -2).amax(0)
            ranges[name] = torch.maximum(ranges[name], seen) if name in ranges else seen

        return look

    hooks = [
        module.register_forward_pre_hook(watch(name))
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear) and name.startswith("layers.")
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def measure(network: GuardNetwork, sample: Sequence[Batch]) -> Ranges:
    """Return the ranges of the activations on ``sample``."""
    ranges: dict[str, Tensor] = {}
    network.eval()
    with _watched(network, ranges):
        for batch in sample:
            run(network, batch)
    return {name: value.clamp(min=1e-6).numpy() for name, value in ranges.items()}


def export(network: GuardNetwork, ranges: Ranges) -> bytes:
    """Return the ONNX file."""
    return _Graph(network, ranges).build()


class _Graph:
    """Writes the nodes one after the other; each method returns the name of what it made."""

    def __init__(self, network: GuardNetwork, ranges: Ranges) -> None:
        self._network = network
        self._ranges = ranges
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._quantised: dict[str, str] = {}

    def build(self) -> bytes:
        network = self._network.eval()
        x = self._embedded()
        valid = self._node("Cast", "mask", to=TensorProto.INT32)
        real = self._node("Cast", "mask", to=TensorProto.FLOAT)
        bias = self._node("Mul", self._node("Sub", real, self._const("one", 1.0)), self._const("far", 1e9))
        for index, layer in enumerate(network.layers):
            x = self._layer(f"layers.{index}", cast("Layer", layer), x, valid)
        present = self._node("Unsqueeze", real, self._ints("last", [-1]))
        total = self._node("ReduceSum", self._node("Mul", x, present), self._ints("second", [1]), keepdims=0)
        count = self._node("ReduceSum", real, self._ints("second", [1]), keepdims=1)
        mean = self._node("Div", total, count)
        attack = self._pooled("attack", network.attack, x, bias, mean)
        self._slice(attack, 0, 1, "attack_column")
        self._named("attack", "Squeeze", "attack_column", self._ints("second", [1]))
        self._slice(attack, 1, 1 + network.shape.kinds, "kind")
        first, last = (cast("nn.Linear", network.order[place]) for place in (0, 2))
        order = self._linear("order.2", last, self._gelu(self._linear("order.0", first, x)))
        self._named("order", "Squeeze", order, self._ints("last", [-1]))
        harm = self._pooled("harm", network.harm, x, bias, mean)
        self._named("harm", "Reshape", harm, self._ints("sides", [-1, 2, network.shape.harms]))
        self._rename(self._linear("names", network.names, x), "names")
        topic = self._linear("topic", network.topic, mean)
        self._named("topic", "LpNormalization", topic, axis=-1, p=2)
        return self._model()

    def _model(self) -> bytes:
        shape = self._network.shape
        tokens: list[str | int | None] = ["windows", "tokens"]
        shapes: dict[str, list[str | int | None]] = {
            "attack": ["windows"],
            "kind": ["windows", shape.kinds],
            "order": tokens,
            "harm": ["windows", 2, shape.harms],
            "names": [*tokens, shape.tags],
            "topic": ["windows", shape.width],
        }
        graph = helper.make_graph(
            self._nodes,
            "guard",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, tokens)
                for name in ("ids", "mask", "case")
            ],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in shapes.items()],
            list(self._constants.values()),
        )
        model = helper.make_model(
            graph,
            producer_name="redoubt",
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)],
        )
        model.ir_version = IR_VERSION
        return bytes(model.SerializeToString())

    def _embedded(self) -> str:
        network = self._network
        words = network.words.weight.detach().numpy()
        scale = np.maximum(np.abs(words).max(axis=1, keepdims=True), 1e-9) / 127
        self._keep("words", np.round(words / scale).astype(np.int8))
        self._keep("word_scales", scale.astype(np.float32))
        self._keep("places", network.places.weight.detach().numpy())
        self._keep("cases", network.cases.weight.detach().numpy())
        small = self._node("Cast", self._node("Gather", "words", "ids"), to=TensorProto.FLOAT)
        word = self._node("Mul", small, self._node("Gather", "word_scales", "ids"))
        length = self._node("Gather", self._node("Shape", "ids"), self._ints("one_index", [1]))
        place = self._node(
            "Slice", "places", self._ints("zero_index", [0]), length, self._ints("zero_index", [0])
        )
        x = self._node("Add", self._node("Add", word, place), self._node("Gather", "cases", "case"))
        return self._norm("norm", network.norm, x)

    def _layer(self, name: str, layer: Layer, x: str, valid: str) -> str:
        width = layer.out.in_features
        weight, offset = layer.qkv.weight, layer.qkv.bias
        parts = [
            self._quantised_linear(
                f"{name}.qkv",
                x,
                weight[i * width : (i + 1) * width],
                offset[i * width : (i + 1) * width],
                f"{i}",
            )
            for i in range(3)
        ]
        seen = self._node(
            "MultiHeadAttention", *parts, "", valid, domain="com.microsoft", num_heads=layer.heads
        )
        out = self._quantised_linear(f"{name}.out", seen, layer.out.weight, layer.out.bias)
        x = self._norm(f"{name}.norm", layer.norm, self._node("Add", x, out))
        up = self._gelu(self._quantised_linear(f"{name}.up", x, layer.up.weight, layer.up.bias))
        down = self._quantised_linear(f"{name}.down", up, layer.down.weight, layer.down.bias)
        return self._norm(f"{name}.norm2", layer.norm2, self._node("Add", x, down))

    def _quantised_linear(self, name: str, x: str, weight: Tensor, bias: Tensor, part: str = "") -> str:
        reach = self._ranges[name] / _REACH
        rows = weight.detach().numpy().T * reach[:, None]
        scale = np.maximum(np.abs(rows).max(axis=0), 1e-12) / _WEIGHT_MAX
        own = f"{name}{part}"
        self._keep(f"{own}.weight", np.round(rows / scale).astype(np.int8))
        self._keep(f"{own}.scale", scale.astype(np.float32))
        self._keep(f"{own}.zero", np.zeros(len(scale), np.int8))
        self._keep(f"{own}.bias", bias.detach().numpy())
        if x not in self._quantised:
            self._keep(f"{name}.reach", (1 / reach).astype(np.float32))
            # A scale for each channel inside QuantizeLinear is ten times slower than this multiplication.
            scaled = self._node("Mul", x, f"{name}.reach")
            self._quantised[x] = self._node("QuantizeLinear", scaled, self._const("one", 1.0), self._zero())
        return self._node(
            "MatMulIntegerToFloat",
            self._quantised[x],
            f"{own}.weight",
            self._const("one", 1.0),
            f"{own}.scale",
            self._zero(),
            f"{own}.zero",
            f"{own}.bias",
            domain="com.microsoft",
        )

    def _zero(self) -> str:
        if "zero_point" not in self._constants:
            self._keep("zero_point", np.asarray(_ZERO, np.uint8))
        return "zero_point"

    def _norm(self, name: str, norm: nn.LayerNorm, x: str) -> str:
        """Write a layer norm in parts: the runtime's own takes three times as long."""
        width = norm.normalized_shape[0]
        self._keep(f"{name}.weight", norm.weight.detach().numpy() * np.float32(np.sqrt(width)))
        self._keep(f"{name}.bias", norm.bias.detach().numpy())
        off = self._node("Sub", x, self._node("ReduceMean", x, axes=[-1]))
        spread = self._node("ReduceSumSquare", off, axes=[-1])
        spread = self._node("Add", spread, self._const("tiny", 1e-12 * width))
        unit = self._node("Mul", off, self._node("Reciprocal", self._node("Sqrt", spread)))
        return self._node("Add", self._node("Mul", unit, f"{name}.weight"), f"{name}.bias")

    def _pooled(self, name: str, head: Pooled, x: str, bias: str, mean: str) -> str:
        wish = self._node("Squeeze", self._linear(f"{name}.query", head.query, x), self._ints("last", [-1]))
        weights = self._node("Softmax", self._node("Add", wish, bias), axis=-1)
        seen = self._node("MatMul", self._node("Unsqueeze", weights, self._ints("second", [1])), x)
        seen = self._node("Squeeze", seen, self._ints("second", [1]))
        both = self._node("Concat", seen, mean, axis=-1)
        hidden = self._gelu(self._linear(f"{name}.hidden", head.hidden, both))
        return self._linear(f"{name}.out", head.out, hidden)

    def _linear(self, name: str, linear: nn.Linear, x: str) -> str:
        self._keep(f"{name}.weight", np.ascontiguousarray(linear.weight.detach().numpy().T))
        self._keep(f"{name}.bias", linear.bias.detach().numpy())
        return self._node("Add", self._node("MatMul", x, f"{name}.weight"), f"{name}.bias")

    def _gelu(self, x: str) -> str:
        return self._node("FastGelu", x, domain="com.microsoft")

    def _slice(self, x: str, start: int, end: int, name: str) -> None:
        self._named(
            name,
            "Slice",
            x,
            self._ints(f"{name}_from", [start]),
            self._ints(f"{name}_to", [end]),
            self._ints("second", [1]),
        )

    def _node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"n{len(self._nodes)}"
        self._named(name, kind, *inputs, **attributes)
        return name

    def _named(self, name: str, kind: str, *inputs: str, **attributes: Any) -> None:
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))

    def _rename(self, old: str, new: str) -> None:
        self._named(new, "Identity", old)

    def _keep(self, name: str, value: NDArray[np.generic]) -> None:
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)

    def _const(self, name: str, value: float) -> str:
        if name not in self._constants:
            self._keep(name, np.asarray(value, np.float32))
        return name

    def _ints(self, name: str, values: list[int]) -> str:
        if name not in self._constants:
            self._keep(name, np.asarray(values, np.int64))
        return name
