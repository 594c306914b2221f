"""Calls of the Bot API over HTTP."""

from __future__ import annotations

import asyncio

import pytest

from bots.telegram.http import Http
from tests.apart import run_apart


async def _asked_of_proxy(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The first line that a proxy named in the environment is asked."""
    lines: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(await reader.readline())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    http = Http(1)
    async with server:
        assert await http.do_request(url, "POST") == (200, b"{}")
        await http.shutdown()
    return lines[0].decode()


def test_a_proxy_that_the_environment_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    asked = run_apart(_asked_of_proxy("http://botapi.example:8081/x", monkeypatch))

    assert asked.startswith("POST http://botapi.example:8081/x ")
