"""What lies near a question: the passages that Chroma finds, as numbers of every procedure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.passages import OFF_TOPIC
from knowledge.vectors import Nearest

_NEARBY = 20
_FEW = 5
_FALL = 15  # a question farther by 1 / 15, a cosine, counts e times less
_ELSEWHERE = -1  # the row of what is about another topic

Row = NDArray[np.float32]


class Places(dict[str, int]):
    """Where the passage of an id belongs, as one number: twice the row of its procedure, and one
    more for an everyday question. Ids are read once, because every search meets a hundred."""

    def __init__(self, codes: Iterable[str]) -> None:
        super().__init__()
        self._rows = {code: row for row, code in enumerate(codes)}

    def __missing__(self, passage: str) -> int:
        code, path = _parts(passage)
        row = _ELSEWHERE if code.startswith(OFF_TOPIC) else self._rows[code]
        place = self[passage] = 2 * row + path.startswith("questions[")
        return place


class Neighbourhood(NamedTuple):
    """How near the five nearest lines of other topics are, the five nearest of procedures, and what
    part of the nearest questions are off topic, the nearer the more."""

    elsewhere: float
    here: float
    share: float


@dataclass(frozen=True)
class Near:
    """The passages nearest to a question, nearest first: their ids, the rows of their procedures,
    which of them are what people say, and how near they are."""

    ids: Sequence[str]
    rows: NDArray[np.int64]
    is_phrase: NDArray[np.bool_]
    similarities: NDArray[np.float64]

    @classmethod
    def of(cls, nearest: Nearest, places: Places) -> Near:
        """What `nearest` means in the generation of `places`."""
        ids, similarities = nearest
        found = np.fromiter(map(places.__getitem__, ids), dtype=np.int64, count=len(ids))
        return cls(ids, found >> 1, (found & 1).astype(np.bool_), similarities)

    @property
    def top(self) -> float:
        """How near the nearest is."""
        return float(self.similarities[0]) if len(self.similarities) else 0.0

    @property
    def floor(self) -> float:
        """How near the farthest is."""
        return float(self.similarities[-1]) if len(self.similarities) else 0.0

    def best(self, out: Row, *, phrases: bool) -> None:
        """By procedure the best similarity of a phrase, or of any other passage, into `out`; the
        floor for those not among the nearest."""
        chosen = ((self.is_phrase == phrases) & (self.rows >= 0)).nonzero()[0][::-1]
        out.fill(self.floor)
        out[self.rows[chosen]] = self.similarities[chosen]  # of one row's, the last one stays

    def votes(self, out: Row) -> None:
        """By procedure the sum of what is above the floor, into `out`."""
        here = self.rows >= 0
        above = self.similarities[here] - self.floor
        out[:] = np.bincount(self.rows[here], above, len(out))

    def off_topic(self) -> tuple[str | None, float]:
        """The nearest topic that is no procedure's, and how near it is."""
        elsewhere = (self.rows < 0).nonzero()[0]
        if not len(elsewhere):
            return None, 0.0
        first = int(elsewhere[0])
        return _parts(self.ids[first])[0].removeprefix(OFF_TOPIC), float(self.similarities[first])

    def paths(self, rows: Iterable[int], few: int) -> dict[int, tuple[str, ...]]:
        """The paths of the `few` nearest passages of each of the procedures in `rows`."""
        found: dict[int, list[str]] = {row: [] for row in rows}
        for passage, row in zip(self.ids, self.rows.tolist(), strict=True):
            if row in found and len(found[row]) < few:
                found[row].append(passage)
        return {row: tuple(_parts(id_)[1] for id_ in ids) for row, ids in found.items()}

    def neighbourhood(self) -> Neighbourhood:
        """Whether what people say nearby is about other topics."""
        elsewhere, said = self.rows < 0, self.is_phrase.nonzero()[0][:_NEARBY]
        similarities, are_elsewhere = self.similarities[said].tolist(), elsewhere[said].tolist()
        weights = [math.exp(_FALL * (near - similarities[0])) for near in similarities]
        off_topic = sum(w for w, is_it in zip(weights, are_elsewhere, strict=True) if is_it)
        return Neighbourhood(
            self._mean_of_few(self.is_phrase & elsewhere),
            self._mean_of_few(self.is_phrase & ~elsewhere),
            off_topic / sum(weights) if weights else 0.0,
        )

    def _mean_of_few(self, lines: NDArray[np.bool_]) -> float:
        few = self.similarities[lines][:_FEW].tolist()
        return float(sum(few, self.floor * (_FEW - len(few))) / _FEW)


def _parts(passage: str) -> tuple[str, str]:
    """Code and path of a passage's id."""
    code, _, path = passage.partition("|")
    return code, path
