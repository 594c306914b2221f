"""Sending: at Telegram's pace, every chat in its turn, each message once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import pytest
import telegram
from sqlalchemy import Engine, select

from bots.telegram.outbox import Outbox
from bots.telegram.sends import Send
from bots.telegram.tables import gone, outbox, slots
from bots.telegram.writer import Writer
from evals.telegram_server import Fault, Sent, TelegramServer
from evals.telegram_server.faults import Kind
from tests.telegram.conftest import Runs


@pytest.fixture
def box(engine: Engine, api: TelegramServer) -> Iterator[Outbox]:
    """The bot's outbox, from another process's point of view."""
    writer = Writer(engine)
    yield Outbox(engine, writer, api.state.bot_id)
    writer.close()


def say(chat: int, text: str, **values: object) -> Send:
    return Send("message", chat, {"text": text}, **values)  # type: ignore[arg-type]


def is_empty(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.execute(select(outbox.c.id)).first() is None


def texts(calls: Sequence[Sent]) -> list[str]:
    return [call.text for call in calls]


@pytest.fixture
def people(api: TelegramServer) -> None:
    api.state.chats.update(range(1, 60), range(-9, 0))


pytestmark = pytest.mark.usefixtures("people")


def test_a_key_is_used_once(api: TelegramServer, polling: Runs, box: Outbox) -> None:
    with polling():
        put = [box.put([say(1, "hẹn ngày mai")], "hẹn 1") for _ in range(3)]
        api.wait(lambda: api.sent(1))
        time.sleep(0.5)

    assert put == [True, False, False]
    assert texts(api.sent(1)) == ["hẹn ngày mai"]


def test_a_chat_keeps_its_order(api: TelegramServer, polling: Runs, box: Outbox) -> None:
    with polling(chat_sends_per_second=100):
        box.put([say(1, f"{n}") for n in range(30)], "a")
        api.wait(lambda: len(api.sent(1)) == 30)

    assert texts(api.sent(1)) == [f"{n}" for n in range(30)]


def test_a_flooded_chat_does_not_starve_another(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    with polling(drain=0.5):
        box.put([say(1, f"{n}") for n in range(500)], "lũ")
        api.wait(lambda: len(api.sent(1)) > 2)
        box.put([say(2, "một mình")], "một")
        api.wait(lambda: api.sent(2), 20)

    # What went before is what the flooded chat may send in that time.
    assert len([call for call in api.sent(1) if call.at < api.sent(2)[0].at]) < 10


def test_in_a_second_no_more_than_thirty_go(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    with polling():
        box.put([say(chat, "a") for chat in range(1, 60)], "a")
        api.wait(lambda: len(api.sent()) == 59)

    moments = [call.at for call in api.sent()]
    # A message may be on its way a little longer than the next one.
    assert max(sum(t <= at < t + 0.95 for at in moments) for t in moments) <= 30


def test_a_chat_that_is_too_fast_waits_as_told_and_others_go_on(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    api.fail(Fault("busy", chat=1, seconds=2))
    with polling():
        box.put([say(1, "một"), say(1, "hai")], "a")
        api.wait(lambda: any(call.code == 429 for call in api.calls))
        refused_at = next(call.at for call in api.calls if call.code == 429)
        box.put([say(2, "khác")], "b")
        api.wait(lambda: len(api.sent(1)) == 2)

    assert api.sent(1)[0].at - refused_at >= 2
    assert api.sent(2)[0].at < api.sent(1)[0].at
    assert texts(api.sent(1)) == ["một", "hai"]
    assert [call.code for call in api.calls if call.chat == 1] == [429, 200, 200]


def test_a_bot_that_is_too_fast_waits_as_told_with_all_chats(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    api.fail(Fault("busy", "sendMessage", seconds=2))
    with polling(sends_per_second=10):
        box.put([say(chat, "a") for chat in range(1, 30)], "a")
        api.wait(lambda: len(api.sent()) == 29, 20)

    refused = [call.at for call in api.calls if call.code == 429]
    assert min(call.at for call in api.sent()) - refused[0] >= 2
    assert len(refused) <= 10


@pytest.mark.parametrize(
    "fault",
    [Fault("broken", times=2), Fault("cut", times=2), Fault("busy", chat=1, times=2, seconds=1)],
    ids=lambda fault: fault.kind,
)
def test_what_fails_for_a_while_is_sent_in_the_end_once(
    api: TelegramServer, polling: Runs, box: Outbox, engine: Engine, fault: Fault
) -> None:
    api.fail(Fault(fault.kind, "sendMessage", fault.chat, fault.times, fault.seconds))
    with polling():
        box.put([say(1, "một"), say(1, "hai")], "a")
        api.wait(lambda: len(api.sent(1)) == 2, 20)
        api.wait(lambda: is_empty(engine))

    assert texts(api.sent(1)) == ["một", "hai"]


@pytest.mark.parametrize("kind", ["slow", "cut"])
def test_a_message_whose_answer_was_lost_may_come_twice_and_no_more(
    api: TelegramServer,
    polling: Runs,
    box: Outbox,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
) -> None:
    monkeypatch.setattr("bots.telegram.http._READ", 0.5)
    api.fail(Fault(kind, "sendMessage", 1, seconds=1.5, is_done=True))
    with polling():
        box.put([say(1, "một"), say(1, "hai")], "a")
        api.wait(lambda: is_empty(engine), 20)

    assert texts(api.sent(1)) == ["một", "một", "hai"]


def test_a_group_that_became_a_supergroup_gets_its_messages_there(
    api: TelegramServer, polling: Runs, box: Outbox, engine: Engine
) -> None:
    api.state.chats.add(-1005)
    api.fail(Fault("moved", chat=-5, times=float("inf"), to=-1005))
    with polling(group_sends_per_minute=1000):
        box.put([say(-5, f"{n}") for n in range(3)], "a")
        box.put([say(1, "cho người khác")], "b")
        api.wait(lambda: is_empty(engine), 20)

    assert texts(api.sent(-1005)) == ["0", "1", "2"]
    assert api.sent(-5) == []
    assert texts(api.sent(1)) == ["cho người khác"]


def test_a_server_that_hangs_delays_only_its_chat(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    api.fail(Fault("slow", chat=1, seconds=6))
    with polling():
        box.put([say(1, "chậm")], "a")
        box.put([say(chat, "nhanh") for chat in range(2, 6)], "b")
        api.wait(lambda: len(api.sent()) == 5, 20)

    assert api.sent()[-1].chat == 1


def test_in_the_first_seconds_nothing_goes_beside_a_message_on_its_way(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    api.fail(Fault("slow", chat=1, seconds=2))
    box.put([say(1, "chậm")], "a")
    box.put([say(chat, "nhanh") for chat in range(2, 6)], "b")
    with polling():
        api.wait(lambda: len(api.sent()) == 5, 20)

    assert api.sent()[0].chat == 1


@pytest.mark.parametrize(
    "fault",
    [Fault("blocked", chat=1), Fault("refused", chat=1, description="Bad Request: chat not found")],
    ids=lambda fault: fault.kind,
)
def test_a_chat_that_blocked_us_gets_nothing_more_until_it_writes(
    api: TelegramServer, polling: Runs, box: Outbox, engine: Engine, fault: Fault
) -> None:
    api.fail(Fault(fault.kind, chat=1, description=fault.description))
    with polling():
        box.put([say(1, f"{n}") for n in range(5)], "a")
        api.wait(lambda: is_empty(engine))
        box.put([say(1, "nhắc")], "b")
        api.wait(lambda: is_empty(engine))
        calls = len([call for call in api.calls if call.chat == 1])
        with engine.connect() as connection:
            noted = connection.execute(select(gone.c.chat)).scalars().all()
        api.write(1, "tôi đây")
        api.wait(lambda: api.sent(1))

    assert calls == 1
    assert noted == [1]
    assert texts(api.sent(1)) == ["re: tôi đây"]


def test_an_edit_is_aimed_at_the_message_of_its_slot(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    with polling():
        box.put([say(1, "1 trên 3", slot="ds")], "a")
        box.put([Send("edit", 1, {"text": "2 trên 3"}, slot="ds")], "b")
        box.put([Send("edit", 1, {"text": "2 trên 3"}, slot="ds")], "c")
        box.put([Send("delete", 1, slot="ds")], "d")
        api.wait(lambda: any(call.method == "deleteMessage" for call in api.calls))

    first, edit, same, delete = api.calls
    assert first.message_id == edit.message_id == int(delete.parameters["message_id"])
    assert (edit.code, same.code, delete.code) == (200, 400, 200)


def test_an_edit_whose_message_is_not_known_is_a_new_message(
    api: TelegramServer, polling: Runs, box: Outbox, engine: Engine
) -> None:
    with polling():
        box.put([Send("edit", 1, {"text": "một"}, slot="ds")], "a")
        api.wait(lambda: is_empty(engine) and api.sent(1))
        api.state.messages.clear()
        box.put([Send("edit", 1, {"text": "hai"}, slot="ds")], "b")
        api.wait(lambda: is_empty(engine) and len(api.sent(1)) == 2)

    assert texts(api.sent(1)) == ["một", "hai"]
    with engine.connect() as connection:
        known = connection.execute(select(slots.c.message_id)).scalars().all()
    assert known == [api.sent(1)[1].message_id]


def test_markup_that_telegram_cannot_read_goes_out_as_plain_words(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    bad = Send("message", 1, {"text": "<b>phí &lt; 5</i>", "parse_mode": "HTML"})
    with polling():
        box.put([bad], "a")
        api.wait(lambda: api.sent(1))

    assert texts(api.sent(1)) == ["phí < 5"]


def test_what_telegram_refuses_is_dropped_and_the_next_goes(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    with polling():
        box.put([say(1, "x" * 5000), say(1, "sau")], "a")
        api.wait(lambda: api.sent(1))

    assert texts(api.sent(1)) == ["sau"]


def test_a_document_goes_out_under_its_name(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    paper = Send("document", 1, {"caption": "Phiếu"}, document=b"%PDF-1", filename="phieu.pdf")
    with polling():
        box.put([paper], "a")
        api.wait(lambda: api.sent(1, "sendDocument"))

    assert api.sent(1, "sendDocument")[0].files == {"phieu.pdf": b"%PDF-1"}


def test_what_does_not_last_is_tried_once_and_never_when_it_is_stale(
    api: TelegramServer, polling: Runs, box: Outbox, engine: Engine
) -> None:
    typing = Send("action", 1, {"action": "typing"}, ephemeral=True)
    box.put([typing], "cũ")
    with engine.begin() as connection:
        connection.execute(outbox.update().values(created_at=time.time() - 60))
    api.fail(Fault("broken", "sendChatAction"))
    with polling():
        api.wait(lambda: is_empty(engine))
        box.put([typing], "mới")
        api.wait(lambda: is_empty(engine))
        time.sleep(1)

    assert [(call.method, call.code) for call in api.calls] == [("sendChatAction", 502)]


def test_buttons_and_inline_questions_are_answered(api: TelegramServer, polling: Runs) -> None:
    def handle(update: telegram.Update) -> list[Send]:
        if query := update.callback_query:
            payload = {"callback_query_id": query.id, "text": "Đã nhận"}
            return [Send("answer_callback", None, payload, ephemeral=True)]
        assert update.inline_query is not None
        content = {"message_text": "Đăng ký kết hôn"}
        found = {"type": "article", "id": "1", "title": "Kết hôn", "input_message_content": content}
        payload = {"inline_query_id": update.inline_query.id, "results": [found], "cache_time": 9}
        return [Send("answer_inline", None, payload, ephemeral=True)]

    with polling(handle):
        api.queue(api.press(1, "chon:1"), api.inline(2, "kết hôn"))
        api.wait(lambda: len(api.calls) == 2)

    assert {(call.method, call.code) for call in api.calls} == {
        ("answerCallbackQuery", 200),
        ("answerInlineQuery", 200),
    }


def test_what_waits_for_a_chat_that_is_forgotten_is_never_sent(
    api: TelegramServer, polling: Runs, box: Outbox
) -> None:
    box.put([say(1, "bí mật"), say(2, "khác")], "a")
    erased = box.forget(1)
    with polling():
        api.wait(lambda: api.sent(2))
        time.sleep(0.3)

    assert erased == 1
    assert api.sent(1) == []
