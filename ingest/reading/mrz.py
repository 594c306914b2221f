"""Machine-readable zones of cards and passports, by ICAO Doc 9303, parts 3, 4 and 5."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WEIGHTS = (7, 3, 1)
_SEXES = {"M": "male", "F": "female"}


@dataclass(frozen=True)
class _Layout:
    """Where the fields stand: line, first and last place (exclusive), for each name."""

    kind: str
    lines: int
    length: int
    fields: dict[str, tuple[int, int, int]]
    checked: dict[str, tuple[int, int]]  # field -> line and place of its check digit
    overall: tuple[tuple[int, int, int], ...]
    overall_at: tuple[int, int]
    digits: tuple[tuple[int, int, int], ...]  # line, first and last place: only digits stand there


# What OCR makes of digits, undone only where nothing but a digit may stand.
_DIGITS = str.maketrans("OQDILZSBG", "000112586")

_TD1 = _Layout(
    "TD1", 3, 30,
    {"issuer": (0, 2, 5), "number": (0, 5, 14), "optional": (0, 15, 30), "born": (1, 0, 6),
     "sex": (1, 7, 8), "expires": (1, 8, 14), "nationality": (1, 15, 18), "name": (2, 0, 30)},
    {"number": (0, 14), "born": (1, 6), "expires": (1, 14)},
    ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)), (1, 29),
    ((0, 14, 15), (1, 0, 7), (1, 8, 15), (1, 29, 30)),
)  # fmt: skip
_TD3 = _Layout(
    "TD3", 2, 44,
    {"issuer": (0, 2, 5), "name": (0, 5, 44), "number": (1, 0, 9), "nationality": (1, 10, 13),
     "born": (1, 13, 19), "sex": (1, 20, 21), "expires": (1, 21, 27), "optional": (1, 28, 42)},
    {"number": (1, 9), "born": (1, 19), "expires": (1, 27)},
    ((1, 0, 10), (1, 13, 20), (1, 21, 43)), (1, 43),
    ((1, 9, 10), (1, 13, 20), (1, 21, 28), (1, 42, 44)),
)  # fmt: skip


def check_digit(field: str) -> str:
    """The check digit of a field: weights 7, 3, 1, letters from A = 10, fillers 0, modulo 10."""
    total = sum(_worth(sign) * _WEIGHTS[place % 3] for place, sign in enumerate(field))
    return str(total % 10)


def _worth(sign: str) -> int:
    return 0 if sign == "<" else int(sign, 36)


def looks_like_zone(text: str) -> bool:
    """Whether a line of OCR is likely part of a zone: long, dense, and with fillers."""
    dense = re.sub(r"\s", "", text)
    fillers = len(re.findall("[<«‹(]", dense))
    return 24 <= len(dense) <= 50 and (fillers >= 4 or bool(re.match(r"^[A-Z0-9<«]{28,}$", dense)))


def zones_in(lines: Sequence[str]) -> Iterator[dict[str, str]]:
    """Each zone among lines of capitals, digits and `<`, with "checks" "ok" or "wrong"."""
    dense = [re.sub(r"[^A-Z0-9<]", "", re.sub("[«‹]", "<<", line.upper())) for line in lines]
    for layout in (_TD3, _TD1):
        for start in range(len(dense) - layout.lines + 1):
            block = [_fitted(line, layout.length) for line in dense[start : start + layout.lines]]
            if all(block) and _begins(block[0], layout):
                yield _value(_with_digits(block, layout), layout)


def _fitted(line: str, length: int) -> str:
    """The line in its full length: OCR miscounts the fillers at the end."""
    if abs(len(line) - length) > 6 or "<" not in line:
        return ""
    while len(line) > length and line.endswith("<"):
        line = line[:-1]
    return line.ljust(length, "<") if len(line) <= length else ""


def _with_digits(block: Sequence[str], layout: _Layout) -> list[str]:
    mended = list(block)
    for row, start, end in layout.digits:
        line = mended[row]
        mended[row] = line[:start] + line[start:end].translate(_DIGITS) + line[end:]
    return mended


def _begins(line: str, layout: _Layout) -> bool:
    return line[0] == "P" if layout is _TD3 else line[0] in "IAC"


def _value(block: Sequence[str], layout: _Layout) -> dict[str, str]:
    fields = {name: block[row][a:b] for name, (row, a, b) in layout.fields.items()}
    checks = [
        check_digit(fields[name]) == block[row][at] for name, (row, at) in layout.checked.items()
    ]
    whole = "".join(block[row][a:b] for row, a, b in layout.overall)
    row, at = layout.overall_at
    checks.append(check_digit(whole) == block[row][at])
    return {
        "kind": layout.kind,
        "number": _number(fields, layout),
        "name": re.sub("<+", " ", fields["name"]).strip(),
        "born": _date(fields["born"], past=True),
        "sex": _SEXES.get(fields["sex"], ""),
        "expires": _date(fields["expires"], past=False),
        "nationality": fields["nationality"].strip("<"),
        "checks": "ok" if all(checks) else "wrong",
    }


def _number(fields: dict[str, str], layout: _Layout) -> str:
    """The number of the document; the identity number of a Vietnamese card stands whole in the
    optional field, as it is longer than the field of the number."""
    optional = fields["optional"].strip("<")
    if layout is _TD1 and re.match(r"^\d{12}", optional) and fields["issuer"] == "VNM":
        return optional[:12]
    return fields["number"].strip("<")


def _date(digits: str, past: bool) -> str:
    """YYYY-MM-DD of YYMMDD, or "": birth years above this century's 30th are of the last one."""
    if not re.fullmatch(r"\d{6}", digits):
        return ""
    century = "19" if past and int(digits[:2]) > 30 else "20"
    return f"{century}{digits[:2]}-{digits[2:4]}-{digits[4:]}"
