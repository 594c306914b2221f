"""`motcua serve`: the web page on a port, its address printed when it answers."""

from __future__ import annotations

import errno
import logging
import socket
import sys
from collections.abc import Callable

import uvicorn

from assistant.bootstrap import Assistant
from assistant.dossier.service import Dossiers
from bots.cli.starting import warm_up
from bots.web.answering import AT_ONCE, AT_ONCE_HERE, AT_ONCE_WITH_MODEL
from bots.web.app import create_app
from bots.web.beside import Beside
from bots.web.settings import WebSettings
from knowledge.errors import IndexUnavailable

log = logging.getLogger(__name__)
# Seconds that a thread keeps the interpreter while another waits for it. The thread that answers
# would keep the one that hands questions to the process beside waiting ten times as long.
_SHORT_TURN = 0.0005


def run_server(
    assistant: Assistant,
    make_dossiers: Callable[[], Dossiers],
    settings: WebSettings,
    host: str,
    port: int,
) -> None:
    """Serve until interrupted; exits with 1 and a sentence when the port is taken."""
    listener = listen(host, port)
    address, bound = listener.getsockname()[:2]
    warm_up(assistant)
    beside = _beside(assistant, settings.processes, listener)
    dossiers = make_dossiers()
    sys.setswitchinterval(_SHORT_TURN)
    app = create_app(assistant, dossiers, at_once(assistant, bool(beside)), beside)
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    assistant.greet()
    for process in beside:
        process.wait()
    shown = "127.0.0.1" if address in {"0.0.0.0", "::"} else address
    sys.stderr.write(f"Một Cửa: http://{shown}:{bound}/  (Ctrl+C để dừng)\n")
    sys.stderr.flush()
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        for process in beside:
            process.close()
        dossiers.close()
        assistant.close()


def _beside(assistant: Assistant, processes: int, listener: socket.socket) -> list[Beside]:
    """The processes that answer besides this one; none where a language model is waited for, which
    threads do as well, and none where processes cannot be forked safely."""
    if assistant.model or processes == 1 or sys.platform != "linux":
        return []
    try:
        assistant.rest()
    except IndexUnavailable as error:
        log.warning("no process beside this one: %s", error)
        return []
    return [Beside(assistant, listener, turn) for turn in range(1, processes)]


def at_once(assistant: Assistant, has_beside: bool = False) -> int:
    """How many questions are answered at a time in this process: more where a language model is
    waited for, fewer where another process takes questions too."""
    if assistant.model:
        return AT_ONCE_WITH_MODEL
    return AT_ONCE_HERE if has_beside else AT_ONCE


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; exits with 1 and a sentence when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "đang có chương trình khác dùng" if taken else str(error.strerror)
        sys.stderr.write(f"Không mở được {host}:{port}: {reason}. Thử cổng khác: --port 8001\n")
        sys.exit(1)
    return listener
