"""Labels: what a procedure is called in an option, a heading or a chip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.messages import Messages
from assistant.models import Option
from knowledge.plain_names import bundled_names
from knowledge.procedure import Procedure
from knowledge.search import Hit

_LONGEST = 120
_TELLING = 3  # words that all names share, from which on they name the thing
_ISSUED = {"cấp", "cấp mới"}
# A label does not begin with these: 'lại khai sinh' says nothing without the verb before it.
_LEANING = {"lại", "đổi", "mới", "cho", "của", "do", "có", "và", "tại", "ở", "với", "theo", "trong"}


@dataclass(frozen=True)
class Labelled:
    """Options, and what all their names have in common; empty when that is next to nothing."""

    shared: str
    options: tuple[Option, ...]


def labelled(hits: Sequence[Hit], messages: Messages) -> Labelled:
    """Options under their plain names; without those, labels leave out what all the titles begin
    or end with, when enough is left.

    A title that is nothing but 'cấp' beside the others is the first issue; titles that are the
    same are told apart by their level.
    """
    plain = {plain_name(hit.code, messages.language) for hit in hits}
    if None not in plain and len(plain) == len(hits):
        return Labelled("", tuple(option_of(hit, messages.language) for hit in hits))
    names = [short_name(hit.name).split() for hit in hits]
    start = _shared_start(names)
    bare = [words[start:] for words in names]
    end = _shared_end(bare)
    first = messages.say("first_time")
    labels = [_difference(words[: len(words) - end], first) for words in bare]
    told = Counter(labels)
    apart = [
        label if told[label] == 1 else _with_level(label, hit, messages)
        for label, hit in zip(labels, hits, strict=True)
    ]
    options = (Option(label=label, code=hit.code) for label, hit in zip(apart, hits, strict=True))
    shared = [*names[0][:start], *names[0][len(names[0]) - end :]]
    return Labelled(" ".join(shared) if len(shared) >= _TELLING else "", tuple(options))


def option_of(hit: Hit, language: str) -> Option:
    """A procedure under its own name."""
    return Option(label=plain_name(hit.code, language) or short_name(hit.name), code=hit.code)


def plain_name(code: str, language: str) -> str | None:
    """The plain name of a procedure; None where nobody has written one."""
    name = bundled_names().get(code)
    return name.in_language(language) if name else None


def heading(procedure: Procedure, language: str) -> str:
    """The title over an answer; in English the Vietnamese one stands in brackets."""
    title = short_name(procedure.name)
    if language != "en":
        return title
    english = procedure.english_name or plain_name(procedure.code, language)
    return f"{english} ({title})" if english else title


def short_name(name: str) -> str:
    """The name without 'Thủ tục' in front and cut at a word when it is very long."""
    bare = name.removeprefix("Thủ tục ")
    bare = bare[:1].upper() + bare[1:]
    return bare if len(bare) <= _LONGEST else bare[: _LONGEST - 3].rsplit(" ", 1)[0] + "…"


def _shared_start(names: Sequence[Sequence[str]]) -> int:
    """How many words all names begin with; none where one goes on with a word that leans on it, and
    no bracket is cut open."""
    count = _shared(names)
    while count and not _is_whole(names[0][:count]):
        count -= 1
    return 0 if any(words[count].lower() in _LEANING for words in names) else count


def _shared_end(names: Sequence[Sequence[str]]) -> int:
    count = _shared([words[::-1] for words in names])
    while count and not _is_whole(names[0][len(names[0]) - count :]):
        count -= 1
    return count


def _shared(names: Sequence[Sequence[str]]) -> int:
    count = 0
    while all(len(words) > count + 1 for words in names) and (
        len({words[count].lower() for words in names}) == 1
    ):
        count += 1
    return count


def _is_whole(words: Sequence[str]) -> bool:
    text = " ".join(words)
    return text.count("(") == text.count(")")


def _difference(words: Sequence[str], first_time: str) -> str:
    rest = " ".join(words)
    if rest.startswith("(") and rest.endswith(")") and rest.count("(") == 1:
        rest = rest[1:-1]
    return first_time if rest.lower() in _ISSUED else rest[:1].upper() + rest[1:]


def _with_level(label: str, hit: Hit, messages: Messages) -> str:
    levels = ", ".join(messages.say(f"level.{level}") for level in hit.levels)
    return f"{label} ({levels})" if levels else f"{label} ({hit.code})"
