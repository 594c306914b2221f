"""Messages that no update causes: changes, days to come back, ends of tickets. Never told twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from assistant.desk import Ticket
from assistant.desk_rows import TicketState
from bots.telegram.desk_talk import alerts, answer_to_citizen, expired_to_citizen
from bots.telegram.exchanges import Buttons
from bots.telegram.incoming import token_of
from bots.telegram.reminders import Saved
from bots.telegram.sends import Send
from bots.telegram.strings import words_in
from bots.telegram.talk import Talk, payload, tell, text_rows
from knowledge.catalog import Version

VIETNAM = timezone(timedelta(hours=7))
_FIRST_HOUR, _LAST_HOUR = 8, 21  # nobody is woken by a reminder


@dataclass(frozen=True)
class Due:
    """Sends under a key that is never used again."""

    key: str
    sends: tuple[Send, ...]


def send_due(talk: Talk, now: datetime) -> int:
    """Hand over everything that is due; how many messages are new. Safe to run at any time, by
    several processes: what was put once under its key is not put again."""
    told = 0
    for due in (*_changes(talk, now), *_days(talk, now), *_tickets(talk, now)):
        told += talk.tools.notify.put(due.sends, due.key)
    talk.chats.sweep()
    return told


def _changes(talk: Talk, now: datetime) -> Iterator[Due]:
    if not _is_daytime(now):
        return
    versions: dict[str, Version | None] = {}
    for saved in talk.reminders.saved():
        if saved.code not in versions:
            versions[saved.code] = talk.assistant.catalog.get(saved.code)
        version = versions[saved.code]
        if version is not None and version.content_hash != saved.content_hash:
            yield _change(talk, saved, version)
            talk.reminders.told_change(saved, version.content_hash)


def _change(talk: Talk, saved: Saved, version: Version) -> Due:
    key = f"changed:{saved.chat}:{saved.code}:{version.content_hash[:16]}"
    words = words_in(talk.chats.tongue(saved.chat))
    buttons = Buttons(saved.chat, token_of(0, key))
    text = words("changed", name=version.procedure.name, code=saved.code)
    look = {"do": "ask", "text": version.procedure.name, "code": saved.code}
    buttons.row((words("button_look"), look))
    buttons.fixed((words("button_unsave"), f"sv:{saved.code}:0"))
    talk.exchanges.keep(buttons)
    return Due(key, (Send("message", saved.chat, payload(text_rows(text), buttons)),))


def _days(talk: Talk, now: datetime) -> Iterator[Due]:
    if not _is_daytime(now):
        return
    today = now.astimezone(VIETNAM).date()
    for day in talk.reminders.due(today + timedelta(days=1)):
        words = words_in(talk.chats.tongue(day.chat))
        if day.due_on >= today:
            key = "due_today" if day.due_on == today else "due_tomorrow"
            send = tell(day.chat, words.language, key, day=words.day(day.due_on))
            yield Due(f"due:{day.chat}:{day.due_on}", (send,))
        talk.reminders.told_day(day)


def _tickets(talk: Talk, now: datetime) -> Iterator[Due]:
    for ticket in talk.desk.expire():
        yield Due(f"released:{ticket.code}:{now:%Y%m%d%H}", tuple(alerts(talk, ticket)))
    for ticket in talk.desk.untold("telegram"):
        if ticket.chat is not None:
            yield Due(f"ticket:{ticket.code}:{ticket.state}", (_ended(ticket),))
        talk.desk.told(ticket.code)


def _ended(ticket: Ticket) -> Send:
    if ticket.state is TicketState.ANSWERED:
        return answer_to_citizen(ticket)
    return expired_to_citizen(ticket)


def _is_daytime(now: datetime) -> bool:
    return _FIRST_HOUR <= now.astimezone(VIETNAM).hour < _LAST_HOUR
