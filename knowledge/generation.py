"""One index generation: its manifest, its files, and the checks it must pass before it serves."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Embedder, Vectors
from knowledge.errors import IndexUnavailable
from knowledge.holding import Hold
from knowledge.keywords import KeywordIndex
from knowledge.nearby import Places
from knowledge.passages import PassageKind
from knowledge.plain_names import bundled_names
from knowledge.twins import Titles
from knowledge.vectors import Nearest, VectorCollection

SCHEMA = 4
_SELF = 0.999  # cosine of a text with itself, after single precision
_COPY = 0.9  # of two names that differ in the name of a province
_NEAR = 0.03
_MISSED = 1


@dataclass(frozen=True)
class Manifest:
    """What a generation was made of; written last, so a cut build has none."""

    schema: int
    id: str
    created_at: str
    model: str
    model_fingerprint: str
    dimension: int
    corpus: str
    procedures: int
    passages: int
    collection: str
    sample: tuple[str, ...]
    libraries: dict[str, str]
    files: dict[str, str]


@dataclass
class Generation:
    """An opened generation: everything a search needs."""

    manifest: Manifest
    codes: tuple[str, ...]
    names: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    fields: tuple[str, ...]
    unphrased: NDArray[np.bool_]
    name_vectors: Vectors
    keywords: KeywordIndex
    vectors: VectorCollection
    hold: Hold | None = None

    @cached_property
    def has_unphrased(self) -> bool:
        """Whether there is a procedure that nobody has written phrases for."""
        return bool(self.unphrased.any())

    @cached_property
    def places(self) -> Places:
        """Where passages belong."""
        return Places(self.codes)

    @cached_property
    def titles(self) -> Titles:
        """What near twins are told apart by, by row."""
        plain = bundled_names()
        return Titles(self.names, [plain[c].vi if c in plain else "" for c in self.codes])

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {code: row for row, code in enumerate(self.codes)}

    def row(self, code: str) -> int:
        """Which row of every table belongs to `code`."""
        return self._rows[code]

    def rest(self) -> None:
        """Keep the tables, but no file or thread of the vectors until the next search."""
        self.vectors.rest()

    def close(self) -> None:
        """Give the vectors' files back, and let the directory be removed."""
        self.vectors.close()
        if self.hold:
            self.hold.release()


