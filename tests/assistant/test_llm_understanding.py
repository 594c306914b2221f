"""With a language model: questions in any script, follow-ups made whole, a candidate picked; each
checked in code, and each dispensable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from assistant.bootstrap import Assistant, read_tuning
from assistant.conversations import Conversations
from assistant.llm import LanguageModel
from assistant.models import Answer, Question, Status
from assistant.settings import AssistantSettings
from assistant.steps.translate import is_other_script
from knowledge.settings import BUNDLED_MODEL
from tests.assistant.scripted_model import (
    Play,
    ScriptedModel,
    cut,
    garbage,
    hang,
    reworded,
    say,
    status,
)

BENGALI = "স্থায়ী বাসস্থান নিবন্ধনের ফি কত?"
URDU = "مستقل رہائش کے اندراج کی فیس کتنی ہے؟"
WHOLE = "Đăng ký thường trú lệ phí bao nhiêu?"
RESIDENCE = "1.004222"
GARBAGE = say("%%% ### lorem")
PASSING = {"id", "elapsed_ms"}  # what differs each time


@contextmanager
def assisted(starter: Assistant, *plays: Play) -> Iterator[tuple[Assistant, ScriptedModel]]:
    """The starter's catalogue and index with a scripted model beside them."""
    with ScriptedModel(plays).serving() as server:
        values = {
            "llm": "openai:tiny",
            "llm_base_url": server.url,
            "llm_retries": 0,
            "llm_timeout": 2,
        }
        model = LanguageModel(AssistantSettings.model_validate(values))
        memory = starter.conversations
        assert isinstance(memory, Conversations)
        tuning = read_tuning(BUNDLED_MODEL)
        yield Assistant(starter.catalog, starter._reader, tuning, memory, model), server


def ask(assistant: Assistant, text: str, **fields: object) -> Answer:
    return assistant.reply(Question.model_validate({"text": text, **fields}))


@pytest.mark.parametrize("text", [BENGALI, URDU])
def test_a_question_in_another_script_finds_its_procedure(starter: Assistant, text: str) -> None:
    with assisted(starter, say(WHOLE), say(reworded())) as (assistant, server):
        answer = ask(assistant, text)

    assert answer.procedure is not None
    assert answer.procedure.code == RESIDENCE
    assert "10.000 đồng" in answer.text
    assert text in server.prompt(0)
    assert text in server.prompt(1), "phrased in the language of the person's own words"


@pytest.mark.parametrize("play", [status(500), GARBAGE, say("")])
def test_without_a_usable_translation_nothing_is_guessed(starter: Assistant, play: Play) -> None:
    with assisted(starter, play) as (assistant, _):
        answer = ask(assistant, BENGALI)

    assert answer.status in {Status.NOT_FOUND, Status.OUT_OF_SCOPE}


def test_vietnamese_and_english_are_not_sent_to_be_translated(starter: Assistant) -> None:
    assert not is_other_script("Đăng ký thường trú")
    assert not is_other_script("register a birth, 10.000 đồng")
    assert is_other_script(BENGALI)
    assert is_other_script(URDU)
    assert not is_other_script("???")


def test_a_candidate_that_the_model_picks_is_answered_and_the_others_stay(
    starter: Assistant,
) -> None:
    plain = ask(starter, "căn cước")
    assert plain.status is Status.NEEDS_CHOICE

    with assisted(starter, say("C2"), say(reworded())) as (assistant, _):
        asked = ask(assistant, "căn cước")

    # A head word that people are known to ask back about is asked back, model or not.
    assert asked.options == plain.options


def test_a_model_that_picks_nothing_leaves_the_question_to_the_person(starter: Assistant) -> None:
    with assisted(starter, say("NONE")) as (assistant, _):
        asked = ask(assistant, "căn cước")

    assert asked.status is Status.NEEDS_CHOICE


DOUBTFUL = "tờ giấy phép xây dựng nhà tôi đang giữ thì cần làm thủ tục gì"


