"""Faults planted in records and in code: each must be caught, and by its name.

The real assistant answers over some of the shipped procedures, ingested and indexed for the test;
suites and cases are the test's own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.facets import TELL, Telling
from assistant.models import Block, Facet
from evals.baseline_files import read_baseline
from evals.cases import read_cases
from evals.gate import Kind, Verdict, bless, judge
from evals.run import run_suites
from evals.runs import Run, read_run
from evals.stamping import Review, stamp_files
from evals.suites import read_suites
from evals.targets import open_target
from ingest.pipeline import ingest
from ingest.sources import source_named
from ingest.sources.starter import BUNDLED_PROCEDURES
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.finder import Finder
from knowledge.index import IndexStore
from knowledge.phrasebook import Phrasebook, read_phrasebook
from knowledge.search import Found
from knowledge.settings import BUNDLED_MODEL, KnowledgeSettings
from knowledge.text import words

FEE, PAPER = "2.000635", "1.000894"
ASKED = {
    FEE: "Cấp bản sao trích lục hộ tịch",
    PAPER: "Đăng ký kết hôn",
    "1.001193": "Đăng ký khai sinh",
    "1.000656": "Đăng ký khai tử",
    "1.004222": "Đăng ký thường trú",
    "1.004194": "Đăng ký tạm trú",
    "1.004873": "Cấp giấy xác nhận tình trạng hôn nhân",
    "1.001022": "Đăng ký nhận cha, mẹ, con",
    "1.014064": "Cấp lại thẻ căn cước",
    "1.012786": "Cấp lại giấy chứng nhận quyền sử dụng đất do bị mất",
    "2.000884": "Chứng thực chữ ký trong giấy tờ",
    "1.012566": "Xác nhận số chứng minh nhân dân 09 số",
}
SUITES: dict[str, dict[str, Any]] = {
    "answers": {
        "metrics": ["exact_fee", "papers_complete", "paper_recall", "sent_back"],
        "floors": {"papers_complete": 0.9},
    },
    "robustness": {
        "cases": ["names.jsonl"],
        "variants": ["plain", "no_diacritics"],
        "pass_when": "hit_at_1",
    },
    "latency": {
        "sample": 8,
        "pass_when": "right_procedure",
        "fresh": True,
        "warm_up": 2,
        "floors": {"latency": 200},
    },
}


@dataclass(frozen=True)
class Place:
    """Where a test's own suites, cases and baseline stand, and the corpus without faults."""

    root: Path

    @property
    def files(self) -> list[Path]:
        return [self.root / "cases" / "kites.jsonl"]

    def write(self, name: str, cases: list[dict[str, Any]]) -> None:
        lines = [json.dumps(case, ensure_ascii=False) + "\n" for case in cases]
        (self.root / "cases" / name).write_text("".join(lines), encoding="utf-8")

    def evaluate(self, data: Path, suites: Sequence[str], out: Path) -> tuple[Run, Verdict]:
        """A run of the suites over the corpus in `data`, and what the gate says to it."""
        chosen = read_suites(suites, self.root / "suites")
        settings = settings_of(data)
        with (
            closing(open_target("in_process", settings)) as target,
            closing(Catalog.open(settings.sql_url)) as catalog,
        ):
            run_suites(chosen, target, catalog, out, cases=self.root / "cases")
        run = read_run(out, sorted((self.root / "cases").glob("*.jsonl")))
        floors = {suite.name: suite.floors for suite in chosen}
        return run, judge(run, read_baseline(self.root / "baseline"), floors)


def settings_of(data: Path) -> KnowledgeSettings:
    return KnowledgeSettings(data_dir=data, _env_file=None)


def corpus(procedures: Path, data: Path, phrasebook: Phrasebook | None = None) -> None:
    """Ingest and index what `motcua ingest starter PATH` would."""
    data.mkdir(parents=True)
    settings = settings_of(data)
    with closing(Catalog.open(settings.sql_url)) as catalog:
        ingest(source_named("starter"), procedures, catalog, data, accept_suspicious=True)
        embedder = load_embedder(str(BUNDLED_MODEL))
        book = read_phrasebook() if phrasebook is None else phrasebook
        IndexStore(settings.index_dir).build(catalog, book, embedder)


