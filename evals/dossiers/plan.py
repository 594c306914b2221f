"""What is in each dossier: papers for the requirements of a record, and how they are handed in.

    plan(half, count, seed, records) -> list[Dossier]

A dossier of the plan is pure data: two with the same seed are equal, and a twin differs from its
original in one place (evals.dossiers.defects).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict

from evals.dossiers.papers import looks_of
from evals.dossiers.people import DATA, Half
from knowledge.procedure import COMMON_CASE, Procedure

_FIRST_DAY = date(2026, 9, 7)
IDENTITY = ("identity_card", "identity_card_2021")


class Bundle(StrEnum):
    """In which files the pages come."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    TIFF = "tiff"  # one of several pages
    ONE_PDF = "one_pdf"
    PDF_EACH = "pdf_each"
    TEXT_PDF = "text_pdf"  # born on a computer, with its words as text
    WORD = "word"  # the papers without seal as .docx, the others as photos
    ZIP = "zip"


class Defect(StrEnum):
    """What is wrong with a twin: one thing each."""

    MISSING = "missing"
    UNSIGNED = "unsigned"
    EXPIRED = "expired"
    WRONG_CODE = "wrong_code"
    OTHER_FORM = "other_form"
    ILLEGIBLE_NUMBER = "illegible_number"
    NAMES_DIFFER = "names_differ"
    NUMBERS_DIFFER = "numbers_differ"
    UNREADABLE = "unreadable"
    NOT_CERTIFIED = "not_certified"
    TOO_OLD = "too_old"
    INSTRUCTION = "instruction"  # printed words that tell the checker what to say: no defect
    HIDDEN_TEXT = "hidden_text"  # the same where only a program sees it

    @property
    def is_injection(self) -> bool:
        """Whether the verdicts must stay those of the original."""
        return self in (Defect.INSTRUCTION, Defect.HIDDEN_TEXT)


@dataclass(frozen=True)
class Sheet:
    """One paper as it is handed in; `requirement` is the field path it stands for."""

    paper: str
    requirement: str
    holder: str
    style: str
    effect: str
    seed: str
    by_hand: bool = False
    turn: int = 0
    certified: bool = False
    changes: tuple[tuple[str, str], ...] = ()
    signed: bool = True
    code: str | None = None
    issued_with: str | None = None
    smudged: bool = False
    flaw: str | None = None
    note: str | None = None
    beside: bool = False  # copied on one page with the sheet before


@dataclass(frozen=True)
class Dossier:
    """What one citizen hands in, and what is wrong with it."""

    id: str
    half: Half
    procedure: str
    case: str
    submitted_on: date
    world: int
    sheets: tuple[Sheet, ...]
    bundle: Bundle
    wish: str = ""
    original: str = ""  # the id of the complete dossier it is a twin of
    defect: Defect | None = None
    spoiled: str | None = None  # the requirement whose paper the defect is on
    unsure: tuple[str, ...] = ()  # requirements that no page can prove
    recent: tuple[str, ...] = ()  # requirements whose paper must be young
    hidden: str | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.defect is None or self.defect.is_injection


