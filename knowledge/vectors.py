"""Vectors in Chroma: embedded in a directory, or on a server. The only file that knows Chroma.

Embedded Chroma allows one writing process and shows a second process no later changes; so a
collection is written once, closed, and from then on only opened for reading (see index.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from knowledge.embedding import Vectors
from knowledge.errors import IndexUnavailable

_BATCH = 2000
# Searched wider than the default, so that two builds of one corpus find the same neighbours, and
# wider still where thousands of near copies crowd together.
_HNSW = {"space": "cosine", "sync_threshold": 1000, "ef_construction": 200}
_WIDTH, _GREAT_WIDTH, _GREAT = 160, 640, 200_000


class Neighbour(NamedTuple):
    """A stored id and how near it is: the cosine, 1 for the same direction."""

    id: str
    similarity: float


class VectorCollection:
    """The vectors of one index generation."""

    def __init__(self, client: Any, collection: Any, *, owns_client: bool) -> None:
        self._client = client
        self._collection = collection
        self._owns_client = owns_client

    @classmethod
    def create(cls, name: str, directory: Path, url: str | None, size: int = 0) -> VectorCollection:
        """A new, empty collection in `directory`, or on the server at `url` when there is one.

        `size` is how many vectors it will hold, as far as known.
        Raises IndexUnavailable when the server does not answer.
        """
        client = _client(directory, url)
        width = _GREAT_WIDTH if size > _GREAT else _WIDTH
        try:
            collection = client.create_collection(
                name,
                embedding_function=None,
                configuration={"hnsw": _HNSW | {"ef_search": width}},
            )
        except (ChromaError, ValueError) as error:
            raise IndexUnavailable(f"Chroma did not make {name}: {error}") from error
        return cls(client, collection, owns_client=url is None)

    @classmethod
    def open(cls, name: str, directory: Path, url: str | None) -> VectorCollection:
        """Open a finished collection; raises IndexUnavailable when it is not there or damaged."""
        client = _client(directory, url)
        try:
            collection = client.get_collection(name, embedding_function=None)
        except (ChromaError, ValueError) as error:
            _close(client, owned=url is None)
            raise IndexUnavailable(f"Chroma has no usable {name}: {error}") from error
        return cls(client, collection, owns_client=url is None)

    def add(
        self, ids: Sequence[str], vectors: Vectors, metadatas: Sequence[dict[str, str]]
    ) -> None:
        """Store vectors of length 1 under their ids."""
        for start in range(0, len(ids), _BATCH):
            stop = start + _BATCH
            self._collection.add(
                ids=list(ids[start:stop]),
                embeddings=vectors[start:stop],
                metadatas=list(metadatas[start:stop]),
            )

    def count(self) -> int:
        """How many vectors are stored; raises IndexUnavailable when they cannot be read."""
        try:
            return int(self._collection.count())
        except ChromaError as error:
            raise IndexUnavailable(f"Chroma cannot count: {error}") from error

    def nearest(self, vector: Vectors, count: int) -> list[Neighbour]:
        """The `count` ids nearest to one vector, nearest first."""
        try:
            found = self._collection.query(
                query_embeddings=vector.reshape(1, -1), n_results=count, include=["distances"]
            )
        except (ChromaError, ValueError) as error:
            raise IndexUnavailable(f"Chroma cannot search: {error}") from error
        similarities = (1.0 - np.asarray(found["distances"][0], dtype=np.float64)).tolist()
        return list(map(Neighbour, found["ids"][0], similarities))

    def stored(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors stored under `ids`; an id that is not there is left out."""
        try:
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        except (ChromaError, ValueError) as error:
            raise IndexUnavailable(f"Chroma cannot read its vectors: {error}") from error
        return dict(zip(found["ids"], found["embeddings"], strict=True))

    def close(self) -> None:
        """Give files and memory back; an embedded client that is not closed keeps both."""
        _close(self._client, owned=self._owns_client)


def drop_collections(url: str, prefix: str, keep: set[str]) -> None:
    """Remove from the server every collection named `prefix…` that is not in `keep`."""
    client = _client(Path(), url)
    for collection in client.list_collections():
        if collection.name.startswith(prefix) and collection.name not in keep:
            try:
                client.delete_collection(collection.name)
            except NotFoundError:
                continue  # another builder was faster


def _client(directory: Path, url: str | None) -> Any:
    settings = Settings(anonymized_telemetry=False)
    if url is None:
        directory.mkdir(parents=True, exist_ok=True)
        try:
            return chromadb.PersistentClient(str(directory), settings=settings)
        except (ChromaError, ValueError) as error:
            raise IndexUnavailable(f"Chroma cannot open {directory.name}: {error}") from error
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    try:
        return chromadb.HttpClient(
            host=parts.hostname or "",
            port=parts.port or (443 if secure else 8000),
            ssl=secure,
            settings=settings,
        )
    except (ChromaError, ValueError) as error:
        raise IndexUnavailable(
            f"The Chroma server at MOTCUA_CHROMA_URL does not answer: {error}"
        ) from error


def _close(client: Any, *, owned: bool) -> None:
    if owned:
        client.close()
