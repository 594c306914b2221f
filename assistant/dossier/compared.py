"""What the comparison of a holder with a paper can give."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.dossier.people import Value


class Compared:
    """What a comparison gave; see the subclasses."""


@dataclass(frozen=True)
class Agreed(Compared):
    """The paper speaks of the holder, in the same words."""


@dataclass(frozen=True)
class Silent(Compared):
    """The paper does not speak of the holder."""


@dataclass(frozen=True)
class Differs(Compared):
    """One thing is another on the paper; `kind` is 'name' or 'number'."""

    kind: str
    ours: Value
    theirs: Value


@dataclass(frozen=True)
class NotCompared(Compared):
    """The paper may speak of the holder, but `kind` cannot be read well enough on one of them."""

    kind: str
    places: tuple[Value, ...]
