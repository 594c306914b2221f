"""Understand: the language and the facets of a question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from assistant.models import Answer, Facet, Language, Turn
from assistant.steps.patterns import patterns_in, patterns_of, says
from knowledge.text import folded, folded_words, has_marks, tidy
from knowledge.typed import typed_out

_ENGLISH = re.compile(
    "how|what|where|when|which|who|why|do|does|did|can|could|should|must|need|the|for|my|is|are|"
    "was|be|much|many|long|apply|get|want|to|of|and|a|an|i|in|on|at|by|with|your|me|we|our|it|"
    "this|from|if|or|not|no|any|fee|cost|help|please|visa|new|old|id"
)
# The shape of a Vietnamese syllable without marks; most English words do not have it.
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)


_SENTENCES = re.compile(r"[^.!?;\n]+(?:[.](?=\d)[^.!?;\n]*)*[.!?;\n]?")
_ASKS = re.compile(
    r"\b(?:gi|nao|dau|bao nhieu|bn|may|bao lau|sao|j|the nao|ai|khong$|ko$|"
    r"what|how|where|when|which|who)\b"
)
# "Có được … không": whether one may, which conditions answer unless something else was asked.
_MAY_I = re.compile(
    r"\b(?:(?:co|co the) (?:\w+ ){1,14}?(?:duoc )?(?:khong|ko|k|hong|chua)|"
    r"(?:duoc|dc) (?:khong|ko|k|hong|chua))(?: (?:a|vay|ad|nhi|v|z|em|ha))*\s*\??$|"
    r"(?<!how )(?<!where )(?<!when )(?<!what )(?<!which )(?<!who )"
    r"\b(?:can|may|could) (?:i|we|my|he|she|they)\b|\bam i (?:allowed|eligible)\b"
)
# What stands between the parts of a list.
_LISTING = re.compile(
    r"\s*[,;/+&]\s*(?:(?:va|and|cung)\s+)?|\s+(?:va|voi|voi lai|cung|kem|lan|and)\s+"
)
# Money that people are paid is no fee: "thai sản được nhận bao nhiêu tiền".
_PAID_OUT = re.compile(
    r"\b(?:nhan|huong|lanh|linh|tro cap|ho tro|boi thuong|den bu|mai tang|thai san)(?: \w+){0,3}? "
    r"(?:bao nhieu|bn|may|nhieu)\b(?! (?:ngay|tuan|thang|nam|lau|lan|ban|bo|to|nguoi|gio|buoi))|"
    r"\bhow much (?:money )?(?:will|would|do|can|could|am) (?:i|we|my \w+) (?:get|receive|be paid)"
)
_PAID_IN = re.compile(r"\b(?:le phi|chi phi|dong|nop|tra|ton|mat|het|thu|fees?|pay|costs?)\b")
_ANSWERING_MAY_I = {Facet.CHANNEL, Facet.FEE, Facet.DOCUMENTS, Facet.PLACE, Facet.SUBJECTS}


def understand(turn: Turn) -> Answer | None:
    """Fill in the tidy text, its language and the facets; never answers."""
    turn.text = typed_out(tidy(turn.question.text))
    turn.language = turn.question.language or language_of(turn.text)
    turn.facets = facets_of(turn.text) or (Facet.OVERVIEW,)
    return None


@lru_cache(maxsize=4096)
def language_of(text: str) -> Language:
    """English when nothing carries a mark and most words are English or no Vietnamese syllable."""
    if has_marks(text):
        return "vi"
    spoken = [word for word in folded_words(text) if word.isalpha()]
    english = sum(bool(_ENGLISH.fullmatch(word)) or _looks_foreign(word) for word in spoken)
    return "en" if spoken and english * 2 > len(spoken) else "vi"


def _looks_foreign(word: str) -> bool:
    """Long enough to be no abbreviation, with a vowel, and not shaped like a syllable."""
    has_vowel = any(letter in "aeiouy" for letter in word)
    return len(word) > 3 and has_vowel and not _SYLLABLE.fullmatch(word)


def facet_words_in(plain: str) -> Mapping[str, re.Pattern[str]]:
    """What may stand for each facet in folded text; facets come in the order in which a question
    names them, whatever the order here."""
    return patterns_in("facets.yaml", plain)


def _asking_part(text: str) -> str:
    """The sentences that ask; in the others people tell what happened."""
    sentences = [part for part in _SENTENCES.findall(text) if part.strip()]
    if len(sentences) < 2:
        return text
    asking = [part for part in sentences if part.rstrip().endswith("?")]
    asking = asking or [part for part in sentences if _ASKS.search(folded(part))]
    return " ".join(asking) or text


# What may stand around a noun that is all that a part of a list says.
_BEFORE_NOUN = r"(?:(?:ca|cac|nhung|phan|ve|con|muc|the|the con|cho biet) )*"
_AFTER_NOUN = (
    r"(?: (?:kem theo|di kem|ra sao|the nao|nhu the nao|can thiet|can co|phai nop|phai dong|"
    r"bao nhieu|la gi|gi|luon|nua|a|ah|ad|vay|v|z|chi tiet|cu the|please))*"
)


@cache
def _noun(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How a part of a list names a part of a procedure: at one of its ends, and with nothing
    else beside it."""
    noun = patterns_of("facet_nouns.yaml")[name].pattern
    return (
        re.compile(rf"^{_BEFORE_NOUN}(?:{noun})|(?:{noun})$"),
        re.compile(rf"{_BEFORE_NOUN}(?:{noun}){_AFTER_NOUN}"),
    )


