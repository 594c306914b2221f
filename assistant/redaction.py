"""Personal numbers and addresses out of a text: before it leaves the machine, and before a log.

An identity number, a phone, an e-mail or any other long number becomes a placeholder. Too much
redacted is harmless, since what comes back is restored; too little is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.procedure import CODE_PATTERN


class Personal(StrEnum):
    """What was redacted; the value stands in the placeholder."""

    IDENTITY = "CCCD"
    PHONE = "DIENTHOAI"
    EMAIL = "EMAIL"
    ACCOUNT = "SO"


_Replacement = Callable[[Personal, str], str]
_EMAIL = re.compile(r"[\w.+-]+\s?(?:@|＠|\[at\]|\(at\))\s?[\w-]+(?:[.．][\w-]+)+", re.IGNORECASE)
_TELLTALE = re.compile(r"\d|[@＠]|[\[(]at[\])]", re.IGNORECASE)  # nothing is personal without one
_PASSPORT = re.compile(r"(?<![^\W_])[A-Z]\s?\d{7,8}(?!\d)")
# Digits of any script, in groups joined by what people and invisible characters put between them.
_JOIN = "[ \\t.()\u00a0\u00ad\u2000-\u2015\u202f\u2060-\u2064\u2212\u3000\ufeff·_-]"
_RUN = re.compile(rf"\(?[+＋]?\(?\d(?:(?:{_JOIN}){{0,3}}\d)*")
_GROUPED_SUM = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?:,\d{3})+")
# 'đồng' is also the beginning of other words: đồng ý, đồng thời, Đồng Nai.
_CURRENCY = re.compile(
    r"\s?(?:đồng|vnđ|vnd|đ|usd|eur)(?![^\W_])(?!\s(?:ý|thời|chí|bào|nai|tháp|hồ|hới|nghĩa|tình))",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{1,2}[.-]\d{1,2}[.-]\d{4}")
_SHORTEST = 8
_HOTLINE = re.compile(r"1[89]00\d{4,6}")  # a public number, nobody's own


@dataclass
class Redacted:
    """Texts without what was personal in them; the table that restores it stays here."""

    originals: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """`text` with placeholders such as <CCCD_A>; equal originals get the same one."""
        return _replaced(text, self._placeholder)

    def restore(self, text: str) -> str:
        """What `hide` took out is put back."""
        for placeholder, original in self.originals.items():
            text = text.replace(placeholder, original)
        return text

    def _placeholder(self, kind: Personal, original: str) -> str:
        for known, value in self.originals.items():
            if value == original:
                return known
        count = sum(known.startswith(f"<{kind}_") for known in self.originals)
        placeholder = f"<{kind}_{_letters(count)}>"
        self.originals[placeholder] = original
        return placeholder


def redact(text: str) -> str:
    """`text` with <CCCD>, <DIENTHOAI>, <EMAIL> or <SO> in place of what is personal, for good."""
    return _replaced(text, lambda kind, _: f"<{kind}>")


def masked(text: str) -> str:
    """`text` in its own shape: digits of what is personal are zeros, an e-mail is nobody's."""
    return _replaced(text, _out_of_shape)


def _out_of_shape(kind: Personal, original: str) -> str:
    return "nguoi.dan@example.com" if kind is Personal.EMAIL else re.sub(r"\d", "0", original)


def _letters(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> BA: no digit, since digits of an answer are checked."""
    head, tail = divmod(number, 26)
    return (_letters(head) if head else "") + chr(ord("A") + tail)


def _replaced(text: str, replacement: _Replacement) -> str:
    if not _TELLTALE.search(text):
        return text
    text = _EMAIL.sub(lambda match: replacement(Personal.EMAIL, match[0]), text)
    text = _PASSPORT.sub(lambda match: replacement(Personal.IDENTITY, match[0]), text)
    return _RUN.sub(lambda match: _run_replaced(text, match, replacement), text)


def _run_replaced(text: str, match: re.Match[str], replacement: _Replacement) -> str:
    if _is_harmless(text, match):
        return match[0]
    kind = kind_of(match[0])
    return replacement(kind, match[0]) if kind else match[0]


def _is_harmless(text: str, match: re.Match[str]) -> bool:
    """A sum of money, a procedure's code and days are nobody's own numbers."""
    run, end = match[0], match.end()
    if _GROUPED_SUM.fullmatch(run) and _CURRENCY.match(text, end):
        return True
    if CODE_PATTERN.match(text, match.start()):
        return True
    return all(_DAY.fullmatch(part) for part in run.split())


def kind_of(run: str) -> Personal | None:
    """What a run of digits is taken for, whatever stands between them; None when it is short."""
    digits = "".join(str(unicodedata.decimal(ch)) for ch in run if ch.isdecimal())
    if len(digits) < _SHORTEST or _HOTLINE.fullmatch(digits):
        return None
    if is_identity_number(digits):
        return Personal.IDENTITY
    if _is_phone(run, digits):
        return Personal.PHONE
    return Personal.IDENTITY if len(digits) == 9 else Personal.ACCOUNT


def is_identity_number(digits: str) -> bool:
    """Twelve digits that begin with a province (001 to 096) and a sex and century in use."""
    return len(digits) == 12 and 1 <= int(digits[:3]) <= 96 and digits[3] in "0123"


def _is_phone(run: str, digits: str) -> bool:
    national = re.sub(r"^(?:0084|84)", "0", digits)
    return run.lstrip("(").startswith(("+", "＋")) or bool(re.fullmatch(r"0[2-9]\d{8,9}", national))
