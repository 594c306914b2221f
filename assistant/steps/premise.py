"""A figure that a question takes for granted: whether the record says it; words without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from assistant.redaction import redact
from assistant.steps.asides import asks_for_paper, without_paper
from assistant.steps.patterns import bare
from knowledge.documents import read_yaml
from knowledge.figures import amounts_in, durations_in, number_of
from knowledge.procedure import ChannelKind, Level, Procedure
from knowledge.text import composed, folded
from knowledge.twins import levels_said

_SUM = re.compile(
    r"(?<![\w.,/])(\d+(?:[.,]\d+)*)\s*(triệu|trieu|tr|củ|cu|nghìn|nghin|ngàn|ngan|k|đồng|dong|đ|vnđ|vnd|"
    r"million|thousand|dollars?|usd)(?!\w)",
    re.IGNORECASE,
)
_COPIES = re.compile(r"\b(\d{1,2}) ban (chinh|sao|photo)\b")
_FORM = re.compile(r"\b(?:CT|CC|DC|TK|HS|DK|NA|ĐK)[-.]?\d{1,3}\w?\b", re.IGNORECASE)
_NEEDS = re.compile(
    r"\b(?:phai|can|bat buoc|doi|mang|nop|kem|thieu|have to|need|must|bring|require[ds]?)\b"
)
_FEE_SAID = re.compile(
    r"\b(?:le phi|phi|thu|tien|mat|het|ton|dong|nop|cost|fee|pay|charge)\b", re.IGNORECASE
)
_GOES = re.compile(r"\b(?:nop|lam|len|ra|den|toi|o|tai|ve|qua|di|go|apply|register|submit|hand)\b")
_ENGLISH_DAYS = re.compile(r"\b(\d+) (?:working |business )?(?:days|weeks|months|years)\b")
_YEARS = re.compile(r"\b(\d+) nam\b(?! tuoi)")
_MUST = re.compile(r"\b(?:phai|bat buoc|have to|must)\b(?! (?:khong|ko|k|hong|chu|ha)\b)")
_DIRECT_ONLY = re.compile(r"\bchi (?:\w+ ){0,2}truc tiep|\bonly in person\b")
_CANNOT = (
    r"(?:khong|ko|k|chua|chang|hong)(?: \w+){0,3} (?:%s)|(?:%s)(?: \w+){0,2} (?:khong|ko|k) duoc|"
    r"(?:cannot|can t|not)(?: \w+){0,3} (?:%s)"
)
_WAYS = {
    ChannelKind.ONLINE: r"online|qua mang|truc tuyen|tren mang|vneid|dich vu cong",
    ChannelKind.POSTAL: r"buu dien|buu chinh|by (?:post|mail)",
}
_PLACEHOLDER = re.compile(r"<[A-Z]+>")
_SCALE = {"tr": 6, "cu": 6, "million": 6, "ngh": 3, "nga": 3, "k": 3, "thousand": 3}
_CONFIRMS = re.compile(
    r"\b(?:(?:phai|dung|that) (?:khong|ko|k|hong|ha|chua|chu)|co dung|co that|"
    r"nghe (?:noi|bao|don|dau)|thay (?:noi|bao)|tren mang|(?:^|tai |vi )sao\b|"
    r"(?:ho(?! (?:khau|tich|so|tro|kinh|chieu|gia))|nguoi ta|ban|ong|co|hang xom|ai do|can bo) "
    r"(?:\w+ )?(?:bao|noi|doi|bat)|chac la|a ha|"
    r"chu (?:nhi|gi|ha)|right|really|is (?:it|that) (?:true|right|correct)|is that|i heard|why|"
    r"(?:told|says|said))\b"
)


_AH = re.compile(r"\b(?:à|hả|ư)\W*$", re.IGNORECASE)  # 'ạ' is polite and asks nothing


class Premise(StrEnum):
    """What a question takes for granted."""

    FEE = "fee"
    TIME = "time"
    COPIES = "copies"
    FORM = "form"
    PLACE = "place"
    CHANNEL = "channel"


def false_premises(text: str, procedure: Procedure) -> tuple[Premise, ...]:
    """What the question asks to confirm and the record does not hold; only what it can show."""
    if not confirms(text):
        return (Premise.FEE,) if _takes_fee_for_granted(text) and _fee(text, procedure) else ()
    found = {premise: is_false(text, procedure) for premise, is_false in _FALSE.items()}
    return tuple(premise for premise, false in found.items() if false)


def unneeded_papers(text: str, procedure: Procedure) -> tuple[UnneededPaper, ...]:
    """Papers that the question takes to be needed and of which the whole record does not speak."""
    plain = folded(text)
    if not (asks_for_paper(text) or (confirms(text) and _NEEDS.search(plain))):
        return ()
    said = [paper for paper in _papers() if paper.said.search(plain)]
    record = folded(_words_of(procedure)) if said else ""
    return tuple(paper for paper in said if not paper.record.search(record))


def confirms(text: str) -> bool:
    """Whether the question asks to confirm what it says: 'nghe nói phải có hai bản, đúng không'."""
    plain = bare(text)
    return bool(_CONFIRMS.search(plain) or _AH.search(composed(text)))


def _takes_fee_for_granted(text: str) -> bool:
    """'Nộp 5 triệu lệ phí ở đâu?' says that the fee is that."""
    plain = folded(text)
    return bool(re.search(rf"{_SUM.pattern}\s+(?:tien )?(?:le )?phi\b", plain, re.IGNORECASE))


def _words_of(procedure: Procedure) -> str:
    """All that a record says, but where it was read and what else it is called."""
    return procedure.model_dump_json(exclude={"source", "aliases", "differences"})


def _fee(text: str, procedure: Procedure) -> bool:
    sums = _sums(text)
    fees = {fee.amount for c in procedure.channels for fee in c.fees if fee.amount is not None}
    if not (sums and fees) or sums & fees or not _FEE_SAID.search(folded(text)):
        return False
    return not sums & {amount.value for amount in amounts_in(_words_of(procedure))}


def _time(text: str, procedure: Procedure) -> bool:
    times = {limit.number for limit in durations_in(text)}
    times |= {Decimal(n) for n in _ENGLISH_DAYS.findall(text) + _YEARS.findall(folded(text))}
    channels = procedure.channels
    limits = {time.number for c in channels for time in c.time_limits if time.number is not None}
    if not (times and limits) or times & limits:
        return False
    return not times & {length.number for length in durations_in(_words_of(procedure))}


def _place(text: str, procedure: Procedure) -> bool:
    """A level that the record names neither as its own nor among its places."""
    said = levels_said(text)
    places = " ".join((*procedure.receiving_places, procedure.agency or ""))
    known = {*procedure.levels, *levels_said(places)}
    if _MUST.search(folded(text)):
        known = set(procedure.levels)  # what another level only hands on need not be gone to
    if not said or said & known or Level.OTHER in known:
        return False
    return bool(_GOES.search(folded(text)))


def _channel(text: str, procedure: Procedure) -> bool:
    """A way to apply that is said not to exist and does, or to exist and does not."""
    plain = bare(text)
    kinds = {channel.kind for channel in procedure.channels}
    if kinds and _DIRECT_ONLY.search(plain):
        return bool(kinds - {ChannelKind.DIRECT})
    for kind, words in _WAYS.items():
        if re.search(rf"\b(?:{words})\b", plain) and kinds:
            denied = re.search(_CANNOT % (words, words, words), plain)
            return (kind in kinds) if denied else (kind not in kinds)
    return False


def _copies(text: str, procedure: Procedure) -> bool:
    """Counts of originals or copies, when no paper of the record has such a count."""
    said = {(match[2] == "chinh", int(match[1])) for match in _COPIES.finditer(folded(text))}
    papers = [paper for _, _, paper in procedure.requirements()]
    told = {(True, p.originals) for p in papers} | {(False, p.copies) for p in papers}
    known = any(p.originals is not None or p.copies is not None for p in papers)
    return bool(said) and known and not said & told


def _form(text: str, procedure: Procedure) -> bool:
    said = {match[0].upper() for match in _FORM.finditer(composed(text))}
    codes = {p.form_code.upper() for _, _, p in procedure.requirements() if p.form_code}
    return bool(said and codes) and not any(code in known for code in said for known in codes)


@dataclass(frozen=True)
class UnneededPaper:
    """A paper that people take to be needed: its name by language, and how it is spoken of."""

    names: Mapping[str, str]
    said: re.Pattern[str]
    record: re.Pattern[str]


@cache
def _papers() -> tuple[UnneededPaper, ...]:
    return tuple(
        UnneededPaper(
            {"vi": paper["vi"], "en": paper["en"]},
            re.compile(rf"\b(?:{paper['said']})\b"),
            re.compile(paper["record"]),
        )
        for paper in read_yaml(Path(__file__).parent / "premise.yaml")
    )


_FALSE: dict[Premise, Callable[[str, Procedure], bool]] = {
    Premise.FEE: _fee,
    Premise.TIME: _time,
    Premise.COPIES: _copies,
    Premise.FORM: _form,
    Premise.PLACE: _place,
    Premise.CHANNEL: _channel,
}


@lru_cache(maxsize=4096)
def searchable(text: str) -> str:
    """The words without sums of money, personal numbers and a paper that may be needed, none of
    which names the procedure."""
    return _PLACEHOLDER.sub(" ", redact(_SUM.sub(" ", without_paper(composed(text)))))


def _sums(text: str) -> set[Decimal]:
    return {
        number_of(match[1]) * 10 ** _zeros(folded(match[2]).lower())
        for match in _SUM.finditer(composed(text))
    }


def _zeros(unit: str) -> int:
    if unit.startswith("trieu"):
        return 6
    return next((zeros for start, zeros in _SCALE.items() if unit.startswith(start)), 0)
