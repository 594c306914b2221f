"""What every trial of the Telegram bot needs: the bot started for it, and who posts to it."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evals.telegram_server import TelegramServer

PACE = 500
QUESTION = "làm giấy khai sinh cho con cần những gì"


@dataclass(frozen=True)
class Trial:
    """What is tried: updates a second for so many seconds, how many kills."""

    data_dir: Path
    rate: int
    seconds: int
    kills: int
    workers: int


@dataclass
class Poster:
    """Posts updates to the webhook as Telegram does, on connections that are kept."""

    api: TelegramServer
    acknowledged: list[float]
    kept: threading.local

    def post(self, update: dict[str, Any]) -> None:
        """Again and again until it is acknowledged; the time of each success is noted."""
        body = json.dumps(update)
        while True:
            started = time.perf_counter()
            try:
                status = self._once(body)
            except (OSError, http.client.HTTPException):
                self.kept.connection = None
                time.sleep(0.05)
                continue
            if status == 200:
                self.acknowledged.append(time.perf_counter() - started)
                return

    def _once(self, body: str) -> int:
        webhook = self.api.state.webhook
        if webhook is None:
            raise ConnectionError("the bot has not told yet where it listens")
        where = urlsplit(webhook.url)
        connection = getattr(self.kept, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(where.netloc, timeout=30)
            self.kept.connection = connection
        headers = {
            "Content-Type": "application/json",
            "X-Telegram-Bot-Api-Secret-Token": webhook.secret,
        }
        connection.request("POST", where.path, body, headers)
        response = connection.getresponse()
        response.read()
        return int(response.status)


def poster_to(api: TelegramServer) -> Poster:
    """Who posts to the webhook that this server knows."""
    return Poster(api, [], threading.local())


@contextmanager
def running(
    trial: Trial, api: TelegramServer, port: int, **more: object
) -> Iterator[subprocess.Popen[bytes]]:
    """`motcua telegram` that takes requests; killed at the end unless it has ended."""
    process = start(trial, api, port, **more)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def start(trial: Trial, api: TelegramServer, port: int, **more: object) -> subprocess.Popen[bytes]:
    """The same, when it takes requests; whoever asks for it ends it."""
    process = begin(trial, api, port, **more)
    api.wait(lambda: api.state.webhook and is_listening(port), 180)
    return process


def begin(trial: Trial, api: TelegramServer, port: int, **more: object) -> subprocess.Popen[bytes]:
    """The same, from its first moment on."""
    values = {"workers": trial.workers, "sends_per_second": PACE, "lease": 2, **more}
    environment = {
        **os.environ,
        "MOTCUA_DATA_DIR": str(trial.data_dir),
        "MOTCUA_TELEGRAM_TOKEN": api.token,
        "MOTCUA_TELEGRAM_API_URL": api.url,
        **{f"MOTCUA_TELEGRAM_{name.upper()}": str(value) for name, value in values.items()},
    }
    url = f"http://127.0.0.1:{port}/telegram/webhook"
    command = [sys.executable, "-m", "bots.cli", "telegram", "--webhook", url]
    return subprocess.Popen([*command, "--port", str(port)], env=environment)


def is_listening(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait(ready: Callable[[], object], seconds: float) -> None:
    """Wait until something holds, looking rarely: looking costs the bot's time."""
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.25)


def settle(api: TelegramServer, quiet: float) -> None:
    """Wait until nothing was sent for `quiet` seconds."""
    before = -1
    while before != len(api.state.sent):
        before = len(api.state.sent)
        time.sleep(quiet)
