"""What happens in a person's life, and the procedures it brings: data in life_events.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator

from knowledge.documents import read_yaml
from knowledge.errors import InvalidPhrasebook
from knowledge.procedure import Code, Slug, Text, path_of

BUNDLED_LIFE_EVENTS = Path(__file__).parent / "life_events.yaml"
# More than this, and a person reads a catalogue; a longer event is two events.
MOST_PROCEDURES = 7
# The C loader is ten times faster; PyYAML builds without it on some machines.


class EventProcedure(BaseModel):
    """A procedure of an event; `why` tells in plain words what it is for or when it is needed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    why: Text


class LifeEvent(BaseModel):
    """Something that happens to a person, told by `situation` in the person's own words.

    `procedures` stand in the order in which a person does them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug
    name: Text
    english_name: Text
    situation: Text
    procedures: Annotated[
        tuple[EventProcedure, ...], Field(min_length=1, max_length=MOST_PROCEDURES)
    ]

    @model_validator(mode="after")
    def _names_each_code_once(self) -> LifeEvent:
        _no_repetition([step.code for step in self.procedures], "mã thủ tục")
        return self

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the procedures, in order."""
        return tuple(step.code for step in self.procedures)


class _File(RootModel[tuple[LifeEvent, ...]]):
    @model_validator(mode="after")
    def _names_each_event_once(self) -> _File:
        _no_repetition([event.id for event in self.root], "`id`")
        return self


def _no_repetition(values: list[str], what: str) -> None:
    repeated = sorted({value for value in values if values.count(value) > 1})
    if repeated:
        raise ValueError(f"{what} bị lặp: {', '.join(repeated)}")


@cache
def read_life_events(path: Path = BUNDLED_LIFE_EVENTS) -> tuple[LifeEvent, ...]:
    """Every event, in the file's order; raises InvalidPhrasebook naming file and field."""
    try:
        return _File.model_validate(read_yaml(path)).root
    except yaml.YAMLError as error:
        raise InvalidPhrasebook(f"{path.name}: không phải YAML hợp lệ ({error})") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{path_of(e['loc']) or '(gốc)'}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise InvalidPhrasebook(f"{path.name}: {problems}") from error


@cache
def events_of(code: str) -> tuple[LifeEvent, ...]:
    """Events in which a person does the procedure `code`; empty when there is none."""
    return tuple(event for event in read_life_events() if code in event.codes)
