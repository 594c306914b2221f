"""Papers that go out: supplement request, receipt, rejection slip; DOCX from templates, and PDF."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import segno
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from assistant.dossier.due import day_in_words, due
from assistant.dossier.models import Outcome, Report, RequirementVerdict, Verdict
from assistant.dossier.printing import pdf_of
from assistant.dossier.service import VIETNAM, PaperForm, PaperKind
from assistant.dossier.settings import DossierSettings
from assistant.dossier.wanted import has_wanted, is_to_show, is_wanted
from assistant.errors import PaperError
from assistant.messages import messages_for
from knowledge.catalog import Version
from knowledge.procedure import ChannelKind, Handling, Procedure, Requirement, value_at

BUNDLED = Path(__file__).parent / "templates"
_BLANK = "…" * 12
_SAY = messages_for("vi").say


class PaperWriter:
    """Fills templates; those of the centre in `own` win over the bundled ones."""

    def __init__(
        self,
        now: Callable[[], datetime],
        own: Path | None = None,
        public_url: str | None = None,
        centre: str | None = None,
    ) -> None:
        self._now = now
        self._own = own
        self._public_url = public_url
        self._centre = centre

    def write(
        self, kind: PaperKind, form: PaperForm, report: Report, version: Version, reason: str = ""
    ) -> bytes:
        """The paper as a file; `reason` stands on a rejection slip. Raises PaperError when the
        report does not allow this paper, or when a template or LibreOffice fails."""
        _refuse_unfit(kind, report)
        values = self._values(report, version.procedure) | {
            "reason": _sentence(reason) or _BLANK * 4
        }
        document = self._filled(self._template(kind), values)
        return pdf_of(document) if form == "pdf" else document

    def _template(self, kind: PaperKind) -> Path:
        own = self._own / f"{kind}.docx" if self._own else None
        return own if own and own.is_file() else BUNDLED / f"{kind}.docx"

    def _filled(self, template: Path, values: Mapping[str, Any]) -> bytes:
        try:
            document = DocxTemplate(template)
            code = self._code(document, values["address"])
            # A centre's template is data: it may fill in, not reach into the program.
            environment = SandboxedEnvironment()
            document.render({**values, "qr": code}, environment, autoescape=True)
        except (TemplateError, PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
            raise PaperError(f"Mẫu {template.name} không điền được: {error}") from error
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()

    def _code(self, document: DocxTemplate, address: str) -> InlineImage | None:
        if not address:
            return None
        picture = io.BytesIO()
        segno.make(address, error="m").save(picture, kind="png", scale=8, border=2)
        picture.seek(0)
        return InlineImage(document, picture, width=Cm(2.6))

    def _values(self, report: Report, procedure: Procedure) -> dict[str, Any]:
        now = self._now()
        base = f"{self._public_url}/ho-so/{report.procedure}" if self._public_url else ""
        return {
            "agency": (self._centre or _BLANK).upper(),
            "mechanism": _SAY("dossier.paper.mechanism", decree="118/2025/NĐ-CP"),
            "day": day_in_words(now.date(), "vi"),
            "time": f"{now:%H} giờ {now:%M}",
            "year": now.year,
            "procedure": _subject(procedure.name),
            "code": procedure.code,
            "case": _case_name(report, procedure),
            "items": list(_items(report, procedure)),
            "received": list(_received(report, procedure)),
            "to_show": "; ".join(one.name for one in report.requirements if is_to_show(one)),
            "channel": _SAY("channel.direct"),
            "due": due(procedure, ChannelKind.DIRECT, now).sentence,
            "results": "; ".join(procedure.results),
            "address": base,
            "source": _source(report, procedure),
        }


def paper_writer(settings: DossierSettings) -> PaperWriter:
    """A writer as set, by Vietnam's clock."""
    return PaperWriter(
        lambda: datetime.now(VIETNAM),
        settings.template_dir,
        settings.public_url,
        settings.centre,
    )


def _refuse_unfit(kind: PaperKind, report: Report) -> None:
    """A receipt says that all is there; a supplement request that something is not."""
    if kind == "receipt" and report.outcome is not Outcome.COMPLETE:
        raise PaperError(_SAY("dossier.paper.not_complete"))
    if kind == "supplement" and not has_wanted(report):
        open_ = report.outcome is not Outcome.COMPLETE
        raise PaperError(_SAY(f"dossier.paper.{'nothing_sure' if open_ else 'nothing_missing'}"))


