"""Reminders in the chat: follow a procedure, note the day of a receipt."""

from __future__ import annotations

import re
from datetime import date

from bots.telegram.due import VIETNAM
from bots.telegram.exchanges import Buttons
from bots.telegram.incoming import Incoming
from bots.telegram.sends import Send
from bots.telegram.talk import Talk, acknowledged, reply, say, text_rows, words_for

_DAY = re.compile(r"\b(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\b")
_FARTHEST = 400  # days


def save(talk: Talk, said: Incoming, code: str) -> list[Send]:
    """Follow a procedure: the chat is told when its record changes."""
    version = talk.assistant.catalog.get(code)
    if version is None:
        return acknowledged(said, words_for(said)("old_button"))
    if not talk.reminders.save(said.chat, code, version.content_hash):
        return [*acknowledged(said), *say(said, "saved_too_many")]
    words = words_for(said)
    buttons = Buttons(said.chat, said.token)
    buttons.fixed((words("button_unsave"), f"sv:{code}:0"))
    buttons.fixed((words("button_remind"), "rm:day"))
    text = words("saved", name=version.procedure.name)
    return [*acknowledged(said), *reply(said, text_rows(text), buttons)]


def unsave(talk: Talk, said: Incoming, code: str) -> list[Send]:
    """Follow it no more."""
    talk.reminders.drop(said.chat, code)
    return [*acknowledged(said), *say(said, "unsaved", code=code)]


def ask_day(talk: Talk, said: Incoming) -> list[Send]:
    """Ask for the day that the receipt names."""
    talk.chats.wait_for(said.chat, "day")
    return [*acknowledged(said), *say(said, "which_day")]


def note_day(talk: Talk, said: Incoming) -> list[Send] | None:
    """A reminder for the day before the one that was written; None when there is no day in it."""
    match = _DAY.search(said.text)
    if match is None:
        return None
    today = talk.now().astimezone(VIETNAM).date()
    try:
        day = date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return say(said, "no_such_day")
    if not 0 < (day - today).days <= _FARTHEST:
        return say(said, "day_out_of_range")
    talk.reminders.remind(said.chat, day)
    return say(said, "day_noted", day=words_for(said).day(day))
