"""Checklists, reminders and privacy: rows that are kept, told once, and erased."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import inspect, text

from bots.telegram.exchanges import Buttons
from knowledge.catalog import Catalog, Origin
from knowledge.sql import METADATA, open_engine
from tests.fakes import code as fake_code
from tests.fakes import procedure
from tests.telegram.conftest import Bench
from tests.telegram.talking import buttons_of, methods, shown


def test_a_checklist_is_ticked_in_one_message(bench: Bench) -> None:
    person = bench.person()
    person.says("đăng ký kết hôn cần giấy tờ gì")
    first = person.says("/checklist")
    if "trường hợp" in shown(first).lower() and "☐" not in shown(first):
        first = person.taps("Mọi trường hợp")
    (sent,) = [send for send in first if send.method == "message"]
    assert "☐ 1." in shown([sent])

    ticked = person.taps("☐ 1")

    edits = [send for send in ticked if send.method == "edit"]
    assert [send.slot for send in edits] == [sent.slot]
    assert "☑ 1." in shown(edits)
    assert shown(person.again()) == shown(ticked), "the same tap again does not untick"
    assert "☐ 1." in shown(person.taps("☑ 1"))


def test_papers_of_a_checklist_are_those_of_the_answer(quick: Bench) -> None:
    person = quick.person()
    person.says("đăng ký tạm trú cần giấy tờ gì")
    papers = [line[2:] for line in shown(person.last).splitlines() if line.startswith("• ")]

    person.says("/checklist")
    listed = shown(person.taps("Mọi trường hợp"))

    for paper in papers:
        assert re.sub(r"(?: \[\d+\])+$", "", paper) in listed


def test_a_case_narrows_the_checklist(quick: Bench) -> None:
    person = quick.person()
    person.says("đăng ký tạm trú cần giấy tờ gì")
    person.says("/checklist")
    label = buttons_of(person.last[-1])[0]["text"]

    every = shown(person.taps("Mọi trường hợp")).count("☐")
    person.says("/checklist")
    one = shown(person.taps(label)).count("☐")

    assert 0 < one < every


def test_a_checklist_of_nothing_says_what_to_do(quick: Bench) -> None:
    assert "/checklist" in shown(quick.person().says("/checklist"))
    assert methods(quick.person().taps_data("ck:nosuch:0:1")) == ["answer_callback"]


def test_every_checklist_fits_one_message(quick: Bench) -> None:
    from bots.telegram.markup import units

    person = quick.person()
    for code in ("1.013229", "1.013225", "2.000829"):
        person.says(f"/start p_{code.replace('.', '_')}")
        sends = person.says("/checklist")
        if any("Mọi" in b["text"] for send in sends for b in buttons_of(send)):
            sends = person.taps("Mọi trường hợp")
        messages = [send for send in sends if send.method == "message"]
        assert len(messages) == 1
        assert units(shown(messages)) <= 4096


def test_a_saved_procedure_that_changes_is_told_once(bench: Bench) -> None:
    catalog = Catalog.open(bench.url)
    catalog.add([procedure(7, summary="Cũ.")], Origin.CURATED)
    bench = bench.with_(assistant=WithCatalog(bench.talk.assistant, catalog))
    person = bench.person()
    person.taps_data(saves(bench, person.chat, fake_code(7)))
    bench.conversation.due(bench.clock())
    assert bench.notify.put_sends == []

    catalog.add([procedure(7, summary="Mới.")], Origin.CURATED)
    for _ in range(3):
        bench.conversation.due(bench.clock())

    (told,) = bench.notify.put_sends
    assert told.chat == person.chat
    assert fake_code(7) in shown([told])
    person.taps_data(f"sv:{fake_code(7)}:0")
    catalog.add([procedure(7, summary="Mới nữa.")], Origin.CURATED)
    bench.conversation.due(bench.clock())
    assert len(bench.notify.put_sends) == 1
    catalog.close()


class WithCatalog:
    """The assistant over another catalogue."""

    def __init__(self, assistant, catalog: Catalog) -> None:  # type: ignore[no-untyped-def]
        self.catalog = catalog
        self.conversations = assistant.conversations
        self.model = None
        self.reply = assistant.reply
        self.search = assistant.search


def saves(bench: Bench, chat: int, code: str) -> str:
    """The data of a button that saves `code`."""
    buttons = Buttons(chat, "savebutton")
    buttons.row(("🔔", {"do": "save", "code": code}))
    bench.talk.exchanges.keep(buttons)
    return buttons.rows[0][0]["callback_data"]


def test_the_day_before_a_receipt_is_told_once_by_day(bench: Bench) -> None:
    person = bench.person()
    assert "31/02" not in shown(person.says("/remind"))
    assert "10/12/2026" in shown(person.says("hẹn ngày 10/12/2026 nhé"))

    for _ in range(11 * 24):
        bench.conversation.due(bench.clock())
        if bench.notify.put_sends:
            break
        bench.clock.moment += timedelta(hours=1)

    assert f"{bench.clock.moment:%d %H}" == "09 01", "eight in the morning of the day before"
    for _ in range(48):
        bench.clock.moment += timedelta(hours=1)
        bench.conversation.due(bench.clock())
    assert len(bench.notify.put_sends) == 1


@pytest.mark.parametrize("day", ["31/02/2027", "01/12/2026", "10/12/2036"])
def test_a_day_that_cannot_be_is_said_to_be_so(quick: Bench, day: str) -> None:
    person = quick.person()
    person.says("/remind")

    assert "hẹn phải" in shown(person.says(day)) or "Không có ngày" in shown(person.last)


def test_words_without_a_day_are_a_question_after_all(quick: Bench) -> None:
    person = quick.person()
    person.says("/remind")

    assert "1.000894" in shown(person.says("đăng ký kết hôn ở đâu"))


def test_forgetting_erases_every_row_of_the_chat_and_gives_a_receipt(bench: Bench) -> None:
    person, other = bench.person(), bench.person()
    for one in (person, other):
        one.says("đăng ký kết hôn cần giấy tờ gì")
        one.says("/checklist")
        one.says("/remind 10/12/2026")
        one.says("/officer xem giúp câu của tôi")
    before = rows_of(bench.url, other.chat)

    receipt = shown(person.says("/forget"))

    assert rows_of(bench.url, person.chat) == {}
    assert rows_of(bench.url, other.chat) == before
    assert bench.notify.forgotten == [person.chat]
    memory = bench.talk.assistant.conversations
    assert memory is not None
    assert memory.recall(f"telegram:{person.chat}") == ()
    assert memory.recall(f"telegram:{other.chat}") != ()
    assert "Biên nhận" in receipt
    assert shown(person.again()) == receipt
    assert bench.talk.audit.verify() is None


def rows_of(url: str, chat: int) -> dict[str, int]:
    """How many rows of each table name the chat or hold its words."""
    engine = open_engine(url)
    found: dict[str, int] = {}
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            count = sum(str(chat) in map(str, row) for row in rows)
            if count:
                found[table] = count
    engine.dispose()
    return found


def test_no_identity_number_stays_in_any_row(bench: Bench) -> None:
    person = bench.person()
    for words in ("tôi là 012095001234, đăng ký kết hôn ở đâu", "qwe zxc 0912345678 asd"):
        person.says(words)
        if any("cán bộ" in b["text"] for send in person.last for b in buttons_of(send)):
            person.taps("cán bộ")
    person.says("/officer gọi 0912 345 678, số 012095001234")

    engine = open_engine(bench.url)
    with engine.connect() as connection:
        everything = " ".join(
            str(connection.execute(text(f'SELECT * FROM "{table}"')).all())
            for table in inspect(engine).get_table_names()
        )
    engine.dispose()
    for number in ("012095001234", "0912345678", "0912 345 678"):
        assert number not in everything


def test_privacy_names_the_law_in_both_languages(quick: Bench) -> None:
    person = quick.person()

    assert "91/2025/QH15" in shown(person.says("/privacy"))
    person.says("/language en")
    assert "356/2025" in shown(person.says("/privacy"))


def test_the_schema_is_that_of_the_models(database: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    import assistant.desk_rows
    import assistant.handover
    import bots.telegram.rows

    assert assistant.desk_rows
    assert assistant.handover
    assert bots.telegram.rows
    ours = ("telegram_", "desk_", "handovers", "audit_")
    engine = open_engine(database)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), METADATA)
    engine.dispose()
    assert [change for change in found if any(name in str(change) for name in ours)] == []
