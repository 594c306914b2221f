"""What is in scope beside the phrasebook's questions: names of procedures, questions made from
them, and head words as people say them when they say no more ('hỏi về hộ chiếu')."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evals.made_questions import made_questions
from knowledge.choices import read_choices
from knowledge.procedure import Procedure

_SAID = (
    "{} của tôi",
    "hỏi về {}",
    "em cần tư vấn {} ạ",
    "giúp mình việc {} với",
    "{} của nhà em bị trục trặc",
    "thủ tục {} thế nào",
    "my {}, please",
    "a question about the {}",
    "what is the procedure for a {}",
)


_ENGLISH = frozenset(
    (
        *("card", "id", "identity", "account", "licence", "license", "permit", "certificate"),
        *("passport", "visa", "birth", "marriage", "divorce", "death", "land", "house", "company"),
        *("business", "tax", "insurance", "residence", "registration", "citizen", "electronic"),
        *("digital", "car", "vehicle", "motorbike", "driving", "adoption", "pension", "copy"),
        *("nationality",),
    )
)


def lines_in_scope(procedures: Iterable[Procedure]) -> list[str]:
    """Each once; what nobody wrote, but anybody might say."""
    known = list(procedures)
    made = (case.turns[0] for case in made_questions(known))
    return list(dict.fromkeys([*(one.name for one in known), *made, *_heads()]))


def _heads() -> Iterator[str]:
    """Every head word in every frame of its language."""
    for choice in read_choices():
        for word in choice.said:
            english = word.isascii() and not _ENGLISH.isdisjoint(word.lower().split())
            yield from (frame.format(word) for frame in _SAID if frame.isascii() == english)
