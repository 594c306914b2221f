"""Outside: whether a question is about something that no stored procedure is about.

Three kinds of evidence, added up with fitted weights: what the search found (how near is the best
procedure, how near the lines of off_topic*.yaml), the words as a whole (knowledge/scope.py),
and words that name a thing outside (outside.yaml). None of them decides alone: 'karaoke' is also
said by who asks about fire safety, and then the search knows. Of what is within scope by that,
fitting.py says whether any procedure found is meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path

from assistant.steps.fitting import FITS, misfit
from assistant.steps.patterns import bare, patterns_in
from knowledge.scope import OUTSIDE, ScopeWords, load_scope
from knowledge.search import Found

FILE = "scope.json"
ABSENT = "absent_"
ABROAD = "abroad"
_CLEAR = 0.5  # a score of words; the least bar of all limits but distress
_ABROAD_ENOUGH = -2.5  # a margin; lower ones are those of procedures that send people abroad
_HERE, _STORED, _IMAGINARY = "here", "stored", "imaginary"


@dataclass(frozen=True)
class ScopeWeights:
    """How much each kind of evidence counts; a question is outside above 0."""

    words: float
    nearest: float
    other_topic: float
    other_topics: float
    neighbours: float
    share: float
    absent: float
    elsewhere: float
    abroad: float
    bias: float


@dataclass(frozen=True)
class Verdict:
    """How far outside (above 0) or inside a question is, the kinds that its words name, and how
    far from fitting (above 0) all procedures found are."""

    margin: float
    kinds: tuple[str, ...] = ()
    misfit: float = FITS

    @property
    def is_outside(self) -> bool:
        """Whether it is not to be answered. A place abroad is named beside words that are all those
        of a procedure here: 'thi bằng lái xe ở Osaka'; it counts for more than they do."""
        return self.margin > (_ABROAD_ENOUGH if ABROAD in self.kinds else 0)

    @property
    def fits_nothing(self) -> bool:
        """Whether no procedure is what it asks for, however near some are."""
        return self.misfit > 0

    @property
    def fits_hardly(self) -> bool:
        """Whether the procedures fit less than what is asked for by its name."""
        return self.misfit > FITS


class Outside:
    """Judges questions; thread-safe. `bars` say from which score on a kind of its own is told,
    `fit` weighs whether a procedure found is meant."""

    def __init__(
        self,
        words: ScopeWords,
        weights: ScopeWeights,
        bars: Mapping[str, float] | None = None,
        fit: Mapping[str, float] | None = None,
    ) -> None:
        # The step for limits, the one for scope and the parts of a message ask about one text.
        self._scores = lru_cache(maxsize=4096)(words.scores)
        self._weighing = astuple(weights)
        self._bars = bars or {}
        self.fit = fit or {}

    def limit(self, text: str) -> str | None:
        """The kind of `limits` that the words as a whole are of, the likeliest first."""
        scores = self._scores(text)
        above = {kind: scores[kind] - bar for kind, bar in self._bars.items()}
        kind = max(above, key=above.__getitem__, default=None)
        return kind if kind is not None and above[kind] > 0 else None

    def is_faint(self, text: str, kind: str) -> bool:
        """Whether the words are hardly rather those of a kind of `limits`: a cry for help is heard
        at a lower bar than the rest."""
        return self._scores(text)[kind] < _CLEAR

    def judge(self, text: str, found: Found) -> Verdict:
        """`found` is what the search found for `text`."""
        kinds = kinds_named(text)
        values = evidence(self._scores(text), found, kinds)
        *weights, bias = self._weighing
        margin = bias + sum(a * b for a, b in zip(weights, values, strict=True))
        return Verdict(round(margin, 4), kinds, misfit(self.fit, text, found, margin))


def evidence(scores: Mapping[str, float], found: Found, kinds: Iterable[str]) -> tuple[float, ...]:
    """The numbers that ScopeWeights weighs, in its order; `scores` are those of the words."""
    named = set(kinds)
    absent = any(kind.startswith(ABSENT) for kind in named)
    elsewhere = any(kind != ABROAD and not kind.startswith(ABSENT) for kind in named)
    return (
        scores[OUTSIDE],
        found.hits[0].similarity if found.hits else 0.0,
        found.off_topic_similarity,
        found.off_topic_mean,
        found.nearest_mean,
        found.off_topic_share,
        float(absent),
        float(elsewhere),
        float(ABROAD in named),
    )


def kinds_named(text: str) -> tuple[str, ...]:
    """The kinds of outside.yaml whose words stand in the text, in the order of the file."""
    plain = bare(text)
    named = [
        kind for kind, said in patterns_in("outside.yaml", plain).items() if said.search(plain)
    ]
    if _STORED in named:
        named = [kind for kind in named if kind in (_HERE, ABROAD, _IMAGINARY)]
    lifted = {_HERE, ABROAD} if _HERE in named else set()
    return tuple(kind for kind in named if kind not in lifted)


def load_outside(model: Path) -> Outside | None:
    """What is stored with a model; None for a model that nobody has fitted it for."""
    words, file = load_scope(model), model / FILE
    if words is None or not file.is_file():
        return None
    stored = json.loads(file.read_text(encoding="utf-8"))
    weights = ScopeWeights(**stored["weights"])
    return Outside(words, weights, stored.get("bars"), stored.get("fit"))
