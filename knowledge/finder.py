"""Finds procedures whatever state the index is in: the newest generation, or exact words alone."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from knowledge.catalog import Catalog
from knowledge.errors import IndexUnavailable
from knowledge.generation import Generation
from knowledge.keywords import KeywordIndex
from knowledge.procedure import Procedure
from knowledge.reader import IndexReader
from knowledge.search import REACH, Found, Hit, Weights, search

_BODY = 0.5
_REMEMBERED = (
    1024  # questions of one generation; a conversation asks after its topic again and again
)


@dataclass(frozen=True)
class Title:
    """How a procedure is called, and its field."""

    name: str
    field: str


class Finder:
    """Shared by all questions of a process; thread-safe."""

    def __init__(self, reader: IndexReader, catalog: Catalog, weights: Weights) -> None:
        self._reader = reader
        self._catalog = catalog
        self._weights = weights
        self._words: _ExactWords | None = None
        self._mutex = threading.Lock()
        self._found: OrderedDict[tuple[str, str, int], Found] = OrderedDict()
        self._titles: tuple[str, Mapping[str, Title]] = ("", {})

    def find(self, question: str, limit: int = 10) -> Found:
        """The best procedures, best first; by exact words, and saying so, when no index opens."""
        try:
            with self._reader.generation() as generation:
                key = (generation.manifest.id, question, limit)
                return self._remembered(key) or self._searched(key, generation)
        except IndexUnavailable as error:
            return self._exact_words().find(question, limit, str(error))

    def rest(self) -> None:
        """Forget what was found, so that whoever asks next opens what it takes to search."""
        with self._mutex:
            self._found.clear()

    def titles(self) -> Mapping[str, Title]:
        """The titles of all procedures that can be found, by code; the same mapping until a new
        generation serves."""
        try:
            with self._reader.generation() as generation:
                if self._titles[0] != generation.manifest.id:
                    titles = map(Title, generation.names, generation.fields)
                    told = dict(zip(generation.codes, titles, strict=True))
                    self._titles = (generation.manifest.id, told)
                return self._titles[1]
        except IndexUnavailable:
            return self._exact_words().titles

    def _searched(self, key: tuple[str, str, int], generation: Generation) -> Found:
        _, question, limit = key
        embedder = self._reader.embedder
        found = search(question, generation, embedder, limit=limit, weights=self._weights)
        with self._mutex:
            self._found[key] = found
            if len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)
        return found

    def _remembered(self, key: tuple[str, str, int]) -> Found | None:
        with self._mutex:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def _exact_words(self) -> _ExactWords:
        with self._mutex:
            fingerprint = self._catalog.fingerprint()
            if self._words is None or self._words.fingerprint != fingerprint:
                procedures = [version.procedure for version in self._catalog.current()]
                self._words = _ExactWords(fingerprint, procedures)
            return self._words


class _ExactWords:
    """BM25 over the catalogue, made in memory."""

    def __init__(self, fingerprint: str, procedures: list[Procedure]) -> None:
        self.fingerprint = fingerprint
        self._procedures = procedures
        self._index = KeywordIndex.build(procedures)
        self.titles = {p.code: Title(p.name, p.field) for p in procedures}

    def find(self, question: str, limit: int, reason: str) -> Found:
        if not self._procedures:
            return Found((), degraded=reason)
        words = self._index.scores(question)
        scores = words.names + _BODY * words.bodies
        order = np.argsort(-scores, kind="stable")[: max(limit, REACH)]
        hits = [self._hit(int(i), float(scores[i])) for i in order if scores[i] > 0]
        known = {hit.code: hit.score for hit in hits}
        return Found(tuple(hits[:limit]), degraded=reason, scores=known)

    def _hit(self, row: int, score: float) -> Hit:
        found = self._procedures[row]
        similarity = round(score / (1 + _BODY), 4)
        return Hit(found.code, found.name, found.field, round(score, 4), similarity)
