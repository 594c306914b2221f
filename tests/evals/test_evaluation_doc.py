"""docs/evaluation.md keeps up with the commands and the metrics."""

from __future__ import annotations

from pathlib import Path

from bots.cli.evaluating import eval_app
from evals.metrics import METRICS

TEXT = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")


def test_every_metric_is_explained() -> None:
    assert [name for name in METRICS if f"`{name}`" not in TEXT] == []


def test_every_command_is_explained() -> None:
    names = [command.name for command in eval_app.registered_commands]

    assert [name for name in names if f"`eval {name}" not in TEXT] == []


def test_a_first_run_takes_ten_lines() -> None:
    walk = TEXT.split("```")[1].strip().splitlines()

    assert len(walk) <= 10
