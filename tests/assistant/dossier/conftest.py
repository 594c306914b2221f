"""Records of the starter corpus as stored versions."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from knowledge.catalog import Origin, Version
from knowledge.procedure import Procedure, parse_procedure

sys.path.insert(0, str(Path(__file__).parents[3]))
PROCEDURES = Path(__file__).parents[3] / "knowledge" / "procedures"


def version_of(procedure: Procedure) -> Version:
    """The procedure as if it had been stored."""
    return Version(
        code=procedure.code,
        origin=Origin.CURATED,
        number=1,
        valid_from=None,
        valid_to=None,
        recorded_at=datetime(2026, 6, 1, tzinfo=UTC),
        content_hash="",
        source_hash=None,
        review=None,
        body=procedure.model_dump_json(),
    )


def load(path: Path) -> Version:
    return version_of(parse_procedure(yaml.load(path.read_bytes(), yaml.CSafeLoader), path.name))


@pytest.fixture(scope="session")
def starter() -> Callable[[str], Version]:
    """A starter procedure by its code."""
    return lambda code: load(PROCEDURES / f"{code}.yaml")


@pytest.fixture(scope="session")
def corpus() -> list[Version]:
    """Every starter procedure."""
    return [load(path) for path in sorted(PROCEDURES.glob("*.yaml"))]
