"""Two small questions to a language model; whatever goes wrong, the answer is None and the caller
goes on without."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from assistant.errors import LanguageModelError
from assistant.llm_guard import Deadline
from assistant.llm_prompts import Prompt, prompt_text
from knowledge.figures import numbers_in
from knowledge.text import tidy

log = logging.getLogger(__name__)

_LONGEST = 300  # characters of a rewritten question
_TURNS = 6
_MOST_CANDIDATES = 20
_TOKEN = re.compile(r"\bC(\d{1,2})\b")
_NOT_A_QUESTION = re.compile(r"https?://|[<>{}\[\]|`]")


class Completer(Protocol):
    """The part of `assistant.llm.LanguageModel` that answers a small question."""

    def complete(self, prompt: Prompt, deadline: Deadline | None = None) -> str: ...


def rewrite_follow_up(model: Completer, history: Sequence[str], text: str) -> str | None:
    """`text` as a whole question in Vietnamese; `history` is what the person said before, oldest
    first. None when the model fails, says more than a question, or adds a number."""
    recent = [*history[-_TURNS:], text]
    said = "\n".join(f"{number}. {message[:500]}" for number, message in enumerate(recent, 1))
    answer = _asked(model, "rewrite", f"CONVERSATION\n{said}\n\nLAST MESSAGE\n{text[:1000]}")
    if answer is None:
        return None
    question = tidy(answer.strip().strip('"“”'))
    if not question or len(question) > _LONGEST or "\n" in answer.strip():
        return None
    if _NOT_A_QUESTION.search(question) or numbers_in(question) - numbers_in("\n".join(recent)):
        return None
    return question


def pick(model: Completer, question: str, candidates: Mapping[str, str]) -> str | None:
    """The code of the one candidate (code -> name) that is meant; None when the model fails,
    names none, or names several."""
    codes = list(candidates)[:_MOST_CANDIDATES]
    listed = "\n".join(f"C{n}: {candidates[code]}" for n, code in enumerate(codes, 1))
    answer = _asked(model, "pick", f"QUESTION\n{question[:1000]}\n\nCANDIDATES\n{listed}")
    named = {int(number) for number in _TOKEN.findall(answer or "")}
    if len(named) != 1 or "NONE" in (answer or "").upper():
        return None
    number = named.pop()
    return codes[number - 1] if 1 <= number <= len(codes) else None


def _asked(model: Completer, prompt: str, user: str) -> str | None:
    try:
        return model.complete(Prompt(prompt_text(prompt), user))
    except LanguageModelError as error:
        log.warning("%s: %s", prompt, error)
        return None
