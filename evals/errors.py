"""What can go wrong in an evaluation, said to the evaluator."""

from __future__ import annotations


class EvalError(Exception):
    """An evaluation cannot go on; the message says what to do."""


class CaseError(EvalError):
    """Cases that do not follow the schema: one line a problem, with file and line number."""


class TargetError(EvalError):
    """What is graded did not answer; such a case is an error, never a pass."""
