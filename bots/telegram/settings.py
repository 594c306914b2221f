"""Settings of the Telegram bot: MOTCUA_TELEGRAM_* variables or lines of `.env`."""

from __future__ import annotations

import hashlib
import hmac

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_CLOUD = "https://api.telegram.org"
_MEGABYTE = 1024 * 1024


class TelegramSettings(BaseSettings):
    """Read when built, never at import. Times are seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_TELEGRAM_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    token: SecretStr
    secret: SecretStr | None = None
    """What Telegram says with each webhook call; made from the token unless set."""
    api_url: str = _CLOUD
    workers: int = Field(default=1, ge=1, le=64)
    """Processes that answer; with 1 the serving process answers itself."""
    threads: int = Field(default=4, ge=1, le=64)
    """Updates that one worker handles at the same time."""
    lease: float = Field(default=20, ge=0.2, le=3600)
    """An update whose worker shows no life for so long is taken by another."""
    tries: int = Field(default=5, ge=1, le=100)
    chat_queue: int = Field(default=200, ge=1, le=100_000)
    """Updates of one chat that may wait; what comes beyond is answered once and not stored."""
    sends_per_second: float = Field(default=30, gt=0, le=10_000)
    chat_sends_per_second: float = Field(default=1, gt=0, le=1000)
    group_sends_per_minute: float = Field(default=20, gt=0, le=10_000)
    give_up_hours: float = Field(default=24, gt=0, le=720)
    """A message that could not be sent for so long is dropped, and reported."""
    keep_hours: float = Field(default=24, ge=0, le=720)
    """How long the body of a handled update is kept."""
    remember_days: float = Field(default=14, ge=1, le=365)
    """How long the number of an update is kept, to know it when it comes again."""
    drain: float = Field(default=25, ge=0, le=600)
    """How long a stop may take."""
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535)

    @field_validator("token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr) -> SecretStr:
        number, _, rest = value.get_secret_value().partition(":")
        if not number.isdigit() or not rest:
            raise ValueError("a token of @BotFather looks like 123456789:AA…")
        return value

    @field_validator("secret")
    @classmethod
    def _is_a_secret(cls, value: SecretStr | None) -> SecretStr | None:
        """Telegram takes 1 to 256 letters, digits, _ and -; ours has at least 16."""
        if value is None:
            return None
        said = value.get_secret_value()
        plain = said.replace("_", "").replace("-", "")
        if not (16 <= len(said) <= 256 and plain.isascii() and plain.isalnum()):
            raise ValueError("16 to 256 characters A-Z a-z 0-9 _ -")
        return value

    @field_validator("api_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("an address, for example http://127.0.0.1:8081")
        return value.rstrip("/")

    @property
    def bot_id(self) -> int:
        """The number before the colon of the token."""
        return int(self.token.get_secret_value().partition(":")[0])

    @property
    def webhook_secret(self) -> str:
        """What Telegram must say with each call of the webhook."""
        if self.secret is not None:
            return self.secret.get_secret_value()
        token = self.token.get_secret_value().encode()
        return hmac.new(token, b"motcua webhook", hashlib.sha256).hexdigest()

    @property
    def is_local(self) -> bool:
        """Whether a Bot API server of one's own is used; it has no limit of 20 MB."""
        return self.api_url != _CLOUD

    @property
    def file_limit(self) -> int:
        """Bytes of the largest file that can be fetched (core.telegram.org/bots/api#getfile)."""
        return (2000 if self.is_local else 20) * _MEGABYTE
