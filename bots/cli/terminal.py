"""Answers and search results on a terminal, and as JSON lines for batches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

from pydantic import ValidationError
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assistant.bootstrap import Assistant
from assistant.models import Answer, Block, BlockKind, Line, Question, Turn
from assistant.steps.verify import problems_of
from knowledge.search import Found

_EXPLAINED = 8
_STATUS_STYLE = {"answered": "bold green", "failed": "bold red"}


def answer_lines(assistant: Assistant, lines: Iterable[bytes], out: TextIO) -> None:
    """Answer each line `{"id","text","conversation"?,"as_of"?}` in order, one JSON line each."""

    def answer(item: dict[str, Any]) -> dict[str, Any]:
        fields = {key: value for key, value in item.items() if key in Question.model_fields}
        answered = assistant.reply(Question.model_validate(fields)).model_dump(mode="json")
        return {**answered, "id": item.get("id", answered["id"])}

    _each_line(lines, out, answer)


def search_lines(assistant: Assistant, lines: Iterable[bytes], out: TextIO, limit: int) -> None:
    """Search for each line `{"id","text"}`; `{"id","hits":[{"code","name","score"}]}` come out."""

    def hits(item: dict[str, Any]) -> dict[str, Any]:
        found = assistant.search(str(item.get("text") or ""), limit).hits
        rows = [{"code": hit.code, "name": hit.name, "score": hit.score} for hit in found]
        return {"id": item.get("id"), "hits": rows}

    _each_line(lines, out, hits)


def _each_line(
    lines: Iterable[bytes], out: TextIO, work: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """A bad line gives a line with `error`, so that output and input stay side by side."""
    for number, item in _items(lines):
        try:
            result = work(item) if "error" not in item else item
        except ValidationError as error:
            reasons = "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
            result = {"id": item.get("id"), "error": f"dòng {number}: {reasons}"}
        out.write(json.dumps(result, ensure_ascii=False) + "\n")
        out.flush()


def _items(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line.decode("utf-8-sig"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            item = {"id": None, "error": f"dòng {number}: không phải JSON hợp lệ ({error})"}
        if not isinstance(item, dict):
            item = {"id": None, "error": f"dòng {number}: phải là một đối tượng JSON"}
        yield number, item


def show_answer(console: Console, answer: Answer) -> None:
    """An answer for people: title, blocks, options, sources."""
    style = _STATUS_STYLE.get(answer.status.value, "bold yellow")
    if answer.procedure:
        console.print(Text(answer.procedure.name, style=style))
    if answer.assumed:
        console.print(Text(answer.assumed, style="italic"))
    for block in answer.blocks:
        _show_block(console, block)
    for option in answer.options:
        console.print(Text.assemble("  → ", option.label, (f"  {option.code}", "dim")))
    if answer.citations:
        console.print(_sources(answer))


def _show_block(console: Console, block: Block) -> None:
    console.print()
    if block.title:
        console.print(Text(block.title, style="bold"))
    style = "dim" if block.kind is BlockKind.NOTE else ""
    for number, line in enumerate(block.lines, 1):
        console.print(Padding(_line(line, block.kind, number, style), (0, 0, 0, 2)))


def _line(line: Line, kind: BlockKind, number: int, style: str) -> Text:
    lead = {BlockKind.LIST: "• ", BlockKind.STEPS: f"{number}. "}.get(kind, "")
    marks = "".join(f"[{n}]" for n in line.citations)
    return Text.assemble((lead + line.text, style), (f" {marks}" if marks else "", "cyan"))


def _sources(answer: Answer) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1), title_justify="left")
    for citation in answer.citations:
        quote = citation.quote if len(citation.quote) <= 90 else citation.quote[:89] + "…"
        table.add_row(
            Text(f"[{citation.n}]", style="cyan"),
            Text(citation.field, style="dim"),
            Text(quote, style="dim"),
        )
    url = answer.citations[0].url
    if url:
        table.add_row("", Text("nguồn", style="dim"), Text(url, style=f"dim link {url}"))
    return table


def show_hits(console: Console, found: Found) -> None:
    """A table of search results."""
    table = Table("điểm", "mã", "tên", "lĩnh vực", box=None)
    for hit in found.hits:
        table.add_row(f"{hit.score:.3f}", hit.code, Text(hit.name[:110]), Text(hit.field))
    console.print(table)
    if found.degraded:
        console.print(Text(found.degraded, style="yellow"))


def show_explanation(console: Console, answer: Answer, turn: Turn) -> None:
    """Why this answer: candidates with their evidence, reasons, passages, verification."""
    table = Table("điểm", "mã", "tên", "bằng chứng", "đoạn gần nhất", box=None)
    for hit in turn.hits[:_EXPLAINED]:
        evidence = " ".join(f"{kind}={value:.2f}" for kind, value in hit.evidence.items())
        passages = ", ".join(hit.passages[:3])
        table.add_row(f"{hit.score:.3f}", hit.code, Text(hit.name[:60]), evidence, passages)
    console.print(Text(f"\nKhía cạnh: {', '.join(turn.facets)}", style="bold"))
    for reason in turn.reasons:
        console.print(Text(f"  • {reason}"))
    if turn.hits:
        console.print(table)
    problems = list(problems_of(answer, *turn.versions)) if turn.versions else []
    told = "; ".join(problems) or f"{len(answer.citations)} trích dẫn khớp bản ghi"
    console.print(Text(f"Kiểm chứng: {told}. Hết {answer.elapsed_ms} ms."))
