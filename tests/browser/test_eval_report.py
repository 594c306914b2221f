"""The evaluation report and the raters' page in Chromium, opened as files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from evals.report import write_reports_of
from evals.review import read_key, read_review, sample, write_review
from tests.browser.conftest import SIZES
from tests.browser.steps import has_no_sideways_scroll
from tests.browser.test_accessibility import violations
from tests.evals.fake_runs import a_run, row, rows, versions

pytestmark = pytest.mark.browser

OpenFile = Callable[..., Page]
AGREEMENT = {"raters": 2, "items": 9, "shared": 8, "nominal": 0.61, "ordinal": None}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("report")
    first = a_run(directory / "first", [row("kite-card-fee"), row("kite-card-papers", False)])
    now = a_run(directory / "now", [*rows(), row("kite-" + "long" * 40, False, text="x" * 900)])
    (now.directory / "review").mkdir()
    people = {"agreement": AGREEMENT, "verdicts": {"now": {"right": 7}}, "checks": {"passed": {}}}
    judge = {"judge": "fake:model", "agreement": AGREEMENT, "confusion": {"right": {"wrong": 3}}}
    for name, values in (("findings", people), ("judge", judge)):
        (now.directory / "review" / f"{name}.json").write_text(json.dumps(values))
    return write_reports_of(now, directory / "out", [first], before=first, versions=versions())[0]


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("review")
    answers = [row("kite-card-fee"), row("kite-card-papers"), row("kite-which", text="y" * 900)]
    run = a_run(directory / "ours", answers)
    return write_review(sample([run], 9, 7), run.cases, versions(), directory / "page")[0]


@pytest.fixture
def open_file(chromium: Browser, width: int) -> Iterator[OpenFile]:
    """Opens a file in a fresh context; it may neither report an error nor ask for anything."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("file:", "blob:")):
            complaints.append(f"asked for {request.url}")

    def open_(path: Path, **options: object) -> Page:
        more = {"viewport": {"width": width, "height": SIZES[width]}, "locale": "vi-VN"} | options
        context = chromium.new_context(**more)  # type: ignore[arg-type]
        context.set_default_timeout(8000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", note)
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_report_is_accessible(
    open_file: OpenFile, report: Path, scheme: str, language: str
) -> None:
    page = open_file(report, color_scheme=scheme, bypass_csp=True)
    page.locator(f"label:has(#lang-{language})").click()

    assert violations(page) == []
    open_all(page)
    assert violations(page) == []


def test_the_raters_page_is_accessible(open_file: OpenFile, review: Path, scheme: str) -> None:
    page = open_file(review, color_scheme=scheme, bypass_csp=True)
    page.keyboard.press("4")
    open_all(page)

    assert violations(page) == []


def test_nothing_scrolls_sideways(open_file: OpenFile, report: Path, review: Path) -> None:
    for path in (report, review):
        page = open_file(path)
        open_all(page)
        assert has_no_sideways_scroll(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_language_is_switched_without_a_network(
    open_file: OpenFile, report: Path, *, scripts: bool
) -> None:
    page = open_file(report, offline=True, java_script_enabled=scripts)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Kết quả đánh giá", use_inner_text=True)

    page.locator("label:has(#lang-en)").click()

    expect(heading).to_have_text("Evaluation report", use_inner_text=True)
    if scripts:
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page).to_have_title("Evaluation report")
        page.reload()
        expect(heading).to_have_text("Evaluation report", use_inner_text=True)


def test_a_table_stands_behind_each_picture(open_file: OpenFile, report: Path) -> None:
    page = open_file(report)
    figures = page.locator("figure")

    assert figures.count() >= 6
    for figure in figures.all():
        assert figure.locator("svg").count() > 0
        figure.locator("summary").click()
        expect(figure.locator("table")).to_be_visible()
        assert figure.locator("tbody td").count() > 0


def test_a_failure_opens_with_the_keyboard_and_shows_all(open_file: OpenFile, report: Path) -> None:
    page = open_file(report)
    failure = page.locator(".failure", has_text="sống còn").first

    failure.locator("summary").press("Enter")

    for text in ("hết bao nhiêu tiền?", "10000 VND / thẻ", "99.000 đồng", "sai lệ phí"):
        expect(failure).to_contain_text(text)
    expect(failure.get_by_role("link")).to_have_attribute(
        "href", "https://congdichvu.example/thu-tuc/1"
    )


def test_failures_are_filtered_by_words_without_marks(open_file: OpenFile, report: Path) -> None:
    page = open_file(report)
    count = page.locator(".failure").count()

    page.locator("#filter").fill("nhieu tien LE PHI")

    expect(page.locator(".failure:visible")).to_have_count(2)
    expect(page.locator("#shown")).to_have_text(f"Hiện 2 trên {count}", use_inner_text=True)


def test_answers_are_rated_with_the_keyboard_and_kept(
    open_file: OpenFile, review: Path, tmp_path: Path
) -> None:
    page = open_file(review, accept_downloads=True)
    page.locator("#rater").fill("Bình 2")
    page.locator("label:has(#lang-vi)").click()
    page.keyboard.press("4")  # right after choosing a language, too
    page.locator("#wrong_words").fill("yyy 1")  # a figure typed here is no verdict
    page.locator("#item").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")  # past the end
    page.keyboard.press("ArrowLeft")

    page.reload()

    expect(page.locator("#progress")).to_have_text("Đã chấm 2 trên 3", use_inner_text=True)
    expect(page.locator("#place")).to_have_text("Câu 2 trên 3", use_inner_text=True)
    expect(page.locator("[data-verdict=right]")).to_have_attribute("aria-pressed", "true")
    with page.expect_download() as waiting:
        page.locator("#save").click()
    saved = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(saved)
    assert saved.name.endswith("-Bình-2.jsonl")
    key = read_key(review.parent / "key.json")
    told = read_review(key, [saved])
    assert [str(told.verdicts()[item.id]) for item in key.items[:2]] == ["harmful", "right"]
    assert {rating.rater for rating in told.ratings} == {"Bình 2"}
    assert "yyy 1" in {rating.wrong_words for rating in told.ratings}


def test_nothing_is_saved_without_a_name(open_file: OpenFile, review: Path) -> None:
    page = open_file(review)
    page.keyboard.press("2")

    page.locator("#save").click()

    expect(page.locator("#told")).to_contain_text("Hãy ghi tên gọi")
    expect(page.locator("#rater")).to_be_focused()


def test_what_a_phone_presses_is_large_enough(
    open_file: OpenFile, report: Path, review: Path
) -> None:
    for path in (report, review):
        page = open_file(path)
        small = page.evaluate(
            """[...document.querySelectorAll("button, summary, input:not(.hidden), .languages *")]
                .filter((e) => !e.matches(".languages :not(label)"))
                .filter((e) => e.checkVisibility())
                .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
                .filter(([, r]) => r.height < 43.5)
                .map(([name, r]) => `${name} ${r.width}x${r.height}`)"""
        )
        assert small == []
