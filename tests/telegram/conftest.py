"""A bot that runs in a thread against a Bot API server of our own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import telegram
from sqlalchemy import Engine

from assistant.bootstrap import Assistant, build_assistant
from bots.telegram.conversation import TelegramConversation
from bots.telegram.running import Incoming, Start, serve
from bots.telegram.sends import Handle, Send, Tools
from bots.telegram.serving import HttpServer
from bots.telegram.settings import TelegramSettings
from bots.telegram.talk import Talk
from bots.telegram.webhook import Webhook
from bots.telegram.wiring import build_talk
from evals.telegram_server import TelegramServer
from ingest.pipeline import ingest
from ingest.sources import SOURCES
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.index import IndexStore
from knowledge.phrasebook import read_phrasebook
from knowledge.settings import KnowledgeSettings
from knowledge.sql import open_engine
from tests.telegram.talking import Clock, FakeFiles, FakeNotify, Person, tools

PATH = "/telegram/webhook"


def echo(update: telegram.Update) -> Sequence[Send]:
    """Answers a message with its own words."""
    message = update.effective_message
    if message is None:
        return []
    return [Send("message", message.chat_id, {"text": f"re: {message.text}"})]


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An open database of each kind."""
    opened = open_engine(database)
    yield opened
    opened.dispose()


@pytest.fixture
def api() -> Iterator[TelegramServer]:
    """A Bot API server."""
    with TelegramServer() as server:
        yield server


def settings_for(api: TelegramServer, **values: Any) -> TelegramSettings:
    """Settings that point at the server; the environment and .env play no part."""
    values = {"token": api.token, "lease": 2, "drain": 10, **values}
    return TelegramSettings(api_url=api.url, _env_file=None, **values)


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


@pytest.fixture(scope="session")
def starter_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shipped procedures are ingested."""
    return tmp_path_factory.mktemp("starter")


@pytest.fixture(scope="session")
def starter(starter_dir: Path) -> Iterator[Assistant]:
    """The real assistant over the shipped procedures."""
    settings = KnowledgeSettings(data_dir=starter_dir, _env_file=None)
    catalog = Catalog.open(settings.sql_url)
    ingest(SOURCES["starter"], None, catalog, settings.data_dir)
    store = IndexStore(settings.index_dir)
    store.build(catalog, read_phrasebook(), load_embedder(settings.model_path))
    catalog.close()
    assistant = build_assistant(settings)
    yield assistant
    assistant.close()


@dataclass
class Bench:
    """A conversation with everything around it within reach."""

    conversation: TelegramConversation
    talk: Talk
    notify: FakeNotify
    files: FakeFiles
    clock: Clock
    url: str

    def person(self, group: int | None = None) -> Person:
        """Somebody new, whom the bot has told of privacy already."""
        person = Person(self.conversation, group)
        self.talk.chats.known(person.chat, 0)
        return person

    def stranger(self) -> Person:
        """Somebody who never wrote before."""
        return Person(self.conversation)

    def with_(self, **values: Any) -> Bench:
        """The same, with other parts."""
        talk = replace(self.talk, **values)
        return replace(self, talk=talk, conversation=TelegramConversation(talk))


@pytest.fixture
def bench(starter: Assistant, database: str) -> Iterator[Bench]:
    """A conversation over the real assistant, on each kind of database."""
    yield from _bench(starter, database)


@pytest.fixture
def quick(starter: Assistant, tmp_path: Path) -> Iterator[Bench]:
    """The same on SQLite alone, where rows are not what is tried."""
    yield from _bench(starter, f"sqlite:///{tmp_path / 'motcua.db'}")


def _bench(starter: Assistant, url: str) -> Iterator[Bench]:
    engine, notify, files, clock = open_engine(url), FakeNotify(), FakeFiles(), Clock()
    talk = build_talk(starter, engine, tools(notify, files, url), now=clock)
    yield Bench(TelegramConversation(talk), talk, notify, files, clock, url)
    engine.dispose()
