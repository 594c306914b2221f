"""Hands the newest verified generation to searches, across publishes, without a pause.

The pointer is looked at with every search. A new generation is opened and verified first; the old
one is closed when the last search that uses it has ended. One that fails is not tried again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from knowledge.embedding import Embedder, load_embedder
from knowledge.errors import IndexUnavailable
from knowledge.generation import Generation
from knowledge.index import IndexStore
from knowledge.settings import KnowledgeSettings


@dataclass
class _Lease:
    generation: Generation
    users: int = 0
    retired: bool = False


@dataclass(frozen=True)
class IndexHealth:
    """What serves: a generation's id, or None; and what is wrong, or None."""

    generation: str | None
    problem: str | None


class IndexReader:
    """Shared by all searches of a process; thread-safe."""

    def __init__(self, store: IndexStore, embedder: Embedder) -> None:
        self._store = store
        self.embedder = embedder
        self._mutex = threading.Lock()
        self._lease: _Lease | None = None
        self._seen: object = None
        self._problem: str | None = None

    @contextmanager
    def generation(self) -> Iterator[Generation]:
        """The generation to search in; raises IndexUnavailable when none opens."""
        lease = self._acquire()
        try:
            yield lease.generation
        finally:
            self._release(lease)

    def health(self) -> IndexHealth:
        """Whether the published generation serves, an older one, or none."""
        try:
            with self.generation() as generation:
                return IndexHealth(generation.manifest.id, self._problem)
        except IndexUnavailable as error:
            return IndexHealth(None, str(error))

    def rest(self) -> None:
        """Keep what was read, but nothing open that a fork may not carry over. No search may be
        under way."""
        if self._lease:
            self._lease.generation.rest()

    def close(self) -> None:
        """Close what is open; searches under way end first."""
        with self._mutex:
            self._retire()
            self._seen = None

    def _acquire(self) -> _Lease:
        with self._mutex:
            stamp = self._stamp()
            if stamp != self._seen:
                self._renew()
                self._seen = stamp
            if self._lease is None:
                raise IndexUnavailable(self._problem or "There is no index")
            self._lease.users += 1
            return self._lease

    def _release(self, lease: _Lease) -> None:
        with self._mutex:
            lease.users -= 1
            if lease.retired and lease.users == 0:
                lease.generation.close()

    def _stamp(self) -> object:
        try:
            found = self._store.pointer_file.stat()
        except OSError:
            return "none"
        return found.st_mtime_ns, found.st_ino

    def _renew(self) -> None:
        """Open the newest; keep what serves when nothing newer opens."""
        try:
            generation, problem = self._store.open_newest(self.embedder)
        except IndexUnavailable as error:
            self._problem = str(error)
            return
        self._retire()
        self._lease, self._problem = _Lease(generation), problem

    def _retire(self) -> None:
        lease, self._lease = self._lease, None
        if lease is None:
            return
        lease.retired = True
        if lease.users == 0:
            lease.generation.close()


def reader_of(settings: KnowledgeSettings) -> IndexReader:
    """A reader of the index that the settings name, with their model; raises ModelError."""
    store = IndexStore(settings.index_dir, settings.chroma_url)
    return IndexReader(store, load_embedder(settings.model_path))


def begin_reading(settings: KnowledgeSettings) -> IndexReader:
    """The same, opening its index already: half of that is Chroma's own work and leaves the
    interpreter free for the caller. The first search waits for the end of it."""
    reader = reader_of(settings)
    threading.Thread(target=reader.health, name="opening the index").start()
    return reader
