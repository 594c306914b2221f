"""Training pairs: two texts that belong to one procedure, the question side as people type it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.phrasebook import Phrasebook, SynonymTable
from knowledge.procedure import COMMON_CASE, Procedure
from knowledge.slips import slipped
from knowledge.text import folded, folded_words, word_pairs


@dataclass(frozen=True)
class Recipe:
    """What shapes the model; stored in its card.

    `twins` is the share of a batch drawn from near twins. `rarity` is the power of the inverse
    document frequency by which a feature counts from the first step; at 0 all count alike.
    """

    seed: int = 20261122
    dimension: int = 128
    tokens: int = 45_000
    least_count: int = 3
    steps: int = 1200
    batch: int = 512
    learning_rate: float = 0.006
    scale: float = 20.0
    twins: float = 0.5
    rarity: float = 0.0


@dataclass(frozen=True)
class Subject:
    """What is known of one procedure: names, everyday questions, sentences of the record."""

    code: str
    names: tuple[str, ...]
    questions: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two texts that belong to the procedure number `subject`."""

    subject: int
    left: str
    right: str


TEMPLATES = (
    "{}",
    "{}",
    "thủ tục {}",
    "cho hỏi {}",
    "muốn {} thì làm sao",
    "{} cần giấy tờ gì",
    "{} lệ phí bao nhiêu",
    "{} mất bao lâu",
    "{} ở đâu",
    "hồ sơ {}",
    "xin {}",
    "em cần {} ạ",
    "how to {}",
)


def subjects_of(procedures: Sequence[Procedure], phrasebook: Phrasebook) -> list[Subject]:
    """Training material, one entry a procedure."""
    return [
        Subject(
            procedure.code,
            tuple(filter(None, (procedure.name, *procedure.aliases, procedure.english_name))),
            phrasebook.questions_of(procedure.code),
            tuple(_sentences(procedure)),
        )
        for procedure in procedures
    ]


def off_topic_subjects(phrasebook: Phrasebook) -> list[Subject]:
    """Topics that no procedure is about learn a place of their own, away from all names."""
    return [Subject(topic, (lines[0],), lines, ()) for topic, lines in phrasebook.off_topic.items()]


def _sentences(procedure: Procedure) -> Iterator[str]:
    texts = [procedure.summary, procedure.english_summary, *procedure.results]
    texts += [case.name for case in procedure.cases if case.id != COMMON_CASE]
    texts += [requirement.name for _, _, requirement in procedure.requirements()]
    texts += [*procedure.steps[:6], *procedure.conditions[:6]]
    return (text[:200] for text in texts[:40] if text and len(text) > 12)


class Pairs:
    """Draws training pairs; the question side is misspelt, folded, cut and put in other words."""

    def __init__(self, subjects: Sequence[Subject], phrasebook: Phrasebook, recipe: Recipe) -> None:
        self._subjects = subjects
        self._rng = random.Random(recipe.seed)
        self._recipe = recipe
        self._synonyms = SynonymTable(phrasebook.synonyms)
        self._asked = [i for i, s in enumerate(subjects) for _ in s.questions]
        self._neighbours = neighbours_of([s.names[0] for s in subjects])
        self._kinds: Sequence[tuple[float, Callable[[int], Pair]]] = (
            (0.40, self._question_to_name),
            (0.10, self._question_to_sentence),
            (0.22, self._question_to_question),
            (0.12, self._name_to_name),
            (0.16, self._sentence_to_name),
        )

    def batch(self) -> list[Pair]:
        """One batch: random procedures, then near twins of some of them."""
        size, rng = self._recipe.batch, self._rng
        chosen = [self._any() for _ in range(int(size * (1 - self._recipe.twins)))]
        while len(chosen) < size:
            seed = self._any()
            near = self._neighbours[seed]
            chosen += [seed, *rng.sample(near, min(5, len(near)))]
        return [self._pair(i) for i in chosen[:size]]

    def _any(self) -> int:
        if self._asked and self._rng.random() < 0.7:
            return self._rng.choice(self._asked)
        return self._rng.randrange(len(self._subjects))

    def _pair(self, i: int) -> Pair:
        weights, makers = zip(*self._kinds, strict=True)
        pair = self._rng.choices(makers, weights)[0](i)
        return Pair(i, self._as_typed(pair.left), pair.right)

    def _question(self, i: int) -> str:
        subject = self._subjects[i]
        return self._rng.choice(subject.questions) if subject.questions else self._worded_name(i)

    def _worded_name(self, i: int) -> str:
        name = self._rng.choice(self._subjects[i].names)
        return self._rng.choice(TEMPLATES).format(self._piece(name))

    def _question_to_name(self, i: int) -> Pair:
        return Pair(i, self._question(i), self._subjects[i].names[0])

    def _question_to_sentence(self, i: int) -> Pair:
        subject = self._subjects[i]
        extra = self._rng.choice(subject.sentences) if subject.sentences else ""
        return Pair(i, self._question(i), f"{subject.names[0]}. {extra}")

    def _question_to_question(self, i: int) -> Pair:
        return Pair(i, self._question(i), self._question(i))

    def _name_to_name(self, i: int) -> Pair:
        return Pair(i, self._worded_name(i), self._subjects[i].names[0])

    def _sentence_to_name(self, i: int) -> Pair:
        subject = self._subjects[i]
        left = self._rng.choice(subject.sentences) if subject.sentences else subject.names[0]
        return Pair(i, left, subject.names[0])

    def _as_typed(self, text: str) -> str:
        rng = self._rng
        if rng.random() < 0.35:
            text = self._in_other_words(text)
        if rng.random() < 0.12:
            text = self._piece(text)
        if rng.random() < 0.12:
            text = rng.choice(TEMPLATES).format(text)
        if rng.random() < 0.30:
            text = slipped(text, rng)
        return folded(text) if rng.random() < 0.40 else text

    def _piece(self, text: str) -> str:
        parts = text.split()
        if len(parts) < 5:
            return text
        size = self._rng.randint(min(max(4, len(parts) // 2), 12), min(len(parts), 24))
        start = self._rng.randint(0, len(parts) - size)
        return " ".join(parts[start : start + size])

    def _in_other_words(self, text: str) -> str:
        parts = text.split()
        plain = [_bare(part) for part in parts]
        for start, end, others in reversed(list(self._synonyms.matches(plain))):
            if others and self._rng.random() < 0.5:
                parts[start:end] = [self._rng.choice(others)]
        return " ".join(parts)


@lru_cache(maxsize=500_000)
def _bare(part: str) -> str:
    """A word as synonyms are matched; the same words come back in every batch."""
    return folded(part).strip(".,?!;:()")


def neighbours_of(names: Sequence[str], count: int = 12) -> list[list[int]]:
    """For each name the numbers of its nearest others, by shared words and word pairs."""
    index: dict[str, int] = {}
    bags = [_bag(name) for name in names]
    holders: dict[str, list[int]] = {}
    for i, bag in enumerate(bags):
        for token in bag:
            index.setdefault(token, len(index))
            holders.setdefault(token, []).append(i)
    rarity = {token: 1 / len(where) for token, where in holders.items()}
    nearest = []
    for i, bag in enumerate(bags):
        scores: Counter[int] = Counter()
        for token in bag:
            for other in holders[token][:400]:
                scores[other] += rarity[token] ** 0.5
        del scores[i]
        ranked = sorted(scores, key=lambda other: (-scores[other], other))[:count]
        nearest.append(ranked or [i])
    return nearest


def _bag(name: str) -> list[str]:
    plain = folded_words(name)
    return sorted({*plain, *word_pairs(plain)})
