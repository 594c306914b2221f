"""Citizens' words and official words, read from the YAML files of `phrasebook/`.

A file holds everyday questions by code; synonyms.yaml holds pairs that are valid everywhere. The
format is described in phrasebook/README.md, for people who add a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.documents import read_yaml
from knowledge.errors import InvalidPhrasebook
from knowledge.plain_names import FILE, PlainName, read_names
from knowledge.procedure import Code, Text, path_of
from knowledge.text import folded, folded_words

BUNDLED_PHRASEBOOK = Path(__file__).parent / "phrasebook"
_SYNONYMS = "synonyms.yaml"
_OFF_TOPIC = "off_topic"  # off_topic.yaml, off_topic-<theme>.yaml
# The C loader is ten times faster; PyYAML builds without it on some machines.
M = TypeVar("M", bound=BaseModel)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    field: Text
    questions: dict[Code, Annotated[list[Text], Field(min_length=1)]]


class Synonym(BaseModel):
    """Everyday words for an official word."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    official: Text
    everyday: Annotated[tuple[Text, ...], Field(min_length=1)]


class _OffTopic(BaseModel):
    model_config = ConfigDict(extra="forbid")

    topics: dict[str, Annotated[list[Text], Field(min_length=1)]]


class _Synonyms(BaseModel):
    model_config = ConfigDict(extra="forbid")

    synonyms: list[Synonym]


@dataclass(frozen=True)
class Phrasebook:
    """Questions by code, general synonyms, questions on what no procedure is about, and plain
    names by code."""

    questions: Mapping[str, tuple[str, ...]]
    synonyms: tuple[Synonym, ...] = ()
    off_topic: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, PlainName] = field(default_factory=dict)

    @cached_property
    def lines(self) -> Mapping[str, tuple[str, ...]]:
        """What is searched for each code: its questions, then its English name. The Vietnamese
        one says again what the title says."""
        english = {code: (name.en,) for code, name in self.names.items()}
        codes = dict.fromkeys((*self.questions, *english))
        return {code: (*self.questions.get(code, ()), *english.get(code, ())) for code in codes}

    def questions_of(self, code: str) -> tuple[str, ...]:
        """What people say for `code`; empty when nobody has written any."""
        return self.lines.get(code, ())

    def without(self, codes: set[str]) -> Phrasebook:
        """The phrasebook as if nobody had written a line for `codes`."""
        kept = {code: lines for code, lines in self.questions.items() if code not in codes}
        names = {code: name for code, name in self.names.items() if code not in codes}
        return Phrasebook(kept, self.synonyms, self.off_topic, names)


@dataclass(frozen=True)
class PhraseProblem:
    """A line of the phrasebook that a person should look at."""

    code: str
    line: str
    problem: str


def read_phrasebook(directory: Path = BUNDLED_PHRASEBOOK) -> Phrasebook:
    """Read every file of `directory`; raises InvalidPhrasebook naming file and field."""
    questions: dict[str, list[str]] = {}
    synonyms: list[Synonym] = []
    off_topic: dict[str, list[str]] = {}
    for path in sorted(directory.glob("*.yaml")):
        if path.name == _SYNONYMS:
            synonyms = _parsed(path, _Synonyms).synonyms
        elif path.name.startswith(_OFF_TOPIC):
            for topic, lines in _parsed(path, _OffTopic).topics.items():
                off_topic.setdefault(topic, []).extend(lines)
        else:
            for code, lines in _parsed(path, _File).questions.items():
                questions.setdefault(code, []).extend(lines)
    return Phrasebook(
        {code: tuple(dict.fromkeys(lines)) for code, lines in questions.items()},
        tuple(synonyms),
        {topic: tuple(dict.fromkeys(lines)) for topic, lines in off_topic.items()},
        read_names(directory / FILE) if (directory / FILE).is_file() else {},
    )


def _parsed(path: Path, model: type[M]) -> M:
    try:
        return model.model_validate(read_yaml(path))
    except yaml.YAMLError as error:
        raise InvalidPhrasebook(f"{path.name}: không phải YAML hợp lệ ({error})") from error
    except ValidationError as error:
        problems = "; ".join(f"{path_of(e['loc'])}: {e['msg']}" for e in error.errors())
        raise InvalidPhrasebook(f"{path.name}: {problems}") from error


def problems_of(phrasebook: Phrasebook, names: Mapping[str, str]) -> Iterator[PhraseProblem]:
    """Lines that repeat another, stand under two codes, or only copy a title of `names`.

    Codes that `names` lacks are reported once each.
    """
    owner: dict[str, str] = {}
    for code, lines in phrasebook.questions.items():
        if code not in names:
            yield PhraseProblem(code, "", "mã này không có trong danh mục")
        for line in lines:
            key = " ".join(folded_words(line))
            if key in owner:
                yield PhraseProblem(code, line, f"câu này cũng đứng dưới {owner[key]}")
            owner.setdefault(key, code)
            if code in names and _copies_title(key, names[code]):
                yield PhraseProblem(code, line, "câu này chỉ chép lại tên thủ tục")


def _copies_title(key: str, name: str) -> bool:
    title = " ".join(folded_words(name)).removeprefix("thu tuc ")
    return key.removeprefix("thu tuc ") == title and len(title.split()) > 3


class SynonymTable:
    """Finds official and everyday words in folded text and offers what they may be replaced by."""

    def __init__(self, synonyms: Sequence[Synonym]) -> None:
        self._others: dict[tuple[str, ...], tuple[str, ...]] = {}
        for synonym in synonyms:
            group = (synonym.official, *synonym.everyday)
            for word in group:
                others = tuple(w for w in group if folded(w) != folded(word))
                key = tuple(folded_words(word))
                self._others[key] = self._others.get(key, ()) + others
        self._longest = max(map(len, self._others), default=0)

    def matches(self, tokens: Sequence[str]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """(start, end, replacements) of the longest matches in folded `tokens`, left to right."""
        start = 0
        while start < len(tokens):
            end = self._match_end(tokens, start)
            if end:
                yield start, end, self._others[tuple(tokens[start:end])]
            start = end or start + 1

    def _match_end(self, tokens: Sequence[str], start: int) -> int:
        for size in range(min(self._longest, len(tokens) - start), 0, -1):
            if tuple(tokens[start : start + size]) in self._others:
                return start + size
        return 0


def all_lines(phrasebook: Phrasebook) -> list[str]:
    """Every question and plain name, for tests that keep evaluation sets apart from them."""
    return list(chain.from_iterable(phrasebook.lines.values()))
