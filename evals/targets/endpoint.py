"""Any HTTP endpoint, described by a small YAML: so a rival is graded on the same cases.

name: Trợ lý của tỉnh
url: https://bot.example/api/ask
method: POST
headers: {Authorization: "Bearer ${BOT_TOKEN}"}      # ${NAME} is read from the environment
body: {question: "{text}", session: "{conversation}", lang: "{language}", day: "{as_of}"}
text: answer.text                 # paths in the JSON that comes back: names and [n], by dots
code: answer.procedure.code       # the rest may be left out; what is not told is not scored
status: answer.status
statuses: {found: answered, none: not_found}          # its words for ours
status_patterns: {not_found: "không tìm thấy|chưa có thông tin"}   # or read from the text
citations: answer.sources         # a list of texts, or of objects with quote, field, url, code
options: answer.options           # a list of codes, or of objects with a code
ranked: hits                      # the same
tokens: usage.total_tokens
cost: usage.cost
per_minute: 60                    # at most so many requests
retries: 3                        # after 429, 5xx and broken connections, ever longer apart
timeout: 30                       # seconds a request
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.models import Citation, Status
from evals.cases import Case
from evals.errors import EvalError, TargetError
from evals.grading import Reply
from evals.targets.target import Tells

_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_LONGEST_WAIT = 60.0  # seconds between two tries


class Endpoint(BaseModel):
    """The description; see the module's docstring for each field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    url: str = Field(pattern=r"^https?://")
    method: str = Field(default="POST", pattern=r"^(GET|POST|PUT)$")
    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Any] = Field(default_factory=lambda: {"text": "{text}"})
    text: str
    code: str | None = None
    status: str | None = None
    statuses: dict[str, Status] = Field(default_factory=dict)
    status_patterns: dict[Status, str] = Field(default_factory=dict)
    citations: str | None = None
    options: str | None = None
    ranked: str | None = None
    tokens: str | None = None
    cost: str | None = None
    per_minute: float = Field(default=600, gt=0)
    retries: int = Field(default=3, ge=0, le=10)
    timeout: float = Field(default=30, gt=0)


