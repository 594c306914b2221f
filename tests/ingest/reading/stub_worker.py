"""A reader that misbehaves as it is told to: the child of trial 18."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from ingest.reading import wire


def work(channel: socket.socket) -> None:
    """Does what the message names; "well" answers."""
    asked = wire.receive(channel, 1_000_000)
    assert asked is not None
    globals()[asked[0]["do"]](channel)


def well(channel: socket.socket) -> None:
    wire.send(channel, {"fine": True, "environment": dict(os.environ), "here": str(Path.cwd())})


def hang(channel: socket.socket) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)


def spin(channel: socket.socket) -> None:
    while True:
        pass


def segfault(channel: socket.socket) -> None:
    ctypes.string_at(0)


def eat(channel: socket.socket) -> None:
    kept = []
    while True:
        kept.append(bytearray(20_000_000))


def fork_and_leave(channel: socket.socket) -> None:
    """A grandchild in a session of its own, which would outlive its parents."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            Path("../grandchild").write_text(str(os.getpid()))
            time.sleep(600)
        os._exit(0)
    time.sleep(0.3)
    wire.send(channel, {"grandchild": int(Path("../grandchild").read_text())})


def bomb(channel: socket.socket) -> None:
    while True:
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


def fill(channel: socket.socket) -> None:
    with Path("filling").open("wb") as file:
        while True:
            file.write(bytes(5_000_000))


def flood(channel: socket.socket) -> None:
    while True:
        wire.send(channel, {}, bytes(1_000_000))


def mumble(channel: socket.socket) -> None:
    channel.sendall(b"\x00" * 5000)


def phone(channel: socket.socket) -> None:
    try:
        with socket.create_connection(("127.0.0.1", 5432), timeout=2):
            wire.send(channel, {"network": "open"})
    except OSError:
        wire.send(channel, {"network": "closed"})


def open(channel: socket.socket) -> None:
    """Claims nine pages, none of which `read` survives."""
    wire.send(channel, {"kind": "application/pdf", "pages": 9})


def read(channel: socket.socket) -> None:
    os.abort()
