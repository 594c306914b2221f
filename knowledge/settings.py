"""Settings of the knowledge package: where data lives, which database, vectors and model."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.errors import KnowledgeError

BUNDLED_MODEL = Path(__file__).parent / "model"


class InvalidSettings(KnowledgeError):
    """One or more MOTCUA_* settings are wrong; all are named at once."""


class KnowledgeSettings(BaseSettings):
    """Read from MOTCUA_* variables or `.env` when built, never at import."""

    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Path("var")
    database_url: SecretStr | None = None
    chroma_url: str | None = None
    embedding_model: str | None = None

    @field_validator("chroma_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError(
                "must begin with http:// or https://, for example http://127.0.0.1:8000"
            )
        return value

    @property
    def sql_url(self) -> str:
        """The database of the catalogue: SQLite under `data_dir` unless a URL is set."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'motcua.db'}"

    @property
    def index_dir(self) -> Path:
        """Where index generations live."""
        return self.data_dir / "index"

    @property
    def model_path(self) -> str:
        """A directory or a model name; the bundled model unless set."""
        return self.embedding_model or str(BUNDLED_MODEL)


S = TypeVar("S", bound=BaseSettings)


def read_settings(cls: type[S]) -> S:
    """Build settings of `cls`; raises InvalidSettings naming every wrong variable, no values."""
    try:
        return cls()
    except ValidationError as error:
        prefix = cls.model_config.get("env_prefix", "")
        problems = [
            f"{prefix}{'_'.join(map(str, e['loc']))}".upper() + f": {e['msg']}"
            for e in error.errors(include_input=False)
        ]
        raise InvalidSettings("Wrong settings:\n  " + "\n  ".join(problems)) from error
