"""The dossier page in a real browser: progress, live checklist, evidence, accessibility."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import has_no_sideways_scroll, let_go
from tests.browser.test_accessibility import violations
from tests.web.fakes import CODE, record

pytestmark = pytest.mark.browser

PAGE = f"/ho-so/{CODE}"
PAPERS = [one.name for one in record().cases[0].requirements]


def payload(name: str, words: str) -> dict[str, object]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": words.encode()}


def pick(page: Page, *files: dict[str, object]) -> None:
    """Choose files as a person does; with JavaScript they go at once."""
    page.locator("#files").set_input_files(list(files))  # type: ignore[arg-type]


def row(page: Page, name: str) -> Locator:
    return page.locator("#progress li", has_text=name)


def verdict(page: Page, name: str) -> Locator:
    return page.locator(".verdict", has=page.get_by_text(name, exact=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_empty_page_is_accessible(open_page: OpenPage, scheme: str) -> None:
    page = open_page(PAGE, color_scheme=scheme)

    assert violations(page) == []
    assert has_no_sideways_scroll(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_checked_dossier_is_accessible(open_page: OpenPage, scheme: str) -> None:
    page = open_page(PAGE, color_scheme=scheme)
    pick(page, payload("a.jpg", PAPERS[0]), payload("b.jpg", "mờ"), payload("c.jpg", "hỏng"))
    expect(row(page, "c.jpg")).to_have_attribute("data-stage", "refused")

    verdict(page, PAPERS[0]).locator("summary").click()

    assert violations(page) == []
    assert has_no_sideways_scroll(page)


def test_each_file_shows_its_progress_and_the_list_fills(open_page: OpenPage) -> None:
    page = open_page(PAGE)

    pick(page, payload("a.jpg", PAPERS[0]), payload("b.jpg", PAPERS[2]))

    expect(row(page, "a.jpg")).to_contain_text("đã đọc xong")
    expect(verdict(page, PAPERS[0])).to_have_attribute("data-verdict", "present")
    expect(row(page, "b.jpg")).to_contain_text("đã đọc xong")
    expect(verdict(page, PAPERS[2])).to_have_attribute("data-verdict", "present")
    expect(page.locator(".outcome")).to_have_attribute("data-outcome", "incomplete")
    expect(page.locator(".outcome .wanted li").first).to_contain_text(f"Thiếu: {PAPERS[1]}")


def test_nothing_is_concluded_while_files_are_being_read(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    held: list[Route] = []
    pick(page, payload("a.jpg", PAPERS[0]))
    expect(page.locator(".outcome")).to_be_visible()

    page.route("**/files?*", lambda route: held.append(route))
    pick(page, payload("b.jpg", PAPERS[2]))

    expect(page.locator("#waiting")).to_contain_text("Còn 1 tệp đang đọc")
    expect(page.locator(".outcome")).to_be_hidden()
    expect(page.locator(".verdict[data-verdict=missing]:visible")).to_have_count(0)
    expect(verdict(page, PAPERS[0])).to_be_visible()
    let_go(page, held)
    expect(page.locator("#waiting")).to_be_hidden()
    expect(page.locator(".outcome")).to_be_visible()


def test_a_file_that_fails_holds_no_conclusion_back(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    pick(page, payload("a.jpg", PAPERS[0]))
    expect(page.locator(".outcome")).to_be_visible()

    told = 'event: error\ndata: {"text": "Máy chủ đang bận."}\n\n'
    page.route("**/files?*", lambda route: route.fulfill(body=told))
    pick(page, payload("b.jpg", PAPERS[2]))

    expect(row(page, "b.jpg")).to_have_attribute("data-stage", "failed")
    expect(page.locator("#waiting")).to_be_hidden()
    expect(page.locator(".outcome")).to_be_visible()


def test_a_refused_file_says_why_and_the_others_go_on(open_page: OpenPage) -> None:
    page = open_page(PAGE)

    pick(page, payload("c.jpg", "hỏng"), payload("a.jpg", PAPERS[0]))

    expect(row(page, "c.jpg")).to_contain_text("bị hỏng")
    expect(row(page, "a.jpg")).to_contain_text("đã đọc xong")


def test_the_place_on_the_page_is_shown(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    pick(page, payload("a.jpg", PAPERS[0]))
    found = verdict(page, PAPERS[0])

    found.locator("summary").click()

    expect(found.locator("rect")).to_be_visible()
    picture = found.locator("img")
    expect(picture).to_be_visible()
    page.wait_for_function("(image) => image.naturalWidth > 0", arg=picture.element_handle())


def test_a_dropped_file_is_taken(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    transfer = page.evaluate_handle(
        """(words) => {
            const data = new DataTransfer();
            data.items.add(new File([words], "d.jpg", { type: "image/jpeg" }));
            return data;
        }""",
        PAPERS[0],
    )

    page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})

    expect(row(page, "d.jpg")).to_contain_text("đã đọc xong")


def test_a_question_is_answered_in_place_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    pick(page, payload("a.jpg", "x"))
    button = page.get_by_role("button", name="Tự đi")
    expect(button).to_be_visible()

    button.focus()
    page.keyboard.press("Enter")

    expect(button).to_have_count(0)
    expect(page.locator("#outcome-title")).to_be_focused()
    assert page.url.endswith(PAGE)


def test_erasing_gives_a_receipt_and_an_empty_list(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    pick(page, payload("a.jpg", PAPERS[0]))
    expect(page.locator(".outcome")).to_be_visible()

    page.get_by_role("button", name="Xóa hồ sơ").click()

    expect(page.locator(".receipt")).to_contain_text(re.compile("Đã xóa 1 tệp"))
    expect(page.locator(".outcome")).to_have_count(0)
    expect(page.locator("#progress li")).to_have_count(0)
    assert violations(page) == []


def test_the_supplement_request_is_downloaded(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(PAGE)
    pick(page, payload("a.jpg", PAPERS[0]))

    with page.expect_download() as waited:
        page.get_by_role("link", name="Tải phiếu yêu cầu bổ sung (PDF)").click()

    waited.value.save_as(tmp_path / "paper")
    assert (tmp_path / "paper").read_bytes() == b"supplement pdf incomplete"


def test_it_works_without_javascript(open_page: OpenPage) -> None:
    page = open_page(PAGE, java_script_enabled=False)
    page.locator("#files").set_input_files([payload("a.jpg", PAPERS[0])])  # type: ignore[list-item]

    page.get_by_role("button", name="Gửi và kiểm tra").click()

    expect(verdict(page, PAPERS[0])).to_have_attribute("data-verdict", "present")
    page.get_by_role("button", name="Tự đi").click()
    expect(page.get_by_role("button", name="Tự đi")).to_have_count(0)
    page.get_by_role("button", name="Xóa hồ sơ").click()
    expect(page.locator(".receipt")).to_be_visible()
