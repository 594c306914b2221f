"""What one process needs to receive, answer and send; built once, passed on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from bots.telegram.api import Line, attempt
from bots.telegram.files import FileFetcher
from bots.telegram.inbox import Inbox
from bots.telegram.outbox import Outbox
from bots.telegram.sends import Send, Tools
from bots.telegram.settings import TelegramSettings
from bots.telegram.writer import Writer
from knowledge.sql import open_engine

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivery:
    """The stores of one bot, and a line to Telegram for what is not stored.

    Only what Telegram will not send again, an update that is acknowledged, is written through
    `lasting`: all else follows from it.
    """

    settings: TelegramSettings
    engine: Engine
    lasting: Engine
    writer: Writer
    inbox: Inbox
    outbox: Outbox
    line: Line

    def tools(self, bot_name: str, wake: Callable[[], None] = lambda: None) -> Tools:
        """What a conversation is built with; `wake` is called when it has put something."""
        return Tools(
            notify=Notifier(self.outbox, self.line, wake),
            files=FileFetcher(self.line, self.settings.file_limit),
            database_url=self.engine.url.render_as_string(hide_password=False),
            bot_id=self.settings.bot_id,
            bot_name=bot_name,
            file_limit=self.settings.file_limit,
        )

    def sweep(self) -> None:
        """Erase what is past its time."""
        settings = self.settings
        self.inbox.sweep(settings.keep_hours * 3600, settings.remember_days * 86_400)
        self.outbox.sweep()

    def close(self) -> None:
        """Finish what is being written and give connections back."""
        self.writer.close()
        self.line.close()
        self.engine.dispose()
        self.lasting.dispose()


def open_delivery(settings: TelegramSettings, database_url: str) -> Delivery:
    """The delivery of a bot on a database; raises CatalogError when that cannot be opened."""
    engine = open_engine(database_url, outlives_power=False, tidies=False)
    lasting = open_engine(database_url, tidies=False)
    writer = Writer(engine, lasting)
    bot = settings.bot_id
    inbox = Inbox(engine, writer, bot, settings.lease, settings.chat_queue)
    outbox = Outbox(engine, writer, bot)
    return Delivery(settings, engine, lasting, writer, inbox, outbox, Line(settings))


class Notifier:
    """Notify, for the conversation and for others who have something to tell."""

    def __init__(self, outbox: Outbox, line: Line, wake: Callable[[], None]) -> None:
        self._outbox = outbox
        self._line = line
        self._wake = wake

    def put(self, sends: Sequence[Send], key: str) -> bool:
        """Store sends under a key, once."""
        is_new = self._outbox.put(sends, key)
        self._wake()
        return is_new

    def express(self, send: Send) -> None:
        """Try to send now, once; nobody waits for it."""
        future = self._line.submit(lambda bot: attempt(bot, send, None))
        future.add_done_callback(_note_failure)

    def forget(self, chat: int) -> int:
        """Erase what is stored of a chat."""
        return self._outbox.forget(chat)


def _note_failure(future: Future[Any]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.info("an express message was lost: %s", type(error).__name__)
