"""Keeps what hands work to each other on one core.

A query of Chroma passes a dozen times from thread to thread. Between cores each pass wakes another
core, which took a third of a search on a virtual machine of two cores that had nothing else to do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_turn = 0


def take_turn(turn: int) -> None:
    """From now on this process keeps to another core than those with another turn, as far as there
    are so many."""
    global _turn
    _turn = turn


@contextmanager
def on_one_core() -> Iterator[None]:
    """Within it this thread, and any that it begins, stay on the core of this process; afterwards
    it may go where it might before. Where cores cannot be chosen, nothing happens."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(before)[_turn % len(before)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
