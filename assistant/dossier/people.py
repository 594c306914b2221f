"""People named on a paper: name, birthday and identity number, and which person it is.

A Vietnamese identity number is 12 digits: province (3), century and sex (1), year of birth (2) and
6 more; it has no check digit, so province and century are tested. Older ones have 9 digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.dossier.agreement import Agreement, names_agree
from assistant.dossier.name_ends import end_of_name
from assistant.dossier.reading_text import Folded, Span, below, beside, dates_in
from assistant.dossier.sheets import Sheet
from assistant.dossier.surnames import is_name_after, is_name_line, label_before_name
from ingest.reading.page import Box, Fact, FactKind
from knowledge.text import folded, tidy

# Codes of provinces in identity numbers, as issued before and after the mergers.
# fmt: off
_PROVINCES = frozenset([
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33,
    34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66,
    67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
])
# fmt: on


@dataclass(frozen=True)
class Value:
    """Something read, with its place; `sure` is its confidence, 1 for a machine's code."""

    text: str
    sheet: Sheet
    box: Box | None
    sure: float
    words: tuple[float, ...] = ()  # the confidence of each word of a name


@dataclass(frozen=True)
class Person:
    """One person on one paper. `illegible` is a number that was written and cannot be read."""

    role: str = ""
    name: Value | None = None
    born: Value | None = None
    number: Value | None = None
    illegible: Value | None = None


def is_identity_number(digits: str) -> bool:
    """Whether digits can be an identity number: 9 of the old kind, or 12 with a known province."""
    if re.fullmatch(r"\d{9}", digits):
        return True
    return bool(re.fullmatch(r"\d{12}", digits)) and int(digits[:3]) in _PROVINCES


def masked(number: str) -> str:
    """079*****1234: enough to find it, too little to use it."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


_NAME_LABEL = re.compile(
    r"\b(?:ho\s*,?\s*(?:chu dem\s*,?\s*)?(?:va\s*)?ten(?: khai sinh| goi khac)?|full name"
    r"|surname and given names?)\b"
    r"([^:]{0,60}?)[:\]]|\b(?:ho va ten|full name|ho, chu dem va ten)\b[^:]{0,30}$"
    r"|\b(?:toi ten la|ten toi la|toi la)\s*:?"
)
# The same where the colon was read as another point; it counts only before what can be a name.
_POINTED_LABEL = re.compile(
    r"\bho\s*[,.]?\s*(?:chu dem\s*[,.]?\s*)?(?:va\s*)?ten\b[^:;.]{0,40}[:;.](?=\s)"
)
_ROLES = {
    "child": re.compile(r"\b(?:cua )?(?:nguoi duoc khai sinh|con|tre|be)\b"),
    "mother": re.compile(r"\bme\b"),
    "father": re.compile(r"\bcha\b"),
    "deceased": re.compile(r"\bnguoi (?:chet|da chet|mat)\b"),
    "requester": re.compile(
        r"\bnguoi (?:yeu cau|khai|lam don|de nghi|di dang ky|nop|viet don|dang ky)\b"
    ),
}
_NAME = re.compile(r"[a-z'’\-]{1,9}(?: [a-z'’\-]{1,9}){1,6}")
# Headings after which a form speaks of somebody else, whose name may not be legible.
_BREAK = re.compile(r"\b(?:duoi day|sau day|co ten)\b.{0,6}$|^\W*(?:i{1,3}|iv|v)\b[.)\s]")
_BORN = re.compile(
    r"ngay\s*,?\s*thang\s*,?\s*nam\s*sinh|ngay sinh|date of birth|sinh ngay|nam sinh"
)
_NUMBER_LABEL = re.compile(
    r"so dinh danh|so\s*cccd\b|dinh danh ca nhan|\b(?:cccd|cmnd)(?=\b|so|\d)|can cuoc cong dan"
    r"|so can cuoc|the can cuoc|giay to tuy than|ho chieu so"
    r"|so ho chieu|passport no|so\s*/\s*no|personal identification|chung minh nhan dan|^so\s*:"
)
_DIGITISH = re.compile(
    r"(?:(?<![\w/])|(?<=\bso)|(?<=\bcccd)|(?<=\bcmnd))(?:[\dol|?#*_x]\s?[.\-]?){8,14}"
    r"(?:(?![\w/])|(?=(?:bo|cuc|do|ngay|cap|noi)\b))"
)
_LABELS_NEAR = 90
# Something with two figures or more after a label: a number that was written and cannot be read.
_GARBLED = re.compile(r"[^:]{0,30}:\s*((?=\S*\d\S*\d)\S{6,}(?:\s\S{1,6}){0,3})\s*$")


def people_of(sheets: Sequence[Sheet], lines: dict[int, list[Folded]]) -> tuple[Person, ...]:
    """Everybody a paper names, in order; codes of machines first."""
    found: list[Person] = []
    for sheet in sheets:
        found += (person for fact in sheet.facts if (person := _by_fact(fact, sheet)))
    for sheet in sheets:
        for column in _columns(lines[id(sheet)]):
            found += _by_labels(column)
        found += _signers(lines[id(sheet)])
    return tuple(found)


SIGNER = "signer"
_CAPITALS = 0.9  # of the letters of a name in capitals; recognition makes some of them small


def _signers(lines: list[Folded]) -> Iterator[Person]:
    """Names that stand alone on a line of the lower part: those of people who signed."""
    for line in lines:
        if line.line.box.top > 0.3 and is_name_line(line):
            yield Person(SIGNER, _value(line.span(0, len(line.text))))


def names_in_capitals(lines: Sequence[Folded]) -> Iterator[Value]:
    """Names alone on a line in capitals, as cards print their holder's, with a label or without."""
    for line in lines:
        named = line.line.upper >= _CAPITALS and is_name_line(line)
        if named and (name := _value(line.span(0, len(line.text)))):
            yield name


