"""Which provision of law a finding names, and where none was read."""

from __future__ import annotations

import pytest

from assistant.dossier.classify import pieces_of
from assistant.dossier.laws import basis_of_expiry
from tests.assistant.dossier.papers import page


@pytest.mark.parametrize(
    ("title", "law"),
    [
        ("CĂN CƯỚC CÔNG DÂN", "26/2023/QH15"),
        ("CĂN CƯỚC", None),
        ("HỘ CHIẾU / PASSPORT", "49/2019/QH14"),
        ("PASSPORT", None),
        ("GIẤY PHÉP LÁI XE", None),
    ],
)
def test_only_papers_whose_law_was_read_have_a_basis(title: str, law: str | None) -> None:
    (piece,) = pieces_of([page(title, [])])

    basis = basis_of_expiry(piece)

    assert (law in (basis or "")) if law else basis is None
