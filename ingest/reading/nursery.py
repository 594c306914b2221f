"""A clean interpreter that has loaded the readers, and forks a fresh child for every step.

It never touches a file itself, so each child starts from the same clean state. Between it and the
child stands a watcher, which holds the clock, counts memory and processes, and clears up.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import shutil
import signal
import socket
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from ingest.reading import confine, wire

Work = Callable[[socket.socket], None]
_LOOK_EVERY = 0.02  # seconds between two looks at a running child


@dataclass(frozen=True)
class Ending:
    """How a child ended: "done", "time", "memory", "processes" or "failed", and what it cost."""

    how: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0


def main(control: socket.socket, worker: str, scratch: Path) -> None:
    """Serves requests until the parent closes its end."""
    work: Work = importlib.import_module(worker).work
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.send(json.dumps({"network": _probe()}).encode())
    while True:
        request, handles, _, _ = socket.recv_fds(control, 4096, 2)
        if not request:
            return
        if os.fork() == 0:
            control.close()
            _watch(json.loads(request), handles, work, scratch)
        for handle in handles:
            os.close(handle)


def _probe() -> str:
    """What keeps children off the network here, tried in a child."""
    inner, outer = os.pipe()
    if os.fork() == 0:
        os.write(outer, confine.leave_network().encode())
        os._exit(0)
    os.close(outer)
    with os.fdopen(inner) as answer:
        return answer.read()


def _watch(request: dict[str, object], handles: list[int], work: Work, scratch: Path) -> None:
    """In the watcher: runs one child under its limits and reports its ending."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    confine.adopt_orphans()
    confine.die_with_parent()
    limits = confine.Limits(**request)  # type: ignore[arg-type]
    data, status = (socket.socket(fileno=handle) for handle in handles)
    private = Path(tempfile.mkdtemp(dir=scratch))
    child = os.fork()
    if child == 0:
        status.close()
        _run(data, work, limits, private)
    data.close()
    ending = _await(child, limits)
    confine.end_all_below(os.getpid())
    shutil.rmtree(private, ignore_errors=True)
    wire.send(status, asdict(ending))
    os._exit(0)


def _run(data: socket.socket, work: Work, limits: confine.Limits, private: Path) -> None:
    os.setpgid(0, 0)
    tempfile.tempdir = None
    confine.confine(limits, private)
    code = 70
    try:
        work(data)
        code = 0
    except MemoryError:
        code = 71
    except BrokenPipeError:
        code = 72
    finally:
        if code == 70:
            traceback.print_exc()
        os._exit(code)


def _await(child: int, limits: confine.Limits) -> Ending:
    began, peak, cut = time.monotonic(), 0.0, ""
    start = confine.resident_mb(os.getpid())
    handle = select.poll()
    handle.register(os.pidfd_open(child), select.POLLIN)
    while not handle.poll(_LOOK_EVERY * 1000) and not cut:
        running = confine.descendants(os.getpid())
        used = sum(max(0.0, confine.resident_mb(each) - start) for each in running)
        peak = max(peak, used)
        cut = _beyond(time.monotonic() - began, used, len(running), limits)
    if cut:
        os.killpg(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    seconds = time.monotonic() - began
    return Ending(cut or _how(status), seconds, usage.ru_utime + usage.ru_stime, peak)


def _beyond(seconds: float, memory: float, processes: int, limits: confine.Limits) -> str:
    if seconds > limits.wall_seconds:
        return "time"
    if memory > limits.memory_mb:
        return "memory"
    return "processes" if processes > limits.processes else ""


def _how(status: int) -> str:
    if os.WIFSIGNALED(status):
        ended_by = {signal.SIGXCPU: "time", signal.SIGXFSZ: "memory"}
        return ended_by.get(signal.Signals(os.WTERMSIG(status)), "failed")
    return {0: "done", 71: "memory"}.get(os.WEXITSTATUS(status), "failed")