def _columns(lines: list[Folded]) -> tuple[list[Folded], ...]:
    """Two lists where two names stand side by side, as those of husband and wife do."""
    named = [line for line in lines if _NAME_LABEL.search(line.text)]
    for one in named:
        for other in named:
            level = abs(one.line.box.top - other.line.box.top) < one.line.size
            if level and one.line.box.right < other.line.box.left:
                right = [line for line in lines if line.line.box.left >= other.line.box.left - 0.02]
                return [line for line in lines if line not in right], right
    return (lines,)


def _by_fact(fact: Fact, sheet: Sheet) -> Person | None:
    if fact.kind not in {FactKind.IDENTITY_QR, FactKind.MRZ}:
        return None
    broken = fact.value.get("checks") == "wrong"
    sure = 0.6 if broken else fact.confidence
    values = {
        key: Value(fact.value[key].strip(), sheet, fact.box, sure)
        for key in ("name", "born", "number")
        if fact.value.get(key, "").strip()
    }
    if not values:
        return None
    return Person(
        "holder", values.get("name"), _plain_day(values.get("born")), values.get("number")
    )


def _plain_day(value: Value | None) -> Value | None:
    """Days of codes as YYYY-MM-DD, whatever way the code writes them."""
    if value is None:
        return None
    digits = re.sub(r"\D", "", value.text)
    if len(digits) != 8:
        return value
    first = digits[:4] if digits[:2] in {"19", "20"} and digits[4:6] <= "12" else None
    iso = (
        f"{first}-{digits[4:6]}-{digits[6:]}"
        if first
        else f"{digits[4:]}-{digits[2:4]}-{digits[:2]}"
    )
    return replace(value, text=iso)


