"""Labels: what a procedure is called in an option, a heading or a chip."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.messages import messages_for
from assistant.models import Option
from knowledge.plain_names import bundled_names
from knowledge.procedure import Procedure
from knowledge.search import Hit

_ISSUED = {"cấp", "cấp mới"}
_LEAST_TOLD = 2  # words of a label


def labelled(hits: Sequence[Hit], language: str) -> tuple[Option, ...]:
    """Options under their plain names, or else under what sets their titles apart."""
    plain = [plain_name(hit.code, language) for hit in hits]
    labels = [name for name in plain if name]
    if len(set(labels)) < len(hits):
        labels = _differences([short_name(hit.name) for hit in hits], language)
    return tuple(
        Option(label=label, code=hit.code) for label, hit in zip(labels, hits, strict=True)
    )


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
    return bare if len(bare) <= 120 else bare[:117].rsplit(" ", 1)[0] + "…"


def _differences(names: Sequence[str], language: str) -> list[str]:
    """The names without what all begin or end with; whole where too little would be left."""
    start = _shared_words(names)
    bare = [name.split()[start:] for name in names]
    end = _shared_words([" ".join(reversed(words)) for words in bare])
    left = [words[: len(words) - end] for words in bare]
    first_time = messages_for(language).say("first_time")
    told = [first_time if _is_issue(words) else _sentence(words) for words in left]
    tells = all(len(label.split()) >= _LEAST_TOLD for label in told)
    return told if tells and len(set(told)) == len(told) else list(names)


def _shared_words(names: Sequence[str]) -> int:
    split = [name.split() for name in names]
    count = 0
    while all(len(words) > count + 1 for words in split) and (
        len({words[count].lower() for words in split}) == 1
    ):
        count += 1
    return count


def _is_issue(words: Sequence[str]) -> bool:
    return " ".join(words).lower() in _ISSUED


def _sentence(words: Sequence[str]) -> str:
    text = " ".join(words)
    return text[:1].upper() + text[1:]
