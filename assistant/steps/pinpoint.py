"""Pinpoint: where the record says the very thing that a question seeks.

A deadline that people must meet, or that an authority must, is no processing time: it stands in the
steps, the conditions or the notes. The sentences are told first, then the part they stand in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.models import Answer, Facet, Spot, Status, Turn
from assistant.steps.patterns import bare, says
from assistant.steps.spots import Ranked, best_spots, spots_of, tells_time
from assistant.steps.understand import facets_of
from knowledge.figures import durations_in
from knowledge.procedure import Procedure

_PART_FACETS = {"steps": Facet.STEPS, "conditions": Facet.CONDITIONS}
_AS_GOOD = 0.8  # of the best, for a second part to be told as well
_TELLING = 3.0  # what the words beyond the procedure's name must weigh, where nothing says deadline


def pinpoint(turn: Turn) -> Answer | None:
    """Find the sentences for a deadline, and add the parts they stand in; never answers."""
    asked = _words_that_ask(turn)
    for version in turn.versions:
        found = sought(asked, version.procedure)
        if found:
            turn.spots[version.code] = tuple(one.spot for one in found)
            turn.facets = _with_parts(turn.facets, found, _is_due(bare(asked)))
            turn.because(f"câu của bản ghi trả lời đúng điều hỏi: {found[0].spot.paths[0]}")
    return None


def _words_that_ask(turn: Turn) -> str:
    """Of who picks an option or names the variant, the question that was asked back."""
    last = turn.past[0] if turn.past else None
    if last and last.status is Status.NEEDS_CHOICE and not facets_of(turn.text):
        return last.text
    return turn.text


def sought(asked: str, procedure: Procedure) -> list[Ranked]:
    """The sentences of the record that a question for a deadline seeks; none for another."""
    plain = bare(asked)
    if not _says("time", plain):
        late = _says("late", plain)
        return best_spots(asked, spots_of(procedure), procedure) if late else []
    spots = (spot for spot in spots_of(procedure) if tells_time(spot.text))
    if _is_due(plain) or _says("late", plain):
        return best_spots(asked, spots, procedure)
    if _says("processing", plain):
        return []
    if _says("deadline", plain):
        return best_spots(asked, spots, procedure)
    others = _without_processing(spots, procedure)
    return [one for one in best_spots(asked, others, procedure) if one.beyond >= _TELLING]


def _is_due(plain: str) -> bool:
    return _says("due", plain) and not _says("processing", plain)


def _says(how: str, plain: str) -> bool:
    return says("pinpoint.yaml", how, plain)


def _without_processing(spots: Iterator[Spot], procedure: Procedure) -> Iterator[Spot]:
    """Sentences that say more than how long the authority takes, which the time limits tell."""
    limits = {
        (limit.number, limit.unit)
        for channel in procedure.channels
        for limit in channel.time_limits
        if limit.number is not None
    }
    for spot in spots:
        lengths = {(length.number, length.unit) for length in durations_in(spot.text)}
        if not lengths or lengths - limits:
            yield spot


def _with_parts(
    facets: tuple[Facet, ...], found: Sequence[Ranked], is_due: bool
) -> tuple[Facet, ...]:
    """The parts in which the best sentences stand, then what else was asked; the processing time
    is nothing that is due."""
    good = [one.spot.part for one in found if one.score >= _AS_GOOD * found[0].score]
    parts = [_PART_FACETS[part] for part in good if part in _PART_FACETS]
    beside = {Facet.OVERVIEW, *([Facet.TIME] if is_due else [])}
    others = [facet for facet in facets if facet not in beside]
    return tuple(dict.fromkeys([*parts, *others])) or (Facet.TIME,)
