"""Turns are kept for a while, without personal numbers, and erased on request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from assistant.conversations import Conversations
from assistant.models import Answer, Facet, Option, ProcedureRef, Question, Status
from knowledge.sql import open_engine
from tests.fakes import code


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def conversations(database: str, clock: Clock) -> Iterator[Conversations]:
    found = Conversations(open_engine(database), timedelta(days=7), clock)
    yield found
    found.close()


def asked(words: str, conversation: str = "c1") -> Question:
    return Question(text=words, conversation=conversation)


def answered(number: int = 1, **values: object) -> Answer:
    ref = ProcedureRef(code=code(number), name="Thả diều", version=1, effective_from=None)
    fields = {"status": Status.ANSWERED, "procedure": ref, "text": "…", **values}
    return Answer.model_validate(fields)


def column(database: str, name: str) -> list[str]:
    """What stands in the table itself."""
    engine = open_engine(database)
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {name} FROM conversation_turns")).scalars().all()
    engine.dispose()
    return [str(value) for value in found]


def test_the_newest_turn_comes_first(conversations: Conversations) -> None:
    conversations.remember(asked("một"), answered(1, facets=(Facet.FEE,)))
    conversations.remember(asked("hai"), answered(2))

    newest, oldest = conversations.recall("c1")
    assert (newest.text, newest.codes) == ("hai", (code(2),))
    assert (oldest.text, oldest.facets) == ("một", (Facet.FEE,))


def test_conversations_do_not_see_each_other(conversations: Conversations) -> None:
    conversations.remember(asked("một", "c1"), answered())

    assert conversations.recall("c2") == ()


def test_options_of_a_choice_are_kept(conversations: Conversations) -> None:
    options = (Option(label="Làm mới", code=code(1)), Option(label="Bị mất", code=code(2)))
    choice = Answer(status=Status.NEEDS_CHOICE, text="Việc nào?", options=options)
    conversations.remember(asked("thẻ diều"), choice)

    (said,) = conversations.recall("c1")
    assert said.options == options
    assert said.codes == ()


def test_personal_numbers_are_not_kept(conversations: Conversations, database: str) -> None:
    words = "số của tôi 012095001234, gọi 0912 345 678 hay thu@vidu.example"
    conversations.remember(asked(words), answered())

    bodies = " ".join(column(database, "body"))
    assert "012095001234" not in bodies
    assert "345 678" not in bodies
    assert "vidu.example" not in bodies


def test_the_id_of_a_conversation_is_not_kept(conversations: Conversations, database: str) -> None:
    conversations.remember(asked("một", "telegram-4711"), answered())

    assert "telegram-4711" not in column(database, "conversation")


def test_forgetting_erases_one_conversation_and_counts(conversations: Conversations) -> None:
    for words in ("một", "hai"):
        conversations.remember(asked(words, "c1"), answered())
    conversations.remember(asked("ba", "c2"), answered())

    assert conversations.forget("c1") == 2
    assert conversations.recall("c1") == ()
    assert len(conversations.recall("c2")) == 1
    assert conversations.forget("c1") == 0


def test_what_is_past_its_retention_is_neither_recalled_nor_kept(
    conversations: Conversations, clock: Clock, database: str
) -> None:
    conversations.remember(asked("cũ"), answered())
    clock.moment += timedelta(days=8)

    assert conversations.recall("c1") == ()
    conversations.remember(asked("mới", "c2"), answered())
    assert len(column(database, "body")) == 1


def test_a_long_conversation_keeps_its_newest_turns(
    conversations: Conversations, database: str
) -> None:
    for number in range(60):
        conversations.remember(asked(f"câu {number}"), answered())

    assert conversations.recall("c1")[0].text == "câu 59"
    assert len(conversations.recall("c1")) <= 20
    assert len(column(database, "body")) == 40
