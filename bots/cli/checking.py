"""`motcua check`: files on a disk against the papers a procedure requires."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import get_args

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.prompt import Prompt
from rich.table import Table
from rich.text import Text

from assistant.bootstrap import build_assistant
from assistant.dossier.check import check
from assistant.dossier.models import CheckRequest, Outcome, Report, Verdict
from assistant.dossier.service import VIETNAM, PaperForm, PaperKind
from assistant.dossier.settings import DossierSettings
from assistant.dossier.wanted import has_wanted, is_to_show
from assistant.errors import DossierError, PaperError
from assistant.messages import messages_for
from assistant.models import Language
from ingest.reading import read_files
from ingest.reading.page import Handed, Reading
from ingest.settings import ReadingSettings
from knowledge.catalog import Catalog, Version
from knowledge.procedure import CODE_PATTERN
from knowledge.settings import KnowledgeSettings, read_settings

EXIT = {Outcome.COMPLETE: 0, Outcome.INCOMPLETE: 3, Outcome.NEEDS_OFFICER: 4}
_STYLES = {
    Verdict.PRESENT: "green",
    Verdict.MISSING: "bold red",
    Verdict.UNREADABLE: "bold yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.CANNOT_TELL: "yellow",
}
_OUTCOME_STYLES = {
    Outcome.COMPLETE: "bold green",
    Outcome.INCOMPLETE: "bold red",
    Outcome.NEEDS_OFFICER: "bold yellow",
}
_ROUNDS = 5  # an answer may bring the next question


@dataclass(frozen=True)
class Asked:
    """What the command line asked for."""

    procedure: str
    files: tuple[Path, ...]
    case: str | None = None
    answers: tuple[str, ...] = ()
    counter: bool = False
    as_json: bool = False
    out: Path | None = None
    reject: str | None = None
    language: Language = "vi"


def run_check(settings: KnowledgeSettings, asked: Asked, out: Console, err: Console) -> int:
    """Read, check, ask, show and write; the exit code. Raises KnowledgeError or DossierError."""
    request = CheckRequest(
        code=asked.procedure,
        case=asked.case,
        answers=_answers(asked.answers),
        submitted_on=_today(),
        language=asked.language,
        handed_in="counter" if asked.counter else "photo",
    )
    version = _version(settings, asked, err)
    _refuse_unknown_case(version, asked.case)
    reading = _read(asked.files, read_settings(ReadingSettings), err, quiet=asked.as_json)
    report = check(version, reading, request.model_copy(update={"code": version.code}), ())
    if _is_talking(asked):
        report = _asked_through(version, reading, report, request, out)
    if asked.as_json:
        sys.stdout.write(report.model_dump_json() + "\n")
    else:
        show_report(out, report)
    if asked.out is not None:
        _write_papers(asked, report, version, err)
    return EXIT[report.outcome]


def _today() -> date:
    return datetime.now(VIETNAM).date()


def _answers(given: Sequence[str]) -> dict[str, str]:
    pairs = [one.rpartition("=") for one in given]
    for key, mark, _ in pairs:
        if not mark or not key:
            raise DossierError("Viết câu trả lời theo dạng --answer id=giá_trị.")
    return {key: value for key, _, value in pairs}


def _version(settings: KnowledgeSettings, asked: Asked, err: Console) -> Version:
    """The procedure of that code, or the one that words mean once somebody confirmed it."""
    code = asked.procedure.strip()
    if not CODE_PATTERN.fullmatch(code):
        code = _searched(settings, asked, err)
    catalog = Catalog.open(settings.sql_url)
    try:
        version = catalog.get(code)
        if version is None:
            raise DossierError(f"Không có thủ tục mã {code}. Xem `motcua search`.")
        _ = version.procedure  # parsed while the catalogue is open
        return version
    finally:
        catalog.close()


def _searched(settings: KnowledgeSettings, asked: Asked, err: Console) -> str:
    assistant = build_assistant(settings)
    try:
        hits = assistant.search(asked.procedure, 5).hits
    finally:
        assistant.close()
    listed = [f"{hit.name} ({hit.code})" for hit in hits]
    if not hits:
        raise DossierError(f"Không tìm thấy thủ tục nào cho “{asked.procedure}”.")
    if not _is_talking(asked):
        raise DossierError("Cho biết mã thủ tục bằng --procedure. Gần nhất: " + "; ".join(listed))
    return hits[_picked(err, listed, asked.language) or 0].code


def _refuse_unknown_case(version: Version, case: str | None) -> None:
    known = [one.id for one in version.procedure.cases]
    if case is not None and case not in known:
        raise DossierError(f"Thủ tục không có trường hợp {case}; chỉ có: {', '.join(known)}.")


def _is_talking(asked: Asked) -> bool:
    return not asked.as_json and sys.stdin.isatty()


def _picked(console: Console, options: Sequence[str], language: Language) -> int | None:
    """The place of the option that somebody picks; None when they skip."""
    say = messages_for(language).say
    for number, option in enumerate(options, 1):
        console.print(Text(f"  {number}. {option}"))
    console.print(Text(f"  0. {say('dossier.label.skip')}", style="dim"))
    numbers = [str(number) for number in range(len(options) + 1)]
    answer = Prompt.ask(say("dossier.label.pick"), choices=numbers, default="1", console=console)
    return int(answer) - 1 if answer != "0" else None


def _read(files: Sequence[Path], limits: ReadingSettings, err: Console, *, quiet: bool) -> Reading:
    handed = _handed(files, limits)
    if quiet or not err.is_terminal:
        return read_files(handed, limits)
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("…")

        def tell(file: str, stage: str, page: int) -> None:
            progress.update(task, description=f"{file}: {page}" if page else file)

        return read_files(handed, limits, tell)


def _handed(files: Sequence[Path], limits: ReadingSettings) -> list[Handed]:
    """Files under their own names; under their paths where two are called the same. Of one that is
    too large, just enough is read for the reader to say so."""
    names = [path.name for path in files]
    most = int(limits.file_mb * 1_000_000) + 1
    handed = []
    for path in files:
        try:
            with path.open("rb") as file:
                content = file.read(most)
        except OSError as error:
            raise DossierError(f"Không đọc được tệp {path}: {error.strerror}.") from error
        name = path.name if names.count(path.name) == 1 else str(path)
        handed.append(Handed(name, content))
    return handed


def _asked_through(
    version: Version, reading: Reading, report: Report, request: CheckRequest, out: Console
) -> Report:
    """Ask what decides the case until nothing is left to ask or somebody skips."""
    answers = dict(request.answers)
    for _ in range(_ROUNDS):
        question = next((one for one in report.questions if one.id not in answers), None)
        if question is None:
            break
        out.print(Text(question.text, style="bold"))
        place = _picked(out, [option.label for option in question.options], request.language)
        if place is None:
            break
        answers[question.id] = question.options[place].value
        known = request.model_copy(update={"code": version.code, "answers": answers})
        report = check(version, reading, known, ())
    return report


def show_report(console: Console, report: Report) -> None:
    """A report for people: outcome, checklist with places, findings, questions."""
    say = messages_for(report.language).say
    console.print(Text(f"{report.procedure_name} ({report.procedure})", style="bold"))
    outcome = say(f"dossier.outcome.{report.outcome}")
    console.print(Text(outcome, style=_OUTCOME_STYLES[report.outcome]))
    console.print(Text(report.summary or ""))
    console.print(_checklist(report, say))
    _show_findings(console, report, say)
    for unread in report.unread:
        console.print(Text(f"! {unread.sentence}", style="yellow"))
    for question in report.questions:
        options = " / ".join(f"{one.label} ({one.value})" for one in question.options)
        console.print(Text.assemble(f"? {question.text} ", (f"[{question.id}] {options}", "dim")))
    console.print(Text(say("dossier.admissible"), style="italic"))


def _checklist(report: Report, say: Callable[..., str]) -> Table:
    table = Table(*(say(f"dossier.label.{one}") for one in ("verdict", "paper", "reason", "place")))
    table.box = None
    for one in report.requirements:
        places = [say("dossier.label.page", file=e.file, page=e.page) for e in one.evidence]
        reason = one.reason
        if is_to_show(one):
            reason += f" {say('dossier.label.at_counter')}."
        if one.legal_basis:
            reason += f" {say('dossier.label.basis', basis=one.legal_basis)}"
        table.add_row(
            Text(say(f"dossier.verdict.{one.verdict}"), style=_STYLES[one.verdict]),
            Text(one.name),
            Text(reason),
            Text("\n".join(dict.fromkeys(places))),
        )
    return table


def _show_findings(console: Console, report: Report, say: Callable[..., str]) -> None:
    for finding in sorted(report.findings, key=lambda one: not one.blocks):
        label = say("dossier.label.blocking") if finding.blocks else say("dossier.label.findings")
        basis = f" ({finding.legal_basis})" if finding.legal_basis else ""
        style = "red" if finding.blocks else "dim"
        console.print(Text.assemble((f"{label}: ", style), finding.sentence + basis))


def _write_papers(asked: Asked, report: Report, version: Version, err: Console) -> None:
    from assistant.dossier.slip import paper_writer

    assert asked.out is not None
    kinds: list[tuple[PaperKind, str]] = []
    if report.outcome is Outcome.COMPLETE:
        kinds.append(("receipt", ""))
    elif has_wanted(report):
        kinds.append(("supplement", ""))
    if asked.reject:
        kinds.append(("rejection", asked.reject))
    asked.out.mkdir(parents=True, exist_ok=True)
    writer = paper_writer(read_settings(DossierSettings))
    say = messages_for(asked.language).say
    for (kind, reason), form in product(kinds, get_args(PaperForm)):
        file = asked.out / f"{kind}.{form}"
        try:
            file.write_bytes(writer.write(kind, form, report, version, reason))
        except PaperError as error:
            err.print(Text(str(error), style="yellow"))
            continue
        err.print(Text(say("dossier.label.written", file=file)), soft_wrap=True)
