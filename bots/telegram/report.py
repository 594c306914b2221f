"""A dossier's report as lines: the verdicts as a checklist, in the report's own words."""

from __future__ import annotations

from assistant.dossier.models import Report, Verdict
from bots.telegram.markup import BLANK, Row, bold, italic, row
from bots.telegram.strings import Words

_SIGNS = {
    Verdict.PRESENT: "✅",
    Verdict.MISSING: "❌",
    Verdict.UNREADABLE: "📷",
    Verdict.NOT_APPLICABLE: "➖",
    Verdict.CANNOT_TELL: "❔",
}


def report_rows(report: Report, words: Words) -> list[Row]:
    """Everything the report says, the questions last, above their buttons."""
    rows: list[Row] = [row(bold(words("report_title", name=report.procedure_name)))]
    rows.append(row(report.summary or words(f"report_{report.outcome.value}")))
    for verdict in report.requirements:
        sign = _SIGNS[verdict.verdict]
        rows += [BLANK, row(f"{sign} ", bold(verdict.name)), row(verdict.reason)]
    rows += _listed(words("report_findings"), [found.sentence for found in report.findings])
    unread = [f"{one.file}: {one.sentence}" for one in report.unread]
    rows += _listed(words("report_unread"), unread)
    rows += [line for question in report.questions[:1] for line in (BLANK, row(question.text))]
    return [*rows, BLANK, row(italic(words("report_officer_decides")))]


def _listed(title: str, sentences: list[str]) -> list[Row]:
    if not sentences:
        return []
    return [BLANK, row(bold(title)), *(row(f"• {sentence}") for sentence in sentences)]


def unread_pages(report: Report) -> list[tuple[str, int]]:
    """Pages that a better photo can save, each once: (file, page)."""
    found = [(one.file, one.page or 1) for one in report.unread]
    found += [
        (evidence.file, evidence.page)
        for verdict in report.requirements
        if verdict.verdict is Verdict.UNREADABLE
        for evidence in verdict.evidence
    ]
    return list(dict.fromkeys(found))
