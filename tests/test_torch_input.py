"""Tensors of torch as vectors and ids, and the files that torch writes."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embwidget._core.checks import as_ids
from embwidget._core.vectors import as_vectors
from embwidget.io import load
from embwidget.joining import join
from embwidget.space import Space, as_space

torch = pytest.importorskip("torch")

PLAIN = [[1.0, 0.0], [0.5, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize(
    "dtype", ["float32", "float64", "float16", "bfloat16", "int64", "uint8", "bool"]
)
def test_tensors_of_every_dtype_become_float32(dtype: str) -> None:
    tensor = torch.tensor(PLAIN).to(getattr(torch, dtype))
    vectors = as_vectors(tensor)
    assert vectors.dtype == np.float32
    assert vectors.tolist() == tensor.to(torch.float32).tolist()


@pytest.mark.parametrize(
    "change",
    [
        lambda tensor: tensor.requires_grad_(),
        lambda tensor: torch.nn.Parameter(tensor),
        lambda tensor: tensor.T.contiguous().T,
        lambda tensor: list(tensor),
        lambda tensor: list(tensor.to(torch.bfloat16).requires_grad_()),
    ],
    ids=["grad", "parameter", "strided", "list", "list of bfloat16"],
)
def test_tensors_as_they_come_out_of_training(change: Callable[[Any], Any]) -> None:
    assert as_space(change(torch.tensor(PLAIN))).vectors.tolist() == PLAIN


def test_a_float32_tensor_is_not_copied() -> None:
    tensor = torch.tensor(PLAIN)
    assert np.shares_memory(as_vectors(tensor), tensor.numpy())


def test_ids_may_be_a_tensor() -> None:
    ids = as_ids(torch.tensor([3, 1, 2]), 3)
    assert ids.dtype == np.int64
    _, _, report = join(Space(torch.tensor(PLAIN), ids=ids), Space(PLAIN, ids=[1, 2, 9]))
    assert (report.matched, report.only_a, report.only_b) == (2, 1, 1)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: torch.tensor(PLAIN).to_sparse(), TypeError, r"sparse tensor .* use .to_dense\(\)"),
        (lambda: torch.tensor([1.0]), ValueError, r"got \(1,\): reshape it"),
        (lambda: torch.tensor([[float("nan")]]), ValueError, "row 0, column 0 is nan"),
        (lambda: torch.ones(2, 2, dtype=torch.complex64), TypeError, "complex64 is not a number"),
        (lambda: torch.ones(0, 2), ValueError, r"shape \(0, 2\) holds nothing"),
        (lambda: [torch.ones(2), torch.ones(3)], ValueError, r"row 0 .* row 1 \(3,\)"),
    ],
)
def test_tensors_that_are_no_vectors(
    make: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        as_vectors(make())


@pytest.mark.parametrize("suffix", [".pt", ".pth"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_file_of_one_tensor(tmp_path: Path, suffix: str, dtype: str) -> None:
    path = tmp_path / f"bert{suffix}"
    torch.save(torch.tensor(PLAIN, dtype=getattr(torch, dtype)), path)
    space = load(path)
    assert space.vectors.tolist() == PLAIN
    assert space.name == "bert"


def test_a_file_of_several_tensors(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    torch.save({"a": torch.tensor(PLAIN), "b": torch.ones(3, 4), "ids": ["p", "q", "r"]}, path)
    assert load(path, key="a").vectors.tolist() == PLAIN
    assert load(path, key="a").ids.tolist() == ["p", "q", "r"]
    with pytest.raises(ValueError, match=r"'a' \(3, 2\), 'b' \(3, 4\).*key="):
        load(path)
    with pytest.raises(ValueError, match=r"'c'.*there are 'a', 'b'"):
        load(path, key="c")


def test_ids_in_a_file_may_be_a_tensor(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    torch.save({"vectors": torch.tensor(PLAIN), "ids": torch.tensor([5, 6, 7])}, path)
    assert load(path).ids.tolist() == [5, 6, 7]


class Trap:
    """Its unpickling leaves a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("by_torch", [True, False])
def test_pickles_are_never_opened(tmp_path: Path, by_torch: bool) -> None:
    path, trace = tmp_path / "x.pt", tmp_path / "trace"
    if by_torch:
        torch.save({"vectors": torch.tensor(PLAIN), "more": Trap(trace)}, path)
    else:
        path.write_bytes(pickle.dumps(Trap(trace), protocol=2))
    with pytest.raises(ValueError, match=r"x\.pt.*pickle") as caught:
        load(path)
    assert "\n" not in str(caught.value)
    assert not trace.exists()


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04 and then nothing"])
def test_a_damaged_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"x\.pt") as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    torch.save(torch.ones(100, 10), path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match=r"x\.pt"):
        load(path)


def test_safetensors_in_bfloat16(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.torch")
    path = tmp_path / "x.safetensors"
    safetensors.save_file({"vectors": torch.tensor(PLAIN, dtype=torch.bfloat16)}, path)
    assert load(path).vectors.tolist() == PLAIN
