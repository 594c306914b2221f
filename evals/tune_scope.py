"""python -m evals.tune_scope DATA_DIR: fits what is outside of all procedures.

First linear models over words: the phrasebook's questions against the lines of off_topic.yaml, with
and without marks, and topics of `LIMITS` against everything else; the bar of such a limit is where
one of `_ALARMS` lines in scope, held out, would be taken for it. Then the weights by which the
first model's score, the search and the words of `assistant/steps/outside.yaml` are added up: on the
development sets, as written and misspelt, which the models have not seen. The bias is set so that a
share of `REFUSED` of those questions in scope is refused. Then, of what is left, when none of the
procedures found fits (evals/scope_fit.py). All steps descend from zero, so the same inputs give the
same file. Prints how many questions of each kind are declined, each judged by weights fitted
without it, beside the rule that went before. The cases of `evals/cases` take no part.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assistant.bootstrap import read_tuning
from assistant.models import Answer, Question, Turn
from assistant.steps.content import content_of
from assistant.steps.limits import limiter, limits
from assistant.steps.outside import (
    FILE,
    ScopeWeights,
    evidence,
    kinds_named,
    load_outside,
)
from assistant.steps.premise import searchable
from assistant.steps.resolve import Thresholds
from assistant.steps.understand import understand
from evals.bench.questions import OWN
from evals.least_loss import Numbers, logistic, unscaled
from evals.scope_fit import REFUSED_UNFIT, FitTable
from evals.scope_lines import lines_in_scope
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.finder import Finder
from knowledge.index import IndexStore
from knowledge.phrasebook import all_lines, read_phrasebook
from knowledge.reader import IndexReader
from knowledge.scope import BUCKETS, OUTSIDE, ScopeWords, buckets
from knowledge.search import Found
from knowledge.settings import BUNDLED_MODEL, KnowledgeSettings
from knowledge.slips import slipped, telex
from knowledge.text import folded

REFUSED = 0.04  # of questions in scope as written and misspelt
# One of so many lines in scope may be taken for a limit. Who is told where help is, and needs none,
# loses little; who needs it and is told of papers may lose all.
ALARMS = {"distress": 2000}
_ALARMS = 4000
LIMITS = {
    "distress": "distress",
    "unlawful": "unlawful_help",
    "injection": "instructions_to_the_bot",
    "personal": "personal_data_of_others",
    "status": "dossier_status_lookup",
}
_RARE = 5.0  # a line off topic counts as so many in scope: there are far fewer of them
_VERY_RARE = 20.0
_STIFF_WORDS = 1 / 30
_STIFF = 1.0
_MORE_THAN_NOTHING = 0.5
# The nearest of a few thousand lines decides a bar, and by chance none may be near: words that are
# not rather those of a limit are not taken for it, but for a cry for help.
_LEAST_BAR = {"distress": -9.0}
_RATHER = 0.5
_FOLDS = 10
_SEED, _SLIPS, _KEYED = 11, 3, 0.5
_OUTSIDE = ("out_of_scope", "not_found")
_NOT_JUDGED = {"nonsense", *LIMITS}
_OUTSIDE_COUNTS = 0.5
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Asked:
    """A question of a development set; `kind` is in_scope or why it is declined. One that is `held`
    out takes no part in fitting."""

    text: str
    kind: str
    as_written: bool = True
    held: bool = False


@dataclass(frozen=True)
class Judged:
    """What is known of the questions that reach the search: evidence, whether outside, and which
    fold leaves a question out, in all its spellings."""

    asked: list[Asked]
    texts: list[str]
    found: list[Found]
    rows: Numbers
    outside: Marks

    def marks(self, name: str) -> Marks:
        """Of each question `name`: whether it is spelt `as_written`, or `held` out."""
        return np.array([getattr(asked, name) for asked in self.asked])

    def folds(self) -> Iterator[tuple[Marks, Marks]]:
        """Of each fold the questions to fit on and those to judge."""
        number = np.cumsum(self.marks("as_written")) % _FOLDS
        for fold in range(_FOLDS):
            yield (number != fold) & ~self.marks("held"), number == fold


def main() -> int:
    """Fit and write; prints the shares declined."""
    parser = argparse.ArgumentParser(prog="python -m evals.tune_scope", description=__doc__)
    parser.add_argument("data_dir", type=Path, help="where the whole snapshot was ingested")
    parser.add_argument("--output", type=Path, default=BUNDLED_MODEL)
    arguments = parser.parse_args()
    words, bars = fitted_words(_lines(arguments.data_dir))
    words.save(arguments.output)
    judged = _judged(arguments.data_dir, words)
    fitting, written = ~judged.marks("held"), judged.marks("as_written")
    margins = _cross_judged(judged)
    table = FitTable(judged.texts, judged.found, margins, judged.outside)
    weights = _fitted(judged.rows[fitting], judged.outside[fitting])
    stored = {
        "weights": asdict(weights),
        "bars": bars,
        "fit": table.fitted(fitting, written),
        "made": f"{datetime.now(UTC):%Y-%m-%d}",
        "refused_in_scope": REFUSED,
        "refused_unfit": REFUSED_UNFIT,
        "questions": len(judged.asked),
    }
    file = arguments.output / FILE
    file.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    misfits = _cross_fitted(judged, table)
    for line in (*_report(judged, margins, misfits), *_limits_report()):
        sys.stdout.write(line + "\n")
    return 0


def _lines(data_dir: Path) -> list[str]:
    catalog = Catalog.open(KnowledgeSettings(data_dir=data_dir, _env_file=None).sql_url)
    lines = lines_in_scope(version.procedure for version in catalog.current())
    catalog.close()
    return lines


def fitted_words(others: Sequence[str]) -> tuple[ScopeWords, dict[str, float]]:
    """The linear models over words, and the bars of the limits; lines stand once as written and
    once without marks. `others` are in scope beside the phrasebook's questions."""
    phrasebook = read_phrasebook()
    inside = list(dict.fromkeys([*all_lines(phrasebook), *others]))
    inside = [*inside, *map(folded, inside[::3])]
    rows = _matrix(inside)
    topics = {topic: _matrix(_twice(lines)) for topic, lines in phrasebook.off_topic.items()}
    outside = _against(rows, sparse.vstack(list(topics.values())), _RARE)
    fitted, bars = {OUTSIDE: outside}, {}
    for kind, topic in LIMITS.items():
        others = sparse.vstack([m for name, m in topics.items() if name != topic])
        learned = sparse.vstack([rows[_held(rows, False)], others])
        weights, bias = fitted[kind] = _against(learned, topics[topic], _VERY_RARE)
        scores = rows[_held(rows, True)] @ weights + bias
        # Words that nobody knows say nothing: their score is the bias.
        highest = float(np.quantile(scores, 1 - 1 / ALARMS.get(kind, _ALARMS)))
        bar = max(highest, bias + _MORE_THAN_NOTHING, _LEAST_BAR.get(kind, _RATHER))
        bars[kind] = round(bar, 3)
    stacked = np.stack([weights for weights, _ in fitted.values()]).astype(np.float16)
    biases = np.array([bias for _, bias in fitted.values()])
    return ScopeWords(tuple(fitted), stacked, biases), bars


