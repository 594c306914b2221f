"""Runs what needs an event loop of its own: browser tests leave theirs running in this thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """What `work` returns, run in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def run_apart(coroutine: Coroutine[Any, Any, T]) -> T:
    """What the coroutine returns, on a loop of its own."""
    return apart(lambda: asyncio.run(coroutine))
