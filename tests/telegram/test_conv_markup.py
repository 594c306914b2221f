"""Long texts become messages that Telegram takes: trial 11 of the trust plan."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.models import Answer, Block, BlockKind, Citation, Line, Status
from bots.telegram.markup import (
    LIMIT,
    MOST_MARKS,
    Row,
    Span,
    as_html,
    bold,
    italic,
    link,
    row,
    split,
    units,
)
from bots.telegram.render import lines_of
from bots.telegram.strings import words_in

TABLE = "| Giấy tờ | Bản chính | Bản sao |\n|---|---|---|\n| Tờ khai <CT01> | 1 | 0 |\n"
EMOJI = "👨‍👩‍👧‍👦🇻🇳👍🏽✅ đ̣ế"
pieces = st.one_of(
    st.text(max_size=300),
    st.sampled_from([TABLE, EMOJI * 20, "a" * 5000, EMOJI * 900, "<b>&amp;</b>", "\n", "  "]),
)
marks = st.sampled_from([None, "b", "i", "code", "a"])
spans = st.builds(
    lambda text, mark: Span(text, mark, "https://x.example/?a=1&b=\"'" if mark == "a" else None),
    pieces,
    marks,
)
documents = st.lists(st.lists(spans, max_size=4).map(tuple), max_size=40)


class Balanced(HTMLParser):
    """Fails on a tag that is not closed in order, or that Telegram does not know."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.marks = 0
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag in {"b", "i", "code", "a"}
        self.open.append(tag)
        self.marks += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(part: list[Row]) -> Balanced:
    parser = Balanced()
    parser.feed(as_html(part))
    parser.close()
    assert parser.open == []
    return parser


def bare(text: str) -> str:
    """Letters without spaces: what must neither be lost nor change places."""
    return re.sub(r"[\s\x00-\x1f\x85\u2028\u2029]", "", text)


@settings(deadline=None, max_examples=60)
@given(documents)
def test_parts_fit_are_balanced_and_keep_the_order(rows: list[Row]) -> None:
    parts = [read(part) for part in split(rows)]

    for part in parts:
        assert 0 < units(part.text) <= LIMIT
        assert part.text.strip()
        assert part.marks <= MOST_MARKS
    original = "".join(span.text for line in rows for span in line)
    assert bare("".join(part.text for part in parts)) == bare(original)


def test_blanks_before_a_word_that_fills_a_message_are_no_message() -> None:
    parts = split([(Span(" "), Span("a" * LIMIT))])

    assert [bare(read(part).text) for part in parts] == ["a" * LIMIT]


@settings(deadline=None, max_examples=25)
@given(st.lists(pieces, min_size=1, max_size=30), st.booleans())
def test_an_answer_of_twenty_thousand_characters(texts: list[str], public: bool) -> None:
    long = [text.ljust(700, "ạ") for text in texts]
    citation = Citation(
        n=1, code="1.001193", field="steps[0]", quote="q", url=None, version=1, retrieved_at=None
    )
    blocks = tuple(
        Block(kind=BlockKind.STEPS, title=f"Phần {n}", lines=(Line(text=text, citations=(1,)),))
        for n, text in enumerate(long)
    )
    answer = Answer(status=Status.ANSWERED, text="…", blocks=blocks, citations=(citation,))

    parts = split(lines_of(answer, "https://motcua.example" if public else None))

    shown = bare("".join(read(part).text for part in parts))
    position = 0
    for text in long:
        found = shown.find(bare(text), position)
        assert found >= position
        position = found


def test_a_paragraph_stays_whole_when_it_fits() -> None:
    one = [row("a" * 3000), row("b" * 500)]
    two = [row("c" * 1000), row("d" * 1000)]

    parts = split([*one, (), *two])

    assert [as_html(part) for part in parts] == [as_html(one), as_html(two)]


def test_a_family_is_not_torn_apart() -> None:
    parts = split([row("👨‍👩‍👧‍👦" * 1000)])

    for part in parts:
        assert set(read(part).text.split("👨‍👩‍👧‍👦")) == {""}


def test_marks_beyond_what_telegram_takes_go_to_the_next_message() -> None:
    rows = [
        row(bold(str(n)), " ", italic(str(n)), " ", link("x", "https://x.example"))
        for n in range(80)
    ]

    parts = split(rows)

    assert len(parts) == 3
    assert all(read(part).marks <= MOST_MARKS for part in parts)


def test_a_link_cannot_break_out_of_its_address() -> None:
    text = as_html([row(link("<x>", 'https://x.example/"><b>'))])

    assert text == '<a href="https://x.example/&quot;&gt;&lt;b&gt;">&lt;x&gt;</a>'


def test_strings_stand_in_both_languages_with_the_same_gaps() -> None:
    vietnamese, english = words_in("vi").sentences, words_in("en").sentences

    assert vietnamese.keys() == english.keys()
    for key in vietnamese:
        assert gaps(vietnamese[key]) == gaps(english[key]), key


def gaps(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_no_string_is_too_long_for_a_message_or_holds_markup() -> None:
    for language in ("vi", "en"):
        for key, sentence in words_in(language).sentences.items():  # type: ignore[arg-type]
            assert units(sentence) < LIMIT - 600, key
            assert html.escape(sentence, quote=False) == sentence, key
