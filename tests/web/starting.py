"""Waiting for a server of its own process, and a port for it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

_PATIENCE = 60.0  # seconds


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds; fails after a minute."""
    end = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < end, "waited for a minute"
        time.sleep(0.05)
