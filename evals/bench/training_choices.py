"""python -m evals.bench.training_choices DATA_DIR: how else the model could have been trained.

Trains each variant on what DATA_DIR holds and measures it on the development split: without the
exact words of phrases, as search is, and with a second look at the best twenty. Weights are fitted
for every variant anew; a question is judged by weights fitted without it. What is finished is kept
in docs/training.json, so that a run which was cut goes on; `--again NAME` measures one anew. Takes
half an hour of one core.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.bench.offline import Corpus, generation_of
from evals.bench.questions import Asked
from evals.bench.report import conditions, table
from evals.bench.second_look import with_telling_words
from evals.bench.small_transformer import train_transformer
from evals.tune import NAMES, Examples, asked_of, examples_of, fit, values_of
from knowledge.catalog import Catalog
from knowledge.embedding import CARD, Embedder, load_embedder
from knowledge.pairs import Recipe
from knowledge.phrasebook import read_phrasebook
from knowledge.search import Weights
from knowledge.settings import BUNDLED_MODEL
from knowledge.text import folded
from knowledge.training import save_model, train

TRAINING = Path("docs/training.md")
_FOUND = Path("docs/training.json")
_PARTS = ("without_phrase_words", "fused", "second_look")
_FOLDS = 5
_STEPS = 600
_TRANSFORMER = "small transformer"
_BUNDLED = "as shipped"
VARIANTS = {
    "hard negatives (half of each batch)": Recipe(steps=_STEPS),
    "no hard negatives": Recipe(steps=_STEPS, twins=0.0),
    "weighted tokens": Recipe(steps=_STEPS, rarity=1.0),
    "longer training (twice)": Recipe(steps=2 * _STEPS),
    "longest training (five times)": Recipe(steps=5 * _STEPS),
}


@dataclass(frozen=True)
class Rates:
    """Shares of the development questions that are found first and among the first three."""

    first: float
    three: float
    folded: float


@dataclass(frozen=True)
class Choice:
    """One variant: how well it finds, and what it costs."""

    name: str
    without_phrase_words: Rates
    fused: Rates
    second_look: Rates
    encode_ms: float
    search_ms: float
    look_ms: float
    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True)
class _Trained:
    embedder: Embedder
    cpu_seconds: float
    megabytes: float


def main() -> int:
    """Train, measure and keep each variant, then write the table."""
    arguments = _arguments()
    choices = _kept()
    catalog = Catalog.open(f"sqlite:///{arguments.data_dir / 'motcua.db'}")
    procedures = [version.procedure for version in catalog.current()]
    catalog.close()
    corpus = Corpus.of(procedures, read_phrasebook())
    for name in arguments.only or (*VARIANTS, _TRANSFORMER, _BUNDLED):
        if name not in choices or name in arguments.again:
            choices[name] = measure(name, corpus)
            sys.stderr.write(f"{choices[name]}\n")
            _keep(choices)
        arguments.output.write_text(section(list(choices.values())), encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.bench.training_choices")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--again", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--only", nargs="*", metavar="NAME")
    parser.add_argument("--output", type=Path, default=TRAINING)
    return parser.parse_args()


def _kept() -> dict[str, Choice]:
    if not _FOUND.is_file():
        return {}
    return {row["name"]: choice_of(row) for row in json.loads(_FOUND.read_text(encoding="utf-8"))}


def choice_of(row: dict[str, object]) -> Choice:
    """A choice as it was kept."""
    rates = {part: Rates(**row[part]) for part in _PARTS}  # type: ignore[arg-type]
    return Choice(**{**row, **rates})  # type: ignore[arg-type]


def _keep(choices: dict[str, Choice]) -> None:
    text = json.dumps([asdict(choice) for choice in choices.values()], indent=1)
    _FOUND.write_text(text + "\n", encoding="utf-8")


def measure(name: str, corpus: Corpus) -> Choice:
    """Train one variant and ask it the development split."""
    with tempfile.TemporaryDirectory() as directory:
        trained = _train(name, corpus, Path(directory))
    generation = generation_of(corpus, trained.embedder)
    asked = asked_of(generation)
    started = time.perf_counter()
    examples = examples_of(asked, generation, trained.embedder)
    searched = time.perf_counter()
    closer = with_telling_words(asked, examples)
    looked = time.perf_counter()
    start = values_of(Weights())
    return Choice(
        name,
        rates_of(asked, examples, start * (np.array(NAMES) != "phrase_words")),
        rates_of(asked, examples, start),
        rates_of(asked, closer, np.concatenate([start, np.zeros(3)])),
        _encode_ms(trained.embedder, asked),
        round((searched - started) / len(asked) * 1000, 2),
        round((looked - searched) / len(asked) * 1000, 2),
        round(trained.cpu_seconds),
        round(trained.megabytes, 1),
    )


def _train(name: str, corpus: Corpus, directory: Path) -> _Trained:
    if name == _BUNDLED:
        card = json.loads((BUNDLED_MODEL / CARD).read_text(encoding="utf-8"))
        shipped = load_embedder(str(BUNDLED_MODEL))
        return _Trained(shipped, card["figures"]["seconds"], _megabytes(BUNDLED_MODEL))
    started = time.process_time()
    if name == _TRANSFORMER:
        seconds = _kept()[next(iter(VARIANTS))].cpu_seconds
        transformer = train_transformer(corpus.procedures, corpus.phrasebook, Recipe(), seconds)
        return _Trained(transformer, time.process_time() - started, transformer.megabytes)
    made = train(corpus.procedures, corpus.phrasebook, VARIANTS[name])
    spent = time.process_time() - started
    save_model(directory, made[0], made[1], VARIANTS[name], made[2])
    return _Trained(load_embedder(str(directory)), spent, _megabytes(directory))


def _megabytes(directory: Path) -> float:
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file()) / 2**20


def rates_of(asked: Sequence[Asked], examples: Examples, start: NDArray[np.float64]) -> Rates:
    """Judge each question by weights fitted on the other folds, beginning at `start`."""
    folds = np.array([zlib.crc32(folded(question.text).encode()) % _FOLDS for question in asked])
    places = np.full(len(asked), 99)
    for fold in range(_FOLDS):
        values = fit(examples.some(folds != fold), start)
        places[folds == fold] = _places(examples.some(folds == fold), values)
    return _rates(asked, places)


def _places(examples: Examples, values: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many candidates stand before the right one; 99 where it is none of them."""
    scores = examples.scores(values)
    right = scores[np.arange(len(scores)), examples.right]
    before = np.sum(scores > right[:, None], axis=1)
    found: NDArray[np.int64] = np.where(examples.right >= 0, before, 99)
    return found


