"""A dossier as rules see it: papers with their fields, and what each is used for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from assistant.dossier.assign import Match
from assistant.dossier.classify import Piece
from assistant.dossier.comparing import Comparison, comparisons
from assistant.dossier.demands import Demand
from assistant.dossier.fields import Fields
from assistant.dossier.holders import IDENTITY, is_card
from assistant.dossier.models import CheckRequest, Evidence
from assistant.dossier.needs import Applies, Needs
from assistant.dossier.sheets import Sheet
from ingest.reading.page import Box
from knowledge.procedure import Procedure


@dataclass(frozen=True)
class Dossier:
    """All that is known before rules look: `found` leads from requirement ids to papers."""

    procedure: Procedure
    request: CheckRequest
    demands: tuple[Demand, ...]
    needs: Needs
    fields: tuple[Fields, ...]
    found: dict[str, Match]

    @property
    def submitted_on(self) -> date:
        """The day against which papers are expired or too old."""
        return self.request.submitted_on

    def used(self) -> Iterator[tuple[Demand, Fields]]:
        """Requirements that a paper surely meets, with what it says; further cards with theirs."""
        for demand in self.demands:
            match = self.found.get(demand.path)
            if match and match.is_sure:
                yield demand, self.fields[match.piece]
        yield from self._further_cards()

    def _further_cards(self) -> Iterator[tuple[Demand, Fields]]:
        """Cards of further people, such as that of the other spouse, where one requirement asks
        for identity papers in general."""
        asked = [d for d in self.demands if d.path in self.found and d.kinds & IDENTITY]
        first = [self.fields[self.found[demand.path].piece] for demand in asked]
        known = {number.text for fields in first for number in fields.numbers}
        for fields in self.spare if asked else ():
            numbers = {number.text for number in fields.numbers}
            if is_card(fields.piece) and not numbers & known:
                yield asked[0], fields

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The holder of each identity paper against every other paper; several rules ask."""
        return tuple(comparisons(list(self.used())))

    def lacking(self) -> Iterator[Demand]:
        """Requirements that apply and that no paper surely meets."""
        for demand in self.demands:
            match = self.found.get(demand.path)
            if self.needs.applies(demand) is Applies.YES and not (match and match.is_sure):
                yield demand

    @cached_property
    def spare(self) -> tuple[Fields, ...]:
        """Papers that no requirement uses."""
        taken = {match.piece for match in self.found.values() if match.is_sure}
        return tuple(fields for i, fields in enumerate(self.fields) if i not in taken)


def evidence(sheet: Sheet, box: Box | None = None, sure: float = 1.0) -> Evidence:
    """Where something stands; without a box of its own, the sheet's part of the page."""
    where = box or (None if sheet.is_whole else sheet.box)
    corners = None if where is None else (where.left, where.top, where.right, where.bottom)
    rounded = None if corners is None else tuple(round(corner, 4) for corner in corners)
    return Evidence(
        file=sheet.page.file,
        page=sheet.page.number,
        box=rounded,
        confidence=round(max(0.0, min(1.0, sure)), 3),
    )


def place_of(piece: Piece) -> Evidence:
    """Where a paper begins."""
    title = piece.title
    return evidence(piece.first, title.box if title else None)


def all_places(pieces: Sequence[Piece]) -> tuple[Evidence, ...]:
    """Every page of the papers."""
    return tuple(evidence(sheet) for piece in pieces for sheet in piece.sheets)
