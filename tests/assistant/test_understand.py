"""Language and facets from people's own words."""

from __future__ import annotations

import unicodedata

import pytest

from assistant.models import Facet
from assistant.steps.patterns import patterns_of
from assistant.steps.understand import facets_of, language_of
from knowledge.text import folded

ASKED = [
    ("đăng ký kết hôn cần giấy tờ gì", [Facet.DOCUMENTS]),
    ("lam giay khai sinh cho con can nhung gi", [Facet.DOCUMENTS]),
    ("đi nhập khẩu cho con phải mang theo gì vậy", [Facet.DOCUMENTS]),
    ("hồ sơ gồm những gì", [Facet.DOCUMENTS]),
    ("what documents do I need to register a marriage", [Facet.DOCUMENTS]),
    ("đổi bằng lái hết bao nhiêu tiền", [Facet.FEE]),
    ("làm căn cước mất phí không", [Facet.FEE]),
    ("le phi dang ky tam tru", [Facet.FEE]),
    ("chung thuc di chuc phi bn", [Facet.FEE]),
    ("how much does it cost to certify a copy", [Facet.FEE]),
    ("xin giấy xác nhận độc thân mấy ngày có", [Facet.TIME]),
    ("làm hộ chiếu mất bao lâu", [Facet.TIME]),
    ("thoi han giai quyet la bao nhieu ngay", [Facet.TIME]),
    ("how long does a birth certificate take", [Facet.TIME]),
    ("nộp hồ sơ đăng ký hộ kinh doanh ở đâu", [Facet.PLACE]),
    ("đến cơ quan nào để khai tử", [Facet.PLACE]),
    ("where do I apply for a residence card", [Facet.PLACE]),
    ("đăng ký thường trú qua mạng được không", [Facet.CHANNEL]),
    ("các bước đăng ký xe", [Facet.STEPS]),
    ("điều kiện để nhận con nuôi là gì", [Facet.CONDITIONS]),
    ("dùng mẫu đơn nào để đăng ký tạm trú", [Facet.FORMS]),
    ("căn cứ pháp lý của việc cấp phép xây dựng", [Facet.LEGAL_BASIS]),
    ("ai được đăng ký giám hộ", [Facet.SUBJECTS]),
    ("kết quả nhận được là gì", [Facet.RESULT]),
    ("khai tử mất bao lâu, có tốn phí không", [Facet.TIME, Facet.FEE]),
    ("đi khai sinh ở đâu và mang theo gì", [Facet.PLACE, Facet.DOCUMENTS]),
]


@pytest.mark.parametrize(("text", "facets"), ASKED)
def test_facets_come_in_the_order_in_which_they_are_asked(text: str, facets: list[Facet]) -> None:
    assert list(facets_of(text)) == facets


@pytest.mark.parametrize("text", [text for text, _ in ASKED])
def test_facets_do_not_depend_on_marks_or_on_how_they_are_encoded(text: str) -> None:
    expected = facets_of(text)

    assert facets_of(folded(text)) == expected
    assert facets_of(unicodedata.normalize("NFD", text)) == expected
    assert facets_of(text.upper()) == expected


@pytest.mark.parametrize("text", ["đăng ký hộ kinh doanh cá thể", "làm căn cước công dân", "sổ đỏ"])
def test_a_bare_topic_asks_for_no_facet(text: str) -> None:
    assert facets_of(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Gia hạn giấy chứng nhận đủ điều kiện nuôi chim yến",
        "Cho thuê nhà thuộc thẩm quyền của cơ quan trung ương",
        "Gia hạn thời hạn hoạt động của quán",
        "Nhà đầu tư xin giấy phép ở lần đầu",
        "tôi chỉ muốn rút hết tiền ra trước khi đi",
        "đổi sổ đỏ sang sổ hồng",
        "mỏ đá làm xi măng không đấu giá",
        "xin hỗ trợ chi phí mai táng",
        "nhà nước cử luật sư cho tôi không mất tiền",
        "địa chỉ trên giấy phép bị đổi thì sửa ra sao",
        "khai lệ phí trước bạ xe máy",
        "How do I get my permit back?",
        "tôi đang chuẩn bị đi du học",
    ],
)
def test_what_is_named_or_told_is_not_asked(text: str) -> None:
    assert facets_of(text) == ()


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("tôi có đủ điều kiện không", Facet.CONDITIONS),
        ("làm có mất tiền không", Facet.FEE),
        ("sao y có lấy liền không", Facet.TIME),
        ("cấp lại thẻ hẹn ngày nào trả", Facet.TIME),
        ("nộp onl đc hông", Facet.CHANNEL),
        ("làm lại từ xa được không", Facet.CHANNEL),
        ("Can my brother hand in the application for me?", Facet.CHANNEL),
        ("tờ khai tạm trú kí hiệu là gì", Facet.FORMS),
        ("khai thuế theo mẫu số bao nhiêu", Facet.FORMS),
        ("tách hộ có cần giấy khai sinh không", Facet.DOCUMENTS),
        ("xin phép xây nhà phải đóng khoản nào", Facet.FEE),
        ("cho xin địa chỉ", Facet.PLACE),
        ("tới mô làm", Facet.PLACE),
        ("cấp nào có thẩm quyền", Facet.PLACE),
        ("Đề nghị cho biết thẩm quyền giải quyết thủ tục này", Facet.PLACE),
        ("Xin hỏi về điều kiện cấp thẻ nuôi chim yến", Facet.CONDITIONS),
        ("Đề nghị cho biết thời hạn thực hiện thủ tục", Facet.TIME),
        ("cung cấp thông tin về đối tượng được cấp thẻ", Facet.SUBJECTS),
        ("What do I get in the end?", Facet.RESULT),
        ("what must we file?", Facet.DOCUMENTS),
    ],
)
def test_what_is_asked_is_heard(text: str, facet: Facet) -> None:
    assert facet in facets_of(text)


def test_every_facet_has_words() -> None:
    assert set(patterns_of("facets.yaml")) == set(Facet)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How do I register a marriage with a foreigner?", "en"),
        ("driving licence renewal", "en"),
        ("cap lai the can cuoc", "vi"),
        ("Tôi muốn online", "vi"),
        ("giấy khai sinh birth certificate", "vi"),
        ("sdt", "vi"),
    ],
)
def test_language_of_a_question(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "thai sản nhận tiền bao nhiêu",
        "nghỉ ốm được hưởng bao nhiêu tiền",
        "trợ cấp mai táng được bao nhiêu",
        "how much money will I receive for maternity leave",
    ],
)
def test_money_that_people_are_paid_is_no_fee(text: str) -> None:
    assert facets_of(text) == (Facet.RESULT,)


@pytest.mark.parametrize(
    "text",
    [
        "làm hồ sơ hưởng thai sản mất bao nhiêu tiền",
        "nhận con nuôi đóng bao nhiêu tiền",
        "nhận hộ chiếu qua bưu điện hết bao nhiêu",
        "sang tên xe bao nhiêu tiền",
    ],
)
def test_money_that_people_pay_is_a_fee(text: str) -> None:
    assert Facet.FEE in facets_of(text)
