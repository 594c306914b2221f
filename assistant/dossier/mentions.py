"""Where a paper mentions a person's number or name, whatever label stands before it.

Labels are lost in boxes, columns and hands; the number of a card, all twelve digits of it, stands
on a form only when the form speaks of its holder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.dossier.agreement import NATIONAL, Agreement, names_agree
from assistant.dossier.name_ends import end_of_name
from assistant.dossier.people import Value, is_identity_number
from assistant.dossier.reading_text import Folded
from knowledge.text import folded

# Recognition joins a label and its number, or a number and the word after it: "số079085001234".
_RUN = re.compile(
    r"(?:(?<![a-z\d/])|(?<=\bso)|(?<=\bcccd)|(?<=\bcmnd))[\doil|]+(?:[ .\-]{0,2}[\doil|]+)*"
    r"(?:(?![a-z/])|(?=(?:bo|cuc|do|ngay|cap|noi)\b))"
)
_DIGITS = str.maketrans("oil|", "0111")
# Words with a capital that end a name for all that, as they are spelt: "Bà" does, "Bá" is a name.
_RELATIONS = frozenset(["bà", "có", "cha", "chồng", "con", "mẹ", "ông", "và", "vợ"])
_LABELS = re.compile(r"chuc (?:vu|danh)|nghe nghiep|dia chi|born\b|thuong tru")
_LONG = 9  # digits of the shortest identity number
_STRAY = 2  # digits that a frame's lines may add at the ends of a number


def runs_in(lines: Sequence[Folded]) -> Iterator[Value]:
    """Every run of nine digits or more; digits in boxes of their own are one run."""
    for line in lines:
        for match in _RUN.finditer(line.text):
            digits = re.sub(r"\D", "", match[0].translate(_DIGITS))
            span = line.span(*match.span())
            if span and len(digits) >= _LONG and sum(ch.isdigit() for ch in match[0]) >= _LONG - 2:
                yield Value(digits, span.sheet, span.box, span.confidence)


def number_on(lines: Sequence[Folded], number: str) -> Value | None:
    """Where the number stands, all its digits."""
    for run in runs_in(lines):
        if number in run.text and len(run.text) <= len(number) + _STRAY:
            return run
        if _is_but_for_its_first(run.text, number):
            return run
    return None


def _is_but_for_its_first(read: str, number: str) -> bool:
    """Whether all digits but the first are those of a national number: it is a naught in every
    one, which hands write like a 2 or a 9, and which frames swallow."""
    national = len(number) == NATIONAL and number[0] == "0"
    return national and len(read) in (NATIONAL - 1, NATIONAL) and read.endswith(number[1:])


def name_on(lines: Sequence[Folded], name: str) -> Value | None:
    """Where the whole name stands as a name of its own, not as the beginning of a longer one."""
    length = len(folded(name).split())
    for line in lines:
        words = [re.sub(r"[^a-z'\-]", "", word) for word in line.text.split(" ")]
        for at in range(len(words) - length + 1):
            if _is_name(line, words, at, name, length):
                start, end = line.starts[at], line.starts[at + length - 1] + 1
                if span := line.span(start, end):
                    return Value(span.text.strip(" .,:;"), span.sheet, span.box, span.confidence)
    return None


def _is_name(line: Folded, words: list[str], at: int, name: str, length: int) -> bool:
    part = words[at : at + length]
    if not all(part) or names_agree(" ".join(part), name) is not Agreement.SAME:
        return False
    before = line.line.words[at + length - 1].text
    after = line.line.words[at + length :]
    if not after or before.endswith((",", ";", ".", ")")):
        return True
    return not after[0].text[:1].isupper() or _begins_another(line, at + length)


def _begins_another(line: Folded, at: int) -> bool:
    """Whether the word at that place, a capital in front, is no further part of a name."""
    start, word = line.starts[at], line.line.words[at].text.strip(".,;:()").lower()
    labelled = _LABELS.match(line.text, start) or ":" in line.text[start : start + 24]
    return word in _RELATIONS or bool(labelled) or end_of_name(line, start) == start


def identity_runs(lines: Sequence[Folded]) -> Iterator[Value]:
    """Runs of digits that can be nothing but an identity number, or one that was misread."""
    for run in runs_in(lines):
        if len(run.text) in (11, 12, 13) or is_identity_number(run.text):
            yield run
