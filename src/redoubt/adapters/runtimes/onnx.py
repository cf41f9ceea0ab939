"""The network, run by ONNX Runtime on the processor.

Windows run one by one, each with exactly its own tokens. In batches they were up to a third faster where they are short and no faster where
they are long (one core, int8). And a network that is quantised as it runs (ours has fixed ranges, somebody's own may not) scales a batch by
its largest value: what is said of one text would depend on who else asks, and differ from what a cache remembers. Callers in several
threads run beside each other instead.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from redoubt.adapters.runtimes.turns import Turns
from redoubt.domain.errors import ConfigError, ServiceError
from redoubt.engine.guard.interface import Numbers, Row, Window

INPUTS = ("ids", "mask", "case")
OUTPUTS = ("attack", "kind", "order", "harm", "names", "topic")
TOPIC = 384
"""Numbers of an embedding."""
_FATAL = 4


class OnnxEncoder:
    """Runs the network. Safe to use from many threads."""

    def __init__(
        self, network: bytes, source: str, *, kinds: int, harms: int, tags: int, turns: Turns
    ) -> None:
        """Open ``network``, an ONNX model. Raises ConfigError, naming ``source``, where it is not one, or not of the shape agreed."""
        self._turns = turns
        self._shapes = {"attack": (), "kind": (kinds,), "harm": (2, harms), "topic": (TOPIC,)}
        self._by_token = {"order": (), "names": (tags,)}
        try:
            self._session = open_session(network)
        except Exception as error:  # ONNX Runtime's errors have no common base
            raise ConfigError(f"{source}: not a network that ONNX Runtime can run") from error
        inputs = {i.name for i in self._session.get_inputs()}
        outputs = {o.name for o in self._session.get_outputs()}
        if inputs != set(INPUTS) or not outputs.issuperset(OUTPUTS):
            raise ConfigError(f"{source}: must take {', '.join(INPUTS)} and give {', '.join(OUTPUTS)}")
        try:
            self._row(Window(np.zeros(2, np.int64), np.zeros(2, np.int64)))
        except ServiceError as error:
            raise ConfigError(f"{source}: {error}") from error

    def rows(self, windows: Sequence[Window]) -> list[Row]:
        """Return what the network says of each window."""
        rows = []
        for window in windows:
            with self._turns.turn():
                rows.append(self._row(window))
        return rows

    def _row(self, window: Window) -> Row:
        tokens = len(window.ids)
        feed = {"ids": window.ids[None], "mask": np.ones((1, tokens), np.int64), "case": window.cases[None]}
        try:
            said = dict(zip(OUTPUTS, self._session.run(OUTPUTS, feed), strict=True))
        except Exception as error:  # as above; its message may hold what was fed
            raise ServiceError(f"the guard models failed ({type(error).__name__})") from error
        one: dict[str, Numbers] = {name: np.asarray(value[0], np.float32) for name, value in said.items()}
        shapes = self._shapes | {name: (tokens, *shape) for name, shape in self._by_token.items()}
        for name, value in one.items():
            if value.shape != shapes[name] or not np.isfinite(value).all():
                raise ServiceError(
                    f"the guard models gave no answer: `{name}` is not finite or not of the shape agreed"
                )
        return Row(
            attack=float(one["attack"]),
            kind=one["kind"],
            order=one["order"],
            harm=one["harm"],
            names=one["names"],
            topic=one["topic"],
        )


def open_session(network: bytes) -> Any:
    """Return ``network`` ready to run, on the processor, one thread for each run."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread for one window: more windows at once use the cores better than more threads for one.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # An arena keeps the memory of the largest run for good.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = _FATAL
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    # It keeps the file to start again elsewhere when a provider fails; we have one, and the file is in memory twice.
    session._model_bytes = None
    return session
