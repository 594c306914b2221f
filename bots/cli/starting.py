"""What a process does before its first question: builds what stays, and reads what all need.

What is built here stays as long as the process does. The collector of memory would walk over it
again and again, a tenth of a cold start and later a fifth of a second of every answer on its way;
so it rests while things are built, and leaves them out when it begins.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import TYPE_CHECKING

from knowledge.settings import KnowledgeSettings

if TYPE_CHECKING:
    from assistant.bootstrap import Assistant


_M_ARENA_MAX = -8  # of malloc.h
_SELDOM = 10_000, 20, 50  # objects more than were freed; rounds of the younger generation


def start_assistant(settings: KnowledgeSettings) -> Assistant:
    """An assistant, as soon as can be: its index is opened while the rest is imported. Whoever asks
    it more than one question calls `settle` next."""
    gc.disable()
    _share_one_heap()
    from knowledge.reader import begin_reading

    reader = begin_reading(settings)
    from assistant.bootstrap import build_assistant

    return build_assistant(settings, reader=reader)


def _share_one_heap() -> None:
    """The C library gives threads heaps of their own, of which each keeps what it once took: 30 MB
    of a server, which nothing is the faster for, since Python runs one thread at a time."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if set_option:
        set_option(_M_ARENA_MAX, 1)


def settle() -> None:
    """Let the collector begin, with what comes from here on; seldom, because what an answer makes
    and leaves hardly ever holds itself."""
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    gc.enable()


def start_warm(settings: KnowledgeSettings) -> Assistant:
    """An assistant whose first question waits for nothing."""
    assistant = start_assistant(settings)
    warm_up(assistant)
    return assistant


def warm_up(assistant: Assistant) -> None:
    """Read before the first question what it would have to wait for, and settle."""
    assistant.warm_up()
    gc.collect()
    settle()
