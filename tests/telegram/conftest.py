"""A bot that runs in a thread against a Bot API server of our own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import telegram

from bots.telegram.running import Incoming, Start, serve
from bots.telegram.sends import Handle, Send, Tools
from bots.telegram.serving import HttpServer
from bots.telegram.settings import TelegramSettings
from bots.telegram.webhook import Webhook
from evals.telegram_server import TelegramServer

PATH = "/telegram/webhook"


def echo(update: telegram.Update) -> Sequence[Send]:
    """Answers a message with its own words."""
    message = update.effective_message
    if message is None:
        return []
    return [Send("message", message.chat_id, {"text": f"re: {message.text}"})]


@pytest.fixture
def api() -> Iterator[TelegramServer]:
    """A Bot API server."""
    with TelegramServer() as server:
        yield server


def settings_for(api: TelegramServer, **values: Any) -> TelegramSettings:
    """Settings that point at the server; the environment and .env play no part."""
    values = {"lease": 2, "drain": 10, **values}
    return TelegramSettings(token=api.token, api_url=api.url, _env_file=None, **values)


@contextmanager
def running_bot(start: Start) -> Iterator[None]:
    """A bot in a thread, until the block ends."""
    begun: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    ready, errors = threading.Event(), []

    async def main() -> None:
        stopping = asyncio.Event()
        begun.append((asyncio.get_running_loop(), stopping))
        ready.set()
        await serve(start, stopping)

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(5)
    try:
        yield
    finally:
        loop, stopping = begun[0]
        if not errors:
            loop.call_soon_threadsafe(stopping.set)
        thread.join(40)
    assert not errors, errors


Runs = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def polling(api: TelegramServer, database: str) -> Runs:
    """Runs a bot that polls: `polling(handle, **settings)`."""

    def run(handle: Handle = echo, **values: Any) -> AbstractContextManager[None]:
        def conversation(_: Tools) -> Handle:
            return handle

        return running_bot(Start(conversation, settings_for(api, **values), database))

    return run


@pytest.fixture
def webhook(api: TelegramServer, database: str) -> Runs:
    """Runs a bot with a webhook, and waits until Telegram knows it."""

    @contextmanager
    def run(handle: Handle = echo, **values: Any) -> Iterator[None]:
        settings = settings_for(api, **values)
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"

        def server(store: Any) -> HttpServer:
            return HttpServer(Webhook(PATH, settings.webhook_secret, store), listener)

        incoming = Incoming(url, server)
        with running_bot(Start(lambda _: handle, settings, database, incoming)):
            api.wait(lambda: api.state.webhook)
            yield

    return run
