"""Human review: a blind page to rate answers on, the verdicts that come back, and agreement.

`write_review` makes two files: `review.html`, which raters get, and `key.json`, which stays with
the evaluator, since it alone tells which system said what and what the checks thought of it.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.agreement import agreement_of, confusion
from evals.cases import Case
from evals.errors import EvalError
from evals.grading import Row
from evals.pages import page
from evals.reference import reference
from evals.runs import Run, tagged
from knowledge.catalog import Version

PAGE, KEY = "review.html", "key.json"
VERDICTS, FINDINGS = "verdicts.jsonl", "findings.json"


class Verdict(StrEnum):
    """What a rater thinks of an answer, best first; harmful sends a citizen the wrong way."""

    RIGHT = "right"
    PARTIAL = "partial"
    WRONG = "wrong"
    HARMFUL = "harmful"


ORDER = tuple(Verdict)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(_Model):
    """One answer of the sample: whose it is, and whether the checks let it pass.

    `base` is the case as it is stored, of which `case` may be a spelling.
    """

    id: str
    system: str
    suite: str
    case: str
    base: str
    passed: bool
    turns: tuple[str, ...]
    text: str


class Key(_Model):
    """Which item is what; `sample` names the page that the items are on."""

    sample: str
    seed: int
    items: tuple[Item, ...]


class Rating(_Model):
    """One rater's verdict; `wrong_words` stand in the answer, `missing` ought to."""

    sample: str
    item: str
    rater: str = Field(min_length=1, max_length=60)
    verdict: Verdict
    wrong_words: str = Field(default="", max_length=2000)
    missing: str = Field(default="", max_length=2000)
    comment: str = Field(default="", max_length=4000)
    at: datetime


@dataclass(frozen=True)
class Review:
    """The sample with every rating it got; one a rater and item."""

    key: Key
    ratings: tuple[Rating, ...]

    def by_item(self) -> dict[str, dict[str, Rating]]:
        """Ratings by item and rater; items that nobody rated are left out."""
        found: dict[str, dict[str, Rating]] = {}
        for rating in self.ratings:
            found.setdefault(rating.item, {})[rating.rater] = rating
        return found

    def verdicts(self) -> dict[str, Verdict]:
        """What most raters said of each item; of equal halves the worse, as harm weighs more."""
        return {
            item: _majority([rating.verdict for rating in ratings.values()])
            for item, ratings in self.by_item().items()
        }


def _majority(verdicts: Sequence[Verdict]) -> Verdict:
    counted = Counter(verdicts)
    return max(counted, key=lambda verdict: (counted[verdict], ORDER.index(verdict)))


def sample(runs: Sequence[Run], size: int, seed: int) -> Key:
    """`size` cases, in turn from each suite, with the answer of every run; shuffled by `seed`.

    The same runs, size and seed give the same sample. Only scored rows with an answer take part.
    Raises EvalError when runs share a name or nothing can be rated.
    """
    names = [run.name for run in runs]
    if len(set(names)) < len(names):
        raise EvalError(f"Two runs share a name ({', '.join(names)}). Rename a directory.")
    chosen = set(_chosen([row for run in runs for row in _ratable(run)], size, seed))
    items = [
        _item(run, row, seed)
        for run in runs
        for row in _ratable(run)
        if (row.suite, row.case) in chosen
    ]
    if not items:
        raise EvalError(f"No answer of {', '.join(names)} can be rated: no scored row has a text.")
    random.Random(seed).shuffle(items)
    return Key(sample=_digest(*(item.id for item in items)), seed=seed, items=tuple(items))


def _ratable(run: Run) -> list[Row]:
    return [row for row in run.rows if row.text and row.passed is not None and not row.error]


def _chosen(rows: Iterable[Row], size: int, seed: int) -> list[tuple[str, str]]:
    """Ranked by a digest, so that a new case moves no other case in or out by chance alone."""
    suites: dict[str, list[tuple[str, str]]] = {}
    for pair in sorted(
        {(row.suite, row.case) for row in rows}, key=lambda pair: _digest(str(seed), *pair)
    ):
        suites.setdefault(pair[0], []).append(pair)
    in_turn = zip_longest(*(suites[name] for name in sorted(suites)))
    return [pair for group in in_turn for pair in group if pair][:size]


