"""What the comparison of a holder with a paper can give."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.dossier.people import Value


class Outcome:
    """What a comparison gave; see the subclasses."""


@dataclass(frozen=True)
class Agreed(Outcome):
    """The paper speaks of the holder, in the same words."""


@dataclass(frozen=True)
class Silent(Outcome):
    """The paper does not speak of the holder."""


@dataclass(frozen=True)
class Differs(Outcome):
    """One thing is another on the paper; `kind` is 'name' or 'number'."""

    kind: str
    ours: Value
    theirs: Value


@dataclass(frozen=True)
class NotCompared(Outcome):
    """The paper may speak of the holder, but `kind` cannot be read well enough on one of them."""

    kind: str
    places: tuple[Value, ...]
