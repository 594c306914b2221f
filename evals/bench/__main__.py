"""python -m evals.bench --shared ../shared --output docs/benchmarks.md

Ingests the starter corpus and the snapshot into a fresh directory with the real command, then
measures finding, speed and load. What the long parts wrote (`make bench-growth` and its like, see
the Makefile) is put at the end, each with the day on which it was measured.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.bootstrap import Assistant, build_assistant
from assistant.models import Question
from evals.bench.baselines import exact_words, usual_recipe
from evals.bench.behaviour import BEHAVIOUR
from evals.bench.dossiers import DOSSIERS
from evals.bench.growth import GROWTH
from evals.bench.questions import (
    SHARED_SETS,
    Asked,
    HitRates,
    Ranker,
    hit_rates,
    own_set,
    shared_set,
)
from evals.bench.reading_gate import READING
from evals.bench.real_files import REAL
from evals.bench.report import Figure, conditions, figure_table, quality_table
from evals.bench.telegram import TELEGRAM
from evals.bench.timing import load, run_motcua, serving, time_each
from evals.bench.training_choices import TRAINING
from evals.bench.unphrased import UNPHRASED
from knowledge.embedding import load_embedder
from knowledge.phrasebook import read_phrasebook
from knowledge.procedure import Procedure
from knowledge.settings import BUNDLED_MODEL, KnowledgeSettings
from knowledge.text import folded

PARTS = (BEHAVIOUR, DOSSIERS, REAL, READING, TRAINING, UNPHRASED, GROWTH, TELEGRAM)
_FLOORS = {"author_written": 0.80, "llm_or_author_written": 0.65, "portal_faq": 0.93}


def main() -> int:
    """Measure and write; 1 when a target is missed, so that nobody overlooks it."""
    arguments = _arguments()
    snapshot = arguments.shared / "data"
    if not snapshot.is_dir():
        sys.stderr.write(f"No measuring data in {snapshot}; give --shared DIR.\n")
        return 2
    with tempfile.TemporaryDirectory() as name:
        data_dir = Path(name)
        figures = list(_ingest_figures(data_dir, snapshot / "portal"))
        assistant = build_assistant(KnowledgeSettings(data_dir=data_dir, _env_file=None))
        procedures = [found.procedure for found in assistant.catalog.current()]
        results = _quality(assistant, procedures, snapshot, data_dir)
        figures = [*_quality_figures(results), *figures]
        texts = [question.text for question in own_set("test")]
        figures += _speed_figures(assistant, data_dir, texts)
        assistant.close()
    sections = _sections(results, figures)
    for part in filter(Path.is_file, PARTS):
        sections += ["", part.read_text(encoding="utf-8").rstrip()]
    text = "\n".join(sections) + "\n"
    sys.stdout.write(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    return int(not all(figure.holds for figure in figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.bench", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--output", type=Path)
    return parser.parse_args()


def _ingest_figures(data_dir: Path, portal: Path) -> Iterator[Figure]:
    run_motcua(["ingest", "starter"], data_dir)
    seconds = run_motcua(["ingest", "snapshot", str(portal)], data_dir)
    yield Figure("ingest of the snapshot", round(seconds, 1), 90, "s")
    again = run_motcua(["ingest", "snapshot", str(portal)], data_dir)
    yield Figure("the same again, unchanged", round(again, 1), 8, "s")


def _quality(
    assistant: Assistant, procedures: Sequence[Procedure], snapshot: Path, data_dir: Path
) -> dict[str, dict[str, HitRates]]:
    embedder = load_embedder(str(BUNDLED_MODEL))
    rankers: dict[str, Ranker] = {
        "Một Cửa": lambda text: [hit.code for hit in assistant.search(text).hits],
        "exact words": exact_words(procedures),
        "usual recipe": usual_recipe(procedures, embedder, data_dir / "usual"),
    }
    known = {procedure.code for procedure in procedures}
    sets = {name: shared_set(snapshot, name, known) for name in SHARED_SETS}
    sets |= dict(_own_sets())
    return {
        name: {method: hit_rates(asked, rank) for method, rank in rankers.items()}
        for name, asked in sets.items()
    }


def _own_sets() -> Iterator[tuple[str, list[Asked]]]:
    """Our test half by group and by style; and everything without diacritics."""
    asked = own_set("test")
    for group in ("common", "tail"):
        yield f"own test, {group}", [q for q in asked if q.group == group]
    yield "own test, English", [q for q in asked if q.style == "english"]
    written = [q for q in asked if q.style != "english"]
    yield "own test, Vietnamese", written
    yield "the same, no diacritics", [Asked(folded(q.text), q.code) for q in written]


def _quality_figures(results: dict[str, dict[str, HitRates]]) -> Iterator[Figure]:
    for name, floor in _FLOORS.items():
        rate = results[name]["Một Cửa"].first
        yield Figure(f"hit@1, {name}", round(rate, 3), floor, "", at_most=False)


def _speed_figures(assistant: Assistant, data_dir: Path, texts: list[str]) -> list[Figure]:
    # Each question is new to the finder, which remembers what it found.
    search = time_each(lambda text: assistant.search(f"{text} "), texts)
    answer = time_each(lambda text: assistant.reply(Question(text=f"{text} ạ")), texts)
    cold = min(run_motcua(["ask", texts[i]], data_dir) for i in range(3))
    figures = [
        Figure("search p50", search.p50, 5, "ms"),
        Figure("search p95", search.p95, 15, "ms"),
        Figure("whole answer p50", answer.p50, 50, "ms"),
        Figure("whole answer p95", answer.p95, 50, "ms"),
        Figure("`motcua ask`, cold, best of 3", round(cold, 2), 2, "s"),
    ]
    with serving(data_dir) as server:
        fresh = load(server, _everyday(), askers=100, seconds=20)
        fresh_memory = server.memory()
    with serving(data_dir) as server:
        under_load = load(server, texts, askers=100, seconds=20)
        figures += [
            Figure("server ready after", round(server.ready_after, 2), 6, "s"),
            Figure("100 askers: answers a second", under_load.rate, 100, "/s", at_most=False),
            Figure("the same, no question asked twice", fresh.rate, 100, "/s", at_most=False),
            Figure("100 askers: p95", under_load.spread.p95, 1000, "ms"),
            Figure("100 askers: failures", under_load.failures, 0, ""),
            Figure("its processes' resident memory", round(server.memory()), 700, "MB"),
            Figure("the same, no question asked twice", round(fresh_memory), 700, "MB"),
        ]
    return figures


def _everyday() -> list[str]:
    """Every line of the phrasebook, far apart ones side by side: more than is asked."""
    lines = [line for found in read_phrasebook().questions.values() for line in found]
    return [line for start in range(97) for line in lines[start::97]]


def _sections(results: dict[str, dict[str, HitRates]], figures: list[Figure]) -> list[str]:
    return [
        "# Benchmarks",
        "",
        "Printed by `make bench`. " + conditions(),
        "Sections that name a command of their own were measured by it, on the day that they name.",
        "",
        "## Finding the procedure",
        "",
        "Over the full snapshot of 2,642 procedures. Baselines ran in the same run: BM25 over the",
        "full text, and LangChain's splitter with the same embedder and Chroma, top chunk.",
        "",
        *quality_table(results),
        "",
        "## Targets",
        "",
        *figure_table(figures),
    ]


if __name__ == "__main__":
    sys.exit(main())
