"""`motcua eval`, from its arguments to its words and exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from bots.cli import main
from evals.grading import Row
from knowledge.catalog import Catalog, Origin
from tests.fakes import code, procedure


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Done]


@pytest.fixture
def motcua_eval(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The whole command, errors and exit codes with it, without a start of Python each time."""

    def run(*arguments: str | Path, data_dir: Path) -> Done:
        monkeypatch.setenv("MOTCUA_DATA_DIR", str(data_dir))
        monkeypatch.setattr("sys.argv", ["motcua", "eval", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Done(int(ended.value.code or 0), told.out, told.err)

    return run


def row(number: int, passed: bool | None = True, **values: Any) -> Row:
    defaults: dict[str, Any] = {"scores": {}, "cluster": code(number), "text": f"đáp {passed}"}
    return Row("answers", f"ans-x{number}", passed, **{**defaults, **values})


def stored(directory: Path, *rows: Row) -> Path:
    directory.mkdir()
    lines = [json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in rows]
    (directory / "results.jsonl").write_text("".join(lines), encoding="utf-8")
    (directory / "config.json").write_text('{"seed": 7}', encoding="utf-8")
    (directory / "summary.json").write_text('{"suites": {}}', encoding="utf-8")
    return directory


def case_line(number: int, **values: Any) -> str:
    case = {
        "id": f"ans-x{number}",
        "turns": ["thả diều cần giấy gì"],
        "action": "answer",
        "codes": [code(1)],
        "author": "t",
        **values,
    }
    return json.dumps(case, ensure_ascii=False) + "\n"


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A data directory with one invented procedure."""
    directory = tmp_path / "data"
    directory.mkdir()
    catalog = Catalog.open(f"sqlite:///{directory / 'motcua.db'}")
    catalog.add([procedure(1)], Origin.CURATED)
    catalog.close()
    return directory


def test_help_is_in_vietnamese_and_names_every_command(
    motcua_eval: Command, tmp_path: Path
) -> None:
    text = motcua_eval("--help", data_dir=tmp_path).stdout

    assert "Chấm câu trả lời" in text
    for name in ("all", "run", "compare", "gate", "bless", "schema", "check", "stamp"):
        assert f" {name} " in text


def test_schema_describes_every_field_of_a_case(motcua_eval: Command, tmp_path: Path) -> None:
    found = json.loads(motcua_eval("schema", data_dir=tmp_path).stdout)

    assert {"id", "turns", "action", "codes", "must", "critical"} <= set(found["properties"])


def test_compare_puts_the_flips_first_with_both_answers(
    motcua_eval: Command, tmp_path: Path
) -> None:
    before = stored(tmp_path / "a", row(0), row(1), row(2, False))
    after = stored(tmp_path / "b", row(0, False, reasons=("exact_fee",)), row(1), row(2))

    done = motcua_eval("compare", before, after, data_dir=tmp_path)

    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[1] == "1 tốt lên, 1 xấu đi, p = 1: chưa phải bằng chứng"
    assert lines[2] == "− answers/ans-x0"
    assert {"vì: exact_fee", "trước: đáp True", "nay: đáp False"} <= set(lines)


def test_compare_refuses_different_cases_with_exit_code_2(
    motcua_eval: Command, tmp_path: Path
) -> None:
    before, after = stored(tmp_path / "a", row(0), row(1)), stored(tmp_path / "b", row(0))

    refused = motcua_eval("compare", before, after, data_dir=tmp_path)
    allowed = motcua_eval("compare", before, after, "--common", data_dir=tmp_path)

    assert refused.returncode == 2
    assert "answers/ans-x1" in refused.stderr
    assert allowed.returncode == 0
    assert "Chỉ có ở lần trước: 1 câu" in allowed.stdout


def test_a_directory_without_a_run_is_one_sentence_and_exit_code_2(
    motcua_eval: Command, tmp_path: Path
) -> None:
    done = motcua_eval("gate", tmp_path / "nothing", data_dir=tmp_path)

    assert done.returncode == 2
    assert "results.jsonl" in done.stderr.replace("\n", "")
    assert "Traceback" not in done.stderr


def test_bless_then_gate_then_a_broken_critical_case(motcua_eval: Command, tmp_path: Path) -> None:
    rows = [row(i) for i in range(30)]
    baseline = tmp_path / "baseline"
    first = stored(tmp_path / "a", *rows, row(30, critical=True))
    broken = stored(tmp_path / "b", *rows, row(30, False, critical=True, reasons=("exact_fee",)))
    failed = stored(tmp_path / "c", *rows, row(30, None, critical=True, error="hết giờ"))

    (tmp_path / "suites").mkdir()
    suite = "name: answers\nvi: Diều\nen: Kites\ncases: [kites.jsonl]\nfloors: {passed: 0.98}\n"
    (tmp_path / "suites" / "answers.yaml").write_text(suite, encoding="utf-8")

    def at(command: str, run: Path, *options: str | Path) -> Done:
        return motcua_eval(command, run, "--baseline", baseline, *options, data_dir=tmp_path)

    suites = ("--suites", tmp_path / "suites")
    blessed, good = at("bless", first), at("gate", first, *suites)
    worse, error = at("gate", broken, *suites), at("gate", failed, *suites)
    refused = at("bless", failed)

    assert (blessed.returncode, good.returncode) == (0, 0)

    assert worse.returncode == 1
    assert "TRỌNG YẾU answers/ans-x30: trước đạt, nay không: exact_fee" in worse.stdout
    assert "NGƯỠNG answers/passed: 0,968, mức sàn là 0,98 (31 câu)" in worse.stdout
    assert error.returncode == 2
    assert "LỖI answers/ans-x30" in error.stdout
    assert refused.returncode == 2
    assert "Không lấy lần chạy này làm chuẩn" in refused.stderr


def test_check_names_every_bad_line(motcua_eval: Command, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(case_line(1) + case_line(2, action="sing") + "no json\n", encoding="utf-8")

    done = motcua_eval("check", "--file", file, data_dir=tmp_path)

    assert done.returncode == 2
    assert "cases.jsonl:2: action" in done.stderr
    assert "cases.jsonl:3" in done.stderr


def test_a_stamp_is_missed_when_the_record_changes_until_somebody_looks(
    motcua_eval: Command, tmp_path: Path, catalogue: Path
) -> None:
    file = tmp_path / "cases.jsonl"
    untouched = case_line(3, action="decline", decline="unsafe", codes=[]).replace(": ", " :  ")
    file.write_text(case_line(1) + untouched, encoding="utf-8")
    cases = ("--file", file)

    stamped = motcua_eval("stamp", *cases, data_dir=catalogue)
    quiet = motcua_eval("check", *cases, data_dir=catalogue)
    catalog = Catalog.open(f"sqlite:///{catalogue / 'motcua.db'}")
    catalog.add([procedure(1, summary="Đã đổi.")], Origin.CURATED)
    catalog.close()
    noticed = motcua_eval("check", *cases, data_dir=catalogue)
    again = motcua_eval("stamp", *cases, data_dir=catalogue)
    still = motcua_eval("check", *cases, data_dir=catalogue)
    named = motcua_eval("stamp", "ans-x1", "--by", "Nguyễn Thử", *cases, data_dir=catalogue)
    settled = motcua_eval("check", *cases, data_dir=catalogue)

    assert "Đã đóng dấu 1 câu" in stamped.stdout
    assert (quiet.returncode, noticed.returncode) == (0, 1)
    assert f"cần xem lại: ans-x1 ({code(1)})" in noticed.stdout
    assert "Đã đóng dấu 0 câu" in again.stdout
    assert (still.returncode, named.returncode, settled.returncode) == (1, 0, 0)
    first, second = file.read_text(encoding="utf-8").splitlines(keepends=True)
    assert json.loads(first)["reviewed_by"] == "Nguyễn Thử"
    assert second == untouched


def test_stamping_an_unknown_case_is_refused(
    motcua_eval: Command, tmp_path: Path, catalogue: Path
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(case_line(1), encoding="utf-8")

    done = motcua_eval("stamp", "ans-none", "--file", file, data_dir=catalogue)

    assert done.returncode == 2
    assert "ans-none" in done.stderr
    assert file.read_text(encoding="utf-8") == case_line(1)


def test_a_first_run_needs_nothing_ingested_and_leaves_the_data_directory_alone(
    motcua_eval: Command, tmp_path: Path
) -> None:
    for name in ("suites", "cases"):
        (tmp_path / name).mkdir()
    suite = "name: kites\nvi: Diều\nen: Kites\ncases: [kites.jsonl]\nmetrics: [exact_fee]\n"
    (tmp_path / "suites" / "kites.yaml").write_text(suite, encoding="utf-8")
    asked = {"turns": ["đăng ký kết hôn cần giấy tờ gì"], "codes": ["1.000894"]}
    case = case_line(1, **asked, facets=["documents"])
    (tmp_path / "cases" / "kites.jsonl").write_text(case, encoding="utf-8")
    own = ("--suites", tmp_path / "suites", "--cases", tmp_path / "cases")

    done = motcua_eval("all", "--out", tmp_path / "run", *own, data_dir=tmp_path / "mine")
    again = motcua_eval("run", "kites", "--out", tmp_path / "run", *own, data_dir=tmp_path / "mine")
    unknown = motcua_eval("run", "none", "--out", tmp_path / "x", *own, data_dir=tmp_path / "mine")

    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["overall"]["scored"] == 1
    assert "nạp bộ thủ tục khởi đầu" in done.stderr.replace("\n", " ")
    assert "nạp bộ thủ tục khởi đầu" not in again.stderr.replace("\n", " ")
    assert again.returncode == 0
    assert (tmp_path / "run" / "report.html").is_file()
    assert not (tmp_path / "mine").exists()
    assert unknown.returncode == 2
    assert "kites" in unknown.stderr
