"""Near twins: who is named decides which of two titles is meant."""

from __future__ import annotations

import pytest

from knowledge.twins import title_of, twin_adjustments

PLAIN = "Gia hạn tạm trú"
FOREIGN = "Gia hạn tạm trú cho người nước ngoài tại Việt Nam"
PAIR = [title_of(PLAIN), title_of(FOREIGN)]


@pytest.mark.parametrize(
    "question",
    ["gia hạn tạm trú cho người Trung Quốc", "extend residence, my wife is Korean", "vo nguoi nga"],
)
def test_a_foreigner_is_not_told_what_holds_for_citizens(question: str) -> None:
    plain, foreign = twin_adjustments(question, PAIR)
    assert foreign - plain > 0.5


@pytest.mark.parametrize("question", ["gia hạn tạm trú", "hai vợ chồng đều là người Việt Nam"])
def test_a_citizen_is_not_told_what_holds_for_foreigners(question: str) -> None:
    plain, foreign = twin_adjustments(question, PAIR)
    assert plain - foreign > 0.4


def test_a_title_without_a_twin_keeps_its_score() -> None:
    assert twin_adjustments(
        "người Nga xin gia hạn", [title_of(PLAIN), title_of("Cấp hộ chiếu")]
    ) == [0.0, 0.0]


@pytest.mark.parametrize(
    ("question", "ahead"),
    [
        ("mất thẻ bảo hiểm y tế", "everyone"),
        ("mất thẻ bảo hiểm y tế, ra công an xã hay bảo hiểm", "everyone"),
        ("tôi là chiến sĩ, mất thẻ bảo hiểm y tế", "police"),
        ("chồng em làm công an, làm lại thẻ bảo hiểm y tế", "police"),
    ],
)
def test_what_is_for_the_police_only_is_told_to_the_police(question: str, ahead: str) -> None:
    names = ["Cấp lại thẻ", "Cấp lại thẻ"]
    plain = ["Thẻ bảo hiểm y tế: cấp lại", "Thẻ bảo hiểm y tế ngành công an: cấp lại"]

    everyone, police = twin_adjustments(question, list(map(title_of, names, plain)))

    assert (police > everyone) == (ahead == "police")


def test_who_speaks_of_a_vietnamese_is_somebody_else() -> None:
    plain, foreign = twin_adjustments("marry my Vietnamese girlfriend", PAIR)
    assert foreign > plain


CHILD = "Cấp thẻ căn cước cho người dưới 14 tuổi"
ADULT = "Cấp thẻ căn cước cho người từ đủ 14 tuổi trở lên"
AGES = [title_of(CHILD), title_of(ADULT)]


@pytest.mark.parametrize(
    ("question", "child_fits"),
    [
        ("làm căn cước cho con gái 16t", False),
        ("cấp thẻ căn cước cho e 20 tuổi", False),
        ("căn cước cho cháu 8 tuổi", True),
        ("con tôi chưa đủ 14 tuổi, làm căn cước", True),
        ("an ID card for a 30-year-old", False),
    ],
)
def test_who_says_an_age_is_not_told_what_holds_for_another(
    question: str, child_fits: bool
) -> None:
    child, adult = twin_adjustments(question, AGES)

    assert (child > adult) is child_fits


def test_no_age_said_rules_no_age_out() -> None:
    child, adult = twin_adjustments("làm căn cước ở đâu", AGES)

    assert child == adult