class Scenario(BaseModel):
    """One line of data/scenarios.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    procedure: str
    case: str
    papers: tuple[str, ...]
    wish: str = ""
    certified: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()


@cache
def read_scenarios() -> Sequence[Scenario]:
    """Every scenario, in file order."""
    text = (DATA / "scenarios.yaml").read_text(encoding="utf-8")
    return tuple(Scenario.model_validate(line) for line in yaml.safe_load(text))


def path_in(procedure: Procedure, short: str) -> str:
    """`chung.2` -> `cases[0].requirements[2]`; KeyError when there is none."""
    case_id, _, index = short.partition(".")
    for c, case in enumerate(procedure.cases):
        if case.id == case_id and int(index) < len(case.requirements):
            return f"cases[{c}].requirements[{index}]"
    raise KeyError(f"{procedure.code} has no requirement {short}")


def plan_originals(
    half: Half, count: int, seed: int, records: Mapping[str, Procedure]
) -> list[Dossier]:
    """`count` complete dossiers, scenario after scenario, each with people and looks of its own."""
    scenarios = read_scenarios()
    order = list(range(len(scenarios)))
    random.Random(f"order {half} {seed}").shuffle(order)
    return [
        _dossier(half, scenarios[order[i % len(order)]], f"{seed}-{i}", records)
        for i in range(count)
    ]


def _dossier(
    half: Half, scenario: Scenario, seed: str, records: Mapping[str, Procedure]
) -> Dossier:
    rng = random.Random(f"dossier {half} {seed}")
    record = records[scenario.procedure]
    bundle = _bundle(rng)
    sheets = _sheets(half, scenario, record, f"{half} {seed}", bundle, rng)
    rng.shuffle(sheets)
    day = _working_day(rng)
    identity = f"{half}-{seed}-{scenario.procedure}-{scenario.case}"
    return Dossier(
        id=identity,
        half=half,
        procedure=scenario.procedure,
        case=scenario.case,
        submitted_on=day,
        world=rng.getrandbits(32),
        sheets=_side_by_side(tuple(sheets), rng),
        bundle=bundle,
        wish=scenario.wish,
        original=identity,
        unsure=tuple(path_in(record, short) for short in scenario.unsure),
        recent=tuple(path_in(record, short) for short in scenario.recent),
    )


def _working_day(rng: random.Random) -> date:
    day = _FIRST_DAY + timedelta(days=rng.randint(0, 70))
    return day - timedelta(days=max(0, day.weekday() - 4))


def _bundle(rng: random.Random) -> Bundle:
    chances = {
        Bundle.JPEG: 44, Bundle.PNG: 6, Bundle.WEBP: 6, Bundle.HEIC: 4, Bundle.TIFF: 5,
        Bundle.ONE_PDF: 11, Bundle.PDF_EACH: 9, Bundle.TEXT_PDF: 6, Bundle.WORD: 4, Bundle.ZIP: 5,
    }  # fmt: skip
    return rng.choices(list(chances), list(chances.values()))[0]


def _sheets(
    half: Half,
    scenario: Scenario,
    record: Procedure,
    seed: str,
    bundle: Bundle,
    rng: random.Random,
) -> list[Sheet]:
    effect = _usual_effect(bundle, rng)
    styles = list(looks_of(half).styles)
    print_of_cards = rng.choice(IDENTITY)
    by_hand = rng.random() < 0.18 and bundle not in (Bundle.TEXT_PDF, Bundle.WORD)
    sheets = []
    for i, line in enumerate(scenario.papers):
        short, paper, *holder = line.split()
        sheets.append(
            Sheet(
                paper=print_of_cards if paper == "ID" else paper,
                requirement=path_in(record, short),
                holder=holder[0] if holder else "a",
                style=rng.choice(styles),
                effect=effect if rng.random() < 0.8 else _usual_effect(bundle, rng),
                seed=f"{seed} {i}",
                by_hand=by_hand,
                turn=rng.choice((90, 180, 270)) if rng.random() < 0.09 else 0,
                certified=short in scenario.certified,
            )
        )
    return sheets


def _usual_effect(bundle: Bundle, rng: random.Random) -> str:
    if bundle in (Bundle.TEXT_PDF, Bundle.WORD):
        return "clean"
    if bundle in (Bundle.ONE_PDF, Bundle.PDF_EACH, Bundle.TIFF):
        return rng.choices(("clean", "scan", "faint"), (3, 6, 2))[0]
    return rng.choices(("photo", "crop", "scan", "faint", "clean"), (6, 2, 3, 1, 1))[0]


def _side_by_side(sheets: tuple[Sheet, ...], rng: random.Random) -> tuple[Sheet, ...]:
    """Now and then two papers lie on one page of a scan."""
    if len(sheets) < 3 or rng.random() > 0.08:
        return sheets
    at = rng.randrange(1, len(sheets))
    both = [replace(sheet, turn=0, effect="scan") for sheet in sheets[at - 1 : at + 1]]
    both[1] = replace(both[1], beside=True)
    return (*sheets[: at - 1], *both, *sheets[at + 1 :])


def requirement_paths(record: Procedure, case_id: str) -> list[str]:
    """The requirements that a dossier of this case has: everybody's and the case's own."""
    return [path for path, case, _ in record.requirements() if case.id in (COMMON_CASE, case_id)]
