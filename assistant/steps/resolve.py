"""Resolve: which procedure is meant; one, a choice of at most five, or none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from assistant.messages import messages_for
from assistant.models import Answer, Block, BlockKind, Line, Option, Status, Turn
from assistant.steps.route import spoken
from knowledge.catalog import Catalog, Version
from knowledge.finder import Finder
from knowledge.search import Found, Hit

_CODE = re.compile(r"\b\d\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[A-Za-z]\d{2}|\.[A-Za-z]\d{2})?\b")
_OPTIONS = 5


@dataclass(frozen=True)
class Thresholds:
    """When to answer, offer and give up; cosines and fused scores of `knowledge.search`."""

    found: float = 0.42
    off_topic_lead: float = 0.0
    rival_gap: float = 0.12


Resolve = Callable[[Turn], Answer | None]


def resolver(finder: Finder, catalog: Catalog, thresholds: Thresholds) -> Resolve:
    """The step, over what it needs."""

    def resolve(turn: Turn) -> Answer | None:
        code = turn.question.code or _code_in(turn.text)
        if code and catalog.history(code):
            return _settle(turn, catalog, code)
        found = finder.find(turn.text)
        turn.hits = list(found.hits)
        turn.degraded = found.degraded is not None
        if answer := _declined(turn, found, thresholds):
            return answer
        _assume(turn, thresholds)
        return _settle(turn, catalog, turn.hits[0].code)

    return resolve


def _code_in(text: str) -> str | None:
    match = _CODE.search(text)
    return match[0].upper() if match else None


def _settle(turn: Turn, catalog: Catalog, code: str) -> Answer | None:
    """Fetch the version in force; say so when there was none on the day asked about."""
    turn.version = catalog.get(code, turn.question.as_of)
    if turn.version is not None:
        return None
    return _not_in_force(turn, catalog.history(code))


def _not_in_force(turn: Turn, history: list[Version]) -> Answer:
    starts = [version.valid_from for version in history if version.valid_from]
    say = messages_for(turn.language).say
    sentence = say(
        "not_in_force", day=_day(turn.question.as_of), first=_day(min(starts, default=None))
    )
    block = Block(kind=BlockKind.NOTE, lines=(Line(text=sentence),))
    return Answer(status=Status.NOT_FOUND, text=sentence, blocks=(block,), language=turn.language)


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "?"


def _declined(turn: Turn, found: Found, thresholds: Thresholds) -> Answer | None:
    if not found.hits:
        return spoken(turn, Status.NOT_FOUND, "not_found")
    best = found.hits[0]
    if found.off_topic_similarity > best.similarity + thresholds.off_topic_lead:
        return spoken(turn, Status.OUT_OF_SCOPE, "out_of_scope")
    if best.similarity < thresholds.found and not found.degraded:
        return _not_found(turn, found)
    return None


def _not_found(turn: Turn, found: Found) -> Answer:
    """Nothing fits well; what is nearest is offered, not answered."""
    say = messages_for(turn.language).say
    options = tuple(_option(hit) for hit in found.hits[:3])
    lines = (Line(text=say("not_found")), Line(text=say("near")))
    return Answer(
        status=Status.NOT_FOUND,
        text="\n".join(line.text for line in lines),
        blocks=(Block(kind=BlockKind.TEXT, lines=lines),),
        options=options,
        language=turn.language,
    )


def _assume(turn: Turn, thresholds: Thresholds) -> None:
    """Name the variant assumed and offer its near rivals."""
    best, *rest = turn.hits
    rivals = [hit for hit in rest if best.score - hit.score < thresholds.rival_gap]
    if rivals:
        turn.assumed = best.name
        turn.options = tuple(_option(hit) for hit in rivals[: _OPTIONS - 1])


def _option(hit: Hit) -> Option:
    return Option(label=short_name(hit.name), code=hit.code)


def short_name(name: str) -> str:
    """The name without 'Thủ tục' in front and cut at a word when it is very long."""
    bare = name.removeprefix("Thủ tục ")
    bare = bare[:1].upper() + bare[1:]
    return bare if len(bare) <= 120 else bare[:117].rsplit(" ", 1)[0] + "…"
