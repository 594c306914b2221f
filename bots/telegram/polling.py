"""Asks Telegram for updates: each batch is stored and committed before the next is asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import telegram
from telegram.error import Conflict, InvalidToken, RetryAfter

from bots.telegram.api import outcome_of

log = logging.getLogger(__name__)

# Others cost work and would be thrown away.
UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
_WAIT = 25
_LONGEST_PAUSE = 30.0


async def poll(
    bot: telegram.Bot,
    store: Callable[[list[dict[str, Any]]], Future[Any]],
    stopping: asyncio.Event,
) -> None:
    """Poll until `stopping`; trouble with the network or the database only delays it."""
    offset, failures = None, 0
    while not stopping.is_set():
        asking = asyncio.create_task(_next(bot, store, offset))
        ending = asyncio.create_task(stopping.wait())
        await asyncio.wait((asking, ending), return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if not asking.done():
            # Either nothing of it was stored, or it was and is known when it comes again.
            asking.cancel()
            return
        if (error := asking.exception()) is None:
            offset, failures = asking.result(), 0
            continue
        failures += 1
        log.warning("updates cannot be fetched: %s", _told(error))
        await _pause(stopping, _seconds(error, failures))


async def _next(
    bot: telegram.Bot, store: Callable[[list[dict[str, Any]]], Future[Any]], offset: int | None
) -> int | None:
    found = await bot.get_updates(offset, timeout=_WAIT, allowed_updates=list(UPDATES))
    if not found:
        return offset
    await asyncio.wrap_future(store([update.to_dict() for update in found]))
    return max(update.update_id for update in found) + 1


def _told(error: BaseException) -> str:
    if isinstance(error, Conflict):
        return "another process polls with this token, or a webhook is set"
    if isinstance(error, InvalidToken):
        return "Telegram no longer knows the token"
    return type(error).__name__


def _seconds(error: BaseException, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return outcome_of(error).pause
    return min(_LONGEST_PAUSE, 0.5 * 2.0 ** min(failures, 10))


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
