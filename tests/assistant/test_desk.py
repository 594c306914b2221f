"""Tickets: opened once, claimed by one, answered, given back, ended, erased; all audited."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from assistant.audit import Audit, Event
from assistant.conversations import Conversations, conversation_key
from assistant.desk import CLAIM_LASTS, TICKET_LASTS, Desk, Opening
from assistant.desk_rows import TicketState
from assistant.errors import UnknownOfficer
from assistant.handover import CODE_LASTS, Handovers
from assistant.models import Answer, Question, Status
from assistant.officers import INVITE_LASTS, Officers
from assistant.shortcodes import as_code, new_code
from knowledge.sql import open_engine


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
def engine(database: str) -> Iterator[Engine]:
    engine = open_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def desk(engine: Engine, clock: Clock) -> Desk:
    return Desk(engine, clock)


@pytest.fixture
def officers(engine: Engine, clock: Clock) -> Officers:
    return Officers(engine, clock)


@pytest.fixture
def audit(engine: Engine, clock: Clock) -> Audit:
    return Audit(engine, clock)


def opening(words: str = "Tôi cần hỏi", **values: object) -> Opening:
    given = {"conversation": "telegram:5", "channel": "telegram", "question": words, "chat": 5}
    return Opening(**{**given, **values})  # type: ignore[arg-type]


def actions(audit: Audit, subject: str | None = None) -> list[str]:
    return [entry.action for entry in audit.entries(subject)]


def test_a_ticket_is_found_by_its_code_however_it_is_typed(desk: Desk) -> None:
    ticket = desk.open(opening())

    typed = f" {ticket.code[:3].lower()}-{ticket.code[3:]} "

    assert desk.find(typed) == ticket
    assert ticket.state is TicketState.WAITING
    assert desk.find("AAAAAA") is None


def test_opening_twice_with_one_key_opens_once(desk: Desk) -> None:
    assert desk.open(opening(key="u1")) == desk.open(opening(key="u1"))
    assert len(desk.waiting()) == 1


def test_no_personal_number_stands_in_a_ticket(desk: Desk, engine: Engine) -> None:
    ticket = desk.open(opening("số 012095001234, gọi 0912 345 678"))
    desk.claim(ticket.code, 1)
    desk.answer(ticket.code, 1, "gọi lại 0912 345 678 nhé", "k")

    with engine.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM desk_tickets")).all())
    assert "012095001234" not in rows
    assert "345 678" not in rows
    assert "telegram:5" not in rows


def test_of_several_officers_one_gets_the_ticket(desk: Desk) -> None:
    ticket = desk.open(opening())
    got: list[int] = []
    start = threading.Barrier(6)

    def claim(officer: int) -> None:
        start.wait()
        if desk.claim(ticket.code, officer):
            got.append(officer)

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 1
    assert desk.claim(ticket.code, got[0]), "claiming again changes nothing"
    assert [t.code for t in desk.claimed_by(got[0])] == [ticket.code]


def test_only_the_one_who_claimed_answers_and_only_once(desk: Desk) -> None:
    ticket = desk.open(opening())
    desk.claim(ticket.code, 1)

    assert desk.answer(ticket.code, 2, "Không phải tôi", "a") is None
    answered = desk.answer(ticket.code, 1, "Mang bản chính.", "b")
    assert answered is not None
    assert answered.answer == "Mang bản chính."
    assert desk.answer(ticket.code, 1, "Mang bản chính.", "b") == answered
    assert desk.answer(ticket.code, 1, "Khác", "c") is None


def test_what_ended_is_told_once(desk: Desk) -> None:
    ticket = desk.open(opening())
    desk.claim(ticket.code, 1)
    desk.answer(ticket.code, 1, "Có", "a")

    assert [t.code for t in desk.untold("telegram")] == [ticket.code]
    assert desk.untold("web") == []
    desk.told(ticket.code)
    assert desk.untold("telegram") == []


def test_a_claim_that_is_left_goes_back_and_an_old_ticket_ends(desk: Desk, clock: Clock) -> None:
    left, old = desk.open(opening()), desk.open(opening())
    desk.claim(left.code, 1)

    clock.moment += CLAIM_LASTS
    assert [t.code for t in desk.expire()] == [left.code]
    assert desk.expire() == []
    clock.moment += TICKET_LASTS
    desk.expire()

    found = desk.find(old.code)
    assert found is not None
    assert found.state is TicketState.EXPIRED


def test_only_the_owner_closes_a_ticket(desk: Desk) -> None:
    ticket = desk.open(opening())

    assert not desk.close_ticket(ticket.code, "telegram:6")
    assert desk.close_ticket(ticket.code, "telegram:5")
    assert desk.waiting() == []
    assert not desk.claim(ticket.code, 1)


def test_erasing_takes_the_words_of_one_conversation(desk: Desk, engine: Engine) -> None:
    mine, other = desk.open(opening("câu của tôi")), desk.open(opening("x", conversation="b"))

    assert desk.erase("telegram:5") == 1

    assert desk.erase("telegram:5") == 0
    assert desk.of("telegram:5") == []
    with engine.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM desk_tickets")).all())
    assert "câu của tôi" not in rows
    assert mine.code in rows
    found = desk.find(other.code)
    assert found is not None
    assert found.question == "x"


def test_every_step_of_a_ticket_is_audited_without_its_words(desk: Desk, audit: Audit) -> None:
    ticket = desk.open(opening("câu bí mật"))
    desk.claim(ticket.code, 1)
    desk.release(ticket.code, 1)
    desk.claim(ticket.code, 2)
    desk.answer(ticket.code, 2, "lời bí mật", "a")
    desk.close_ticket(ticket.code, "telegram:5")

    assert actions(audit, f"ticket:{ticket.code}") == [
        "ticket_opened",
        "ticket_claimed",
        "ticket_released",
        "ticket_claimed",
        "ticket_answered",
        "ticket_closed",
    ]
    assert "bí mật" not in str(audit.entries())
    assert audit.verify() is None


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE audit_entries SET actor = 'officer:9' WHERE id = 3",
        "UPDATE audit_entries SET body = '{\"count\": 9}' WHERE id = 3",
        "DELETE FROM audit_entries WHERE id = 3",
    ],
)
def test_an_edited_or_removed_audit_row_is_reported(
    audit: Audit, engine: Engine, deed: str
) -> None:
    for number in range(5):
        audit.add(Event("a", "b", f"c:{number}", {"count": number}))
    assert audit.verify() is None

    with engine.begin() as connection:
        connection.execute(text(deed))

    broken = audit.verify()
    assert broken is not None
    assert broken.number in (3, 4)


def test_writers_at_the_same_time_make_one_chain(audit: Audit) -> None:
    def add(name: str) -> None:
        for number in range(5):
            audit.add(Event(name, "b", str(number)))

    threads = [threading.Thread(target=add, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(audit.entries()) == 20
    assert audit.verify() is None


def test_an_event_with_a_key_is_noted_once(audit: Audit) -> None:
    audit.add(Event("a", "erased", "r", {"rows": 5}, key="k"))
    audit.add(Event("a", "erased", "r", {"rows": 0}, key="k"))

    assert [entry.details for entry in audit.entries()] == [{"rows": 5}]


def test_an_invitation_links_one_account_once(officers: Officers, clock: Clock) -> None:
    code = officers.invite("Lan")

    linked = officers.link(code.lower(), "telegram:1")

    assert linked is not None
    assert linked.name == "Lan"
    assert officers.link(code, "telegram:1") == linked, "the same account again"
    assert officers.link(code, "telegram:2") is None
    assert officers.with_account("telegram:1") == linked
    late = officers.invite("Minh")
    clock.moment += INVITE_LASTS + timedelta(seconds=1)
    assert officers.link(late, "telegram:3") is None


def test_only_the_hash_of_an_invitation_is_kept(officers: Officers, engine: Engine) -> None:
    code = officers.invite("Lan")

    with engine.connect() as connection:
        assert code not in str(connection.execute(text("SELECT * FROM desk_officers")).all())


def test_a_revoked_officer_answers_no_more(officers: Officers) -> None:
    officers.link(officers.invite("Lan"), "telegram:1")

    officers.revoke("Lan")

    assert officers.with_account("telegram:1") is None
    assert officers.linked("telegram") == []
    with pytest.raises(UnknownOfficer, match="Bình"):
        officers.revoke("Bình")
    assert officers.link(officers.invite("Lan"), "telegram:1") is not None


def test_an_account_speaks_for_one_officer(officers: Officers) -> None:
    officers.link(officers.invite("Lan"), "telegram:1")
    officers.link(officers.invite("Minh"), "telegram:1")

    found = officers.with_account("telegram:1")
    assert found is not None
    assert found.name == "Minh"


def test_a_hand_over_carries_the_turns_once_to_one_taker(
    engine: Engine, clock: Clock, database: str
) -> None:
    handovers, memory = Handovers(engine, clock), Conversations(engine, now=clock)
    memory.remember(
        Question(text="một", conversation="web-1"), Answer(status=Status.ANSWERED, text="…")
    )
    code = handovers.make("web-1", "1.001193")

    carried = handovers.take(code, "telegram:5")

    assert carried is not None
    assert carried.procedure == "1.001193"
    assert carried.source == conversation_key("web-1")
    assert memory.carry(carried.source, "telegram:5") == 1
    assert memory.carry(carried.source, "telegram:5") == 0
    assert [said.text for said in memory.recall("telegram:5")] == ["một"]
    assert handovers.take(code, "telegram:5") == carried
    assert handovers.take(code, "telegram:6") is None
    late = handovers.make("web-1")
    clock.moment += CODE_LASTS
    assert handovers.take(late, "telegram:5") is None


def test_codes_are_read_aloud_and_are_no_words() -> None:
    for _ in range(200):
        code = new_code()
        assert as_code(code) == code
        assert not set(code) & set("01IO")
    assert as_code("DANGKY") is None
    assert as_code("234567") is None
    assert as_code("k7m-2qx") == "K7M2QX"
