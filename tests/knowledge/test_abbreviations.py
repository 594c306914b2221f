"""Abbreviations are words: what is written short is found in full, and the other way round."""

from __future__ import annotations

import pytest

from knowledge.abbreviations import spelled_out
from knowledge.keywords import KeywordIndex
from tests.fakes import procedure

PROCEDURES = [
    procedure(1, name="Cấp lại sổ BHXH, thẻ BHYT"),
    procedure(2, name="Cấp giấy phép lái xe"),
    procedure(3, name="Thành lập công ty trách nhiệm hữu hạn"),
]


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("thẻ BHYT", "thẻ bảo hiểm y tế"),
        ("Cty TNHH MTV", "cty trách nhiệm hữu hạn một thành viên"),
        ("đổi qsdd", "đổi quyền sử dụng đất"),
        ("bhytx, abhyt", "bhytx, abhyt"),
    ],
)
def test_spelled_out(text: str, full: str) -> None:
    assert spelled_out(text) == full
    assert spelled_out(full) == full


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("thẻ bảo hiểm y tế", 0),
        ("the bhyt", 0),
        ("sổ bảo hiểm xã hội", 0),
        ("gplx", 1),
        ("cty tnhh", 2),
    ],
)
def test_either_form_finds_the_other(question: str, row: int) -> None:
    scores = KeywordIndex.build(PROCEDURES).scores(question).names

    assert scores.argmax() == row
    assert scores[row] > 0
