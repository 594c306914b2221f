"""An Answer as lines for Telegram: the words are the Answer's, only marks and sources are added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from urllib.parse import quote

from assistant.models import Answer, Block, BlockKind, Citation, Line, Option, Status
from bots.telegram.markup import BLANK, Row, Span, bold, italic, link, row
from bots.telegram.strings import Words, words_in

_FIELDS = (
    ("fees", "field_fee"),
    ("time_limits", "field_time"),
    ("channels", "field_channel"),
    ("cases", "field_papers"),
    ("notes", "field_notes"),
    ("steps", "field_steps"),
    ("conditions", "field_conditions"),
    ("legal_basis", "field_law"),
    ("decision", "field_law"),
    ("results", "field_result"),
    ("subjects", "field_subjects"),
    ("receiving_places", "field_place"),
    ("agency", "field_place"),
    ("name", "field_name"),
    ("summary", "field_summary"),
)


def lines_of(answer: Answer, public_url: str | None) -> list[Row]:
    """The whole answer; with `public_url` each citation opens its field there, else the sources
    stand in a list at the end. An urgent answer is its words alone."""
    if answer.urgent:
        return text_of(answer)
    words = words_in(answer.language)
    cited = {c.n: c for c in answer.citations}
    lines = [*_headline(answer, public_url)]
    for block in answer.blocks:
        lines += [BLANK, *_block(block, cited, public_url)]
    if not answer.blocks:
        lines += [BLANK, row(answer.text)]
    lines += _choices(answer, words)
    if not public_url:
        lines += _sources(answer, words)
    return lines


def text_of(answer: Answer) -> list[Row]:
    """The words of an answer alone."""
    return [row(line) for line in answer.text.split("\n")]


def record_link(public_url: str, code: str, field: str | None = None) -> str:
    """Where the web shows a record, or a field of it."""
    anchor = f"#{quote(field, safe='')}" if field else ""
    return f"{public_url.rstrip('/')}/thu-tuc/{quote(code, safe='')}{anchor}"


def _headline(answer: Answer, public_url: str | None) -> Iterator[Row]:
    """Which procedure is told of: the sentence of what was assumed, or its name."""
    if answer.assumed:
        yield row(italic(answer.assumed))
    elif answer.procedure:
        name = answer.procedure.name
        yield row(
            Span(name, "a", record_link(public_url, answer.procedure.code))
            if public_url
            else bold(name)
        )


def _block(block: Block, cited: dict[int, Citation], public_url: str | None) -> Iterator[Row]:
    if block.title:
        yield row(bold(block.title))
    for number, line in enumerate(block.lines, 1):
        lead = {BlockKind.LIST: "• ", BlockKind.STEPS: f"{number}. "}.get(block.kind, "")
        note = block.kind is BlockKind.NOTE
        text = italic(line.text) if note else Span(line.text)
        yield row(*([lead] if lead else []), text, *_marks(line, cited, public_url))


def _marks(line: Line, cited: dict[int, Citation], public_url: str | None) -> Iterator[Span]:
    for n in line.citations:
        yield Span(" ")
        source = cited.get(n)
        if public_url and source:
            yield link(f"[{n}]", record_link(public_url, source.code, source.field))
        else:
            yield Span(f"[{n}]")


def _choices(answer: Answer, words: Words) -> Iterator[Row]:
    """Options with the numbers by which they can be chosen."""
    if not answer.options:
        return
    yield BLANK
    if answer.status is not Status.NEEDS_CHOICE:
        yield row(italic(words("other_options")))
    yield from (option_line(n, option) for n, option in enumerate(answer.options, 1))


def option_line(number: int, option: Option) -> Row:
    """`2. Đăng ký lại khai sinh`."""
    return row(f"{number}. {option.label}")


def _sources(answer: Answer, words: Words) -> Iterator[Row]:
    """Each record once, with the numbers that point to its fields."""
    by_record = groupby(answer.citations, key=lambda c: (c.code, c.version))
    for first, ((code, version), group) in enumerate(by_record):
        found = list(group)
        if not first:
            yield BLANK
            yield row(bold(words("sources")))
        yield row(*_record(found[0], code, version, words))
        yield from (row(text) for text in _numbers(found, words))


def _record(citation: Citation, code: str, version: int, words: Words) -> Iterator[str | Span]:
    text = words("source_record", code=code, version=version)
    url = citation.url or ""
    yield link(text, url) if url.startswith(("https://", "http://")) else text
    if citation.retrieved_at:
        yield words("source_read", day=words.day(citation.retrieved_at))


def _numbers(citations: Sequence[Citation], words: Words) -> Iterator[str]:
    """`[1] [2] giấy tờ`, `[3] phí, lệ phí`."""
    for name, group in groupby(citations, key=lambda c: _field_name(c.field, words)):
        yield " ".join(f"[{c.n}]" for c in group) + f" {name}"


def _field_name(field: str, words: Words) -> str:
    parts = {part.partition("[")[0] for part in field.split(".")}
    key = next((key for name, key in _FIELDS if name in parts), None)
    return words(key) if key else words("field_other")
