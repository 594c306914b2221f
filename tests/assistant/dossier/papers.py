"""Pages as reading would give them, built from words: titles, forms, cards, noise."""

from __future__ import annotations

import random
import re
from datetime import date
from textwrap import wrap
from typing import Any

from assistant.dossier.demands import OWN_HAND, marks, printed_titles
from assistant.dossier.models import CheckRequest
from ingest.reading.page import Box, Fact, FactKind, Flaw, Page, PageSource, Reading, Word
from knowledge.procedure import Need, Requirement

DAY = date(2026, 7, 1)
_SHAPE = 210 / 297
HEADER = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
BODY = (
    "Kính gửi: Ủy ban nhân dân xã Phú Mỹ",
    "Nội dung được ghi theo đúng quy định và người có tên dưới đây chịu trách nhiệm.",
    "Đã xem và xác nhận những điều ghi ở trên là đúng sự thật.",
)

PERSON = (
    "Họ, chữ đệm, tên người yêu cầu: TRẦN VĂN BÌNH",
    "Ngày, tháng, năm sinh: 02/03/1985",
    "Số định danh cá nhân: 079085001234",
)
SIGNING = ("Người yêu cầu", "(Ký, ghi rõ họ, chữ đệm, tên)")
SIGNED = (*BODY, *BODY, *BODY, *SIGNING, "(đã ký)")
ISSUED = "Phú Mỹ, ngày 20 tháng 6 năm 2026"


def words_of(
    lines: list[tuple[str, float, bool]], top: float = 0.04, size: float = 0.014
) -> list[Word]:
    """Words with boxes: each line is (text, size factor, centred)."""
    words, y = [], top
    for number, (text, factor, centred) in enumerate(lines):
        height = size * factor
        step = height * 0.55 / _SHAPE
        width = len(text) * step
        x = max(0.02, 0.5 - width / 2) if centred else 0.1
        for word in text.split():
            right = x + len(word) * step
            words.append(Word(word, Box(x, y, min(right, 0.99), y + height), 0.96, number))
            x = right + step
        y += height * 1.7
    return words


def page(
    title: str = "",
    body: tuple[str, ...] = BODY,
    *,
    file: str = "giay.jpg",
    number: int = 1,
    header: bool = True,
    above: tuple[str, ...] = (),
    size: float = 1.4,
    **more: Any,
) -> Page:
    """A page with header, title and body; `above` stands over the title."""
    lines = [(text, 1.0, False) for text in above]
    lines += [(text, 1.0, True) for text in HEADER] if header else []
    lines += [(t, size, True) for text in title.split("\n") for t in wrap(text, 38)]
    lines += [(text, 1.0, False) for text in body]
    return Page(
        file, number, PageSource.OCR, tuple(words_of(lines)), 0.96, width=2100, height=2970, **more
    )


def two_on_one(first: str, second: str, file: str = "chung.jpg") -> Page:
    """Two papers on one page, each under its own header."""
    top = words_of([*((t, 1.0, True) for t in HEADER), (first, 1.4, True), (BODY[1], 1.0, False)])
    low = words_of(
        [*((t, 1.0, True) for t in HEADER), (second, 1.4, True), (BODY[2], 1.0, False)], top=0.55
    )
    moved = [Word(w.text, w.box, w.confidence, w.line + 40) for w in low]
    return Page(file, 1, PageSource.OCR, (*top, *moved), 0.96, width=2100, height=2970)


def card(
    name: str = "TRẦN VĂN BÌNH",
    number: str = "079085001234",
    *,
    file: str = "can-cuoc.jpg",
    expires: str = "01/01/2040",
    born: str = "02/03/1985",
) -> Page:
    """Both sides of an identity card on one page."""
    lines = (
        f"Số / No.: {number}",
        "Họ và tên / Full name:",
        name,
        f"Ngày sinh / Date of birth: {born}",
        f"Có giá trị đến / Date of expiry: {expires}",
        "Đặc điểm nhân dạng / Personal identification",
    )
    return page("CĂN CƯỚC CÔNG DÂN\nCitizen Identity Card", lines, file=file)


def passport(file: str = "ho-chieu.jpg") -> Page:
    """The page of a passport that names its holder."""
    lines = (
        "Số hộ chiếu / Passport No: B1234567",
        "Họ và tên / Full name: TRẦN VĂN BÌNH",
        "Có giá trị đến / Date of expiry: 01/01/2040",
    )
    return page("HỘ CHIẾU\nPassport", lines, file=file)


def dark(file: str = "mo.jpg") -> Page:
    """A page that cannot be read."""
    return Page(file, 1, PageSource.OCR, (), 0.3, flaws=(Flaw.DARK,), width=2100, height=2970)


def ink(left: float = 0.1, top: float = 0.3) -> Fact:
    """Handwriting."""
    return Fact(FactKind.INK, {"colour": "blue"}, Box(left, top, left + 0.2, top + 0.05))


_SLIPS = {"l": "1", "o": "0", "i": "l", "n": "ri", "O": "0", "I": "l", "B": "8", "S": "5"}


def noisy(page_: Page, seed: int, share: float = 0.06) -> Page:
    """The page with slips of recognition in `share` of its letters, and less certain words."""
    chance = random.Random(seed)
    words = tuple(
        Word(
            "".join(_slip(ch, chance) if chance.random() < share else ch for ch in word.text),
            word.box,
            max(0.5, word.confidence - chance.random() * 0.2),
            word.line,
        )
        for word in page_.words
    )
    return Page(
        page_.file, page_.number, page_.source, words, 0.85, page_.flaws, page_.facts, 2100, 2970
    )


def _slip(ch: str, chance: random.Random) -> str:
    return _SLIPS.get(ch, chance.choice("abcdeghiklmnopqrstuvxy") if ch.isalpha() else ch)


def title_for(requirement: Requirement) -> str:
    """What is printed on top of such a paper: the kind's usual title, or the record's own name."""
    mark = marks().get(requirement.paper)
    if mark and mark.any:
        return printed_titles()[mark.titles[0]].upper()
    name = re.sub(
        r"\([^)]*\)|^(0?\d+ )?(bản sao|bản chính|bản gốc)( hợp lệ| chụp)? ",
        "",
        requirement.name,
        flags=re.I,
    )
    return re.sub(r"\s+", " ", name).strip().upper()


def paper_for(requirement: Requirement, file: str) -> Page:
    """A page that is what `requirement` asks for, signed and certified as it should be."""
    above = (f"Mẫu {requirement.form_code}",) if requirement.form_code else ()
    above = tuple(text.replace("Mẫu Mẫu", "Mẫu") for text in above)
    body: tuple[str, ...] = (*BODY, ISSUED)
    if requirement.paper in OWN_HAND:
        body = (*PERSON, ISSUED, *SIGNED)
    if requirement.certified:
        body = (*body, "Chứng thực bản sao đúng với bản chính, số chứng thực 12")
    if requirement.paper == "identity_document" or requirement.paper == "identity_card":
        return card(file=file)
    if requirement.paper == "passport":
        return passport(file=file)
    return page(title_for(requirement), body, file=file, above=above)


def reading(*pages: Page) -> Reading:
    """A reading of these pages."""
    return Reading(tuple(pages))


def request(code: str, **more: Any) -> CheckRequest:
    """A request on a fixed day."""
    return CheckRequest(code=code, submitted_on=more.pop("submitted_on", DAY), **more)


def needed(requirement: Requirement) -> bool:
    """Whether everybody of the case hands the paper in."""
    return requirement.need is Need.ALWAYS and requirement.paper != "online_form"
