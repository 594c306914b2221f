"""Whether the process lives and whether the assistant can work."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from bots.web.seam import GivenAssistant

router = APIRouter()


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "alive"}


@router.get("/ready")
def ready(assistant: GivenAssistant) -> JSONResponse:
    """200 when questions can be answered, even if degraded; 503 when they cannot."""
    readiness = assistant.readiness()
    content = {"status": readiness.status, "detail": readiness.detail}
    return JSONResponse(content, 503 if readiness.status == "down" else 200)
