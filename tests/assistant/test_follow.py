"""What a turn means after the turns before it: variants, two procedures, what leans and what leads
away; over the starter corpus."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.bootstrap import Assistant
from assistant.models import Facet, Question, Status
from assistant.steps.aspects import asked_of_any, is_asked
from assistant.steps.beyond import Topic, beyond
from assistant.steps.content import says_step
from assistant.steps.differ import differences_of, differences_said
from assistant.steps.two import parts_of
from assistant.steps.vary import without_joints, without_ruled_out
from knowledge import finder
from knowledge.ages import fits_age
from knowledge.search import Found, search

BIRTH, MARRIAGE, FOREIGN_MARRIAGE = "1.001193", "1.000894", "2.000806"
LOST_CARD, CHILD_CARD = "1.014064", "1.014062"
EXCHANGED_LICENCE, LOST_LICENCE = "3.000347", "3.000348"


def codes_after(assistant: Assistant, *turns: str) -> tuple[str, ...]:
    """The procedures that the last turn of a conversation is answered with."""
    key = "|".join(turns)[:64]
    answers = [assistant.reply(Question(text=turn, conversation=key)) for turn in turns]
    last = answers[-1]
    return tuple(ref.code for ref in (last.procedure, *last.also) if ref)


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        ("Tôi định ra phường đăng ký kết hôn", "À quên, cô ấy người Ba Lan", FOREIGN_MARRIAGE),
        ("dang ky ket hon can gi", "ban trai e quoc tich Nga a", FOREIGN_MARRIAGE),
        ("How do I register a marriage?", "What if she is Korean?", FOREIGN_MARRIAGE),
        ("đổi thẻ căn cước hết hạn", "nhầm, tôi đánh rơi thẻ chứ chưa hết hạn", LOST_CARD),
        ("Cấp thẻ căn cước cho tôi 30 tuổi", "làm cho cháu 6 tuổi cơ", CHILD_CARD),
        ("đổi bằng lái xe sắp hết hạn", "không phải đổi, bằng bị mất", LOST_LICENCE),
        ("bằng lái bị mất xin cấp lại", "xin lỗi, hết hạn thôi, muốn đổi", EXCHANGED_LICENCE),
        ("đổi cccd phí bn", "à e làm rớt mất tiêu r", LOST_CARD),
        ("đk tạm trú", "đk r, mà sắp hết hạn", "1.002755"),
        ("Chấm dứt hộ kinh doanh", "Chưa nghỉ hẳn, chỉ nghỉ mấy tháng", "1.001570"),
        ("Em muốn khai tạm vắng", "ý em là có khách tới ngủ lại nhà em một đêm", "2.001159"),
        ("Cấp thẻ căn cước lần đầu", "Làm cho cháu gái nhà tôi, nó học lớp 2", CHILD_CARD),
    ],
)
def test_a_correction_switches_to_the_variant_that_differs_in_what_was_said(
    starter: Assistant, first: str, then: str, code: str
) -> None:
    assert codes_after(starter, first, then) == (code,)


def test_a_question_of_its_own_is_searched_for_once(
    starter: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with the topic before it, which many people's questions follow."""
    asked: list[str] = []

    def counted(question: str, *given: object, **more: Any) -> Found:
        asked.append(question)
        return search(question, *given, **more)

    starter.reply(Question(text="đăng ký kết hôn cần giấy tờ gì", conversation="searched once"))
    monkeypatch.setattr(finder, "search", counted)
    starter.reply(Question(text="thủ tục khai tử cho bố tôi", conversation="searched once"))

    assert asked == ["thủ tục khai tử cho bố tôi"]


@pytest.mark.parametrize(
    "follow",
    [
        "nó có mất tiền ko",
        "vụ này nộp qua mạng được không",
        "kể chi tiết các bước đi",
        "cái đó mấy bữa mới xong",
        "Cho tôi biết thêm lệ phí của thủ tục ấy",
    ],
)
def test_words_that_name_nothing_keep_the_procedure(starter: Assistant, follow: str) -> None:
    assert codes_after(starter, "đăng ký kết hôn cần giấy tờ gì", follow) == (MARRIAGE,)


@pytest.mark.parametrize(
    ("then", "code"),
    [
        ("Sao y bản chính một tờ bằng cấp hết bao nhiêu?", "2.000815"),
        ("thôi không cần nữa, cho hỏi chế độ thai sản", "2.000693"),
        ("Chuyện khác nhé: tách hộ mất mấy ngày?", "1.010038"),
        ("tiệm của vợ tôi nghỉ bán, chấm dứt hộ kinh doanh", "1.001266"),
    ],
)
def test_a_new_topic_drops_the_old_one(starter: Assistant, then: str, code: str) -> None:
    assert codes_after(starter, "đăng ký kết hôn cần giấy tờ gì", then) == (code,)


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        ("Cấp lại căn cước bị mất ở đâu?", "thế bằng lái bị mất thì sao", LOST_LICENCE),
        ("đổi thẻ căn cước cần gì", "còn bằng lái?", EXCHANGED_LICENCE),
        ("How do I exchange my ID card?", "and my driving licence?", EXCHANGED_LICENCE),
        ("Đăng ký kết hôn", "Bỏ qua chuyện cưới đi, khai sinh cho con cần gì", BIRTH),
    ],
)
def test_what_is_done_is_carried_over_to_another_thing(
    starter: Assistant, first: str, then: str, code: str
) -> None:
    assert codes_after(starter, first, then)[:1] == (code,)


