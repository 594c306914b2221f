"""Runs the bot: receives, answers, sends, and stops without losing anything."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

import telegram
from telegram.error import InvalidToken, TelegramError

from bots.telegram.api import close_bot, open_bot
from bots.telegram.delivery import Delivery, open_delivery
from bots.telegram.errors import CannotStart
from bots.telegram.inbox import Stored
from bots.telegram.metrics import Metrics
from bots.telegram.polling import UPDATES, poll
from bots.telegram.processes import Plan, Processes, close_handle, take_short_turns, work
from bots.telegram.sending import Sending, SendingApart
from bots.telegram.sends import Conversation
from bots.telegram.serving import HttpServer
from bots.telegram.settings import TelegramSettings
from bots.telegram.worker import Worker

log = logging.getLogger(__name__)

_SWEEP = 3600.0
Menus = Mapping[str, Sequence[tuple[str, str]]]
"""The commands shown in the menu, by language code; "" for everybody else."""


@dataclass(frozen=True)
class Incoming:
    """How updates come: through a server on which Telegram calls `webhook`, or by polling."""

    webhook: str | None = None
    server: Callable[[Callable[[list[dict[str, Any]]], Future[Any]]], HttpServer] | None = None


@dataclass(frozen=True)
class Start:
    """Everything that a bot is started with."""

    conversation: Conversation
    settings: TelegramSettings
    database_url: str
    incoming: Incoming = field(default_factory=Incoming)
    menus: Callable[[], Menus] = dict


class Answering(Protocol):
    """Whoever takes updates from the inbox: threads here or processes."""

    def wake(self) -> None: ...

    def stop(self, patience: float) -> bool: ...


class Sends(Protocol):
    """Whoever empties the outbox: this loop or a process."""

    def wake(self) -> None: ...

    async def finish(self, seconds: float) -> None: ...


@dataclass
class Bot:
    """One bot while it runs."""

    settings: TelegramSettings
    delivery: Delivery
    api: telegram.Bot
    metrics: Metrics
    stopping: asyncio.Event
    answering: Answering | None = None
    sending: Sends | None = None

    def store(self, bodies: list[dict[str, Any]]) -> Future[Stored]:
        """Store updates and let them be answered."""
        future = self.delivery.inbox.store(bodies)
        future.add_done_callback(lambda done: self._stored(done, len(bodies)))
        return future

    def _stored(self, future: Future[Stored], number: int) -> None:
        if future.cancelled() or future.exception() is not None:
            return
        new, turned_away = future.result()
        self.metrics.count_update("stored", new)
        self.metrics.count_update("turned_away", turned_away)
        self.metrics.count_update("known", number - new - turned_away)
        if turned_away:
            self.wake_sender()
        if new and self.answering is not None:
            self.answering.wake()

    def heard(self, result: str) -> None:
        """An update was answered, or something was put in the outbox."""
        if result != "put":
            self.metrics.count_update(result)
        self.wake_sender()

    def wake_sender(self) -> None:
        """There is something to send; from any thread."""
        if self.sending is not None:
            self.sending.wake()


def run(
    conversation: Conversation,
    settings: TelegramSettings,
    database_url: str,
    incoming: Incoming,
    menus: Callable[[], Menus] = dict,
) -> None:
    """Run until SIGTERM or Ctrl+C. Raises CannotStart with a sentence for the operator."""
    plan = Start(conversation, settings, database_url, incoming, menus)

    async def until_told() -> None:
        stopping, loop = asyncio.Event(), asyncio.get_running_loop()
        for told in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(told, stopping.set)
        await serve(plan, stopping)

    asyncio.run(until_told())


async def serve(start: Start, stopping: asyncio.Event) -> None:
    """Run until `stopping`; raises CannotStart."""
    settings, incoming = start.settings, start.incoming
    take_short_turns()
    async with AsyncExitStack() as stack:
        api = open_bot(settings)
        stack.push_async_callback(close_bot, api)
        name = await _introduce(api, settings, incoming)
        await _show(api, start.menus())
        delivery = open_delivery(settings, start.database_url)
        stack.callback(delivery.close)
        metrics = Metrics(delivery.inbox, delivery.outbox)
        bot = Bot(settings, delivery, api, metrics, stopping)
        if settings.metrics_port is not None:
            stack.callback(bot.metrics.serve(settings.metrics_host, settings.metrics_port))
        _take_up(bot, start.conversation, name, stack)
        await _live(bot, incoming)


async def _introduce(api: telegram.Bot, settings: TelegramSettings, incoming: Incoming) -> str:
    """Our name; and how updates are to come."""
    try:
        me = await api.get_me()
        if incoming.webhook is None:
            await api.delete_webhook()
        else:
            await api.set_webhook(
                incoming.webhook,
                allowed_updates=list(UPDATES),
                secret_token=settings.webhook_secret,
            )
    except InvalidToken as error:
        raise CannotStart(
            "Telegram không nhận MOTCUA_TELEGRAM_TOKEN: hãy lấy lại mã của bot ở @BotFather. "
            "(Telegram refuses the token.)"
        ) from error
    except TelegramError as error:
        raise CannotStart(
            f"Không làm việc được với Telegram ở {settings.api_url}: {error}. Hãy kiểm tra mạng, "
            "MOTCUA_TELEGRAM_API_URL và địa chỉ webhook. (Telegram cannot be reached.)"
        ) from error
    return me.username or ""


async def _show(api: telegram.Bot, menus: Menus) -> None:
    for language, commands in menus.items():
        try:
            await api.set_my_commands(list(commands), language_code=language or None)
        except TelegramError as error:
            log.warning("the menu of commands was not set: %s", type(error).__name__)


def _take_up(bot: Bot, conversation: Conversation, name: str, stack: AsyncExitStack) -> None:
    """Start who answers and who sends: here, or with several workers in processes of their own."""
    delivery, settings = bot.delivery, bot.settings
    database_url = delivery.engine.url.render_as_string(hide_password=False)
    plan = Plan(settings, database_url, name, conversation)
    if settings.workers > 1:
        bot.answering = Processes(plan, work, settings.workers, bot.heard)
        bot.sending = SendingApart(plan, bot.metrics.count_send)
        return
    handle = conversation(delivery.tools(name, bot.wake_sender))
    stack.callback(close_handle, handle)
    floor = delivery.writer.floor
    bot.answering = Worker(delivery.inbox, handle, plan.rules, floor, bot.heard)
    bot.sending = Sending(settings, delivery, bot.api, bot.metrics.count_send)


async def _live(bot: Bot, incoming: Incoming) -> None:
    assert bot.answering is not None
    assert bot.sending is not None
    deadline = _Deadline(bot.settings.drain)
    sweeping = asyncio.create_task(_sweep(bot))
    try:
        await _receive(bot, incoming, deadline)
    finally:
        deadline.begin()
        patience = max(0.5, deadline.left() * 0.8)
        if not await asyncio.to_thread(bot.answering.stop, patience):
            log.warning("some answers were not finished; their updates stay in the inbox")
        await bot.sending.finish(deadline.left())
        sweeping.cancel()


class _Deadline:
    """When a stop must be over, on the monotonic clock; far away until it has begun."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at = float("inf")

    def begin(self) -> None:
        """The stop begins now, if it did not before."""
        self._at = min(self._at, time.monotonic() + self._seconds)

    def left(self) -> float:
        """Seconds until then, none when it is past."""
        return max(0.0, self._at - time.monotonic())


async def _receive(bot: Bot, incoming: Incoming, deadline: _Deadline) -> None:
    server = incoming.server(bot.store) if incoming.server else None
    if server is not None:
        await asyncio.to_thread(server.start)
    try:
        if incoming.webhook is None:
            await poll(bot.api, bot.store, bot.stopping)
        else:
            await bot.stopping.wait()
    finally:
        deadline.begin()
        if server is not None:
            await asyncio.to_thread(server.stop)


async def _sweep(bot: Bot) -> None:
    while True:
        try:
            await asyncio.to_thread(bot.delivery.sweep)
        except Exception as error:
            log.error("old rows could not be erased: %s", type(error).__name__)
        await asyncio.sleep(_SWEEP)