@dataclass(frozen=True)
class _Wanted:
    """A row of what is asked for; papers of which one is enough share it."""

    name: str
    todo: str
    basis: str | None


def _items(report: Report, procedure: Procedure) -> Iterator[dict[str, Any]]:
    """What is missing or unusable, then what rules found that belongs to no such paper."""
    wanted = [one for one in report.requirements if is_wanted(one)]
    rows = [_row(group, report, procedure) for group in _groups(wanted, procedure)]
    told = {one.id for one in wanted}
    names = {one.id: one.name for one in report.requirements}
    for finding in report.findings:
        if finding.blocks and finding.requirement not in told:
            name = names.get(finding.requirement or "", _SAY("dossier.paper.whole"))
            rows.append(_Wanted(name, finding.sentence, finding.legal_basis))
    for number, row in enumerate(rows, 1):
        basis = row.basis or _published(procedure)
        yield {"number": number, "name": row.name, "todo": row.todo, "basis": basis}


def _groups(
    wanted: Sequence[RequirementVerdict], procedure: Procedure
) -> list[list[RequirementVerdict]]:
    """Papers of one alternative group together, every other one alone, in their order."""
    found: dict[str, list[RequirementVerdict]] = {}
    for one in wanted:
        record = _requirement(procedure, one.id)
        case = one.id.partition(".")[0]
        group = f"{case} {record.alternative_group}" if record else ""
        key = group if record and record.alternative_group else one.id
        found.setdefault(key, []).append(one)
    return list(found.values())


def _row(group: Sequence[RequirementVerdict], report: Report, procedure: Procedure) -> _Wanted:
    """Why, what rules found of it, and how many to bring."""
    ids = {one.id for one in group}
    reasons = [one.reason for one in group][: 1 if len(group) > 1 else None]
    found = [f.sentence for f in report.findings if f.blocks and f.requirement in ids]
    records = [_requirement(procedure, one.id) for one in group]
    counts = {_count(record) if record else "" for record in records} - {""}
    bring = [_SAY("dossier.paper.bring", count=counts.pop())] if len(counts) == 1 else []
    name = _SAY("dossier.paper.or").join(one.name for one in group)
    return _Wanted(name, " ".join(dict.fromkeys([*reasons, *found, *bring])), group[0].legal_basis)


def _received(report: Report, procedure: Procedure) -> Iterator[dict[str, Any]]:
    present = [one for one in report.requirements if one.verdict is Verdict.PRESENT]
    for number, one in enumerate(present, 1):
        record = _requirement(procedure, one.id)
        shown = record is not None and record.handling is Handling.PRESENT
        note = "only_shown" if shown else "compare"
        yield {
            "number": number,
            "name": one.name,
            "count": _count(record) if record and not shown else "",
            "note": _SAY(f"dossier.paper.{note}") if one.at_counter or shown else "",
        }


def _requirement(procedure: Procedure, path: str) -> Requirement | None:
    try:
        found = value_at(procedure, path)
    except KeyError:
        return None
    return found if isinstance(found, Requirement) else None


def _count(requirement: Requirement) -> str:
    counts = (("original", requirement.originals), ("copy", requirement.copies))
    told = [_SAY(f"documents.{kind}", count=number) for kind, number in counts if number]
    if requirement.certified and told:
        told[-1] += f" {_SAY('documents.certified')}"
    return ", ".join(told)


def _sentence(text: str) -> str:
    """What an officer wrote, closed by a full stop."""
    text = text.strip()
    return f"{text}." if text and text[-1].isalnum() else text


def _subject(name: str) -> str:
    """The name without the words "Thủ tục", which stand before it."""
    short = re.sub(r"^thủ tục\s+", "", name, flags=re.IGNORECASE)
    return short[:1].upper() + short[1:]


def _case_name(report: Report, procedure: Procedure) -> str:
    return next((case.name for case in procedure.cases if case.id == report.case), "")


def _published(procedure: Procedure) -> str:
    """The decision that publishes the list of papers, as the record has it."""
    if procedure.decision:
        return _SAY("dossier.paper.decision", decision=procedure.decision)
    numbers = [law.number for law in procedure.legal_basis if law.number]
    return "; ".join(numbers[:2]) or _SAY("dossier.paper.no_basis")


def _source(report: Report, procedure: Procedure) -> str:
    read = procedure.source.retrieved_at if procedure.source else None
    told = _SAY("dossier.paper.source", code=procedure.code, version=report.version)
    return told + (_SAY("dossier.paper.read_on", day=f"{read:%d/%m/%Y}") if read else "") + "."
