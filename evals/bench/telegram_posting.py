"""Whoever writes to the bot: a process of its own that posts updates at a steady rate.

It does what Telegram does: connections that are kept, and each update again until it is
acknowledged. Little more than sockets, as it shares the cores with the bot that it measures.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_CONNECTIONS = 40  # Telegram's own default (core.telegram.org/bots/api#setwebhook)
_AGAIN = 0.05


@dataclass(frozen=True)
class Posting:
    """Bodies to post, one every `1 / rate` seconds from `start` on."""

    url: str
    secret: str
    bodies: Sequence[bytes]
    rate: float
    start: float


@dataclass(frozen=True)
class Posted:
    """Seconds until each was acknowledged, from when its last try began; CPU seconds used."""

    acknowledged: list[float]
    cpu: float
    ended: float


def post_apart(posting: Posting) -> Posted:
    """Post everything from another process; returns when the last is acknowledged."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_post, (posting,))


def _post(posting: Posting) -> Posted:
    before = time.process_time()
    acknowledged = asyncio.run(_post_all(posting))
    return Posted(acknowledged, time.process_time() - before, time.time())


async def _post_all(posting: Posting) -> list[float]:
    due: asyncio.Queue[bytes | None] = asyncio.Queue()
    acknowledged: list[float] = []
    posting_tasks = [
        asyncio.create_task(_keep_posting(posting, due, acknowledged)) for _ in range(_CONNECTIONS)
    ]
    for number, body in enumerate(posting.bodies):
        await asyncio.sleep(max(0.0, posting.start + number / posting.rate - time.time()))
        due.put_nowait(body)
    for _ in posting_tasks:
        due.put_nowait(None)
    await asyncio.gather(*posting_tasks)
    return acknowledged


async def _keep_posting(
    posting: Posting, due: asyncio.Queue[bytes | None], acknowledged: list[float]
) -> None:
    connection = _Connection(posting)
    while (body := await due.get()) is not None:
        while True:
            started = time.perf_counter()
            if await connection.post(body) == 200:
                acknowledged.append(time.perf_counter() - started)
                break
            await asyncio.sleep(_AGAIN)


class _Connection:
    """One connection, opened again when it broke."""

    def __init__(self, posting: Posting) -> None:
        where = urlsplit(posting.url)
        self._host, self._port = where.hostname, where.port
        self._head = (
            f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"Content-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {posting.secret}\r\n"
        )
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: bytes) -> int:
        """The status of the answer; 0 when there was none."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port)
            reader, writer = self._streams
            writer.write(f"{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self._streams = None
            return 0
        return int(head.split(b" ", 2)[1])
