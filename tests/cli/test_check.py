"""`motcua check`: exit codes, JSON of the contract, questions, papers; nothing is kept."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import bots.cli.checking as checking
from assistant.errors import DossierError
from bots.cli.checking import Asked, run_check
from knowledge.catalog import Catalog, Origin
from knowledge.settings import KnowledgeSettings
from tests.dossiers import check, read
from tests.fakes import code, procedure
from tests.web.fakes import record

CODE = code(1)
KEYS = ["procedure", "case", "outcome", "requirements", "findings", "questions", "papers"]
Run = Callable[..., tuple[int, str]]


def catalogue(folder: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{folder / 'motcua.db'}")
    papers = [{"name": "Tờ khai", "originals": 1}, {"name": "Giấy chứng sinh", "copies": 2}]
    cases = [
        {"id": "chung", "name": "Mọi trường hợp", "requirements": papers},
        {"id": "rieng", "name": "Riêng", "requirements": [{"name": "Biên bản"}]},
    ]
    catalog.add([procedure(1, cases=cases), record()], Origin.CURATED)
    catalog.close()


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., tuple[Path, ...]]:
    def write(**named: str) -> tuple[Path, ...]:
        for name, words in named.items():
            (tmp_path / f"{name}.jpg").write_text(words, encoding="utf-8")
        return tuple(tmp_path / f"{name}.jpg" for name in named)

    return write


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a check with the stand-in reader and check; (exit code, everything said)."""
    catalogue(tmp_path)
    monkeypatch.setattr(checking, "check", check)
    monkeypatch.setattr(checking, "read_files", lambda f, limits, tell=None: read(f, limits, tell))

    def run_(*given: Path, **more: object) -> tuple[int, str]:
        asked = Asked(**{"procedure": CODE, "files": given, **more})  # type: ignore[arg-type]
        console = Console(file=io.StringIO(), width=160)
        status = run_check(KnowledgeSettings(data_dir=tmp_path), asked, console, console)
        said: str = console.file.getvalue()  # type: ignore[attr-defined]
        return status, capsys.readouterr().out + said

    return run_


def test_a_complete_dossier_ends_with_0_and_the_sentence_about_officers(
    run: Run, files: Callable[..., tuple[Path, ...]]
) -> None:
    status, said = run(*files(a="tờ khai", b="giấy chứng sinh"))

    assert status == 0
    assert "Có đủ giấy tờ trong danh mục" in said
    assert "do cán bộ có thẩm quyền quyết định" in said
    assert "a.jpg, trang 1" in said


def test_an_incomplete_dossier_ends_with_3_and_names_what_is_missing(
    run: Run, files: Callable[..., tuple[Path, ...]]
) -> None:
    status, said = run(*files(a="tờ khai", b="mờ quá"))

    assert status == 3
    assert "Thiếu" in said
    assert "Giấy chứng sinh" in said
    assert "Có đủ giấy tờ" not in said
    assert "Trang 1 của “b.jpg” bị nhòe" in said


def test_the_json_is_that_of_the_contract(run: Run, files: Callable[..., tuple[Path, ...]]) -> None:
    status, said = run(*files(a="tờ khai"), as_json=True)

    report: dict[str, Any] = json.loads(said)
    assert status == 3
    assert [key for key in report if key in KEYS] == KEYS
    assert report["outcome"] == "incomplete"
    first, second = report["requirements"]
    assert (first["id"], first["verdict"]) == ("cases[0].requirements[0]", "present")
    assert {"name", "reason", "evidence"} <= first.keys()
    assert first["evidence"][0] == {
        "file": "a.jpg",
        "page": 1,
        "box": [0.1, 0.1, 0.6, 0.15],
        "confidence": 1.0,
    }
    assert second["evidence"] == []


def test_answers_are_given_as_options(run: Run, files: Callable[..., tuple[Path, ...]]) -> None:
    _, before = run(*files(a="tờ khai"), as_json=True)
    _, after = run(*files(a="tờ khai"), as_json=True, answers=("who=self",))

    assert json.loads(before)["questions"][0]["id"] == "who"
    assert json.loads(after)["questions"] == []


