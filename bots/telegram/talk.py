"""What a conversation works with, and how its replies are written as sends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from assistant.audit import Audit
from assistant.conversations import Conversations
from assistant.desk import Desk
from assistant.dossier.models import Report
from assistant.dossier.service import Added, Erasure
from assistant.handover import Handovers
from assistant.models import Answer, Language, Question
from assistant.officers import Officers
from bots.telegram.chats import Chats
from bots.telegram.checklist_rows import Checklists
from bots.telegram.dossier_rows import Gatherings
from bots.telegram.exchanges import Buttons, Exchanges
from bots.telegram.incoming import Incoming
from bots.telegram.markup import Row, as_html, row, split
from bots.telegram.reminders import Reminders
from bots.telegram.sends import Send, Tools
from bots.telegram.strings import Words, words_in
from ingest.reading.page import Handed
from knowledge.catalog import Catalog
from knowledge.search import Found

Clock = Callable[[], datetime]


class Answering(Protocol):
    """`assistant.bootstrap.Assistant`, as far as a conversation needs it."""

    catalog: Catalog
    conversations: Conversations | None

    @property
    def model(self) -> object | None:
        """The language model, if one is set: answers then take seconds."""
        ...

    def reply(self, question: Question) -> Answer: ...

    def search(self, text: str, limit: int = 10) -> Found: ...


class Dossiers(Protocol):
    """`assistant.dossier.service.Dossiers`, as far as a conversation needs it."""

    def open(self, owner: str, code: str, case: str | None = None) -> str: ...

    def add(
        self,
        dossier: str,
        owner: str,
        files: Sequence[Handed],
        progress: Callable[[str, str, int], None] | None = None,
        replaces: tuple[str, int] | None = None,
    ) -> Added: ...

    def check(
        self,
        dossier: str,
        owner: str,
        answers: Mapping[str, str] | None = None,
        language: Language = "vi",
    ) -> Report: ...

    def paper_out(
        self,
        dossier: str,
        owner: str,
        kind: Literal["supplement", "receipt", "rejection"],
        form: Literal["pdf", "docx"],
        reason: str = "",
    ) -> bytes: ...

    def erase_all(self, owner: str) -> Erasure: ...


class Transcriber(Protocol):
    """Turns a voice note into words; none is set by default."""

    def transcribe(self, audio: bytes, language: Language) -> str:
        """What was said; empty when nothing was understood."""
        ...


@dataclass(frozen=True)
class Talk:
    """Everything a handler may use. `now` is UTC; `public_url` is the web front end's address."""

    assistant: Answering
    tools: Tools
    chats: Chats
    exchanges: Exchanges
    reminders: Reminders
    checklists: Checklists
    gatherings: Gatherings
    desk: Desk
    officers: Officers
    handovers: Handovers
    audit: Audit
    now: Clock
    dossiers: Dossiers | None = None
    transcriber: Transcriber | None = None
    public_url: str | None = None


def words_for(said: Incoming) -> Words:
    """The sentences in the language of this chat."""
    return words_in(said.known.tongue)


def text_rows(text: str) -> list[Row]:
    """A fixed sentence or several lines of them, as lines."""
    return [row(line) for line in text.split("\n")]


def payload(rows: Iterable[Row], buttons: Buttons | None = None, **more: Any) -> dict[str, Any]:
    """One message's parameters; its lines must fit a message."""
    found: dict[str, Any] = {
        "text": as_html(rows),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        **more,
    }
    if buttons:
        found["reply_markup"] = buttons.markup()
    return found


def reply(said: Incoming, rows: Iterable[Row], buttons: Buttons | None = None) -> list[Send]:
    """A reply in as many messages as it needs, with buttons under the last; in a group it points
    to the message it answers."""
    return replied(said, split(rows), buttons)


def replied(
    said: Incoming,
    parts: Sequence[Sequence[Row]],
    buttons: Buttons | None = None,
    slotted: bool = False,
) -> list[Send]:
    """The same for lines that are split already. With `slotted` its parts can be edited later."""
    sends = []
    for number, part in enumerate(parts):
        more: dict[str, Any] = {}
        if not said.private and said.message is not None and number == 0:
            more["reply_parameters"] = {
                "message_id": said.message.message_id,
                "allow_sending_without_reply": True,
            }
        under = buttons if number == len(parts) - 1 else None
        slot = said.slot(number) if slotted else None
        sends.append(Send("message", said.chat, payload(part, under, **more), slot=slot))
    return sends


def say(said: Incoming, key: str, **values: Any) -> list[Send]:
    """One fixed sentence as a reply."""
    return reply(said, text_rows(words_for(said)(key, **values)))


def tell(chat: int, language: Language, key: str, **values: Any) -> Send:
    """One fixed sentence to a chat that said nothing."""
    return Send("message", chat, payload(text_rows(words_in(language)(key, **values))))


def acknowledged(said: Incoming, text: str | None = None) -> list[Send]:
    """The end of a tapped button's waiting, with a short notice if there is one."""
    if said.tap is None:
        return []
    found: dict[str, Any] = {"callback_query_id": said.tap.id}
    if text:
        found["text"] = text[:200]
    return [Send("answer_callback", None, found, ephemeral=True)]


def typing(talk: Talk, said: Incoming) -> None:
    """Show that an answer is on its way, when it takes longer than a glance."""
    talk.tools.notify.express(Send("action", said.chat, {"action": "typing"}, ephemeral=True))
