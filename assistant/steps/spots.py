"""Spots: the sentences of a record that speak of what a question seeks, the best first."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.models import Spot
from assistant.steps.content import content_of
from assistant.steps.patterns import bare, patterns_in, patterns_of, says
from knowledge.figures import durations_in
from knowledge.procedure import Procedure
from knowledge.text import composed, folded_words, word_pairs

_FILE = "spots.yaml"
_PARTS = ("steps", "conditions", "notes")
_ENDS = (".", ";", ":", "!", "?")
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[^\d\s])|\n+|\s+(?=[-+•] )")
_SIGNED = re.compile(r"ngày \d{1,2}(?:/| tháng )\d{1,2}(?:/| năm )\d{4}", re.IGNORECASE)
_DAY = re.compile(
    r"\bngày (?:thứ )?\d{1,2}\b|"
    r"\btháng thứ \d+|\bngày cuối cùng|\b\d+ (?:\(\w[^)]*\) )?(?:phút|quý|tuần)\b",
    re.IGNORECASE,
)
_UNITS = {
    "ngay": r"\bngay\b",
    "hom": r"\bngay\b",
    "bua": r"\bngay\b",
    "gio": r"\bgio\b",
    "tieng": r"\bgio\b",
    "phut": r"\bphut\b",
    "tuan": r"\btuan\b|\bngay\b",
    "thang": r"\bthang\b",
    "nam": r"\bnam\b",
    "days": r"\bngay\b",
    "hours": r"\bgio\b",
    "months": r"\bthang\b",
    "years": r"\bnam\b",
}
_UNIT_ASKED = re.compile(
    r"\b(?:may|bao nhieu|bn|nhieu|many(?: working| business)?) (" + "|".join(_UNITS) + r")\b"
)
_OTHER_WORD = 1.5  # what another word for the same thing weighs
_DUTY = 0.5  # what a sentence that lays down a duty scores beside its words
_OF_THE_KIND = 1.25  # a sentence that tells the kind of time that is asked
_IN_THE_UNIT = 1.4  # one that counts in the unit that is asked, or names a day where one is
_NAME = 2.0  # at most, for words of the procedure's own name: every sentence may have them
_PAIR = 1.5  # two words side by side, against one
_AROUND = 0.3  # of what stands beside the sentence, in the same step
_NEAR_BEST = 0.6
_MOST = 4


@dataclass(frozen=True)
class Ranked:
    """A sentence with how well it speaks of what is sought, and how much of that is more than the
    procedure's own name."""

    spot: Spot
    score: float
    beyond: float


def spots_of(procedure: Procedure) -> Iterator[Spot]:
    """Every sentence of the steps, conditions and notes, with the fields it stands in."""
    for c, channel in enumerate(procedure.channels):
        if channel.note:
            yield from _sentences("channels", [(f"channels[{c}].note", channel.note)])
    for part in _PARTS:
        texts = enumerate(getattr(procedure, part))
        for joined in _joined([(f"{part}[{i}]", text) for i, text in texts]):
            yield from _sentences(part, joined)


def _joined(texts: Sequence[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Entries, with those put together again that a page broke in the middle of a sentence."""
    group: list[tuple[str, str]] = []
    for path, text in texts:
        broken = group and not group[-1][1].rstrip().endswith(_ENDS) and text[:1].islower()
        if group and not broken:
            yield group
            group = []
        group.append((path, text))
    yield from [group] if group else []


def _sentences(part: str, entries: Sequence[tuple[str, str]]) -> Iterator[Spot]:
    whole = composed(" ".join(text for _, text in entries))
    paths = tuple(path for path, _ in entries)
    for sentence in _SENTENCE.split(whole):
        if text := sentence.strip(" -+•"):
            one = next((path for path, entry in entries if text in composed(entry)), None)
            yield Spot(part, (one,) if one else paths, text, whole)


def tells_time(text: str) -> bool:
    """Whether a sentence names a length of time or a day; days on which laws were signed aside."""
    return bool(durations_in(_SIGNED.sub(" ", text)) or _names_day(text))


def _names_day(text: str) -> bool:
    return bool(_DAY.search(_SIGNED.sub(" ", text)))


def best_spots(asked: str, spots: Iterable[Spot], procedure: Procedure) -> list[Ranked]:
    """The sentences that speak most of what is asked, best first; few, and none far behind."""
    once = {spot.text: spot for spot in reversed(list(spots))}
    candidates = list(reversed(once.values()))
    sought = _Sought(asked, candidates, procedure)
    ranked = sorted(map(sought.rank, candidates), key=lambda one: -one.score)
    if not ranked or not ranked[0].score:
        return []
    bar = _NEAR_BEST * ranked[0].score
    return [one for one in ranked if one.score >= bar][:_MOST]


class _Sought:
    """What a question seeks; its words weigh the more, the rarer they are in the record."""

    def __init__(self, asked: str, spots: Sequence[Spot], procedure: Procedure) -> None:
        plain = bare(asked)
        self.terms = frozenset((*content_of(asked), *word_pairs(folded_words(asked))))
        self.name = _terms(" ".join((procedure.name, *procedure.aliases)))
        self.unit = _unit_asked(plain)
        self.seeks_day = says(_FILE, "day", plain)
        self.kinds = _written("time", plain)
        self.other = _written("word", plain)
        often = Counter(term for spot in spots for term in self.terms & _terms(spot.text))
        self.weights = {term: _weight(term, often[term], len(spots)) for term in often}

    def rank(self, spot: Spot) -> Ranked:
        """How well a sentence speaks of what is asked."""
        plain, here = bare(spot.text), self.terms & _terms(spot.text)
        around = (self.terms & _terms(spot.whole)) - here - self.name
        beyond = self._sum(here - self.name) + _OTHER_WORD * _count(self.other, plain)
        score = beyond + min(self._sum(here & self.name), _NAME) + _AROUND * self._sum(around)
        score += _DUTY * says(_FILE, "duty", plain)
        return Ranked(spot, score * self._fits(spot.text, plain), beyond)

    def _fits(self, text: str, plain: str) -> float:
        """How well the kind of time and its unit are those that are asked."""
        in_the_unit = int(bool(self.unit and self.unit.search(plain)))
        in_the_unit += self.seeks_day and _names_day(text)
        return float(_IN_THE_UNIT**in_the_unit * _OF_THE_KIND ** _count(self.kinds, plain))

    def _sum(self, terms: Iterable[str]) -> float:
        # Exactly, since a set has another order in every process.
        return math.fsum(self.weights.get(term, 0.0) for term in terms)


def _written(group: str, plain: str) -> list[re.Pattern[str]]:
    """How a record says what the question says, of one group of spots.yaml."""
    return [
        patterns_of(_FILE)[key.removesuffix("said") + "written"]
        for key, one in patterns_in(_FILE, plain).items()
        if key.startswith(f"{group}.") and key.endswith(".said") and one.search(plain)
    ]


def _count(patterns: Iterable[re.Pattern[str]], plain: str) -> int:
    return sum(bool(one.search(plain)) for one in patterns)


def _terms(text: str) -> frozenset[str]:
    tokens = folded_words(text)
    return frozenset((*tokens, *word_pairs(tokens)))


def _weight(term: str, often: int, of: int) -> float:
    return math.log(1 + of / often) * (_PAIR if "_" in term else 1.0)


def _unit_asked(plain: str) -> re.Pattern[str] | None:
    match = _UNIT_ASKED.search(plain)
    return re.compile(_UNITS[match[1]]) if match else None
