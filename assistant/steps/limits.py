"""Limits: what is answered with one kind sentence instead of a procedure.

Distress is told by its words, because it must never be missed by a similarity. Instructions to the
assistant that ride on a question are cut off before it is searched for.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from assistant.messages import messages_for
from assistant.models import Answer, Block, BlockKind, Line, Status, Turn
from knowledge.text import composed, folded, has_marks

_FILE = Path(__file__).parent / "limits.yaml"
_CLAUSES = re.compile(r"(?<=[.!?;:\n])\s+|\s+[-–—|]{1,3}\s+|,\s+|\n+")


# Words beside which those of a kind mean no harm.
_LIFTED_BY = {"distress": "ordinary", "unlawful": "lawful"}
# In this order: who is in danger and also asks for something is in danger first.
_DECLINED = {
    "distress": (Status.HANDOFF, "distress"),
    "secret": (Status.REFUSED, "secret"),
    "unlawful": (Status.REFUSED, "unsafe"),
    "status": (Status.HANDOFF, "dossier_status"),
    "personal": (Status.REFUSED, "personal"),
}


def limits(turn: Turn) -> Answer | None:
    """Answer distress and requests for secrets; cut instructions off everything else."""
    for kind, (status, key) in _DECLINED.items():
        if _says(kind, turn.text) and not _says(_LIFTED_BY.get(kind, ""), turn.text):
            turn.because(f"lời của câu hỏi thuộc loại “{kind}”")
            return declined(turn, status, key)
    clauses = [part for part in _CLAUSES.split(turn.text) if part.strip()]
    kept = [part for part in clauses if not _says("instruction", part)]
    if kept:
        _keep(turn, kept, len(clauses))
    return None


def _keep(turn: Turn, kept: list[str], count: int) -> None:
    if len(kept) < count:
        turn.text = " ".join(kept)
        turn.because(f"đã cắt {count - len(kept)} mệnh đề ra lệnh cho trợ lý")


def names_district(text: str) -> bool:
    """Whether a level is named that the reform of July 2025 ended."""
    return _says("district", text)


def declined(turn: Turn, status: Status, key: str) -> Answer:
    """One fixed sentence, and nothing else."""
    sentence = messages_for(turn.language).say(key)
    block = Block(kind=BlockKind.TEXT, lines=(Line(text=sentence),))
    return Answer(status=status, text=sentence, blocks=(block,), language=turn.language)


def _says(kind: str, text: str) -> bool:
    """Whether a pattern of `kind` fits; text with marks is read with them where that matters."""
    if not kind:
        return False
    marked = _patterns().get(f"{kind}_marked") if has_marks(text) else None
    if marked and marked.search(composed(text).lower()):
        return True
    needs_marks = marked is not None and kind == "district"
    plain = " ".join(re.sub(r"[^\w\s]", " ", folded(text)).split())
    return not needs_marks and _patterns()[kind].search(plain) is not None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    listed = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {kind: re.compile(rf"\b(?:{'|'.join(parts)})\b") for kind, parts in listed.items()}
