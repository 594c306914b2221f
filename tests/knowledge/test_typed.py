"""Keys left in a text become the marks they stand for; nothing else is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.phrasebook import all_lines, read_phrasebook
from knowledge.typed import typed_out

QUESTIONS = Path(__file__).parents[2] / "evals" / "questions"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ddawng kys thaays gif", "đăng ký thấy gì"),
        ("Xin giaays xác nhận", "Xin giấy xác nhận"),
        ("Xin gia6y1 xác nhận", "Xin giấy xác nhận"),
        ("ddi dduwowcj khoong", "đi được không"),
        ("đổi ở tinhr khác", "đổi ở tỉnh khác"),
        ("huyeenj hay quaajn", "huyện hay quận"),
        ("sổ luwu ở phường", "sổ lưu ở phường"),
        ("Dduwowngf nafo", "Đường nào"),
    ],
)
def test_keys_become_marks(text: str, meant: str) -> None:
    assert typed_out(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "bằng B2 hạng A1, mẫu CT01",
        "đi xe bus nộp tax online",
        "Is there an age limit for adopting?",
        "State parks and trees: handing over management",
        "xin visa cho bạn, đi taxi ra phường",
        "dang ky khai sinh cho con",
        "lan.thu@example.com, aaxj.com",
    ],
)
def test_words_of_other_kinds_stay(text: str) -> None:
    assert typed_out(text) == text


def test_no_line_of_the_phrasebook_and_no_spelled_question_is_taken_for_keys() -> None:
    lines = list(all_lines(read_phrasebook()))
    rows = (QUESTIONS / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    lines += [json.loads(row)["text"] for row in rows]

    assert [line for line in lines if typed_out(line) != line] == []
