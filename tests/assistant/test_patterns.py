"""Patterns: only those are read whose words stand in a text, and none that fits is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.steps import patterns
from assistant.steps.needed import needed_by, words_in
from assistant.steps.patterns import Lists, bare, patterns_in, patterns_of
from knowledge.phrasebook import all_lines, read_phrasebook
from knowledge.text import composed, folded

_OTHER_FORMS = {"content.yaml", "premise.yaml"}  # these hold more than lists of patterns
FILES = sorted({file.name for file in Path(patterns.__file__).parent.glob("*.yaml")} - _OTHER_FORMS)
EVERY = 40  # line of the phrasebook


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return sorted(all_lines(read_phrasebook()))[::EVERY]


@pytest.mark.parametrize("file", FILES)
def test_no_pattern_that_fits_is_left_unread(file: str, lines: list[str]) -> None:
    for text in lines:
        for written in (folded(text), bare(text), composed(text).lower()):
            fitting = {name for name, one in patterns_of(file).items() if one.search(written)}
            assert fitting <= patterns_in(file, written).keys(), written


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("ho so", [{"ho", "so"}]),
        ("le phi|chi phi", [{"le", "phi"}, {"chi", "phi"}]),
        ("giay to(?! nha)", [{"giay", "to"}]),
        ("nop (?:cac |nhung )?gi", [{"nop", "gi"}]),
        (r"dang(?: \w+){0,6} ruou", [{"dang", "ruou"}]),
        (r"(?:toi|em|ban){2,3}ruou", [set()]),
        ("fees?", [{"fee"}, {"fees"}]),
        (r"kidnap\w*", [{"kidnap"}, {"kidn…"}]),
        (r"the\w+", [set()]),
        (r" ?<\w+", [{"<"}]),
        (r"\d+ ngay", [{"ngay"}]),
        (r"(?:khong|ko)\b.*giay", [{"khong"}, {"ko"}]),
    ],
)
def test_a_pattern_needs_its_words(pattern: str, needed: list[set[str]]) -> None:
    assert needed_by(pattern) >= set(map(frozenset, needed))
    assert all(any(one <= words for one in needed) for words in needed_by(pattern))


def test_what_a_text_lacks_is_not_read() -> None:
    lists = Lists({"fee": ["le phi", "bao nhieu tien"], "time": [r"mat (?:\w+ )?bao lau"]})

    assert list(lists.within("nop le phi o dau")) == ["fee"]
    assert list(lists.within("mat chung bao lau, le phi the nao")) == ["fee", "time"]
    assert lists.within("mat the") == {}


def test_words_are_known_by_their_beginning() -> None:
    assert words_in("kidnapped!") == {"kidnapped", "kidn…", "!"}
