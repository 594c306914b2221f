"""Questions in a chat: answered, chosen, edited, asked again after a crash, asked in groups."""

from __future__ import annotations

import json

import pytest

from assistant.models import Answer
from bots.telegram.sends import Send
from tests.telegram.conftest import Bench
from tests.telegram.talking import BOT, BOT_NAME, Person, buttons_of, methods, shown


def test_a_question_is_answered_from_the_record(quick: Bench) -> None:
    person = quick.person()

    sends = person.says("đăng ký kết hôn cần giấy tờ gì")

    assert methods(sends) == ["message"] * len(sends)
    answer = quick.talk.assistant.reply(question("đăng ký kết hôn cần giấy tờ gì"))
    for block in answer.blocks:
        for line in block.lines:
            assert line.text in shown(sends)


def test_the_first_contact_is_told_of_privacy_once(bench: Bench) -> None:
    person = bench.stranger()

    first = person.says("xin chào")
    again = person.again()
    second = person.says("đăng ký kết hôn ở đâu")

    assert "30 ngày" in shown(first[:1])
    assert shown(first) == shown(again)
    assert "/forget" not in shown(second)


def test_the_first_words_choose_the_language_of_the_notice(quick: Bench) -> None:
    assert "30 days" in shown(quick.stranger().says("what documents are needed for a marriage"))
    assert "30 ngày" in shown(quick.stranger().says("/start"))


def test_a_choice_can_be_tapped_numbered_or_said(quick: Bench) -> None:
    replies = []
    for choose in ("tap", "1", "words"):
        person = quick.person()
        options = person.says("giấy phép lái xe")
        first = buttons_of(options[-1])[0]["text"]
        assert first.startswith("1. ")
        if choose == "tap":
            replies.append(shown(person.taps(first)).partition("\n\n")[2])
        else:
            replies.append(shown(person.says("1" if choose == "1" else first.removeprefix("1. "))))

    assert replies[0] == replies[1] == replies[2]


def test_a_follow_up_keeps_the_procedure(quick: Bench) -> None:
    person = quick.person()
    person.says("đăng ký kết hôn cần giấy tờ gì")

    sends = person.says("lệ phí bao nhiêu")

    assert "1.000894" in shown(sends)


def test_the_same_update_again_gives_the_same_reply_and_one_turn(bench: Bench) -> None:
    person = bench.person()
    person.says("đăng ký kết hôn cần giấy tờ gì")

    first = person.says("còn lệ phí?")
    again = person.again()

    assert [payload(send) for send in again] == [payload(send) for send in first]
    memory = bench.talk.assistant.conversations
    assert memory is not None
    assert [said.text for said in memory.recall(f"telegram:{person.chat}")] == [
        "còn lệ phí?",
        "đăng ký kết hôn cần giấy tờ gì",
    ]


def test_a_choice_by_number_handled_again_is_the_same_choice(bench: Bench) -> None:
    person = bench.person()
    person.says("giấy phép lái xe")

    first = person.says("2")

    assert shown(person.again()) == shown(first)


def test_an_edited_message_changes_our_reply_in_its_place(bench: Bench) -> None:
    person = bench.person()
    sent = person.says("đăng ký kết hôn cần giấy tờ gì")

    edited = person.edits("đăng ký khai tử cần giấy tờ gì")

    assert sent[0].slot == edited[0].slot
    assert edited[0].method == "edit"
    assert "khai tử" in shown(edited)
    again = person.again()
    assert [payload(send) for send in again] == [payload(send) for send in edited]
    follow = person.says("lệ phí bao nhiêu")
    assert "1.000656" in shown(follow)


def test_a_shorter_answer_takes_away_the_parts_too_many(quick: Bench) -> None:
    person = quick.person()
    sent = person.says("thủ tục 1.013229 cần giấy tờ gì, lệ phí, các bước, căn cứ, mẫu đơn")
    assert len(sent) > 1, "the question needs an answer of several messages"

    edited = person.edits("cảm ơn")

    assert methods(edited) == ["edit", *["delete"] * (len(sent) - 1)]
    assert [send.slot for send in edited] == [send.slot for send in sent]


