"""The guided checklist: the papers of an answer as lines to tick, one message edited in place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from assistant.messages import messages_for
from assistant.models import (
    EVERY_CASE,
    Answer,
    Block,
    BlockKind,
    Facet,
    Language,
    Question,
    Status,
)
from bots.telegram.checklist_rows import Ticked
from bots.telegram.exchanges import Buttons
from bots.telegram.incoming import Incoming, token_of
from bots.telegram.markup import BLANK, Row, bold, italic, row, split
from bots.telegram.sends import Send
from bots.telegram.strings import words_in
from bots.telegram.talk import Talk, acknowledged, payload, reply, say, text_rows, words_for

_MOST = 60  # a message takes a hundred buttons
_IN_A_ROW = 5
_SHORT = 48  # characters


def checklist_command(talk: Talk, said: Incoming) -> list[Send]:
    """`/checklist`: of the procedure talked about last."""
    code = last_code(talk, said)
    if code is None:
        return say(said, "checklist_of_what")
    return begin(talk, said, code, None)


def last_code(talk: Talk, said: Incoming) -> str | None:
    """The procedure that the conversation answered last."""
    memory = talk.assistant.conversations
    past = memory.recall(said.conversation) if memory else ()
    return next((code for turn in past for code in turn.codes), None)


def begin(talk: Talk, said: Incoming, code: str, case: str | None) -> list[Send]:
    """A new checklist; first the case, when the papers depend on it."""
    language = said.known.tongue
    answer = papers_answer(talk, code, case, language)
    if answer.status is not Status.ANSWERED:
        return reply(said, text_rows(answer.text))
    cases = [chip for chip in answer.follow_ups if chip.case and chip.case != EVERY_CASE]
    if cases and case is None:
        return _which_case(talk, said, code, [(c.label, str(c.case)) for c in cases])
    if not any(True for _ in _papers(answer)):
        return reply(said, text_rows(words_in(language)("checklist_empty")))
    ticked = Ticked(token_of(said.update_id, "ck"), code, case, language, frozenset())
    talk.checklists.put(said.chat, ticked)
    shown = _shown(said.chat, ticked, answer)
    return [Send("message", said.chat, shown, slot=f"ck:{ticked.token}")]


def papers_answer(talk: Talk, code: str, case: str | None, language: Language) -> Answer:
    """What the assistant says of the papers; nothing of it is remembered as a turn."""
    text = messages_for(language).say("ask.documents")
    return talk.assistant.reply(Question(text=text, code=code, case=case, language=language))


def _which_case(talk: Talk, said: Incoming, code: str, cases: list[tuple[str, str]]) -> list[Send]:
    words = words_for(said)
    buttons = Buttons(said.chat, said.token)
    for name, case in [*cases, (words("every_case"), EVERY_CASE)]:
        buttons.row((name[:60], {"do": "checklist", "code": code, "case": case}))
    talk.exchanges.keep(buttons)
    return reply(said, text_rows(words("which_case")), buttons)


def tick(talk: Talk, said: Incoming, token: str, number: str, on: str) -> list[Send]:
    """A paper ticked or unticked; the button says which, so that twice is the same as once."""
    ticked = talk.checklists.get(token, said.chat)
    if ticked is None or not number.isdigit():
        return acknowledged(said, words_for(said)("old_button"))
    answer = papers_answer(talk, ticked.code, ticked.case, ticked.language)
    lines = [text for _, text in _papers(answer)]
    if int(number) >= len(lines):
        return acknowledged(said, words_for(said)("old_button"))
    mark = _mark(lines[int(number)])
    marks = ticked.marks | {mark} if on == "1" else ticked.marks - {mark}
    ticked = Ticked(token, ticked.code, ticked.case, ticked.language, marks)
    talk.checklists.put(said.chat, ticked)
    shown = _shown(said.chat, ticked, answer)
    return [*acknowledged(said), Send("edit", said.chat, shown, slot=f"ck:{token}")]


def _papers(answer: Answer) -> Iterator[tuple[Block, str]]:
    """Each paper with the block it stands in."""
    blocks = [b for b in answer.blocks if b.facet is Facet.DOCUMENTS and b.kind is BlockKind.LIST]
    found = [(block, line.text) for block in blocks for line in block.lines]
    yield from found[:_MOST]


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _shown(chat: int, ticked: Ticked, answer: Answer) -> dict[str, Any]:
    """The message: shortened only when it does not fit as it is."""
    rows = _rows(ticked, answer, None)
    if len(split(rows)) > 1:
        rows = split(_rows(ticked, answer, _SHORT))[0]
    return payload(rows, _buttons(chat, ticked, answer))


def _rows(ticked: Ticked, answer: Answer, longest: int | None) -> list[Row]:
    words = words_in(ticked.language)
    papers = list(_papers(answer))
    done = sum(_mark(text) in ticked.marks for _, text in papers)
    name = answer.procedure.name if answer.procedure else ticked.code
    rows: list[Row] = [row(bold(words("checklist_title", name=name)))]
    block = None
    for number, (owner, text) in enumerate(papers, 1):
        if owner is not block:
            block = owner
            rows += [BLANK, *([row(bold(owner.title))] if owner.title else [])]
        box = "☑" if _mark(text) in ticked.marks else "☐"
        rows.append(row(f"{box} {number}. {_shortened(text, longest)}"))
    rows += [BLANK, row(words("checklist_count", done=done, all=len(papers)))]
    if answer.blocks:
        rows += [row(italic(line.text)) for line in answer.blocks[-1].lines[:1]]
    return rows


def _shortened(text: str, longest: int | None) -> str:
    """The name of the paper when all is too long: the counts stand in the full answer."""
    if longest is None or len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0] + "…"


def _buttons(chat: int, ticked: Ticked, answer: Answer) -> Buttons:
    words = words_in(ticked.language)
    taps = []
    for number, (_, text) in enumerate(_papers(answer)):
        on = _mark(text) in ticked.marks
        label = f"{'☑' if on else '☐'} {number + 1}"
        taps.append((label, f"ck:{ticked.token}:{number}:{0 if on else 1}"))
    buttons = Buttons(chat, ticked.token)
    for start in range(0, len(taps), _IN_A_ROW):
        buttons.fixed(*taps[start : start + _IN_A_ROW])
    buttons.fixed((words("button_check"), f"dc:{ticked.code}"))
    return buttons
