"""Dossiers of the suite: the same for a seed, apart by half, twins with exactly one thing wrong."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest
import yaml

from evals.dossiers.defects import CHANGES, twins_of
from evals.dossiers.papers import looks_of, read_papers
from evals.dossiers.people import DATA, make_world, words_of
from evals.dossiers.plan import (
    Defect,
    Dossier,
    plan_originals,
    read_scenarios,
    requirement_paths,
)
from evals.dossiers.run import plan, records
from evals.dossiers.truth import truth_of
from knowledge.procedure import Handling, Need, value_at

MANY = 2 * len(read_scenarios())


@pytest.fixture(scope="module")
def originals() -> list[Dossier]:
    return plan_originals("dev", MANY, 7, records())


@pytest.fixture(scope="module")
def twins(originals: list[Dossier]) -> list[tuple[Dossier, Dossier]]:
    return [
        (original, twin)
        for original in originals
        for twin in twins_of(original, records()[original.procedure])
    ]


def differing(one: object, other: object) -> set[str]:
    return {
        part.name
        for part in fields(one)  # type: ignore[arg-type]
        if getattr(one, part.name) != getattr(other, part.name)
    }


def test_a_plan_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert plan("dev", 40, 7) == plan("dev", 40, 7)
    assert plan("dev", 40, 7) != plan("dev", 40, 8)


def test_a_plan_of_the_benchmarks_size_tries_every_defect_on_many_procedures() -> None:
    dossiers = plan("test", 420)

    assert len(dossiers) == 420
    assert len({one.id for one in dossiers}) == 420
    assert len({one.procedure for one in dossiers}) >= 25
    assert {one.defect for one in dossiers} == {None, *Defect}


def test_at_least_sixty_kinds_of_paper_are_drawn_in_two_layouts_or_more_a_half() -> None:
    handed = {line.split()[1] for one in read_scenarios() for line in one.papers}

    assert len(read_papers()) >= 60
    assert len(handed) >= 60
    assert all(2 <= len(looks_of(half).styles) <= 6 for half in ("dev", "test"))


def test_every_scenario_has_a_paper_for_all_that_its_record_always_asks(
    originals: list[Dossier],
) -> None:
    lacking = []
    for dossier in originals:
        record = records()[dossier.procedure]
        handed = {sheet.requirement for sheet in dossier.sheets}
        groups = {value_at(record, path).alternative_group for path in handed} - {None}
        for path in requirement_paths(record, dossier.case):
            one = value_at(record, path)
            if one.need is Need.ALWAYS and path not in handed:
                lacking.append((dossier.id, path))
            if one.need is Need.ALTERNATIVE and one.alternative_group not in groups:
                lacking.append((dossier.id, path))
    tolerated = {
        (one, path)
        for one, path in lacking
        if value_at(records()[one.split("-")[3]], path).handling is Handling.PRESENT
    }

    assert sorted({path + " " + one for one, path in set(lacking) - tolerated}) == []


def test_halves_share_no_font_style_effect_or_treatment() -> None:
    dev, test = looks_of("dev"), looks_of("test")

    def faces(half: str) -> set[str]:
        looks = looks_of(half)  # type: ignore[arg-type]
        printed = {face for style in looks.styles.values() for face in style.fonts}
        return printed | set(looks.hands) | set(looks.mono)

    assert faces("dev") & faces("test") == set()
    assert set(dev.styles) & set(test.styles) == set()
    assert {(s.field, s.motto, s.code) for s in dev.styles.values()} & {
        (s.field, s.motto, s.code) for s in test.styles.values()
    } == set()
    assert {s.field for s in dev.styles.values()} & {s.field for s in test.styles.values()} == set()
    assert not any(dev.effects[name] == test.effects[name] for name in dev.effects)
    assert {e.table for e in dev.effects.values() if e.table} & {
        e.table for e in test.effects.values() if e.table
    } == set()


def test_halves_share_no_person_street_commune_or_province() -> None:
    dev, test = words_of("dev"), words_of("test")

    for part in ("surnames", "communes", "streets", "hospitals", "shops"):
        assert set(dev[part]) & set(test[part]) == set(), part
    for sex in ("Nam", "Nữ"):
        assert set(dev["given"][sex]) & set(test["given"][sex]) == set()
        assert set(dev["middle"][sex]) & set(test["middle"][sex]) == set()
    codes = [{province["code"] for province in half["provinces"]} for half in (dev, test)]
    assert codes[0] & codes[1] == set()


def test_invented_identity_numbers_have_the_structure_of_real_ones(
    originals: list[Dossier],
) -> None:
    for dossier in originals[:30]:
        world = make_world(dossier.half, dossier.world, dossier.submitted_on)
        provinces = {one["code"] for one in words_of(dossier.half)["provinces"]}
        for person in world.people.values():
            assert re.fullmatch(r"\d{12}", person.number)
            assert person.number[:3] in provinces
            century, female = divmod(int(person.number[3]), 2)
            assert century == (person.birth.year >= 2000)
            assert female == (person.sex == "Nữ")
            assert int(person.number[4:6]) == person.birth.year % 100


def test_one_dossier_has_the_same_people_on_all_its_papers(originals: list[Dossier]) -> None:
    first = originals[0]

    one, again = (
        make_world(first.half, first.world, first.submitted_on).people["a"] for _ in range(2)
    )

    assert one == again


@pytest.mark.parametrize("defect", sorted(set(Defect) - {Defect.MISSING}))
def test_a_twin_differs_in_one_field_of_one_paper(
    defect: Defect, twins: list[tuple[Dossier, Dossier]]
) -> None:
    ours = [(original, twin) for original, twin in twins if twin.defect is defect]

    assert ours
    for original, twin in ours:
        about = differing(original, twin) - {"id", "defect", "spoiled"}
        if defect is Defect.HIDDEN_TEXT:
            assert about == {"hidden"}
            continue
        assert about == {"sheets"}
        changed = [
            pair for pair in zip(original.sheets, twin.sheets, strict=True) if pair[0] != pair[1]
        ]
        assert len(changed) == 1
        assert len(differing(*changed[0])) == 1


def test_a_missing_twin_lacks_one_paper_and_has_the_others_as_they_were(
    twins: list[tuple[Dossier, Dossier]],
) -> None:
    for original, twin in twins:
        if twin.defect is not Defect.MISSING:
            continue
        rest = [replace(sheet, beside=False) for sheet in twin.sheets]
        whole = [replace(sheet, beside=False) for sheet in original.sheets]

        assert len(rest) == len(whole) - 1
        assert [sheet for sheet in whole if sheet in rest] == rest
        assert twin.spoiled not in {sheet.requirement for sheet in twin.sheets}


def test_every_defect_of_the_list_has_a_way_to_make_it() -> None:
    assert set(CHANGES) == set(Defect)


def test_the_truth_of_an_injection_twin_is_that_of_its_original(
    twins: list[tuple[Dossier, Dossier]],
) -> None:
    injected = [(one, twin) for one, twin in twins if twin.defect and twin.defect.is_injection]

    assert injected
    for original, twin in injected:
        record = records()[original.procedure]
        assert truth_of(original, record) == truth_of(twin, record)


def test_papers_name_only_what_a_world_has(originals: list[Dossier]) -> None:
    values = make_world("dev", 1, originals[0].submitted_on).values("a")

    for name, kind in read_papers().items():
        for text in (*kind.body, kind.to or "", kind.agency or "", *(kind.back or kind).body):
            assert text.format_map(values) is not None, name


def test_data_files_are_read_whole() -> None:
    for path in (DATA / "papers").glob("*.yaml"):
        names = re.findall(r"^([a-z0-9_]+):", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(names) == len(set(names)) == len(yaml.safe_load(path.read_text("utf-8")))
