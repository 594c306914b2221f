"""A procedure becomes passages: short texts to search in, each anchored to its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.procedure import COMMON_CASE, Case, Procedure

OFF_TOPIC = "~"
_LONGEST = 600  # characters; a passage is for finding, the record itself is for answering


class PassageKind(StrEnum):
    """What a passage speaks of."""

    NAME = "name"
    PHRASE = "phrase"
    OVERVIEW = "overview"
    PAPERS = "papers"
    CASE = "case"
    STEPS = "steps"
    CONDITIONS = "conditions"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True)
class Passage:
    """A searchable text and the path of its field in the procedure `code`."""

    code: str
    path: str
    kind: PassageKind
    text: str

    @property
    def id(self) -> str:
        """Unique in an index."""
        return f"{self.code}|{self.path}"


def passages_of(procedure: Procedure, questions: Sequence[str] = ()) -> list[Passage]:
    """Passages of one procedure: names first, then everyday questions, then its facets."""
    return [
        Passage(procedure.code, path, kind, text if kind is PassageKind.NAME else text[:_LONGEST])
        for path, kind, text in _texts(procedure, questions)
        if text.strip()
    ]


def off_topic_passages(topics: Mapping[str, Sequence[str]]) -> list[Passage]:
    """Passages that draw questions away from every procedure; their code begins with OFF_TOPIC."""
    return [
        Passage(OFF_TOPIC + topic, f"questions[{i}]", PassageKind.OFF_TOPIC, line)
        for topic, lines in topics.items()
        for i, line in enumerate(lines)
    ]


def _texts(
    procedure: Procedure, questions: Sequence[str]
) -> Iterator[tuple[str, PassageKind, str]]:
    yield "name", PassageKind.NAME, procedure.name
    for i, alias in enumerate(procedure.aliases):
        yield f"aliases[{i}]", PassageKind.NAME, alias
    if procedure.english_name:
        yield "english_name", PassageKind.NAME, procedure.english_name
    for i, question in enumerate(questions):
        yield f"questions[{i}]", PassageKind.PHRASE, question
    overview = [procedure.name, procedure.summary or "", procedure.field, *procedure.results]
    yield "summary", PassageKind.OVERVIEW, ". ".join(filter(None, overview))
    for c, case in enumerate(procedure.cases):
        yield from _case_texts(f"cases[{c}]", procedure.name, case)
    yield "steps", PassageKind.STEPS, _titled(procedure.name, procedure.steps)
    if procedure.conditions:
        yield "conditions", PassageKind.CONDITIONS, _titled(procedure.name, procedure.conditions)


def _case_texts(path: str, name: str, case: Case) -> Iterator[tuple[str, PassageKind, str]]:
    papers = [requirement.name for requirement in case.requirements]
    if case.id == COMMON_CASE:
        yield f"{path}.requirements", PassageKind.PAPERS, _titled(name, papers)
    else:
        yield path, PassageKind.CASE, f"{name}: {case.name}. {' '.join(papers)}"


def _titled(title: str, lines: Sequence[str]) -> str:
    return f"{title}. {' '.join(lines)}" if lines else ""
