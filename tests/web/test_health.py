"""GET /healthz and /ready."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.fakes import FakeAssistant, FakeReadiness


@pytest.mark.parametrize(
    ("readiness", "code"),
    [
        (FakeReadiness("ready", "index g1"), 200),
        (FakeReadiness("degraded", "exact words only"), 200),
        (FakeReadiness("down", "the catalogue is empty"), 503),
    ],
)
def test_ready_tells_the_state(
    client: TestClient, assistant: FakeAssistant, readiness: FakeReadiness, code: int
) -> None:
    assistant.state = readiness

    response = client.get("/ready")

    assert response.status_code == code
    assert response.json() == {"status": readiness.status, "detail": readiness.detail}


def test_the_process_is_alive_even_when_nothing_works(
    client: TestClient, assistant: FakeAssistant
) -> None:
    assistant.state = FakeReadiness("down", "no catalogue")

    assert client.get("/healthz").status_code == 200
