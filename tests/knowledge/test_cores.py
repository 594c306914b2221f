"""What hands work to each other stays on one core, and nothing else does."""

from __future__ import annotations

import os
import threading

import pytest

from knowledge import cores
from knowledge.cores import on_one_core, take_turn

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="cores cannot be chosen here"
)


@pytest.fixture(autouse=True)
def first_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "_turn", 0)


def test_a_thread_that_begins_within_stays_there() -> None:
    before, seen = os.sched_getaffinity(0), []
    with on_one_core():
        thread = threading.Thread(target=lambda: seen.append(os.sched_getaffinity(0)))
        thread.start()
        thread.join()
        assert [os.sched_getaffinity(0)] == seen

    assert len(seen[0]) == 1
    assert os.sched_getaffinity(0) == before


def test_it_is_left_when_something_fails() -> None:
    before = os.sched_getaffinity(0)

    with pytest.raises(ValueError, match="none"), on_one_core():
        raise ValueError("none")

    assert os.sched_getaffinity(0) == before


def test_processes_in_turn_have_different_cores() -> None:
    allowed = sorted(os.sched_getaffinity(0))
    kept = []
    for turn in range(len(allowed) + 1):
        take_turn(turn)
        with on_one_core():
            kept += os.sched_getaffinity(0)

    assert kept == [*allowed, allowed[0]]
