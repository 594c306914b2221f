"""Dossiers by photo: one message shows how far it is, and is edited until it is the checklist."""

from __future__ import annotations

import re
from typing import Any

import telegram

from assistant.dossier.service import Added
from assistant.dossier.unread import refused as refused_file
from assistant.errors import DossierNotFound, PaperError, TooManyDossiers
from bots.telegram.dossier_rows import Gathering, SentFile, SentPage, changed
from bots.telegram.dossier_state import case_is_known, report_buttons, state_of
from bots.telegram.errors import FileRefused
from bots.telegram.exchanges import Buttons
from bots.telegram.incoming import Incoming
from bots.telegram.markup import split
from bots.telegram.progress import Progress
from bots.telegram.report import report_rows
from bots.telegram.sends import Send
from bots.telegram.talk import (
    Dossiers,
    Talk,
    acknowledged,
    payload,
    reply,
    say,
    text_rows,
    typing,
    words_for,
)
from ingest.reading.page import Handed

_MEGABYTE = 1024 * 1024
_PAGE = re.compile(
    r"(?:gửi|gui|chụp|chup|thay|send|replace|retake)\D{0,30}(?:trang|page|ảnh)\s*(\d{1,3})", re.I
)


def check_command(talk: Talk, said: Incoming) -> list[Send]:
    """`/check`: a new dossier, of the procedure talked about last unless another is named."""
    if not said.private:
        return say(said, "only_private", bot=talk.tools.bot_name)
    if talk.dossiers is None:
        return say(said, "no_dossiers")
    gathering = talk.gatherings.begin(said.chat, said.update_id, None)
    return _shown(talk, said, gathering, fresh=True)


def check_tap(talk: Talk, said: Incoming, code: str) -> list[Send]:
    """A button under an answer: a new dossier of that procedure."""
    if talk.dossiers is None:
        return [*acknowledged(said), *say(said, "no_dossiers")]
    known = talk.gatherings.of(said.chat)
    if known is not None and known.code is None and not known.checked:
        gathering = talk.gatherings.put(changed(known, code=code))
        return [*acknowledged(said), *_shown(talk, said, gathering, fresh=False)]
    gathering = talk.gatherings.begin(said.chat, said.update_id, code)
    return [*acknowledged(said), *_shown(talk, said, gathering, fresh=True)]


