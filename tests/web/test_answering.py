"""Questions wait in one line of their own: first come, first served, at most so many at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.models import Answer, Block, BlockKind, Line, Question, Status
from bots.web.answering import Answering
from bots.web.app import create_app
from tests.apart import run_apart
from tests.web.fakes import FakeAssistant, catalog_at

WAIT = 5.0  # seconds; far more than anything here takes


def block(text: str) -> Block:
    return Block(kind=BlockKind.TEXT, lines=(Line(text=text),))


@dataclass
class Held(FakeAssistant):
    """Notes who is answered when, by which thread; holds every answer until let go."""

    free: threading.Event = field(default_factory=threading.Event)
    busy: int = 0
    most_busy: int = 0
    begun: list[str] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    told: list[int] = field(default_factory=list)
    mutex: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, question: Question) -> Answer:
        with self.mutex:
            self.begun.append(question.text)
            self.threads.add(threading.current_thread().name)
            self.busy += 1
            self.most_busy = max(self.most_busy, self.busy)
        assert self.free.wait(WAIT)
        with self.mutex:
            self.busy -= 1
        return Answer(status=Status.ANSWERED, text=question.text)

    def stream(self, question: Question) -> Iterator[Block | Answer]:
        for number in range(50):
            self.told.append(number)
            yield block(str(number))
            time.sleep(0.01)
        yield self.reply(question)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    catalog = catalog_at(tmp_path)
    assistant = Held(catalog)
    yield assistant
    assistant.free.set()
    catalog.close()


def asked(number: int) -> Question:
    return Question(text=f"câu {number}")


def test_who_asked_first_is_answered_first(held: Held) -> None:
    held.free.set()

    async def ask_all() -> list[Answer]:
        answering = Answering(held, at_once=1)
        return await asyncio.gather(*(answering.reply(asked(n)) for n in range(20)))

    answers = run_apart(ask_all())

    assert [answer.text for answer in answers] == [f"câu {n}" for n in range(20)]
    assert held.begun == [f"câu {n}" for n in range(20)]


def test_no_more_are_answered_at_a_time_than_may_be(held: Held) -> None:
    async def ask_all() -> None:
        answering = Answering(held, at_once=2)
        waiting = asyncio.gather(*(answering.reply(asked(n)) for n in range(10)))
        await asyncio.sleep(0.05)
        held.free.set()
        await waiting

    run_apart(ask_all())

    assert held.most_busy == 2


def test_a_place_beside_takes_questions_too(held: Held) -> None:
    """Two at a time: one is answered, the next lies ready."""
    beside = Held(held.catalog)

    async def ask_all() -> list[Answer]:
        answering = Answering(held, 1, [beside])
        waiting = asyncio.gather(*(answering.reply(asked(n)) for n in range(9)))
        await asyncio.sleep(0.05)
        held.free.set()
        beside.free.set()
        return await waiting

    answers = run_apart(ask_all())

    assert [answer.text for answer in answers] == [f"câu {n}" for n in range(9)]
    assert (held.most_busy, beside.most_busy) == (1, 2)
    assert {*held.begun[:1], *beside.begun[:2]} == {"câu 0", "câu 1", "câu 2"}


def test_a_stream_waits_for_its_turn_once(held: Held) -> None:
    """Its parts come one after the other, though others wait for their turn meanwhile."""
    held.free.set()
    order: list[str] = []

    async def listen(answering: Answering) -> None:
        async for part in answering.stream(asked(0)):
            order.append("part" if isinstance(part, Block) else "answer")

    async def reply(answering: Answering) -> None:
        await answering.reply(asked(1))
        order.append("other")

    async def ask_both() -> None:
        answering = Answering(held, at_once=1)
        listening = asyncio.create_task(listen(answering))
        await asyncio.sleep(0)
        await asyncio.gather(listening, reply(answering))

    run_apart(ask_both())

    assert order == [*["part"] * 50, "answer", "other"]


def test_who_stops_listening_stops_the_answer(held: Held) -> None:
    async def listen_to_one() -> None:
        answering = Answering(held, at_once=1)
        parts = answering.stream(asked(0))
        await anext(parts)
        await parts.aclose()
        held.free.set()
        await answering.reply(asked(1))  # its turn comes when the stream has ended

    run_apart(listen_to_one())

    assert len(held.told) < 50


def test_questions_have_threads_of_their_own(held: Held) -> None:
    """What takes seconds elsewhere in the process, a dossier above all, holds up no question."""
    held.free.set()
    with TestClient(create_app(held, at_once=1)) as client:
        client.post("/api/v1/ask", json={"text": "lệ phí"})
        client.get("/", params={"q": "lệ phí"})
        client.post("/api/v1/ask/stream", json={"text": "lệ phí"})

    assert held.threads == {"answering_0"}
