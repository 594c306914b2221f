"""Questions: asked in words, by a button or by editing a message; answered by the assistant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.models import Answer, Block, BlockKind, Facet, Line, Question, Status
from bots.telegram.exchanges import Buttons
from bots.telegram.incoming import Incoming
from bots.telegram.markup import BLANK, Row, italic, row, split
from bots.telegram.render import lines_of
from bots.telegram.sends import Send
from bots.telegram.strings import words_in
from bots.telegram.talk import Talk, payload, replied, say, typing

_LONGEST = 4000
_LABEL = 60  # a button's text; more is cut off on phones
_UNANSWERED = (Status.NOT_FOUND, Status.HANDOFF)


def ask(talk: Talk, said: Incoming, item: dict[str, Any] | None = None) -> list[Send]:
    """The answer to what was said, or to what a button asks (`text`, `code`, `case`, `label`)."""
    item = item or {"text": said.text}
    if not item["text"].strip():
        return say(said, "not_text")
    if len(item["text"]) > _LONGEST:
        return say(said, "too_long")
    if talk.assistant.model is not None:
        typing(talk, said)
    exchange = talk.exchanges.begin(said.chat, said.anchor, said.update_id, said.conversation)
    answer = talk.assistant.reply(question_of(said, item))
    talk.chats.spoke(said.chat, said.known, answer.language)
    rows: list[Row] = [row(italic(f"➤ {item['label']}")), BLANK] if "label" in item else []
    rows += lines_of(answer, talk.public_url)
    buttons = buttons_of(said, answer, item)
    parts = split(rows)
    talk.exchanges.end(exchange, len(parts), buttons)
    if exchange.parts:
        return _edited(said, parts, buttons, exchange.parts)
    return replied(said, parts, buttons, slotted=True)


def question_of(said: Incoming, item: dict[str, Any]) -> Question:
    """The question for the assistant."""
    return Question(
        text=item["text"],
        conversation=said.conversation,
        code=item.get("code"),
        case=item.get("case"),
        language=said.known.language,
    )


def buttons_of(said: Incoming, answer: Answer, item: dict[str, Any]) -> Buttons:
    """Choices, follow-ups, and what else can be done from here; nothing under urgent words."""
    buttons = Buttons(said.chat, said.token)
    if answer.urgent:
        return buttons
    for number, option in enumerate(answer.options, 1):
        label = f"{number}. {option.label}"
        buttons.row((label[:_LABEL], _asks(item["text"], option.code, None, option.label)))
    chips = [
        (chip.label[:_LABEL], _asks(chip.text, chip.code, chip.case, chip.label))
        for chip in answer.follow_ups
    ]
    buttons.packed(chips)
    if said.private:
        _deeds(buttons, answer, item)
    return buttons


def _asks(text: str, code: str | None, case: str | None, label: str) -> dict[str, Any]:
    given = {"do": "ask", "text": text, "code": code, "case": case, "label": label}
    return {key: value for key, value in given.items() if value is not None}


def _deeds(buttons: Buttons, answer: Answer, item: dict[str, Any]) -> None:
    """A checklist, a check of papers, news of changes; an officer when there was no answer."""
    words = words_in(answer.language)
    code = answer.procedure.code if answer.procedure else None
    if answer.status is Status.ANSWERED and code:
        papers = {Facet.DOCUMENTS, Facet.OVERVIEW} & set(answer.facets)
        case = {"case": item["case"]} if item.get("case") else {}
        deeds = [(words("button_save"), {"do": "save", "code": code})]
        if papers:
            deeds = [
                (words("button_checklist"), {"do": "checklist", "code": code, **case}),
                (words("button_check"), {"do": "check", "code": code}),
                *deeds,
            ]
        buttons.packed(deeds)
    if answer.status in _UNANSWERED:
        buttons.row((words("button_officer"), {"do": "officer", "text": item["text"][:1000]}))


def _edited(said: Incoming, parts: list[list[Row]], buttons: Buttons, before: int) -> list[Send]:
    """The new answer in the place of the old one; parts that are too many go."""
    sends = []
    for number, part in enumerate(parts):
        under = buttons if number == len(parts) - 1 else None
        method = "edit" if number < before else "message"
        sends.append(Send(method, said.chat, payload(part, under), slot=said.slot(number)))  # type: ignore[arg-type]
    gone = range(len(parts), before)
    return sends + [Send("delete", said.chat, slot=said.slot(number)) for number in gone]


def re_answer(talk: Talk, said: Incoming) -> list[Send]:
    """An edited message: our reply changes in its place; a command is not done again."""
    if said.text.startswith("/") or not said.text.strip():
        return []
    return ask(talk, said)


def failed(said: Incoming) -> Answer:
    """An apology in the shape of an answer."""
    text = words_in(said.known.tongue)("failed")
    block = Block(kind=BlockKind.TEXT, lines=(Line(text=text),))
    return Answer(status=Status.FAILED, text=text, blocks=(block,), language=said.known.tongue)


def as_tapped(said: Incoming) -> Incoming:
    """A button's answer is a reply of its own, not a new version of the message it is under."""
    return replace(said, anchor=f"u{said.update_id}")