def _parts_of(plain: str) -> Iterator[tuple[int, str]]:
    start = 0
    for match in (*_LISTING.finditer(plain), None):
        yield start, plain[start : match.start() if match else None].strip(" ?.!:")
        start = match.end() if match else start


def _listed(plain: str) -> dict[Facet, int]:
    """The parts of a procedure that stand side by side: 'hồ sơ, địa điểm và lệ phí', 'nộp ở đâu,
    giấy tờ ra sao'."""
    found: dict[Facet, int] = {}
    run: dict[Facet, int] = {}
    alone: dict[Facet, int] = {}
    asked = False
    parts = list(_parts_of(plain))
    for start, part in parts:
        nouns = [(Facet(name), *_noun(name)) for name in patterns_in("facet_nouns.yaml", part)]
        named = {facet: start for facet, at_end, _ in nouns if at_end.search(part)}
        run = run | named if named else {}
        found |= run if len(run) > 1 else {}
        if len(parts) == 1:
            break  # nothing stands beside it
        whole = {facet: start for facet, _, only in nouns if only.fullmatch(part)}
        asks = any(pattern.search(part) for pattern in facet_words_in(part).values())
        found |= whole if asked else {}
        found |= alone if asks else {}
        asked, alone = asks or bool(whole), whole
    return found


def _paid_out(plain: str, named: dict[Facet, int]) -> dict[Facet, int]:
    """Who asks what they are paid asks for the result."""
    paid = _PAID_OUT.search(plain)
    if paid is None or _PAID_IN.search(plain):
        return named
    others = {facet: start for facet, start in named.items() if facet is not Facet.FEE}
    return {Facet.RESULT: paid.start()} | others


@lru_cache(maxsize=4096)
def facets_of(text: str) -> tuple[Facet, ...]:
    """Facets the text asks about, in the order of their words; empty when it names none."""
    plain = folded(_asking_part(text))
    words = facet_words_in(plain).items()
    named = {Facet(name): match.start() for name, one in words if (match := one.search(plain))}
    named = _paid_out(plain, named)
    found = [(start, facet) for facet, start in (_listed(plain) | named).items()]
    told = {facet for _, facet in found}
    if says("asides.yaml", "paper", plain) and Facet.DOCUMENTS not in told:
        found.append((len(plain), Facet.DOCUMENTS))
        told.add(Facet.DOCUMENTS)
    if _MAY_I.search(plain) and not told & _ANSWERING_MAY_I:
        found.append((len(plain), Facet.CONDITIONS))
        found += [] if told else [(len(plain) + 1, Facet.OVERVIEW)]
        return tuple(facet for _, facet in sorted(found, key=lambda pair: pair[0]))
    facets = tuple(facet for _, facet in sorted(found, key=lambda pair: pair[0]))
    if Facet.OVERVIEW in facets and len(facets) > 1:
        return tuple(facet for facet in facets if facet is not Facet.OVERVIEW)
    return facets
