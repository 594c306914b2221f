"""Suites: which cases are asked, in which spellings, what is measured and what must hold.

One YAML file a suite under `evals/suites/`; a suite is added by adding a file:

    name: answers
    vi: Câu trả lời                    # labels
    en: Answers
    cases: [answers.jsonl]             # files under evals/cases
    actions: [answer]                  # only such cases; empty is all
    tags: []                           # only cases with one of these tags; empty is all
    written: [plain, situation]        # only cases written so; empty is all
    turns: any                         # one, many or any
    variants: []                       # spellings of evals.perturb.VARIANTS; empty is as written
    sample: null                       # at most so many cases (of each spelling), by the seed
    needs: []                          # what the target must tell: status, code, ranked, citations
    pass_when: passed                  # the metric that must be 1 for a case to pass
    metrics: [exact_fee, exact_time]   # names of evals.metrics.METRICS; `passed` is always there
    floors: {passed: 0.9}              # ceilings where lower is better
    fresh: false                       # ask anew even what another suite of the run has asked
    warm_up: 0                         # questions asked before, not counted

    read_suites(names=(), directory=SUITES) -> list[Suite]     all when no name is given
    cases_of(suite, seed, directory=CASES) -> list[Case]       in file order, spelled and sampled
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evals.cases import CASES, Action, Case, Variant, read_cases
from evals.errors import EvalError
from evals.metrics import METRICS, Kind
from evals.perturb import VARIANTS, spelled
from evals.targets.target import Tells

SUITES = Path(__file__).parent / "suites"
PASSED = "passed"
VARIANT_TAG, BASE_TAG = "variant:", "base:"


class Suite(BaseModel):
    """One suite as its file gives it; see the module's docstring for each field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z_]+$")
    vi: str
    en: str
    cases: tuple[str, ...] = Field(min_length=1)
    actions: tuple[Action, ...] = ()
    tags: tuple[str, ...] = ()
    written: tuple[Variant, ...] = ()
    turns: Literal["one", "many", "any"] = "any"
    variants: tuple[Variant, ...] = ()
    sample: int | None = Field(default=None, gt=0)
    needs: tuple[Tells, ...] = ()
    pass_when: str = PASSED
    metrics: tuple[str, ...] = ()
    floors: dict[str, float] = Field(default_factory=dict)
    fresh: bool = False
    warm_up: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _knows_its_names(self) -> Suite:
        named = {*self.metrics, *self.floors, self.pass_when}
        if unknown := sorted(named - set(METRICS)):
            raise ValueError(f"no such metric: {', '.join(unknown)}; see evals/metrics/__init__.py")
        if METRICS[self.pass_when].kind is not Kind.RATE:
            raise ValueError(f"pass_when: {self.pass_when} is no yes-or-no metric")
        if strange := sorted(set(self.variants) - set(VARIANTS)):
            raise ValueError(f"no spelling is made for: {', '.join(strange)}")
        return self


def read_suites(names: Sequence[str] = (), directory: Path = SUITES) -> list[Suite]:
    """The named suites in that order, or all by file name; raises EvalError naming each problem."""
    files = {path.stem: path for path in sorted(directory.glob("*.yaml"))}
    if unknown := [name for name in names if name not in files]:
        raise EvalError(f"No suite {', '.join(unknown)}; there are {', '.join(files)}.")
    return [_read(files[name]) for name in names or files]


def _read(path: Path) -> Suite:
    try:
        suite = Suite.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise EvalError(f"{path.name} is not a suite: {_told(error)}") from error
    if suite.name != path.stem:
        raise EvalError(f"{path.name}: the name must be {path.stem}, as the file is called")
    return suite


def _told(error: ValidationError | yaml.YAMLError) -> str:
    if isinstance(error, yaml.YAMLError):
        return str(error)
    return "; ".join(
        f"{'.'.join(map(str, e['loc'])) or 'suite'}: {e['msg']}" for e in error.errors()
    )


def cases_of(suite: Suite, seed: int, directory: Path = CASES) -> list[Case]:
    """The cases a suite asks, in file order: chosen, sampled and spelled; the same for a seed.

    Raises CaseError for lines that are no cases, EvalError for a file that is not there.
    """
    chosen = [case for case in _stored(suite, directory) if _belongs(suite, case)]
    if not suite.variants:
        return _sampled(chosen, suite.sample, seed, suite.name)
    return [
        _spelled(case, variant, seed)
        for variant in suite.variants
        # Every spelling has the same questions, so that each is compared with the plain one.
        for case in _sampled(chosen, suite.sample, seed, suite.name)
    ]


def _stored(suite: Suite, directory: Path) -> list[Case]:
    paths = [directory / name for name in suite.cases]
    if missing := [path.name for path in paths if not path.is_file()]:
        raise EvalError(f"Suite {suite.name} names {', '.join(missing)}, which {directory} lacks.")
    return read_cases(paths)


def _belongs(suite: Suite, case: Case) -> bool:
    many = len(case.turns) > 1
    return (
        (not suite.actions or case.action in suite.actions)
        and (not suite.tags or bool(set(suite.tags) & set(case.tags)))
        and (not suite.written or case.variant in suite.written)
        and (suite.turns == "any" or many == (suite.turns == "many"))
    )


def _sampled(cases: list[Case], limit: int | None, seed: int, salt: str) -> list[Case]:
    """At most `limit`, chosen by hash: adding a case elsewhere does not change the others."""
    if limit is None or len(cases) <= limit:
        return cases
    keys = {c.id: hashlib.sha256(f"{seed} {salt} {c.id}".encode()).hexdigest() for c in cases}
    kept = set(sorted(keys, key=keys.__getitem__)[:limit])
    return [case for case in cases if case.id in kept]


def _spelled(case: Case, variant: Variant, seed: int) -> Case:
    return case.model_copy(
        update={
            "id": f"{case.id}-{variant.value.replace('_', '-')}",
            "turns": tuple(spelled(turn, variant, seed) for turn in case.turns),
            "variant": variant,
            "tags": (*case.tags, f"{VARIANT_TAG}{variant.value}", f"{BASE_TAG}{case.id}"),
        }
    )


def tagged(tags: Sequence[str], prefix: str) -> str | None:
    """The rest of the first tag that begins with `prefix`: the spelling, or the base's id."""
    return next((tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix)), None)
