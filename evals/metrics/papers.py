"""Papers: whether the answer tells those the record asks for, all of them, and how many of each.

A paper counts as told when its name stands in a line of its own, before the number of copies; a
name that only occurs in another paper's condition, or in the title, does not count. Prose without
such lines is read as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.models import Facet
from evals.grading import Graded
from evals.metrics.answered import record_of, truth
from evals.metrics.reading import Said, counts_in, lines_of, says, share_of
from evals.truth import ExpectedPaper, Truth
from knowledge.text import folded

_COUNT = (
    r"(?:\d+ ban (?:chinh|goc|sao|photo|chup)|\d+ (?:originals?|copies|copy)"
    r"|(?:originals?|copies): \d+)"
)
_COUNTED = re.compile(
    rf"[:,;(]?\s*(?:{_COUNT}(?:, {_COUNT})*"
    r"|nguon khong ghi so ban|the source gives no number of copies)"
)
_PAPER_LIKE = re.compile(
    r"(?:giay|to khai|don |van ban|ban sao|ban chinh|hop dong|ho chieu|the |so |anh |phieu|"
    r"quyet dinh|bien ban|chung |application|certificate|passport|form |copy)"
)
_NEARLY = 0.8  # share of a name's words that must stand in a line
_SHORTEST = 3  # words of a name that may be recognised by its words alone


@dataclass(frozen=True)
class _Place:
    """A line that may name papers; a name begins it, or stands before `limit`, its first count."""

    said: Said
    limit: int


@dataclass(frozen=True)
class _Spot:
    """Where a paper is told: its line, and what follows its name."""

    said: Said
    tail: str


@dataclass(frozen=True)
class Told:
    """Where each paper of the record is told; lines like papers that tell none are `unknown`."""

    spots: dict[int, _Spot]
    unknown: tuple[str, ...]


def _places(text: str) -> list[_Place]:
    """Lines that count copies, where there are any; else all lines but the title."""
    lines = lines_of(text)[1:] or lines_of(text)
    counted = [
        _Place(said, match.start())
        for said in lines
        if said.item and (match := _COUNTED.search(said.plain))
    ]
    return counted or [_Place(said, len(said.plain)) for said in lines]


@lru_cache(maxsize=512)
def told_papers(text: str, papers: tuple[ExpectedPaper, ...]) -> Told:
    """Match lines and papers: exact names first, the longest first; then by most of the words."""
    places = _places(text)
    left = [place.said.plain for place in places]
    found: dict[int, _Spot] = {}
    used: set[int] = set()
    order = sorted(range(len(papers)), key=lambda n: (-len(papers[n].names[0]), n))
    for number, matches in [(n, _exact) for n in order] + [(n, _nearly) for n in order]:
        spans = (matches(papers[number], left[i], place) for i, place in enumerate(places))
        spots = [(i, span) for i, span in enumerate(spans) if span]
        if number in found or not spots:
            continue
        strange = [_strange(papers, number, places[i].said) for i, _ in spots]
        i, (start, end) = spots[strange.index(min(strange))]
        found[number] = _Spot(places[i].said, left[i][end:] or left[i][places[i].limit :])
        left[i] = left[i][:start] + "|" * (end - start) + left[i][end:]
        used.add(i)
    unknown = (p.said.text for i, p in enumerate(places) if i not in used and _is_paper(p))
    return Told(found, tuple(unknown))


def _is_paper(place: _Place) -> bool:
    """Whether a line that matches no paper of the record claims to be one."""
    if place.limit < len(place.said.plain):
        return True
    return place.said.item and _PAPER_LIKE.match(place.said.plain) is not None


def _exact(paper: ExpectedPaper, line: str, place: _Place) -> tuple[int, int] | None:
    for name in paper.names:
        plain = folded(name)
        at = line.find(plain)
        if at == 0 or 0 < at < place.limit:
            return at, at + len(plain)
    return None


def _nearly(paper: ExpectedPaper, line: str, place: _Place) -> tuple[int, int] | None:
    name = paper.names[0]
    long_enough = len(name.split()) >= _SHORTEST and not line.startswith("|")
    return (0, len(line)) if long_enough and share_of(name, line) >= _NEARLY else None


def _strange(papers: tuple[ExpectedPaper, ...], number: int, said: Said) -> int:
    """0 where the heading is of the paper's own case, 2 where it is of another."""
    named = {name for name in {one.case_name for one in papers} if says(said.heading, name)}
    if papers[number].case_name in named:
        return 0
    return 2 if named else 1