def read_endpoint(path: Path) -> Endpoint:
    """The description in a file; raises EvalError naming file and field."""
    try:
        return Endpoint.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise EvalError(f"No target is described in {path}: there is no such file.") from error
    except yaml.YAMLError as error:
        raise EvalError(f"{path} is not YAML: {error}") from error
    except ValidationError as error:
        told = (f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise EvalError(f"{path} does not describe a target: {'; '.join(told)}") from error


class Caller:
    """Sends requests no faster than allowed, and again after what may pass."""

    def __init__(
        self,
        client: httpx.Client,
        per_minute: float,
        retries: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._pause = 60 / per_minute
        self._retries = retries
        self._sleep = sleep
        self._next = 0.0

    def send(self, method: str, url: str, body: object) -> Any:
        """The JSON that comes back; raises TargetError when no try succeeds."""
        for attempt in range(self._retries + 1):
            self._wait_for_turn()
            problem, wait = "", 0.5 * 2**attempt
            try:
                response = self._send(method, url, body)
            except httpx.TransportError as error:
                problem = f"{type(error).__name__}: {error}"
            else:
                if response.status_code not in (408, 429) and response.status_code < 500:
                    return _json(response)
                problem = f"HTTP {response.status_code}"
                wait = _asked_wait(response) or wait
            if attempt < self._retries:
                self._sleep(min(wait, _LONGEST_WAIT))
        raise TargetError(f"{url} did not answer after {self._retries + 1} tries: {problem}")

    def _send(self, method: str, url: str, body: object) -> httpx.Response:
        if method == "GET":
            parameters = body if isinstance(body, dict) else {}
            return self._client.get(url, params=parameters)
        return self._client.request(method, url, json=body)

    def _wait_for_turn(self) -> None:
        now = time.monotonic()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._pause

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _asked_wait(response: httpx.Response) -> float | None:
    """Seconds of a Retry-After header; None for a date or none."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None


def _json(response: httpx.Response) -> Any:
    if response.status_code >= 400:
        raise TargetError(
            f"{response.request.url} refused the question: HTTP {response.status_code}"
        )
    try:
        return response.json()
    except json.JSONDecodeError as error:
        raise TargetError(f"{response.request.url} answered something that is not JSON") from error


class HttpTarget:
    """Asks the endpoint; `sleep` is a seam for tests."""

    def __init__(
        self,
        endpoint: Endpoint,
        client: httpx.Client | None = None,
        environment: Mapping[str, str] = os.environ,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = endpoint.name
        self._endpoint = endpoint
        headers = {key: _filled_in(v, environment) for key, v in endpoint.headers.items()}
        self._caller = Caller(
            client or httpx.Client(timeout=endpoint.timeout, headers=headers),
            endpoint.per_minute,
            endpoint.retries,
            sleep,
        )
        self.tells = frozenset(_told_by(endpoint))

    def ask(self, case: Case) -> Reply:
        """All turns with one conversation id; the reply is to the last."""
        conversation = uuid4().hex
        found, elapsed = None, 0.0
        for turn in case.turns:
            body = _body(self._endpoint.body, turn, conversation, case)
            started = time.perf_counter()
            found = self._caller.send(self._endpoint.method, self._endpoint.url, body)
            elapsed = (time.perf_counter() - started) * 1000
        return self._reply(found, case, elapsed)

    def _reply(self, found: Any, case: Case, elapsed: float) -> Reply:
        endpoint = self._endpoint
        text = at(found, endpoint.text)
        if not isinstance(text, str):
            raise TargetError(
                f"{case.id}: the answer of {endpoint.name} has no text at {endpoint.text}"
            )
        code = at(found, endpoint.code)
        tokens, cost = at(found, endpoint.tokens), at(found, endpoint.cost)
        return Reply(
            text=text,
            status=_status(endpoint, at(found, endpoint.status), text),
            code=None if code is None else str(code),
            citations=_citations(at(found, endpoint.citations)) if endpoint.citations else None,
            options=_codes(at(found, endpoint.options)) if endpoint.options else None,
            ranked=_codes(at(found, endpoint.ranked)) if endpoint.ranked else None,
            elapsed_ms=elapsed,
            tokens=None if tokens is None else int(tokens),
            cost=None if cost is None else float(cost),
        )

    def identity(self) -> Mapping[str, str]:
        """Name and address; headers may hold secrets and stay out."""
        return {"endpoint": self._endpoint.url}

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()


def _told_by(endpoint: Endpoint) -> set[Tells]:
    paths = {
        Tells.STATUS: endpoint.status or endpoint.status_patterns,
        Tells.CODE: endpoint.code,
        Tells.RANKED: endpoint.ranked,
        Tells.CITATIONS: endpoint.citations,
        Tells.CONVERSATION: "{conversation}" in json.dumps(endpoint.body),
    }
    return {told for told, path in paths.items() if path}


def _filled_in(value: str, environment: Mapping[str, str]) -> str:
    if missing := [name for name in _VARIABLE.findall(value) if name not in environment]:
        raise EvalError(f"The target's headers need {', '.join(missing)} in the environment.")
    return _VARIABLE.sub(lambda match: environment[match[1]], value)


def _body(template: Any, text: str, conversation: str, case: Case) -> Any:
    """The template with its slots filled; what a case does not set is left out of objects."""
    slots = {
        "{text}": text,
        "{conversation}": conversation,
        "{language}": case.language,
        "{as_of}": case.as_of.isoformat() if case.as_of else None,
    }

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            filled = {key: fill(inner) for key, inner in value.items()}
            return {key: inner for key, inner in filled.items() if inner is not None}
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        if not isinstance(value, str) or value in slots:
            return slots.get(value, value) if isinstance(value, str) else value
        for slot, given in slots.items():
            value = value.replace(slot, given or "")
        return value

    return fill(template)


def at(found: Any, path: str | None) -> Any:
    """The value at `answer.hits[0].code`; None where there is none, or no path."""
    if path is None:
        return None
    for name, index in _STEP.findall(path):
        if index and isinstance(found, list) and int(index) < len(found):
            found = found[int(index)]
        elif not index and isinstance(found, dict):
            found = found.get(name)
        else:
            return None
    return found


def _status(endpoint: Endpoint, word: Any, text: str) -> Status | None:
    if word is not None and str(word) in endpoint.statuses:
        return endpoint.statuses[str(word)]
    if word is not None and str(word) in set(Status):
        return Status(str(word))
    if not endpoint.status_patterns:
        return None
    for status, pattern in endpoint.status_patterns.items():
        if re.search(pattern, text, re.IGNORECASE):
            return status
    return Status.ANSWERED


def _codes(found: Any) -> tuple[str, ...]:
    rows = found if isinstance(found, list) else []
    codes = (row.get("code") if isinstance(row, dict) else row for row in rows)
    return tuple(str(code) for code in codes if code)


def _citations(found: Any) -> tuple[Citation, ...]:
    rows = found if isinstance(found, list) else []
    return tuple(_citation(number, row) for number, row in enumerate(rows, 1))


def _citation(number: int, row: Any) -> Citation:
    given = row if isinstance(row, dict) else {"quote": row}
    return Citation(
        n=int(given.get("n") or number),
        code=str(given.get("code") or ""),
        field=str(given.get("field") or ""),
        quote=str(given.get("quote") or given.get("text") or ""),
        url=given.get("url"),
        version=0,
        retrieved_at=None,
    )
