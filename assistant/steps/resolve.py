"""Resolve: which procedure is meant; one, a choice of at most five, or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.messages import messages_for
from assistant.models import Answer, Block, BlockKind, Line, Status, Turn
from assistant.steps.choose import asked_by_head, asked_in_doubt, option_of, two_in_one
from assistant.steps.content import content_of
from assistant.steps.doubt import Doubt
from assistant.steps.heads import head_in, title_said
from assistant.steps.premise import searchable
from assistant.steps.route import spoken
from knowledge.catalog import Catalog, Version
from knowledge.choices import MOST_WAYS
from knowledge.finder import Finder
from knowledge.search import Found

_CODE = re.compile(r"\b\d\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[A-Za-z]\d{2}|\.[A-Za-z]\d{2})?\b")


@dataclass(frozen=True)
class Thresholds:
    """When to answer, ask back, offer and give up; cosines and fused scores of `knowledge.search`.

    From the doubt `ask` on a question is asked back; from `ask_unfound` on when nothing is similar
    enough but a known head word was said. `two` is how well each half of a message must stand for
    itself.
    """

    found: float = 0.42
    off_topic_lead: float = 0.0
    rival_gap: float = 0.12
    ask: float = 0.45
    ask_unfound: float = 0.60
    two: float = 0.60


# What is said to a topic of off_topic.yaml; to all others, that it is out of scope.
_DECLINED = {
    "distress": (Status.HANDOFF, "distress"),
    "personal_data_of_others": (Status.REFUSED, "personal"),
    "dossier_status_lookup": (Status.HANDOFF, "dossier_status"),
    "other_countries_procedures": (Status.OUT_OF_SCOPE, "other_country"),
    "unlawful_help": (Status.REFUSED, "unsafe"),
    "instructions_to_the_bot": (Status.REFUSED, "role"),
}
Resolve = Callable[[Turn], Answer | None]


def resolver(finder: Finder, catalog: Catalog, thresholds: Thresholds, doubt: Doubt) -> Resolve:
    """The step, over what it needs."""

    def resolve(turn: Turn) -> Answer | None:
        if codes := _settled_codes(turn, catalog):
            return _settle(turn, catalog, codes)
        found = finder.find(searchable(turn.text))
        turn.hits = list(found.hits)
        turn.degraded = found.degraded is not None
        if answer := asked_by_head(turn, catalog, found.hits):
            return answer
        if codes := two_in_one(turn.text, found, finder, thresholds.two):
            return _settle(turn, catalog, codes)
        if answer := _asked(turn, catalog, found, thresholds, doubt):
            return answer
        if answer := _declined(turn, found, thresholds):
            return answer
        _assume(turn, thresholds)
        return _settle(turn, catalog, (turn.hits[0].code,))

    return resolve


def _settled_codes(turn: Turn, catalog: Catalog) -> tuple[str, ...]:
    """Procedures that were chosen, named by their code, or meant by a follow-up."""
    code = turn.question.code or _code_in(turn.text)
    codes = (code,) if code else turn.codes
    return tuple(code for code in codes if catalog.history(code))


def _code_in(text: str) -> str | None:
    match = _CODE.search(text)
    return match[0].upper() if match else None


def _settle(turn: Turn, catalog: Catalog, codes: Sequence[str]) -> Answer | None:
    """Fetch the versions in force; say so when there was none on the day asked about."""
    found = [version for code in codes if (version := catalog.get(code, turn.question.as_of))]
    if not found:
        return _not_in_force(turn, catalog.history(codes[0]))
    turn.versions = tuple(found)
    return None


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


def _is_elsewhere(found: Found, thresholds: Thresholds) -> bool:
    """Whether another topic is nearer than every procedure."""
    best = found.hits[0].similarity if found.hits else 0.0
    return found.off_topic_similarity > best + thresholds.off_topic_lead


def _asked(
    turn: Turn, catalog: Catalog, found: Found, thresholds: Thresholds, doubt: Doubt
) -> Answer | None:
    """One question back when several fit; never when another topic is nearer, nor when a whole
    title was said: what is asked for by its name is answered, and its variants are offered."""
    if found.degraded or _is_elsewhere(found, thresholds) or title_said(turn.text, found.hits):
        return None
    doubted = doubt.of(searchable(turn.text), found.hits)
    known = found.hits[0].similarity >= thresholds.found
    if doubted < (thresholds.ask if known else thresholds.ask_unfound):
        return None
    if not known and not head_in(content_of(turn.text), {hit.code for hit in found.hits}):
        return None
    turn.because(f"nhiều thủ tục cùng hợp (ngờ {doubted:.2f})")
    return asked_in_doubt(turn, catalog)


def _declined(turn: Turn, found: Found, thresholds: Thresholds) -> Answer | None:
    if not found.hits or not any(map(str.isalpha, turn.text)):
        return spoken(turn, Status.NOT_FOUND, "not_found")
    best = found.hits[0]
    if _is_elsewhere(found, thresholds):
        near = found.off_topic if found.off_topic_similarity >= thresholds.found else None
        turn.because(
            f"gần chủ đề ngoài phạm vi “{found.off_topic}” ({found.off_topic_similarity:.3f}) "
            f"hơn thủ tục gần nhất ({best.similarity:.3f})"
        )
        status, key = _DECLINED.get(near or "", (Status.OUT_OF_SCOPE, "out_of_scope"))
        return spoken(turn, status, key)
    if best.similarity < thresholds.found and not found.degraded:
        turn.because(f"thủ tục gần nhất ({best.similarity:.3f}) dưới ngưỡng {thresholds.found}")
        return _not_found(turn, found)
    return None


def _not_found(turn: Turn, found: Found) -> Answer:
    """Nothing fits well; what is nearest is offered, not answered."""
    say = messages_for(turn.language).say
    options = tuple(option_of(hit) for hit in found.hits[:3])
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
    turn.because(f"điểm cao nhất {best.score:.3f}, {len(rivals)} thủ tục kề bên")
    if rivals:
        turn.assumed = best.name
        turn.options = tuple(option_of(hit) for hit in rivals[: MOST_WAYS - 1])
