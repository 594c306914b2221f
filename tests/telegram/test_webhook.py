"""The webhook lets in nobody but Telegram, and nothing too large."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import httpx
import pytest

from bots.telegram.serving import HttpServer
from bots.telegram.webhook import LARGEST, Webhook
from evals.telegram_server import TelegramServer
from tests.telegram.conftest import PATH, Runs

SECRET = "bi-mat-0123456789"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Shelf:
    """Stands in for the inbox."""

    def __init__(self) -> None:
        self.stored: list[dict[str, Any]] = []
        self.error: Exception | None = None

    def store(self, bodies: list[dict[str, Any]]) -> Future[Any]:
        future: Future[Any] = Future()
        if any(not isinstance(body["update_id"], int) for body in bodies):
            raise ValueError
        if self.error:
            future.set_exception(self.error)
        else:
            self.stored += bodies
            future.set_result(len(bodies))
        return future


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def client(shelf: Shelf) -> Iterator[httpx.Client]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = HttpServer(Webhook(PATH, SECRET, shelf.store), listener)
    server.start()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with httpx.Client(base_url=base, timeout=10) as opened:
        yield opened
    server.stop()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({HEADER: ""}, 403),
        ({HEADER: "bi-mat-012345678"}, 403),
        ({HEADER: SECRET + "x"}, 403),
        ({HEADER: SECRET}, 200),
    ],
)
def test_only_the_secret_opens(
    client: httpx.Client, shelf: Shelf, headers: dict[str, str], status: int
) -> None:
    answer = client.post(PATH, json={"update_id": 1}, headers=headers)

    assert answer.status_code == status
    assert bool(shelf.stored) == (status == 200)


def test_the_secret_is_compared_in_constant_time(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr("hmac.compare_digest", compare)

    client.post(PATH, json={"update_id": 1}, headers={HEADER: "sai"})

    assert compared == [(b"sai", SECRET.encode())]


def test_a_body_of_50_megabytes_is_refused_without_reading_it(
    client: httpx.Client, shelf: Shelf
) -> None:
    host = client.base_url.host
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\n{HEADER}: {SECRET}\r\n"
        f"Content-Length: {50 * 1024 * 1024}\r\n\r\n"
    )
    with socket.create_connection((host, client.base_url.port or 0), timeout=5) as connection:
        connection.sendall(head.encode() + b"x" * 1000)
        answer = connection.recv(1000)

    assert answer.startswith(b"HTTP/1.1 413")
    assert shelf.stored == []


def test_a_body_that_does_not_say_its_size_is_refused_when_it_grows_too_large(
    client: httpx.Client, shelf: Shelf
) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(LARGEST // 65_536 + 2):
            yield b"x" * 65_536

    try:
        status = client.post(PATH, content=parts(), headers={HEADER: SECRET}).status_code
    except httpx.TransportError:
        status = 413  # The server closed before everything was sent.

    assert status == 413
    assert shelf.stored == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"a"', b"{}", b'{"update_id": "a"}', b"\xff"])
def test_what_is_no_update_is_refused(client: httpx.Client, shelf: Shelf, body: bytes) -> None:
    answer = client.post(PATH, content=body, headers={HEADER: SECRET})

    assert answer.status_code == 400
    assert shelf.stored == []


def test_what_cannot_be_stored_is_not_acknowledged(client: httpx.Client, shelf: Shelf) -> None:
    shelf.error = OSError("đĩa đầy")

    answer = client.post(PATH, json={"update_id": 1}, headers={HEADER: SECRET})

    assert answer.status_code == 503


@pytest.mark.parametrize(("method", "path", "status"), [("GET", PATH, 405), ("POST", "/", 404)])
def test_nothing_else_is_there(client: httpx.Client, method: str, path: str, status: int) -> None:
    assert client.request(method, path, headers={HEADER: SECRET}).status_code == status


def test_telegram_is_told_the_secret_and_what_we_want(api: TelegramServer, webhook: Runs) -> None:
    with webhook():
        hook = api.state.webhook

    assert hook is not None
    assert len(hook.secret) == 64
