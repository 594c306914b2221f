"""Life events: every shipped one leads to real procedures, and a wrong file is named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import yaml

from ingest.sources.starter import BUNDLED_PROCEDURES
from knowledge.errors import InvalidPhrasebook
from knowledge.life_events import (
    MOST_PROCEDURES,
    LifeEvent,
    events_of,
    read_life_events,
)
from tests.fakes import code

# What the corpus and the page may name; renaming one breaks `life_events:` of a procedure.
PROMISED = {
    "birth",
    "marriage",
    "death",
    "moving_house",
    "coming_of_age",
    "starting_a_business",
    "closing_a_business",
    "building_a_house",
    "buying_land",
    "inheritance",
    "buying_a_vehicle",
    "driving",
    "lost_papers",
    "divorce",
    "adoption",
    "going_abroad",
    "foreign_spouse",
    "retirement",
    "sickness",
    "poverty",
    "complaint",
    "guardianship",
    "farming",
    "translation_and_copies",
}


def event(**changes: object) -> dict[str, object]:
    return {
        "id": "kite_day",
        "name": "Thả diều",
        "english_name": "Flying a kite",
        "situation": "Tôi muốn thả diều.",
        "procedures": [{"code": code(1), "why": "Xin thẻ thả diều."}],
    } | changes


def written(directory: Path, *events: object) -> Path:
    path = directory / "events.yaml"
    path.write_text(yaml.safe_dump(list(events), allow_unicode=True), encoding="utf-8")
    return path


def starter_records() -> list[dict[str, object]]:
    return [
        yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        for path in sorted(BUNDLED_PROCEDURES.glob("*.yaml"))
    ]


def test_there_are_many_events_of_few_procedures_each() -> None:
    events = read_life_events()

    assert len(events) >= 44
    assert all(1 <= len(event.procedures) <= MOST_PROCEDURES for event in events)


def test_ids_names_and_situations_are_each_used_once() -> None:
    events = read_life_events()

    for key in ("id", "name", "english_name", "situation"):
        values = [getattr(event, key) for event in events]
        assert len(values) == len(set(values)), key


def test_a_situation_is_one_short_sentence() -> None:
    wordy = [
        event.id
        for event in read_life_events()
        if not event.situation.endswith(".")
        or event.situation.count(". ")
        or len(event.situation.split()) > 25
    ]

    assert not wordy


def test_a_reason_is_one_short_sentence() -> None:
    wordy = [
        (event.id, step.code)
        for event in read_life_events()
        for step in event.procedures
        if not step.why.endswith(".") or ". " in step.why or len(step.why.split()) > 25
    ]

    assert not wordy


def test_every_starter_procedure_belongs_to_an_event() -> None:
    lonely = [record["code"] for record in starter_records() if not events_of(str(record["code"]))]

    assert not lonely


def test_every_event_that_the_corpus_names_exists() -> None:
    ids = {event.id for event in read_life_events()}

    named = {name for record in starter_records() for name in record.get("life_events", ())}  # type: ignore[attr-defined]

    assert named | PROMISED <= ids


@pytest.mark.shared
def test_every_code_is_in_the_snapshot(shared: Path) -> None:
    with gzip.open(shared / "portal" / "procedures.jsonl.gz") as lines:
        known = {json.loads(line)["code"] for line in lines}

    assert {found for event in read_life_events() for found in event.codes} <= known


@pytest.mark.shared
def test_every_code_of_the_starter_list_belongs_to_an_event(shared: Path) -> None:
    rows = (shared.parent / "design" / "starter_procedures.tsv").read_text("utf-8").splitlines()[1:]
    codes = [row.split("\t")[0] for row in rows]

    assert len(codes) == 135
    assert not [found for found in codes if not events_of(found)]


def test_events_of_a_code_are_those_that_name_it() -> None:
    found = [event.id for event in events_of("1.001193")]

    assert "birth" in found
    assert "driving" not in found
    assert events_of(code(1)) == ()


def test_the_order_of_the_file_is_kept(tmp_path: Path) -> None:
    steps = [{"code": code(n), "why": f"Việc thứ {n}."} for n in (3, 1, 2)]
    path = written(tmp_path, event(procedures=steps), event(id="another_day"))

    first, second = read_life_events(path)

    assert first.codes == (code(3), code(1), code(2))
    assert second.id == "another_day"


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_life_events()[0].name = "khác"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "Sinh con"}, r"\[0\]\.id"),
        ({"name": " "}, r"\[0\]\.name"),
        ({"procedures": []}, r"\[0\]\.procedures"),
        ({"procedures": [{"code": "1193", "why": "Làm."}]}, r"\[0\]\.procedures\[0\]\.code"),
        ({"procedures": [{"code": code(1)}]}, r"\[0\]\.procedures\[0\]\.why"),
        ({"colour": "xanh"}, r"\[0\]\.colour"),
    ],
)
def test_a_wrong_file_is_refused_with_its_field(
    tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    path = written(tmp_path, event(**changes))

    with pytest.raises(InvalidPhrasebook, match=rf"^events\.yaml: {field}: "):
        read_life_events(path)


def test_more_procedures_than_a_person_can_follow_are_refused(tmp_path: Path) -> None:
    steps = [{"code": code(n), "why": "Làm."} for n in range(MOST_PROCEDURES + 1)]

    with pytest.raises(InvalidPhrasebook, match=r"\[0\]\.procedures"):
        read_life_events(written(tmp_path, event(procedures=steps)))


def test_a_repeated_id_or_code_is_refused(tmp_path: Path) -> None:
    twice = [{"code": code(1), "why": "Làm."}] * 2

    with pytest.raises(InvalidPhrasebook, match="kite_day"):
        read_life_events(written(tmp_path, event(), event()))
    (tmp_path / "b").mkdir()
    with pytest.raises(InvalidPhrasebook, match=f"bị lặp: {code(1)}"):
        read_life_events(written(tmp_path / "b", event(procedures=twice)))


def test_a_file_that_is_not_yaml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "events.yaml"
    path.write_text("- id: [", encoding="utf-8")

    with pytest.raises(InvalidPhrasebook, match=r"^events\.yaml: không phải YAML"):
        read_life_events(path)


def test_an_event_is_told_by_its_model() -> None:
    assert LifeEvent.model_validate(event()).codes == (code(1),)