def _rates(asked: Sequence[Asked], places: NDArray[np.int64]) -> Rates:
    """Development questions come with a style; what was made of them or of titles has none."""
    written = np.array([bool(question.style) for question in asked])
    plain = {folded(q.text) for q in asked if q.style and q.style != "english"}
    copies = np.array([not q.style and q.text in plain for q in asked])
    return Rates(
        round(float(np.mean(places[written] < 1)), 3),
        round(float(np.mean(places[written] < 3)), 3),
        round(float(np.mean(places[copies] < 1)), 3),
    )


def _encode_ms(embedder: Embedder, asked: Sequence[Asked]) -> float:
    started = time.perf_counter()
    for question in asked:
        embedder.embed_questions([question.text])
    return round((time.perf_counter() - started) / len(asked) * 1000, 3)


def section(choices: Sequence[Choice]) -> str:
    """What is put at the end of docs/benchmarks.md."""
    lines = [
        "## Choices of training",
        "",
        "Printed by `python -m evals.bench.training_choices DATA_DIR`. " + conditions(),
        "",
        "On the development split: hit@1 / hit@3, and hit@1 without diacritics. Scored three ways:",
        "without the exact words of phrases; as search does; and with a second look at the words",
        "that tell the best twenty from each other. Weights are fitted for each, and a question is",
        "judged by weights fitted without it. Vectors are scanned exactly here, so search takes",
        "longer than with Chroma. Training in seconds of one core; of the model as shipped, those",
        "of the clock on two cores, as its card has them.",
        "",
        *_rows(choices),
    ]
    return "\n".join(lines) + "\n"


def _rows(choices: Sequence[Choice]) -> list[str]:
    head = ["variant"]
    for part in ("no phrase words", "as searched", "second look"):
        head += [part, "no diacritics"]
    head += ["encode ms", "search ms", "second look ms", "training s", "MB"]
    rows = []
    for choice in choices:
        rates = []
        for found in (choice.without_phrase_words, choice.fused, choice.second_look):
            rates += [f"{found.first:.3f} / {found.three:.3f}", f"{found.folded:.3f}"]
        costs = [choice.encode_ms, choice.search_ms, choice.look_ms]
        costs += [choice.cpu_seconds, choice.megabytes]
        rows.append([choice.name, *rates, *(f"{cost:g}" for cost in costs)])
    return table(head, rows)


if __name__ == "__main__":
    sys.exit(main())