def records(directory: Path) -> Path:
    """The shipped procedures that are asked about, as files one may plant a fault in."""
    directory.mkdir(parents=True)
    for code in ASKED:
        name = f"{code}.yaml"
        (directory / name).write_bytes((BUNDLED_PROCEDURES / name).read_bytes())
    return directory


def cases() -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []
    for code, name in ASKED.items():
        one = {"action": "answer", "codes": [code], "author": "t"}
        key = code.replace(".", "-")
        papers = {"id": f"papers-{key}", "turns": [f"{name} cần những giấy tờ gì?"]}
        fee = {"id": f"fee-{key}", "turns": [f"{name} lệ phí bao nhiêu?"]}
        written += [one | papers | {"facets": ["documents"]}, one | fee | {"facets": ["fee"]}]
    by_id = {case["id"]: case for case in written}
    by_id["fee-2-000635"] |= {"must": ["8.000"], "critical": True}
    by_id["papers-1-000894"] |= {"must": ["chứng minh nơi cư trú"], "critical": True}
    return written


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Suites, cases, a corpus without faults, and the blessed run over it."""
    root = tmp_path_factory.mktemp("faults")
    for name in ("suites", "cases"):
        (root / name).mkdir()
    for name, values in SUITES.items():
        labels = {"name": name, "vi": name, "en": name, "cases": ["kites.jsonl"]}
        text = yaml.safe_dump(labels | values, allow_unicode=True)
        (root / "suites" / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = Place(root)
    found.write("kites.jsonl", cases())
    corpus(records(root / "records"), root / "data")
    run, verdict = found.evaluate(root / "data", ["answers", "latency"], root / "run")
    assert verdict.findings == ()
    bless(run, root / "baseline")
    return found


def names(verdict: Verdict, *kinds: Kind) -> set[str]:
    return {found.name for found in verdict.findings if found.kind in kinds}


def detail(verdict: Verdict, kind: Kind, name: str) -> str:
    return next(f.detail for f in verdict.findings if (f.kind, f.name) == (kind, name))


def test_without_a_fault_nothing_is_caught(place: Place, tmp_path: Path) -> None:
    run, verdict = place.evaluate(place.root / "data", ["answers"], tmp_path / "run")

    assert verdict.findings == ()
    assert verdict.exit_code == 0
    assert sum(row.passed is True for row in run.rows) >= 0.9 * len(run.rows)


@pytest.fixture(scope="module")
def faulty(place: Place) -> Path:
    """A corpus whose records hold a wrong fee and lack a paper."""
    directory = records(place.root / "faulty-records")
    fee, paper = directory / f"{FEE}.yaml", directory / f"{PAPER}.yaml"
    fee.write_text(
        fee.read_text(encoding="utf-8").replace("amount: 8000", "amount: 9000"), encoding="utf-8"
    )
    record = yaml.safe_load(paper.read_text(encoding="utf-8"))
    for case in record["cases"]:
        kept = [r for r in case.get("requirements", []) if "nơi cư trú" not in r["name"]]
        case["requirements"] = kept
    paper.write_text(yaml.safe_dump(record, allow_unicode=True), encoding="utf-8")
    corpus(directory, place.root / "faulty-data")
    return place.root / "faulty-data"


def test_a_wrong_fee_and_a_dropped_paper_in_a_record_are_caught_by_the_name_of_their_case(
    place: Place, faulty: Path, tmp_path: Path
) -> None:
    _, verdict = place.evaluate(faulty, ["answers"], tmp_path / "run")

    assert verdict.exit_code == 1
    assert names(verdict, Kind.CRITICAL) == {"answers/fee-2-000635", "answers/papers-1-000894"}
    assert "8.000" in detail(verdict, Kind.CRITICAL, "answers/fee-2-000635")
    assert "nơi cư trú" in detail(verdict, Kind.CRITICAL, "answers/papers-1-000894")


def test_a_record_that_changed_behind_stamped_cases_is_caught_without_any_figure_in_them(
    place: Place, faulty: Path, tmp_path: Path
) -> None:
    before = place.files[0].read_text(encoding="utf-8")
    with closing(Catalog.open(settings_of(place.root / "data").sql_url)) as catalog:
        stamp_files(place.files, catalog, Review(date(2026, 11, 23)))

    try:
        assert all(case.source_hash for case in read_cases(place.files))
        _, verdict = place.evaluate(faulty, ["answers"], tmp_path / "run")
    finally:
        place.files[0].write_text(before, encoding="utf-8")

    about = {
        f"answers/{kind}-{code}" for kind in ("fee", "papers") for code in ("2-000635", "1-000894")
    }
    assert names(verdict, Kind.UNSCORED) == about
    assert "nguồn đã đổi" in detail(verdict, Kind.UNSCORED, "answers/fee-2-000635")


def test_an_assistant_that_forgets_a_paper_is_caught_by_the_metrics_of_papers(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = TELL[Facet.DOCUMENTS]

    def forgetful(telling: Telling) -> list[Block]:
        first, *rest = told(telling)
        return [first.model_copy(update={"lines": first.lines[:-1]}), *rest]

    monkeypatch.setitem(TELL, Facet.DOCUMENTS, forgetful)

    _, verdict = place.evaluate(place.root / "data", ["answers"], tmp_path / "run")

    assert "answers/papers_complete" in names(verdict, Kind.DROP)
    assert "answers/papers_complete" in names(verdict, Kind.FLOOR)
    assert "answers/exact_fee" not in names(verdict, Kind.DROP, Kind.FLOOR)


@pytest.mark.slow
def test_a_broken_diacritic_fold_is_caught_by_the_name_of_the_spelling(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Titles alone, without the phrasebook: its lines without marks would hide the fault."""
    place.write("names.jsonl", titles())
    corpus(BUNDLED_PROCEDURES, tmp_path / "data", Phrasebook({}))
    run, _ = place.evaluate(tmp_path / "data", ["robustness"], tmp_path / "run")
    bless(run, place.root / "baseline")
    for module in ("embedding", "keywords"):
        monkeypatch.setattr(f"knowledge.{module}.folded_words", words)
    corpus(BUNDLED_PROCEDURES, tmp_path / "broken", Phrasebook({}))

    _, verdict = place.evaluate(tmp_path / "broken", ["robustness"], tmp_path / "broken-run")

    assert "robustness/passed:no_diacritics" in names(verdict, Kind.DROP)
    assert "robustness/passed:plain" not in names(verdict, Kind.DROP)
    assert verdict.exit_code == 1


