"""Phrase: the composed lines reworded by a language model, each sentence checked before it is said.

A sentence that says more, or an answer that says less, is repaired once; then the record's own
words serve. Verify checks the outcome like any other draft.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from typing import Protocol

from assistant.errors import LanguageModelError
from assistant.llm_guard import Deadline
from assistant.llm_prompts import Prompt, prompt_text
from assistant.models import Answer, Line, Status, Turn
from assistant.rewording import Wording, sentences_in, tokens_in, wording_of
from knowledge.procedure import Fee, value_at

log = logging.getLogger(__name__)

_LANGUAGES = {"vi": "Vietnamese", "en": "English", None: "the language of the QUESTION"}
_LONGEST_QUESTION = 500


class Writer(Protocol):
    """The part of `assistant.llm.LanguageModel` that phrasing uses."""

    def deadline(self) -> Deadline: ...

    def stream(self, prompt: Prompt, deadline: Deadline | None = None) -> Iterator[str]: ...


class Phrase:
    """The step; thread-safe."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def __call__(self, turn: Turn) -> Answer | None:
        """Reword the draft, or leave it as it is; never answers."""
        for _ in self.sentences(turn):
            pass
        return None

    def sentences(self, turn: Turn) -> Iterator[Line]:
        """Each sentence once it is checked. When they end, `turn.draft` is the reworded answer, or
        the record's own where they did not come to a whole one."""
        wording = _wording(turn)
        if wording is None:
            return
        said: list[Line] = []
        try:
            deadline = self._writer.deadline()
            prompt = Prompt(_system(turn), _user(wording, turn))
            problems = yield from _round(wording, self._writer.stream(prompt, deadline), said)
            if problems:
                settled = _settled(said, problems)
                # What was wrong is said anew: a second try beside the first would hide it.
                said = [line for line in said if settled >= set(line.citations)]
                repair = Prompt(prompt.system, prompt.user + _repair(said, problems))
                pieces = self._writer.stream(repair, deadline)
                problems = yield from _round(wording, pieces, said, settled)
        except LanguageModelError as error:
            log.warning("not reworded: %s", error)
            return
        if problems:
            log.warning("not reworded: %s", "; ".join(problems)[:500])
            return
        turn.draft = wording.reworded(said)


def _round(
    wording: Wording,
    pieces: Iterator[str],
    said: list[Line],
    settled: frozenset[int] = frozenset(),
) -> Generator[Line, None, list[str]]:
    """Sentences go to `said` until one may not be said; what is wrong then, or missing at the end.

    Sentences on what is `settled` come a second time and are passed over.
    """
    for line in sentences_in(pieces):
        if line.citations and settled >= set(line.citations):
            continue
        if problems := list(wording.problems_of(line)):
            return [f"“{line.text}”: {problem}" for problem in problems]
        said.append(line)
        yield line
    return list(wording.missing(said))


def _settled(said: list[Line], problems: list[str]) -> frozenset[int]:
    """Passages of which enough has been said."""
    return frozenset(n for line in said for n in line.citations) - tokens_in("\n".join(problems))


def _repair(said: list[Line], problems: list[str]) -> str:
    accepted = [f"{line.text} {''.join(f'[S{n}]' for n in line.citations)}" for line in said]
    return "\n\n" + prompt_text(
        "repair", accepted="\n".join(accepted) or "(none)", problems="\n".join(problems)
    )


def _wording(turn: Turn) -> Wording | None:
    draft = turn.draft
    if draft is None or draft.status is not Status.ANSWERED:
        return None
    return wording_of(draft, _disputed(draft, turn))


def _disputed(draft: Answer, turn: Turn) -> frozenset[int]:
    """Citations of fees that the source contradicts itself about: every word of theirs counts."""
    procedures = {version.code: version.procedure for version in turn.versions}
    found = set()
    for citation in draft.citations:
        value = value_at(procedures[citation.code], citation.field)
        if isinstance(value, Fee) and value.disputed:
            found.add(citation.n)
    return frozenset(found)


def _system(turn: Turn) -> str:
    return prompt_text("phrase", language=_LANGUAGES[turn.question.language])


def _user(wording: Wording, turn: Turn) -> str:
    question = turn.question.text[:_LONGEST_QUESTION]
    return f"QUESTION\n{question}\n\nPASSAGES\n{wording.passages()}\n\nANSWER\n{wording.answer()}"
