"""The command that shows what reading makes of a directory of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench.reading import main, row
from evals.bench.reading_gate import Result, gates, section
from evals.bench.reading_pages import wrong_letters
from ingest.reading.page import Flaw, Page, PageSource, Reading, Refusal, RefusalReason


def test_each_file_has_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "la.bin").write_bytes(b"\x00\x01")
    (tmp_path / "rong.pdf").write_bytes(b"")

    code = main([str(tmp_path)])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert len(lines) == 4
    assert "unknown_type" in lines[2]
    assert "empty" in lines[3]


def test_a_missing_directory_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["/no/such/place"]) == 2
    assert "Usage" in capsys.readouterr().err


def test_a_line_tells_pages_flaws_and_refusals() -> None:
    pages = (
        Page("a.pdf", 1, PageSource.OCR, confidence=0.9),
        Page("a.pdf", 2, PageSource.OCR, confidence=0.1, flaws=(Flaw.DARK,)),
    )
    refusal = Refusal("a.pdf", RefusalReason.TOO_MANY_PAGES, {"limit": "2", "found": "5"}, 3)

    line = row("a.pdf", Reading(pages, (refusal,)), 2.04, 3.5)

    assert line == (
        "| a.pdf | 2 | 2 ocr | 0.500 (least 0.100) | 1 dark |  "
        "| too_many_pages from page 3 (limit 2, found 5) | 2.0 | 3.5 |"
    )


def test_the_gate_lies_between_useless_and_usable_pages() -> None:
    found = [
        Result("good", 0.01, 0.95, ()),
        Result("fair", 0.04, 0.8, ()),
        Result("poor", 0.1, 0.7, ()),
        Result("bad", 0.6, 0.3, ()),
    ]

    assert gates(found) == (0.3, 0.8)
    text = "\n".join(section(found, 0.72))
    assert "4 drawn pages" in text
    assert "The gate in force, 0.72, parts them; 0 pages between" in text
    assert "| bad | 60.0% | 0.300 |  |" in text
    assert "does not part" in "\n".join(section(found, 0.2))


@pytest.mark.parametrize(
    ("found", "truth", "share"),
    [
        ("abc", "abc", 0),
        ("abd", "abc", 1 / 3),
        ("", "abc", 1),
        ("abcd", "abc", 1 / 3),
        ("bc", "abc", 1 / 3),
    ],
)
def test_wrong_letters_are_counted_as_edits(found: str, truth: str, share: float) -> None:
    assert wrong_letters(found, truth) == pytest.approx(share)
