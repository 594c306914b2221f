"""Legal documents as the portal glues them: title and number without a separator."""

from __future__ import annotations

import re

from knowledge.figures import legal_key, legal_numbers_in
from knowledge.procedure import LegalDocument
from knowledge.text import tidy

NOTHING = "Không có thông tin"
# 'Luật Doanh nghiệp 202076/2025/QH15' is the year 2020 followed by 76/2025/QH15.
_GLUED_YEAR = re.compile(r"(?<=\b(?:19|20)\d{2})(?=\d{1,3}/\d{4}/)")
_ISSUERS = (
    r"NĐ-?CP|NQ-?CP|NQ-?QH\d*|TTLT(?:-[A-ZĐ]+)+|TT-?[A-ZĐ]{2,}|TT/[A-ZĐ]{2,}|QĐ-?TT[gG]|"
    r"QĐ-?[A-ZĐ]{2,}|VBHN-?[A-ZĐ]{2,}|UBTVQH\d+|QH\d+|PL-?[A-ZĐ0-9]+|L/CTN|CT-?TT[gG]|HD-?[A-ZĐ]+"
)
_KINDS = "Luật|Bộ luật|Nghị định|Nghị quyết|Thông tư|Quyết định|Pháp lệnh"
_NUMBER = re.compile(rf"\d+(?:\.\d+)?/(?:\d{{4}}/)?(?:{_ISSUERS})(?:-[A-ZĐ]{{2,}})*")


def legal_documents(text: str | None, codes: list[str]) -> tuple[LegalDocument, ...]:
    """Titles and numbers of `text`, one a line, then every number of `codes` not yet named.

    The number stands at the end of its title's line, glued to it, or alone on the next line.
    """
    documents: list[LegalDocument] = []
    for line in _joined_lines(text or ""):
        documents.extend(_documents_of(line))
    kept = _unique(documents)
    seen = {legal_key(d.number) for d in kept if d.number}
    seen |= {key for d in kept for key in map(legal_key, legal_numbers_in(d.title or ""))}
    rest = [LegalDocument(number=code) for code in codes if legal_key(code) not in seen]
    return tuple(kept + _unique(rest))


def _joined_lines(text: str) -> list[str]:
    """Lines of the text, with a number that was cut by a line break put together again."""
    text = re.sub(r"(QĐ-T|CT-T)\s*\n\s*T?g", r"\1Tg", text)
    text = re.sub(r"NĐ-C\s*\n\s*P", "NĐ-CP\n", text)
    text = re.sub(r"(NQ-QH|/QH)\s*\n\s*(\d{2})\b", r"\1\2", text)
    lines: list[str] = []
    for line in filter(None, map(tidy, text.split("\n"))):
        if lines and _NUMBER.fullmatch(line):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return lines


def _documents_of(line: str) -> list[LegalDocument]:
    line = _GLUED_YEAR.sub(" ", line)
    numbers = list(_NUMBER.finditer(line))
    ends = [match for match in numbers if not _is_mention(line, match)] or numbers[:1]
    if not ends:
        return [LegalDocument(title=line)] if len(line.split()) > 2 and line != NOTHING else []
    starts = [0, *(match.end() for match in ends)]
    return [
        _document(line[start : match.start()], match[0])
        for start, match in zip(starts, ends, strict=False)
    ]


def _is_mention(line: str, match: re.Match[str]) -> bool:
    """Whether a number belongs to a title ('Thông tư số 85/2019/TT-BTC của…') and ends nothing."""
    if re.search(r"\bsố:?\s*$", line[: match.start()]):
        return True
    rest = line[match.end() :]
    return bool(re.match(r"[ ,;)]|ngày\b", rest)) and not re.match(rf" (?:{_KINDS})\b", rest)


def _document(title: str, number: str) -> LegalDocument:
    return LegalDocument(title=title.strip(" .,;:") or None, number=number)


def _unique(documents: list[LegalDocument]) -> list[LegalDocument]:
    """One entry a number; a bare number gives way to the entry that has a title."""
    kept: dict[str, LegalDocument] = {}
    for document in documents:
        key = legal_key(document.number) if document.number else document.title or ""
        if key not in kept or (kept[key].title is None and document.title):
            kept[key] = document
    return list(kept.values())
