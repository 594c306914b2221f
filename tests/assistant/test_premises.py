"""What a question takes for granted is held against the record, and corrected only from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.bootstrap import Assistant
from assistant.models import Question
from assistant.steps.limits import names_district
from assistant.steps.premise import false_premises, unneeded_papers
from knowledge.procedure import Procedure

CASES = Path(__file__).parents[2] / "evals" / "questions" / "premise_dev.jsonl"
_LEAST = 0.95


def found(text: str, procedure: Procedure) -> set[str]:
    """The kinds of false premise in a question."""
    kinds = {premise.value for premise in false_premises(text, procedure)}
    kinds |= {"paper"} if unneeded_papers(text, procedure) else set()
    return kinds | ({"district"} if names_district(text) else set())


def test_nearly_all_development_cases_are_told_right_and_none_is_corrected_wrongly(
    starter: Assistant,
) -> None:
    wrong, invented, total = [], [], 0
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        version = starter.catalog.get(case["code"], None)
        assert version, case["code"]
        kinds, due = found(case["text"], version.procedure), set(case["premises"])
        total += 1
        wrong += [case["id"]] * (kinds != due)
        invented += [case["id"]] * bool(kinds - due)

    assert invented == []
    assert len(wrong) <= (1 - _LEAST) * total, wrong


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("Đăng ký kết hôn phải lên tỉnh làm phải không?", "1.000894", "Cấp nơi nộp bạn nêu"),
        ("Tách hộ không làm qua mạng được đúng không?", "1.010038", "Cách nộp bạn nêu"),
        ("Tạm trú phải có sổ hộ khẩu phải không?", "1.004194", "không nhắc đến sổ hộ khẩu"),
        ("Khai tử cần sơ yếu lý lịch đúng không?", "1.000656", "không nhắc đến sơ yếu lý lịch"),
        ("nộp 5 triệu lệ phí kết hôn ở đâu", "1.000894", "Số tiền bạn nêu"),
    ],
)
def test_a_false_premise_is_said_to_be_none_of_the_record(
    starter: Assistant, text: str, code: str, said: str
) -> None:
    answer = starter.reply(Question(text=text, code=code))

    assert any(said in line.text for block in answer.blocks for line in block.lines)


def test_a_number_that_the_record_holds_anywhere_is_not_corrected(starter: Assistant) -> None:
    version = starter.catalog.get("1.014064", None)
    assert version
    channel = version.procedure.channels[0].model_copy(
        update={"note": "Nộp chậm bị phạt 300.000 đồng"}
    )
    procedure = version.procedure.model_copy(update={"channels": (channel,)})

    assert false_premises("nghe nói mất 300.000 đồng đúng không", procedure) == ()
