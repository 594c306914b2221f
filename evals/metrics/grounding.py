"""Grounding: does the record carry what the text says, sentence by sentence; do citations hold.

A sentence is grounded when every figure of it stands in the record with the same unit, and most
pairs of neighbouring words do, or belong to the fixed sentences that any answer may use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import yaml

import assistant.messages
from assistant.models import Citation
from evals.grading import Graded
from evals.metrics.answered import citations_of, record_of, records_of
from evals.metrics.reading import (
    Said,
    laws_in,
    lengths_in,
    lines_of,
    numbers_in,
    says,
    sums_in,
    tokens,
)
from evals.metrics.record import Known, known_at, known_of, known_of_all, texts_in
from knowledge.catalog import Version
from knowledge.papers import paper_names
from knowledge.reading import all_glosses

_ENOUGH = 0.6  # share of a sentence's word pairs that must be the record's or fixed
_SHORT = 3  # a sentence of fewer words claims nothing without a figure
_FEW = 4  # pairs
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-ỸĐ0-9“\"])")
_DAY = re.compile(r"\b\d{1,2}/\d{1,2}/\d{4}\b")
_SLOT = re.compile(r"\{[a-z]+\}")


def groundedness(graded: Graded) -> float | None:
    """Share of the sentences that the record carries."""
    versions = records_of(graded)
    if not versions:
        return None
    judged = _judged(graded.reply.text, versions)
    return 1 - len(judged.bad) / judged.claims if judged.claims else None


def ungrounded(graded: Graded) -> list[str]:
    """Sentences that the record does not carry."""
    versions = records_of(graded)
    return list(_judged(graded.reply.text, versions).bad) if versions else []


@dataclass(frozen=True)
class _Judged:
    """How many sentences claim something, and those the record does not carry."""

    claims: int
    bad: tuple[str, ...]


@lru_cache(maxsize=64)
def _judged(text: str, versions: tuple[Version, ...]) -> _Judged:
    known = known_of_all(versions)
    sentences = list(_claims(text))
    return _Judged(len(sentences), tuple(s for s in sentences if not _is_grounded(s, known)))


def _claims(text: str) -> Iterator[str]:
    """Sentences that say something of the procedure; explanations of words do not."""
    for line in lines_of(text):
        if line.text in _glosses():
            continue
        for sentence in _SENTENCE.split(line.text):
            if len(tokens(sentence)) >= _SHORT or numbers_in(sentence):
                yield sentence


def _is_grounded(sentence: str, known: Known) -> bool:
    figures = (
        all(found in known.sums for found in sums_in(sentence))
        and all(found in known.lengths for found in lengths_in(sentence))
        and laws_in(sentence) <= known.laws
        and numbers_in(sentence) <= known.numbers
        and set(_DAY.findall(sentence)) <= known.words
    )
    return figures and _worded(sentence, known)


def _worded(sentence: str, known: Known) -> bool:
    # Figures were held above; a few words beside one claim nothing more.
    pairs = [pair for pair in pairwise(tokens(sentence)) if all(map(str.isalpha, pair))]
    if len(pairs) < _FEW:
        return True
    carried = sum(pair in known.pairs or pair in _fixed_pairs() for pair in pairs)
    return carried / len(pairs) >= _ENOUGH


@cache
def _fixed_pairs() -> frozenset[tuple[str, str]]:
    """Word pairs of fixed sentences and of the names of papers, Vietnamese and English."""
    folder = Path(assistant.messages.__file__).parent
    texts = [
        text
        for file in sorted(folder.glob("*.yaml"))
        for text in texts_in(yaml.safe_load(file.read_text(encoding="utf-8")))
    ]
    texts += [name for language in ("vi", "en") for name in paper_names(language).values()]
    parts = (part for text in texts for part in _SLOT.split(text))
    return frozenset(pair for part in parts for pair in pairwise(tokens(part)))


@cache
def _glosses() -> frozenset[str]:
    return frozenset(f"{gloss.term}: {gloss.meaning}" for gloss in all_glosses())


def citation_precision(graded: Graded) -> float | None:
    """Share of the citations used in the text that quote the record truly and carry their line."""
    versions, citations = records_of(graded), citations_of(graded.reply)
    if not versions or citations is None:
        return None
    issued = {citation.n: citation for citation in citations}
    used = [(line, n) for line in lines_of(graded.reply.text) for n in line.citations]
    if not used:
        return None
    return sum(_holds(issued.get(n), versions) for _, n in used) / len(used)


def citation_problems(graded: Graded) -> list[str]:
    """Citations that do not hold, and lines whose figures their citations do not carry."""
    versions, citations = records_of(graded), citations_of(graded.reply)
    if not versions or citations is None:
        return []
    issued = {citation.n: citation for citation in citations}
    lines = [line for line in lines_of(graded.reply.text) if line.citations]
    false = sorted(
        {n for line in lines for n in line.citations if not _holds(issued.get(n), versions)}
    )
    bare = [
        f"trích dẫn không đỡ được: {line.text[:80]}" for line in lines if not _carried(line, issued)
    ]
    numbers = ", ".join(f"[{n}]" for n in false)
    return [f"trích dẫn không đúng bản ghi: {numbers}"] * bool(false) + bare


def _holds(citation: Citation | None, versions: tuple[Version, ...]) -> bool:
    """Whether a citation was issued, names a field of its record and says what stands there."""
    if citation is None:
        return False
    mine = [v for v in versions if citation.code in (v.code, "")]
    fields = (known_at(v, citation.field) if citation.field else known_of(v) for v in mine)
    return any(known is not None and _quotes(citation.quote, known) for known in fields)


def _quotes(quote: str, known: Known) -> bool:
    """Whether all numbers and words of a quote are the field's, units and labels aside."""
    numbers = numbers_in(quote) <= known.numbers | {found.amount for found in known.sums}
    strange = set(tokens(quote)) - known.words - _LABELS
    return numbers and not {word for word in strange if not word.replace(".", "").isdigit()}


