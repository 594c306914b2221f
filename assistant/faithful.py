"""What a rewording may say: nothing that the cited fields and the composed line do not.

Each check reads facts of one kind out of a text; a fact of a sentence that is not among the facts
of what it cites was invented or changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from decimal import Decimal

from knowledge.figures import (
    amounts_in,
    durations_in,
    legal_key,
    legal_numbers_in,
    number_of,
    numbers_in,
)
from knowledge.text import composed, folded, folded_words

Facts = set[Hashable]

_FIGURE = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_DIGITS = r"\d+(?:[.,]\d+)*"
_PREFIXED_SUM = re.compile(rf"\b(VND|USD|EUR)\s*({_DIGITS})", re.IGNORECASE)
_DONG = re.compile(r"\b(?:vietnamese )?dongs?\b", re.IGNORECASE)
_ENGLISH_TIME = re.compile(rf"({_DIGITS})[\s-]+(working|business)?[\s-]*(day|hour|month|year)s?\b")
_PAPERS = {
    "original": r"(?:bản chính|originals?)",
    "copy": r"(?:bản sao|bản chụp|copies|copy|photocopies|photocopy)",
    "set": r"(?:bộ hồ sơ|bộ|sets?)",
}
_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})(?!\d)")
_CODE = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:gov|com|org|net|vn)\b"
)
_PLACEHOLDER = re.compile(r"<[A-Z]+_[A-Z]+>|\[[A-Z]*\d*\]")
_COUNTED = (
    r"(?:bản|bộ|tờ|lần|trang|ảnh|ngày|giờ|tháng|năm|tuần|nghìn|ngàn|trăm|triệu|tỷ|đồng|phần trăm|"
    r"original|cop(?:y|ies)|set|time|page|photo|(?:working |business )?day|hour|month|year|week|"
    r"dong|percent)"
)
_NUMBER_WORD = (
    r"(?:không|một|mốt|hai|ba|bốn|tư|năm|lăm|sáu|bảy|bẩy|tám|chín|mười|mươi|linh|lẻ|rưỡi|trăm|nghìn|"
    r"ngàn|triệu|tỷ|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|"
    r"thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|half|double)"
)
_IN_WORDS = re.compile(rf"\b{_NUMBER_WORD}(?:[\s-]+{_NUMBER_WORD})*[\s-]+{_COUNTED}s?\b")
_DENIALS = {
    "not needed": re.compile(
        r"\b(?:khong (?:can|phai|bat buoc|yeu cau|can thiet)|chang can|khoi (?:can|phai|nop)|"
        r"khong nhat thiet|tuy chon|no need|not? (?:\w+ )?(?:need\w*|required?|necessary|mandatory|"
        r"obliged)|needn t|(?:don|do|doesn|does)(?: t| not) (?:need|have|require)|optional)\b"
    ),
    "free": re.compile(
        r"\b(?:mien (?:phi|le phi|nop|thu)|khong (?:mat|thu|ton|co) (?:phi|tien|le phi)|"
        r"free|no (?:fee|charge|cost)|without charge|waived|exempt\w*)\b"
    ),
    "not possible": re.compile(
        r"\b(?:khong (?:duoc|the|nhan|cho phep|ap dung)|cannot|can t|can not|impossible|"
        r"not (?:allowed|possible|accepted|available))\b"
    ),
}
_CONDITION = re.compile(
    r"\b(?:neu|khi|truong hop|chi can|ngoai tru|tru khi|doi voi|if|when|where|unless|only|in case|"
    r"provided|except|for those)\b"
)
_CHANNELS = {
    "online": re.compile(r"\b(?:truc tuyen|qua mang|online|internet|cong dich vu cong)\b"),
    "in person": re.compile(r"\b(?:truc tiep|in person)\b"),
    "by post": re.compile(r"\b(?:buu chinh|buu dien|by (?:post|mail)|postal)\b"),
}
_KINDS = {
    "original": re.compile(r"\b(?:ban (?:chinh|goc)|originals?)\b"),
    "copy": re.compile(r"\b(?:ban (?:sao|chup)|(?:photo)?cop(?:y|ies))\b"),
    "working days": re.compile(r"\b(?:ngay lam viec|(?:working|business) days?)\b"),
}
_CLAUSE = re.compile(r"[.;]\s+|\n")
_MOST_OF_A_CLAUSE = 0.4
_HALF = 0.5
_ENOUGH = 0.6  # share of the words of a paper's name by which it is still known


def sums_in(text: str) -> Facts:
    """Sums of money with their currency, as Vietnamese or English texts write them."""
    plain = _DONG.sub("đồng", text)
    facts: Facts = {(amount.value, amount.currency) for amount in amounts_in(plain)}
    found = _PREFIXED_SUM.finditer(plain)
    return facts | {(value, m[1].upper()) for m in found if (value := _value(m[2])) is not None}


def times_in(text: str) -> Facts:
    """Lengths of time: '7 ngày' is not '7 ngày làm việc', '7 working days' is."""
    facts: Facts = {(found.number, found.unit.value) for found in durations_in(text)}
    for match in _ENGLISH_TIME.finditer(text.lower()):
        unit = "working_day" if match[2] else match[3]
        facts.add((_value(match[1]), unit))
    return facts


def counts_in(text: str) -> Facts:
    """How many originals, copies and sets: '2 bản sao', 'copies: 2'."""
    plain, facts = composed(text).lower(), set[Hashable]()
    for kind, noun in _PAPERS.items():
        before = re.finditer(rf"(\d+)\s+(?:[^\W\d]+\s+)?{noun}\b", plain)
        after = re.finditer(rf"\b{noun}\s*[:：]\s*(\d+)", plain)
        facts |= {(kind, int(match[1])) for match in (*before, *after)}
    return facts


def days_in(text: str) -> Facts:
    """Days of the calendar."""
    return {(int(m[1]), int(m[2]), int(m[3])) for m in _DAY.finditer(text)}


def laws_in(text: str) -> Facts:
    """Numbers of laws, decrees, circulars and decisions."""
    return {legal_key(number) for number in legal_numbers_in(text)}


def codes_in(text: str) -> Facts:
    """Codes of forms and procedures: words of capitals with digits or dashes, such as CT01."""
    plain = composed(text)
    return {
        match[0].replace("-", "")
        for match in _CODE.finditer(plain)
        if match[0] == match[0].upper()
        and any(ch.isalpha() for ch in match[0])
        and (any(ch.isdecimal() for ch in match[0]) or "-" in match[0])
    }


def links_in(text: str) -> Facts:
    """Addresses of pages and people."""
    return {match[0].rstrip(".,;)") for match in _LINK.finditer(text)}


def leftovers_in(text: str) -> Facts:
    """Placeholders and tokens that should have become something."""
    return set(_PLACEHOLDER.findall(text))


def numerals_in(text: str) -> Facts:
    """Numbers that are no digits: ½, ², Ⅳ, 十."""
    return {ch for ch in text if ch.isnumeric() and not ch.isdecimal()}


def numbers_in_words(text: str) -> Facts:
    """Counted things whose number is written out, in Vietnamese or English."""
    return {" ".join(match.split()) for match in _IN_WORDS.findall(composed(text).lower())}


def denials_in(text: str) -> Facts:
    """Which kinds of 'not needed', 'free' and 'not possible' a text claims."""
    return _named(text, _DENIALS)


def claims_in(text: str) -> Facts:
    """The same, counted: one claim of a line does not cover a second."""
    return _counted(text, _DENIALS)


def channels_in(text: str) -> Facts:
    """Which ways to hand something in a text names."""
    return _named(text, _CHANNELS)


def kinds_in(text: str) -> Facts:
    """Whether originals, copies or working days are spoken of, with or without a number."""
    return _named(text, _KINDS)


def _counted(text: str, patterns: dict[str, re.Pattern[str]]) -> Facts:
    plain = " ".join(folded_words(text))
    return {
        (kind, count)
        for kind, pattern in patterns.items()
        for count, _ in enumerate(pattern.findall(plain), 1)
    }


def _named(text: str, patterns: dict[str, re.Pattern[str]]) -> Facts:
    plain = " ".join(folded_words(text))
    return {kind for kind, pattern in patterns.items() if pattern.search(plain)}


CHECKS: dict[str, Callable[[str], Facts]] = {
    "sum of money": sums_in,
    "length of time": times_in,
    "number of papers": counts_in,
    "date": days_in,
    "number of a law": laws_in,
    "code": codes_in,
    "link": links_in,
    "leftover": leftovers_in,
    "numeral": numerals_in,
    "number in words": numbers_in_words,
}
# A quote names every kind of paper beside its count, so these are held to the composed line.
CLOSE_CHECKS: dict[str, Callable[[str], Facts]] = {
    "claim": claims_in,
    "channel": channels_in,
    "kind": kinds_in,
}


def conditions_in(text: str) -> Facts:
    """How often something holds only if or when; a paper without its condition is another rule."""
    found = _CONDITION.findall(" ".join(folded_words(text)))
    return {("if or when", count) for count, _ in enumerate(found, 1)}


_KEPT_IN_ANY_SCRIPT: dict[str, Callable[[str], Facts]] = {
    "number of a law": laws_in,
    "code": codes_in,
}
_KEPT = _KEPT_IN_ANY_SCRIPT | {
    "sum of money": sums_in,
    "length of time": times_in,
    "number of papers": counts_in,
    "claim": denials_in,
    "channel": channels_in,
    "kind": kinds_in,
    "condition": conditions_in,
}


def inventions(said: str, quotes: str, told: str) -> Iterator[str]:
    """What `said` holds beyond the quotes of the fields it cites and the composed lines `told`."""
    if numbers := numbers_in(said) - numbers_in(quotes):
        yield f"the passages it cites do not say {_list(set(numbers))}"
    for checks, known in ((CHECKS, f"{quotes}\n{told}"), (CLOSE_CHECKS, told)):
        for kind, facts_in in checks.items():
            if new := facts_in(said) - facts_in(known):
                yield f"the passages it cites do not say this {kind}: {_list(new)}"


def omissions(said: str, told: str, *, same_language: bool = False) -> Iterator[str]:
    """What the composed line `told` holds and the sentences that stand for it do not.

    Figures come in their order, since two that change places are both there. In the same language
    at least half of the words must still be there, and some of every clause.
    """
    if not _in_order(_figures(told), _figures(said)):
        yield f"it leaves out or moves one of {', '.join(map(str, _figures(told)))}"
    foreign = _is_other_script(said)
    for kind, facts_in in (_KEPT_IN_ANY_SCRIPT if foreign else _KEPT).items():
        if lost := facts_in(told) - facts_in(said):
            yield f"it leaves out this {kind}: {_list(lost)}"
    if same_language and not foreign:
        yield from _lost_words(said, told)


def excess(said: str, told: str) -> Iterator[str]:
    """Figures, claims and kinds of paper that a block says more often than it was composed."""
    if more := Counter(_figures(said)) - Counter(_figures(told)):
        yield f"it says too often: {_list(set(more))}"
    if more_claims := claims_in(said) - claims_in(told):
        yield f"it claims too often: {_list(more_claims)}"
    if more_kinds := _counted(said, _KINDS) - _counted(told, _KINDS):
        yield f"it speaks too often of: {_list(more_kinds)}"


def _lost_words(said: str, told: str) -> Iterator[str]:
    if _shared(said, told) < _HALF:
        yield "it leaves out most of what stands there"
    for clause in _CLAUSE.split(told):
        if _shared(said, clause) < _MOST_OF_A_CLAUSE:
            yield f"it leaves out: {clause}"


def _figures(text: str) -> list[Decimal]:
    return [number_of(match) for match in _FIGURE.findall(composed(text))]


def _in_order(wanted: list[Decimal], found: list[Decimal]) -> bool:
    """Whether `wanted` is found in its order, whatever stands between."""
    rest = iter(found)
    return all(figure in rest for figure in wanted)


def _shared(said: str, told: str) -> float:
    """Share of the words of `told` that `said` has too."""
    wanted = {word for word in folded_words(told) if len(word) > 1}
    return len(wanted & set(folded_words(said))) / len(wanted) if wanted else 1.0


def _is_other_script(text: str) -> bool:
    """Units and claims of Bengali or Urdu are not known here; figures, names and codes are."""
    letters = [ch for ch in folded(text) if ch.isalpha()]
    return sum(not ch.isascii() for ch in letters) > 0.3 * len(letters)


def names(said: str, name: str) -> bool:
    """Whether enough words of a paper's Vietnamese name stand in `said`."""
    return _shared(said, name) >= _ENOUGH or folded(name) in folded(said)


def _value(digits: str) -> Decimal | None:
    try:
        return number_of(digits)
    except ArithmeticError:
        return None


def _list(facts: set[Decimal] | Facts) -> str:
    return ", ".join(sorted(_fact(fact) for fact in facts))


def _fact(fact: Hashable) -> str:
    return " ".join(map(str, fact)) if isinstance(fact, tuple) else str(fact)
