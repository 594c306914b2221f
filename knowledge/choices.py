"""Short words that name several everyday procedures, and how to ask which: data in choices.yaml.

"Làm căn cước" may be a first card, an exchange or a lost one. The question names the difference in
plain words; an option's `said` are words by which people answer instead of tapping.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator

from knowledge.documents import read_yaml
from knowledge.errors import InvalidPhrasebook
from knowledge.procedure import Code, Slug, Text, path_of

BUNDLED_CHOICES = Path(__file__).parent / "choices.yaml"
MOST_WAYS = 5


class Way(BaseModel):
    """One of the procedures that the words may mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    label: Text
    english: Text
    said: tuple[Text, ...] = ()


class Choice(BaseModel):
    """Words that name several procedures, and the question that tells them apart.

    `said` are the words when nothing else is said; verbs such as làm, xin, cấp need not stand
    among them. What is only `owned` names one procedure, the first issue, unless it is said to be
    somebody's or in trouble: 'làm hộ chiếu' is answered, 'hộ chiếu của em' is asked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug
    question: Text
    english: Text
    said: Annotated[tuple[Text, ...], Field(min_length=1)]
    ways: Annotated[tuple[Way, ...], Field(min_length=2, max_length=MOST_WAYS)]
    owned: bool = False

    @model_validator(mode="after")
    def _names_each_code_once(self) -> Choice:
        codes = [way.code for way in self.ways]
        if len(set(codes)) < len(codes):
            raise ValueError("một mã thủ tục đứng hai lần trong `ways`")
        return self


class _File(RootModel[tuple[Choice, ...]]):
    @model_validator(mode="after")
    def _names_each_choice_once(self) -> _File:
        ids = [choice.id for choice in self.root]
        if len(set(ids)) < len(ids):
            raise ValueError("một `id` đứng hai lần")
        return self


@cache
def read_choices(path: Path = BUNDLED_CHOICES) -> tuple[Choice, ...]:
    """All choices; raises InvalidPhrasebook naming the field of each mistake."""
    try:
        return _File.model_validate(read_yaml(path)).root
    except yaml.YAMLError as error:
        raise InvalidPhrasebook(f"{path.name} không phải YAML: {error}") from error
    except ValidationError as error:
        told = "; ".join(f"{path_of(e['loc'])}: {e['msg']}" for e in error.errors())
        raise InvalidPhrasebook(f"{path.name}: {told}") from error