def test_words_that_take_back_and_name_no_variant_are_asked_back(starter: Assistant) -> None:
    key = "taken-back"
    starter.reply(Question(text="Đăng ký tạm trú", conversation=key))

    answer = starter.reply(Question(text="không, kiểu bình thường thôi", conversation=key))

    assert answer.status is Status.NEEDS_CHOICE
    assert "1.004194" not in {option.code for option in answer.options}


def test_joints_are_cut_as_they_are_written() -> None:
    assert without_joints("Thế còn hộ chiếu thì sao?") == "hộ chiếu"
    assert without_joints("thẻ tạm trú thì làm ở đâu") == "thẻ tạm trú thì làm ở đâu"
    assert without_joints("con trai toi thi sao") == "con trai toi"
    assert without_joints("And what about a passport?") == "a passport"


def test_only_words_beyond_the_topic_name_another_thing(starter: Assistant) -> None:
    topic = Topic("Cấp lại giấy chứng nhận đăng ký tàu cá", "giấy tàu cá mất", frozenset(), "")

    assert beyond("Tàu bị mất rồi, giờ xóa đăng ký", topic) == []
    assert "đỏ" in beyond("giờ mất sổ đỏ", topic)


def test_words_that_are_weak_one_by_one_name_a_new_topic_together(starter: Assistant) -> None:
    assert codes_after(starter, "Khai sinh cho con cần gì?", "thế kết hôn thì sao") == (MARRIAGE,)
    assert codes_after(starter, "đổi bằng lái xe", "ket hon bao nhieu tien") == (MARRIAGE,)


@pytest.mark.parametrize(
    ("message", "codes"),
    [
        ("Đăng ký khai sinh và kết hôn cần giấy tờ gì?", {BIRTH, MARRIAGE}),
        ("xin đăng ký tạm trú rồi đổi bằng lái luôn mất bao lâu", {"1.004194", EXCHANGED_LICENCE}),
        ("How do I register a birth and replace a lost ID card?", {BIRTH, LOST_CARD}),
        ("mất căn cước, mất bằng lái, làm lại ở đâu", {LOST_CARD, LOST_LICENCE}),
        ("tôi cần làm lại căn cước và giấy phép lái xe", {LOST_CARD, LOST_LICENCE}),
        ("chứng thực di chúc, chứng thực chữ ký hết bao nhiêu", {"2.001019", "2.000884"}),
    ],
)
def test_two_procedures_in_one_message_are_both_answered(
    starter: Assistant, message: str, codes: set[str]
) -> None:
    assert set(codes_after(starter, message)) == codes


def test_both_of_two_procedures_tell_the_facet_that_was_asked(starter: Assistant) -> None:
    answer = starter.reply(Question(text="Đăng ký khai sinh và kết hôn lệ phí bao nhiêu?"))

    told = {citation.code for citation in answer.citations if ".fees" in citation.field}
    assert answer.facets == (Facet.FEE,)
    assert told == {BIRTH, MARRIAGE}


@pytest.mark.parametrize(
    "story",
    [
        "Đã đăng ký kết hôn bên Nhật rồi, về Việt Nam ghi vào sổ hộ tịch thế nào?",
        "I lost my driving licence and need a replacement",
        "Hai vợ chồng ly hôn rồi vẫn ở chung nhà, giờ muốn tách hộ.",
    ],
)
def test_a_story_is_not_two_procedures(starter: Assistant, story: str) -> None:
    assert len(codes_after(starter, story)) <= 1


def test_a_message_is_split_at_conjunctions_and_commas_not_at_facets() -> None:
    parts = [
        part.text for part in parts_of("ngoài đăng ký kết hôn tôi còn muốn đổi bằng lái, mấy ngày")
    ]

    assert parts == ["đăng ký kết hôn", "đổi bằng lái"]


def test_what_is_ruled_out_leaves_the_rest_as_it_was_written() -> None:
    assert without_ruled_out("nghỉ hẳn luôn chứ không tạm nữa") == "nghỉ hẳn luôn"


