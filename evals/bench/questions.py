"""Question sets to measure on: ours (kept apart from the phrasebook) and the shared files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

OWN = Path(__file__).parents[1] / "questions"
SHARED_SETS = ("author_written", "llm_or_author_written", "portal_faq", "llm_generated")
Ranker = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Asked:
    """A question and the code that answers it."""

    text: str
    code: str
    style: str = ""
    group: str = ""


@dataclass(frozen=True)
class HitRates:
    """Share of questions whose procedure is the first, among the first three, first five."""

    count: int
    first: float
    three: float
    five: float


def own_set(name: str) -> list[Asked]:
    """`dev` or `test`: written by another hand than the phrasebook's."""
    lines = (OWN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Asked(row["text"], row["code"], row["style"], row["group"])
        for row in map(json.loads, lines)
    ]


def declined_set(name: str) -> dict[str, list[str]]:
    """Questions that should not be answered, by kind: off_topic, unknown, nonsense."""
    lines = (OWN / f"declined_{name}.jsonl").read_text(encoding="utf-8").splitlines()
    texts: dict[str, list[str]] = {}
    for row in map(json.loads, lines):
        texts.setdefault(row["kind"], []).append(row["text"])
    return texts


def shared_set(directory: Path, name: str, known: set[str]) -> list[Asked]:
    """Questions of a shared file whose code is among `known`."""
    lines = (directory / "questions" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines)
    return [
        Asked(row["question"], row["procedure_code"])
        for row in rows
        if row["in_snapshot"] and row["procedure_code"] in known
    ]


def hit_rates(asked: Iterable[Asked], rank: Ranker) -> HitRates:
    """Ask every question; codes that `rank` returns are best first."""
    places = []
    for question in asked:
        codes = list(rank(question.text))
        places.append(codes.index(question.code) if question.code in codes else 99)
    count = len(places) or 1
    shares = [sum(place < limit for place in places) / count for limit in (1, 3, 5)]
    return HitRates(len(places), *shares)
