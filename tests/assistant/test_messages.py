"""Sentences exist in every language, with the same gaps to fill."""

from __future__ import annotations

import re
import string

import pytest

from assistant.errors import MissingMessage
from assistant.messages import LANGUAGES, messages_for


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_languages_have_the_same_sentences_with_the_same_gaps() -> None:
    first = messages_for(LANGUAGES[0]).sentences

    for language in LANGUAGES[1:]:
        other = messages_for(language).sentences
        assert other.keys() == first.keys()
        assert {k: gaps(v) for k, v in other.items()} == {k: gaps(v) for k, v in first.items()}


def test_no_fixed_sentence_holds_a_figure_but_the_emergency_numbers() -> None:
    for language in LANGUAGES:
        for key, sentence in messages_for(language).sentences.items():
            numbers = ["113", "114", "115", "111"] if key == "distress" else []
            assert re.findall(r"\d+", sentence) == numbers, key


def test_a_missing_sentence_is_named() -> None:
    with pytest.raises(MissingMessage, match=r"vi\.yaml has no nowhere"):
        messages_for("vi").say("nowhere")
