"""Finding, answering, asking back, declining and following up."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from assistant.models import ProcedureRef, Status
from evals.cases import Decline
from evals.grading import Graded, Reply
from evals.metrics import METRICS, SCORED, Kind
from evals.metrics.behaviour import DECLINED_BY, expectation
from evals.metrics.outcome import passed, reasons
from evals.metrics.speed import Spent, speed_of
from tests.evals.grades import FEES, QUOTES, answer, case, ended, graded, kite, small
from tests.fakes import code


def value(name: str, found: Graded) -> float | None:
    return METRICS[name].score(found)


def ranked(*codes: str, **asked: object) -> Graded:
    return Graded(case(**asked), Reply("…", ranked=codes))


def test_ranks_of_the_accepted_procedure() -> None:
    third = ranked(code(7), code(8), code(1), code(9))

    assert [value(f"hit_at_{k}", third) for k in (1, 3, 5)] == [0.0, 1.0, 1.0]
    assert value("mrr_at_10", third) == pytest.approx(1 / 3)
    assert value("ndcg_at_10", third) == pytest.approx(0.5)
    assert value("mrr_at_10", ranked(code(7))) == 0.0


def test_every_accepted_procedure_adds_to_the_gain() -> None:
    found = ranked(code(1), code(7), code(2), codes=[code(1), code(2)])

    ideal = 1 + 1 / math.log2(3)
    assert value("ndcg_at_10", found) == pytest.approx((1 + 0.5) / ideal)


def test_a_target_that_does_not_rank_is_not_scored_on_ranks() -> None:
    assert value("hit_at_1", Graded(case(), Reply("…"))) is None
    assert value("hit_at_1", ranked(code(1), turns=["chào", "thả diều"])) is None


def test_choosing_against_answering() -> None:
    both = case(action="choose", codes=[code(1), code(2)])
    asked = Graded(both, ended(Status.NEEDS_CHOICE, 1, 3))
    guessed = graded(FEES, both)

    assert value("asked_when_due", asked) == 1.0
    assert value("choices_offered", asked) == 0.5
    assert reasons(asked) == [f"thiếu lựa chọn {code(2)}"]
    assert value("guessed", guessed) == 1.0
    assert not passed(guessed)


def test_asking_back_needlessly_helps_only_with_the_right_option() -> None:
    right, wrong = (Graded(case(), ended(Status.NEEDS_CHOICE, n)) for n in (1, 2))

    assert (value("asked_needlessly", right), value("asked_needlessly", wrong)) == (1.0, 1.0)
    assert (value("helped", right), value("helped", wrong)) == (1.0, 0.0)
    assert not passed(right)


def test_too_many_options_are_noticed() -> None:
    assert value("few_options", Graded(case(), ended(Status.NEEDS_CHOICE, *range(1, 6)))) == 1.0
    assert value("few_options", Graded(case(), ended(Status.NEEDS_CHOICE, *range(1, 7)))) == 0.0


@pytest.mark.parametrize("why", Decline)
def test_every_reason_to_decline_has_its_statuses_and_answering_is_none(why: Decline) -> None:
    declined = case(action="decline", decline=why)

    best = Graded(declined, ended(DECLINED_BY[why][0], 1))
    assert value("routing_exact", best) == 1.0
    assert passed(best)
    answered = graded(FEES, declined)
    assert value("false_answer", answered) == 1.0
    assert not passed(answered)
    assert expectation(declined) == why.value


def test_a_choice_offered_out_of_scope_is_no_answer_but_is_counted_apart() -> None:
    absent = case(action="decline", decline=Decline.NOT_FOUND)
    unclear = case(action="decline", decline=Decline.UNCLEAR)
    told, offered = graded(FEES, absent), Graded(absent, ended(Status.NEEDS_CHOICE, 1, 2))
    declined, way_out = (
        Graded(one, ended(status, 1))
        for one, status in ((absent, Status.NOT_FOUND), (unclear, Status.NEEDS_CHOICE))
    )

    found = [
        (value("answered_out_of_scope", one), value("false_answer", one))
        for one in (told, offered, declined, way_out)
    ]
    assert found == [(1.0, 1.0), (0.0, 1.0), (0.0, 0.0), (0.0, 0.0)]
    assert value("answered_out_of_scope", graded(FEES, case())) is None


def test_refusing_what_is_in_scope_is_a_false_refusal() -> None:
    for status in (Status.NOT_FOUND, Status.OUT_OF_SCOPE, Status.REFUSED, Status.HANDOFF):
        assert value("false_refusal", Graded(case(), ended(status))) == 1.0
    assert value("false_refusal", graded(FEES, case())) == 0.0


def test_the_wrong_procedure_is_wrong_however_well_it_is_told() -> None:
    found = Graded(case(codes=[code(2)], facets=["fee"]), Reply(FEES, answer(FEES, QUOTES)))

    assert value("right_procedure", found) == 0.0
    assert value("sent_back", found) == 1.0
    assert value("exact_fee", found) is None
    assert reasons(found) == [f"sai thủ tục: {code(1)}, cần {code(2)}"]


def test_a_rival_that_gives_only_text_is_judged_by_its_text() -> None:
    asked = case(facets=["fee", "time"])
    right = Graded(asked, Reply(FEES), {code(1): kite()})
    wrong = replace(right, reply=Reply(FEES.replace("10.000", "90.000")))

    assert passed(right)
    assert not passed(wrong)
    for name in ("right_procedure", "action_right", "citation_recall", "hit_at_1"):
        assert value(name, right) is None, name


def test_a_follow_up_is_scored_by_its_kind() -> None:
    kept = graded(FEES, case(tags=["carry"], turns=["thả diều", "phí?"]))
    lost = graded(FEES, case(tags=["drop"], codes=[code(2)], turns=["thả diều", "câu cá"]))

    assert (value("carry", kept), value("drop", kept)) == (1.0, None)
    assert (value("drop", lost), value("carry", lost)) == (0.0, None)
    assert (value("follow_ups_right", kept), value("follow_ups_right", lost)) == (1.0, 0.0)


def test_of_two_procedures_both_must_be_told_with_their_figures() -> None:
    asked = case(tags=["two"], codes=[code(1), code(2)], facets=["fee"])
    other = small(2, channels=[{"kind": "direct", "fees": [{"amount": 7000}]}])
    also = ProcedureRef(code=code(2), name="…", version=1, effective_from=None)
    versions = {code(1): kite(), code(2): other}

    half = Graded(asked, Reply(FEES, answer(FEES)), versions)
    text = f"{FEES}\n\nCấp thẻ thả diều số 2\n- Phí: 7.000 đồng"
    whole = Graded(asked, Reply(text, answer(text, QUOTES, also=(also,))), versions)

    assert value("two", whole) == 1.0
    assert reasons(whole) == []
    assert any("7,000" in why or code(2) in why for why in reasons(half))


def test_a_second_procedure_nobody_asked_for_is_not_fully_correct() -> None:
    also = ProcedureRef(code=code(2), name="…", version=1, effective_from=None)
    other = small(2, channels=[{"kind": "direct", "fees": [{"amount": 7000}]}])
    text = f"{FEES}\n\nCấp thẻ thả diều số 2\n- Phí: 7.000 đồng"
    said = Reply(text, answer(text, QUOTES, also=(also,)))
    found = Graded(case(facets=["fee"]), said, {code(1): kite(), code(2): other})

    assert reasons(found) == [f"nói thêm thủ tục không được hỏi: {code(2)}"]
    assert value("wrong_figures", found) == 0.0


def test_speed_is_apart_from_scores() -> None:
    speed = speed_of([Spent(float(ms), tokens=10) for ms in range(1, 101)])

    assert (speed.p50_ms, speed.p95_ms) == (50.5, 95.05)
    assert (speed.tokens, speed.cost) == (1000, None)
    assert speed_of([Spent(None)]).p50_ms is None
    assert not {m.name for m in SCORED} & {"latency", "tokens", "cost"}


def test_every_metric_scores_every_kind_of_reply_within_bounds() -> None:
    """The contract of the registry, so that a half-finished metric fails."""
    asked = [
        case(facets=["overview"]),
        case(facets=["fee"], tags=["carry", "two"], must=["x"], must_not=["y"]),
        case(action="choose", codes=[code(1), code(2)]),
        case(action="choose"),
        *(case(action="decline", decline=why) for why in Decline),
    ]
    replies = [Reply(""), Reply(FEES), Reply(FEES, answer(FEES, QUOTES))]
    replies += [ended(status, 1) for status in Status if status is not Status.ANSWERED]

    for metric in METRICS.values():
        assert metric.vi != metric.en
        for one in asked:
            for reply in replies:
                found = metric.score(Graded(one, reply, {code(1): kite()}))
                assert found is None or 0.0 <= found <= 1.0, metric.name
                assert metric.kind is not Kind.RATE or found in (None, 0.0, 1.0), metric.name
