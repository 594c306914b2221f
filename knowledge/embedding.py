"""Turns texts into vectors: the bundled static model, or any sentence-transformers model by name.

The bundled model is a StaticEmbedding in sentence-transformers format. Its tokens are not words
but features, which `features` writes out, so answering needs NumPy only and no torch.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from knowledge.errors import ModelError
from knowledge.text import composed, folded_words, marked_words, word_pairs

Vectors = NDArray[np.float32]
CARD = "motcua.json"
UNKNOWN = "[UNK]"


class Embedder(Protocol):
    """One model for questions and passages; every row has length 1."""

    @property
    def name(self) -> str:
        """What a person calls the model."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors would."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) vectors of what people ask."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) vectors of what is searched."""


def features(text: str) -> list[str]:
    """Tokens of the bundled model: folded words and word pairs, marked words, trigrams.

    Folded ones find text without diacritics, marked ones tell 'má' from 'mã', trigrams survive
    misspelling.
    """
    plain = folded_words(text)
    grams = chain.from_iterable(map(trigrams, plain))
    return [*plain, *word_pairs(plain), *marked_words(text), *grams]


@lru_cache(maxsize=50_000)
def trigrams(word: str) -> tuple[str, ...]:
    """'lam' -> ~<la, ~lam, ~am>; the sign keeps them apart from words."""
    padded = f"<{word}>"
    return tuple(f"~{padded[i : i + 3]}" for i in range(len(padded) - 2))


def feature_text(text: str) -> str:
    """`features` joined by spaces: what sentence-transformers is given for the same vector."""
    return " ".join(features(text))


class StaticEmbedder:
    """The bundled model, read with NumPy: the mean of the features' vectors, at length 1."""

    def __init__(self, directory: Path) -> None:
        """Load `directory`; raises ModelError when files are missing or do not fit."""
        weights, tokenizer = _model_files(directory)
        try:
            self._vocabulary: dict[str, int] = json.loads(tokenizer)["model"]["vocab"]
            (self._vectors,) = safetensors.numpy.load(weights).values()
        except (KeyError, TypeError, ValueError, safetensors.SafetensorError) as error:
            raise ModelError(f"{directory}: the model's files are damaged ({error})") from error
        if not isinstance(self._vocabulary, dict):
            raise ModelError(f"{directory}: the tokenizer has no vocabulary")
        if len(self._vocabulary) != len(self._vectors):
            raise ModelError(
                f"{directory}: {len(self._vocabulary)} tokens but {len(self._vectors)} vectors"
            )
        self._fingerprint = hashlib.sha256(weights + tokenizer).hexdigest()[:16]

    @property
    def name(self) -> str:
        return "motcua-static"

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return int(self._vectors.shape[1])

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for i, text in enumerate(texts):
            known = map(self._vocabulary.get, features(text))
            ids = [id_ for id_ in known if id_ is not None]
            if ids:
                # The sum points where the mean does, and is brought to length 1 below.
                np.add.reduce(widened(self._vectors.take(ids, axis=0)), axis=0, out=rows[i])
        return _unit(rows)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model by name or path, with its query and document prompts."""

    def __init__(self, name: str) -> None:
        """Load `name`; raises ModelError when it is neither on disk nor to be had."""
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The embedding model {name!r} cannot be loaded: {error}. Give the path of a "
                "downloaded model, or unset MOTCUA_EMBEDDING_MODEL for the bundled one."
            ) from error
        self._name = name
        probe = self.embed_passages(["Một Cửa"])
        self._dimension = int(probe.shape[1])
        self._fingerprint = hashlib.sha256(name.encode() + probe.tobytes()).hexdigest()[:16]

    @property
    def name(self) -> str:
        return self._name

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._model.encode_query, texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._model.encode_document, texts)

    def _encode(self, encode: Any, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        prepared = [composed(text) for text in texts]
        rows = encode(prepared, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32).reshape(len(texts), -1)


def load_embedder(model: str) -> Embedder:
    """The bundled kind when `model` is a directory with our card, else sentence-transformers."""
    directory = Path(model)
    if (directory / CARD).is_file():
        return StaticEmbedder(directory)
    return SentenceTransformerEmbedder(model)


def _model_files(directory: Path) -> tuple[bytes, bytes]:
    files = (directory / name for name in ("model.safetensors", "tokenizer.json"))
    try:
        weights, tokenizer = (file.read_bytes() for file in files)
    except OSError as error:
        raise ModelError(
            f"The embedding model in {directory} cannot be read: {error}. "
            "Train it with `motcua train`."
        ) from error
    return weights, tokenizer


def widened(vectors: NDArray[np.floating[Any]]) -> Vectors:
    """In single precision. Half precision is widened by its bits, exactly and in a third of the
    time that NumPy takes: exponent and fraction move, and the power of two that the exponents
    differ by is multiplied in. A model holds no infinite number, which this would get wrong."""
    if vectors.dtype != np.float16:
        return vectors.astype(np.float32)
    bits = vectors.view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= -0x70002000  # the sign, and what the exponent and fraction of a half take
    wide = bits.view(np.float32)
    wide *= np.float32(2.0**112)
    return wide


def _unit(rows: Vectors) -> Vectors:
    lengths = np.sqrt(np.add.reduce(rows * rows, axis=1, keepdims=True))
    lengths[lengths == 0] = 1
    rows /= lengths
    return rows
