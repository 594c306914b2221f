"""Calls of the Bot API through python-telegram-bot, and what each failure means."""

from __future__ import annotations

import asyncio
import html
import os
import re
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal, TypeVar

import telegram
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bots.telegram.http import Http, call
from bots.telegram.sends import Json, Method, Send
from bots.telegram.settings import TelegramSettings

T = TypeVar("T")
_POOL = 64
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "chat_write_forbidden")
_AS_WISHED = ("message is not modified", "message to delete not found", "can't be deleted")
_CANNOT_EDIT = ("message to edit not found", "message can't be edited", "message_id_invalid")


@dataclass(frozen=True)
class Outcome:
    """How a call ended. `pause` is in seconds; `moved_to` is the new number of a chat."""

    kind: Literal["sent", "busy", "retry", "gone", "moved", "refused", "locked_out"]
    message_id: int | None = None
    pause: float = 0.0
    moved_to: int = 0
    reason: str = ""


def open_bot(settings: TelegramSettings) -> telegram.Bot:
    """A bot with a pool of connections; it calls nothing yet."""
    # Without it the library warns at each 429 that seconds will become a timedelta.
    os.environ.setdefault("PTB_TIMEDELTA", "true")

    return telegram.Bot(
        settings.token.get_secret_value(),
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=Http(_POOL),
        get_updates_request=Http(2),
    )


async def attempt(bot: telegram.Bot, send: Send, message_id: int | None) -> Outcome:
    """Make a call; what Telegram refuses for its form is tried once more in a plainer one."""
    try:
        return await _call(bot, send, message_id)
    except BadRequest as error:
        plainer = _plainer(send, str(error).lower())
        if plainer is None:
            return outcome_of(error)
    except TelegramError as error:
        return outcome_of(error)
    try:
        return await _call(bot, plainer, None)
    except TelegramError as error:
        return outcome_of(error)


async def _call(bot: telegram.Bot, send: Send, message_id: int | None) -> Outcome:
    # An edit of a message that is not known is a new message; a deletion has nothing to do.
    if message_id is None and send.method == "delete":
        return Outcome("sent")
    if message_id is None and send.method == "edit":
        if "text" not in send.payload:
            return Outcome("sent")
        send = replace(send, method="message")
    result = await _CALLS[send.method](bot, send, message_id)
    return Outcome("sent", _number_of(result))


def _number_of(result: object) -> int | None:
    """The number of the message that a call made or changed."""
    if isinstance(result, Mapping):
        result = result.get("message_id")
        return result if isinstance(result, int) else None
    return result.message_id if isinstance(result, telegram.Message) else None


async def _message(bot: telegram.Bot, send: Send, _: int | None) -> object:
    return await call(bot, "sendMessage", {"chat_id": _chat(send), **send.payload})


async def _edit(bot: telegram.Bot, send: Send, message_id: int | None) -> object:
    payload = dict(send.payload)
    if "text" not in payload:
        return await bot.edit_message_reply_markup(_chat(send), message_id, api_kwargs=payload)
    text = str(payload.pop("text"))
    return await bot.edit_message_text(text, _chat(send), message_id, api_kwargs=payload)


async def _photo(bot: telegram.Bot, send: Send, _: int | None) -> object:
    photo = send.document or b""
    payload = dict(send.payload)
    return await bot.send_photo(_chat(send), photo, filename=send.filename, api_kwargs=payload)


async def _document(bot: telegram.Bot, send: Send, _: int | None) -> object:
    file = send.document or b""
    payload = dict(send.payload)
    return await bot.send_document(_chat(send), file, filename=send.filename, api_kwargs=payload)


async def _action(bot: telegram.Bot, send: Send, _: int | None) -> object:
    return await bot.send_chat_action(_chat(send), str(send.payload.get("action", "typing")))


async def _answer_callback(bot: telegram.Bot, send: Send, _: int | None) -> object:
    payload = dict(send.payload)
    return await bot.answer_callback_query(
        str(payload.pop("callback_query_id")), api_kwargs=payload
    )


