"""What was asked before is found once, whoever asks."""

import pickle
import threading
from copy import deepcopy

import numpy as np
import pytest

import embwidget as ew
from embwidget.comparison.memo import Memo

SECONDS = 60


def test_the_same_is_found_once_and_something_else_anew():
    memo, found = Memo(), []

    def find():
        found.append(len(found))
        return found[-1]

    assert [memo.get(find, "groups", 1.0, 0) for _ in range(3)] == [0, 0, 0]
    assert memo.get(find, "groups", 2.0, 0) == 1
    assert memo.get(find, "groups", None, np.int64(0)) == 2
    # Labels that are given as values are compared with nothing.
    assert [memo.get(find, "groups", ["a", "b"]) for _ in range(2)] == [3, 4]


def test_a_second_thread_waits_for_what_the_first_one_finds():
    memo = Memo()
    begun, looked, go = (threading.Event() for _ in range(3))
    found: list[object] = []

    def find() -> object:
        begun.set()
        assert go.wait(SECONDS)
        return object()

    class Seen(str):
        """A part of what is asked that tells when it is looked up."""

        __slots__ = ()

        def __hash__(self) -> int:
            looked.set()
            return super().__hash__()

    def ask(name: str) -> None:
        found.append(memo.get(find, name))

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("chance", Seen("chance"))]
    threads[0].start()
    assert begun.wait(SECONDS)
    threads[1].start()
    assert looked.wait(SECONDS)
    # Something else is not held up meanwhile.
    assert memo.get(lambda: 1, "groups") == 1
    go.set()
    for thread in threads:
        thread.join(SECONDS)
    assert len(found) == 2
    assert found[0] is found[1]


def test_what_failed_is_tried_again():
    memo = Memo()

    def fail() -> int:
        raise MemoryError

    with pytest.raises(MemoryError):
        memo.get(fail, "quality")
    assert memo.get(lambda: 2, "quality") == 2


def test_a_search_may_ask_the_same_on_its_way():
    memo = Memo()
    assert memo.get(lambda: memo.get(lambda: 1, "curve") + 1, "curve") == 2


@pytest.mark.parametrize("copy", [deepcopy, lambda given: pickle.loads(pickle.dumps(given))])
def test_a_comparison_can_be_copied_and_sent_to_another_process(copy):
    x = np.random.default_rng(0).normal(size=(40, 4))
    c = ew.compare(x, x[:, :2], label=np.arange(40) % 3)
    verdict = c.verdict()
    other = copy(c)
    assert other.verdict() == verdict
    assert np.array_equal(other.jaccard(), c.jaccard())
