"""Words that have the shape of a Vietnamese person's name, whatever label stands before them.

Forms call the same field 'Tên chủ xe', 'Bên bán', 'Người nộp thuế'; what they have in common is
the value: a surname, then one to four more syllables with capitals, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.dossier.agreement import is_syllable
from assistant.dossier.name_ends import end_of_name
from assistant.dossier.name_words import SURNAMES
from assistant.dossier.reading_text import Folded
from knowledge.text import folded

_LABEL = re.compile(r"^([^:;]{2,70})[:;]\s*")
_PLACE = re.compile(
    r"\b(dia chi|noi|que quan|tai|tinh|thanh pho|xa|phuong|duong|cu tru|thuong tru|tru so|ten co so"
    r"|co quan|ten truong|nhan hieu|ten ho kinh doanh|ten don vi|ly do|dan toc)\b"
)
_SHORTEST, _LONGEST = 3, 6


def label_before_name(line: Folded) -> re.Match[str] | None:
    """The label of a line whose value is a person's name and nothing else."""
    label = _LABEL.match(line.text)
    if not label or _PLACE.search(label[1]):
        return None
    return label if is_name_after(line, label.end()) else None


def is_name_after(line: Folded, start: int) -> bool:
    """Whether the rest of a line, up to another label, is a name and nothing else."""
    placed, end = zip(line.line.words, line.starts, strict=True), end_of_name(line, start)
    return is_name_shaped([word.text for word, at in placed if start <= at < end])


def is_name_line(line: Folded) -> bool:
    """Whether a line is a name and nothing else, as under a signature."""
    return is_name_shaped([word.text for word in line.line.words])


def is_name_shaped(words: Sequence[str]) -> bool:
    """A surname and further syllables, each with a capital; one of them may be misread."""
    read = [word.strip("|_.,;:'‘’“”\"-—[]` ") for word in words]
    read = [word for word in read if word]
    if not _SHORTEST <= len(read) <= _LONGEST or not all(word[:1].isupper() for word in read):
        return False
    bare = [folded(word) for word in read]
    misread = sum(not is_syllable(word) for word in bare)
    return (bare[0] in SURNAMES and misread <= 1) or (not is_syllable(bare[0]) and misread == 1)
