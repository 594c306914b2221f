"""Settings of reading handed-in files: what is accepted, and what reading one may cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class ReadingSettings(BaseSettings):
    """Read from MOTCUA_READ_* variables or `.env` when built, never at import.

    A megabyte is 1,000,000 bytes. The limits of a step (`cpu_seconds`, `wall_seconds`,
    `memory_mb`) hold for opening one file or reading one page, each in a process of its own.
    """

    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_READ_", env_file=".env", env_ignore_empty=True, extra="ignore",
        frozen=True,
    )  # fmt: skip

    files: Count = 20
    file_mb: Annotated[float, Field(gt=0)] = 20
    pages: Count = 60
    megapixels: Annotated[float, Field(gt=0)] = 40
    cpu_seconds: Count = 30
    wall_seconds: Count = 60
    total_seconds: Count = 600
    memory_mb: Annotated[int, Field(ge=256)] = 1200
    scratch_mb: Count = 100
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    confidence_gate: Share = 0.72
    archive_entries: Count = 200
    archive_mb: Annotated[float, Field(gt=0)] = 100
    archive_ratio: Annotated[float, Field(gt=1)] = 100
    language: Annotated[str, Field(pattern=r"^[a-z_+]+$")] = "vie"
