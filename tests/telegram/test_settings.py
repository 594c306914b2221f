"""Settings of the bot: documented, validated, masked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bots.telegram.settings import TelegramSettings

DOC = Path(__file__).parents[2] / "docs" / "telegram.md"
TOKEN = "4242:AA-bi-mat"


def settings(**values: Any) -> TelegramSettings:
    return TelegramSettings(_env_file=None, **{"token": TOKEN, **values})


def test_the_guide_names_every_setting_with_its_default() -> None:
    text = DOC.read_text(encoding="utf-8")

    for name, field in TelegramSettings.model_fields.items():
        (line,) = [x for x in text.splitlines() if f"`MOTCUA_TELEGRAM_{name.upper()}` |" in x]
        if isinstance(field.default, int | float):
            assert f"| {field.default:g} |" in line


@pytest.mark.parametrize(
    "values",
    [
        {"token": "khong-phai"},
        {"token": ":AA"},
        {"secret": "ngan"},
        {"secret": "có dấu 0123456789"},
        {"api_url": "api.telegram.org"},
        {"workers": 0},
        {"sends_per_second": 0},
    ],
)
def test_what_makes_no_sense_is_refused_without_showing_a_secret(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**values)

    assert len(refused.value.errors()) == 1


def test_secrets_are_masked() -> None:
    shown = repr(settings(secret="bi-mat-0123456789"))

    assert "AA-bi-mat" not in shown
    assert "0123456789" not in shown


def test_the_webhook_secret_is_made_from_the_token_unless_set() -> None:
    assert settings().webhook_secret == settings().webhook_secret
    assert settings().webhook_secret != settings(token="4242:AA-khac").webhook_secret
    assert "AA-bi-mat" not in settings().webhook_secret
    assert settings(secret="bi-mat-0123456789").webhook_secret == "bi-mat-0123456789"


def test_only_a_server_of_ones_own_lifts_the_limit_of_files() -> None:
    assert settings().file_limit == 20 * 1024 * 1024
    assert settings(api_url="http://127.0.0.1:8081/").file_limit > 1000 * 1024 * 1024
