"""Figures: fees, time limits, places, form codes and legal numbers, value and unit, and whether
every asked facet is there at all.

A sum is right only in a line that also holds its unit, its condition and, where channels differ,
its channel: 200.000 đồng for the wrong channel is a wrong fee.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from assistant.models import Facet
from evals.grading import Graded
from evals.metrics.answered import record_of, records_of, truth
from evals.metrics.papers import untold_papers
from evals.metrics.reading import (
    Length,
    Said,
    Sum,
    laws_in,
    lengths_in,
    lines_of,
    numbers_in,
    says,
    share_of,
    sums_in,
)
from evals.metrics.record import Known, known_of_all
from evals.truth import ExpectedFee, ExpectedTime, Truth
from knowledge.procedure import ChannelKind, TimeUnit
from knowledge.text import folded

_CHANNEL_WORDS = {
    ChannelKind.DIRECT: ("truc tiep", "in person", "tai quay", "tai cho"),
    ChannelKind.ONLINE: ("truc tuyen", "online", "qua mang", "dich vu cong"),
    ChannelKind.POSTAL: ("buu chinh", "buu dien", "by post", "postal"),
}
_EMPTY = re.compile(
    r"khong (?:ghi|neu|co|quy dinh|nhac|noi)|de trong|chua (?:ghi|co|neu)|bo trong|"
    r"empty|does not|not (?:state|give|mention|say)|no (?:information|fee|time|form|legal|place)|"
    r"gives no|names no|leaves|without"
)
_CONDITION = 0.6  # share of a condition's words that must stand beside its sum
_NEARLY = 0.8  # share of a text's words that count as telling it
_LONG = 10  # at most so many steps or conditions must be told


def fee_problems(graded: Graded) -> list[str]:
    """What is wrong with the told fees: one short text a sum that is missing or differs."""
    expected = truth(graded)
    return [f"phí: thiếu {fee}" for fee in expected.fees if not _tells_fee(graded, fee)]


def _tells_fee(graded: Graded, fee: ExpectedFee) -> bool:
    wanted = Sum(fee.amount, fee.currency)
    lines = (
        line
        for line in lines_of(graded.reply.text)
        if wanted in sums_in(line.text)
        and share_of(fee.unit or "", line.text) >= _NEARLY
        and share_of(fee.condition or "", f"{line.heading} {line.text}") >= _CONDITION
    )
    return _told_for(fee.channels, lines)


def _told_for(kinds: Iterable[ChannelKind], lines: Iterable[Said]) -> bool:
    """Whether some line tells it, and, where channels differ, one that names each channel."""
    texts = [f"{line.heading} {line.text}" for line in lines]
    return bool(texts) and all(any(_names(kind, text) for text in texts) for kind in kinds)


def _names(kind: ChannelKind, text: str) -> bool:
    plain = folded(text)
    return any(word in plain for word in _CHANNEL_WORDS[kind])


def exact_fee(graded: Graded) -> float | None:
    """Whether every fee of the record is told, and no sum that the record does not have."""
    if not truth(graded).fees:
        return None
    return float(not fee_problems(graded) and not strange_sums(graded))


def time_problems(graded: Graded) -> list[str]:
    """What is wrong with the told time limits."""
    expected = truth(graded)
    return [f"thời hạn: thiếu {limit}" for limit in expected.times if not _tells(graded, limit)]


def _tells(graded: Graded, limit: ExpectedTime) -> bool:
    lines = (line for line in lines_of(graded.reply.text) if _is_said(limit, line.text))
    return _told_for(limit.channels, lines)


def _is_said(limit: ExpectedTime, text: str) -> bool:
    lengths = lengths_in(text)
    if limit.unit is not TimeUnit.NOT_STATED:
        return Length(limit.number, limit.unit) in lengths
    # A number without a unit must stay one: "1 ngày" would be invented.
    return limit.number in numbers_in(text) and limit.number not in {
        length.number for length in lengths
    }


def exact_time(graded: Graded) -> float | None:
    """Whether every time limit is told with its unit, and none that the record does not have."""
    if not truth(graded).times:
        return None
    return float(not time_problems(graded) and not strange_lengths(graded))


def known_to(graded: Graded) -> Known | None:
    """All that the record says; None when there is none to hold the text against."""
    versions = records_of(graded)
    return known_of_all(versions) if versions else None


def strange_sums(graded: Graded) -> list[str]:
    """Sums in the text that stand nowhere in the record."""
    known = known_to(graded)
    if known is None:
        return []
    return [
        f"số tiền lạ: {found.amount:,.0f} {found.currency}"
        for line in lines_of(graded.reply.text)
        for found in sums_in(line.text)
        if found.amount and found not in known.sums
    ] + _false_freedom(graded, known)


def _false_freedom(graded: Graded, known: Known) -> list[str]:
    """'Free of charge' of a record that nowhere says so."""
    free = Sum(Decimal(0))
    said = any(free in sums_in(line.text) for line in lines_of(graded.reply.text))
    return ["“miễn phí” không có trong bản ghi"] if said and free not in known.sums else []


def strange_lengths(graded: Graded) -> list[str]:
    """Lengths of time in the text that stand nowhere in the record with that unit."""
    known = known_to(graded)
    if known is None:
        return []
    return [
        f"thời gian lạ: {found.number.normalize():f} {found.unit.value}"
        for line in lines_of(graded.reply.text)
        for found in lengths_in(line.text)
        if found not in known.lengths
    ]


def strange_laws(graded: Graded) -> list[str]:
    """Legal numbers in the text that stand nowhere in the record."""
    known = known_to(graded)
    if known is None:
        return []
    return [
        f"số văn bản lạ: {number}" for number in sorted(laws_in(graded.reply.text) - known.laws)
    ]


def wrong_figures(graded: Graded) -> float | None:
    """Whether any sum, length of time or legal number differs from the record."""
    if record_of(graded) is None:
        return None
    return float(bool(strange_sums(graded) or strange_lengths(graded) or strange_laws(graded)))


def place_problems(graded: Graded) -> list[str]:
    """Places of the record that are not told."""
    return [
        f"nơi nộp: thiếu {place}"
        for place in truth(graded).places
        if not _tells_text(graded.reply.text, place)
    ]


def exact_place(graded: Graded) -> float | None:
    """Whether every receiving place is told; the agency, where the record names no place."""
    return float(not place_problems(graded)) if truth(graded).places else None


def wrong_place(graded: Graded) -> float | None:
    """Whether a person would go to the wrong place: none of the record's is told."""
    places = truth(graded).places
    return float(len(place_problems(graded)) == len(places)) if places else None