def _by_labels(lines: list[Folded]) -> Iterator[Person]:
    """A person begins at a name's label; what follows up to the next name is theirs."""
    person: Person | None = None
    section, paired = "", False
    for line in lines:
        section = _section(line.text) or section
        labels = _labels(line)
        begins = bool(labels) or _BREAK.search(line.text) is not None
        if begins and person and (person.name or person.born):
            yield person
            person = None
        # Two people side by side: their birthdays and numbers stand in pairs below, and which
        # is whose is not told by the text alone.
        paired = len(labels) > 1 if labels else paired
        for label in labels if paired else ():
            yield Person(_role(label[0], section), _value(_name_after(line, label, lines)))
        if paired:
            continue
        person = _gone_on(person, section, line, labels, lines)
    if person:
        yield person


def _labels(line: Folded) -> list[re.Match[str]]:
    """Labels of names: known ones, else any before what can only be a name."""
    pointed = [m for m in _POINTED_LABEL.finditer(line.text) if _is_named_after(line, m.end())]
    known = pointed or list(_NAME_LABEL.finditer(line.text))
    shaped = None if known else label_before_name(line)
    return [shaped] if shaped else known


def _is_named_after(line: Folded, start: int) -> bool:
    """Whether two words with capitals stand right after an offset."""
    span = line.span(start + 1, len(line.text))
    words = span.text.split()[:2] if span else []
    return len(words) == 2 and all(word[:1].isupper() for word in words)


def _gone_on(
    person: Person | None,
    section: str,
    line: Folded,
    labels: list[re.Match[str]],
    lines: list[Folded],
) -> Person | None:
    """The person with what this line adds; a card prints the number above the name."""
    if labels:
        name = _value(_name_after(line, labels[0], lines))
        role = _role(labels[0][0], section)
        person = replace(person, name=name) if person else Person(role, name)
    started = person or Person(section)
    filled = _filled(started, line, lines)
    return filled if filled is not started or person else None


def _section(text: str) -> str:
    """Headings such as 'Phần khai về mẹ' and lines that begin with a person's role."""
    head = text.split(":")[0][:60]
    if len(text) > 90 or not re.search(
        r"thong tin|phan|khai ve|^\W*(i|ii|iii|\d)\W|^\W*(nguoi|cha|me|con)\b", head
    ):
        return ""
    return next((role for role, pattern in _ROLES.items() if pattern.search(head)), "")


def _role(label: str, section: str) -> str:
    return next((role for role, pattern in _ROLES.items() if pattern.search(label)), section)


def _name_after(line: Folded, label: re.Match[str], lines: list[Folded]) -> Span | None:
    span = _name_in(line, label.end())
    if span is not None or _WORD.search(line.text, label.end()):
        return span
    near = (beside(line.line, lines), below(line.line, lines))
    found = (_name_in(one, 0) for one in near if one and ":" not in one.text)
    return next((span for span in found if span), None)


def _name_in(line: Folded, start: int) -> Span | None:
    end = end_of_name(line, start)
    if is_name_after(line, start):  # dots to write on are read as points between its words
        return line.span(start, end)
    label = _NAME_LABEL.search(line.text, start, end)
    match = _NAME.search(line.text, start, label.start() if label else end)
    span = line.span(*match.span()) if match else None
    return span if span and span.text != span.text.lower() else None


def _value(span: Span | None, text: str | None = None) -> Value | None:
    if span is None:
        return None
    if text is not None:
        return Value(text, span.sheet, span.box, span.confidence)
    placed = zip(span.text.split(), span.words, strict=False)
    kept = [(_bare(word), sure) for word, sure in placed if _is_part(word)]
    sure = tuple(sure for _, sure in kept)
    name = tidy(" ".join(word for word, _ in kept))
    return Value(name, span.sheet, span.box, min(sure, default=0.0), sure) if name else None


_WORD = re.compile(r"[a-z]{3}")
_EDGES = " .,:;|_'‘’“”\"-—()"


