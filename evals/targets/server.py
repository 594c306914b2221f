"""A running Một Cửa, over its public contract (docs/contract.md)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from uuid import uuid4

import httpx
from pydantic import ValidationError

from assistant.models import Answer, Question, Status
from evals.cases import Case
from evals.errors import TargetError
from evals.grading import Reply
from evals.targets.endpoint import Caller
from evals.targets.target import Tells

_PER_MINUTE = 6_000.0
_RETRIES = 3


class Server:
    """Asks POST /api/v1/ask; a server does not tell how its search ranks."""

    tells = frozenset(Tells) - {Tells.RANKED}

    def __init__(
        self,
        address: str,
        client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = "server"
        self._address = address.rstrip("/")
        self._caller = Caller(client or httpx.Client(timeout=30), _PER_MINUTE, _RETRIES, sleep)

    def ask(self, case: Case) -> Reply:
        """All turns in one conversation; the reply is to the last."""
        conversation = uuid4().hex
        *before, (answer, elapsed) = [self._say(t, case, conversation) for t in case.turns]
        if answer.status is Status.FAILED:
            raise TargetError(f"{case.id}: the server answered that it failed")
        return Reply(
            text=answer.text,
            answer=answer,
            code=answer.procedure.code if answer.procedure else None,
            before=tuple(earlier for earlier, _ in before),
            elapsed_ms=elapsed,
        )

    def _say(self, text: str, case: Case, conversation: str) -> tuple[Answer, float]:
        question = Question(
            text=text, conversation=conversation, language=case.language, as_of=case.as_of
        )
        body = question.model_dump(mode="json", exclude_none=True)
        started = time.perf_counter()
        found = self._caller.send("POST", f"{self._address}/api/v1/ask", body)
        elapsed = (time.perf_counter() - started) * 1000
        try:
            return Answer.model_validate(found), elapsed
        except ValidationError as error:
            raise TargetError(f"{self._address} did not answer as docs/contract.md says") from error

    def identity(self) -> Mapping[str, str]:
        """Its address."""
        return {"server": self._address}

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()
