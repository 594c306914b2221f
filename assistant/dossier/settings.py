"""Settings of dossiers: their key, how long they are kept, templates of the centre, its address."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class DossierSettings(BaseSettings):
    """Read from MOTCUA_* variables or `.env` when built, never at import."""

    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    vault_key: SecretStr | None = None
    dossier_retention_hours: float = Field(default=24.0, gt=0, le=24 * 366)
    dossiers_per_visitor: int = Field(default=20, ge=1, le=10_000)
    template_dir: Path | None = None
    public_url: str | None = None
    centre: str | None = Field(default=None, max_length=200)

    @field_validator("public_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://, for example https://example.vn")
        return value.rstrip("/") if value else None
