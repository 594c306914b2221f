"""Which words of a sheet are its title, and which form code it bears."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.dossier.agreement import SURE, Agreement
from assistant.dossier.likeness import bare, edits
from assistant.dossier.sheets import Line, Sheet, around, is_motto, is_nation
from ingest.reading.page import Box
from knowledge.text import folded

_ZONE = 14  # lines from the top among which a title stands
_LONGEST = 26  # words of a title, its second and third line included
_AUTHORITY = re.compile(
    r"^(uy ban|ubnd|hoi dong nhan|so|bo|tong cuc|cuc|chi cuc|cong an|benh vien|trung tam|phong"
    r"|toa an"
    r"|vien|cong ty|doanh nghiep|truong|tram|van phong|chi nhanh|bao hiem xa hoi|co quan|dai hoc)\b"
)
_NOT_A_TITLE = re.compile(
    r"^(kinh gui|so\s*[:.,;]|so\s*\d|ngay\b|.{0,40}\bngay\b.{0,12}\bthang\b|mau( so)?\b|ban hanh"
    r"|kem theo|\(?trang\b"
    r"|can cu (vao|luat|nghi|thong|quyet|dieu|khoan|bo luat)|nguoi (yeu cau|lam don|khai|viet)\b)"
)
_PAPER = re.compile(
    r"^(giay|to khai|don|phieu|bien ban|hop dong|quyet dinh|thong bao|ban|bao cao|danh sach"
    r"|van ban|to trinh"
    r"|trich luc|chung|the|ho chieu|passport|so\b|can cuoc|di chuc|dieu le|cam ket|cam doan|bang"
    r"|hoa don"
    r"|bien lai|phuong an|so do|nghi quyet|ket qua|tom tat|loi|noi dung|thoa thuan|ket luan"
    r"|bang ke|xac nhan"
    r"|ly lich|mau|du an|to\b|de nghi|manh|citizen|anh)\b"
)


# What stands above the parts of a law, a contract or a notice: the words after it name a part.
_PART = re.compile(r"^(?:chuong|phan|muc|dieu)\s+(?:[ivxlh]+|\d+)\b")
_TEXT_OF_LAW = re.compile(
    r"^(?:bo )?luat$|^(?:bo )?luat (?!su\b)|^(?:phap lenh|nghi dinh|thong tu)$"
)
_LIST = re.compile(r"^(?:danh muc|muc luc|thu tuc|huong dan|quy trinh)\b")


@dataclass(frozen=True)
class Title:
    """Words that look like a title; `standing` from 0 to 1 says how much they do."""

    text: str
    bare: tuple[str, ...]
    box: Box
    standing: float
    confidence: float
    line: int


@dataclass(frozen=True)
class FormCode:
    """A form's code as printed, and as it is compared."""

    text: str
    code: str
    box: Box
    confidence: float


def titles_of(sheet: Sheet) -> tuple[Title, ...]:
    """Every run of one to three lines that may be the title, those that stand out most first."""
    found = list(_runs(sheet))
    return tuple(sorted(found, key=lambda title: (-title.standing, title.line, len(title.bare))))


def _runs(sheet: Sheet) -> Iterator[Title]:
    zone = [line for line in sheet.lines if not is_nation(line) and not is_motto(line)][:_ZONE]
    looks = [_looks(line, sheet) for line in zone]
    named = [i for i, look in enumerate(looks) if look and _PAPER.match(_joined(zone[i]))]
    last = _last_start(zone)
    for start, look in enumerate(looks):
        if not look or start > last:
            continue
        for end in range(start + 1, min(start + 5, len(zone)) + 1):
            run = zone[start:end]
            if end - start > 1 and not _go_together(run[-2], run[-1]):
                break
            standing = look * _overshadowed(start, zone, named)
            title = _title(run, standing, start)
            if 1 <= len(title.bare) <= _LONGEST:
                yield title


def _last_start(zone: list[Line]) -> int:
    """The last line that may begin a title: below the name of a law or a list stand its parts,
    which are called like papers and are none."""
    for at, line in enumerate(zone):
        text = _joined(line)
        if _PART.match(text):
            return at - 1
        capitals = line.upper >= 0.7 and not re.search(r"[\d()]", text)
        if capitals and (_TEXT_OF_LAW.match(text) or _LIST.match(text)):
            return at
    return len(zone)


def _title(run: list[Line], standing: float, start: int) -> Title:
    words = [word for line in run for word in line.words]
    text = " ".join(line.text for line in run)
    confidence = sum(word.confidence for word in words) / len(words)
    return Title(text, bare(text), around(words), standing, confidence, start)


def _joined(line: Line) -> str:
    return folded(line.text).lstrip("\"'“(.-–— ")


def _looks(line: Line, sheet: Sheet) -> float:
    """How much a line looks like a title, by capitals, size and place; 0 when it is not one."""
    text = _joined(line)
    if not re.search(r"[a-z]{2}", text) or _NOT_A_TITLE.match(text) or _is_label(line):
        return 0.0
    if _AUTHORITY.match(text) and not _PAPER.match(text):
        return 0.0
    large = line.size >= 1.2 * sheet.body
    capitals = line.upper >= 0.7 and len(line.bare) >= 2
    if not (large or capitals or _stands_alone(line)):
        return 0.0
    return 1.0 if capitals or large else 0.92


def _is_label(line: Line) -> bool:
    """'Họ và tên: …' or 'Kính gửi:' introduce something; a title introduces nothing."""
    head, colon, rest = line.text.partition(":")
    return bool(colon) and (bool(rest.strip(" .…_")) or "..." in line.text or len(head.split()) < 3)


