"""Settings of the web server."""

from __future__ import annotations

import os

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _cores() -> int:
    """Those this process may use; two at most, for each process takes memory."""
    return min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)


class WebSettings(BaseSettings):
    """Read from MOTCUA_WEB_* variables or `.env` when built, never at import."""

    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_WEB_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    processes: int = Field(default_factory=_cores, ge=1, le=64)
