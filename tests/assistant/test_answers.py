"""Whole answers over the starter corpus: right procedure, cited figures, honest gaps."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from assistant.bootstrap import Assistant
from assistant.models import Answer, BlockKind, Facet, Question, Status
from knowledge.procedure import value_at
from knowledge.text import folded


def ask(assistant: Assistant, text: str, **fields: object) -> Answer:
    return assistant.reply(Question.model_validate({"text": text, **fields}))


def test_the_first_question_of_the_readme(starter: Assistant) -> None:
    answer = ask(starter, "lam giay khai sinh cho con can nhung gi")

    assert answer.status is Status.ANSWERED
    assert answer.procedure is not None
    assert answer.procedure.code == "1.001193"
    assert answer.facets == (Facet.DOCUMENTS,)
    assert "Giấy chứng sinh: 1 bản chính" in answer.text
    assert "Tờ khai đăng ký khai sinh" in answer.text


def test_every_line_with_a_figure_cites_a_field_of_the_record(starter: Assistant) -> None:
    answer = ask(starter, "đăng ký thường trú", code="1.004222")
    version = starter.catalog.get("1.004222")
    assert version is not None

    for citation in answer.citations:
        assert value_at(version.procedure, citation.field) is not None
    numbered = [line for b in answer.blocks for line in b.lines if any(map(str.isdigit, line.text))]
    assert numbered
    assert all(line.citations for line in numbered)


def test_fee_is_told_by_channel_with_its_unit(starter: Assistant) -> None:
    answer = ask(starter, "lệ phí đăng ký thường trú bao nhiêu")

    fees = [line.text for block in answer.blocks for line in block.lines if block.facet]
    assert any(text.startswith("Trực tuyến: 10.000 đồng") for text in fees)
    assert any(text.startswith("Trực tiếp: 20.000 đồng") for text in fees)


def test_a_time_limit_without_a_unit_is_told_so(starter: Assistant) -> None:
    answer = ask(starter, "đăng ký khai sinh mất bao lâu")

    assert "nguồn không ghi đơn vị" in answer.text
    assert "15 giờ" in answer.text


def test_an_empty_field_is_said_to_be_empty_and_whom_to_ask(starter: Assistant) -> None:
    answer = ask(starter, "cấp thẻ căn cước lệ phí", code="1.014061")

    note = next(block for block in answer.blocks if block.facet is Facet.FEE)
    assert note.kind is BlockKind.NOTE
    assert "không ghi phí" in note.lines[0].text
    assert "Công an" in note.lines[0].text


def test_a_source_that_contradicts_itself_is_shown_with_both_sides(starter: Assistant) -> None:
    answer = ask(starter, "đăng ký khai tử có mất phí không", code="1.000656")

    told = " ".join(line.text for b in answer.blocks if b.facet is Facet.FEE for line in b.lines)
    assert "Nguồn ghi “Miễn phí”" in told
    assert "Hãy hỏi" in told


@pytest.mark.parametrize("facet", list(Facet))
def test_every_facet_of_every_starter_procedure_can_be_told(
    starter: Assistant, facet: Facet
) -> None:
    for version in starter.catalog.current():
        question = {"text": FACET_QUESTIONS[facet], "code": version.code}
        answer = starter.reply(Question.model_validate(question))

        assert answer.status is Status.ANSWERED, (version.code, facet)
        assert answer.facets == (facet,), (version.code, facet)
        assert answer.blocks[0].lines[0].text
        assert "None" not in answer.text


FACET_QUESTIONS = {
    Facet.DOCUMENTS: "cần giấy tờ gì",
    Facet.FEE: "lệ phí bao nhiêu",
    Facet.TIME: "mất bao lâu",
    Facet.PLACE: "nộp ở đâu",
    Facet.CHANNEL: "nộp trực tuyến được không",
    Facet.STEPS: "các bước",
    Facet.CONDITIONS: "điều kiện",
    Facet.FORMS: "mẫu đơn nào",
    Facet.LEGAL_BASIS: "căn cứ pháp lý",
    Facet.RESULT: "kết quả là gì",
    Facet.SUBJECTS: "đối tượng",
    Facet.OVERVIEW: "hướng dẫn",
}


@pytest.mark.parametrize(
    "text",
    [
        "Làm giấy khai sinh cho con cần những gì?",
        "Đăng ký kết hôn ở đâu, lệ phí thế nào?",
        "Mất thẻ căn cước thì làm lại hết bao nhiêu tiền",
        "Hoà giải xong rồi muốn đăng ký thường trú",
    ],
)
def test_composed_and_decomposed_questions_get_the_same_answer(
    starter: Assistant, text: str
) -> None:
    nfc = ask(starter, unicodedata.normalize("NFC", text))
    nfd = ask(starter, unicodedata.normalize("NFD", text))

    same = {"id", "elapsed_ms"}
    assert nfc.model_dump(exclude=same) == nfd.model_dump(exclude=same)


def test_no_diacritics_give_the_same_procedure_and_facts(starter: Assistant) -> None:
    text = "Mất thẻ căn cước thì làm lại hết bao nhiêu tiền"

    assert ask(starter, text).citations == ask(starter, folded(text)).citations


def test_english_question_gets_english_labels_and_vietnamese_names(starter: Assistant) -> None:
    answer = ask(starter, "What documents do I need to register the birth of my child?")

    assert answer.language == "en"
    assert answer.procedure is not None
    assert answer.procedure.code == "1.001193"
    assert "Birth notification from the hospital (Giấy chứng sinh): originals: 1" in answer.text


def test_a_choice_answers_the_question_asked_before(starter: Assistant) -> None:
    answer = ask(starter, "lệ phí bao nhiêu", code="1.004194")

    assert answer.procedure is not None
    assert answer.procedure.code == "1.004194"
    assert answer.facets == (Facet.FEE,)


def test_a_code_in_the_text_is_taken_at_its_word(starter: Assistant) -> None:
    answer = ask(starter, "thủ tục 1.012784 nộp ở đâu")

    assert answer.procedure is not None
    assert answer.procedure.code == "1.012784"


def test_a_day_before_the_first_record_is_not_answered_with_a_later_one(
    starter: Assistant,
) -> None:
    answer = ask(starter, "đăng ký khai sinh cần gì", as_of=date(2019, 1, 1))

    assert answer.status is Status.NOT_FOUND
    assert "01/01/2019" in answer.text
    assert answer.citations == ()


@pytest.mark.parametrize("text", ["xin chào", "chào bạn ạ", "hello", "Hi", "alo"])
def test_a_greeting_is_greeted(starter: Assistant, text: str) -> None:
    answer = ask(starter, text)

    assert answer.status is Status.ANSWERED
    assert answer.procedure is None
    assert answer.follow_ups


@pytest.mark.parametrize("text", ["cảm ơn", "cam on ban nhieu", "thanks", "ok cảm ơn em"])
def test_thanks_are_returned(starter: Assistant, text: str) -> None:
    assert ask(starter, text).procedure is None


@pytest.mark.parametrize(
    "text", ["???", "😀😀", "asdkjh qwe zxc", "x" * 4000, "１２３", "\u200b\u200b", "<script>"]
)
def test_nonsense_gets_no_procedure(starter: Assistant, text: str) -> None:
    answer = ask(starter, text)

    assert answer.status in {Status.NOT_FOUND, Status.OUT_OF_SCOPE}
    assert answer.citations == ()


def test_the_same_question_twice_gives_the_same_facts(starter: Assistant) -> None:
    first, second = (ask(starter, "cấp giấy phép xây dựng nhà ở nông thôn") for _ in range(2))

    same = {"id", "elapsed_ms"}
    assert first.model_dump(exclude=same) == second.model_dump(exclude=same)


def test_blocks_are_streamed_before_the_answer(starter: Assistant) -> None:
    parts = list(starter.stream(Question(text="đăng ký tạm trú cần gì")))

    assert isinstance(parts[-1], Answer)
    assert tuple(parts[:-1]) == parts[-1].blocks