def sent_file(talk: Talk, said: Incoming) -> list[Send]:
    """A photo or document: noted, fetched once, shown in the dossier's one message."""
    if not said.private:
        return []
    if talk.dossiers is None:
        return say(said, "no_dossiers")
    if said.message is None or (file := _file_of(said.message)) is None:
        return say(said, "not_text")
    if _size(said.message) > talk.tools.file_limit:
        return say(said, "file_too_large", limit=talk.tools.file_limit // _MEGABYTE)
    gathering = _gathering_for(talk, said)
    talk.gatherings.add(said.chat, said.update_id, file)
    return _shown(talk, said, gathering, fresh=gathering.session == said.update_id)


def _gathering_for(talk: Talk, said: Incoming) -> Gathering:
    """The dossier that a file belongs to; after a report it goes on under a new message, below
    the photo that was sent."""
    known = talk.gatherings.of(said.chat)
    if known is None:
        return talk.gatherings.begin(said.chat, said.update_id, None)
    if not known.checked or known.session == said.update_id:
        return known
    going_on = known.replacing is not None
    return talk.gatherings.put(changed(known, session=said.update_id, checked=going_on))


def _file_of(message: telegram.Message) -> SentFile | None:
    if message.photo:
        return SentFile("anh-{number}.jpg", message.photo[-1].file_id)
    if message.document:
        name = (message.document.file_name or "tep-{number}").replace("{", "(").replace("}", ")")
        named = name if message.document.file_name else "tep-{number}"
        return SentFile(named, message.document.file_id)
    return None


def _size(message: telegram.Message) -> int:
    size = message.photo[-1].file_size if message.photo else None
    if message.document:
        size = message.document.file_size
    return size or 0


def dossier_tap(talk: Talk, said: Incoming, item: dict[str, Any]) -> list[Send]:
    """A button of the dossier's message: agree, a procedure, a case, check, an answer, a page,
    the supplement request."""
    gathering = talk.gatherings.of(said.chat)
    if talk.dossiers is None or gathering is None or gathering.session != item["session"]:
        return acknowledged(said, words_for(said)("old_button"))
    deed = _TAPS[item["deed"]]
    return [*acknowledged(said), *deed(talk, said, gathering, item)]


def _agree(talk: Talk, said: Incoming, gathering: Gathering, deed_of: Any) -> list[Send]:
    talk.chats.agree(said.chat)
    return _shown(talk, said, gathering, agreed=True)


def _choose_case(talk: Talk, said: Incoming, gathering: Gathering, item: Any) -> list[Send]:
    return _shown(talk, said, talk.gatherings.put(changed(gathering, case=item["case"])))


def _other(talk: Talk, said: Incoming, _gathering: Gathering, deed_of: Any) -> list[Send]:
    talk.chats.wait_for(said.chat, "procedure")
    return say(said, "dossier_name_procedure")


def name_procedure(talk: Talk, said: Incoming) -> list[Send]:
    """The words that name the dossier's procedure: what was found, as buttons."""
    gathering = talk.gatherings.of(said.chat)
    if gathering is None:
        return say(said, "dossier_none")
    buttons = Buttons(said.chat, said.token)
    for hit in talk.assistant.search(said.text, 5).hits[:5]:
        item = {"do": "dossier", "deed": "code", "session": gathering.session, "code": hit.code}
        buttons.row((hit.name[:60], item))
    talk.exchanges.keep(buttons)
    return reply(said, text_rows(words_for(said)("dossier_which")), buttons)


def _choose_code(talk: Talk, said: Incoming, gathering: Gathering, item: Any) -> list[Send]:
    return _shown(talk, said, talk.gatherings.put(changed(gathering, code=item["code"])))


def _check(talk: Talk, said: Incoming, gathering: Gathering, deed_of: Any) -> list[Send]:
    return checked(talk, said, gathering)


def _answer(talk: Talk, said: Incoming, gathering: Gathering, item: Any) -> list[Send]:
    answers = {**(gathering.answers or {}), item["question"]: item["value"]}
    return checked(talk, said, talk.gatherings.put(changed(gathering, answers=answers)))


def _replace(talk: Talk, said: Incoming, gathering: Gathering, item: Any) -> list[Send]:
    page = (str(item["file"]), int(item["page"]))
    talk.gatherings.put(changed(gathering, replacing=page))
    return say(said, "send_better", page=item["shown"])


def _more(talk: Talk, said: Incoming, gathering: Gathering, deed_of: Any) -> list[Send]:
    gathering = talk.gatherings.put(changed(gathering, session=said.update_id, checked=False))
    return _shown(talk, said, gathering, fresh=True)


def _supplement(talk: Talk, said: Incoming, gathering: Gathering, deed_of: Any) -> list[Send]:
    """The request as a PDF."""
    words = words_for(said)
    if talk.dossiers is None or gathering.dossier is None:
        return say(said, "dossier_none")
    try:
        owner = said.conversation
        paper = talk.dossiers.paper_out(gathering.dossier, owner, "supplement", "pdf")
    except PaperError:
        return say(said, "no_supplement")
    name = f"{words('supplement_file')}-{gathering.code}.pdf"
    caption = {"caption": words("supplement_caption")}
    return [Send("document", said.chat, caption, document=paper, filename=name)]


_TAPS = {
    "agree": _agree,
    "case": _choose_case,
    "code": _choose_code,
    "other": _other,
    "check": _check,
    "answer": _answer,
    "replace": _replace,
    "more": _more,
    "supplement": _supplement,
}


def asks_for_page(talk: Talk, said: Incoming) -> list[Send] | None:
    """'gửi lại ảnh trang 2' while a dossier is open: the next photo takes that page's place."""
    match = _PAGE.search(said.text)
    gathering = talk.gatherings.of(said.chat) if match else None
    if match is None or gathering is None or gathering.dossier is None:
        return None
    page = _page_numbered(talk, said.chat, int(match[1]))
    if page is None:
        return say(said, "no_such_page", page=match[1])
    talk.gatherings.put(changed(gathering, replacing=(page.file.name, 1)))
    return say(said, "send_better", page=match[1])


def _page_numbered(talk: Talk, chat: int, number: int) -> SentPage | None:
    pages = [page for page in talk.gatherings.pages(chat) if not page.replaced and page.added]
    return next((page for page in pages if page.number == number), None)


def _shown(
    talk: Talk,
    said: Incoming,
    gathering: Gathering,
    *,
    fresh: bool = False,
    agreed: bool | None = None,
) -> list[Send]:
    """The dossier's message as it stands now: what is still needed, or how many pages there are."""
    ready = (said.known.agreed if agreed is None else agreed) and gathering.code is not None
    if ready and case_is_known(talk, said, gathering):
        progress = Progress(talk, said, gathering.slot)
        if fresh and _waiting(talk, said.chat):
            progress.begin()
            fresh = False
        gathering, refused = _fetched(talk, said, gathering, progress)
        if gathering.replacing is None and gathering.checked:
            return [*checked(talk, said, gathering), *refused]
    else:
        refused = []
    rows, buttons = state_of(talk, said, gathering, agreed)
    talk.exchanges.keep(buttons)
    shown = payload(rows, buttons)
    method: Any = "message" if fresh else "edit"
    return [Send(method, said.chat, shown, slot=gathering.slot), *refused]


def _waiting(talk: Talk, chat: int) -> list[SentPage]:
    """Files that were not fetched yet."""
    return [page for page in talk.gatherings.pages(chat) if not page.added]


def _fetched(
    talk: Talk, said: Incoming, gathering: Gathering, progress: Progress
) -> tuple[Gathering, list[Send]]:
    """Every noted file put into the dossier; sentences for those that could not be fetched."""
    refused: list[Send] = []
    waiting = _waiting(talk, said.chat)
    if not waiting or talk.dossiers is None:
        return gathering, refused
    typing(talk, said)
    try:
        gathering = _opened(talk, talk.dossiers, said, gathering)
    except TooManyDossiers as error:
        return gathering, reply(said, text_rows(str(error)))
    for page in waiting:
        try:
            content = talk.tools.files.fetch(page.file.file_id)
        except FileRefused as error:
            talk.gatherings.fetched(page, page.file.name, page.file.name)
            refused += say(said, f"file_{error.reason}", limit=talk.tools.file_limit // _MEGABYTE)
            continue
        old = gathering.replacing
        handed = Handed(page.file.name, content)
        gathering, added = _added(talk, said, gathering, handed, progress)
        names = [str(file.name) for file in added.files]
        talk.gatherings.fetched(page, names[0] if names else page.file.name, old and old[0])
        sentences = [refused_file(one, said.known.tongue).sentence for one in added.refusals]
        refused += [send for text in sentences for send in reply(said, text_rows(text))]
        if old is not None:
            gathering = talk.gatherings.put(changed(gathering, replacing=None))
    return gathering, refused


def _opened(talk: Talk, dossiers: Dossiers, said: Incoming, gathering: Gathering) -> Gathering:
    if gathering.dossier is not None or gathering.code is None:
        return gathering
    dossier = dossiers.open(said.conversation, gathering.code, gathering.case or None)
    return talk.gatherings.put(changed(gathering, dossier=dossier))


def _added(
    talk: Talk, said: Incoming, gathering: Gathering, handed: Handed, progress: Progress
) -> tuple[Gathering, Added]:
    """The file put into the dossier; one that was erased after its time is opened anew."""
    dossiers, owner = talk.dossiers, said.conversation
    assert dossiers is not None
    try:
        dossier, replaces = gathering.dossier or "", gathering.replacing
        return gathering, dossiers.add(dossier, owner, [handed], progress, replaces)
    except DossierNotFound:
        gathering = _opened(talk, dossiers, said, changed(gathering, dossier=None))
        return gathering, dossiers.add(gathering.dossier or "", owner, [handed], progress)


def checked(talk: Talk, said: Incoming, gathering: Gathering) -> list[Send]:
    """The verdicts, in the place of the progress."""
    if talk.dossiers is None or gathering.dossier is None:
        return say(said, "dossier_none")
    words = words_for(said)
    typing(talk, said)
    report = talk.dossiers.check(
        gathering.dossier, said.conversation, gathering.answers, said.known.tongue
    )
    gathering = talk.gatherings.put(changed(gathering, checked=True))
    buttons = report_buttons(talk, said, gathering, report)
    talk.exchanges.keep(buttons)
    parts = split(report_rows(report, words))
    sends = []
    for number, part in enumerate(parts):
        under = buttons if number == len(parts) - 1 else None
        slot = gathering.slot if number == 0 else f"{gathering.slot}.{number}"
        sends.append(Send("edit", said.chat, payload(part, under), slot=slot))
    return sends