def _twice(lines: Sequence[str]) -> list[str]:
    return [*lines, *map(folded, lines)]


def _held(rows: sparse.csr_matrix, held: bool) -> NDArray[np.bool_]:
    """Every third line is held out."""
    third: NDArray[np.bool_] = np.arange(rows.shape[0]) % 3 == 0
    return third if held else ~third


def _against(
    inside: sparse.csr_matrix, outside: sparse.csr_matrix, weight: float
) -> tuple[Numbers, float]:
    rows = sparse.vstack([inside, outside]).tocsr()
    labels = np.zeros(rows.shape[0])
    labels[inside.shape[0] :] = 1
    return logistic(rows, labels, np.where(labels > 0, weight, 1.0), _STIFF_WORDS)


def _matrix(lines: Sequence[str]) -> sparse.csr_matrix:
    found = [buckets(line) for line in lines]
    rows = np.repeat(np.arange(len(lines)), [len(row) for row in found])
    columns = np.array([bucket for row in found for bucket in row])
    values = np.array([1 / len(row) ** 0.5 for row in found for _ in row])
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(lines), BUCKETS))


def _questions() -> Iterator[Asked]:
    """The development questions that are neither chat nor about facets alone."""
    for name in ("dev", "limits_dev", "declined_dev", "scope_dev", "fits_dev"):
        for row in _rows(name):
            kind = row.get("kind", "in_scope")
            if kind not in _NOT_JUDGED:
                yield Asked(row["text"], kind, held=row.get("held", False))
    for name in ("behaviour_dev", "choose_dev", "asking_dev"):
        for row in _rows(name):
            if len(row["turns"]) == 1 and row.get("decline") in (None, *_OUTSIDE):
                yield Asked(row["turns"][0], row.get("decline") or "in_scope")


def _spelled() -> Iterator[Asked]:
    """Each question as written, then by a hasty hand: what a misspelt word says is lost, and the
    rest must still be in scope. The slips are those of training, not those of the suites."""
    rng = random.Random(_SEED)
    for asked in _questions():
        yield asked
        hasty = asked.text
        for _ in range(_SLIPS):
            hasty = slipped(hasty, rng)
        keyed = [telex(word) if rng.random() < _KEYED else word for word in asked.text.split()]
        for text in (hasty, folded(hasty), " ".join(keyed)):
            yield Asked(text, asked.kind, as_written=False, held=asked.held)