def read_manifest(path: Path) -> Manifest:
    """The manifest of the generation at `path`; raises IndexUnavailable when it is not whole."""
    try:
        data = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        manifest = Manifest(**{**data, "sample": tuple(data["sample"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexUnavailable(f"Generation {path.name} has no whole manifest") from error
    if manifest.schema != SCHEMA:
        raise IndexUnavailable(
            f"Generation {path.name} has format {manifest.schema}, this program reads {SCHEMA}; "
            "run `motcua ingest --rebuild`"
        )
    return manifest


def open_generation(path: Path, embedder: Embedder, chroma_url: str | None) -> Generation:
    """Open, hold and verify the generation at `path`.

    Raises IndexUnavailable saying what is wrong.
    """
    manifest = read_manifest(path)
    verify_model(manifest, embedder)
    with ExitStack() as opened:
        try:
            hold = Hold(path)
            opened.callback(hold.release)
            verify_files(path, manifest)
            vectors = VectorCollection.open(manifest.collection, path / "chroma", chroma_url)
            opened.callback(vectors.close)
            generation = _assembled(path, manifest, vectors, hold)
            _verify_contents(generation)
        except (OSError, ValueError, KeyError) as error:
            raise IndexUnavailable(f"Generation {path.name} cannot be read: {error}") from error
        opened.pop_all()
    return generation


def _assembled(path: Path, manifest: Manifest, vectors: VectorCollection, hold: Hold) -> Generation:
    table = json.loads((path / "procedures.json").read_text(encoding="utf-8"))
    return Generation(
        manifest=manifest,
        codes=tuple(table["codes"]),
        names=tuple(table["names"]),
        levels=tuple(map(tuple, table["levels"])),
        fields=tuple(table["fields"]),
        unphrased=~np.array(table["phrased"], dtype=bool),
        # A plain view of the map: every operation on a map of its own class costs extra.
        name_vectors=np.asarray(np.load(path / "names.npy", mmap_mode="r")),
        keywords=KeywordIndex.load(path / "keywords"),
        vectors=vectors,
        hold=hold,
    )


def file_digests(path: Path) -> dict[str, str]:
    """SHA-256 of every file but those of Chroma that Chroma itself writes again on opening.

    These are its database, and the segment of a collection too small to have been persisted,
    which has no metadata yet; its vectors stand in the database's log. What is left out here is
    covered by the count and by the sample.
    """
    return {
        str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not _is_rewritten(file)
    }


def _is_rewritten(file: Path) -> bool:
    segment = file.suffix == ".bin" and not (file.parent / "index_metadata.pickle").exists()
    return segment or file.name.startswith("chroma.sqlite3")


def verify_model(manifest: Manifest, embedder: Embedder) -> None:
    """Refuse an index whose vectors another model made, naming both."""
    built = (manifest.model_fingerprint, manifest.dimension)
    if built != (embedder.fingerprint, embedder.dimension):
        raise IndexUnavailable(
            f"The index was built with {manifest.model} ({manifest.model_fingerprint}, "
            f"{manifest.dimension} dimensions), but the model now is {embedder.name} "
            f"({embedder.fingerprint}, {embedder.dimension}); run `motcua ingest --rebuild`"
        )


def verify_files(path: Path, manifest: Manifest) -> None:
    """Refuse a generation of which a file is missing, cut or changed."""
    for name, digest in manifest.files.items():
        try:
            found = hashlib.sha256((path / name).read_bytes()).hexdigest()
        except OSError as error:
            raise IndexUnavailable(f"Generation {manifest.id} lacks {name}") from error
        if found != digest:
            raise IndexUnavailable(f"Generation {manifest.id}: {name} is damaged")


def _verify_contents(generation: Generation) -> None:
    manifest = generation.manifest
    counts = (len(generation.codes), generation.vectors.count())
    if counts != (manifest.procedures, manifest.passages):
        raise IndexUnavailable(
            f"Generation {manifest.id} should hold {manifest.procedures} procedures and "
            f"{manifest.passages} passages, but holds {counts[0]} and {counts[1]}"
        )
    if manifest.sample:
        _verify_sample(generation)


def _verify_sample(generation: Generation) -> None:
    """Every vector of the sample is stored as it was; searching for it finds it, or a near copy.

    The search is approximate, so one of the sample may be missed (docs/decisions/0008).
    """
    manifest = generation.manifest
    rows = {
        code: np.asarray(generation.name_vectors[generation.row(code)]) for code in manifest.sample
    }
    stored = generation.vectors.stored([_name_id(code) for code in rows])
    changed = [code for code, row in rows.items() if _differs(stored.get(_name_id(code)), row)]
    if changed:
        raise IndexUnavailable(f"Generation {manifest.id} lost vectors of {', '.join(changed)}")
    names, search = generation.name_vectors, generation.vectors.nearest
    lost = [code for code, row in rows.items() if not is_found(names, row, _best(search(row, 1)))]
    if len(lost) > _MISSED:
        raise IndexUnavailable(f"Generation {manifest.id} does not find itself: {', '.join(lost)}")


def _best(found: Nearest) -> float:
    return float(found.similarities[0]) if found.ids else 0.0


def _name_id(code: str) -> str:
    return f"{code}|{PassageKind.NAME}"


def _differs(stored: Vectors | None, row: Vectors) -> bool:
    return stored is None or float(stored @ row) < _SELF


def is_found(names: Vectors, row: Vectors, nearest: float) -> bool:
    """Whether `nearest`, what a search for `row` found, is `row` itself or as near as a copy is.

    `names` (procedures, dimension) are all names, `row` one of them; see docs/decisions/0008.
    """
    if nearest >= _SELF:
        return True
    others = np.sort(np.asarray(names @ row))[:-1]
    copy = float(others[-1]) if len(others) else 0.0
    return copy >= _COPY and nearest >= copy - _NEAR
