"""The conversation: an update in, the calls that answer it out.

What is said is decided here by the kind of update; the words come from the assistant and from
strings/. Every row is keyed by what made it, so that an update handled again gives the same.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import telegram
from sqlalchemy.exc import SQLAlchemyError

from assistant.models import Language
from assistant.shortcodes import as_code
from assistant.steps.understand import language_of
from bots.telegram.checklist import begin as begin_checklist
from bots.telegram.checklist import tick
from bots.telegram.commands import command, set_language, take_code
from bots.telegram.desk_talk import (
    officer_replied,
    open_ticket,
    replied_ticket,
    ticket_tap,
)
from bots.telegram.due import send_due
from bots.telegram.incoming import Incoming, is_private, message_of, words_for_us
from bots.telegram.inline import inline_answer
from bots.telegram.photos import (
    asks_for_page,
    check_tap,
    dossier_tap,
    name_procedure,
    sent_file,
)
from bots.telegram.privacy import notice
from bots.telegram.questions import as_tapped, ask, re_answer
from bots.telegram.saving import ask_day, note_day, save, unsave
from bots.telegram.sends import Send
from bots.telegram.talk import Talk, acknowledged, say, words_for
from bots.telegram.voice import voice_note

log = logging.getLogger(__name__)
_OTHER = (
    "sticker", "animation", "video", "location", "venue", "contact", "poll", "dice", "game",
    "story", "checklist", "paid_media",
)  # fmt: skip


class TelegramConversation:
    """Answers updates; thread-safe. The seam to the delivery: a `Handle` with `due` and `close`."""

    def __init__(self, talk: Talk, close: Callable[[], None] = lambda: None) -> None:
        self.talk = talk
        self._close = close

    def __call__(self, update: telegram.Update) -> Sequence[Send]:
        """The sends that answer the update; a database that fails raises, to be tried again."""
        try:
            return _handled(self.talk, update)
        except (SQLAlchemyError, OSError):
            raise  # may pass: the delivery tries again, and apologises in the end
        except Exception as error:
            _noted(error)
            return _apology(self.talk, update)

    def due(self, now: datetime) -> int:
        """Hand over reminders and ends of tickets; how many are new. To be called every minute."""
        return send_due(self.talk, now)

    def close(self) -> None:
        """Give files and connections back."""
        self._close()


def _handled(talk: Talk, update: telegram.Update) -> list[Send]:
    if update.inline_query is not None:
        return inline_answer(talk, update.inline_query)
    said = _incoming(talk, update)
    if said is None:
        return _stray_tap(update)
    if said.tap is not None:
        return _tapped(talk, said)
    if said.edited:
        return re_answer(talk, said)
    first = notice(said) if said.known.is_new and not said.text.startswith("/forget") else []
    return [*first, *_message(talk, said)]


def _incoming(talk: Talk, update: telegram.Update) -> Incoming | None:
    """The update as the conversation sees it; None when nobody spoke to the bot."""
    message, tap = message_of(update), update.callback_query
    user = tap.from_user if tap else (message.from_user if message else None)
    if message is None or user is None or user.is_bot:
        return None
    text = "" if tap else words_for_us(message, talk.tools.bot_id, talk.tools.bot_name)
    if text is None:
        return None
    return Incoming(
        update_id=update.update_id,
        chat=message.chat.id,
        user=user.id,
        private=is_private(message.chat),
        anchor=f"u{update.update_id}" if tap else f"m{message.message_id}",
        text=text,
        message=message,
        known=talk.chats.known(message.chat.id, update.update_id, _language(text)),
        edited=update.edited_message is not None,
        tap=tap,
    )


def _language(text: str) -> Language:
    """The language of the first words; a command has none."""
    return "vi" if text.startswith("/") else language_of(text)


def _message(talk: Talk, said: Incoming) -> list[Send]:
    message = said.message
    if message is None:
        return []
    if message.photo or message.document:
        return sent_file(talk, said)
    if message.voice or message.audio or message.video_note:
        return voice_note(talk, said)
    if any(getattr(message, kind, None) for kind in _OTHER):
        return say(said, "not_text")
    return _text(talk, said) if message.text else []


def _text(talk: Talk, said: Incoming) -> list[Send]:
    """A command, an officer's answer, what was waited for, a code, or else a question."""
    waited = talk.chats.take(said.chat, said.update_id) if said.known.is_awaited else None
    done = command(talk, said)
    if done is not None:
        return done
    ticket = replied_ticket(talk, said)
    answered = officer_replied(talk, said, ticket) if ticket else None
    if answered is not None:
        return answered
    awaited = _AWAITED[waited](talk, said) if waited else None
    if awaited is not None:
        return awaited
    coded = take_code(talk, said, said.text) if as_code(said.text) else None
    if coded is not None:
        return coded
    page = asks_for_page(talk, said)
    return page if page is not None else ask(talk, said)


