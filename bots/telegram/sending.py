"""Sends for a bot: on this loop, or in a process of its own so that nothing here waits for it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

import telegram

from bots.telegram.api import close_bot, open_bot
from bots.telegram.delivery import Delivery, open_delivery
from bots.telegram.pace import Pace
from bots.telegram.processes import (
    Plan,
    Processes,
    deaf_to_signals,
    mouth,
    take_short_turns,
)
from bots.telegram.sender import Sender
from bots.telegram.settings import TelegramSettings
from bots.telegram.sole import sole_sender

_CHECK_LOCK = 2.0
_LAST_MOMENT = 1.0


class Sending:
    """Sends whenever no other process sends for this bot, from when it is made until `finish`."""

    def __init__(
        self,
        settings: TelegramSettings,
        delivery: Delivery,
        api: telegram.Bot,
        count: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._delivery = delivery
        self._api = api
        self._count = count
        self._sender: Sender | None = None
        self._ended = asyncio.Event()
        self._until = float("inf")
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """There is something to send; from any thread."""
        with suppress(RuntimeError):  # The loop has ended.
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if self._sender is not None:
            self._sender.wake()

    async def finish(self, seconds: float) -> None:
        """Send what may go within `seconds`; the rest stays in the outbox."""
        self._until = time.monotonic() + seconds
        self._ended.set()
        self._wake()
        await self._task

    async def _run(self) -> None:
        sole = sole_sender(self._delivery.engine, self._settings.bot_id)
        try:
            while not self._ended.is_set():
                if await asyncio.to_thread(sole.acquire):
                    await self._send_alone(sole.acquire)
                else:
                    await self._ends_within(0.5)
        finally:
            sole.release()

    async def _send_alone(self, is_alone: Callable[[], bool]) -> None:
        settings, over = self._settings, asyncio.Event()
        pace = Pace(
            settings.sends_per_second,
            settings.chat_sends_per_second,
            settings.group_sends_per_minute,
        )
        give_up = settings.give_up_hours * 3600
        self._sender = Sender(self._delivery.outbox, self._api, pace, give_up, self._count)
        sending = asyncio.create_task(self._sender.run(over, lambda: self._until if alone else 0.0))
        alone = True
        while not await self._ends_within(_CHECK_LOCK) and alone:
            alone = await asyncio.to_thread(is_alone)
        over.set()
        self._sender.wake()
        await sending

    async def _ends_within(self, seconds: float) -> bool:
        try:
            return await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return False


class SendingApart:
    """The same in a process of its own: neither the webhook nor the answers wait for sends."""

    def __init__(self, plan: Plan, count: Callable[[str], None]) -> None:
        self._processes = Processes(plan, send_out, 1, count)

    def wake(self) -> None:
        """There is something to send; from any thread."""
        self._processes.wake()

    async def finish(self, seconds: float) -> None:
        """Send what may go within `seconds`; the rest stays in the outbox."""
        await asyncio.to_thread(self._processes.stop, seconds)


def send_out(plan: Plan, pipe: Connection) -> None:
    """The life of the process that sends."""
    deaf_to_signals()
    take_short_turns()
    asyncio.run(_send_until_told(plan, pipe))


async def _send_until_told(plan: Plan, pipe: Connection) -> None:
    api, delivery = open_bot(plan.settings), open_delivery(plan.settings, plan.database_url)
    sending = Sending(plan.settings, delivery, api, mouth(pipe))
    told: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    threading.Thread(target=_obey, args=(pipe, sending, told), daemon=True).start()
    try:
        await sending.finish(await told)
    finally:
        delivery.close()
        await close_bot(api)


def _obey(pipe: Connection, sending: Sending, told: asyncio.Future[float]) -> None:
    """Hand on each wake; at a stop, the seconds it may take. When the server died, what is on its
    way has a moment to arrive, so that the next does not send it again."""
    seconds = _LAST_MOMENT
    with suppress(EOFError, OSError):
        while not (word := pipe.recv_bytes()).startswith(b"s"):
            sending.wake()
        seconds = float(word[1:])
    told.get_loop().call_soon_threadsafe(told.set_result, seconds)