def _stands_alone(line: Line) -> bool:
    """Short, in the middle and beginning with a paper's word: a title in plain letters."""
    middle = (line.box.left + line.box.right) / 2
    first = next((ch for ch in line.text if ch.isalpha()), "")
    return (
        first.isupper()
        and len(line.bare) <= 14
        and 0.35 <= middle <= 0.65
        and line.box.left > 0.12
        and not line.text.rstrip().endswith((".", ";", ","))
        and bool(_PAPER.match(_joined(line)))
    )


def _go_together(above: Line, below: Line) -> bool:
    gap = below.box.top - above.box.bottom
    overlap = min(above.box.right, below.box.right) - max(above.box.left, below.box.left)
    text = _joined(below)
    return (
        gap < 1.8 * max(above.size, below.size)
        and overlap > 0
        and not _is_label(below)
        and not _NOT_A_TITLE.match(text)
    )


def _overshadowed(start: int, zone: list[Line], named: list[int]) -> float:
    """Less for what stands after another paper's title, or is printed much smaller than one."""
    factor = 1.0
    for other in named:
        if other == start:
            continue
        if zone[other].size >= 1.35 * zone[start].size:
            factor = min(factor, 0.75)
        if other < start and not _part_of(zone[other : start + 1]):
            factor = min(factor, 0.75)
    return factor


def _part_of(run: list[Line]) -> bool:
    return all(_go_together(above, below) for above, below in pairwise(run)) and abs(
        run[0].size - run[-1].size
    ) < 0.5 * max(run[0].size, run[-1].size)


_NAMED_CODE = re.compile(
    r"\b[mM](?:ẫu|ẪU|au|AU|âu|ÂU)\s*(?:[sS](?:ố|Ố|o|O|ô|Ô)\s*)?[:.]?\s*"
    r"([A-ZĐ]{0,4}\d[\w./-]*|[A-ZĐ]{2,4}\s?[\dOIl]{1,3}\w?|[A-ZĐ]{2,4}[/-][\w./-]+)"
)
_BARE_CODE = re.compile(r"^\W*([A-ZĐ]{2,4}\s?[\dOIl]{1,3}[a-z]?|\d{2}[a-z]?[/-][A-ZĐ][\w./-]*)\W*$")
# The word before a number at the very top, misread: 'Aiẫu số 02/LPTB'.
_TOP_CODE = re.compile(
    r"^\W*\w{2,5}\s+[sS](?:ố|Ố|o|ó|ô)\s*[:.]?\s*(\d{1,2}\w?(?:[/.-][\w./-]+)?)\W*$"
)
# The same before a code of letters and figures: 'AMiẫu ĐKX11/79'.
_TOP_LETTERED = re.compile(r"^\W*\w{2,6}\s+([A-ZĐ]{2,4}\s?\d{1,3}\w?(?:/\w{1,6})?)\W*$")
# Both figures of a code read as letters, after the word that says it is one: 'Mẫu CTOI'.
_LETTERED = re.compile(r"\b[mM](?:ẫu|ẪU|au|AU|âu|ÂU)\s+[A-ZĐ]{2}O[Il]\W*$")
_TOP = 0.12
_ALIKE = str.maketrans("OILĐ", "011D")


def canonical(code: str) -> str:
    """'Mẫu số 01/LPTB' and 'CTO1' as they are compared: no spaces, letters like figures as such."""
    plain = re.sub(r"^(MAU|BIEU MAU)?\s*(SO)?\s*[:.]?\s*", "", folded(code).upper())
    # One round sign read as two: CT0O1.
    plain = re.sub(r"0O|O0", "0", re.sub(r"\s+", "", plain))
    return plain.translate(_ALIKE).strip("./-()")


def codes_of(sheet: Sheet) -> tuple[FormCode, ...]:
    """Codes printed at the top of a sheet: 'Mẫu số 18', 'Mẫu CT01', or 'TK01' alone on a line."""
    found = []
    for line in sheet.lines[:_ZONE]:
        whole = re.sub(r"\s*/\s*", "/", line.text)  # a stroke with room around it parts nothing
        match = _NAMED_CODE.search(whole) or _BARE_CODE.match(whole)
        if match is None and line.box.top < _TOP:
            match = _TOP_CODE.match(whole) or _after_slurred_word(whole)
        if match and (not match[1].isalpha() or _LETTERED.search(whole)):
            text = match[1].rstrip(".-/")
            found.append(FormCode(text, canonical(text), line.box, line.confidence))
    return tuple(found)


def _after_slurred_word(line: str) -> re.Match[str] | None:
    """The code after a misread 'Mẫu'."""
    word = re.search(r"\w+", line)
    slurred = word is not None and edits(folded(word[0]), "mau") <= _MISREAD
    return _TOP_LETTERED.match(line) if slurred else None


def codes_agree(seen: FormCode, wanted: str) -> Agreement:
    """Whether a printed code is the wanted one; a code cut at its stroke tells only its part."""
    if seen.code == wanted:
        return Agreement.SAME
    parts, own = re.split(r"[/.\-]", wanted), re.split(r"[/.\-]", seen.code)
    cut = len(own) < len(parts) and own == parts[: len(own)]
    misread = _figures(seen.code) == _figures(wanted) and edits(seen.code, wanted) <= _MISREAD
    if cut or misread or seen.confidence < SURE:
        return Agreement.UNSURE
    return Agreement.DIFFERENT


_MISREAD = 2  # letters of a code that recognition may mistake; its figures tell forms apart


def _figures(code: str) -> list[str]:
    return re.findall(r"\d+", code)