async def _answer_inline(bot: telegram.Bot, send: Send, _: int | None) -> object:
    payload = dict(send.payload)
    query = str(payload.pop("inline_query_id"))
    return await bot.answer_inline_query(query, [], api_kwargs=payload)


async def _delete(bot: telegram.Bot, send: Send, message_id: int | None) -> object:
    return await bot.delete_message(_chat(send), message_id or 0)


_CALLS: Mapping[Method, Callable[[telegram.Bot, Send, int | None], Awaitable[object]]] = {
    "message": _message,
    "edit": _edit,
    "photo": _photo,
    "document": _document,
    "action": _action,
    "answer_callback": _answer_callback,
    "answer_inline": _answer_inline,
    "delete": _delete,
}


def _chat(send: Send) -> int:
    if send.chat is None:
        raise BadRequest(f"a {send.method} needs a chat")
    return send.chat


def _plainer(send: Send, complaint: str) -> Send | None:
    """The same words in a form that Telegram takes, when the form was the trouble."""
    if "can't parse entities" in complaint:
        return replace(send, payload=_without_markup(send.payload))
    if "message to be replied not found" in complaint:
        kept = {k: v for k, v in send.payload.items() if k != "reply_parameters"}
        return replace(send, payload=kept)
    if send.method == "edit" and any(words in complaint for words in _CANNOT_EDIT):
        return send if "text" in send.payload else None
    return None


def _without_markup(payload: Mapping[str, Json]) -> dict[str, Json]:
    plain = {key: value for key, value in payload.items() if key != "parse_mode"}
    for name in ("text", "caption"):
        if isinstance(marked := plain.get(name), str):
            plain[name] = html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", marked))
    return plain


def outcome_of(error: TelegramError) -> Outcome:
    """What a failure means for the message, the chat and the bot."""
    reason = _reason(error)
    match error:
        case RetryAfter():
            return Outcome("busy", pause=_told_wait(error), reason=reason)
        case ChatMigrated():
            return Outcome("moved", moved_to=error.new_chat_id, reason=reason)
        case Forbidden():
            return Outcome("gone", reason=reason)
        case InvalidToken():
            return Outcome("locked_out", pause=60, reason=reason)
        case BadRequest():
            return _outcome_of_refusal(str(error).lower(), reason)
        case TimedOut() | NetworkError():
            return Outcome("retry", reason=reason)
    return Outcome("refused", reason=reason)


def _told_wait(error: RetryAfter) -> float:
    told = error.retry_after
    return told.total_seconds() if isinstance(told, timedelta) else float(told)


def _outcome_of_refusal(complaint: str, reason: str) -> Outcome:
    if any(words in complaint for words in _AS_WISHED):
        return Outcome("sent")
    if any(words in complaint for words in _GONE):
        return Outcome("gone", reason=reason)
    return Outcome("refused", reason=reason)


def _reason(error: TelegramError) -> str:
    """For the log: Telegram's words hold no personal data, but may repeat some of ours."""
    return f"{type(error).__name__}: {str(error)[:120]}"


class Line:
    """A bot with a loop in a thread of its own, for code that is not asynchronous."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._bot: telegram.Bot | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[telegram.Bot], Coroutine[Any, Any, T]]) -> Future[T]:
        """Start `work` on the loop."""
        return asyncio.run_coroutine_threadsafe(self._with_bot(work), self._loop)

    async def _with_bot(self, work: Callable[[telegram.Bot], Coroutine[Any, Any, T]]) -> T:
        if self._bot is None:
            self._bot = open_bot(self._settings)
        return await work(self._bot)

    def close(self) -> None:
        """Close the connections and end the thread."""
        if self._bot is not None:
            self.submit(close_bot).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def close_bot(bot: telegram.Bot) -> None:
    """Close the connections of a bot that was never initialised."""
    for request in (bot.request, bot._request[0]):
        await request.shutdown()
