"""python -m evals.dossiers.samples DIR: one complete dossier and three faulty twins, as files.

A birth registration by invented parents, in fonts that every Debian has: `du/` is complete,
`thieu-giay/` lacks a paper, `chua-ky/` has a form nobody signed, `het-han/` an identity card
whose last day has passed. Hand them to `motcua check --procedure 1.001193 DIR/du/*`.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from evals.dossiers.bundle import files_of
from evals.dossiers.defects import CHANGES
from evals.dossiers.plan import Bundle, Defect, Dossier, Sheet
from evals.dossiers.run import records

PROCEDURE = "1.001193"
FOLDERS = {
    "du": None,
    "thieu-giay": Defect.MISSING,
    "chua-ky": Defect.UNSIGNED,
    "het-han": Defect.EXPIRED,
}
_NAMES = {
    "birth_form": "to-khai",
    "birth_notification": "giay-chung-sinh",
    "identity_card_2021": "can-cuoc",
}
_PAPERS = (
    ("birth_form", "cases[0].requirements[0]", "dev_plain", "scan"),
    ("birth_notification", "cases[0].requirements[2]", "dev_office", "photo"),
    ("identity_card_2021", "cases[0].requirements[6]", "dev_office", "photo"),
)


def sample() -> Dossier:
    """The complete dossier; handed in on the day it is made, so that nothing in it is stale."""
    today = datetime.now(UTC).date()
    sheets = tuple(
        Sheet(paper, requirement, "a", style, effect, f"sample {paper}")
        for paper, requirement, style, effect in _PAPERS
    )
    return Dossier(
        id="sample",
        half="dev",
        procedure=PROCEDURE,
        case="chung",
        submitted_on=today,
        world=20260901,
        sheets=sheets,
        bundle=Bundle.JPEG,
        original="sample",
    )


def faulty(defect: Defect) -> Dossier:
    """The same with one thing wrong."""
    original = sample()
    if defect is Defect.MISSING:
        return replace(original, sheets=(original.sheets[0], original.sheets[2]), defect=defect)
    twin = CHANGES[defect](original, records()[PROCEDURE], random.Random(3))
    if twin is None:
        raise ValueError(f"the sample has no paper for {defect}")
    return replace(twin, defect=defect)


def write_samples(folder: Path) -> list[Path]:
    """Write the four dossiers, a folder each; returns the files."""
    written = []
    for name, defect in FOLDERS.items():
        dossier = faulty(defect) if defect else sample()
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        for sheet, file in zip(dossier.sheets, files_of(dossier), strict=True):
            path = target / f"{_NAMES[sheet.paper]}.jpg"
            path.write_bytes(file.content)
            written.append(path)
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the samples and say what to do with them."""
    parser = argparse.ArgumentParser(prog="python -m evals.dossiers.samples", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    for path in write_samples(folder):
        sys.stdout.write(f"{path}\n")
    sys.stdout.write(f"motcua check --procedure {PROCEDURE} {folder}/du/*\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