@pytest.mark.parametrize(
    ("said", "kind", "value"),
    [
        ("tôi đang sống ở nước ngoài", "where", "abroad"),
        ("công trình cấp II", "grade", "high"),
        ("bên mình là htx", "body", "cooperative"),
        ("cho bé nhà mình", "age", "8"),
        ("vợ tôi quốc tịch Ý", "mark", "foreign"),
        ("giấy phép này do Bộ cấp", "level", "ministry"),
        ("giờ nhờ tỉnh giải quyết", "level", "province"),
        ("không, tạm nghỉ một thời gian thôi", "pause", "yes"),
        ("thôi đóng luôn", "pause", "no"),
        ("anh ấy là công an", "force", "police"),
    ],
)
def test_what_people_say_names_a_difference(said: str, kind: str, value: str) -> None:
    assert value in differences_said(said)[kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("bằng do bộ đội cấp", "level"),
        ("hồ sơ thiếu thì có bị trả lại không", "act"),
    ],
)
def test_words_that_only_sound_alike_name_no_difference(text: str, kind: str) -> None:
    assert kind not in differences_said(text)


def test_words_that_only_sound_alike_name_no_foreigner() -> None:
    assert "mark" not in differences_said("chế độ thai sản")
    assert "mark" not in differences_said("căn cước điện tử bị khóa")


def test_titles_bear_differences() -> None:
    assert differences_of("Trở lại quốc tịch Việt Nam ở nước ngoài")["where"] == {"abroad"}
    assert differences_of("Đăng ký lại kết hôn")["act"] == {"again"}


def test_an_age_fits_the_title_that_is_for_it() -> None:
    child, adult = "Cấp thẻ căn cước cho người dưới 14 tuổi", "người từ đủ 14 tuổi trở lên"

    assert (fits_age(child, 6), fits_age(child, 15)) == (True, False)
    assert (fits_age(adult, 6), fits_age(adult, 15)) == (False, True)
    assert fits_age("Tách hộ", 6) is None


@pytest.mark.parametrize(
    "follow",
    [
        "Giấy này còn giá trị trong mấy tháng?",
        "Nếu đi muộn thì bị phạt gì không?",
        "nhờ người nhà nộp thay có được không",
        "to khai viet tay duoc khong",
        "Hai bên phải có mặt cùng lúc à?",
        "Does my mother have to sign it in person?",
        "Hồ sơ thiếu thì có bị trả lại không?",
        "đem theo giấy tờ chi rứa",
        "Bản đó thì lấy bữa nào?",
        "Em 18 tuổi thì có được không?",
    ],
)
def test_what_may_be_asked_of_any_procedure_keeps_the_one_spoken_of(
    starter: Assistant, follow: str
) -> None:
    assert codes_after(starter, "đăng ký kết hôn cần giấy tờ gì", follow) == (MARRIAGE,)


@pytest.mark.parametrize(
    ("first", "follow", "code"),
    [
        ("Hưởng bảo hiểm xã hội một lần", "Chia ra mấy đợt thì được?", "1.001613"),
        ("Thành lập hộ kinh doanh", "Viên chức góp vốn được không?", "1.001612"),
        ("Đăng ký tàu cá lần đầu", "Chủ tàu có phải ký hết các tờ không?", "1.003650"),
    ],
)
def test_a_short_question_that_fits_no_procedure_is_about_the_one_spoken_of(
    starter: Assistant, first: str, follow: str, code: str
) -> None:
    assert codes_after(starter, first, follow) == (code,)


def test_what_is_said_of_a_paper_is_no_question() -> None:
    assert not is_asked("bằng của tôi do ngành cấp")
    assert is_asked("Do we have to come together?")


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("Giấy đó dùng được mấy năm?", []),
        ("Chủ nhà có phải ký vào tờ khai không?", []),
        ("Phỏng vấn xin việc thì mặc áo màu gì?", ["viec", "mac", "ao", "mau"]),
        ("lệ phí bao nhiêu", None),
        ("Tôi mất thẻ rồi", None),
    ],
)
def test_an_aspect_of_any_procedure_is_told_by_what_stands_beside_it(
    text: str, beside: list[str] | None
) -> None:
    found = asked_of_any(text, frozenset())

    assert (found is None) == (beside is None)
    assert bool(found) == bool(beside)


def test_what_leads_far_away_is_no_question_about_the_topic(starter: Assistant) -> None:
    key = "far-away"
    starter.reply(Question(text="đổi bằng lái xe cần gì", conversation=key))

    answer = starter.reply(
        Question(text="Soạn giúp tôi bài thơ về mùa thu Hà Nội", conversation=key)
    )

    assert answer.status is not Status.ANSWERED


def test_words_that_only_sound_like_steps_name_a_thing() -> None:
    assert says_step("thuê")
    assert not says_step("thuế")
    assert says_step("thue")


def test_never_mind_ends_nothing() -> None:
    assert "end" not in differences_said("thôi làm hộ kinh doanh cho gọn").get("act", frozenset())
    assert "end" in differences_said("tôi xin thôi làm hòa giải viên").get("act", frozenset())