def _rows(name: str) -> list[dict[str, Any]]:
    text = (OWN / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _judged(data_dir: Path, words: ScopeWords) -> Judged:
    catalog = Catalog.open(KnowledgeSettings(data_dir=data_dir, _env_file=None).sql_url)
    reader = IndexReader(IndexStore(data_dir / "index"), load_embedder(str(BUNDLED_MODEL)))
    finder = Finder(reader, catalog, read_tuning(BUNDLED_MODEL).weights)
    reaching = [(asked, text) for asked in _spelled() if (text := _left_by_limits(asked.text))]
    found = [finder.find(searchable(text)) for _, text in reaching]
    rows = [
        evidence(words.scores(text), hits, kinds_named(text))
        for (_, text), hits in zip(reaching, found, strict=True)
    ]
    reader.close()
    catalog.close()
    outside = np.array([asked.kind != "in_scope" for asked, _ in reaching])
    asked, texts = zip(*reaching, strict=True)
    return Judged(list(asked), list(texts), found, np.array(rows), outside)


def _left_by_limits(text: str) -> str | None:
    """What of a question reaches the search; None for what other steps answer."""
    turn = Turn(Question(text=text), datetime.now(UTC))
    understand(turn)
    answered = limits(turn)
    return turn.text if answered is None and content_of(turn.text) else None


def _fitted(rows: Numbers, outside: Marks) -> ScopeWeights:
    """Weights on the numbers as they are; the bias lets REFUSED of those in scope be refused."""
    counts = np.where(outside, _OUTSIDE_COUNTS, 1.0)
    weights, values = unscaled(rows, outside.astype(float), counts, _STIFF)
    bias = -float(np.quantile(values[~outside], 1 - REFUSED))
    return ScopeWeights(*(round(float(value), 3) for value in (*weights, bias)))


def _margins(rows: Numbers, weights: ScopeWeights) -> Numbers:
    *factors, bias = astuple(weights)
    return np.asarray(rows @ np.array(factors) + bias, dtype=np.float64)


def _cross_judged(judged: Judged) -> Numbers:
    """The margin of each question by weights that were fitted without it."""
    margins = np.zeros(len(judged.asked))
    for fitting, left in judged.folds():
        weights = _fitted(judged.rows[fitting], judged.outside[fitting])
        margins[left] = _margins(judged.rows[left], weights)
    return margins


def _cross_fitted(judged: Judged, table: FitTable) -> Numbers:
    """How far from fitting everything is to each question, in the same way."""
    misfits, written = np.zeros(len(judged.asked)), judged.marks("as_written")
    for fitting, left in judged.folds():
        misfits[left] = table.misfits(table.fitted(fitting, written))[left]
    return misfits


def _report(judged: Judged, margins: Numbers, misfits: Numbers) -> Iterator[str]:
    """Shares by kind of question: declined, by its topic alone, and by the rule before that."""
    shares: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    told = zip(judged.asked, judged.found, margins, misfits, strict=True)
    for asked, found, margin, misfit in told:
        outside, unfit = bool(margin > 0), bool(misfit > 0)
        shares[_group(asked)].append((outside or unfit, outside, _is_elsewhere(found)))
    yield f"{'kind':16} {'count':>5} {'declined':>9} {'by topic':>9} {'nearest topic rule':>19}"
    for group, rows in sorted(shares.items()):
        declined, topic, before = (float(np.mean(column)) for column in zip(*rows, strict=True))
        yield f"{group:16} {len(rows):5} {declined:9.3f} {topic:9.3f} {before:19.3f}"
    yield "* misspelt; - held out, and seen by no weight"


def _group(asked: Asked) -> str:
    return asked.kind + " -" * asked.held + " *" * (not asked.as_written)


@cache
def _thresholds() -> Thresholds:
    return read_tuning(BUNDLED_MODEL).thresholds


def _is_elsewhere(found: Found) -> bool:
    thresholds = _thresholds()
    best = found.hits[0].similarity if found.hits else 0.0
    elsewhere = found.off_topic_similarity > best + thresholds.off_topic_lead
    return elsewhere or best < thresholds.found


def _limits_report() -> Iterator[str]:
    """Limits of the development set by kind, told by patterns and words, then by patterns alone."""
    step = limiter(load_outside(BUNDLED_MODEL))
    told: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for row in _rows("limits_dev"):
        if (kind := row["kind"]) in LIMITS:
            told[kind].append((_is_told(row["text"], step), _is_told(row["text"], limits)))
    yield f"{'limit':12} {'count':>5} {'told':>9} {'patterns alone':>19}"
    for kind, pairs in told.items():
        now, before = (float(np.mean(column)) for column in zip(*pairs, strict=True))
        yield f"{kind:12} {len(pairs):5} {now:9.3f} {before:19.3f}"


def _is_told(text: str, step: Callable[[Turn], Answer | None]) -> bool:
    turn = Turn(Question(text=text), datetime.now(UTC))
    understand(turn)
    return step(turn) is not None


if __name__ == "__main__":
    sys.exit(main())
