"""`motcua eval report | review | mark-bad | export | judge`, as registered on a command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from assistant.models import Answer, ProcedureRef, Status
from bots.cli.reviewing import register
from evals.cases import read_cases
from evals.errors import EvalError
from evals.review import read_key
from tests.evals.fake_runs import rows, write_run
from tests.fakes import code


@pytest.fixture(autouse=True)
def no_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "none"))
    monkeypatch.delenv("MOTCUA_JUDGE", raising=False)


def motcua_eval(*arguments: object, stdin: str | None = None) -> Result:
    app = typer.Typer()
    register(app)
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    return write_run(tmp_path / "ours", rows())


def test_report_writes_into_the_run(run_dir: Path) -> None:
    motcua_eval("report", run_dir, "--against", run_dir, "--earlier", run_dir)

    for name in ("report.html", "junit.xml", "report.md", "results.csv"):
        assert (run_dir / name).is_file()
    assert not (run_dir.parent / "none").exists()  # looking for records made no database


def test_verdicts_go_out_and_come_back(run_dir: Path, tmp_path: Path) -> None:
    motcua_eval("review", "export", run_dir, "--size", 3)
    key = read_key(run_dir / "review" / "key.json")
    given = {"sample": key.sample, "rater": "An", "at": "2026-11-23T03:00:00Z"}
    lines = [json.dumps({**given, "item": item.id, "verdict": "right"}) for item in key.items]
    (tmp_path / "an.jsonl").write_text("\n".join(lines))

    done = motcua_eval("review", "import", run_dir / "review", tmp_path / "an.jsonl")

    assert json.loads(done.stdout)["agreement"]["items"] == 3
    assert (run_dir / "review" / "findings.json").is_file()
    motcua_eval("report", run_dir)
    assert "Krippendorff" in (run_dir / "report.html").read_text("utf-8")


@pytest.mark.parametrize("form", ["ragas", "promptfoo"])
def test_export_writes_files(form: str, run_dir: Path) -> None:
    motcua_eval("export", form, run_dir)

    assert list((run_dir / "export").glob(f"{form}*"))


def test_an_unknown_form_is_told(run_dir: Path) -> None:
    with pytest.raises(EvalError, match="ragas, promptfoo"):
        motcua_eval("export", "excel", run_dir)


@pytest.mark.parametrize("from_stdin", [True, False])
def test_a_live_answer_is_marked_bad(tmp_path: Path, *, from_stdin: bool) -> None:
    ref = ProcedureRef(code=code(1), name="Thẻ thả diều", version=1, effective_from=None)
    answer = Answer(status=Status.ANSWERED, procedure=ref, text="Lệ phí: 99.000 đồng")
    file, cases = tmp_path / "answer.json", tmp_path / "live.jsonl"
    file.write_text(answer.model_dump_json())
    source = "-" if from_stdin else file
    words = ("--wrong", "99.000 đồng", "--harmful", "--by", "An", "--add-to", cases)

    for _ in range(2):
        motcua_eval("mark-bad", "Bao tiền?", source, *words, stdin=answer.model_dump_json())

    (case,) = read_cases([cases])
    assert (case.codes, case.must_not, case.critical) == ((code(1),), ("99.000 đồng",), True)


def test_a_judge_must_be_named(run_dir: Path) -> None:
    motcua_eval("review", "export", run_dir, "--size", 3)

    with pytest.raises(EvalError, match="MOTCUA_JUDGE"):
        motcua_eval("judge", run_dir / "review", run_dir)
