"""What a page is: by its own title, its code or its codes; never by what it mentions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.dossier.check import check
from assistant.dossier.classify import pieces_of
from assistant.dossier.demands import marks, printed_titles
from assistant.dossier.likeness import bare, likeness
from assistant.dossier.models import Verdict
from ingest.reading.page import Box, Fact, FactKind, Page
from knowledge.catalog import Version
from knowledge.papers import paper_names
from tests.assistant.dossier.papers import (
    card,
    noisy,
    page,
    paper_for,
    reading,
    request,
    two_on_one,
)

LOOK_ALIKES = [
    ["GIẤY CHỨNG SINH", "GIẤY KHAI SINH", "TRÍCH LỤC KHAI TỬ", "TỜ KHAI ĐĂNG KÝ KHAI SINH"],
    ["GIẤY CHỨNG NHẬN KẾT HÔN", "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN", "TỜ KHAI ĐĂNG KÝ KẾT HÔN"],
    [
        "HỢP ĐỒNG MUA BÁN NHÀ",
        "HỢP ĐỒNG THUÊ NHÀ",
        "HỢP ĐỒNG CHUYỂN NHƯỢNG NHÀ",
        "HỢP ĐỒNG ỦY QUYỀN",
    ],
    ["TRÍCH LỤC KHAI TỬ", "GIẤY BÁO TỬ", "TỜ KHAI ĐĂNG KÝ KHAI TỬ"],
    ["TỜ KHAI ĐĂNG KÝ KHAI SINH", "TỜ KHAI ĐĂNG KÝ LẠI KHAI SINH"],
    ["TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN", "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN"],
]


def kinds_on(page_: Page) -> set[str]:
    best = pieces_of([page_])[0].best
    return set(best.kinds) if best and best.score >= 0.8 else set()


@pytest.mark.parametrize("titles", LOOK_ALIKES, ids=lambda titles: titles[0])
def test_look_alikes_are_told_apart(titles: list[str]) -> None:
    for one in titles:
        for other in titles:
            like = likeness(bare(one), bare(other))
            assert (like.score >= 0.66) == (one == other), (one, other, like)


def test_every_kind_is_known_by_its_usual_titles() -> None:
    lost = [
        (kind, printed_titles()[title])
        for kind, mark in marks().items()
        for title in mark.titles[:3]
        if kind not in kinds_on(page(printed_titles()[title].upper()))
    ]

    assert lost == []
    assert len(marks()) >= 60
    assert marks().keys() <= paper_names("vi").keys()


def test_a_paper_that_mentions_another_is_not_that_paper() -> None:
    mention = page(
        "TỜ KHAI ĐĂNG KÝ KHAI SINH",
        ("Giấy tờ kèm theo: Giấy chứng sinh, Giấy khai sinh", "GIẤY CHỨNG SINH"),
    )

    assert "birth_notification" not in kinds_on(mention)


def test_a_small_title_under_a_large_other_one_does_not_count() -> None:
    small = page(
        "PHIẾU THU TIỀN ĐIỆN",
        ("Số tiền đã thu đủ trong tháng",),
        above=("GIẤY CHỨNG SINH",),
        size=2.2,
    )

    assert "birth_notification" not in kinds_on(small)


def test_two_papers_on_one_page_are_two() -> None:
    pieces = pieces_of([two_on_one("GIẤY CHỨNG SINH", "GIẤY KHAI SINH")])

    found = [piece.best.kinds for piece in pieces if piece.best]

    assert found == [{"birth_notification"}, {"birth_certificate"}]


def test_pages_without_a_title_join_the_paper_before_them() -> None:
    first = page("HỢP ĐỒNG THUÊ NHÀ", file="hop-dong.pdf")
    second = page(
        "",
        ("Điều tiếp theo của văn bản này, hai bên đã thỏa thuận xong.",),
        file="hop-dong.pdf",
        number=2,
        header=False,
    )

    pieces = pieces_of([second, first])

    assert [len(piece.sheets) for piece in pieces] == [2]


def test_numbered_pages_find_their_paper_in_another_order() -> None:
    def part(number: int, title: str, mark: str) -> Page:
        body = ("Nội dung của văn bản này được hai bên thỏa thuận.", mark)
        return page(title, body, file="quet.pdf", number=number, header=bool(title))

    pages = [
        part(1, "HỢP ĐỒNG THUÊ NHÀ", "Trang 1/2"),
        part(2, "GIẤY ỦY QUYỀN", "Trang 1/3"),
        part(3, "", "Trang 2/2"),
        part(4, "", "Trang 3/3"),
        part(5, "", "Trang 2/3"),
    ]

    pieces = {p.title.text: [s.page.number for s in p.sheets] for p in pieces_of(pages) if p.title}

    assert pieces == {"HỢP ĐỒNG THUÊ NHÀ": [1, 3], "GIẤY ỦY QUYỀN": [2, 5, 4]}


def test_codes_tell_a_card_and_a_passport_without_any_title() -> None:
    where = Box(0.6, 0.1, 0.9, 0.3)
    qr = page(
        "",
        ("Nơi thường trú", "Quê quán"),
        header=False,
        facts=(Fact(FactKind.IDENTITY_QR, {"number": "079085001234"}, where),),
    )
    mrz = page(
        "",
        ("P<VNM",),
        header=False,
        facts=(Fact(FactKind.MRZ, {"kind": "P", "number": "C1234567"}, where),),
    )

    assert kinds_on(qr) == {"identity_card"}
    assert kinds_on(mrz) == {"passport"}


def test_front_and_back_of_a_card_are_one_paper() -> None:
    front = page(
        "CĂN CƯỚC",
        ("Số / No.: 079085001234", "Họ và tên / Full name:", "TRẦN VĂN BÌNH"),
        file="truoc.jpg",
    )
    back = page(
        "",
        ("Đặc điểm nhân dạng / Personal identification", "IDVNM0850012343079085001234<<4"),
        file="sau.jpg",
        header=False,
        facts=(Fact(FactKind.MRZ, {"kind": "TD1", "number": "079085001234"}),),
    )

    pieces = pieces_of([back, front])

    assert [len(piece.sheets) for piece in pieces] == [2]


@pytest.mark.parametrize("seed", range(12))
def test_noise_makes_no_paper_of_another(seed: int, starter: Callable[[str], Version]) -> None:
    version = starter("1.001193")
    others = [
        "GIẤY KHAI SINH",
        "GIẤY BÁO TỬ",
        "GIẤY CHỨNG NHẬN KẾT HÔN",
        "TỜ KHAI ĐĂNG KÝ LẠI KHAI SINH",
    ]
    pages = [noisy(page(t, file=f"{i}.jpg"), seed + i, 0.15) for i, t in enumerate(others)]

    report = check(version, reading(*pages), request("1.001193", case="chung"))

    assert Verdict.PRESENT not in {verdict.verdict for verdict in report.requirements}


def test_a_wrong_letter_or_two_leaves_a_title_known() -> None:
    assert kinds_on(page("GlẤY CHỨNG SlNH")) == {"birth_notification"}
    assert kinds_on(page("GIẤYCHỨNG SINH")) == {"birth_notification"}
    assert kinds_on(page("TRÍCH LUC KHAl TỪ")) == {"death_certificate"}


def test_a_form_is_known_by_the_records_own_name_and_code(
    starter: Callable[[str], Version],
) -> None:
    version = starter("1.001456")
    adults = next(r for _, _, r in version.procedure.requirements() if r.form_code == "TK01")
    asked = request("1.001456", case="chung")

    report = check(version, reading(paper_for(adults, "a.jpg"), card()), asked)

    assert report.papers[0].requirement == "cases[0].requirements[0]"