_LABELS = frozenset(
    tokens(
        "bản chính bản sao nguồn không ghi miễn phí đồng vnd usd eur ngày làm việc giờ tháng năm "
        "có không đúng sai true false"
    )
)


def _carried(line: Said, issued: dict[int, Citation]) -> bool:
    """Whether the numbers of a line stand in what it cites."""
    quotes = " ; ".join(issued[n].quote for n in line.citations if n in issued)
    return numbers_in(line.text) <= numbers_in(quotes)


def supported_lines(graded: Graded) -> float | None:
    """Share of the lines with citations whose numbers all stand in the quotes."""
    version, citations = record_of(graded), citations_of(graded.reply)
    lines = [line for line in lines_of(graded.reply.text) if line.citations]
    if version is None or citations is None or not lines:
        return None
    issued = {citation.n: citation for citation in citations}
    return sum(_carried(line, issued) for line in lines) / len(lines)


def citation_recall(graded: Graded) -> float | None:
    """Share of the lines with a figure or an item of a list that cite a field."""
    if record_of(graded) is None or citations_of(graded.reply) is None:
        return None
    claims = [
        line
        for line in lines_of(graded.reply.text)[1:]
        if line.text not in _glosses() and (line.item or numbers_in(line.text))
    ]
    return sum(bool(line.citations) for line in claims) / len(claims) if claims else None


def forbidden_fact(graded: Graded) -> float | None:
    """Whether the text says something that the case forbids."""
    if not graded.case.must_not:
        return None
    return float(bool(forbidden_said(graded)))


def forbidden_said(graded: Graded) -> list[str]:
    """The forbidden texts that were said."""
    return [fact for fact in graded.case.must_not if says(graded.reply.text, fact)]


def facts_told(graded: Graded) -> float | None:
    """Share of the texts the case demands that were said."""
    if not graded.case.must:
        return None
    return 1 - len(unsaid(graded)) / len(graded.case.must)


def unsaid(graded: Graded) -> list[str]:
    """The demanded texts that were not said."""
    return [fact for fact in graded.case.must if not says(graded.reply.text, fact)]
