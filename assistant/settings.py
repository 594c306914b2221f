"""Settings of the assistant package: the optional language model; without `llm` there is none."""

from __future__ import annotations

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# Provider as LangChain names it -> the package that must be installed, and our extra for it.
PROVIDERS = {
    "openai": ("langchain_openai", "openai"),
    "ollama": ("langchain_ollama", "ollama"),
    "google_genai": ("langchain_google_genai", "gemini"),
    "anthropic": ("langchain_anthropic", "anthropic"),
}
_HOSTED = ("openai:", "google_genai:", "anthropic:")
_OTHER_NAMES = {"gemini": "google_genai", "google": "google_genai", "claude": "anthropic"}


class AssistantSettings(BaseSettings):
    """Read from MOTCUA_* variables or `.env` when built, never at import. Times are seconds,
    prices are per million tokens, in whatever currency costs are to be counted in."""

    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    llm: str | None = None
    llm_base_url: str | None = None
    llm_api_key: SecretStr | None = Field(default=None, validate_default=True)
    llm_timeout: float = Field(default=20.0, gt=0, le=600)
    llm_total_timeout: float = Field(default=45.0, gt=0, le=1800)
    llm_retries: int = Field(default=2, ge=0, le=10)
    llm_max_tokens: int = Field(default=2500, ge=16, le=100_000)
    llm_temperature: float | None = Field(default=None, ge=0, le=2)
    llm_input_price: float = Field(default=0.0, ge=0)
    llm_output_price: float = Field(default=0.0, ge=0)
    llm_breaker_failures: int = Field(default=4, ge=1, le=1000)
    llm_breaker_pause: float = Field(default=30.0, gt=0, le=3600)

    @field_validator("llm")
    @classmethod
    def _is_provider_and_model(cls, value: str | None) -> str | None:
        if value is None:
            return None
        provider, _, model = value.partition(":")
        provider = _OTHER_NAMES.get(provider, provider)
        if provider not in PROVIDERS or not model.strip():
            raise ValueError(
                "must be provider:model, for example ollama:qwen3:8b; providers: "
                + ", ".join(PROVIDERS)
            )
        return f"{provider}:{model.strip()}"

    @field_validator("llm_base_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError(
                "must begin with http:// or https://, for example http://127.0.0.1:8000/v1"
            )
        return value

    @field_validator("llm_api_key")
    @classmethod
    def _opens_a_hosted_model(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        """A hosted model needs a key; a server of one's own is known by its address."""
        model = info.data.get("llm") or ""
        if model.startswith(_HOSTED) and not value and not info.data.get("llm_base_url"):
            raise ValueError(
                f"is needed for {model}, or MOTCUA_LLM_BASE_URL for a server of your own"
            )
        return value

    @property
    def llm_provider(self) -> str:
        """The provider's name; empty without a model."""
        return (self.llm or "").partition(":")[0]

    @property
    def llm_model(self) -> str:
        """The model's name at the provider; empty without a model."""
        return (self.llm or "").partition(":")[2]
