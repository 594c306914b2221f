"""Words that name several procedures: the shipped list asks well, and a wrong file is named."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from assistant.steps.content import content_of
from ingest.sources.starter import BUNDLED_PROCEDURES
from knowledge.choices import MOST_WAYS, Choice, read_choices
from knowledge.errors import InvalidPhrasebook
from knowledge.phrasebook import read_phrasebook
from knowledge.text import folded, folded_words
from tests.fakes import code

# 'Làm căn cước', 'xin cấp căn cước' and 'căn cước' are one question.
COUNTS_FOR_NOTHING = frozenset(["lam", "xin", "cap", "dang", "ky", "thu", "tuc"])
LONGEST = 8  # words of a question that says no more than the thing itself


def told(words: str) -> frozenset[str]:
    """What is left to compare a question by."""
    return frozenset(content_of(words)) - COUNTS_FOR_NOTHING


@cache
def heads() -> dict[frozenset[str], Choice]:
    return {told(words): choice for choice in read_choices() for words in choice.said}


@cache
def starter() -> dict[str, str]:
    """The names of the shipped procedures by code."""
    files = sorted(BUNDLED_PROCEDURES.glob("*.yaml"))
    records = (yaml.load(file.read_text("utf-8"), yaml.CSafeLoader) for file in files)
    return {record["code"]: record["name"] for record in records}


def snapshot(shared: Path) -> Iterator[dict[str, str]]:
    with gzip.open(shared / "portal" / "procedures.jsonl.gz") as lines:
        for line in lines:
            row = json.loads(line)
            yield {"code": row["code"], "name": row["name"]}


def named_by(choice: Choice) -> set[str]:
    return {way.code for way in choice.ways}


def choice_as_written(**changed: object) -> dict[str, object]:
    ways = [{"code": code(n), "label": f"Cách {n}", "english": f"Way {n}"} for n in (1, 2)]
    written: dict[str, object] = {
        "id": "giay_thu",
        "question": "Bạn cần giấy nào?",
        "english": "Which paper?",
        "said": ["giấy thử"],
        "ways": ways,
    }
    return written | changed


def file_of(tmp_path: Path, *choices: dict[str, object]) -> Path:
    path = tmp_path / "choices.yaml"
    path.write_text(yaml.safe_dump(list(choices), allow_unicode=True), encoding="utf-8")
    return path


def test_the_shipped_list_covers_everyday_life() -> None:
    choices = read_choices()

    assert len(choices) >= 100
    assert {"can_cuoc", "bang_lai", "ho_kinh_doanh", "so_do", "dang_ky_xe"} <= {
        choice.id for choice in choices
    }


def test_every_choice_knows_several_ways_of_saying_it() -> None:
    assert [choice.id for choice in read_choices() if len(choice.said) < 5] == []


def test_every_way_can_be_picked_in_words() -> None:
    bare = [
        (choice.id, way.code) for choice in read_choices() for way in choice.ways if not way.said
    ]

    assert bare == []


@pytest.mark.parametrize(
    "id",
    [
        *("can_cuoc", "bang_lai", "ho_kinh_doanh", "so_do", "dang_ky_xe", "bien_so", "ho_khau"),
        *("cu_tru", "ho_tich", "quoc_tich", "chung_thuc", "thua_ke", "giay_phep_xay_dung"),
    ],
)
def test_the_commonest_are_asked_with_the_shipped_procedures_alone(id: str) -> None:
    choice = next(choice for choice in read_choices() if choice.id == id)

    assert len(named_by(choice) & starter().keys()) >= 2


@pytest.mark.shared
def test_every_code_is_in_the_catalogue(shared: Path) -> None:
    known = {row["code"] for row in snapshot(shared)} | starter().keys()

    assert {code for choice in read_choices() for code in named_by(choice)} - known == set()


def test_no_words_are_said_under_two_choices() -> None:
    owners = [(told(words), choice.id) for choice in read_choices() for words in choice.said]

    twice = {
        (one[1], other[1]): sorted(one[0])
        for one, other in pairwise(
            sorted(set(owners), key=lambda owner: (sorted(owner[0]), owner[1]))
        )
        if one[0] == other[0]
    }
    assert twice == {}


def test_something_is_left_of_every_saying() -> None:
    empty = [words for choice in read_choices() for words in choice.said if not told(words)]

    assert empty == []


def test_words_typed_without_marks_lead_to_the_same_choice() -> None:
    asked = heads()
    plain = [
        (words, choice.id, asked.get(told(folded(words))))
        for choice in read_choices()
        for words in choice.said
    ]

    assert [(w, id, found.id) for w, id, found in plain if found and found.id != id] == []
    assert sum(found is not None for _, _, found in plain) / len(plain) > 0.95


def test_no_saying_is_the_name_of_a_procedure() -> None:
    said = {frozenset(content_of(words)) for choice in read_choices() for words in choice.said}

    assert [name for name in starter().values() if frozenset(content_of(name)) in said] == []


def test_a_name_that_is_asked_back_is_among_the_ways() -> None:
    asked = heads()

    missed = [
        (code, choice.id)
        for code, name in starter().items()
        if (choice := asked.get(told(name))) and code not in named_by(choice)
    ]
    assert missed == []


@pytest.mark.shared
def test_a_name_of_the_snapshot_that_is_asked_back_is_among_the_ways(shared: Path) -> None:
    asked = heads()

    missed = [
        (row["code"], choice.id)
        for row in snapshot(shared)
        if (choice := asked.get(told(row["name"]))) and row["code"] not in named_by(choice)
    ]
    assert missed == []


def test_everyday_questions_that_are_asked_back_find_their_procedure_among_the_ways() -> None:
    asked = heads()
    caught = [
        code in named_by(choice)
        for code, questions in read_phrasebook().questions.items()
        for question in questions
        if len(question.split()) <= LONGEST and (choice := asked.get(told(question)))
    ]

    assert caught
    assert sum(caught) / len(caught) >= 0.75


@pytest.mark.parametrize(
    "question",
    [
        *("đổi bằng lái", "mất căn cước", "tách thửa đất", "đăng ký kết hôn", "đăng ký khai sinh"),
        *("đăng ký tạm trú", "làm hộ chiếu", "làm giấy khai sinh", "sang tên xe máy cũ"),
        *("gia hạn giấy phép xây dựng", "xin giấy độc thân", "rút bảo hiểm xã hội một lần"),
        *("register a birth", "renew my driving licence", "replace a lost identity card"),
    ],
)
def test_a_question_that_names_the_action_is_not_asked_back(question: str) -> None:
    choice = heads().get(told(question))

    assert choice is None or choice.owned


def test_what_is_mostly_wanted_for_the_first_time_is_asked_only_of_who_has_it() -> None:
    owned = {choice.id for choice in read_choices() if choice.owned}

    assert {"ho_chieu", "giay_khai_sinh", "giay_khai_tu"} <= owned
    assert len(owned) * 10 < len(read_choices())


@pytest.mark.parametrize(
    ("question", "id"),
    [
        ("làm căn cước", "can_cuoc"),
        ("em muốn hỏi về bằng lái xe ạ", "bang_lai"),
        ("cho mình hỏi cái vụ sổ đỏ với", "so_do"),
        ("giay phep xay dung", "giay_phep_xay_dung"),
        ("bảo hiểm y tế thì cần giấy tờ gì", "bao_hiem_y_te"),
        ("I have a question about vehicle registration", "dang_ky_xe"),
        ("how do I sort out an inheritance?", "thua_ke"),
    ],
)
def test_chat_around_the_words_does_not_hide_them(question: str, id: str) -> None:
    choice = heads().get(told(question))

    assert choice is not None
    assert choice.id == id


def test_answers_to_one_choice_tell_its_ways_apart() -> None:
    shared_answers = []
    for choice in read_choices():
        answers = Counter(
            answer
            for way in choice.ways
            for answer in {" ".join(folded_words(text)) for text in (way.label, *way.said)}
        )
        shared_answers += [(choice.id, answer) for answer, ways in answers.items() if ways > 1]

    assert shared_answers == []


def test_no_question_or_label_is_long() -> None:
    long = [
        text
        for choice in read_choices()
        for text in (choice.question, *(way.label for way in choice.ways))
        if len(text.split()) > 20
    ]

    assert long == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ways": []}, "ways"),
        ({"ways": [{"code": code(1), "label": "Một", "english": "One"}]}, "ways"),
        ({"said": []}, "said"),
        ({"question": " "}, "question"),
        ({"colour": "red"}, "colour"),
        ({"id": "Giấy thử"}, "id"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, changed: dict[str, object], field: str) -> None:
    path = file_of(tmp_path, choice_as_written(**changed))

    with pytest.raises(InvalidPhrasebook, match=rf"choices\.yaml: .*{field}"):
        read_choices(path)


def test_more_ways_than_a_screen_holds_are_refused(tmp_path: Path) -> None:
    ways = [
        {"code": code(n), "label": f"Cách {n}", "english": f"Way {n}"}
        for n in range(1, MOST_WAYS + 2)
    ]
    path = file_of(tmp_path, choice_as_written(ways=ways))

    with pytest.raises(InvalidPhrasebook, match="ways"):
        read_choices(path)


def test_a_code_that_stands_twice_is_refused(tmp_path: Path) -> None:
    way = {"code": code(1), "label": "Một", "english": "One"}
    path = file_of(tmp_path, choice_as_written(ways=[way, way]))

    with pytest.raises(InvalidPhrasebook, match="đứng hai lần trong `ways`"):
        read_choices(path)


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path, choice_as_written(), choice_as_written(said=["giấy khác"]))

    with pytest.raises(InvalidPhrasebook, match="`id` đứng hai lần"):
        read_choices(path)


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "choices.yaml"
    path.write_text("- id: [", encoding="utf-8")

    with pytest.raises(InvalidPhrasebook, match=r"choices\.yaml không phải YAML"):
        read_choices(path)