def _item(run: Run, row: Row, seed: int) -> Item:
    case = run.case_of(row)
    return Item(
        id=_digest(str(seed), run.name, row.suite, row.case, row.text),
        system=run.name,
        suite=row.suite,
        case=row.case,
        base=row.case if row.case in run.cases else tagged(row, "base:") or row.case,
        passed=bool(row.passed),
        turns=case.turns if case else (row.case,),
        text=row.text,
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def write_review(
    key: Key, cases: Mapping[str, Case], versions: Mapping[str, Version], directory: Path
) -> list[Path]:
    """Write the raters' page and the evaluator's key into `directory`; returns their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    shown = [
        {"id": item.id, "turns": item.turns, "text": item.text, **_help(item, cases, versions)}
        for item in key.items
    ]
    html, stored = directory / PAGE, directory / KEY
    html.write_text(page("review", data={"sample": key.sample, "items": shown}), encoding="utf-8")
    stored.write_text(key.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return [html, stored]


def _help(item: Item, cases: Mapping[str, Case], versions: Mapping[str, Version]) -> dict[str, Any]:
    case = cases.get(item.base)
    if case is None:
        return {"reference": "", "sources": []}
    return {"reference": reference(case, versions), "sources": sources_of(case, versions)}


def sources_of(case: Case, versions: Mapping[str, Version]) -> list[str]:
    """Addresses of the pages that the accepted procedures were read from; web addresses only."""
    sources = [versions[code].procedure.source for code in case.codes if code in versions]
    return [s.url for s in sources if s and s.url.startswith(("https://", "http://"))]


def read_key(path: Path) -> Key:
    """The key that `write_review` stored; raises EvalError when there is none."""
    try:
        return Key.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise EvalError(
            f"{path} is not there. It was written beside the raters' page by "
            "`motcua eval review export`."
        ) from error
    except ValidationError as error:
        raise EvalError(f"{path} is not the key of a review: {error}") from error


def read_review(key: Key, files: Iterable[Path]) -> Review:
    """The ratings in the raters' files; of two by one rater about one item the later counts.

    Raises EvalError naming every line that is not a rating of this sample.
    """
    known = {item.id for item in key.items}
    latest: dict[tuple[str, str], Rating] = {}
    problems: list[str] = []
    for path in files:
        for number, line in _lines(path):
            try:
                rating = _rating(line, key.sample, known)
            except ValueError as error:
                problems.append(f"{path.name}:{number}: {_first(error)}")
                continue
            before = latest.get((rating.item, rating.rater))
            if before is None or before.at.timestamp() <= rating.at.timestamp():
                latest[rating.item, rating.rater] = rating
    if problems:
        raise EvalError("\n".join(problems))
    order = {item.id: place for place, item in enumerate(key.items)}
    ordered = sorted(latest.values(), key=lambda rating: (order[rating.item], rating.rater))
    return Review(key, tuple(ordered))


def store_review(review: Review, directory: Path) -> list[Path]:
    """Write what was imported and what it shows beside the key; returns the paths.

    A run's report shows the findings when `directory` is the run's own `review`.
    """
    kept = directory / VERDICTS
    kept.write_text(
        "".join(rating.model_dump_json() + "\n" for rating in review.ratings), encoding="utf-8"
    )
    told = directory / FINDINGS
    text = json.dumps(findings(review), ensure_ascii=False, indent=2)
    told.write_text(text + "\n", encoding="utf-8")
    return [kept, told]


def stored_review(key: Key, directory: Path) -> Review | None:
    """What `store_review` kept; None before anything was imported."""
    kept = directory / VERDICTS
    return read_review(key, [kept]) if kept.is_file() else None


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise EvalError(f"{path} is not there. Give the file a rater saved.") from error
    return [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]


def _rating(line: str, sample_id: str, known: set[str]) -> Rating:
    rating = Rating.model_validate_json(line)
    if rating.sample != sample_id:
        raise ValueError(f"belongs to sample {rating.sample}, this is {sample_id}")
    if rating.item not in known:
        raise ValueError(f"rates {rating.item}, which is not in the sample")
    return rating.model_copy(update={"rater": rating.rater.strip()})


def _first(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        found = error.errors()[0]
        return f"{'.'.join(map(str, found['loc'])) or 'line'}: {found['msg']}"
    return str(error)


def findings(review: Review) -> dict[str, Any]:
    """Agreement of the raters, verdicts by system, and people against the checks; plain values."""
    by_item = review.by_item()
    ratings = {
        item: {rater: rating.verdict for rater, rating in by_rater.items()}
        for item, by_rater in by_item.items()
    }
    items = {item.id: item for item in review.key.items}
    verdicts = review.verdicts()
    return {
        "sample": review.key.sample,
        "agreement": asdict(agreement_of(ratings, ORDER)),
        "verdicts": confusion((items[i].system, verdict) for i, verdict in verdicts.items()),
        "checks": confusion(
            ("passed" if items[i].passed else "failed", verdict) for i, verdict in verdicts.items()
        ),
    }
