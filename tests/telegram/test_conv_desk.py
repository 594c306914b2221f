"""Officers: linked by a code, told of questions, one answers, the citizen hears of it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from knowledge.sql import open_engine
from tests.telegram.conftest import Bench
from tests.telegram.talking import Person, buttons_of, methods, shown


def officer(bench: Bench, name: str) -> Person:
    """An officer who used an invitation."""
    person = bench.person()
    person.says(f"/officer {bench.talk.officers.invite(name)}")
    return person


def asked(bench: Bench, words: str = "Hồ sơ của tôi cần hỏi thêm") -> tuple[Person, str]:
    """A citizen with a ticket, and its code."""
    person = bench.person()
    person.says("/officer")
    person.says(words)
    (ticket,) = bench.talk.desk.of(f"telegram:{person.chat}")
    return person, ticket.code


def test_a_code_links_an_officer_and_a_wrong_one_does_not(bench: Bench) -> None:
    code = bench.talk.officers.invite("Lan")
    person, stranger = bench.person(), bench.person()

    assert "Lan" in shown(person.says(f"/officer {code}"))
    assert shown(person.again()) == shown(person.last)
    assert "không đúng" in shown(stranger.says(f"/officer {code}"))


def test_guessing_codes_is_stopped(bench: Bench) -> None:
    person = bench.person()
    for number in range(10):
        person.says(f"/officer A{number}B{number}C9".replace("0", "2").replace("1", "3"))

    code = bench.talk.officers.invite("Lan")

    assert "một giờ" in shown(person.says(f"/officer {code}"))
    assert "một giờ" in shown(person.says("K7M2QX"))


def test_a_question_goes_to_officers_and_its_answer_comes_back(bench: Bench) -> None:
    lan, minh = officer(bench, "Lan"), officer(bench, "Minh")
    citizen, code = asked(bench, "Tôi số 012095001234 cần hỏi <b>gấp</b>")
    alerts = [send for send in citizen.last if send.chat != citizen.chat]
    assert {send.chat for send in alerts} == {lan.chat, minh.chat}
    assert code in shown(citizen.last, citizen.chat)
    assert "012095001234" not in str(citizen.last)

    claimed = lan.taps_data(buttons_of(alerts[0])[0]["callback_data"])
    assert code in shown(claimed, lan.chat)
    assert "đã có người nhận" in shown(claimed, minh.chat).lower()
    refused = minh.taps_data(f"tk:claim:{code}")
    assert methods(refused) == ["answer_callback"]

    answered = lan.replies("Chị mang bản chính nhé.", shown(claimed, lan.chat))

    assert "Chị mang bản chính nhé." in shown(answered, citizen.chat)
    assert "lời của cán bộ" in shown(answered, citizen.chat)
    assert shown(lan.again()) == shown(answered)
    assert bench.talk.desk.untold("telegram") == []
    assert bench.talk.audit.verify() is None
    assert [e.action for e in bench.talk.audit.entries(f"ticket:{code}")] == [
        "ticket_opened",
        "ticket_claimed",
        "ticket_answered",
    ]


def test_asking_handled_again_opens_one_ticket(bench: Bench) -> None:
    citizen, code = asked(bench)

    again = citizen.again()

    assert code in shown(again, citizen.chat)
    assert len(bench.talk.desk.of(f"telegram:{citizen.chat}")) == 1


def test_a_citizen_cannot_answer_or_claim(bench: Bench) -> None:
    _, code = asked(bench)
    other = bench.person()

    assert methods(other.taps_data(f"tk:claim:{code}")) == ["answer_callback"]
    other.replies("giả làm cán bộ", f"Câu hỏi mới #{code}")

    found = bench.talk.desk.find(code)
    assert found is not None
    assert found.answer is None


def test_without_officers_the_citizen_is_told_so(bench: Bench) -> None:
    citizen, _ = asked(bench)

    assert "chưa có cán bộ" in shown(citizen.last)


def test_an_answer_given_elsewhere_is_told_once(bench: Bench) -> None:
    citizen, code = asked(bench)
    bench.talk.desk.claim(code, 7)
    bench.talk.desk.answer(code, 7, "Từ trang của cán bộ.", "web:1")

    for _ in range(3):
        bench.conversation.due(bench.clock())

    (told,) = bench.notify.put_sends
    assert told.chat == citizen.chat
    assert "Từ trang của cán bộ." in shown([told])


def test_a_crash_before_the_mark_does_not_tell_twice(bench: Bench) -> None:
    _, code = asked(bench)
    bench.talk.desk.claim(code, 7)
    bench.talk.desk.answer(code, 7, "Có.", "web:1")
    bench.conversation.due(bench.clock())
    engine = open_engine(bench.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE desk_tickets SET told_at = NULL"))
    engine.dispose()

    bench.conversation.due(bench.clock())

    assert len(bench.notify.put_sends) == 1


def test_a_claim_that_is_left_goes_to_all_officers_again(bench: Bench) -> None:
    lan = officer(bench, "Lan")
    citizen, code = asked(bench)
    lan.taps_data(f"tk:claim:{code}")

    bench.clock.moment += timedelta(hours=25)
    bench.conversation.due(bench.clock())
    bench.clock.moment += timedelta(days=8)
    bench.conversation.due(bench.clock())

    assert code in shown(bench.notify.put_sends, lan.chat)
    assert "hết hạn" in shown(bench.notify.put_sends, citizen.chat)


def test_an_officer_gives_a_ticket_back(bench: Bench) -> None:
    lan = officer(bench, "Lan")
    _, code = asked(bench)
    lan.taps_data(f"tk:claim:{code}")

    given = lan.taps_data(f"tk:release:{code}")

    assert f"#{code}" in shown(given, lan.chat)
    assert [t.code for t in bench.talk.desk.waiting()] == [code]


def test_a_citizen_sees_how_a_ticket_stands_and_closes_it(bench: Bench) -> None:
    citizen, code = asked(bench)

    assert "đang chờ" in shown(citizen.says(code.lower()))
    assert code in shown(citizen.taps_data(f"tk:close:{code}"))
    assert "đã đóng" in shown(citizen.says(code))


def test_not_found_offers_an_officer_with_the_same_question(quick: Bench) -> None:
    citizen = quick.person()
    citizen.says("31/02/2027")

    citizen.taps("cán bộ")

    assert len(quick.talk.desk.of(f"telegram:{citizen.chat}")) == 1


def test_a_code_of_the_web_carries_the_conversation(bench: Bench) -> None:
    from assistant.models import Question

    memory = bench.talk.assistant.conversations
    assert memory is not None
    web = f"web-{bench.person().chat}"
    bench.talk.assistant.reply(Question(text="đăng ký kết hôn cần gì", conversation=web))
    citizen = bench.person()

    carried = citizen.says(f"/start h_{bench.talk.handovers.make(web)}")

    assert "1.000894" in shown(carried)
    assert shown(citizen.again()) == shown(carried)
    typed = bench.person()
    assert "1.001193" in shown(typed.says(bench.talk.handovers.make(None, "1.001193")))
    assert "không đúng" in shown(bench.person().says("/start h_K7M2QX"))