def exact_forms(graded: Graded) -> float | None:
    """Whether every form code is told."""
    return float(not form_problems(graded)) if truth(graded).forms else None


def form_problems(graded: Graded) -> list[str]:
    """Form codes of the record that are not told."""
    text = graded.reply.text
    return [f"mẫu: thiếu {code}" for code in truth(graded).forms if not says(text, code)]


def exact_laws(graded: Graded) -> float | None:
    """Whether every legal number is told, and none that the record does not have."""
    if not truth(graded).laws:
        return None
    return float(not law_problems(graded) and not strange_laws(graded))


def law_problems(graded: Graded) -> list[str]:
    """Legal numbers of the record that are not told."""
    told = laws_in(graded.reply.text)
    return [f"căn cứ: thiếu {number}" for number in truth(graded).laws if number not in told]


def _tells_text(text: str, wanted: str) -> bool:
    """Whether one line holds (nearly) all the words, or the whole text their exact run."""
    if says(text, wanted):
        return True
    return any(share_of(wanted, line.text) >= _NEARLY for line in lines_of(text))


def text_problems(graded: Graded, facet: Facet) -> list[str]:
    """Texts of the record on `facet` that are not told; of very long lists, the first ones."""
    texts = truth(graded).texts(facet)[:_LONG]
    text = graded.reply.text
    return [f"{facet.value}: thiếu “{one[:60]}”" for one in texts if not _tells_text(text, one)]


def _channel_problems(graded: Graded) -> list[str]:
    version = record_of(graded)
    kinds = [channel.kind for channel in version.procedure.channels] if version else []
    return [f"cách nộp: thiếu {k}" for k in kinds if not _names(k, graded.reply.text)]


def _paper_problems(graded: Graded) -> list[str]:
    return [f"giấy tờ: thiếu {name[:80]}" for name in untold_papers(graded)]


_PROBLEMS: dict[Facet, Callable[[Graded], list[str]]] = {
    Facet.DOCUMENTS: _paper_problems,
    Facet.FEE: fee_problems,
    Facet.TIME: time_problems,
    Facet.PLACE: place_problems,
    Facet.CHANNEL: _channel_problems,
    Facet.FORMS: form_problems,
    Facet.LEGAL_BASIS: law_problems,
}


def facet_problems(graded: Graded, facet: Facet) -> list[str]:
    """What is missing of one asked facet; of one the record leaves empty, the word that it is."""
    expected = truth(graded)
    if facet in expected.empty:
        said = _EMPTY.search(folded(graded.reply.text))
        return [] if said else [f"{facet.value}: không nói rằng bản ghi để trống"]
    figures = _PROBLEMS.get(facet)
    return (figures(graded) if figures else []) + text_problems(graded, facet)


def facets_told(graded: Graded) -> float | None:
    """Share of the asked facets that are told in full."""
    expected = _asked(graded)
    if expected is None:
        return None
    told = [not facet_problems(graded, facet) for facet in expected.facets]
    return sum(told) / len(told)


def _asked(graded: Graded) -> Truth | None:
    if record_of(graded) is None or not graded.case.from_record:
        return None
    expected = truth(graded)
    return expected if expected.facets else None
