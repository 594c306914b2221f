"""Reading ease: hard texts score below easy ones, and terms of law get plain words once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from time import perf_counter

import pytest
import yaml

from ingest.sources.snapshot import read_snapshot
from ingest.sources.starter import STARTER
from knowledge import reading
from knowledge.procedure import Procedure, parse_procedure
from knowledge.reading import (
    all_glosses,
    citizen_texts,
    glosses_in,
    reading_score,
    score_of,
)
from knowledge.text import tidy, words
from tests.fakes import procedure

GLOSSES = Path(reading.__file__).with_name("glosses.yaml")
EASY = "Bạn điền tờ khai. Cán bộ xem giấy tờ. Thiếu gì thì họ báo bạn. Ba ngày sau bạn đến lấy."
LONG = (
    "Bạn điền tờ khai rồi nộp cho cán bộ ở xã, cán bộ xem giấy tờ, thiếu gì thì họ báo để bạn đem "
    "thêm, còn đủ thì ba ngày sau bạn đến lấy giấy ở chính nơi đã nộp."
)


@pytest.fixture(scope="module")
def lists() -> dict[str, list[str]]:
    data = yaml.safe_load(GLOSSES.read_text(encoding="utf-8"))
    return {name: list(terms) for name, terms in data.items()}


@pytest.fixture(scope="module")
def starter() -> list[Procedure]:
    return [parse_procedure(item.record, item.place) for item in STARTER.read(None) if item.record]


def terms_of(text: str) -> list[str]:
    return [gloss.term for gloss in glosses_in(text)]


def test_there_are_many_glosses_each_short_and_without_figures() -> None:
    glosses = all_glosses()

    assert len(glosses) >= 130
    assert not [g for g in glosses if len(g.meaning.split()) > 15]
    assert not [g for g in glosses if re.search(r"\d", g.meaning)]
    assert not [g for g in glosses if g.meaning != tidy(g.meaning) or g.meaning.endswith(".")]


def test_a_gloss_explains_with_words_that_need_no_gloss(lists: dict[str, list[str]]) -> None:
    hard = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, lists['hard_words']))})(?!\w)")

    circular = [(g.term, terms_of(g.meaning)) for g in all_glosses() if glosses_in(g.meaning)]
    learned = [(g.term, hard.findall(g.meaning)) for g in all_glosses() if hard.search(g.meaning)]

    assert not circular
    assert not learned


def test_no_term_is_listed_twice(lists: dict[str, list[str]]) -> None:
    listed = [term for terms in lists.values() for term in terms]
    lines = re.findall(r"(?m)^  (?:- )?([^:\n#]+?)(?:: .*)?$", GLOSSES.read_text(encoding="utf-8"))

    # YAML keeps the last of two equal keys without a word, so the lines are counted too.
    assert len(lines) == len(listed) == len({term.lower() for term in listed})


def test_a_hard_word_holds_no_glossed_term(lists: dict[str, list[str]]) -> None:
    assert not [
        (term, gloss.term)
        for term in lists["hard_words"]
        for gloss in all_glosses()
        if f" {gloss.term} " in f" {term} "
    ]


@pytest.mark.shared
def test_every_term_occurs_in_the_corpus_or_at_the_portal(
    lists: dict[str, list[str]], starter: list[Procedure], shared: Path
) -> None:
    texts = [text for record in starter for text in citizen_texts(record)]
    texts += [
        json.dumps(item.record, ensure_ascii=False).replace("\\n", " ")
        for item in read_snapshot(shared / "portal")
        if item.record
    ]
    # The longest terms hide the shorter ones in them, so each is looked for by itself.
    everything = f" {' '.join(words(' '.join(texts)))} "

    unused = [
        term
        for term in lists["glosses"] + lists["hard_words"]
        if f" {' '.join(words(term))} " not in everything
    ]

    assert not unused


def test_glosses_come_in_order_of_first_use_and_once() -> None:
    text = "Người giám hộ nộp trích lục. Trích lục phải được chứng thực; giám hộ thì xuất trình."

    assert terms_of(text) == ["giám hộ", "trích lục", "chứng thực", "xuất trình"]


def test_the_longest_term_wins() -> None:
    assert terms_of("người giám hộ đương nhiên") == ["giám hộ đương nhiên"]
    assert terms_of("chứng thực chữ ký") == ["chứng thực chữ ký"]
    assert terms_of("bất động sản") == ["bất động sản"]


def test_case_old_tone_marks_and_line_breaks_do_not_hide_a_term() -> None:
    assert terms_of("HỢP PHÁP HOÁ\nLÃNH SỰ") == ["hợp pháp hóa lãnh sự"]
    assert terms_of("Hoà giải") == ["hòa giải"]
    assert terms_of("qua cơ quan đại diện Việt Nam") == ["cơ quan đại diện Việt Nam"]


def test_a_term_ends_where_its_word_ends() -> None:
    assert terms_of("di sảnh, xdi sản") == []
    assert terms_of("(di sản)") == ["di sản"]


def test_syllables_of_two_words_are_no_term() -> None:
    assert terms_of("hoạt động sản xuất") == []
    assert terms_of("trường hợp thửa đất bị sạt lở") == []
    assert terms_of("tài sản là động sản") == ["động sản"]


def test_a_text_without_terms_brings_no_gloss() -> None:
    assert glosses_in(EASY) == ()
    assert glosses_in("") == ()


def test_long_sentences_are_harder() -> None:
    easy, long = score_of([EASY]), score_of([LONG])

    assert easy.sentences == 4
    assert long.sentences == 1
    assert (easy.long_sentences, long.long_sentences) == (0, 1)
    assert easy.score > long.score + 30


def test_rare_words_are_harder_and_glossed_terms_are_not() -> None:
    plain = score_of(["Cơ quan xem lại giấy tờ của bạn rồi trả lời."])
    rare = score_of(["Cơ quan rà soát phương án, giải trình rồi trả lời."])
    glossed = score_of(["Cơ quan đối chiếu trích lục của bạn rồi trả lời."])

    assert plain.rare_per_hundred == glossed.rare_per_hundred == 0
    assert rare.rare_per_hundred > 5
    assert rare.score < plain.score == glossed.score


def test_a_law_text_is_harder_than_what_we_tell() -> None:
    law = (
        "Cơ quan có thẩm quyền căn cứ phương án đã được ban hành, tiến hành rà soát, giám định và "
        "nghiệm thu theo cơ chế phân cấp, trừ trường hợp bị đình chỉ, sáp nhập, hợp nhất hoặc bị "
        "tịch thu theo quyết định hành chính của cơ quan tố tụng."
    )

    assert score_of([law]).score < 20 < 80 < score_of([EASY]).score


def test_the_score_stays_between_its_bounds() -> None:
    worst = score_of([" ".join(["rà soát phương án"] * 40)])
    best = score_of(["Bạn ký."])

    assert worst.score == 0
    assert best.score == 100


def test_a_stop_within_a_number_ends_no_sentence() -> None:
    text = "Nộp 100.000 đồng theo Nghị định số 151.2025 này. Rồi về."

    assert score_of([text]).sentences == 2


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="no words"):
        score_of(["...", ""])


def test_a_procedure_is_judged_by_what_a_citizen_reads() -> None:
    paper = {"name": "Tờ khai", "condition": "bạn còn nhỏ", "note": "Điền đủ."}
    record = procedure(
        summary="Xin thẻ thả diều.",
        steps=["Nộp đơn."],
        notes=["Miễn phí.", "Nộp đơn."],
        conditions=["Có diều."],
        channels=[{"kind": "direct", "note": "Đến xã."}],
        cases=[{"id": "chung", "name": "Chung", "notes": ["Nhớ diều."], "requirements": [paper]}],
        legal_basis=[{"title": "Luật rà soát phương án"}],
    )

    assert set(citizen_texts(record)) == {
        *("Xin thẻ thả diều.", "Nộp đơn.", "Miễn phí.", "Có diều.", "Đến xã.", "Nhớ diều."),
        *("Tờ khai", "bạn còn nhỏ", "Điền đủ."),
    }
    assert reading_score(record).sentences == 9
    assert reading_score(record).rare_per_hundred == 0


def test_a_record_without_texts_is_judged_by_its_name() -> None:
    record = procedure()

    assert reading_score(record) == score_of([record.name])


def test_every_starter_procedure_is_easier_than_law(starter: list[Procedure]) -> None:
    scores = {record.code: reading_score(record).score for record in starter}

    assert len(scores) == len(starter)
    assert all(0 <= score <= 100 for score in scores.values())
    assert min(scores.values()) > 40


def test_a_page_of_text_is_searched_in_milliseconds(starter: list[Procedure]) -> None:
    page = " ".join(text for record in starter for text in citizen_texts(record))[:20_000]
    glosses_in(page)

    start = perf_counter()
    glosses_in(page)

    assert perf_counter() - start < 0.2
