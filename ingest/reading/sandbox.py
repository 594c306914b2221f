"""Steps of reading run in processes that may cost no more than they are allowed.

A warm interpreter (nursery.py) forks one child a step. The child has an empty environment, a
private temporary directory, no network, and limits on memory, processor time, file size and
processes; whatever it does, the caller gets an Outcome.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ingest.errors import IngestError
from ingest.reading import wire
from ingest.reading.confine import Limits
from ingest.reading.nursery import Ending

_ROOT = str(Path(__file__).parents[2])
_START = (
    "import sys, socket, pathlib; handle, worker, scratch, *paths = sys.argv[1:]; "
    "sys.path[:0] = paths; from ingest.reading import nursery; "
    "nursery.main(socket.socket(fileno=int(handle)), worker, pathlib.Path(scratch))"
)
_GRACE = 15.0  # seconds beyond its own limit after which a watcher counts as lost
_KEPT = ("PATH", "LANG", "TESSDATA_PREFIX", "LD_LIBRARY_PATH")


class SandboxLost(IngestError):
    """The interpreter that starts children does not start or has died."""


@dataclass(frozen=True)
class Outcome:
    """What a child sent before it ended, and how it ended."""

    answers: tuple[tuple[wire.Message, tuple[bytes, ...]], ...]
    ending: Ending


class Sandbox:
    """Runs `work(socket)` of the module `worker`, each time in a fresh child.

    Starting takes part of a second and happens at the first step; safe to use from many threads.
    """

    def __init__(self, worker: str = "ingest.reading.worker", paths: Sequence[str] = ()) -> None:
        self._worker, self._paths = worker, (_ROOT, *paths)
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch: Path | None = None
        self.network = "unknown"  # "namespace" or "guard", known after the first step

    def run(
        self, limits: Limits, message: wire.Message, *blobs: bytes, most: int = 300_000_000
    ) -> Outcome:
        """One step: what the child answers, at most `most` bytes; raises SandboxLost only."""
        data, child_data = socket.socketpair()
        status, child_status = socket.socketpair()
        with data, status:
            with child_data, child_status:
                self._ask(limits, [child_data.fileno(), child_status.fileno()])
            for channel in (data, status):
                channel.settimeout(limits.wall_seconds + _GRACE)
            answers = _exchange(data, message, blobs, most)
            return Outcome(tuple(answers), _ending(status))

    def close(self) -> None:
        """Ends the interpreter and removes its directory."""
        with self._lock:
            self._close()

    def _ask(self, limits: Limits, handles: list[int]) -> None:
        request = json.dumps(asdict(limits)).encode()
        with self._lock:
            try:
                socket.send_fds(self._started(), [request], handles)
            except OSError:
                self._close()
                socket.send_fds(self._started(), [request], handles)

    def _started(self) -> socket.socket:
        if self._control is None:
            # Keeps requests apart from each other, unlike a stream.
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._scratch = Path(tempfile.mkdtemp(prefix="motcua-read-"))
            with theirs:
                self._process = self._spawn(theirs.fileno())
            self.network = _hello(ours)
            self._control = ours
            atexit.register(self.close)
        return self._control

    def _spawn(self, handle: int) -> subprocess.Popen[bytes]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        single = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(handle), self._worker, str(self._scratch),
             *self._paths],
            env={**kept, **single}, pass_fds=[handle], start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=_errors(),
        )  # fmt: skip

    def _close(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
            atexit.unregister(self.close)
        if self._process is not None:
            _end(self._process)
            self._process = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)


def _errors() -> int | None:
    """A traceback could hold words of a document, so nobody sees one unless asked to."""
    return None if os.environ.get("MOTCUA_READ_SHOW_ERRORS") else subprocess.DEVNULL


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _hello(control: socket.socket) -> str:
    control.settimeout(60)
    try:
        greeting = json.loads(control.recv(4096))
    except (OSError, ValueError) as error:
        raise SandboxLost("The process that reads files did not start") from error
    control.settimeout(None)
    return str(greeting["network"])


def _exchange(
    data: socket.socket, message: wire.Message, blobs: Sequence[bytes], most: int
) -> list[tuple[wire.Message, tuple[bytes, ...]]]:
    """All answers until the child closes its end, dies, or says too much."""
    answers: list[tuple[wire.Message, tuple[bytes, ...]]] = []
    with contextlib.suppress(OSError, wire.Overflow):
        wire.send(data, message, *blobs)
        data.shutdown(socket.SHUT_WR)
        while (answer := wire.receive(data, most)) is not None:
            most -= sum(map(len, answer[1]))
            answers.append((answer[0], tuple(answer[1])))
    with contextlib.suppress(OSError):
        data.shutdown(socket.SHUT_RDWR)
    return answers


def _ending(status: socket.socket) -> Ending:
    try:
        received = wire.receive(status, 0)
    except (OSError, wire.Overflow):
        return Ending("failed")
    return Ending(**received[0]) if received else Ending("failed")
