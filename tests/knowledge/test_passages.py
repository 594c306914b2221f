"""Passages are anchored: each names the field that it came from."""

from __future__ import annotations

from ingest.sources.starter import read_yaml_directory
from knowledge.papers import paper_names
from knowledge.passages import OFF_TOPIC, PassageKind, off_topic_passages, passages_of
from knowledge.phrasebook import read_phrasebook
from knowledge.procedure import Procedure, parse_procedure, value_at
from tests.fakes import full_data, procedure

QUESTIONS = ["thả diều xin ai", "mất thẻ thì sao"]


def starter() -> list[Procedure]:
    return [parse_procedure(item.record, item.place) for item in read_yaml_directory(None)]


def test_every_anchor_leads_to_a_field() -> None:
    for built in [parse_procedure(full_data(), "x"), procedure(1), *starter()]:
        for passage in passages_of(built, QUESTIONS):
            if not passage.path.startswith("questions["):
                value_at(built, passage.path)


def test_ids_are_unique_over_the_starter_corpus() -> None:
    book = read_phrasebook()
    ids = [p.id for built in starter() for p in passages_of(built, book.questions_of(built.code))]
    ids += [p.id for p in off_topic_passages(book.off_topic)]

    assert len(ids) == len(set(ids))


def test_a_passage_holds_the_words_of_its_field() -> None:
    built = parse_procedure(full_data(), "x")
    by_path = {passage.path: passage for passage in passages_of(built, QUESTIONS)}

    assert by_path["name"].text == built.name
    assert by_path["aliases[0]"].text == "xin thẻ diều"
    assert by_path["english_name"].kind is PassageKind.NAME
    assert by_path["questions[1]"].text == "mất thẻ thì sao"
    assert "Giấy ủy quyền" in by_path["cases[0].requirements"].text
    assert "Nhận thẻ." in by_path["steps"].text
    assert "Đủ 6 tuổi." in by_path["conditions"].text


def test_a_case_is_found_by_its_name_even_without_papers_of_its_own() -> None:
    built = parse_procedure(full_data(), "x")

    texts = {passage.path: passage.text for passage in passages_of(built)}

    assert "Mất thẻ" in texts.get("cases[1]", "")


def test_empty_fields_make_no_passage() -> None:
    paths = [passage.path for passage in passages_of(procedure(1))]

    assert paths == ["name", "summary"]


def test_a_passage_is_short() -> None:
    built = procedure(1, steps=["rất dài " * 500])

    assert max(len(passage.text) for passage in passages_of(built)) <= 600


def test_off_topic_passages_belong_to_no_procedure() -> None:
    found = off_topic_passages({"weather": ["mai mưa không", "nóng quá"]})

    assert [p.code for p in found] == [OFF_TOPIC + "weather"] * 2
    assert len({p.id for p in found}) == 2
    assert {p.kind for p in found} == {PassageKind.OFF_TOPIC}


def test_every_kind_of_paper_has_a_name_in_both_languages() -> None:
    vietnamese, english = paper_names("vi"), paper_names("en")

    assert vietnamese.keys() == english.keys()
    assert all(vietnamese.values())
    assert all(english.values())


def test_every_paper_of_the_starter_corpus_is_of_a_known_kind() -> None:
    kinds = {paper.paper for built in starter() for _, _, paper in built.requirements()}

    assert kinds - {"other"} <= paper_names("vi").keys()
