"""Faults on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["busy", "broken", "slow", "cut", "blocked", "refused", "moved"]
_CODES = {"busy": 429, "broken": 502, "blocked": 403, "refused": 400, "moved": 400}


@dataclass
class Fault:
    """Something that goes wrong with the next `times` calls that match.

    busy: 429 with `seconds` to wait, and the calls in between are refused too; broken: 502; slow:
    no answer for `seconds`; cut: the connection ends amid the answer; blocked: 403; refused: 400;
    moved: 400, as the group has become the supergroup `to`.
    With `is_done` the call takes effect all the same, as when only the answer is lost.
    """

    kind: Kind
    method: str | None = None
    chat: int | None = None
    times: float = 1
    seconds: float = 0
    description: str = ""
    is_done: bool = False
    to: int = 0

    def fits(self, method: str, chat: int | None) -> bool:
        """Whether this call meets the fault."""
        right_chat = self.chat is None or self.chat == chat
        return self.times > 0 and right_chat and self.method in (None, method)

    @property
    def code(self) -> int:
        """The HTTP status of the answer, 0 where there is none."""
        return _CODES.get(self.kind, 0)

    @property
    def told(self) -> str:
        """What the answer says."""
        if self.description:
            return self.description
        return {
            "busy": f"Too Many Requests: retry after {round(self.seconds)}",
            "broken": "Bad Gateway",
            "blocked": "Forbidden: bot was blocked by the user",
            "refused": "Bad Request: something is wrong",
            "moved": "Bad Request: group chat was upgraded to a supergroup chat",
        }.get(self.kind, "")
