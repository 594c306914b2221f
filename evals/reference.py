"""What a case expects, in words, read straight from the record.

Nothing here goes through the assistant's own telling: a fault there must not hide in the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assistant.models import Facet
from evals.cases import Action, Case
from knowledge.catalog import Version
from knowledge.procedure import COMMON_CASE, Fee, Procedure, Requirement, TimeLimit, TimeUnit

_UNITS = {
    TimeUnit.WORKING_DAY: "ngày làm việc",
    TimeUnit.DAY: "ngày",
    TimeUnit.HOUR: "giờ",
    TimeUnit.MONTH: "tháng",
    TimeUnit.YEAR: "năm",
    TimeUnit.NOT_STATED: "(nguồn không ghi đơn vị)",
}
_CHANNELS = {"direct": "trực tiếp", "online": "trực tuyến", "postal": "bưu chính"}


def reference(case: Case, versions: Mapping[str, Version]) -> str:
    """What a right answer holds: the record's values for an answer, else what to do instead."""
    if case.action is Action.DECLINE:
        lines = [f"Không trả lời nội dung ({case.decline})."]
    elif case.action is Action.CHOOSE:
        lines = ["Hỏi lại để chọn: " + "; ".join(_names(case, versions)) + "."]
    else:
        lines = list(_told(case, versions))
    lines += [f"Phải có: {text}" for text in case.must]
    lines += [f"Không được có: {text}" for text in case.must_not]
    return "\n".join(lines)


def _names(case: Case, versions: Mapping[str, Version]) -> list[str]:
    return [
        f"{versions[code].procedure.name} ({code})" if code in versions else code
        for code in case.codes
    ] or ["các thủ tục phù hợp"]


def _told(case: Case, versions: Mapping[str, Version]) -> Iterator[str]:
    """The first accepted procedure with what is asked of it; the other names after."""
    first = next((versions[code] for code in case.codes if code in versions), None)
    yield " / ".join(_names(case, versions))
    if first is None or not case.from_record:
        return
    for facet in case.facets:
        yield from record_words(first.procedure, facet, case.procedure_case)


def record_words(procedure: Procedure, facet: Facet, chosen: str | None = None) -> list[str]:
    """The record's values for one facet, one a line; empty when the record has none."""
    if facet is Facet.DOCUMENTS:
        return _papers(procedure, chosen)
    teller = _TELLERS.get(facet)
    return teller(procedure) if teller else []


def _papers(procedure: Procedure, chosen: str | None) -> list[str]:
    common = {case.id for case in procedure.cases[:1]} if chosen is None else {chosen}
    return [
        f"Giấy tờ: {_paper(requirement)}"
        for _, case, requirement in procedure.requirements()
        if case.id in common or case.id == COMMON_CASE
    ]


def _paper(requirement: Requirement) -> str:
    counts = [
        f"{count} {name}"
        for count, name in (
            (requirement.originals, "bản chính"),
            (requirement.copies, "bản sao"),
        )
        if count
    ]
    need = f"; {requirement.condition}" if requirement.condition else ""
    return f"{requirement.name}: {', '.join(counts) or 'nguồn không ghi số bản'}{need}"


def _fees(procedure: Procedure) -> list[str]:
    return [
        f"Phí, lệ phí ({_CHANNELS[channel.kind]}): {_fee(fee)}"
        for channel in procedure.channels
        for fee in channel.fees
    ]


def _fee(fee: Fee) -> str:
    amount = "" if fee.amount is None else f"{fee.amount.normalize():f} {fee.currency}"
    if fee.amount == 0:
        amount = "miễn phí"
    parts = [amount, fee.unit and f"/ {fee.unit}", fee.name, fee.condition, fee.note]
    return " ".join(filter(None, parts)) or str(fee.exemption)


def _limits(procedure: Procedure) -> list[str]:
    return [
        f"Thời hạn ({_CHANNELS[channel.kind]}): {_limit(limit)}"
        for channel in procedure.channels
        for limit in channel.time_limits
    ]


def _limit(limit: TimeLimit) -> str:
    number = "" if limit.number is None else f"{limit.number.normalize():f} {_UNITS[limit.unit]}"
    return " ".join(filter(None, [number, limit.condition, limit.note]))


def _listed(title: str, *fields: str) -> Callable[[Procedure], list[str]]:
    def tell(procedure: Procedure) -> list[str]:
        values: list[str] = []
        for name in fields:
            found = getattr(procedure, name)
            values += [found] if isinstance(found, str) else list(found or ())
        return [f"{title}: {value}" for value in values]

    return tell


def _legal(procedure: Procedure) -> list[str]:
    parts = [(document.number, document.title) for document in procedure.legal_basis]
    return [f"Căn cứ: {' '.join(filter(None, pair))}" for pair in parts]


def _forms(procedure: Procedure) -> list[str]:
    forms = [r.form_code for _, _, r in procedure.requirements() if r.form_code]
    return [f"Mẫu: {form}" for form in dict.fromkeys(forms)]


_TELLERS: dict[Facet, Callable[[Procedure], list[str]]] = {
    Facet.FEE: _fees,
    Facet.TIME: _limits,
    Facet.PLACE: _listed("Nơi nộp", "receiving_places", "agency"),
    Facet.CHANNEL: lambda p: [f"Hình thức nộp: {_CHANNELS[c.kind]}" for c in p.channels],
    Facet.STEPS: _listed("Bước", "steps"),
    Facet.CONDITIONS: _listed("Điều kiện", "conditions"),
    Facet.FORMS: _forms,
    Facet.LEGAL_BASIS: _legal,
    Facet.RESULT: _listed("Kết quả", "results"),
    Facet.SUBJECTS: _listed("Đối tượng", "subjects"),
    Facet.OVERVIEW: _listed("Tóm tắt", "summary"),
}
