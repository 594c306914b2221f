"""Where Telegram calls: an update is stored and committed, then acknowledged."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Future
from typing import Any

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Reply = Callable[[Message], Awaitable[None]]
Store = Callable[[list[dict[str, Any]]], "Future[Any]"]
App = Callable[[Scope, Receive, Reply], Awaitable[None]]

LARGEST = 1024 * 1024
_SECRET = b"x-telegram-bot-api-secret-token"


class Webhook:
    """An ASGI application for one path; all other requests go to `otherwise`.

    Answers 200 only for what is durable, 401 without the secret, 403 with a wrong one, 413 for a
    body over 1 MB without reading it, 400 for what is no update, 503 when nothing can be stored.
    """

    def __init__(self, path: str, secret: str, store: Store, otherwise: App | None = None) -> None:
        self._path = path
        self._secret = secret.encode()
        self._store = store
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, reply: Reply) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"] == self._path:
            await _say(reply, await self._status(scope, receive))
        elif self._otherwise is not None:
            await self._otherwise(scope, receive, reply)
        elif scope["type"] == "http":
            await _say(reply, 404)
        elif scope["type"] == "lifespan":
            await _live(receive, reply)

    async def _status(self, scope: Scope, receive: Receive) -> int:
        headers = dict(scope["headers"])
        if scope["method"] != "POST":
            return 405
        if (said := headers.get(_SECRET)) is None:
            return 401
        if not hmac.compare_digest(said, self._secret):
            return 403
        body = await _read(headers, receive)
        if body is None:
            return 413
        return await self._stored(body)

    async def _stored(self, body: bytes) -> int:
        try:
            update = json.loads(body)
            future = self._store([update])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return 400
        try:
            await asyncio.wrap_future(future)
        except Exception as error:
            # Telegram calls again after anything but 200.
            log.error("an update could not be stored: %s", type(error).__name__)
            return 503
        return 200


async def _read(headers: dict[bytes, bytes], receive: Receive) -> bytes | None:
    """The body; None as soon as it is known to be too large."""
    told = headers.get(b"content-length", b"0")
    if not told.isdigit() or int(told) > LARGEST:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST or message["type"] == "http.disconnect":
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _say(reply: Reply, status: int) -> None:
    headers = [(b"content-length", b"0")]
    if status == 413:
        headers.append((b"connection", b"close"))
    await reply({"type": "http.response.start", "status": status, "headers": headers})
    await reply({"type": "http.response.body", "body": b""})


async def _live(receive: Receive, reply: Reply) -> None:
    for stage in ("startup", "shutdown"):
        await receive()
        await reply({"type": f"lifespan.{stage}.complete"})
