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
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from knowledge.embedding import CARD, UNKNOWN, trigrams
from knowledge.pairs import Pair, Pairs, Recipe, Subject, off_topic_subjects, subjects_of
from knowledge.phrasebook import Phrasebook
from knowledge.procedure import Procedure
from knowledge.slips import slipped
from knowledge.text import folded_words, word_pairs, words

Ids = NDArray[np.int32]
Weights = NDArray[np.float32]
_REMEMBERED = 200_000  # texts
_LEAST_WEIGHT = 0.2


@dataclass(frozen=True)
class _Part:
    """What stands between two spaces: its folded words, and its words with marks."""

    plain: tuple[str, ...]
    marked: tuple[str, ...]


@lru_cache(maxsize=500_000)
def _part(text: str) -> _Part:
    return _Part(tuple(folded_words(text)), tuple(w for w in words(text) if not w.isascii()))


@lru_cache(maxsize=500_000)
def _trigrams(word: str) -> tuple[str, ...]:
    return tuple(trigrams(word))


def _features(text: str) -> list[str]:
    """The same as `features`, in another order; parts of a text come back thousands of times."""
    parts = [_part(part) for part in text.split()]
    plain = [word for part in parts for word in part.plain]
    marked = [word for part in parts for word in part.marked]
    return [*plain, *word_pairs(plain), *marked, *(t for word in plain for t in _trigrams(word))]


class Vocabulary:
    """Features to numbers, with what each seen text came to."""

    def __init__(self, tokens: Sequence[str], weights: Weights | None = None) -> None:
        self.tokens = [UNKNOWN, *tokens]
        self.index = {token: i for i, token in enumerate(self.tokens)}
        self.weights = np.ones(len(self.tokens), np.float32) if weights is None else weights
        self._seen: dict[str, Ids] = {}

    @classmethod
    def of(cls, texts: Sequence[str], recipe: Recipe) -> Vocabulary:
        """The most frequent features of `texts`; ties in order of spelling."""
        counts = Counter(feature for text in texts for feature in _features(text))
        kept = [token for token, count in counts.items() if count >= recipe.least_count]
        kept.sort(key=lambda token: (-counts[token], token))
        kept = kept[: recipe.tokens - 1]
        rarity = _rarity([counts[token] for token in kept], len(texts))
        return cls(kept, rarity**recipe.rarity)

    def ids(self, text: str) -> Ids:
        """Numbers of the known features of `text`."""
        found = self._seen.get(text)
        if found is None:
            known = [self.index[f] for f in _features(text) if f in self.index]
            found = np.array(known or [0], dtype=np.int32)
            if len(self._seen) < _REMEMBERED:
                self._seen[text] = found
        return found

    def means(self, texts: Sequence[str]) -> csr_matrix:
        """The matrix that turns the table of vectors into the weighted mean of each text."""
        rows = [self.ids(text) for text in texts]
        sizes = np.array([len(row) for row in rows])
        flat = np.concatenate(rows)
        shares = np.repeat(1 / sizes, sizes).astype(np.float32) * self.weights[flat]
        ends = np.concatenate([[0], np.cumsum(sizes)])
        return csr_matrix((shares, flat, ends), (len(texts), len(self.tokens)))


def _rarity(counts: Sequence[int], texts: int) -> Weights:
    """Inverse document frequency around 1; the first entry is the unknown token's."""
    rarity = np.log(texts / np.minimum(np.array([1, *counts]), texts))
    relative: Weights = np.maximum(rarity / rarity.mean(), _LEAST_WEIGHT).astype(np.float32)
    return relative


def train(
    procedures: Sequence[Procedure],
    phrasebook: Phrasebook,
    recipe: Recipe,
    progress: Callable[[int, float], None] = lambda step, loss: None,
) -> tuple[Vocabulary, NDArray[np.float16], dict[str, object]]:
    """Vocabulary, vectors (tokens, dimension) and figures; the same seed gives the same model."""
    started, worked = time.perf_counter(), time.process_time()
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
        "cpu_seconds": round(time.process_time() - worked, 1),
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
    table = torch.nn.Parameter(torch.empty(len(vocabulary.tokens), recipe.dimension))
    torch.nn.init.normal_(table, std=0.1)
    optimiser = torch.optim.Adam([table], lr=recipe.learning_rate, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.1, recipe.steps)
    loss = torch.tensor(0.0)
    with _one_thread():
        for step in range(recipe.steps):
            loss = _loss(table, vocabulary, pairs.batch(), recipe.scale)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            if step % 50 == 0:
                progress(step, loss.item())
    # A weighted mean is the mean of weighted vectors: whoever reads the model need not know.
    weights = (table.detach().numpy() * vocabulary.weights[:, None]).astype(np.float16)
    weights[0] = 0  # an unknown token adds nothing
    return weights, loss.item()


@contextmanager
def _one_thread() -> Iterator[None]:
    """The products here are small: a second thread mostly waits, and another number of threads
    would give another model."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class _Means(torch.autograd.Function):  # type: ignore[misc]
    """Sparse matrix times table. An EmbeddingBag does the same ten times slower: its gradient
    walks through the whole table."""

    @staticmethod
    def forward(context: Any, table: torch.Tensor, means: csr_matrix) -> torch.Tensor:
        context.means = means
        return torch.from_numpy(means @ table.detach().numpy())

    @staticmethod
    def backward(context: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return torch.from_numpy(context.means.T @ gradient.numpy()), None


def _loss(
    table: torch.nn.Parameter, vocabulary: Vocabulary, batch: list[Pair], scale: float
) -> torch.Tensor:
    texts = [pair.left for pair in batch] + [pair.right for pair in batch]
    rows = torch.nn.functional.normalize(_Means.apply(table, vocabulary.means(texts)), dim=1)
    return contrast(rows, [pair.subject for pair in batch], scale)


def contrast(rows: torch.Tensor, subjects: Sequence[int], scale: float) -> torch.Tensor:
    """Softmax over the batch in both directions, for rows of all left texts, then all right ones;
    pairs of one procedure are no negatives of each other."""
    left, right = rows.chunk(2)
    scores = scale * left @ right.T
    owners = torch.tensor(subjects)
    same = (owners[:, None] == owners[None, :]) & ~torch.eye(len(owners), dtype=torch.bool)
    scores = scores.masked_fill(same, -1e4)
    target = torch.arange(len(owners))
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(scores, target) + cross_entropy(scores.T, target)) / 2


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
    (directory / "README.md").write_text(_card_text(figures), encoding="utf-8")


def _card_text(figures: dict[str, object]) -> str:
    template = (Path(__file__).parent / "model_card.md").read_text(encoding="utf-8")
    lines = "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in figures.items())
    return template.format(day=f"{datetime.now(UTC):%Y-%m-%d}", figures=lines)
