"""The walls around a process that parses: what Linux can take from it before it starts."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

_NEW_NET, _NEW_USER = 0x40000000, 0x10000000
_DEATH_SIGNAL, _SUBREAPER, _NO_NEW_PRIVILEGES = 1, 36, 38
_MB = 1_000_000
_SOCKET_EVENTS = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo")
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Limits:
    """What one step may cost: seconds, megabytes, and processes at once."""

    cpu_seconds: int
    wall_seconds: float
    memory_mb: int
    scratch_mb: int
    processes: int = 24


def confine(limits: Limits, scratch: Path) -> None:
    """Takes network, memory, time and privileges from this process and all it starts."""
    os.chdir(scratch)
    os.environ.update(TMPDIR=str(scratch), HOME=str(scratch))
    die_with_parent()
    _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    leave_network()
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    _limit(resource.RLIMIT_CORE, 0)
    # One second between the signal that says why and the one that cannot be caught.
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds, spare=1)
    _limit(resource.RLIMIT_FSIZE, limits.scratch_mb * _MB)
    # What the interpreter has mapped before the first byte of a file does not count.
    _limit(resource.RLIMIT_AS, _mapped() + limits.memory_mb * _MB)


def die_with_parent() -> None:
    """No process here outlives the one that watches it."""
    _libc.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Grandchildren that lose their parent become ours, so that they can be found and ended."""
    _libc.prctl(_SUBREAPER, 1, 0, 0, 0)


def leave_network() -> str:
    """Leaves every network: "namespace" where the kernel allows it, else "guard", which only
    stops Python code."""
    if _libc.unshare(_NEW_NET) == 0 or _libc.unshare(_NEW_USER | _NEW_NET) == 0:
        return "namespace"
    sys.addaudithook(_no_sockets)
    return "guard"


def _no_sockets(event: str, _arguments: object) -> None:
    if event in _SOCKET_EVENTS:
        raise PermissionError(event)


def _limit(kind: int, most: int, spare: int = 0) -> None:
    _, hard = resource.getrlimit(kind)
    last = most + spare if hard == resource.RLIM_INFINITY else min(most + spare, hard)
    resource.setrlimit(kind, (min(most, last), last))


def _mapped() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def descendants(pid: int) -> list[int]:
    """All living processes below `pid`."""
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, children.read_text().split()):
                found += [child, *descendants(child)]
    return found


def resident_mb(pid: int) -> float:
    """Memory that a process holds itself, without what it shares with files, in megabytes."""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/statm").read_text().split()
        return (int(fields[1]) - int(fields[2])) * resource.getpagesize() / _MB
    return 0.0


def end_all_below(pid: int) -> None:
    """Ends every process below `pid`, however fast it forks."""
    for _ in range(1000):
        running = descendants(pid)
        if not running:
            return
        for each in running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(each, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