def _bare(word: str) -> str:
    """A part of a name without strokes around it and without a label that was joined to it."""
    return word.rstrip(_EDGES).rpartition(":")[2].strip(_EDGES)


def _is_part(word: str) -> bool:
    """Whether a word is part of a name, not a stroke of a frame: one letter alone seldom is."""
    letters = [ch for ch in folded(word) if ch.isalpha()]
    return len(letters) > 1 or letters == ["y"]


def _filled(person: Person, line: Folded, lines: list[Folded]) -> Person:
    """The person with the birthday and number that the line gives, where they have none yet."""
    if person.born is None and (label := _BORN.search(line.text)):
        person = _with_birthday(person, line, label.end(), lines)
    if person.number is None and (label := _NUMBER_LABEL.search(line.text)):
        person = _with_number(person, line, label.end(), lines)
    return person


def _with_birthday(person: Person, line: Folded, at: int, lines: list[Folded]) -> Person:
    found = next(dates_in(line, at), None)
    if found is None and (under := below(line.line, lines)):
        found = next(dates_in(under), None)
    return replace(person, born=_value(found[1], found[0].isoformat())) if found else person


def _with_number(person: Person, line: Folded, at: int, lines: list[Folded]) -> Person:
    found = _number_in(line, at)
    # A label without a stroke heads a column of a table: what is below it is each row's own.
    if found is None and re.search(r"[:/]", line.text) and (under := below(line.line, lines)):
        found = _number_in(under, 0)
    if found is None:
        garbled = _GARBLED.match(line.text, at)
        span = line.span(*garbled.span(1)) if garbled else None
        spoiled = person.illegible or (_value(span, span.text) if span else None)
        return replace(person, illegible=spoiled)
    digits, span = _with_its_naught(found[0]), found[1]
    if is_identity_number(digits) or re.fullmatch(r"[A-Z]{1,2}\d{6,8}", digits):
        return replace(person, number=_value(span, digits))
    if person.illegible is not None:
        return person
    return replace(person, illegible=_value(span, digits if digits.isdigit() else span.text))


def _with_its_naught(digits: str) -> str:
    """A number whose first digit was misread: it is a naught in every one of twelve digits."""
    mended = f"0{digits[1:]}"
    return digits if is_identity_number(digits) or not is_identity_number(mended) else mended


def _number_in(line: Folded, at: int) -> tuple[str, Span] | None:
    """The number after a label, with letters that recognition takes for digits read as digits."""
    passport = re.compile(r"(?<!\w)[a-z]{1,2}\d{6,8}(?!\w)").search(line.text, at)
    match = passport or _DIGITISH.search(line.text, at, at + _LABELS_NEAR)
    if not match or sum(ch.isdigit() for ch in match[0]) < 5:
        return None
    plain = re.sub(r"[\s.\-]|[_x]+$", "", match[0])
    digits = plain.upper() if passport else plain.translate(str.maketrans("ol|", "011"))
    span = line.span(*match.span())
    return (digits, span) if span else None


def prints_number(sheets: Sequence[Sheet]) -> bool:
    """Whether the printed side of a card bears a number: most of its digits, misread or not. The
    machine's lines do not count, since a number that was covered still stands in them."""
    lines = [line.text for sheet in sheets for line in sheet.lines if "<<" not in line.text]
    return any(
        sum(ch.isdigit() for ch in match[0]) >= 8
        for text in lines
        for match in re.finditer(r"[\dOoIl|(]{2}[\dOoIl| ]{5,}[\dOoIl|]", text)
    )


def agree(one: Value, other: Value) -> Agreement:
    """Whether two readings can be one name: marks, order and a slip in a word aside."""
    return names_agree(one.text, other.text, one.words or (one.sure,), other.words or (other.sure,))


def born_on(value: Value) -> date | None:
    """The birthday as a day, if the reading is one."""
    try:
        return date.fromisoformat(value.text)
    except ValueError:
        return None
