"""Where a name ends on a line and something else begins.

Words of labels are names too when their marks are off: "Hiền" is a name and "hiện" none, "Nam" is a
name, a sex, and "năm" without its mark. Capitals, marks and what follows tell them apart.
"""

from __future__ import annotations

import re

from assistant.dossier.reading_text import Folded

_STOP = re.compile(
    r"\b(ngay|sinh|gioi tinh|so|dan toc|quoc tich|nam|nu|noi|cccd|cmnd|date|sex|la|tuoi|hien"
    r"|thuong tru|dien thoai|ma so|quan he)\b"
)
_ALSO_NAMES = frozenset(["ngay", "sinh", "so", "nam", "nu", "noi", "la", "tuoi", "hien"])
_LABELS_SPELLING = frozenset(["ngày", "số", "năm", "nữ", "nơi", "là", "tuổi", "hiện"])
_LABEL = re.compile(
    r"[a-z]+\s*:|(?:ngay|so|sinh|tuoi)\s*\d|ngay\s*,?\s*thang\b|ngay (?:sinh|cap)\b"
    r"|nam sinh\s*(?:[:\d]|$)|sinh (?:ngay|nam|tai)\b"
    r"|so (?:cccd|cmnd|dinh danh|can cuoc|ho chieu|giay|dien thoai)\b"
    r"|noi (?:sinh|o|cu tru|cap|thuong|dang|lam)\b|hien (?:o|nay|tai|dang|cu tru|thuong)\b"
)


def end_of_name(line: Folded, start: int) -> int:
    """The offset of what is no part of a name any more, from `start` on."""
    colon = line.text.find(":", start) % (len(line.text) + 1)
    for match in _STOP.finditer(line.text, start):
        if not _is_name_part(line, match):
            return match.start() if match.start() < colon else _next_label(line, start, colon)
    return _next_label(line, start, colon)


def _next_label(line: Folded, start: int, colon: int) -> int:
    """Where another label begins, whatever it says: a word with a capital, one or more without,
    and a colon, as in "Nguyễn Văn An Nghề nghiệp: lái xe"; the line's end where there is none."""
    placed = zip(line.line.words, line.starts, strict=True)
    words = [(word.text, at) for word, at in placed if start <= at < colon < len(line.text)]
    small = [not text[:1].isupper() for text, _ in words]
    if not small or not small[-1] or all(small):
        return len(line.text)
    last = max(i for i, is_small in enumerate(small) if not is_small)
    return words[last][1] if last else len(line.text)


def _is_name_part(line: Folded, match: re.Match[str]) -> bool:
    if match[0] not in _ALSO_NAMES or _LABEL.match(line.text, match.start()):
        return False
    span = line.span(*match.span())
    written = span.text.strip("|_.,;:'‘’“”\"-—()") if span else ""
    return written[:1].isupper() and written.lower() not in _LABELS_SPELLING
