"""Times and memory, measured as a user meets them."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
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
        """Resident megabytes."""
        return float(self.process.memory_info().rss / 2**20)


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
    """`askers` threads, each on a connection of its own, ask one question after the other."""
    taken: list[float] = []
    failures = [0]
    end = time.perf_counter() + seconds

    def ask(offset: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        number = offset
        while time.perf_counter() < end:
            body = json.dumps({"text": texts[number % len(texts)]})
            number += 1
            started = time.perf_counter()
            connection.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            taken.append(time.perf_counter() - started)
            failures[0] += response.status != 200

    starts = [i * len(texts) // askers for i in range(askers)]
    threads = [threading.Thread(target=ask, args=(start,)) for start in starts]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(taken) / (time.perf_counter() - started)
    return Load(round(rate, 1), spread_of(taken), failures[0])
