"""Where questions wait: one line, and a few places that answer it in order.

Answering keeps the interpreter busy, so more threads than that only take it from each other: then
all answers come late and the first asker is no longer the first to hear. A process beside this one
has an interpreter of its own. The threads are those of questions alone; the checking of a dossier,
which takes seconds, has others.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from assistant.models import Answer, Block, Question

AT_ONCE = 3
AT_ONCE_HERE = 1  # where processes beside take the rest
AT_ONCE_WITH_MODEL = 32  # a language model is waited for, and meanwhile others are answered
_AT_ONCE_BESIDE = 2  # one is answered, the next lies ready


class Place(Protocol):
    """Where a question is answered: this process, or one beside it."""

    def reply(self, question: Question) -> Answer: ...

    def stream(self, question: Question) -> Iterator[Block | Answer]: ...


class Answering:
    """Answers questions in the order in which they came, `at_once` of them here at a time, and two
    in each place `beside`."""

    def __init__(self, here: Place, at_once: int = AT_ONCE, beside: Sequence[Place] = ()) -> None:
        places = [here] * at_once + [*beside] * _AT_ONCE_BESIDE
        self._threads = ThreadPoolExecutor(len(places), "answering")
        self._free: SimpleQueue[Place] = SimpleQueue()
        for place in places:
            self._free.put(place)

    async def reply(self, question: Question) -> Answer:
        """The answer, when its turn has come."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._reply, question
        )

    def _reply(self, question: Question) -> Answer:
        with self._place() as place:
            return place.reply(question)

    @contextmanager
    def _place(self) -> Iterator[Place]:
        """One that is free; there are as many as threads."""
        place = self._free.get()
        try:
            yield place
        finally:
            self._free.put(place)

    async def stream(self, question: Question) -> AsyncIterator[Block | Answer]:
        """Each part as soon as the assistant lets it go; an answer waits for its turn once, however
        many parts it has. Whoever stops listening stops the answer."""
        loop, parts = asyncio.get_running_loop(), asyncio.Queue[Block | Answer | None]()
        gone = threading.Event()

        def tell() -> None:
            with self._place() as place:
                for part in place.stream(question):
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
