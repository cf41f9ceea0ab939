import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from redoubt.adapters.runtimes.onnx import OnnxEncoder
from redoubt.adapters.runtimes.turns import Turns
from redoubt.domain.errors import ConfigError, ServiceError
from redoubt.domain.exchange import Segment
from redoubt.engine.detect.scan import scan
from redoubt.engine.guard.interface import Window
from tests.guard import DATA, HARMS, KINDS, TYPES, detector, encoder

NETWORK = (DATA / "guard.onnx").read_bytes()


def window(*ids: int) -> Window:
    return Window(np.array(ids, np.int64), np.zeros(len(ids), np.int64))


def test_rows_have_the_shapes_agreed() -> None:
    short, long = encoder().rows([window(2, 3), window(2, 5, 6, 7, 3)])
    assert (short.kind.shape, short.harm.shape, short.topic.shape) == ((4,), (2, 9), (384,))
    assert (short.order.shape, long.order.shape) == ((2,), (5,))
    assert (short.names.shape, long.names.shape) == ((2, 13), (5, 13))
    assert np.linalg.norm(long.topic) == pytest.approx(1.0, rel=1e-5)


def test_what_is_said_of_a_window_does_not_depend_on_the_others() -> None:
    windows = [window(2, *range(4, 4 + n), 3) for n in range(1, 40)]
    network = encoder()
    together = network.rows(windows)
    for one, row in zip(windows, together, strict=True):
        (alone,) = network.rows([one])
        assert alone.attack == row.attack
        assert (alone.names == row.names).all()


def test_each_caller_gets_its_own_rows() -> None:
    network = encoder(at_once=2)
    rng = np.random.default_rng(1)
    jobs = [
        [window(2, *rng.integers(4, 60, n).tolist(), 3) for n in rng.integers(1, 60, 8)] for _ in range(64)
    ]
    expected = [[(r.attack, r.order.tolist()) for r in network.rows(job)] for job in jobs]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(network.rows, jobs))
    assert [[(r.attack, r.order.tolist()) for r in rows] for rows in got] == expected


def test_a_network_that_is_too_slow_is_a_detector_that_failed() -> None:
    slow = encoder(timeout=1e-9)
    with pytest.raises(ServiceError, match="took longer"):
        slow.rows([window(2, 3)])
    result = scan([detector(network=slow)], Segment("hello"))
    assert (result.findings, result.failed) == ((), ("guard",))


def test_a_token_that_is_none_is_a_failure_and_no_crash() -> None:
    with pytest.raises(ServiceError, match="the guard models failed") as refused:
        encoder().rows([window(2, 10**9, 3)])
    assert str(10**9) not in str(refused.value)


def test_the_file_of_the_network_is_not_kept_beside_the_network() -> None:
    file = bytes(bytearray(NETWORK))
    before = sys.getrefcount(file)
    opened = OnnxEncoder(
        file, "x.onnx", kinds=len(KINDS), harms=len(HARMS), tags=1 + 2 * len(TYPES), turns=Turns(1, 1.0)
    )
    assert sys.getrefcount(file) == before
    assert len(opened.rows([window(2, 3)])) == 1


def test_a_network_of_another_shape_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"x\.onnx: .*`harm`"):
        OnnxEncoder(NETWORK, "x.onnx", kinds=len(KINDS), harms=len(HARMS) - 1, tags=13, turns=Turns(1, 1.0))
    with pytest.raises(ConfigError, match=r"x\.onnx: not a network"):
        OnnxEncoder(b"no", "x.onnx", kinds=4, harms=9, tags=1 + 2 * len(TYPES), turns=Turns(1, 1.0))
