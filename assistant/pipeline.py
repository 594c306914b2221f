"""Question to answer: a visible list of steps, and the loops that run it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeVar, runtime_checkable

from assistant.models import Answer, Line, Turn

Step = Callable[[Turn], Answer | None]
T = TypeVar("T")


@runtime_checkable
class Speaks(Protocol):
    """A step that writes sentence by sentence; each may be read at once."""

    def sentences(self, turn: Turn) -> Iterator[Line]: ...


def run(turn: Turn, steps: Sequence[Step]) -> Answer:
    """Run the steps until one of them answers."""
    return result_of(speak(turn, steps))


def speak(turn: Turn, steps: Sequence[Step]) -> Generator[Line, None, Answer]:
    """Run the steps, handing on each sentence of one that speaks, until one of them answers."""
    for step in steps:
        if sentences := _sentences_of(step):
            yield from sentences(turn)
        elif answer := step(turn):
            return answer
    raise RuntimeError("The last step must answer")


@lru_cache(maxsize=256)
def _sentences_of(step: Step) -> Callable[[Turn], Iterator[Line]] | None:
    """How a step speaks, if it does; asking a protocol costs more than most steps."""
    return step.sentences if isinstance(step, Speaks) else None


def result_of(speaking: Generator[Any, None, T]) -> T:
    """What a generator returns at its end; what it hands on before is let go."""
    while True:
        try:
            next(speaking)
        except StopIteration as end:
            result: T = end.value
            return result
