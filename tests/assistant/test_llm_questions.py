"""Small questions to a model: an answer that can be used, or None."""

from __future__ import annotations

import pytest

from assistant.errors import LanguageModelError
from assistant.llm_guard import Deadline
from assistant.llm_prompts import Prompt
from assistant.llm_questions import pick, rewrite_follow_up

CANDIDATES = {"1.900001": "Cấp thẻ thả diều", "1.900002": "Cấp lại thẻ thả diều"}
HISTORY = ["làm thẻ thả diều cho con 5 tuổi cần gì"]


class Says:
    """Answers with one text, or fails."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt, deadline: Deadline | None = None) -> str:
        self.prompts.append(prompt)
        if self.text is None:
            raise LanguageModelError("asleep")
        return self.text


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("C2", "1.900002"),
        (" C1.\n", "1.900001"),
        ("The answer is C2", "1.900002"),
        ("NONE", None),
        ("C1 or C2", None),
        ("NONE, perhaps C1", None),
        ("C3", None),
        ("C0", None),
        ("1.900002", None),
        ("Cấp lại thẻ thả diều", None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_candidate_that_was_given_can_be_picked(said: str | None, code: str | None) -> None:
    assert pick(Says(said), "mất thẻ diều", CANDIDATES) == code


def test_a_model_is_shown_names_and_not_codes() -> None:
    model = Says("C1")

    pick(model, "thẻ diều", CANDIDATES)

    assert "C2: Cấp lại thẻ thả diều" in model.prompts[0].user
    assert "1.900002" not in model.prompts[0].user


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("Lệ phí làm thẻ thả diều là bao nhiêu?", "Lệ phí làm thẻ thả diều là bao nhiêu?"),
        (
            '  "Thẻ thả diều cho con 5 tuổi mất bao lâu?"\n',
            "Thẻ thả diều cho con 5 tuổi mất bao lâu?",
        ),
        ("Thẻ thả diều giá 90.000 đồng phải không?", None),
        ("Dạ vâng.\nLệ phí là gì?", None),
        ("Xem https://dieu.example", None),
        ("a" * 400, None),
        ("", None),
        (None, None),
    ],
)
def test_a_follow_up_becomes_a_whole_question_or_nothing(
    said: str | None, question: str | None
) -> None:
    assert rewrite_follow_up(Says(said), HISTORY, "thế lệ phí?") == question


def test_the_model_sees_what_was_said_before_and_not_without_end() -> None:
    model = Says("x?")

    rewrite_follow_up(model, [f"câu {letter}" for letter in "abcdefghij"], "thế lệ phí?")

    assert "câu j" in model.prompts[0].user
    assert "câu a" not in model.prompts[0].user
    assert model.prompts[0].user.endswith("thế lệ phí?")
