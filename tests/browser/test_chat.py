"""The chat page in Chromium, on a phone and on a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import answer_after, ask, has_no_sideways_scroll, let_go
from tests.web.fakes import CODE, FakeAssistant

pytestmark = pytest.mark.browser


def test_ask_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("lệ phí")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("khai sinh")
    page.keyboard.press("Enter")

    answer = answer_after(page, 0)
    expect(page.locator(".question")).to_contain_text("lệ phí\nkhai sinh")
    expect(answer).to_contain_text("Miễn phí.")
    expect(page.locator("#q")).to_have_value("")
    page.keyboard.press("Shift+Tab")  # from the box back into the answer
    expect(page.locator(".chip").last).to_be_focused()


def test_enter_that_ends_a_composed_word_does_not_send(open_page: OpenPage) -> None:
    page = open_page()

    page.locator("#q").fill("khai sinh")
    page.locator("#q").dispatch_event("keydown", {"key": "Enter", "isComposing": True})

    expect(page.locator(".turn")).to_have_count(0)


def test_an_option_asks_the_same_question_about_one_procedure(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    page = open_page()
    ask(page, "cần giấy gì")

    page.get_by_role("button", name="Đăng ký lại khai sinh").click()
    answer_after(page, 1)

    assert (assistant.asked[-1].text, assistant.asked[-1].code) == ("cần giấy gì", "1.004884")
    assert assistant.asked[-1].conversation == assistant.asked[-2].conversation
    expect(page.locator(".chosen")).to_have_text("Đăng ký lại khai sinh")
    expect(page.locator(".question").last).to_be_focused()


def test_a_follow_up_sends_its_words_and_code(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    page = open_page()
    ask(page, "Khai sinh cần giấy tờ nào?")

    page.get_by_role("button", name="Lệ phí bao nhiêu?").click()
    answer_after(page, 1)

    assert assistant.asked[-1].text == "Đăng ký khai sinh: lệ phí bao nhiêu?"
    assert assistant.asked[-1].code == CODE


def test_an_example_can_be_asked(open_page: OpenPage) -> None:
    page = open_page()

    page.locator(".example").first.click()

    answer_after(page, 0)
    expect(page.locator("#empty")).to_be_hidden()


def test_a_citation_opens_its_field_of_the_record(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "lệ phí")

    page.get_by_role("button", name="Nguồn 6").press("Enter")
    quote = page.get_by_role("dialog", name="Nguồn 6")
    expect(quote).to_contain_text("Miễn phí")
    assert quote.evaluate("q => { const r = q.getBoundingClientRect(); "
                          "return r.left >= 0 && r.right <= innerWidth && r.top >= 0 "
                          "&& r.bottom <= innerHeight }")  # fmt: skip
    quote.get_by_role("link").click()

    page.wait_for_url("**/thu-tuc/1.001193#channels%5B0%5D.fees%5B0%5D")
    expect(page.locator(":target")).to_be_in_viewport()
    assert page.evaluate("document.querySelector(':target').id") == "channels[0].fees[0]"


def test_escape_closes_a_quote_and_returns_to_its_number(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "lệ phí")

    page.get_by_role("button", name="Nguồn 6").press("Enter")
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog", name="Nguồn 6")).to_be_hidden()
    expect(page.get_by_role("button", name="Nguồn 6")).to_be_focused()


def test_a_field_in_the_folded_part_is_shown(open_page: OpenPage) -> None:
    page = open_page(f"/thu-tuc/{CODE}#cases[0].requirements[0].rows[0]")

    expect(page.locator(":target")).to_be_visible()
    expect(page.locator(":target")).to_be_in_viewport()


def test_going_back_finds_the_conversation(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "lệ phí")
    ask(page, "các bước")
    page.locator("#q").fill("đang viết dở")

    page.locator(".about a").last.click()
    page.wait_for_url("**/thu-tuc/**")
    page.go_back()

    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator("#q")).to_have_value("đang viết dở")


def test_a_new_conversation_forgets(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = open_page()
    ask(page, "lệ phí")
    before = assistant.asked[-1].conversation

    page.locator("#new").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "lệ phí")
    page.reload()

    assert assistant.asked[-1].conversation != before
    expect(page.locator(".turn")).to_have_count(1)


def test_the_language_is_switched_and_remembered(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    page = open_page()
    ask(page, "lệ phí")

    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".turn")).to_have_count(1)
    ask(page, "lệ phí")
    assert assistant.asked[-1].language == "en"

    page.goto(f"/thu-tuc/{CODE}")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.locator("html")).to_have_attribute("lang", "vi")


def test_a_double_submit_asks_once(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = open_page()
    asked = len(assistant.asked)

    page.locator("#q").fill("chậm")
    page.evaluate("for (let i = 0; i < 5; i++) { q.value ||= 'chậm'; composer.requestSubmit(); }")
    answer_after(page, 0)

    assert len(assistant.asked) == asked + 1


def test_waiting_is_shown(open_page: OpenPage) -> None:
    page = open_page()
    held: list[Route] = []
    page.route("**/ask/stream*", lambda route: held.append(route))

    page.locator("#q").fill("lệ phí")
    page.keyboard.press("Enter")

    expect(page.locator(".waiting")).to_be_visible()
    expect(page.locator("#send")).to_have_attribute("aria-disabled", "true")
    let_go(page, held)
    answer_after(page, 0)
    expect(page.locator("#send")).to_have_attribute("aria-disabled", "false")


def test_offline_keeps_the_question_and_offers_to_retry(open_page: OpenPage) -> None:
    page = open_page()
    page.context.set_offline(True)

    ask(page, "lệ phí")
    expect(page.locator(".answer .problem")).to_contain_text("Không kết nối được")
    page.context.set_offline(False)
    page.get_by_role("button", name="Thử lại").click()

    expect(page.locator(".answer")).to_contain_text("Miễn phí.")
    expect(page.locator(".turn")).to_have_count(1)


def test_a_failure_is_told_kindly(open_page: OpenPage) -> None:
    page = open_page()

    answer = ask(page, "hỏng")

    expect(answer).to_contain_text("Xin lỗi")
    expect(answer.get_by_role("button", name="Thử lại")).to_be_visible()


def test_a_question_that_is_too_long_is_not_cut(open_page: OpenPage) -> None:
    page = open_page()

    page.locator("#q").fill("a" * 4200)
    page.keyboard.press("Enter")

    expect(page.locator("#too-long")).to_contain_text("4200 ký tự")
    expect(page.locator(".turn")).to_have_count(0)
    assert len(page.locator("#q").input_value()) == 4200


@pytest.mark.parametrize("text", ["rất dài", "khai sinh " * 300, "Nguyễn" * 500])
def test_long_texts_wrap(open_page: OpenPage, text: str) -> None:
    page = open_page()

    ask(page, text)

    assert has_no_sideways_scroll(page)


def test_markup_is_shown_as_text(open_page: OpenPage) -> None:
    page = open_page()

    answer = ask(page, "<script>alert(1)</script>")

    expect(page.locator(".question")).to_contain_text("<script>alert(1)</script>")
    expect(answer).to_contain_text('<script>alert("x")</script> & <b>đậm</b>')
    assert page.locator(".turn script, .turn b, .turn img").count() == 0


def test_what_is_pressed_is_large_enough(open_page: OpenPage, width: int) -> None:
    page = open_page(has_touch=width == 390)
    for text in ("cần giấy gì", "Khai sinh cần giấy tờ nào?"):
        ask(page, text)

    small = page.evaluate(
        """(least) => [...document.querySelectorAll("a, button, textarea, summary")]
            .filter((e) => e.checkVisibility() && !e.matches(".skip"))
            .map((e) => [e.className, e.getBoundingClientRect()])
            .filter(([, r]) => r.height < 43.5 || r.width < least)
            .map(([name, r]) => `${name} ${r.width}x${r.height}`)""",
        43.5 if width == 390 else 35.5,
    )

    assert small == []


def test_the_page_works_at_double_zoom(open_page: OpenPage, width: int) -> None:
    size = {"width": max(width // 2, 320), "height": 450}
    page = open_page(viewport=size, device_scale_factor=2)

    ask(page, "Khai sinh cần giấy tờ nào?")
    covered = page.evaluate("composer.getBoundingClientRect().height")

    assert has_no_sideways_scroll(page)
    assert page.evaluate("getComputedStyle(composer).position") == "static" or covered < 225
    page.goto(f"/thu-tuc/{CODE}")
    assert has_no_sideways_scroll(page)


@pytest.mark.parametrize("path", ["/", f"/thu-tuc/{CODE}", "/?lang=en"])
def test_nothing_scrolls_sideways(open_page: OpenPage, path: str) -> None:
    assert has_no_sideways_scroll(open_page(path))


def test_without_javascript_the_form_answers(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = open_page(java_script_enabled=False)

    page.locator("#q").fill("cần giấy gì")
    page.locator("#send").click()
    page.get_by_role("button", name="Đăng ký lại khai sinh").click()
    expect(page.locator(".answer")).to_contain_text("Giấy chứng sinh")
    assert assistant.asked[-1].code == "1.004884"
    page.get_by_role("button", name="Nguồn 1", exact=True).click()

    expect(page.get_by_role("dialog", name="Nguồn 1")).to_be_visible()


def test_a_question_in_the_address_joins_the_conversation(open_page: OpenPage) -> None:
    page = open_page("/?q=lệ+phí")

    expect(page.locator(".turn")).to_have_count(1)
    assert "?" not in page.url
    ask(page, "các bước")
    page.reload()

    expect(page.locator(".turn")).to_have_count(2)
