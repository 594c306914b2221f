"""What a citizen is asked for, in short."""

from __future__ import annotations

from collections.abc import Callable

from assistant.dossier.check import check
from assistant.dossier.wanted import wanted_in_short
from assistant.messages import messages_for
from knowledge.catalog import Version
from tests.assistant.dossier.papers import PERSON, card, page, reading, request

SETTLED = {"cases[0].requirements[5]": "no", "cases[0].requirements[7]": "no"}


def test_each_thing_is_said_once_and_one_of_a_group_is_enough(
    starter: Callable[[str], Version],
) -> None:
    unsigned = page("TỜ KHAI ĐĂNG KÝ KHAI SINH", PERSON, file="a.jpg")
    asked = request("1.001193", case="chung", answers=SETTLED)
    report = check(starter("1.001193"), reading(unsigned, card()), asked)

    lines = wanted_in_short(report, messages_for("vi"))

    assert [line for line in lines if line.startswith("Thiếu")] == [
        "Thiếu: Giấy chứng sinh; hoặc Văn bản của người làm chứng xác nhận việc sinh; "
        "hoặc Giấy cam đoan về việc sinh"
    ]
    assert len(lines) == len(set(lines))
    assert all(f.sentence in lines for f in report.findings if f.blocks)
