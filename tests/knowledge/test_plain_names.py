"""Plain names: short, telling, and without a figure that the title lacks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from knowledge.errors import InvalidPhrasebook
from knowledge.figures import numbers_in
from knowledge.phrasebook import read_phrasebook
from knowledge.plain_names import bundled_names, read_names
from knowledge.text import folded

MOST = 90  # characters


def test_names_are_short_and_told_apart() -> None:
    names = bundled_names()
    assert all(len(text) <= MOST for name in names.values() for text in name)
    for spoken in zip(*names.values(), strict=True):
        repeated = [text for text, count in Counter(map(folded, spoken)).items() if count > 1]
        assert repeated == []


def test_both_languages_say_the_same_numbers() -> None:
    for code, (vietnamese, english) in bundled_names().items():
        assert numbers_in(english) <= numbers_in(vietnamese), code


def test_the_english_name_is_searched_like_a_question(tmp_path: Path) -> None:
    (tmp_path / "names.tsv").write_text("1.000001\tThả diều\tKite licence\n", encoding="utf-8")
    book = read_phrasebook(tmp_path)
    assert book.questions_of("1.000001") == ("Kite licence",)
    assert book.without({"1.000001"}).questions_of("1.000001") == ()


@pytest.mark.parametrize("line", ["1.000001\tThả diều", "1.000001\t\tKite", "một dòng"])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "names.tsv"
    path.write_text(f"# tên\n{line}\n", encoding="utf-8")
    with pytest.raises(InvalidPhrasebook, match=r"names\.tsv, dòng 2"):
        read_names(path)
