"""What a dossier's message shows while it is put together, and the buttons under it."""

from __future__ import annotations

from typing import Any

from assistant.dossier.models import AskedQuestion, Report
from bots.telegram.checklist import last_code, papers_answer
from bots.telegram.dossier_rows import Gathering
from bots.telegram.exchanges import Buttons
from bots.telegram.incoming import Incoming, token_of
from bots.telegram.markup import BLANK, Row, bold, italic, row
from bots.telegram.report import unread_pages
from bots.telegram.strings import Words
from bots.telegram.talk import Talk, text_rows, words_for

_MEGABYTE = 1024 * 1024


def state_of(
    talk: Talk, said: Incoming, gathering: Gathering, agreed: bool | None
) -> tuple[list[Row], Buttons]:
    """The lines and buttons for how far it is; `agreed` is given when it was said just now."""
    words = words_for(said)
    buttons = Buttons(said.chat, token_of(said.update_id, "dossier"))
    pages = [page for page in talk.gatherings.pages(said.chat) if not page.replaced]
    rows = [row(bold(words("dossier_title")))]
    version = talk.assistant.catalog.get(gathering.code) if gathering.code else None
    if version is not None:
        rows.append(row(italic(f"{version.procedure.name} ({version.code})")))
    if pages:
        rows.append(row(words("dossier_pages", count=len(pages))))
    rows.append(BLANK)
    rows += text_rows(_next_step(talk, said, gathering, agreed, buttons))
    return rows, buttons


def _next_step(
    talk: Talk, said: Incoming, gathering: Gathering, agreed: bool | None, buttons: Buttons
) -> str:
    """What is needed next, and the buttons for it."""
    words = words_for(said)
    limit = talk.tools.file_limit // _MEGABYTE
    if not (said.known.agreed if agreed is None else agreed):
        buttons.row((words("button_agree"), deed_of(gathering, "agree")))
        return words("dossier_consent")
    if gathering.code is None:
        _offer_procedures(talk, said, gathering, buttons)
        return words("dossier_which")
    if not case_is_known(talk, said, gathering):
        for name, case in _cases(talk, said, gathering.code):
            buttons.row((name[:60], deed_of(gathering, "case", case=case)))
        buttons.row((words("case_unsure"), deed_of(gathering, "case", case="")))
        return words("which_case")
    if any(page.added for page in talk.gatherings.pages(said.chat)):
        buttons.row((words("button_check_now"), deed_of(gathering, "check")))
    return words("dossier_send", limit=limit)


def deed_of(gathering: Gathering, deed: str, **values: Any) -> dict[str, Any]:
    """What a button of this dossier's message does."""
    return {"do": "dossier", "deed": deed, "session": gathering.session, **values}


def _offer_procedures(talk: Talk, said: Incoming, gathering: Gathering, buttons: Buttons) -> None:
    code = last_code(talk, said)
    version = talk.assistant.catalog.get(code) if code else None
    if version is not None:
        item = deed_of(gathering, "code", code=version.code)
        buttons.row((version.procedure.name[:60], item))
    buttons.row((words_for(said)("button_other_procedure"), deed_of(gathering, "other")))


def _cases(talk: Talk, said: Incoming, code: str) -> list[tuple[str, str]]:
    answer = papers_answer(talk, code, None, said.known.tongue)
    return [(chip.label, chip.case) for chip in answer.follow_ups if chip.case]


def case_is_known(talk: Talk, said: Incoming, gathering: Gathering) -> bool:
    """Whether the case was chosen ('' is not sure), or there is only one."""
    if gathering.case is not None or gathering.code is None:
        return gathering.case is not None
    return not _cases(talk, said, gathering.code)


def report_buttons(talk: Talk, said: Incoming, gathering: Gathering, report: Report) -> Buttons:
    """Answers to the first question, then better photos, then what goes out."""
    words = words_for(said)
    buttons = Buttons(said.chat, token_of(said.update_id, "report"))
    for question in report.questions[:1]:
        _options(buttons, gathering, question)
    numbers = {page.file.name: page.number for page in talk.gatherings.pages(said.chat)}
    for file, page in unread_pages(report)[:6]:
        shown = str(numbers.get(file, page))
        item = deed_of(gathering, "replace", file=file, page=page, shown=shown)
        buttons.row((words("button_better", page=shown), item))
    _outgoing(buttons, gathering, words)
    return buttons


def _options(buttons: Buttons, gathering: Gathering, question: AskedQuestion) -> None:
    for option in question.options[:8]:
        item = deed_of(gathering, "answer", question=question.id, value=option.value)
        buttons.row((option.label[:60], item))


def _outgoing(buttons: Buttons, gathering: Gathering, words: Words) -> None:
    buttons.row(
        (words("button_more"), deed_of(gathering, "more")),
        (words("button_supplement"), deed_of(gathering, "supplement")),
    )
    officer = {"do": "officer", "text": words("dossier_question"), "code": gathering.code}
    buttons.row((words("button_officer"), officer))
