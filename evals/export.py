"""Cases and outputs in the formats of ragas and promptfoo, so that other tools can grade them too.

ragas: `EvaluationDataset.from_jsonl` reads one single-turn sample a line. promptfoo: a
configuration whose tests carry the outputs already (`promptfoo eval -c promptfooconfig.yaml` asks
no model), and the results of the run for `promptfoo import`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from evals.cases import Case
from evals.compare import passes
from evals.grading import Row
from evals.reference import reference
from evals.runs import Run
from knowledge.catalog import Version
from knowledge.passages import passages_of
from knowledge.text import folded

_VERSION = 3  # of promptfoo's results
_NONE, _ASSERT, _ERROR = 0, 1, 2  # promptfoo's reasons of a failure
_NO_TOKENS = {"total": 0, "prompt": 0, "completion": 0, "cached": 0, "numRequests": 0}
_PROMPT = "{{question}}"
_LABEL = "motcua"
# As `must` is compared here: whole words, marks and case aside.
_SAYS = (
    "new RegExp(%s).test(output.normalize('NFD').replace(/\\p{M}/gu, '')"
    ".replace(/đ/gi, 'd').toLowerCase())"
)


@dataclass(frozen=True)
class _Pair:
    row: Row
    case: Case


def _pairs(run: Run) -> list[_Pair]:
    """Rows whose case is at hand; what was not scored has no output to export."""
    found = [(row, run.case_of(row)) for row in run.rows]
    return [_Pair(row, case) for row, case in found if case and (row.text or row.error)]


def export_ragas(run: Run, versions: Mapping[str, Version], directory: Path) -> list[Path]:
    """Write ragas.jsonl: user_input, retrieved_contexts, response, reference a line.

    Contexts are the passages of the record that answered; a conversation is one input, its turns
    on lines of their own. Errors are left out: they are no response.
    """
    lines = [
        json.dumps(_ragas(pair, versions), ensure_ascii=False)
        for pair in _pairs(run)
        if pair.row.error is None
    ]
    return [_write(directory / "ragas.jsonl", "".join(line + "\n" for line in lines))]


def _ragas(pair: _Pair, versions: Mapping[str, Version]) -> dict[str, Any]:
    accepted = [code for code in pair.case.codes if code in versions]
    answered = [pair.row.code] if pair.row.code in versions else []
    return {
        "user_input": "\n".join(pair.case.turns),
        "retrieved_contexts": _contexts(answered, versions),
        "reference_contexts": _contexts(accepted, versions),
        "response": pair.row.text,
        "reference": reference(pair.case, versions),
        "query_style": str(pair.case.variant),
    }


def _contexts(codes: Sequence[str | None], versions: Mapping[str, Version]) -> list[str]:
    records = [versions[code].procedure for code in codes if code]
    return [passage.text for record in records for passage in passages_of(record)]


def export_promptfoo(run: Run, versions: Mapping[str, Version], directory: Path) -> list[Path]:
    """Write promptfooconfig.yaml, promptfoo-tests.yaml and promptfoo-results.json."""
    pairs = _pairs(run)
    tests = [_test(pair, versions) for pair in pairs]
    return [
        _write(directory / "promptfooconfig.yaml", _yaml(_config(run))),
        _write(directory / "promptfoo-tests.yaml", _yaml(tests)),
        _write(directory / "promptfoo-results.json", _json(_results(run, pairs, tests))),
    ]


def _config(run: Run) -> dict[str, Any]:
    return {
        "description": f"Một Cửa: {run.name}",
        "prompts": [_PROMPT],
        "providers": [{"id": "echo", "label": _LABEL}],
        "tests": "file://promptfoo-tests.yaml",
    }


def _test(pair: _Pair, versions: Mapping[str, Version]) -> dict[str, Any]:
    row, case = pair.row, pair.case
    checks = [_says(text) for text in case.must]
    checks += [_says(text, wanted=False) for text in case.must_not]
    test: dict[str, Any] = {
        "description": f"{row.suite}/{row.case}",
        "vars": {
            "question": _literal("\n".join(case.turns)),
            "reference": _literal(reference(case, versions)),
        },
        "metadata": {
            "suite": row.suite,
            "case": row.case,
            "action": str(case.action),
            "codes": list(case.codes),
            "facets": [str(facet) for facet in case.facets],
            "tags": list(row.tags),
            "critical": row.critical,
        },
    }
    if row.error is None:
        test["providerOutput"] = row.text
    return test | ({"assert": checks} if checks else {})


def _says(text: str, *, wanted: bool = True) -> dict[str, str]:
    words = rf"(?<![a-z0-9]){re.escape(folded(text))}(?![a-z0-9])"
    check = _SAYS % json.dumps(words, ensure_ascii=False)
    return {"type": "javascript" if wanted else "not-javascript", "value": _literal(check)}


def _literal(text: str) -> str:
    """promptfoo fills in templates and opens files named in a value; these are words only.

    A blank before `file://` is enough, and braces that open a template get a blank between them.
    """
    for mark in ("{{", "{%", "{#"):
        text = text.replace(mark, f"{mark[0]} {mark[1]}")
    return f" {text}" if text.startswith(("file://", "package:")) else text


def _results(run: Run, pairs: list[_Pair], tests: list[dict[str, Any]]) -> dict[str, Any]:
    """What `promptfoo export` writes and `promptfoo import` reads, version 3."""
    found = [
        _result(run, place, pair, test)
        for place, (pair, test) in enumerate(zip(pairs, tests, strict=True))
    ]
    outcome = {
        name: sum(one["failureReason"] == reason for one in found) for name, reason in _KINDS
    }
    prompt = {"raw": _PROMPT, "label": _PROMPT, "id": _LABEL, "provider": _LABEL}
    when = _when(run)
    return {
        "evalId": f"motcua-{run.name}",
        "results": {
            "version": _VERSION,
            "timestamp": when,
            "prompts": [{**prompt, "metrics": _metrics(found, outcome)}],
            "results": found,
            "stats": {**outcome, "tokenUsage": _NO_TOKENS},
        },
        "config": _config(run),
        "shareableUrl": None,
        "metadata": {"evaluationCreatedAt": when, "motcua": run.config},
    }


_KINDS = (("successes", _NONE), ("failures", _ASSERT), ("errors", _ERROR))


def _result(run: Run, place: int, pair: _Pair, test: dict[str, Any]) -> dict[str, Any]:
    row = pair.row
    passed = passes(row)
    why = "; ".join(row.reasons) or row.error or row.why or ""
    scores = {name: value for name, value in row.scores.items() if value is not None}
    return {
        "promptIdx": 0,
        "testIdx": place,
        "testCase": test,
        "promptId": _LABEL,
        "provider": {"id": _LABEL, "label": _LABEL},
        "prompt": {"raw": test["vars"]["question"], "label": _PROMPT},
        "vars": test["vars"],
        "response": {"output": row.text} if row.error is None else {"error": row.error},
        "error": row.error,
        "failureReason": _ERROR if row.error else _NONE if passed else _ASSERT,
        "success": passed,
        "score": float(passed),
        "latencyMs": round(run.times.get((row.suite, row.case), 0.0)),
        "gradingResult": {"pass": passed, "score": float(passed), "reason": why},
        "namedScores": scores,
        "metadata": test["metadata"],
    }


def _metrics(found: list[dict[str, Any]], outcome: Mapping[str, int]) -> dict[str, Any]:
    names = dict.fromkeys(name for one in found for name in one["namedScores"])
    sums = {
        name: [one["namedScores"][name] for one in found if name in one["namedScores"]]
        for name in names
    }
    return {
        "score": sum(one["score"] for one in found),
        "testPassCount": outcome["successes"],
        "testFailCount": outcome["failures"],
        "testErrorCount": outcome["errors"],
        "assertPassCount": outcome["successes"],
        "assertFailCount": outcome["failures"],
        "totalLatencyMs": sum(one["latencyMs"] for one in found),
        "tokenUsage": _NO_TOKENS,
        "namedScores": {name: sum(values) for name, values in sums.items()},
        "namedScoresCount": {name: len(values) for name, values in sums.items()},
        "cost": 0,
    }


def _when(run: Run) -> str:
    """When the run was written, by its results file; a run's configuration holds no clock."""
    stamp = (run.directory / "results.jsonl").stat().st_mtime
    return datetime.fromtimestamp(stamp, UTC).isoformat(timespec="milliseconds")


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1000)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


Export = Callable[[Run, Mapping[str, Version], Path], list[Path]]
EXPORTS: dict[str, Export] = {"ragas": export_ragas, "promptfoo": export_promptfoo}