def test_an_old_button_is_answered_kindly(quick: Bench) -> None:
    sends = quick.person().taps_data("t:0000000000:0")

    assert methods(sends) == ["answer_callback"]
    assert "cũ" in str(sends[0].payload["text"])


def test_a_button_of_another_chat_does_nothing(quick: Bench) -> None:
    owner, other = quick.person(), quick.person()
    data = buttons_of(owner.says("giấy phép lái xe")[-1])[0]["callback_data"]

    assert methods(other.taps_data(data)) == ["answer_callback"]


def test_callback_data_fits_telegram(quick: Bench) -> None:
    person = quick.person()
    for text in (
        "giấy phép lái xe",
        "khai sinh",
        "đăng ký thường trú cần gì",
        "xin chào",
        "/start",
        "/language",
    ):
        for send in person.says(text):
            for button in buttons_of(send):
                assert len(button["callback_data"].encode()) <= 64


def test_in_a_group_only_a_mention_or_a_reply_is_answered(quick: Bench) -> None:
    person = quick.person(group=-500)

    assert person.says("đăng ký kết hôn ở đâu") == []
    assert person.says("@other_bot đăng ký kết hôn ở đâu") == []
    assert person.says("/help") == []
    mentioned = person.says(f"@{BOT_NAME} đăng ký kết hôn ở đâu")
    assert "1.000894" in shown(mentioned)
    assert mentioned[0].payload["reply_parameters"]
    assert "1.000894" in shown(person.replies("lệ phí bao nhiêu", "…"))
    assert "checklist" in shown(person.says(f"/help@{BOT_NAME}"))


def test_people_of_a_group_have_conversations_of_their_own(quick: Bench) -> None:
    one, two = quick.person(group=-501), quick.person(group=-501)
    one.says(f"@{BOT_NAME} đăng ký kết hôn cần gì")
    two.says(f"@{BOT_NAME} đăng ký khai tử cần gì")

    assert "1.000894" in shown(one.says(f"@{BOT_NAME} lệ phí bao nhiêu"))


def test_private_matters_are_not_begun_in_a_group(quick: Bench) -> None:
    person = quick.person(group=-502)

    for command in ("check", "officer"):
        assert BOT_NAME in shown(person.says(f"/{command}@{BOT_NAME}"))


def test_inline_mode_gives_articles_with_short_answers(quick: Bench) -> None:
    person = quick.person()
    query = {"id": "7", "from": person._self(), "query": "đăng ký kết hôn", "offset": ""}

    (send,) = person.hands({"inline_query": query})

    assert send.method == "answer_inline"
    results = json.loads(json.dumps(send.payload["results"]))
    assert 1 <= len(results) <= 5
    assert "1.000894" in json.dumps(results[:2])
    for result in results:
        assert len(result["id"]) <= 64
        assert len(result["input_message_content"]["message_text"]) > 20


def test_a_deep_link_opens_its_procedure(quick: Bench) -> None:
    assert "1.001193" in shown(quick.person().says("/start p_1_001193"))
    assert "9.999999" in shown(quick.person().says("/start p_9_999999"))


def test_a_language_can_be_chosen_and_followed(quick: Bench) -> None:
    person = quick.person()
    assert "English" in shown(person.says("/language en"))
    assert "Papers" not in shown(person.says("xin chào"))
    assert person.last[0].payload["text"]
    assert "kind" not in shown(person.says("/help"))
    assert "write" in shown(person.says("/help")).lower()
    person.taps_data("lang:vi")
    assert "Cứ viết" in shown(person.says("/help"))


def test_english_questions_get_english_answers_and_screens(quick: Bench) -> None:
    person = quick.person()

    said = shown(person.says("what documents do I need to register a marriage"))
    assert "Sources" in said or "Which one" in said
    assert "Write what you need" in shown(person.says("/help"))


