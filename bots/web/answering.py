"""Where questions wait: one line, and a few threads that answer it in order.

Answering keeps the interpreter busy, so more threads than that only take it from each other: then
all answers come late and the first asker is no longer the first to hear. The threads are those of
questions alone; the checking of a dossier, which takes seconds, has others.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, cast

from fastapi import Depends, Request

from assistant.models import Answer, Block, Question
from bots.web.seam import WebAssistant

AT_ONCE = 3
AT_ONCE_WITH_MODEL = 32  # a language model is waited for, and meanwhile others are answered


class Answering:
    """Answers questions in the order in which they came, `at_once` of them at a time."""

    def __init__(self, assistant: WebAssistant, at_once: int = AT_ONCE) -> None:
        self._assistant = assistant
        self._threads = ThreadPoolExecutor(at_once, "answering")

    async def reply(self, question: Question) -> Answer:
        """The answer, when its turn has come."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._assistant.reply, question)

    async def stream(self, question: Question) -> AsyncIterator[Block | Answer]:
        """Each part as soon as the assistant lets it go; an answer waits for its turn once, however
        many parts it has. Whoever stops listening stops the answer."""
        loop, parts = asyncio.get_running_loop(), asyncio.Queue[Block | Answer | None]()
        gone = threading.Event()

        def tell() -> None:
            for part in self._assistant.stream(question):
                if gone.is_set():
                    return
                loop.call_soon_threadsafe(parts.put_nowait, part)

        telling = loop.run_in_executor(self._threads, tell)
        telling.add_done_callback(lambda _: parts.put_nowait(None))
        try:
            while part := await parts.get():
                yield part
            await telling
        finally:
            gone.set()


async def answering_of(request: Request) -> Answering:
    """Where `create_app` lets questions wait. Asynchronous, though it waits for nothing: a plain
    function would be sent to another thread and back with every request."""
    return cast(Answering, request.app.state.answering)


GivenAnswering = Annotated[Answering, Depends(answering_of)]
