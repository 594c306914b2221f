"""When to ask back: what the doubt is weighed by, and that trees are stored as they were grown."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.steps.content import content_of, is_weak
from assistant.steps.differ import not_ruled_out
from assistant.steps.doubt import NO_DOUBT, Doubt, Tree, features_of, read_doubt
from assistant.steps.heads import head_alone, head_in, title_said
from assistant.steps.titles import acts_of, likeness
from assistant.steps.vary import without_ruled_out
from evals.grow_doubt import stored
from knowledge.search import Hit
from knowledge.twins import title_of, twin_adjustments

CARD = "Cấp thẻ công chứng viên"
AGAIN = "Cấp lại Thẻ công chứng viên"


def hit(code: str, name: str, score: float) -> Hit:
    return Hit(code, name, "Công chứng", score, score / 2)


def test_without_trees_nothing_is_doubted() -> None:
    assert NO_DOUBT.of("thẻ công chứng viên", [hit("1", CARD, 1.9)]) == 0.0


def test_a_tree_decides_by_its_bound() -> None:
    tree = Tree((0, -1, -1), (0.2, 0.0, 0.0), (1, -1, -1), (2, -1, -1), (0.0, 3.0, -3.0))
    doubt = Doubt(("lead_2",), 0.0, (tree,))

    close = doubt.of("thẻ", [hit("1", CARD, 1.9), hit("2", AGAIN, 1.8)])
    far = doubt.of("thẻ", [hit("1", CARD, 1.9), hit("2", AGAIN, 1.2)])

    assert close > 0.9
    assert far < 0.1


def test_trees_are_read_as_they_were_stored(tmp_path: Path) -> None:
    tree = Tree((0, -1, -1), (0.25, 0.0, 0.0), (1, -1, -1), (2, -1, -1), (0.0, 0.5, -0.5))
    doubt = Doubt(("lead_2",), -0.7, (tree,))
    (tmp_path / "doubt.json").write_text(stored(doubt), encoding="utf-8")

    assert read_doubt(tmp_path / "doubt.json") == doubt
    assert read_doubt(tmp_path / "none.json") == NO_DOUBT


def test_the_shipped_trees_ask_for_features_that_are_told() -> None:
    from knowledge.settings import BUNDLED_MODEL

    shipped = read_doubt(BUNDLED_MODEL / "doubt.json")
    told = features_of("thẻ công chứng viên", [hit("1", CARD, 1.9), hit("2", AGAIN, 1.8)])

    assert shipped.trees
    assert set(shipped.features) == set(told)


def test_variants_of_one_thing_are_alike_whatever_is_done_with_it() -> None:
    assert likeness(CARD, AGAIN) == 1.0
    assert acts_of(CARD) == {"first"}
    assert "again" in acts_of(AGAIN)
    assert likeness(CARD, "Đăng ký khai sinh") == 0.0


def test_a_head_word_is_known_alone_and_among_others() -> None:
    among = "Thẻ căn cước của mẹ tôi ở quê"

    found = head_in(content_of(among), {"1.014061"})

    choice = head_alone("làm căn cước")

    assert choice is not None
    assert choice.id == "can_cuoc"
    assert head_alone(among) is None
    assert found is not None
    assert found.choice.id == "can_cuoc"
    assert head_in(content_of(among), {"9.999999"}) is None


def test_a_word_beside_a_head_that_reads_like_one_of_its_own_is_heard() -> None:
    assert head_alone("bằng lái") is not None
    assert head_alone("cấp lại bằng lái") is None


def test_a_whole_title_is_meant_unless_it_names_a_paper_or_two_authorities_do_it() -> None:
    wedding = [hit("1", "Thủ tục đăng ký kết hôn", 1.9), hit("2", "Đăng ký lại kết hôn", 1.6)]
    shared = [
        hit("1", "Miễn nhiệm giám định viên (cấp bộ)", 1.9),
        hit("2", "Miễn nhiệm giám định viên", 1.8),
    ]

    assert title_said("Chúng em muốn đăng ký kết hôn", wedding)
    assert not title_said("giấy đăng ký kết hôn của chúng em", wedding)
    assert not title_said("miễn nhiệm giám định viên, cấp bộ hay tỉnh", shared)
    assert title_said("miễn nhiệm giám định viên", shared[1:])


def test_what_the_words_rule_out_is_no_rival() -> None:
    one, two = (
        hit("1", "Đăng ký thành lập công ty TNHH một thành viên", 1.8),
        hit("2", "Đăng ký thành lập công ty TNHH hai thành viên trở lên", 1.9),
    )

    assert not_ruled_out("hai anh em góp vốn mở công ty", [two, one]) == [two]
    assert not_ruled_out("mở công ty", [two, one]) == [two, one]
    assert not_ruled_out("một mình tôi mở công ty", [two, one]) == [two, one]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ông tôi đi khai tử ở đâu?", {"khai", "tu"}),
        ("Chứng thực bản sao", {"chung", "thuc", "ban", "sao"}),
        ("mất hôm qua", {"mat"}),
    ],
)
def test_words_between_the_asking_words_are_content(text: str, kept: set[str]) -> None:
    assert kept <= set(content_of(text))


def test_words_that_fit_any_procedure_are_weak() -> None:
    assert is_weak(content_of("vậy thực hiện ra sao"))
    assert not is_weak(content_of("đổi hộ chiếu"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("không phải đổi, tôi bị mất bằng", "tôi bị mất bằng"),
        ("tách đất chớ không phải tách hộ", "tách đất"),
        ("là hộ kinh doanh chứ không phải công ty", "là hộ kinh doanh"),
        ("không phải mất", "không phải mất"),
    ],
)
def test_what_is_ruled_out_is_not_searched_for(said: str, meant: str) -> None:
    rest = without_ruled_out(said)

    assert rest.strip(" ,") == meant


def test_the_everyday_twin_wins_when_nothing_hints_at_the_mark() -> None:
    names = ["Thủ tục đăng ký khai sinh", "Thủ tục đăng ký khai sinh có yếu tố nước ngoài"]
    titles = list(map(title_of, names))

    plain, foreign = twin_adjustments("khai sinh cho con gái tôi", titles)
    said = twin_adjustments("khai sinh cho con, bố là người Pháp", titles)
    hinted = twin_adjustments("khai sinh cho con, vợ tôi định cư bên đó", titles)

    assert plain - foreign > 0.4
    assert said[1] > said[0]
    assert hinted[0] - hinted[1] < 0.2


def test_a_police_record_is_no_one_from_france() -> None:
    titles = [title_of("Đăng ký kết hôn"), title_of("Đăng ký kết hôn có yếu tố nước ngoài")]

    plain, foreign = twin_adjustments("xin ly lich tu phap de ket hon", titles)

    assert foreign < plain
