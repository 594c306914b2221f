"""Questions made from titles, and the bound from which is asked back."""

from __future__ import annotations

from assistant.models import Status
from assistant.steps.titles import is_same_deed, subjects_apart
from evals.cases import Action, Case
from evals.grow_doubt import bound_of
from evals.made_questions import made_questions
from evals.tune_behaviour import Outcome, rates_of
from tests.fakes import code, procedure

TITLES = (
    ("Cấp giấy phép nuôi chim yến (cấp Bộ)", "ministry"),
    ("Cấp giấy phép nuôi chim yến (cấp Tỉnh)", "province"),
    ("Gia hạn giấy phép nuôi chim yến (cấp Tỉnh)", "province"),
    ("Thẩm định hồ nuôi cá cảnh", "commune"),
)
PROCEDURES = [
    procedure(number, name=name, levels=(level,)) for number, (name, level) in enumerate(TITLES, 1)
]


def made() -> dict[tuple[str, ...], Action]:
    return {case.codes: case.action for case in made_questions(PROCEDURES)}


def test_a_thing_named_alone_is_asked_back() -> None:
    assert made()[(code(1), code(2), code(3))] is Action.CHOOSE


def test_a_deed_of_two_levels_is_asked_back_unless_the_level_is_said() -> None:
    assert made()[(code(1), code(2))] is Action.CHOOSE
    assert made()[(code(1),)] is Action.ANSWER


def test_a_deed_that_one_procedure_does_is_answered() -> None:
    assert made()[(code(3),)] is Action.ANSWER
    assert made()[(code(4),)] is Action.ANSWER


def test_the_same_titles_make_the_same_questions() -> None:
    assert made_questions(PROCEDURES) == made_questions(PROCEDURES)


def test_the_bound_asks_as_often_as_due_and_no_more_in_vain_than_allowed() -> None:
    shares = [(0.2, 0.95, 0.09), (0.3, 0.92, 0.07), (0.4, 0.90, 0.05), (0.5, 0.80, 0.02)]

    assert bound_of(shares) == 0.4
    assert bound_of(shares[:1] + shares[3:]) == 0.5
    assert bound_of([(0.2, 0.95, 0.2), (0.3, 0.9, 0.1)]) == 0.3


def test_titles_that_differ_by_level_or_people_do_the_same() -> None:
    bodies = "Phê duyệt phương án trồng rừng của chủ rừng là tổ chức"
    people = "Phê duyệt phương án trồng rừng của chủ rừng là hộ gia đình, cá nhân"

    assert is_same_deed(TITLES[0][0], TITLES[1][0])
    assert not is_same_deed(TITLES[1][0], TITLES[2][0])
    assert subjects_apart("phương án trồng rừng trình ai duyệt", bodies, [people])
    assert not subjects_apart("phương án trồng rừng của hộ gia đình", bodies, [people])


def test_a_question_counts_in_the_rates_that_it_is_about() -> None:
    due = Case(id="a-1", turns=("thẻ",), action=Action.CHOOSE, codes=("1", "2"), author="test")
    asked = Outcome(Status.NEEDS_CHOICE, (), ("2", "3"))
    answered = Outcome(Status.ANSWERED, ("9",), ())

    assert rates_of(due, asked) == {"helped": True, "refused": False, "asked when due": True}
    assert rates_of(due, answered) == {"helped": False, "refused": False, "asked when due": False}
