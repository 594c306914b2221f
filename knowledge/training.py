"""Trains the bundled embedding model from a catalogue and a phrasebook, on two cores in minutes.

A text is the mean of its features' vectors. Pairs that belong together (an everyday question and
its procedure's name, two questions of one procedure, a sentence and its name) are pulled
together, everything else in the batch is pushed away; half of every batch are near twins.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from knowledge.embedding import CARD, UNKNOWN, features, trigrams
from knowledge.phrasebook import Phrasebook, SynonymTable
from knowledge.procedure import COMMON_CASE, Procedure
from knowledge.slips import slipped
from knowledge.text import folded, folded_words, word_pairs, words

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Recipe:
    """What shapes the model; stored in its card."""

    seed: int = 20261122
    dimension: int = 128
    tokens: int = 45_000
    least_count: int = 3
    steps: int = 1400
    batch: int = 512
    learning_rate: float = 0.006
    scale: float = 20.0
    twins: float = 0.5


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


class Vocabulary:
    """Features to numbers, with the features of each word computed once."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = [UNKNOWN, *tokens]
        self.index = {token: i for i, token in enumerate(self.tokens)}
        self._of_word: dict[str, list[int]] = {}

    @classmethod
    def of(cls, texts: Sequence[str], recipe: Recipe) -> Vocabulary:
        """The most frequent features of `texts`; ties in order of spelling."""
        counts = Counter(feature for text in texts for feature in features(text))
        kept = [token for token, count in counts.items() if count >= recipe.least_count]
        kept.sort(key=lambda token: (-counts[token], token))
        return cls(kept[: recipe.tokens - 1])

    def ids(self, text: str) -> list[int]:
        """Numbers of the known features of `text`: what `features` gives, but cached by word."""
        plain = folded_words(text)
        found = [self.index[t] for t in word_pairs(plain) if t in self.index]
        for word in plain:
            found += self._word_ids(word)
        found += [self.index[w] for w in words(text) if not w.isascii() and w in self.index]
        return found or [0]

    def _word_ids(self, word: str) -> list[int]:
        if word not in self._of_word:
            tokens = [word, *trigrams(word)]
            self._of_word[word] = [self.index[t] for t in tokens if t in self.index]
        return self._of_word[word]


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
            (0.42, self._question_to_name),
            (0.10, self._question_to_sentence),
            (0.22, self._question_to_question),
            (0.11, self._name_to_name),
            (0.15, self._sentence_to_name),
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
        plain = [folded(part).strip(".,?!;:()") for part in parts]
        for start, end, others in reversed(list(self._synonyms.matches(plain))):
            if others and self._rng.random() < 0.5:
                parts[start:end] = [self._rng.choice(others)]
        return " ".join(parts)


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


def train(
    procedures: Sequence[Procedure],
    phrasebook: Phrasebook,
    recipe: Recipe,
    progress: Callable[[int, float], None] = lambda step, loss: None,
) -> tuple[Vocabulary, NDArray[np.float16], dict[str, object]]:
    """Vocabulary, vectors (tokens, dimension) and figures; the same seed gives the same model."""
    started = time.perf_counter()
    subjects = subjects_of(procedures, phrasebook) + off_topic_subjects(phrasebook)
    vocabulary = Vocabulary.of(_all_texts(subjects, phrasebook), recipe)
    pairs = Pairs(subjects, phrasebook, recipe)
    vectors, loss = _optimise(vocabulary, pairs, recipe, progress)
    figures: dict[str, object] = {
        "procedures": len(subjects),
        "questions": sum(len(s.questions) for s in subjects),
        "tokens": len(vocabulary.tokens),
        "final_loss": round(loss, 4),
        "seconds": round(time.perf_counter() - started, 1),
    }
    return vocabulary, vectors, figures


def _all_texts(subjects: Sequence[Subject], phrasebook: Phrasebook) -> list[str]:
    texts = [text for s in subjects for text in (*s.names, *s.questions, *s.questions)]
    texts += [sentence for s in subjects for sentence in s.sentences]
    rng = random.Random(0)
    texts += [slipped(question, rng) for s in subjects for question in s.questions]
    texts += [w for synonym in phrasebook.synonyms for w in (synonym.official, *synonym.everyday)]
    return texts


def _optimise(
    vocabulary: Vocabulary, pairs: Pairs, recipe: Recipe, progress: Callable[[int, float], None]
) -> tuple[NDArray[np.float16], float]:
    torch.manual_seed(recipe.seed)
    table = torch.nn.EmbeddingBag(len(vocabulary.tokens), recipe.dimension, mode="mean")
    torch.nn.init.normal_(table.weight, std=0.1)
    optimiser = torch.optim.Adam(table.parameters(), lr=recipe.learning_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.1, recipe.steps)
    loss = torch.tensor(0.0)
    for step in range(recipe.steps):
        loss = _loss(table, vocabulary, pairs.batch(), recipe.scale)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 50 == 0:
            progress(step, loss.item())
    weights = table.weight.detach().numpy().astype(np.float16)
    weights[0] = 0  # an unknown token adds nothing
    return weights, loss.item()


def _loss(
    table: torch.nn.EmbeddingBag, vocabulary: Vocabulary, batch: list[Pair], scale: float
) -> torch.Tensor:
    """Softmax over the batch in both directions; pairs of one procedure are no negatives."""
    left = _embed(table, vocabulary, [pair.left for pair in batch])
    right = _embed(table, vocabulary, [pair.right for pair in batch])
    scores = scale * left @ right.T
    owners = torch.tensor([pair.subject for pair in batch])
    same = (owners[:, None] == owners[None, :]) & ~torch.eye(len(batch), dtype=torch.bool)
    scores = scores.masked_fill(same, -1e4)
    target = torch.arange(len(batch))
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(scores, target) + cross_entropy(scores.T, target)) / 2


def _embed(
    table: torch.nn.EmbeddingBag, vocabulary: Vocabulary, texts: Sequence[str]
) -> torch.Tensor:
    ids = [vocabulary.ids(text) for text in texts]
    offsets = np.cumsum([0, *map(len, ids)])[:-1]
    flat = torch.tensor([i for row in ids for i in row])
    return torch.nn.functional.normalize(table(flat, torch.from_numpy(offsets)), dim=1)


def save_model(
    directory: Path,
    vocabulary: Vocabulary,
    vectors: NDArray[np.float16],
    recipe: Recipe,
    figures: dict[str, object],
) -> None:
    """Write the model in sentence-transformers format, with its card."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    model = models.WordLevel(dict(vocabulary.index), unk_token=UNKNOWN)
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    static = StaticEmbedding(tokenizer, embedding_weights=vectors)
    SentenceTransformer(modules=[static, Normalize()]).save(str(directory))
    card = {"recipe": asdict(recipe), "figures": figures}
    (directory / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
