"""Options: which candidates are offered, and under which words."""

from __future__ import annotations

from assistant.messages import messages_for
from assistant.steps.choose import rivals_of
from assistant.steps.content import content_of
from assistant.steps.heads import head_in, is_narrower
from assistant.steps.labels import labelled, option_of
from knowledge.search import Hit

SAY = messages_for("vi")


def hit(name: str, score: float = 1.0, code: str = "1.000001", level: str = "commune") -> Hit:
    return Hit(code, name, "Hộ tịch", score, score / 2, levels=(level,))


def labels(*names: str) -> list[str]:
    return [option.label for option in labelled([hit(name) for name in names], SAY).options]


def test_what_all_names_begin_and_end_with_is_left_out() -> None:
    told = labels("Cấp mới giấy phép mỏ", "Gia hạn giấy phép mỏ", "Trả lại giấy phép mỏ")

    assert told == [SAY.say("first_time"), "Gia hạn", "Trả lại"]


def test_a_label_does_not_begin_with_a_word_that_leans_on_the_verb() -> None:
    told = labels("Thủ tục đăng ký khai sinh", "Thủ tục đăng ký lại khai sinh")

    assert told[1].startswith("Đăng ký lại")


def test_a_bracket_is_not_cut_open_and_what_is_shared_is_told() -> None:
    names = "Cấp giấy phép nuôi chim yến (cấp Bộ)", "Cấp giấy phép nuôi chim yến (cấp Tỉnh)"
    found = labelled([hit(name) for name in names], SAY)

    assert [option.label for option in found.options] == ["Cấp Bộ", "Cấp Tỉnh"]
    assert found.shared == "Cấp giấy phép nuôi chim yến"


def test_equal_names_are_told_apart_by_their_level() -> None:
    name = "Xác nhận thông tin xuất cảnh"
    found = labelled([hit(name, level="ministry"), hit(name, level="province")], SAY)

    assert [option.label.rpartition("(")[2] for option in found.options] == ["cấp bộ)", "cấp tỉnh)"]


def test_an_option_bears_its_own_name() -> None:
    assert option_of(hit("Thủ tục đăng ký khai tử"), "en").label == "Đăng ký khai tử"


def test_variants_of_the_first_candidate_are_offered_before_strangers() -> None:
    card, again = hit("Cấp thẻ thừa phát lại", 1.9, "1"), hit("Cấp lại thẻ thừa phát lại", 1.4, "2")
    others = [hit(f"Đăng ký kết hôn kiểu {n}", 1.5, f"{n}") for n in range(3, 9)]

    offered = rivals_of([card, *others, again])

    assert [found.code for found in offered[:2]] == ["1", "2"]
    assert len(offered) == 5


def test_a_head_word_is_too_broad_where_the_title_has_words_beside_it() -> None:
    vet = hit("Cấp lại Chứng chỉ hành nghề thú y", code="1.005319")
    narrow, broad = content_of("chứng chỉ hành nghề thú y"), content_of("chứng chỉ hành nghề")
    said = head_in(broad, {"1.004756"})

    assert said is not None
    assert is_narrower(narrow, said.choice, vet)
    assert not is_narrower(broad, said.choice, vet)


def test_plain_names_are_said_in_the_language_of_the_question() -> None:
    cards = [
        hit("Cấp thẻ thường trú", code="1.001010"),
        hit("Cấp đổi thẻ thường trú", code="2.000473"),
    ]

    assert [option.label for option in labelled(cards, messages_for("en")).options] == [
        "Permanent residence card for a foreigner, at the province",
        "Permanent residence card for a foreigner: exchange, at the province",
    ]
