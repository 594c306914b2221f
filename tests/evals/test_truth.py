"""Expected values come from the stored version, and a changed source stops a case."""

from __future__ import annotations

from decimal import Decimal

from assistant.models import Facet
from evals.truth import ExpectedTime, stamp, standing, truth_of
from knowledge.procedure import ChannelKind, TimeUnit
from tests.evals.grades import case, kite, small
from tests.fakes import code


def test_sums_come_with_unit_condition_and_channel() -> None:
    truth = truth_of(case(facets=["fee", "time"]), kite())

    assert [(f.amount, f.unit, f.condition, f.channels) for f in truth.fees] == [
        (Decimal(10_000), "thẻ", None, (ChannelKind.DIRECT,)),
        (Decimal(20_000), None, "diều đôi", (ChannelKind.DIRECT,)),
    ]
    assert truth.times == (ExpectedTime(Decimal(3), TimeUnit.WORKING_DAY, (ChannelKind.DIRECT,)),)
    assert truth.texts(Facet.FEE) == ("theo nghị quyết",)


def test_a_disputed_sum_is_not_expected_but_its_dispute_is() -> None:
    fee = {"amount": 0, "disputed": True, "note": "các bước lại thu tiền"}
    truth = truth_of(case(facets=["fee"]), kite(channels=[{"kind": "direct", "fees": [fee]}]))

    assert truth.fees == ()
    assert truth.texts(Facet.FEE) == ("các bước lại thu tiền",)


def test_papers_asked_for_are_the_common_ones_and_those_of_the_given_case() -> None:
    extra = {"id": "mat_the", "name": "Mất thẻ", "requirements": [{"name": "Đơn báo mất"}]}
    record = kite(cases=[{"id": "chung", "name": "Mọi", "requirements": [{"name": "Đơn"}]}, extra])

    common = truth_of(case(facets=["documents"]), record)
    lost = truth_of(case(facets=["documents"], procedure_case="mat_the"), record)

    assert [unit[0].names[0] for unit in common.units()] == ["Đơn"]
    assert [unit[0].names[0] for unit in lost.units()] == ["Đơn", "Đơn báo mất"]


def test_alternatives_are_one_unit_and_conditional_papers_none() -> None:
    papers = [
        {"name": "Đơn giấy", "need": "alternative", "alternative_group": "don"},
        {"name": "Đơn điện tử", "need": "alternative", "alternative_group": "don"},
        {"name": "Giấy ủy quyền", "need": "conditional", "condition": "nhờ người khác"},
    ]
    record = kite(cases=[{"id": "chung", "name": "Mọi", "requirements": papers}])

    (unit,) = truth_of(case(facets=["documents"]), record).units()

    assert [paper.names[0] for paper in unit] == ["Đơn giấy", "Đơn điện tử"]


def test_an_overview_asks_for_papers_fee_time_and_place() -> None:
    truth = truth_of(case(facets=["overview"]), kite())

    assert truth.facets == (Facet.DOCUMENTS, Facet.FEE, Facet.TIME, Facet.PLACE)
    assert truth.empty == frozenset()
    assert truth_of(case(facets=["overview"]), small(1)).empty == set(truth.facets)


def test_a_changed_record_sends_the_case_to_review() -> None:
    before, after = kite(), kite(decision="8/QĐ-BTD")
    stamped = case(source_hash=stamp(case(), {code(1): before}.get))

    assert standing(stamped, {code(1): before}.get) is None
    assert standing(stamped, {code(1): after}.get) == "to_review"
    assert standing(case(), {code(1): after}.get) is None


def test_one_of_several_accepted_codes_is_enough_but_a_choice_needs_all() -> None:
    known = {code(1): kite()}.get
    both = [code(1), code(2)]

    assert standing(case(codes=both), known) is None
    assert standing(case(codes=both, tags=["two"]), known) == "not_in_corpus"
    assert standing(case(codes=both, action="choose"), known) == "not_in_corpus"
    assert standing(case(codes=[code(2)]), known) == "not_in_corpus"
