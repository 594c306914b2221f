"""The same question gives the same facts: what Telegram shows is the Answer of the API."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from assistant.models import Answer, Question
from bots.telegram.talk import Answering
from knowledge.catalog import Catalog
from knowledge.search import Found
from tests.telegram.conftest import Bench
from tests.telegram.talking import shown

CASES = Path(__file__).parents[2] / "evals" / "cases"
ADDRESS = "https://motcua.example"
_SUM = re.compile(r"\d[\d.,/]*")


def questions() -> list[str]:
    """A hundred first questions, spread over the files of cases."""
    found = []
    for name, every in (("answers", 8), ("choose", 12), ("decline", 20)):
        lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [json.loads(line)["turns"][0] for line in lines[::every]]
    return found[:100]


class Recorded:
    """The assistant, with the answers it gave."""

    def __init__(self, assistant: Answering) -> None:
        self._assistant = assistant
        self.catalog: Catalog = assistant.catalog
        self.conversations = None
        self.model = None
        self.answers: list[Answer] = []

    def reply(self, question: Question) -> Answer:
        self.answers.append(self._assistant.reply(question))
        return self.answers[-1]

    def search(self, text: str, limit: int = 10) -> Found:
        return self._assistant.search(text, limit)


@pytest.fixture(params=[None, ADDRESS], ids=["list", "links"])
def bench(request: pytest.FixtureRequest, quick: Bench) -> Bench:
    recorded = Recorded(quick.talk.assistant)
    return quick.with_(assistant=recorded, public_url=request.param)


def test_a_hundred_questions_show_what_the_api_answers(bench: Bench) -> None:
    asked = questions()
    assert len(asked) == 100

    for text in asked:
        person = bench.person()
        sends = person.says(text)
        answer = bench.talk.assistant.answers[-1]  # type: ignore[attr-defined]
        api = bench.talk.assistant._assistant.reply(Question(text=text))  # type: ignore[attr-defined]
        assert api.model_dump(exclude={"id", "elapsed_ms"}) == answer.model_dump(
            exclude={"id", "elapsed_ms"}
        )
        told = shown(sends)
        _lines_stand_in_order(answer, told)
        _figures_are_those_of_the_answer(answer, told)
        if bench.talk.public_url:
            raw = "".join(str(send.payload.get("text")) for send in sends)
            _links_open_the_fields(answer, raw)


def _lines_stand_in_order(answer: Answer, told: str) -> None:
    """Every line with the numbers of its citations, none left out, none moved."""
    position = 0
    plain = " ".join(told.split())
    for block in answer.blocks:
        for line in block.lines:
            marks = "".join(f" [{n}]" for n in line.citations)
            words = " ".join(f"{line.text}{marks}".split())
            found = plain.find(words, position)
            assert found >= position, words
            position = found


def _figures_are_those_of_the_answer(answer: Answer, told: str) -> None:
    """No number stands in the messages that the answer does not have."""
    known = set(_SUM.findall(answer.model_dump_json()))
    sources = {f"{c.retrieved_at:%d/%m/%Y}" for c in answer.citations if c.retrieved_at}
    days = {f"{c.retrieved_at.day}" for c in answer.citations if c.retrieved_at}
    numbers = {f"{n}." for n in range(1, 40)} | {str(n) for n in range(1, 200)}
    assert set(_SUM.findall(told)) - known - sources - days - numbers == set()


def _links_open_the_fields(answer: Answer, raw: str) -> None:
    """`[n]` opens the field that citation n names."""
    found = re.findall(r'<a href="([^"]*)">\[(\d+)\]</a>', raw)
    expected = {
        (f"{ADDRESS}/thu-tuc/{quote(c.code, safe='')}#{quote(c.field, safe='')}", str(c.n))
        for c in answer.citations
        if any(c.n in line.citations for block in answer.blocks for line in block.lines)
    }
    assert {(html.unescape(link), n) for link, n in found} == expected
