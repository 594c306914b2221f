"""Our assistant in this process."""

from __future__ import annotations

import time
from collections.abc import Mapping
from uuid import uuid4

from assistant.bootstrap import Assistant
from assistant.models import Answer, Question, Status
from evals.cases import Case
from evals.errors import TargetError
from evals.grading import Reply
from evals.targets.target import Tells

RANKED = 10


class InProcess:
    """Asks an Assistant; the ranking of its search comes along with each single question."""

    name = "in_process"
    tells = frozenset(Tells)

    def __init__(self, assistant: Assistant, identity: Mapping[str, str]) -> None:
        self._assistant = assistant
        self._identity = dict(identity)

    def ask(self, case: Case) -> Reply:
        """Several turns are a conversation of its own, forgotten at once: it is nobody's."""
        conversation = uuid4().hex if len(case.turns) > 1 else None
        try:
            *before, (answer, elapsed) = [self._say(t, case, conversation) for t in case.turns]
        finally:
            if conversation and self._assistant.conversations:
                self._assistant.conversations.forget(conversation)
        if answer.status is Status.FAILED:
            raise TargetError(f"{case.id}: the assistant failed; its log says why")
        return Reply(
            text=answer.text,
            answer=answer,
            code=answer.procedure.code if answer.procedure else None,
            ranked=self._ranked(case),
            before=tuple(earlier for earlier, _ in before),
            elapsed_ms=elapsed,
        )

    def _say(self, text: str, case: Case, conversation: str | None) -> tuple[Answer, float]:
        question = Question(
            text=text, conversation=conversation, language=case.language, as_of=case.as_of
        )
        started = time.perf_counter()
        answer = self._assistant.reply(question)
        return answer, (time.perf_counter() - started) * 1000

    def _ranked(self, case: Case) -> tuple[str, ...] | None:
        if len(case.turns) > 1:
            return None
        return tuple(hit.code for hit in self._assistant.search(case.turns[0], RANKED).hits)

    def identity(self) -> Mapping[str, str]:
        """Corpus and model, as given."""
        return self._identity

    def close(self) -> None:
        """Close the assistant."""
        self._assistant.close()
