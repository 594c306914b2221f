"""What the web front end needs of an assistant, and how a route gets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Protocol, cast

from fastapi import Depends, Request

from assistant.models import Answer, Block, Question
from knowledge.catalog import Catalog


class Readiness(Protocol):
    """Whether the assistant can work; `detail` is a sentence for the person who runs it."""

    @property
    def status(self) -> Literal["ready", "degraded", "down"]: ...

    @property
    def detail(self) -> str: ...


class WebAssistant(Protocol):
    """The part of `assistant.bootstrap.Assistant` that the web uses."""

    @property
    def catalog(self) -> Catalog: ...

    def reply(self, question: Question) -> Answer: ...

    def stream(self, question: Question) -> Iterator[Block | Answer]: ...

    def readiness(self) -> Readiness: ...


async def assistant_of(request: Request) -> WebAssistant:
    """The assistant that `create_app` was given. Asynchronous, though it waits for nothing: a plain
    function would be sent to another thread and back with every request."""
    return cast(WebAssistant, request.app.state.assistant)


GivenAssistant = Annotated[WebAssistant, Depends(assistant_of)]
