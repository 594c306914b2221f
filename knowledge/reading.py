"""How easy a text is to read, and plain words for its terms of law: data in glosses.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from knowledge.documents import read_yaml
from knowledge.procedure import Procedure
from knowledge.text import composed, tidy, words

LONG_SENTENCE = 25  # words; a longer one is hard to hold in the head until its end
_EASY_WORDS, _HARD_WORDS = 10, 30  # words a sentence: everyday talk, and a paragraph of law
_MANY_LONG = 0.5  # share of long sentences that loses all points for length
_MANY_RARE = 5.0  # rare terms per 100 words that lose all points for words
_POINTS = {"words": 40.0, "long": 30.0, "rare": 30.0}
_WORD = re.compile(r"\w+")
# A full stop inside a number (151/2025, 1.001193) or an abbreviation is not followed by space.
_SENTENCE_END = re.compile(r"[.!?…]+[”\")]*(?=\s|$)|\n+")


@dataclass(frozen=True)
class Gloss:
    """Plain words for a term of law or a rare word."""

    term: str
    meaning: str


@dataclass(frozen=True)
class ReadingScore:
    """How easy a text is, and what it was judged by; `score` is 0-100, higher is easier.

    A definition of our own, made to compare our records with each other and over time. A word is
    a syllable as written. From 100 points a text loses
    - up to 40 as its mean sentence grows from 10 words to 30,
    - up to 30 as the share of sentences over 25 words grows to one half,
    - up to 30 as the rare terms that nobody has glossed grow to 5 in 100 words.
    Glossed terms cost nothing: the answer explains them.
    """

    sentences: int
    words_per_sentence: float
    long_sentences: float
    rare_per_hundred: float
    score: float


@dataclass(frozen=True)
class _Lexicon:
    glosses: Mapping[str, Gloss]
    hard_words: frozenset[str]
    by_word: Mapping[str, Sequence[str]]

    def terms(self, text: str) -> list[str]:
        """The terms of `text` in order, as whole words; the longest where several begin."""
        plain, end = tidy(text).lower(), 0
        found: list[str] = []
        beginning = (word for word in _WORD.finditer(plain) if word[0] in self.by_word)
        for word in beginning:
            if word.start() >= end and (term := self._term_at(plain, word)):
                found.append(term)
                end = word.start() + len(term)
        return found

    def _term_at(self, plain: str, word: re.Match[str]) -> str | None:
        for term in self.by_word[word[0]]:
            end = word.start() + len(term)
            if plain.startswith(term, word.start()) and not _WORD.match(plain, end):
                return term
        return None


@cache
def _lexicon() -> _Lexicon:
    data = read_yaml(Path(__file__).parent / "glosses.yaml")
    glosses = {_key(term): Gloss(term, meaning) for term, meaning in data["glosses"].items()}
    hard_words = frozenset(map(_key, data["hard_words"]))
    return _Lexicon(
        glosses, hard_words, _by_first_word([*glosses, *hard_words, *map(_key, data["not_terms"])])
    )


def _key(term: str) -> str:
    return composed(term).lower()


def _by_first_word(terms: Iterable[str]) -> dict[str, list[str]]:
    """The longest first. Looked up by a word each term costs a tenth of one pattern of them all."""
    found: dict[str, list[str]] = {}
    for term in sorted(terms, key=len, reverse=True):
        found.setdefault(_WORD.findall(term)[0], []).append(term)
    return found


def all_glosses() -> tuple[Gloss, ...]:
    """Every gloss there is, in the file's order."""
    return tuple(_lexicon().glosses.values())


def glosses_in(*texts: str) -> tuple[Gloss, ...]:
    """Glosses of the terms in `texts`, in order of first use, each once.

    Of two terms at one place the longer wins: "giám hộ đương nhiên" does not bring "giám hộ".
    """
    glosses = _lexicon().glosses
    terms = dict.fromkeys(term for text in texts for term in _terms_of(text))
    return tuple(glosses[term] for term in terms if term in glosses)


@lru_cache(maxsize=16384)
def _terms_of(text: str) -> tuple[str, ...]:
    """Lines of records recur from answer to answer."""
    return tuple(_lexicon().terms(text))


def reading_score(procedure: Procedure) -> ReadingScore:
    """How easy the procedure's own words are for the person who needs it.

    A record that has no such words is judged by its name.
    """
    return score_of(citizen_texts(procedure) or (procedure.name,))


def citizen_texts(procedure: Procedure) -> tuple[str, ...]:
    """What a citizen reads of a procedure, each text once; titles of laws are not among it."""
    return tuple(dict.fromkeys(filter(None, _texts(procedure))))


def _texts(procedure: Procedure) -> Iterator[str | None]:
    yield procedure.summary
    yield from procedure.steps
    yield from (channel.note for channel in procedure.channels)
    for case in procedure.cases:
        yield from case.notes
        for paper in case.requirements:
            yield from (paper.name, paper.condition, paper.note)
    yield from procedure.notes
    yield from procedure.conditions


def score_of(texts: Sequence[str]) -> ReadingScore:
    """How easy `texts` are; a text without a full stop counts as one sentence.

    Raises ValueError when there is no word to judge.
    """
    sentences = [words(part) for text in texts for part in _SENTENCE_END.split(text)]
    lengths = [len(sentence) for sentence in sentences if sentence]
    if not lengths:
        raise ValueError("no words to judge")
    mean = sum(lengths) / len(lengths)
    long = sum(length > LONG_SENTENCE for length in lengths) / len(lengths)
    rare = 100 * _rare_terms(texts) / sum(lengths)
    return ReadingScore(len(lengths), mean, long, rare, _score(mean, long, rare))


def _rare_terms(texts: Sequence[str]) -> int:
    lexicon = _lexicon()
    return sum(term in lexicon.hard_words for text in texts for term in lexicon.terms(text))


def _score(mean: float, long: float, rare: float) -> float:
    lost = {
        "words": (mean - _EASY_WORDS) / (_HARD_WORDS - _EASY_WORDS),
        "long": long / _MANY_LONG,
        "rare": rare / _MANY_RARE,
    }
    return 100 - sum(_POINTS[part] * min(max(share, 0.0), 1.0) for part, share in lost.items())
