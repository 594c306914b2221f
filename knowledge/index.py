"""Index generations: build aside, verify, publish by one pointer, open, fall back.

A generation is never changed once published and its path is never used again. Readers open the new
one before they close the old; one that fails its check is passed over for the one before it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
from filelock import FileLock, Timeout

from knowledge.embedding import Embedder
from knowledge.errors import IndexLocked, IndexUnavailable
from knowledge.generation import (
    SCHEMA,
    Generation,
    Manifest,
    file_digests,
    open_generation,
    read_manifest,
)
from knowledge.holding import is_held
from knowledge.keywords import KeywordIndex
from knowledge.passages import Passage, off_topic_passages, passages_of
from knowledge.procedure import Procedure
from knowledge.vectors import VectorCollection, drop_collections

if TYPE_CHECKING:  # who reads an index needs no database
    from knowledge.catalog import Catalog, Version
    from knowledge.phrasebook import Phrasebook

_SAMPLE = 12
_BATCH = 2000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Pointer:
    """Which generation serves, and which served before."""

    current: str
    previous: str | None


class IndexStore:
    """The directory of generations."""

    def __init__(self, directory: Path, chroma_url: str | None = None) -> None:
        self.directory = directory
        self.chroma_url = chroma_url
        self.pointer_file = directory / "current.json"

    def pointer(self) -> Pointer | None:
        """The published generations; None before the first build."""
        try:
            return Pointer(**json.loads(self.pointer_file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise IndexUnavailable(f"{self.pointer_file.name} is damaged: {error}") from error

    def path(self, generation: str) -> Path:
        """Where a generation lives."""
        return self.directory / "generations" / generation

    def manifest(self, generation: str) -> Manifest:
        """Read a manifest; raises IndexUnavailable when the generation is unfinished or damaged."""
        return read_manifest(self.path(generation))

    def open(self, generation: str, embedder: Embedder) -> Generation:
        """Open and verify; raises IndexUnavailable saying what is wrong."""
        return open_generation(self.path(generation), embedder, self.chroma_url)

    def open_newest(self, embedder: Embedder) -> tuple[Generation, str | None]:
        """What is published, or the one before it with the reason; raises when neither opens."""
        pointer = self.pointer()
        if pointer is None:
            raise IndexUnavailable("There is no index yet; run `motcua ingest starter`")
        try:
            return self.open(pointer.current, embedder), None
        except IndexUnavailable as error:
            if pointer.previous is None:
                raise
            return self.open(pointer.previous, embedder), str(error)

    def publish(self, generation: str) -> None:
        """Point readers at a verified generation, in one step that a crash cannot halve."""
        before = self._whole_pointer()
        pointer = Pointer(generation, before.current if before else None)
        aside = self.pointer_file.with_suffix(f".{generation}")
        with aside.open("w", encoding="utf-8") as file:
            json.dump(asdict(pointer), file)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self.pointer_file)

    def lock(self) -> FileLock:
        """The builder's lock; the system frees it when the builder dies."""
        self.directory.mkdir(parents=True, exist_ok=True)
        return FileLock(self.directory / "build.lock", timeout=0)

    def _whole_pointer(self) -> Pointer | None:
        """The pointer for a builder, who replaces a damaged one instead of giving up."""
        try:
            return self.pointer()
        except IndexUnavailable:
            return None

    def clean(self) -> None:
        """Remove generations that no pointer names and nobody reads: old ones, and what killed
        builders left."""
        pointer = self._whole_pointer()
        kept = {pointer.current, pointer.previous} if pointer else set()
        for path in (self.directory / "generations").glob("*"):
            if path.name not in kept and is_held(path):
                kept.add(path.name)
            elif path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)
        for leftover in self.directory.glob("current.*"):
            if leftover != self.pointer_file:
                leftover.unlink(missing_ok=True)
        if self.chroma_url:
            drop_collections(self.chroma_url, self._prefix(), {self._collection(k) for k in kept})

    def _prefix(self) -> str:
        """Several installations may share a server; each sweeps only its own collections."""
        place = hashlib.sha256(str(self.directory.resolve()).encode()).hexdigest()[:8]
        return f"motcua-{place}-"

    def _collection(self, generation: str | None) -> str:
        return f"{self._prefix()}{generation}"

    def build(
        self,
        catalog: Catalog,
        phrasebook: Phrasebook,
        embedder: Embedder,
        *,
        rebuild: bool = False,
        progress: Progress = lambda label, done, total: None,
    ) -> str | None:
        """Build, verify and publish a generation; None when the published one is up to date.

        Raises IndexLocked when another process is building.
        """
        try:
            with self.lock():
                self.clean()
                corpus = corpus_hash(catalog, phrasebook)
                if not rebuild and self._is_fresh(corpus, embedder):
                    return None
                generation = self._write(catalog, phrasebook, embedder, corpus, progress)
                self.open(generation, embedder).close()
                self.publish(generation)
                self.clean()
                return generation
        except Timeout as error:
            raise IndexLocked(
                f"Another process is building the index in {self.directory}. "
                "Wait until it has finished, then try again."
            ) from error

    def _is_fresh(self, corpus: str, embedder: Embedder) -> bool:
        """Whether the published generation holds this corpus and still opens."""
        pointer = self._whole_pointer()
        if pointer is None:
            return False
        try:
            if self.manifest(pointer.current).corpus != corpus:
                return False
            self.open(pointer.current, embedder).close()
        except IndexUnavailable:
            return False
        return True

    def _write(
        self,
        catalog: Catalog,
        phrasebook: Phrasebook,
        embedder: Embedder,
        corpus: str,
        progress: Progress,
    ) -> str:
        generation = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
        path = self.path(generation)
        path.mkdir(parents=True)
        outline = _Outline(phrasebook)
        procedures = map(outline.add, catalog.current())
        KeywordIndex.build(procedures, phrasebook.lines).save(path / "keywords")
        passages = outline.passages + off_topic_passages(phrasebook.off_topic)
        collection = self._collection(generation)
        self._write_vectors(path, collection, passages, embedder, progress)
        np.save(path / "names.npy", embedder.embed_passages(outline.table["names"]))
        _write_json(path / "procedures.json", outline.table)
        manifest = Manifest(
            schema=SCHEMA,
            id=generation,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            model=embedder.name,
            model_fingerprint=embedder.fingerprint,
            dimension=embedder.dimension,
            corpus=corpus,
            procedures=len(outline.table["codes"]),
            passages=len(passages),
            collection=collection,
            sample=_sample(outline.table["codes"]),
            libraries={name: version(name) for name in ("chromadb", "bm25s", "numpy")},
            files=file_digests(path),
        )
        _write_json(path / "manifest.json", asdict(manifest))
        return generation

    def _write_vectors(
        self,
        path: Path,
        collection: str,
        passages: Sequence[Passage],
        embedder: Embedder,
        progress: Progress,
    ) -> None:
        vectors = VectorCollection.create(
            collection, path / "chroma", self.chroma_url, len(passages)
        )
        try:
            done = 0
            for start in range(0, len(passages), _BATCH):
                batch = passages[start : start + _BATCH]
                rows = embedder.embed_passages([passage.text for passage in batch])
                vectors.add([p.id for p in batch], rows, [_metadata(p) for p in batch])
                done += len(batch)
                progress("index", done, len(passages))
        finally:
            vectors.close()


