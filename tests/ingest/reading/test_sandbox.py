"""Trial 18: whatever a reader does, it ends at its limits and the next one works."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.reading import ReadingSettings, read_files
from ingest.reading.confine import Limits
from ingest.reading.page import Handed, RefusalReason
from ingest.reading.sandbox import Outcome, Sandbox

LIMITS = Limits(cpu_seconds=2, wall_seconds=3, memory_mb=300, scratch_mb=20, processes=8)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox("stub_worker", [str(Path(__file__).parent)])
    yield made
    made.close()


def told(sandbox: Sandbox, deed: str, limits: Limits = LIMITS) -> Outcome:
    return sandbox.run(limits, {"do": deed}, most=20_000_000)


def test_a_good_child_answers_from_an_empty_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_SECRET", "key")

    outcome = told(sandbox, "well")

    answer = outcome.answers[0][0]
    assert outcome.ending.how == "done"
    assert "MOTCUA_SECRET" not in answer["environment"]
    assert not Path(answer["here"]).exists()


@pytest.mark.parametrize(
    ("deed", "ending"),
    [
        ("spin", "time"),
        ("segfault", "failed"),
        ("eat", "memory"),
        ("bomb", "processes"),
        ("fill", "memory"),
        ("mumble", "done"),
    ],
)
def test_a_child_that_misbehaves_ends_and_the_next_one_works(
    sandbox: Sandbox, deed: str, ending: str
) -> None:
    outcome = told(sandbox, deed)

    assert (outcome.ending.how, outcome.answers) == (ending, ())
    assert told(sandbox, "well").ending.how == "done"


def test_a_child_that_hangs_is_ended_at_its_wall_time(sandbox: Sandbox) -> None:
    began = time.monotonic()

    outcome = told(sandbox, "hang", replace(LIMITS, wall_seconds=0.5))

    assert outcome.ending.how == "time"
    assert time.monotonic() - began < 2


def test_what_a_child_forks_does_not_outlive_it(sandbox: Sandbox) -> None:
    outcome = told(sandbox, "fork_and_leave")

    grandchild = outcome.answers[0][0]["grandchild"]
    with pytest.raises(ProcessLookupError):
        os.kill(grandchild, 0)


def test_a_child_that_talks_too_much_is_cut_off(sandbox: Sandbox) -> None:
    outcome = told(sandbox, "flood")

    assert sum(len(blob) for _, blobs in outcome.answers for blob in blobs) <= 20_000_000


def test_a_child_reaches_no_network(sandbox: Sandbox) -> None:
    outcome = told(sandbox, "phone")

    assert outcome.answers[0][0] == {"network": "closed"}
    assert sandbox.network in ("namespace", "guard")


def test_a_step_costs_less_than_a_third_of_a_second(sandbox: Sandbox) -> None:
    told(sandbox, "well")
    began = time.monotonic()

    for _ in range(5):
        told(sandbox, "well")

    assert (time.monotonic() - began) / 5 < 0.3


def test_an_interpreter_that_died_is_started_again(sandbox: Sandbox) -> None:
    told(sandbox, "well")
    assert sandbox._process is not None
    sandbox._process.kill()
    sandbox._process.wait()

    outcome = told(sandbox, "well")

    assert outcome.ending.how == "done"


def test_every_page_that_a_dying_reader_loses_is_named(sandbox: Sandbox) -> None:
    limits = ReadingSettings(_env_file=None, workers=1)

    reading = read_files([Handed("chet.pdf", b"%PDF")], limits, None, sandbox)

    assert reading.pages == ()
    assert [refusal.page for refusal in reading.refusals] == list(range(1, 10))
    assert {refusal.reason for refusal in reading.refusals} == {RefusalReason.READER_FAILED}