def _asked_officer(talk: Talk, said: Incoming) -> list[Send] | None:
    return open_ticket(talk, said, said.text, None)


_AWAITED: dict[str, Callable[[Talk, Incoming], list[Send] | None]] = {
    "officer": _asked_officer,
    "day": note_day,
    "procedure": name_procedure,
}


def _tapped(talk: Talk, said: Incoming) -> list[Send]:
    """A button: one whose data says all, or one that is remembered."""
    data = (said.tap.data if said.tap else None) or ""
    kind, *rest = data.split(":")
    fixed = _FIXED.get(kind)
    if fixed is not None and len(rest) == fixed[0]:
        return fixed[1](talk, said, *rest)
    item = talk.exchanges.tapped(said.chat, data) if kind == "t" else None
    if item is None:
        return acknowledged(said, words_for(said)("old_button"))
    return _DEEDS[item["do"]](talk, as_tapped(said), item)


def _check(talk: Talk, said: Incoming, code: str) -> list[Send]:
    return check_tap(talk, said, code)


def _saved(talk: Talk, said: Incoming, code: str, on: str) -> list[Send]:
    return save(talk, said, code) if on == "1" else unsave(talk, said, code)


def _day(talk: Talk, said: Incoming, _what: str) -> list[Send]:
    return ask_day(talk, said)


_FIXED: dict[str, tuple[int, Callable[..., list[Send]]]] = {
    "lang": (1, set_language),
    "ck": (3, tick),
    "tk": (2, ticket_tap),
    "dc": (1, _check),
    "sv": (2, _saved),
    "rm": (1, _day),
}


def _asks(talk: Talk, said: Incoming, item: dict[str, Any]) -> list[Send]:
    return [*acknowledged(said), *ask(talk, said, item)]


def _lists(talk: Talk, said: Incoming, item: dict[str, Any]) -> list[Send]:
    shown = begin_checklist(talk, said, item["code"], item.get("case"))
    return [*acknowledged(said), *shown]


def _hands_over(talk: Talk, said: Incoming, item: dict[str, Any]) -> list[Send]:
    ticket = open_ticket(talk, said, item["text"], item.get("code"))
    return [*acknowledged(said), *ticket]


_DEEDS: dict[str, Callable[[Talk, Incoming, dict[str, Any]], list[Send]]] = {
    "ask": _asks,
    "checklist": _lists,
    "officer": _hands_over,
    "check": lambda talk, said, item: check_tap(talk, said, item["code"]),
    "save": lambda talk, said, item: save(talk, said, item["code"]),
    "dossier": dossier_tap,
}


def _stray_tap(update: telegram.Update) -> list[Send]:
    """A button under a message that Telegram no longer shows us: end its waiting."""
    if update.callback_query is None:
        return []
    found = {"callback_query_id": update.callback_query.id}
    return [Send("answer_callback", None, found, ephemeral=True)]


def _noted(error: Exception) -> None:
    """Log where `error` arose. Its message is not logged: it may quote what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(frames))
    log.error("%s at %s", type(error).__name__, places)


def _apology(talk: Talk, update: telegram.Update) -> list[Send]:
    said = _incoming(talk, update)
    return [] if said is None else [*acknowledged(said), *say(said, "failed")]
