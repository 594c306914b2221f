"""The chat page as the server draws it, in both languages and without JavaScript."""

from __future__ import annotations

import json
import re

import pytest
from starlette.testclient import TestClient

from bots.web.strings import LANGUAGES, strings
from tests.web.fakes import CODE, FakeAssistant


def test_both_languages_have_the_same_strings() -> None:
    vietnamese, english = strings("vi"), strings("en")

    assert vietnamese.keys() == english.keys()
    for key, sentence in vietnamese.items():
        assert set(re.findall(r"\{\w+\}", sentence)) == set(re.findall(r"\{\w+\}", english[key]))


def test_every_string_is_used() -> None:
    from bots.web import pages

    folder = pages.Path(pages.__file__).parent
    files = [p for p in folder.rglob("*") if p.suffix in {".py", ".html", ".js"}]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in files)
    built = ("invalid_", "level_", "channel_", "unit_", "handling_", "need_", "field_", "record_")

    unused = [key for key in strings("vi") if key not in sources and not key.startswith(built)]

    assert unused == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_empty_page_offers_four_examples(client: TestClient, language: str) -> None:
    page = client.get(f"/?lang={language}").text

    assert f'<html lang="{language}">' in page
    assert page.count('class="example"') == 4
    assert 'role="log"' in page


def test_a_question_in_the_address_is_answered_on_the_server(
    client: TestClient, assistant: FakeAssistant
) -> None:
    response = client.get("/", params={"q": "lệ phí khai sinh"})

    assert response.status_code == 200
    assert "Miễn phí." in response.text
    assert f"/thu-tuc/{CODE}#channels%5B0%5D.fees%5B0%5D" in response.text
    assert assistant.asked[0].language is None


def test_an_option_sends_the_same_question_with_its_code(
    client: TestClient, assistant: FakeAssistant
) -> None:
    page = client.get("/", params={"q": "cần giấy gì"}).text
    assert '<input type="hidden" name="q" value="cần giấy gì">' in page
    assert f'name="code" value="{CODE}"' in page

    client.get("/", params={"q": "cần giấy gì", "code": CODE})

    assert (assistant.asked[1].text, assistant.asked[1].code) == ("cần giấy gì", CODE)


def test_the_english_page_asks_for_english(client: TestClient, assistant: FakeAssistant) -> None:
    client.get("/", params={"q": "birth", "lang": "en"})

    assert assistant.asked[0].language == "en"


def test_an_empty_question_shows_the_empty_page(
    client: TestClient, assistant: FakeAssistant
) -> None:
    assert client.get("/", params={"q": "  "}).status_code == 200
    assert assistant.asked == []


def test_a_question_that_is_too_long_is_refused_in_words(client: TestClient) -> None:
    response = client.get("/", params={"q": "a" * 4001})

    assert response.status_code == 422
    assert "nhiều nhất 4000 ký tự" in response.text


def test_a_field_that_is_empty_at_the_source_is_marked(client: TestClient) -> None:
    page = client.get("/", params={"q": "điều kiện"}).text

    assert 'data-kind="note" data-facet="conditions" data-uncited=""' in page


def test_a_failure_is_a_kind_sentence_on_the_page(client: TestClient) -> None:
    response = client.get("/", params={"q": "hỏng"})

    assert response.status_code == 500
    assert response.headers["content-type"].startswith("text/html")
    assert "Xin lỗi" in response.text


def test_a_page_that_does_not_exist_says_so(client: TestClient) -> None:
    response = client.get("/khong-co?lang=en")

    assert response.status_code == 404
    assert "There is no such page." in response.text


def test_the_scripts_find_their_strings(client: TestClient) -> None:
    from html import unescape

    page = client.get("/").text
    attribute = re.search(r'data-strings="([^"]*)"', page)

    assert attribute
    assert json.loads(unescape(attribute[1]))["retry"] == strings("vi")["retry"]


def test_the_switch_keeps_the_question(client: TestClient) -> None:
    page = client.get("/", params={"q": "a&b"}).text

    assert 'href="/?q=a%26b&amp;lang=en"' in page


def test_beside_urgent_words_the_page_shows_nothing(client: TestClient) -> None:
    page = client.get("/", params={"q": "gọi cấp cứu"}).text
    article = page[page.index('<article class="answer"') :].partition("</article>")[0]

    assert re.sub(r"<[^>]*>", "", article).strip() == "Gọi 115 ngay."
    assert "<button" not in article
    assert "<a " not in article
