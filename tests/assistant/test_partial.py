"""Partial knowledge is visible: a facet that is empty at the source is said to be empty, with whom
to ask, and one that is not never is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from assistant.bootstrap import Assistant
from assistant.cite import Citer
from assistant.facets import TELL, Telling
from assistant.messages import messages_for
from assistant.models import Facet, Language
from knowledge.catalog import Origin, Version
from knowledge.procedure import Channel, ChannelKind, Fee, Procedure, TimeLimit

# The facet's sentence when its field is empty, and the change that empties the field.
EMPTIED: dict[Facet, tuple[str, dict[str, Any]]] = {
    Facet.DOCUMENTS: ("documents.empty", {"cases": ()}),
    Facet.FEE: ("fee.empty", {"channels": (), "steps": (), "conditions": (), "notes": ()}),
    Facet.TIME: ("time.empty", {"channels": (), "steps": (), "conditions": (), "notes": ()}),
    Facet.PLACE: ("place.empty", {"receiving_places": (), "agency": None}),
    Facet.CHANNEL: ("channel_empty", {"channels": ()}),
    Facet.STEPS: ("steps.empty", {"steps": ()}),
    Facet.CONDITIONS: ("conditions.empty", {"conditions": ()}),
    Facet.FORMS: ("forms.empty", {"cases": ()}),
    Facet.LEGAL_BASIS: ("legal_basis.empty", {"legal_basis": ()}),
    Facet.RESULT: ("result.empty", {"results": ()}),
    Facet.SUBJECTS: ("subjects.empty", {"subjects": ()}),
}
_WHOM = {"vi": "hỏi ", "en": "ask "}


def told(facet: Facet, procedure: Procedure, language: Language = "vi") -> str:
    """All that an answer says of the facet."""
    now, body = datetime.now(UTC), procedure.model_dump_json()
    version = Version(procedure.code, Origin.PORTAL, 1, None, None, now, "0", None, None, body)
    telling = Telling(procedure, messages_for(language), Citer(version, 0))
    return "\n".join(line.text for block in TELL[facet](telling) for line in block.lines)


def opening(key: str, language: Language) -> str:
    """The first sentence that says a field is empty."""
    return messages_for(language).say(key, who="…").split(".")[0].split(";")[0]


def is_empty(facet: Facet, procedure: Procedure) -> bool:
    """Whether the record holds nothing of the facet."""
    match facet:
        case Facet.DOCUMENTS:
            return not any(case.requirements or case.notes for case in procedure.cases)
        case Facet.FORMS:
            papers = [paper for _, _, paper in procedure.requirements()]
            coded = any(paper.form_code or paper.form_file for paper in papers)
            return not coded and all(paper.paper != "application_form" for paper in papers)
        case Facet.PLACE:
            return not procedure.receiving_places and not procedure.agency
        case Facet.FEE:
            return not any(channel.fees for channel in procedure.channels)
        case Facet.TIME:
            return not any(channel.time_limits for channel in procedure.channels)
        case Facet.CHANNEL:
            return not procedure.channels
        case Facet.RESULT:
            return not procedure.results
        case _:
            return not getattr(procedure, facet.value)


def records(assistant: Assistant) -> Iterator[Procedure]:
    return (version.procedure for version in assistant.catalog.current())


def test_every_facet_but_the_overview_can_be_empty() -> None:
    assert set(EMPTIED) | {Facet.OVERVIEW} == set(Facet) == set(TELL)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("facet", list(EMPTIED))
def test_an_empty_field_is_said_to_be_empty_with_whom_to_ask(
    starter: Assistant, facet: Facet, language: Language
) -> None:
    key, change = EMPTIED[facet]
    for procedure in records(starter):
        said = told(facet, procedure.model_copy(update=change), language)

        assert opening(key, language) in said, procedure.code
        assert _WHOM[language] in said, procedure.code


@pytest.mark.parametrize("facet", list(EMPTIED))
def test_a_field_is_said_to_be_empty_when_it_is_and_only_then(
    starter: Assistant, facet: Facet
) -> None:
    for procedure in records(starter):
        assert_told_as_it_is(facet, procedure)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("facet", list(EMPTIED))
def test_the_whole_snapshot_is_told_as_it_is(whole: Assistant, facet: Facet) -> None:
    for procedure in records(whole):
        assert_told_as_it_is(facet, procedure)


def assert_told_as_it_is(facet: Facet, procedure: Procedure) -> None:
    said = told(facet, procedure)
    claims_empty = opening(EMPTIED[facet][0], "vi") in said
    quoted = facet in (Facet.FEE, Facet.TIME) and "ở nguồn để trống" in said

    assert said, procedure.code
    assert (claims_empty or quoted) == is_empty(facet, procedure), procedure.code


def test_a_way_to_apply_without_a_fee_of_its_own_is_named() -> None:
    direct = Channel(kind=ChannelKind.DIRECT, fees=(Fee(amount=8000),), time_limits=(_days(3),))
    online = Channel(kind=ChannelKind.ONLINE, time_limits=(_days(2),))
    procedure = Procedure(
        code="1.000000", name="Thử", field="Thử", levels=("commune",), channels=(direct, online)
    )

    fee, time = told(Facet.FEE, procedure), told(Facet.TIME, procedure)
    assert "không ghi phí cho cách nộp: Trực tuyến" in fee
    assert "không ghi thời hạn" not in time


def _days(number: int) -> TimeLimit:
    return TimeLimit.model_validate({"number": number, "unit": "day"})
