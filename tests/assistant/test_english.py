"""English questions get English labels throughout; what is Vietnamese stands in the record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant import messages
from assistant.bootstrap import Assistant
from assistant.models import Answer, Facet, Question, Status

ASKED = {
    Facet.OVERVIEW: "tell me about this procedure",
    Facet.FEE: "how much is the fee",
    Facet.TIME: "how long does it take",
    Facet.CHANNEL: "can I apply online",
    Facet.FORMS: "which form",
    Facet.PLACE: "where do I apply",
}


def sentences(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield from (part.strip() for part in re.split(r"\{\w+\}", node))
    else:
        for value in node.values():
            yield from sentences(value)


def vietnamese_labels() -> set[str]:
    """Pieces of the Vietnamese messages that say something by themselves."""
    file = Path(messages.__file__).parent / "vi.yaml"
    pieces = sentences(yaml.safe_load(file.read_text(encoding="utf-8")))
    return {piece for piece in pieces if len(piece.split()) > 1 and not piece.isascii()}


def said(answer: Answer) -> str:
    """Everything but what the record itself says."""
    text = "\n".join(
        part for b in answer.blocks for part in (b.title or "", *(line.text for line in b.lines))
    )
    return text


@pytest.mark.parametrize("facet", list(ASKED))
def test_no_english_answer_has_an_untranslated_label(starter: Assistant, facet: Facet) -> None:
    labels = vietnamese_labels()
    for version in starter.catalog.current():
        record = version.procedure.model_dump_json()
        question = Question(text=ASKED[facet], code=version.code, language="en")
        answer = starter.reply(question)

        assert answer.status is Status.ANSWERED, version.code
        left = {label for label in labels if label in said(answer) and label not in record}
        assert left == set(), (version.code, facet)


def test_every_starter_procedure_has_an_english_name(starter: Assistant) -> None:
    nameless = [v.code for v in starter.catalog.current() if not v.procedure.english_name]

    assert nameless == []


def test_kinds_of_papers_are_english_with_the_vietnamese_name_in_brackets(
    starter: Assistant,
) -> None:
    for version in starter.catalog.current():
        question = Question(text="which papers", code=version.code, language="en", case="tat_ca")
        told = said(starter.reply(question))
        for _, _, paper in version.procedure.requirements():
            if paper.paper != "other":
                assert f"({paper.name.rstrip(' .;:')})" in told, (version.code, paper.name)
