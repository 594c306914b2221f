"""Every starter procedure: the full set is complete, and no set with one paper less is."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.dossier.check import check
from assistant.dossier.models import Outcome, Report, Verdict
from ingest.reading.page import Page
from knowledge.catalog import Version
from knowledge.procedure import COMMON_CASE, Case, Need, Procedure
from tests.assistant.dossier.papers import noisy, page, paper_for, reading, request

# Cases that ask for papers in their notes only: an officer looks at every such dossier.
TOLD_IN_NOTES = {("1.004194", "moi_co_quoc_tich")} | {
    ("1.004222", case) for case in ("roi_don_vi", "dinh_cu_nuoc_ngoai", "moi_co_quoc_tich")
}
# Records that name two papers so alike that one title may be either.
TWINS = {"1.013226", "1.013229"}
# A record that lists so many papers in one name that the made-up title passes for a card.
LISTED = {"1.005136"}


def full_set(procedure: Procedure, case: Case) -> dict[str, Page]:
    """One page for each paper that everybody of the case hands in, by requirement."""
    found: dict[str, Page] = {}
    groups = set()
    for path, owner, requirement in procedure.requirements():
        group = (owner.id, requirement.alternative_group)
        wanted = requirement.need is Need.ALWAYS or (
            requirement.need is Need.ALTERNATIVE and group not in groups
        )
        if owner.id not in {COMMON_CASE, case.id} or requirement.paper == "online_form":
            continue
        if wanted:
            groups.add(group)
            found[path] = paper_for(requirement, f"giay-{len(found):02}.jpg")
    return found


def answered(version: Version, case: Case, pages: list[Page]) -> Report:
    """The report when every condition was answered with no."""
    answers = {
        path: "no" for path, _, r in version.procedure.requirements() if r.need is Need.CONDITIONAL
    }
    asked = request(version.code, case=case.id, answers=answers)
    return check(version, reading(*pages), asked)


def cases_of(corpus: list[Version]) -> Iterator[tuple[Version, Case, dict[str, Page]]]:
    for version in corpus:
        for case in version.procedure.cases:
            pages = full_set(version.procedure, case)
            if pages and (version.code, case.id) not in TOLD_IN_NOTES:
                yield version, case, pages


def test_a_full_set_is_complete_in_every_starter_procedure(corpus: list[Version]) -> None:
    # The first and the last case of each: those between differ by a paper or two.
    every = [
        row
        for row in cases_of(corpus)
        if row[1] in (row[0].procedure.cases[0], row[0].procedure.cases[-1])
    ]

    short = [
        (version.code, case.id)
        for version, case, pages in every
        if answered(version, case, list(pages.values())).outcome is not Outcome.COMPLETE
    ]

    assert {code for code, _ in short} <= TWINS | LISTED
    assert len({version.code for version, _, _ in every}) > 110


def test_no_set_with_a_paper_less_is_complete(corpus: list[Version]) -> None:
    wrong = []
    for version, case, pages in cases_of(corpus[::3]):
        for left_out in pages:
            report = answered(version, case, [p for path, p in pages.items() if path != left_out])
            if report.outcome is not Outcome.INCOMPLETE:
                wrong.append((version.code, case.id, left_out, report.outcome))

    assert wrong == []


def test_an_empty_dossier_is_never_complete(corpus: list[Version]) -> None:
    outcomes = {check(version, reading(), request(version.code)).outcome for version in corpus}

    assert Outcome.COMPLETE not in outcomes


def test_without_a_case_or_answers_nothing_with_open_ends_is_complete(
    corpus: list[Version],
) -> None:
    for version, case, pages in cases_of(corpus[::6]):
        report = check(version, reading(*pages.values()), request(version.code))
        assert len(report.questions) <= 3
        open_ends = report.questions or any(
            v.verdict is Verdict.CANNOT_TELL for v in report.requirements
        )
        assert not (open_ends and report.outcome is Outcome.COMPLETE), (version.code, case.id)


@pytest.mark.parametrize("code", ["1.001193", "1.000656", "1.012783", "1.001612", "2.000575"])
def test_the_order_of_pages_changes_nothing(code: str, starter: Callable[[str], Version]) -> None:
    version = starter(code)
    case = version.procedure.cases[-1]
    pages = list(full_set(version.procedure, case).values())
    first = answered(version, case, pages)

    for seed in range(4):
        shuffled = pages[:]
        random.Random(seed).shuffle(shuffled)
        assert answered(version, case, shuffled) == first


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_noise_never_turns_what_is_left_out_into_present(
    data: st.DataObject, starter: Callable[[str], Version]
) -> None:
    code = data.draw(st.sampled_from(["1.001193", "1.000656", "1.004884", "1.012783", "2.001008"]))
    version = starter(code)
    case = version.procedure.cases[0]
    pages = full_set(version.procedure, case)
    left_out = data.draw(st.sampled_from(sorted(pages)))
    seed = data.draw(st.integers(0, 999))
    share = data.draw(st.floats(0, 0.3))

    kept = [noisy(p, seed, share) for path, p in pages.items() if path != left_out]
    report = answered(version, case, kept)

    verdict = next(v for v in report.requirements if v.id == left_out)
    assert verdict.verdict is not Verdict.PRESENT
    assert report.outcome is not Outcome.COMPLETE


def test_papers_of_nothing_asked_for_do_not_help(starter: Callable[[str], Version]) -> None:
    version = starter("1.001193")
    case = version.procedure.cases[0]
    pages = full_set(version.procedure, case)
    birth = next(path for path in pages if "requirements[2]" in path)
    others = [
        page(t, file=f"x{i}.jpg")
        for i, t in enumerate(["GIẤY RA VIỆN", "HÓA ĐƠN BÁN HÀNG", "GIẤY KHAI SINH"])
    ]

    report = answered(version, case, [p for path, p in pages.items() if path != birth] + others)

    assert report.outcome is Outcome.INCOMPLETE