def test_of_the_candidates_in_doubt_the_one_picked_is_answered_and_the_others_are_offered(
    starter: Assistant,
) -> None:
    plain = ask(starter, DOUBTFUL)
    assert plain.status is Status.NEEDS_CHOICE
    wanted = plain.options[2]

    with assisted(starter, say("C3"), GARBAGE, GARBAGE) as (assistant, server):
        answer = ask(assistant, DOUBTFUL)

    assert answer.status is Status.ANSWERED
    assert answer.procedure is not None
    assert answer.procedure.code == wanted.code
    assert answer.assumed is not None
    assert set(answer.options) == set(plain.options) - {wanted}
    assert wanted.code not in server.prompt(0), "a model is shown names"


@pytest.mark.parametrize(
    "play",
    [
        pytest.param(hang, id="hangs"),
        pytest.param(status(500), id="fails"),
        pytest.param(garbage, id="no JSON"),
        pytest.param(cut("C"), id="cut"),
        pytest.param(GARBAGE, id="nonsense"),
        pytest.param(say("C99"), id="no candidate"),
        pytest.param(say("C0"), id="no candidate either"),
        pytest.param(say("1.013225"), id="a code"),
        pytest.param(say("C1 or C2"), id="several"),
        pytest.param(say("NONE"), id="none"),
        pytest.param(say(""), id="nothing"),
    ],
)
def test_whatever_else_a_model_says_the_person_is_asked_as_without_it(
    starter: Assistant, play: Play
) -> None:
    plain = ask(starter, DOUBTFUL)

    with assisted(starter, play) as (assistant, _):
        answer = ask(assistant, DOUBTFUL)

    assert answer.model_dump(exclude=PASSING) == plain.model_dump(exclude=PASSING)


LEANING = "vậy chỉ ở trọ nửa năm thôi thì sao"


@pytest.mark.parametrize(
    "play",
    [
        pytest.param(hang, id="hangs"),
        pytest.param(status(500), id="fails"),
        pytest.param(garbage, id="no JSON"),
        pytest.param(GARBAGE, id="nonsense"),
        pytest.param(say("https://example.org/x"), id="a link"),
        pytest.param(say("Một câu.\nHai câu."), id="more than a question"),
        pytest.param(say(""), id="nothing"),
    ],
)
def test_a_follow_up_is_understood_without_a_rewriting_that_is_none(
    starter: Assistant, play: Play
) -> None:
    one, other = uuid4().hex, uuid4().hex
    ask(starter, WHOLE, conversation=one)
    ask(starter, WHOLE, conversation=other)
    plain = ask(starter, LEANING, conversation=one)

    with assisted(starter, play, GARBAGE, GARBAGE) as (assistant, _):
        answer = ask(assistant, LEANING, conversation=other)

    assert answer.model_dump(exclude=PASSING) == plain.model_dump(exclude=PASSING)


def test_a_follow_up_is_made_whole_by_the_model(starter: Assistant) -> None:
    talk = uuid4().hex
    ask(starter, WHOLE, conversation=talk)

    with assisted(starter, say("Đăng ký tạm trú cần giấy tờ gì?"), GARBAGE, GARBAGE) as (
        assistant,
        server,
    ):
        answer, turn = assistant.explain(
            Question(text="vậy chỉ ở trọ nửa năm thôi thì sao", conversation=talk)
        )

    assert answer.procedure is not None
    if any("viết lại" in reason for reason in turn.reasons):
        assert answer.procedure.code == "1.004194"
        assert WHOLE in server.prompt(0)


def test_a_rewriting_with_a_figure_nobody_said_is_not_searched_for(starter: Assistant) -> None:
    talk = uuid4().hex
    ask(starter, WHOLE, conversation=talk)
    plain = ask(starter, "vậy chỉ ở trọ nửa năm thôi thì sao", conversation=talk)

    other = uuid4().hex
    ask(starter, WHOLE, conversation=other)
    with assisted(starter, say("Tạm trú 24 tháng mất 90.000 đồng?"), GARBAGE, GARBAGE) as (a, _):
        answer = ask(a, "vậy chỉ ở trọ nửa năm thôi thì sao", conversation=other)

    assert answer.procedure == plain.procedure
