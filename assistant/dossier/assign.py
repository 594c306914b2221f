"""Which paper satisfies which requirement: each paper one, so that most requirements are met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from assistant.dossier.classify import STRONG, WEAK, Piece, Seen, own_name, support
from assistant.dossier.demands import Demand
from assistant.dossier.likeness import bare
from ingest.reading.page import Box


@dataclass(frozen=True)
class Match:
    """A paper for a requirement; below STRONG it only may be the one."""

    piece: int
    score: float
    box: Box | None

    @property
    def is_sure(self) -> bool:
        """Whether the title says so beyond doubt."""
        return self.score >= STRONG


@dataclass(frozen=True)
class Slot:
    """Requirements that one paper satisfies together: one of a group, or the same paper asked for
    in two cases. `weight` says how much the slot matters when papers are few."""

    demands: tuple[Demand, ...]
    weight: float


def matches(
    pieces: Sequence[Piece], slots: Sequence[Slot], demands: Sequence[Demand]
) -> dict[str, Match]:
    """The best use of `pieces`: requirement ids with their papers. `demands` are all that may
    apply, so that a paper which is clearly one of them does not pass for its neighbour."""
    if not pieces or not slots:
        return {}
    options = [[_best(piece, i, slot, demands) for i, piece in enumerate(pieces)] for slot in slots]
    values = np.array(
        [[_value(o, slot) for o in row] for row, slot in zip(options, slots, strict=True)]
    )
    rows, columns = linear_sum_assignment(values, maximize=True)
    found: dict[str, Match] = {}
    for row, column in zip(rows, columns, strict=True):
        option = options[row][column]
        if option and values[row][column] > 0:
            demand, match = option
            same = [d for d in slots[row].demands if bare(d.name) == bare(demand.name)]
            found.update({d.path: match for d in (demand, *same)})
    return found


def _value(option: tuple[Demand, Match] | None, slot: Slot) -> float:
    if option is None:
        return 0.0
    score = option[1].score
    return score + slot.weight if score >= STRONG else (score + slot.weight) * 0.3


def _best(
    piece: Piece, at: int, slot: Slot, demands: Sequence[Demand]
) -> tuple[Demand, Match] | None:
    best: tuple[Demand, Match] | None = None
    for demand in slot.demands:
        score, box = _guarded(piece, demand, demands)
        if score >= WEAK and (best is None or score > best[1].score):
            best = demand, Match(at, round(score, 3), box)
    return best


def _guarded(piece: Piece, demand: Demand, demands: Sequence[Demand]) -> tuple[float, Box | None]:
    """Support less what look-alikes take: another kind that fits better, a neighbour's name."""
    score, box = support(piece, demand)
    if score < WEAK:
        return 0.0, None
    own, _ = own_name(piece, demand)
    for seen in piece.seen:
        mine = seen.kinds & demand.kinds and demand.takes(bare(seen.name))
        if (
            not mine
            and not _begins_ours(seen, piece, demand)
            and seen.score > score + 0.02
            and own < seen.score - 0.02
        ):
            return 0.0, None
    for other in () if demand.general else demands:
        if _is_sibling(other, demand):
            theirs, _ = own_name(piece, other)
            if theirs >= STRONG and theirs > own + 0.12:
                return min(score, 0.7), box
    return score, box


def _begins_ours(seen: Seen, piece: Piece, demand: Demand) -> bool:
    """Whether a name only begins that of the wanted kind: 'Bản án' of 'Bản án về việc ly hôn'."""
    name = bare(seen.name)
    ours = [bare(own.name) for own in piece.seen if own.kinds & demand.kinds]
    return any(len(own) > len(name) and own[: len(name)] == name for own in ours)


def _is_sibling(other: Demand, demand: Demand) -> bool:
    return (
        other.requirement.paper == demand.requirement.paper
        and other.names != demand.names
        and not _same_group(other, demand)
    )


def _same_group(other: Demand, demand: Demand) -> bool:
    group = demand.requirement.alternative_group
    return group is not None and (other.case.id, other.requirement.alternative_group) == (
        demand.case.id,
        group,
    )
