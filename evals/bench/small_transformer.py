"""A transformer of two layers trained from scratch on the same pairs: what we compare with.

It reads folded words. Only the comparison uses it, so it lives here and not in `knowledge`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from knowledge.embedding import Vectors
from knowledge.pairs import Pairs, Recipe, off_topic_subjects, subjects_of
from knowledge.phrasebook import Phrasebook
from knowledge.procedure import Procedure
from knowledge.text import folded_words
from knowledge.training import contrast

_LONGEST = 40  # words
_WORDS = 12_000
_BATCH = 128
_LAYERS = 2
_RATE = 1e-3


class SmallTransformer(torch.nn.Module):  # type: ignore[misc]
    """Words, positions, two layers, mean."""

    def __init__(self, words: Sequence[str], dimension: int) -> None:
        super().__init__()
        self.index = {word: i for i, word in enumerate(words, 2)}  # 0 pads, 1 is unknown
        self.table = torch.nn.Embedding(len(words) + 2, dimension, padding_idx=0)
        self.places = torch.nn.Parameter(torch.randn(_LONGEST, dimension) * 0.02)
        layer = torch.nn.TransformerEncoderLayer(
            dimension, 4, 2 * dimension, dropout=0.0, batch_first=True
        )
        self.layers = torch.nn.TransformerEncoder(layer, _LAYERS, enable_nested_tensor=False)

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """Rows of length 1."""
        ids = self._ids(texts)
        empty = ids == 0
        rows = self.layers(
            self.table(ids) + self.places[: ids.shape[1]], src_key_padding_mask=empty
        )
        kept = rows.masked_fill(empty[:, :, None], 0.0)
        return torch.nn.functional.normalize(kept.sum(1), dim=1)

    def _ids(self, texts: Sequence[str]) -> torch.Tensor:
        read = [[self.index.get(w, 1) for w in folded_words(t)[:_LONGEST]] or [1] for t in texts]
        longest = max(map(len, read))
        return torch.tensor([row + [0] * (longest - len(row)) for row in read])


class TransformerEmbedder:
    """The trained transformer as an `Embedder`."""

    name = "small transformer"
    fingerprint = "small"

    def __init__(self, model: SmallTransformer, dimension: int) -> None:
        self._model = model.eval()
        self.dimension = dimension

    @property
    def megabytes(self) -> float:
        """Size of the parameters in half precision."""
        return sum(int(part.numel()) for part in self._model.parameters()) * 2 / 2**20

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        with torch.inference_mode():
            parts = [self._model(texts[i : i + 256]).numpy() for i in range(0, len(texts), 256)]
        return np.concatenate(parts).astype(np.float32)

    embed_passages = embed_questions


def train_transformer(
    procedures: Sequence[Procedure], phrasebook: Phrasebook, recipe: Recipe, cpu_seconds: float
) -> TransformerEmbedder:
    """Train until the budget of processor time is spent, on one core like the static model."""
    subjects = subjects_of(procedures, phrasebook) + off_topic_subjects(phrasebook)
    texts = (text for s in subjects for text in (*s.names, *s.questions, *s.sentences))
    counts = Counter(word for text in texts for word in folded_words(text))
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    model = SmallTransformer([word for word, _ in counts.most_common(_WORDS)], recipe.dimension)
    optimiser: Any = torch.optim.Adam(model.parameters(), lr=_RATE)
    until = time.process_time() + cpu_seconds
    pairs = Pairs(subjects, phrasebook, recipe)
    while time.process_time() < until:
        for group in optimiser.param_groups:
            group["lr"] = _RATE * (0.1 + 0.9 * max(0.0, until - time.process_time()) / cpu_seconds)
        batch = pairs.batch()
        for start in range(0, len(batch), _BATCH):
            part = batch[start : start + _BATCH]
            rows = model([pair.left for pair in part] + [pair.right for pair in part])
            loss = contrast(rows, [pair.subject for pair in part], recipe.scale)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return TransformerEmbedder(model, recipe.dimension)
