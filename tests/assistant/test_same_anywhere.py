"""The same question has the same answer in every process: no order of a set may decide anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evals.bench.questions import OWN

_EACH = 60  # questions of a set
_PASSING = {"id", "elapsed_ms"}
_READ = ("everyday_dev", "wishes_dev", "trades_dev", "told_dev", "asking_dev")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("anywhere")
    run([sys.executable, "-m", "bots.cli", "ingest", "starter"], folder)
    return folder


def run(command: list[str], data_dir: Path, asked: str = "", seed: str = "0") -> str:
    told = {"MOTCUA_DATA_DIR": str(data_dir), "PYTHONHASHSEED": seed}
    done = subprocess.run(
        command, env={**os.environ, **told}, input=asked, capture_output=True, text=True, check=True
    )
    return done.stdout


def questions() -> list[str]:
    lines = [line for name in _READ for line in _lines(name)[:_EACH]]
    return list(dict.fromkeys(json.loads(line)["turns"][0] for line in lines))


def _lines(name: str) -> list[str]:
    return (OWN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()


def test_the_order_of_sets_decides_nothing(data_dir: Path) -> None:
    asked = "".join(
        json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(questions())
    )
    ask = [sys.executable, "-m", "bots.cli", "ask", "--jsonl"]

    told = [answers(run(ask, data_dir, asked, seed)) for seed in ("1", "2")]

    assert len(told[0]) > 100
    assert told[0] == told[1]


HEADS = """
import sys
from assistant.steps.content import content_of
from assistant.steps.heads import head_in
from knowledge.choices import read_choices

codes = {way.code for choice in read_choices() for way in choice.ways}
for line in sys.stdin:
    said = head_in(content_of(line), codes)
    print(said and (said.choice.id, said.length, said.rest, said.tells))
"""


def test_of_heads_alike_the_same_is_heard(tmp_path: Path) -> None:
    asked = "\n".join(questions())

    told = [run([sys.executable, "-c", HEADS], tmp_path, asked, seed) for seed in "123"]

    assert told[0] == told[1] == told[2]


def answers(lines: str) -> list[dict[str, object]]:
    read = [json.loads(line) for line in lines.splitlines()]
    return [{key: one[key] for key in one.keys() - _PASSING} for one in read]