def _told(graded: Graded) -> tuple[Truth, Told] | None:
    """None where papers were not asked for, the record has none, or no right answer was given."""
    version = record_of(graded)
    if version is None:
        return None
    expected = truth(graded)
    if Facet.DOCUMENTS not in expected.facets or not expected.papers:
        return None
    return expected, told_papers(graded.reply.text, expected.papers)


def missing_papers(graded: Graded) -> list[str]:
    """Names of papers that must be in the dossier and are not told; alternatives as one."""
    found = _told(graded)
    return list(_missing(*found)) if found else []


def _missing(expected: Truth, told: Told) -> Iterator[str]:
    known = {expected.papers[number] for number in told.spots}
    for unit in expected.units():
        if not known & set(unit):
            yield " / ".join(paper.names[0] for paper in unit)


def untold_papers(graded: Graded) -> list[str]:
    """Names of all papers of the case that are not told, conditional ones among them."""
    found = _told(graded)
    if found is None:
        return []
    expected, told = found
    return [
        paper.names[0]
        for number, paper in enumerate(expected.papers)
        if paper.case_id in expected.scope and number not in told.spots
    ]


def paper_recall(graded: Graded) -> float | None:
    """Share of the required papers that are told; one of several alternatives will do."""
    found = _told(graded)
    if found is None or not found[0].units():
        return None
    return 1 - len(list(_missing(*found))) / len(found[0].units())


def paper_precision(graded: Graded) -> float | None:
    """Share of the told papers that the case asks for, or that are told under their own case."""
    found = _told(graded)
    if found is None or not (found[1].spots or found[1].unknown):
        return None
    expected, told = found
    right = sum(_belongs(expected, number, spot) for number, spot in told.spots.items())
    return right / (len(told.spots) + len(told.unknown))


def _belongs(expected: Truth, number: int, spot: _Spot) -> bool:
    paper = expected.papers[number]
    return paper.case_id in expected.scope or says(spot.said.heading, paper.case_name)


def paper_f1(graded: Graded) -> float | None:
    """Harmonic mean of precision and recall."""
    precision, recall = paper_precision(graded), paper_recall(graded)
    if precision is None or recall is None:
        return 0.0 if recall == 0 else None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def papers_complete(graded: Graded) -> float | None:
    """Whether every paper of the case is told, alternatives and conditional ones too."""
    return None if _told(graded) is None else float(not untold_papers(graded))


def exact_counts(graded: Graded) -> float | None:
    """Whether originals, copies and certification are right for every told paper that has them."""
    found = _told(graded)
    if found is None:
        return None
    expected, told = found
    counted = [
        number
        for number in told.spots
        if expected.papers[number].case_id in expected.scope and _has_counts(expected, number)
    ]
    return float(not wrong_counts(graded)) if counted else None


def wrong_counts(graded: Graded) -> list[str]:
    """Names of told papers whose number of originals or copies differs from the record."""
    found = _told(graded)
    if found is None:
        return []
    expected, told = found
    return [
        expected.papers[number].names[0]
        for number in sorted(told.spots)
        if _has_counts(expected, number)
        and not _counts_agree(expected.papers[number], told.spots[number].tail)
    ]


def _has_counts(expected: Truth, number: int) -> bool:
    paper = expected.papers[number]
    return bool(paper.originals or paper.copies)


def _counts_agree(paper: ExpectedPaper, tail: str) -> bool:
    statement = _COUNTED.search(tail)
    said = counts_in(statement[0] if statement else tail)
    same = (paper.originals or 0, paper.copies or 0) == (said.originals or 0, said.copies or 0)
    return same and (counts_in(tail).certified or not paper.certified)


def wrong_case(graded: Graded) -> float | None:
    """Whether papers of another case are told as this case's; only where the case is given."""
    found = _told(graded) if graded.case.procedure_case else None
    if found is None:
        return None
    expected, told = found
    strangers = (not _belongs(expected, *item) for item in told.spots.items())
    own = [p for p in expected.units() if p[0].case_id == graded.case.procedure_case]
    known = {expected.papers[number] for number in told.spots}
    return float(any(strangers) or bool(own and not any(known & set(unit) for unit in own)))
