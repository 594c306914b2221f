"""Training words, the development split and the test split stay apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from knowledge.phrasebook import all_lines, read_phrasebook
from knowledge.text import folded_words

EVALS = Path(__file__).parents[1] / "evals"
ALL = ("questions/*.jsonl", "cases/*.jsonl")
_RUN = 10  # words in a row; shorter runs are names of papers and the language itself


def rows(*patterns: str) -> Iterator[dict[str, str]]:
    """One row a question; a conversation gives one row a turn."""
    for path in sorted(path for pattern in patterns for path in EVALS.glob(pattern)):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield from ({**row, "text": turn} for turn in row.get("turns") or [row["text"]])


def key(text: str) -> str:
    return " ".join(folded_words(text))


def runs(text: str) -> set[str]:
    words = folded_words(text)
    return {" ".join(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)}


def test_no_question_of_the_splits_stands_in_the_phrasebook() -> None:
    phrasebook = read_phrasebook()
    known = set(map(key, all_lines(phrasebook)))
    known |= {key(line) for lines in phrasebook.off_topic.values() for line in lines}

    assert [row["id"] for row in rows(*ALL) if key(row["text"]) in known] == []


def test_no_question_of_the_splits_borrows_a_long_run_of_the_phrasebooks_words() -> None:
    known = {run for line in all_lines(read_phrasebook()) for run in runs(line)}

    assert [row["id"] for row in rows(*ALL) if runs(row["text"]) & known] == []


def test_development_and_test_share_no_question() -> None:
    development = {key(row["text"]) for row in rows("questions/*dev.jsonl")} - {""}
    test = {key(row["text"]) for row in rows("questions/*test.jsonl", "cases/*.jsonl")} - {""}

    assert development & test == set()
    assert len(test) >= 500


def test_long_tail_codes_of_the_splits_differ() -> None:
    codes = {
        name: {row["code"] for row in rows(f"questions/{name}.jsonl") if row["group"] == "tail"}
        for name in ("dev", "test")
    }

    assert codes["dev"] & codes["test"] == set()
