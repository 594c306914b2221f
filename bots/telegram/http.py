"""How python-telegram-bot reaches the Bot API: over aiohttp, with parameters as JSON.

A third of the work of the library's own way, which spells every Vietnamese letter out in percent
signs and runs through several layers; sending is most of what a busy bot does besides answering.
Messages, which are most calls, go without the objects that the library makes on the way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

T = TypeVar("T")
_CONNECT, _READ, _WRITE, _POOL = 10.0, 20.0, 20.0, 30.0
_WRITE_FILES = 60.0
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class _Plain:
    """What `do_request` needs of RequestData, for parameters that are plain values already."""

    parameters: Mapping[str, Any]
    contains_files: bool = False


async def call(bot: Bot, method: str, parameters: Mapping[str, Any]) -> Any:
    """The result of a method of the Bot API, for a bot over Http; raises TelegramError."""
    data = _Plain({name: value for name, value in parameters.items() if value is not None})
    return await bot.request.post(f"{bot.base_url}/{method}", cast(RequestData, data))


class Http(BaseRequest):
    """A pool of at most `size` connections; opened with the first call, in the loop of that."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds without a byte after which an answer is given up, unless a call says more."""
        return _READ

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request; raises TimedOut or NetworkError, which never quote the address."""
        has_files = request_data is not None and request_data.contains_files
        write = _given(write_timeout, _WRITE_FILES if has_files else _WRITE)
        read, connect = _given(read_timeout, _READ), _given(connect_timeout, _CONNECT)
        # A download may take as long as it flows.
        total = _given(pool_timeout, _POOL) + connect + write + read if request_data else None
        wait = aiohttp.ClientTimeout(total=total, sock_connect=connect, sock_read=read)
        try:
            asked = self._opened().request(
                method, url, timeout=wait, proxy=_proxy_of(url), **_body(request_data)
            )
            async with asked as r:
                return r.status, await r.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(_told(error)) from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._size)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session


def _proxy_of(url: str) -> str | None:
    """The proxy that the environment names. aiohttp would read it, and a file, at each request."""
    where = urlsplit(url)
    return _proxy_to(where.scheme, where.netloc)


@cache
def _proxy_to(scheme: str, host: str) -> str | None:
    return None if proxy_bypass(host) else getproxies().get(scheme)


def _given(seconds: Any, usual: float) -> float:
    """What a call says, else the usual."""
    return float(seconds) if isinstance(seconds, int | float) else usual


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": json.dumps(data.parameters).encode(), "headers": _JSON}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}


def _told(error: Exception) -> str:
    """The kind of trouble. Not its message, which may hold the address, and that our token."""
    told = getattr(error, "strerror", None)
    return f"{type(error).__name__}: {told}" if told else type(error).__name__