def test_questions_are_asked_on_a_terminal(
    run: Run, files: Callable[..., tuple[Path, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_is_talking", lambda asked: True)
    monkeypatch.setattr("builtins.input", lambda *_: "2")

    _, said = run(*files(a="tờ khai"))

    assert "Bạn tự đi nộp hay nhờ người khác?" in said
    assert "? Bạn tự đi" not in said  # answered, so it is not left open


def test_papers_are_written_for_what_the_outcome_allows(
    run: Run,
    files: Callable[..., tuple[Path, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # no LibreOffice: Word files come all the same

    _, said = run(*files(a="tờ khai"), out=tmp_path / "o1", reject="Sai nơi")
    run(*files(a="tờ khai", b="giấy chứng sinh"), out=tmp_path / "o2")

    assert sorted(p.name for p in (tmp_path / "o1").iterdir()) == [
        "rejection.docx",
        "supplement.docx",
    ]
    assert [p.name for p in (tmp_path / "o2").iterdir()] == ["receipt.docx"]
    assert "libreoffice-writer-nogui" in said


def test_the_language_changes_the_words(run: Run, files: Callable[..., tuple[Path, ...]]) -> None:
    _, said = run(*files(a="tờ khai"), language="en")

    assert "Not complete yet" in said


def test_two_files_of_one_name_are_told_apart(run: Run, tmp_path: Path) -> None:
    for folder, words in (("x", "tờ khai"), ("y", "giấy chứng sinh")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.jpg").write_text(words, encoding="utf-8")

    _, said = run(tmp_path / "x" / "a.jpg", tmp_path / "y" / "a.jpg", as_json=True)

    places = [e["file"] for r in json.loads(said)["requirements"] for e in r["evidence"]]
    assert places == [str(tmp_path / "x" / "a.jpg"), str(tmp_path / "y" / "a.jpg")]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"procedure": "9.999999"}, "Không có thủ tục mã 9.999999"),
        ({"case": "khong_co"}, "chỉ có: chung, rieng"),
        ({"answers": ("who",)}, "--answer id=giá_trị"),
        ({"files": (Path("khong-co.jpg"),)}, "Không đọc được tệp khong-co.jpg"),
    ],
)
def test_a_mistake_is_one_sentence(
    run: Run, files: Callable[..., tuple[Path, ...]], more: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DossierError, match=r".") as error:
        run(*files(a="tờ khai"), **more)
    assert sentence in str(error.value)


def test_the_real_command_says_what_is_wrong_and_ends_with_1(tmp_path: Path) -> None:
    catalogue(tmp_path)
    command = [sys.executable, "-m", "bots.cli", "check", "--procedure", CODE, "khong-co.jpg"]

    done = subprocess.run(
        command,
        env={**os.environ, "MOTCUA_DATA_DIR": str(tmp_path)},
        capture_output=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert done.returncode == 1
    assert "khong-co.jpg" in done.stderr.decode()
    assert done.stdout == b""


def test_words_instead_of_a_code_ask_for_one(
    run: Run, files: Callable[..., tuple[Path, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Searching:
        def search(self, text: str, limit: int) -> Any:
            from knowledge.search import Found

            return Found(hits=())

        def close(self) -> None:
            pass

    monkeypatch.setattr(checking, "build_assistant", lambda settings: Searching())

    with pytest.raises(DossierError, match="Không tìm thấy"):
        run(*files(a="tờ khai"), procedure="khai sinh")


def test_overrides_are_written_as_lines(tmp_path: Path) -> None:
    from bots.cli.overriding import write_overrides

    catalogue(tmp_path)
    said = io.StringIO()

    write_overrides(KnowledgeSettings(data_dir=tmp_path), None, said)
    write_overrides(KnowledgeSettings(data_dir=tmp_path), tmp_path / "o" / "x.jsonl", said)

    assert said.getvalue() == ""
    assert (tmp_path / "o" / "x.jsonl").read_text(encoding="utf-8") == ""
