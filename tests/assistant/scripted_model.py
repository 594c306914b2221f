"""An OpenAI-compatible server on this machine that says what a test tells it to, or misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Play = Callable[["_Handler"], None]
Say = Callable[[str], str]


def say(
    text: str | Say, *, finish: str | None = "stop", size: int = 7, tokens: int | None = 11
) -> Play:
    """Stream `text` in pieces of `size` characters, then the reason and the count of tokens."""

    def play(handler: _Handler) -> None:
        whole = text if isinstance(text, str) else text(handler.model.prompt())
        handler.begin()
        for start in range(0, len(whole), size):
            handler.chunk({"content": whole[start : start + size]})
        if finish is not None:
            handler.chunk({}, finish)
        if tokens is not None:
            usage = {
                "prompt_tokens": 100,
                "completion_tokens": tokens,
                "total_tokens": 100 + tokens,
            }
            handler.event({"choices": [], "usage": usage})
        handler.raw(b"data: [DONE]\n\n")

    return play


def answer_lines(prompt: str) -> list[str]:
    """The lines that a prompt asks to have reworded, with their tokens."""
    asked = prompt.split("\nANSWER\n", 1)[1].split("\n\n", 1)[0]
    return [line for line in asked.splitlines() if line and not line.startswith("##")]


def reworded(change: Callable[[list[str]], list[str]] = list) -> Say:
    """A model that does what it is told, or `change`s the lines that it should have written."""
    return lambda prompt: "\n".join(change(answer_lines(prompt)))


def status(code: int, retry_after: str | None = None) -> Play:
    """An HTTP error, whose words quote the key that came with the request."""

    def play(handler: _Handler) -> None:
        handler.send_response(code)
        if retry_after:
            handler.send_header("Retry-After", retry_after)
        body = json.dumps({"error": {"message": handler.headers.get("Authorization")}}).encode()
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return play


def hang(handler: _Handler) -> None:
    """Accept the request and never answer."""
    handler.model.closing.wait(30)


def drip(handler: _Handler) -> None:
    """Keep the connection warm with a byte now and then; no answer ever comes."""
    handler.begin()
    while not handler.model.closing.wait(0.05):
        handler.raw(b":")


def trickle(handler: _Handler) -> None:
    """Real pieces, too slow to ever end."""
    handler.begin()
    while not handler.model.closing.wait(0.05):
        handler.chunk({"content": "a"})


def garbage(handler: _Handler) -> None:
    """Something that is no JSON."""
    handler.begin()
    handler.raw(b'data: {"choices": [{{{ \xff\xfe\n\ndata: <html>\n\n')


def wrong_shape(handler: _Handler) -> None:
    """JSON, but not what was promised."""
    handler.begin()
    handler.raw(b'data: {"choices": "none", "id": 5}\n\ndata: [DONE]\n\n')


def cut(text: str) -> Play:
    """The connection breaks in the middle of a piece."""

    def play(handler: _Handler) -> None:
        handler.begin()
        handler.chunk({"content": text})
        handler.raw(b'data: {"choices": [{"del')

    return play


class ScriptedModel:
    """Plays its script, one play a request, and the last one again and again."""

    def __init__(self, plays: tuple[Play, ...]) -> None:
        self.plays = list(plays)
        self.requests: list[dict[str, Any]] = []
        self.gone = threading.Event()
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def next_play(self) -> Play:
        return self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]

    def prompt(self, number: int = -1) -> str:
        """Everything that a request told the model."""
        return "\n".join(m["content"] for m in self.requests[number]["messages"])

    @contextmanager
    def serving(self) -> Iterator[ScriptedModel]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    model: ScriptedModel

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.model.requests.append(json.loads(self.rfile.read(size)))
        try:
            self.model.next_play()(self)
        except (BrokenPipeError, ConnectionResetError):
            self.model.gone.set()

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def chunk(self, delta: dict[str, Any], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
        self.event({"choices": [choice]})

    def event(self, values: dict[str, Any]) -> None:
        body = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", **values}
        self.raw(b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n")

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        pass


def _handler_for(model: ScriptedModel) -> type[_Handler]:
    return type("Handler", (_Handler,), {"model": model})
