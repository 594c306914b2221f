"""Translate: a question in another script becomes Vietnamese, where there is a language model.

Only what is searched changes; the person's own words stay in the question, and the answer is
phrased in their language. Figures cannot be added on the way: see `rewrite_follow_up`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from assistant.models import Answer, Turn
from assistant.steps.understand import facets_of

Rewrite = Callable[[Sequence[str], str], str | None]


def translator(rewrite: Rewrite) -> Callable[[Turn], Answer | None]:
    """The step; never answers, and leaves the words alone where the model fails."""

    def translate(turn: Turn) -> Answer | None:
        if is_other_script(turn.text) and (whole := rewrite((), turn.text)):
            turn.because(f"mô hình ngôn ngữ dịch câu hỏi: {whole}")
            turn.text = whole
            turn.facets = facets_of(whole) or turn.facets
        return None

    return translate


def is_other_script(text: str) -> bool:
    """Whether most letters are none of the Latin alphabet."""
    letters = [letter for letter in text if letter.isalpha()]
    other = sum("LATIN" not in unicodedata.name(letter, "") for letter in letters)
    return other * 2 > len(letters)
