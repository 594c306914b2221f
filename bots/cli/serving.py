"""`motcua serve`: the web page on a port, its address printed when it answers."""

from __future__ import annotations

import errno
import socket
import sys

import uvicorn

from assistant.bootstrap import Assistant
from assistant.dossier.service import Dossiers
from bots.cli.starting import warm_up
from bots.web.answering import AT_ONCE, AT_ONCE_WITH_MODEL
from bots.web.app import create_app


def run_server(assistant: Assistant, dossiers: Dossiers, host: str, port: int) -> None:
    """Serve until interrupted; exits with 1 and a sentence when the port is taken."""
    listener = listen(host, port)
    address, bound = listener.getsockname()[:2]
    app = create_app(assistant, dossiers, at_once(assistant))
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    warm_up(assistant)
    shown = "127.0.0.1" if address in {"0.0.0.0", "::"} else address
    sys.stderr.write(f"Một Cửa: http://{shown}:{bound}/  (Ctrl+C để dừng)\n")
    sys.stderr.flush()
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        dossiers.close()
        assistant.close()


def at_once(assistant: Assistant) -> int:
    """How many questions are answered at a time: more where a language model is waited for."""
    return AT_ONCE_WITH_MODEL if assistant.model else AT_ONCE


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
