"""Streams of text pieces from a language model: thoughts dropped, what was redacted restored."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.redaction import Redacted

_THOUGHT, _THOUGHT_END = "<think>", "</think>"
_LONGEST_PLACEHOLDER = 24


def without_thoughts(pieces: Iterator[str]) -> Iterator[str]:
    """Small models think aloud before they answer; that is not for people."""
    head = ""
    for piece in pieces:
        head += piece
        start = head.lstrip()
        if start.startswith(_THOUGHT):
            _, found, rest = start.partition(_THOUGHT_END)
            if not found:
                continue
            head = rest.lstrip()
        elif _THOUGHT.startswith(start):
            continue
        yield head
        yield from pieces
        return
    if not head.lstrip().startswith(_THOUGHT):
        yield head


def restored(pieces: Iterator[str], hidden: Redacted) -> Iterator[str]:
    """Placeholders become what they stand for, also when one is cut in two by pieces."""
    held = ""
    for piece in pieces:
        held += piece
        start = held.rfind("<")
        whole = start < 0 or ">" in held[start:] or len(held) - start > _LONGEST_PLACEHOLDER
        ready, held = (held, "") if whole else (held[:start], held[start:])
        if ready:
            yield hidden.restore(ready)
    if held:
        yield hidden.restore(held)
