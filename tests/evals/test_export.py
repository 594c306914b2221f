"""What ragas and promptfoo get."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.cases import Case
from evals.export import EXPORTS, export_promptfoo, export_ragas
from evals.runs import Run, read_run
from tests.evals.fake_runs import CASES, a_run, row, versions, write_cases, write_run

# The fields of ragas 0.4's SingleTurnSample; anything else would be dropped without a word.
SAMPLE = {
    *("user_input", "retrieved_contexts", "reference_contexts", "response", "reference"),
    *("retrieved_context_ids", "reference_context_ids", "multi_responses", "rubrics"),
    *("persona_name", "query_style", "query_length"),
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return a_run(tmp_path / "ours")


def ragas_lines(run: Run, directory: Path) -> list[dict[str, Any]]:
    (file,) = export_ragas(run, versions(), directory)
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_a_ragas_sample_has_input_contexts_response_and_reference(run: Run, tmp_path: Path) -> None:
    first, *_ = ragas_lines(run, tmp_path)

    assert set(first) <= SAMPLE
    assert first["user_input"] == "Làm thẻ thả diều hết bao nhiêu tiền?"
    assert first["response"] == "Lệ phí: 99.000 đồng [1]"
    assert "10000 VND / thẻ" in first["reference"]
    assert any("Xin thẻ để thả diều" in text for text in first["retrieved_contexts"])


def test_samples_are_all_of_one_kind_and_errors_are_none(run: Run, tmp_path: Path) -> None:
    samples = ragas_lines(run, tmp_path)

    assert len(samples) == 5  # one error and one row that was not scored are left out
    assert all(isinstance(sample["user_input"], str) for sample in samples)
    assert len({frozenset(sample) for sample in samples}) == 1


def test_what_answered_is_the_context_not_what_ought_to(tmp_path: Path) -> None:
    run = a_run(tmp_path / "ours", [row("kite-card-fee", code="1.999999")])

    (sample,) = ragas_lines(run, tmp_path)

    assert sample["retrieved_contexts"] == []
    assert sample["reference_contexts"]


def promptfoo(run: Run, directory: Path) -> tuple[Any, Any, Any]:
    config, tests, results = export_promptfoo(run, versions(), directory)
    return (
        yaml.safe_load(config.read_text("utf-8")),
        yaml.safe_load(tests.read_text("utf-8")),
        json.loads(results.read_text("utf-8")),
    )


def test_promptfoo_tests_carry_the_output_and_ask_no_model(run: Run, tmp_path: Path) -> None:
    config, tests, _ = promptfoo(run, tmp_path)

    assert config["providers"] == [{"id": "echo", "label": "motcua"}]
    assert config["tests"] == "file://promptfoo-tests.yaml"
    assert tests[0]["providerOutput"] == "Lệ phí: 99.000 đồng [1]"
    assert tests[0]["metadata"]["codes"] == ["1.900001"]
    # A list in vars would become one test an entry.
    assert all(isinstance(value, str) for test in tests for value in test["vars"].values())


def test_must_and_must_not_become_assertions(run: Run, tmp_path: Path) -> None:
    _, tests, _ = promptfoo(run, tmp_path)

    kinds = [(check["type"], check["value"]) for check in tests[1]["assert"]]

    assert [kind for kind, _ in kinds] == ["javascript", "not-javascript"]
    assert "to\\\\ khai" in kinds[0][1]
    assert "so\\\\ hong" in kinds[1][1]


def test_promptfoo_results_count_as_the_run_does(run: Run, tmp_path: Path) -> None:
    _, tests, told = promptfoo(run, tmp_path)

    results = told["results"]
    assert results["version"] == 3
    stats = {name: results["stats"][name] for name in ("successes", "failures", "errors")}
    assert stats == {"successes": 3, "failures": 2, "errors": 1}
    assert len(results["results"]) == len(tests) == 6
    first = results["results"][0]
    assert (first["success"], first["failureReason"], first["latencyMs"]) == (False, 1, 4)
    assert first["gradingResult"]["reason"] == "sai lệ phí: 99000"
    assert first["namedScores"] == {"exact_fee": 0.0}  # not applicable is left out, not zero
    last = results["results"][-1]
    assert (last["failureReason"], last["error"]) == (2, "hết giờ sau 10 giây")
    assert results["prompts"][0]["metrics"]["namedScoresCount"]["exact_fee"] == 3


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("file:///etc/passwd", " file:///etc/passwd"),
        ("package:evil:run", " package:evil:run"),
        ("{{ env.KEY }} {% raw %} {# x #}", "{ { env.KEY }} { % raw %} { # x #}"),
    ],
)
def test_a_question_is_no_template_and_opens_no_file(asked: str, kept: str, tmp_path: Path) -> None:
    case = Case.model_validate({**CASES[2].model_dump(), "id": "kite-evil", "turns": (asked,)})
    directory = write_run(tmp_path / "ours", [row("kite-evil", text="x")])
    run = read_run(directory, [write_cases(tmp_path / "evil.jsonl", [case])])

    _, tests, _ = promptfoo(run, tmp_path)

    assert tests[0]["vars"]["question"] == kept


@pytest.mark.parametrize("form", EXPORTS)
def test_exports_are_the_same_twice_and_need_no_records(form: str, tmp_path: Path) -> None:
    run = a_run(tmp_path / "ours")

    first = [file.read_bytes() for file in EXPORTS[form](run, {}, tmp_path / "a")]
    second = [file.read_bytes() for file in EXPORTS[form](run, {}, tmp_path / "b")]

    assert first == second
    assert all(first)
