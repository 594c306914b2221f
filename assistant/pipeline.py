"""Question to answer: a visible list of steps, and the loop that runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.models import Answer, Turn

Step = Callable[[Turn], Answer | None]


def run(turn: Turn, steps: Sequence[Step]) -> Answer:
    """Run the steps until one of them answers."""
    for step in steps:
        if answer := step(turn):
            return answer
    raise RuntimeError("The last step must answer")
