"""What every facet needs to tell of a procedure: the record, the sentences and the citations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.cite import Citer
from assistant.messages import Messages
from assistant.models import Block, BlockKind, Facet, Line
from knowledge.procedure import Procedure

_LONGEST_AGENCY = 160  # characters


@dataclass(frozen=True)
class Telling:
    """One procedure about to be told of in one language; with `case` only that case's papers, and
    none of the cases `untold`."""

    procedure: Procedure
    messages: Messages
    citer: Citer
    case: str | None = None
    untold: frozenset[str] = frozenset()

    def say(self, key: str, **values: object) -> str:
        """A fixed sentence."""
        return self.messages.say(key, **values)

    def line(self, text: str, *paths: str) -> Line:
        """A statement with citations of the fields it rests on."""
        return Line(text=text, citations=self.citer.cite(*paths))

    def who(self) -> str:
        """Whom to ask when the record does not tell."""
        return self._agency() or self.say("who.default")

    def _agency(self) -> str | None:
        """The agency, unless other text of the page was spilled into its field."""
        agency = self.procedure.agency
        return agency if agency and len(agency) <= _LONGEST_AGENCY else None

    def title(self, facet: Facet) -> str:
        """The heading of a facet."""
        return self.say(f"facet.{facet.value}")

    def block(
        self, facet: Facet, lines: Iterable[Line], kind: BlockKind = BlockKind.LIST
    ) -> list[Block]:
        """One block under the facet's heading; nothing when there are no lines."""
        found = tuple(lines)
        return [Block(kind=kind, facet=facet, title=self.title(facet), lines=found)] * bool(found)

    def empty(self, facet: Facet, key: str) -> list[Block]:
        """Says that the source leaves the field empty, and whom to ask."""
        line = self.line(self.say(key, who=self.who()), *(["agency"] if self._agency() else []))
        return self.block(facet, [line], BlockKind.NOTE)


def sentence(text: str) -> str:
    """With a full stop, unless it ends in a mark already."""
    return text if text.endswith((".", "!", "?", ":", "…", ";")) else f"{text}."


def joined(names: Iterable[str]) -> str:
    """'Trực tiếp, trực tuyến': a list with a capital in front."""
    text = ", ".join(names)
    return text[:1].upper() + text[1:]
