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
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from knowledge.embedding import CARD, UNKNOWN, features, trigrams
from knowledge.pairs import Pair, Pairs, Recipe, Subject, off_topic_subjects, subjects_of
from knowledge.phrasebook import Phrasebook
from knowledge.procedure import Procedure
from knowledge.slips import slipped
from knowledge.text import folded_words, word_pairs, words

Ids = NDArray[np.int64]


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
    (directory / "README.md").write_text(_card_text(figures), encoding="utf-8")


def _card_text(figures: dict[str, object]) -> str:
    template = (Path(__file__).parent / "model_card.md").read_text(encoding="utf-8")
    lines = "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in figures.items())
    return template.format(day=f"{datetime.now(UTC):%Y-%m-%d}", figures=lines)