def corpus_hash(catalog: Catalog, phrasebook: Phrasebook) -> str:
    """Equal when an index of catalogue and phrasebook would be equal."""
    digest = hashlib.sha256(catalog.fingerprint().encode())
    for lines in (phrasebook.lines, phrasebook.off_topic):
        for key in sorted(lines):
            digest.update(json.dumps([key, *lines[key]]).encode())
    return digest.hexdigest()


def _metadata(passage: Passage) -> dict[str, str]:
    return {"code": passage.code, "path": passage.path, "kind": passage.kind.value}


class _Outline:
    """What the index keeps of each procedure, gathered in one pass over the catalogue."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrasebook = phrasebook
        self.passages: list[Passage] = []
        self.table: dict[str, list[Any]] = {
            "codes": [],
            "names": [],
            "levels": [],
            "fields": [],
            "phrased": [],
        }

    def add(self, version: Version) -> Procedure:
        procedure = Procedure.model_validate_json(version.body)
        questions = self._phrasebook.questions_of(procedure.code)
        self.passages += passages_of(procedure, questions)
        row = (procedure.code, procedure.name, procedure.levels, procedure.field, bool(questions))
        for column, value in zip(self.table.values(), row, strict=True):
            column.append(value)
        return procedure


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def _sample(codes: Sequence[str]) -> tuple[str, ...]:
    """Codes spread over the corpus; the vector of each one's name must find that name."""
    step = max(1, len(codes) // _SAMPLE)
    return tuple(codes[::step][:_SAMPLE])
