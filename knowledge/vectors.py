"""Vectors in Chroma: embedded in a directory, or on a server. The only file that knows Chroma.

Embedded Chroma allows one writing process and shows a second process no later changes; so a
collection is written once, closed, and from then on only opened for reading (see index.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from knowledge.cores import on_one_core
from knowledge.embedding import Vectors
from knowledge.errors import IndexUnavailable
from knowledge.marking import marks_unchecked
from knowledge.tracing import exporter_awaited

with marks_unchecked(), exporter_awaited():
    import chromadb
    from chromadb.config import Settings
    from chromadb.errors import ChromaError, NotFoundError

_BATCH = 2000
# Searched wider than the default, so that two builds of one corpus find the same neighbours, and
# wider still where thousands of near copies crowd together.
_HNSW = {"space": "cosine", "sync_threshold": 1000, "ef_construction": 200}
_WIDTH, _GREAT_WIDTH, _GREAT = 160, 640, 200_000
_TASKS = Path("/proc/self/task")  # Linux; elsewhere nobody forks
_CHROMAS = ("tokio-", "sqlx-")  # what it calls its threads
_PATIENCE = 2.0  # seconds


class Nearest(NamedTuple):
    """Stored ids, nearest first, and how near each is: the cosine, 1 for the same direction."""

    ids: Sequence[str]
    similarities: NDArray[np.float64]


class _Opened(NamedTuple):
    client: Any
    collection: Any


class VectorCollection:
    """The vectors of one index generation; thread-safe once it is written."""

    def __init__(
        self, name: str, directory: Path, url: str | None, opened: _Opened | None = None
    ) -> None:
        """`opened` is what is open already; without it the first use opens the collection."""
        self._where = (name, directory, url)
        self._opened = opened
        self._closed = False
        self._opening = threading.Lock()

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
        return cls(name, directory, url, _Opened(client, collection))

    @classmethod
    def open(cls, name: str, directory: Path, url: str | None) -> VectorCollection:
        """Open a finished collection; raises IndexUnavailable when it is not there or damaged."""
        return cls(name, directory, url, _open(name, directory, url))

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

    def nearest(self, vector: Vectors, count: int) -> Nearest:
        """The `count` ids nearest to one vector, nearest first."""
        try:
            with _beside_chroma(self._where[2]):
                found = self._collection.query(
                    query_embeddings=vector.reshape(1, -1), n_results=count, include=["distances"]
                )
        except (ChromaError, ValueError) as error:
            raise IndexUnavailable(f"Chroma cannot search: {error}") from error
        distances = np.asarray(found["distances"][0], dtype=np.float64)
        return Nearest(found["ids"][0], 1.0 - distances)

    def stored(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors stored under `ids`; an id that is not there is left out."""
        try:
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        except (ChromaError, ValueError) as error:
            raise IndexUnavailable(f"Chroma cannot read its vectors: {error}") from error
        return dict(zip(found["ids"], found["embeddings"], strict=True))

    def rest(self) -> None:
        """Keep no file, thread or connection open until the next use opens them again: a process
        that is about to fork must not have any. Raises IndexUnavailable when threads stay."""
        with self._opening:
            if self._let_go():
                _wait_for_threads()

    def close(self) -> None:
        """Give files and memory back; an embedded client that is not closed keeps both."""
        with self._opening:
            self._closed = True
            self._let_go()

    def _let_go(self) -> bool:
        """Close what is open; whether anything was."""
        opened, self._opened = self._opened, None
        if opened:
            _close(opened.client, owned=self._where[2] is None)
        return opened is not None

    @property
    def _collection(self) -> Any:
        opened = self._opened or self._reopened()
        return opened.collection

    def _reopened(self) -> _Opened:
        with self._opening:
            if self._closed:
                raise IndexUnavailable(f"{self._where[0]} is closed")
            self._opened = self._opened or _open(*self._where)
            return self._opened


def drop_collections(url: str, prefix: str, keep: set[str]) -> None:
    """Remove from the server every collection named `prefix…` that is not in `keep`."""
    client = _client(Path(), url)
    for collection in client.list_collections():
        if collection.name.startswith(prefix) and collection.name not in keep:
            try:
                client.delete_collection(collection.name)
            except NotFoundError:
                continue  # another builder was faster


def _beside_chroma(url: str | None) -> AbstractContextManager[None]:
    """On the core of Chroma's threads, where it has any in this process."""
    return nullcontext() if url else on_one_core()


def _open(name: str, directory: Path, url: str | None) -> _Opened:
    with _beside_chroma(url):
        client = _client(directory, url)
    try:
        return _Opened(client, client.get_collection(name, embedding_function=None))
    except (ChromaError, ValueError) as error:
        _close(client, owned=url is None)
        raise IndexUnavailable(f"Chroma has no usable {name}: {error}") from error


def _client(directory: Path, url: str | None) -> Any:
    settings = Settings(anonymized_telemetry=False)
    if url is None:
        directory.mkdir(parents=True, exist_ok=True)
        try:
            with marks_unchecked():  # the first one imports what reads and writes the files
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


def _wait_for_threads() -> None:
    """Until what Chroma began has ended, which is a moment after it was closed. A thread closing
    its file meanwhile holds a lock of SQLite's, and a fork would copy it locked for ever. Where a
    collection was too small to be persisted, Chroma has threads that never end, and misses them
    after a fork."""
    end = time.monotonic() + _PATIENCE
    while any(map(_is_chromas, _TASKS.glob("*/comm"))):
        if time.monotonic() > end:
            raise IndexUnavailable(f"Chroma's threads did not end within {_PATIENCE} s")
        time.sleep(0.001)


def _is_chromas(comm: Path) -> bool:
    try:
        return comm.read_text().startswith(_CHROMAS)
    except OSError:  # it ended just now
        return False


def _close(client: Any, *, owned: bool) -> None:
    if owned:
        client.close()