def titles() -> list[dict[str, Any]]:
    """A case for every shipped procedure: the beginning of its title."""
    found = []
    for file in sorted(BUNDLED_PROCEDURES.glob("*.yaml")):
        name = yaml.safe_load(file.read_bytes())["name"].removeprefix("Thủ tục ")
        found.append(
            {
                "id": f"title-{file.stem.replace('.', '-')}",
                "turns": [" ".join(name.split()[:8])],
                "action": "answer",
                "codes": [file.stem],
                "author": "t",
            }
        )
    return found


def test_a_slowed_search_is_caught_by_the_name_of_its_suite(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = Finder.find

    def slowed(self: Finder, *arguments: Any, **options: Any) -> Found:
        time.sleep(0.35)
        return find(self, *arguments, **options)

    monkeypatch.setattr(Finder, "find", slowed)

    _, verdict = place.evaluate(place.root / "data", ["latency"], tmp_path / "run")

    assert names(verdict, Kind.SLOW) == {"latency/latency"}
    assert "mức trần 200 ms" in detail(verdict, Kind.SLOW, "latency/latency")
    assert verdict.exit_code == 1


def test_the_same_code_gives_the_same_scores_byte_by_byte(place: Place, tmp_path: Path) -> None:
    for name in ("first", "second"):
        place.evaluate(place.root / "data", ["answers", "latency"], tmp_path / name)

    for file in ("results.jsonl", "summary.json", "config.json"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()
