"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The measuring data beside the repository; tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("the measuring data is not beside this checkout")
    return SHARED