def test_what_is_no_text_gets_a_kind_sentence(quick: Bench) -> None:
    person = quick.person()
    voice = {"file_id": "v", "file_unique_id": "v", "duration": 3}
    sticker = {
        "file_id": "s",
        "file_unique_id": "s",
        "type": "regular",
        "width": 1,
        "height": 1,
        "is_animated": False,
        "is_video": False,
    }
    poll = {
        "id": "1",
        "question": "?",
        "options": [],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
    }
    kinds = [
        {"sticker": sticker},
        {"location": {"latitude": 1.0, "longitude": 2.0}},
        {"contact": {"phone_number": "1", "first_name": "A"}},
        {"dice": {"emoji": "🎲", "value": 3}},
    ]

    assert "gõ" in shown(person.message(voice=voice))
    for kind in kinds:
        assert "chỉ đọc được" in shown(person.message(**kind))
    assert poll
    assert "/help" in shown(person.says("/nosuch"))
    assert "4.000" in shown(person.says("a" * 4096))


def test_a_voice_note_is_answered_when_somebody_can_listen(quick: Bench) -> None:
    class Ear:
        def transcribe(self, audio: bytes, language: str) -> str:
            return "đăng ký kết hôn ở đâu"

    voice = {"file_id": "v", "file_unique_id": "v", "duration": 3}
    person = quick.with_(transcriber=Ear()).person()

    said = shown(person.message(voice=voice))

    assert "🎙 đăng ký kết hôn ở đâu" in said
    assert "1.000894" in said


def test_markup_in_a_message_never_becomes_markup(quick: Bench) -> None:
    person = quick.person()

    for text in ("<b>đăng ký</b> <script>alert(1)</script>", "&lt;i&gt; đăng ký kết hôn"):
        for send in person.says(text):
            assert "<script" not in str(send.payload.get("text"))


def test_a_failure_is_an_apology_without_words_in_the_log(quick: Bench, caplog) -> None:  # type: ignore[no-untyped-def]
    class Broken:
        catalog = quick.talk.assistant.catalog
        conversations = None
        model = None

        def reply(self, question: object) -> None:
            raise ValueError("số 012095001234")

        def search(self, text: str, limit: int = 10) -> None: ...

    person = quick.with_(assistant=Broken()).person()

    assert "trục trặc" in shown(person.says("số của tôi là 012095001234"))
    assert "012095001234" not in caplog.text
    assert "ValueError" in caplog.text


@pytest.mark.parametrize("text", ["tôi không muốn sống nữa", "my husband beats me every night"])
def test_nothing_stands_beside_the_emergency_numbers(quick: Bench, text: str) -> None:
    (sent,) = quick.person().says(text)

    assert "115" in shown([sent])
    assert buttons_of(sent) == []
    assert "reply_markup" not in sent.payload


def test_urgent_words_lose_whatever_the_answer_bears(quick: Bench) -> None:
    answer = quick.talk.assistant.reply(question("lệ phí đăng ký khai sinh"))

    class Urgent:
        model = conversations = None

        def reply(self, asked: object) -> Answer:
            return answer.model_copy(update={"urgent": True, "text": "Gọi 115."})

    (sent,) = quick.with_(assistant=Urgent()).person().says("cứu tôi")

    assert answer.follow_ups
    assert shown([sent]) == "Gọi 115."
    assert buttons_of(sent) == []


def question(text: str):  # type: ignore[no-untyped-def]
    from assistant.models import Question

    return Question(text=text)


def payload(send: Send) -> tuple[str, object]:
    return send.method, send.payload


def test_messages_of_other_bots_are_ignored(quick: Bench) -> None:
    person = Person(quick.conversation)
    person.user = person.chat = BOT

    assert person.hands({"message": {**person._message(5, text="x"), "from": robot()}}) == []


def robot() -> dict[str, object]:
    return {"id": 5, "is_bot": True, "first_name": "Bot"}
