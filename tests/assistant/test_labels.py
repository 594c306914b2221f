"""Labels tell options apart in few words."""

from __future__ import annotations

from assistant.steps.labels import labelled, option_of
from knowledge.search import Hit


def hit(code: str, name: str) -> Hit:
    return Hit(code=code, name=name, field="", score=1.0, similarity=0.5)


def test_plain_names_are_said_in_the_language_of_the_question() -> None:
    hits = [hit("1.001010", "Cấp thẻ thường trú"), hit("2.000473", "Cấp đổi thẻ thường trú")]
    said = [option.label for option in labelled(hits, "en")]
    assert said == [
        "Permanent residence card for a foreigner, at the province",
        "Permanent residence card for a foreigner: exchange, at the province",
    ]


def test_titles_lose_what_they_share() -> None:
    hits = [
        hit("9.999991", "Cấp giấy phép thả diều cho người lớn"),
        hit("9.999992", "Cấp giấy phép thả diều cho trẻ em"),
    ]
    assert [o.label for o in labelled(hits, "vi")] == ["Người lớn", "Trẻ em"]


def test_titles_stay_whole_where_a_lone_word_would_be_left() -> None:
    hits = [
        hit("9.999991", "Cấp thẻ thả diều dưới 14 tuổi"),
        hit("9.999992", "Cấp thẻ thả diều dưới 14 tuổi (thực hiện tại cấp tỉnh)"),
    ]
    assert [o.label for o in labelled(hits, "vi")] == [one.name for one in hits]


def test_a_single_option_without_a_plain_name_has_its_title() -> None:
    assert option_of(hit("9.999991", "Thủ tục thả diều"), "en").label == "Thả diều"
