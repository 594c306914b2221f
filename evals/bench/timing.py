"""Times and memory, measured as a user meets them."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Spread:
    """Median and 95th percentile, in milliseconds."""

    p50: float
    p95: float


@dataclass(frozen=True)
class Load:
    """Many askers at once: answers a second, their times, and how many went wrong."""

    rate: float
    spread: Spread
    failures: int


def spread_of(seconds: Sequence[float]) -> Spread:
    """Of times in seconds."""
    ordered = sorted(seconds)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95)]
    return Spread(*(round(value * 1000, 2) for value in at))


def time_each(work: Callable[[str], object], texts: Sequence[str]) -> Spread:
    """Time `work` on every text, after a warm-up of twenty."""
    for text in texts[:20]:
        work(text)
    taken = []
    for text in texts:
        started = time.perf_counter()
        work(text)
        taken.append(time.perf_counter() - started)
    return spread_of(taken)


def run_motcua(arguments: Sequence[str], data_dir: Path) -> float:
    """Seconds that a `motcua` command takes, from process start to exit."""
    environment = {**os.environ, "MOTCUA_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "bots.cli", *arguments]
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


@dataclass(frozen=True)
class Server:
    """A running `motcua serve`."""

    port: int
    process: psutil.Process
    ready_after: float

    def memory(self) -> float:
        """Resident megabytes of all its processes; what they share is counted once (PSS)."""
        processes = [self.process, *self.process.children(recursive=True)]
        return float(sum(one.memory_full_info().pss for one in processes) / 2**20)


@contextmanager
def serving(data_dir: Path) -> Iterator[Server]:
    """`motcua serve` on a free port, from process start until /ready answers."""
    port = _free_port()
    environment = {**os.environ, "MOTCUA_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "bots.cli", "serve", "--port", str(port)]
    started = time.perf_counter()
    child = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        while not _is_ready(port):
            if child.poll() is not None or time.perf_counter() - started > 60:
                raise TimeoutError("the server did not become ready")
            time.sleep(0.02)
        yield Server(port, psutil.Process(child.pid), time.perf_counter() - started)
    finally:
        child.terminate()
        child.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False


def load(server: Server, texts: Sequence[str], askers: int, seconds: float) -> Load:
    """`askers`, each on a connection of its own, ask one question after the other.

    All of them are one thread here: a hundred threads took a third of the two cores from the
    server that they measured.
    """
    bodies = [_request(text) for text in texts]
    starts = [i * len(texts) // askers for i in range(askers)]
    started = time.perf_counter()
    told = asyncio.run(_all_ask(server.port, bodies, starts, started + seconds))
    rate = len(told) / (time.perf_counter() - started)
    spread = spread_of([taken for taken, _ in told])
    return Load(round(rate, 1), spread, sum(status != 200 for _, status in told))


def _request(text: str) -> bytes:
    body = json.dumps({"text": text}).encode()
    head = "POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _all_ask(
    port: int, bodies: Sequence[bytes], starts: Sequence[int], end: float
) -> list[tuple[float, int]]:
    """Seconds and status of every answer."""
    told: list[tuple[float, int]] = []

    async def ask(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            started = time.perf_counter()
            writer.write(bodies[number % len(bodies)])
            status = await _status(reader)
            told.append((time.perf_counter() - started, status))
            number += 1
        writer.close()

    await asyncio.gather(*map(ask, starts))
    return told


async def _status(reader: asyncio.StreamReader) -> int:
    """The status of a response that is read to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"(?i)content-length: (\d+)", head)
    await reader.readexactly(int(length[1]) if length else 0)
    return int(head.split(" ", 2)[1])
