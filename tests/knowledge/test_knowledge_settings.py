"""Settings: every mistake at once, no secret told, every one documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.settings import InvalidSettings, KnowledgeSettings, read_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in KnowledgeSettings.model_fields:
        monkeypatch.delenv(f"MOTCUA_{name.upper()}", raising=False)


def test_without_settings_everything_is_local() -> None:
    found = read_settings(KnowledgeSettings)

    assert found.sql_url == "sqlite:///var/motcua.db"
    assert found.index_dir == Path("var/index")
    assert Path(found.model_path).name == "model"
    assert found.chroma_url is None


def test_settings_are_read_from_environment_and_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("MOTCUA_DATA_DIR=/srv\nMOTCUA_OTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("MOTCUA_DATABASE_URL", "postgresql://ai:bi-mat-42@db/x")

    found = read_settings(KnowledgeSettings)

    assert found.sql_url == "postgresql://ai:bi-mat-42@db/x"
    assert found.index_dir == Path("/srv/index")
    assert "bi-mat-42" not in repr(found)


def test_an_empty_setting_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", "")
    monkeypatch.setenv("MOTCUA_CHROMA_URL", "")

    assert read_settings(KnowledgeSettings).sql_url.startswith("sqlite:")


def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_CHROMA_URL", "ftp://ai:bi-mat-42@chroma")

    with pytest.raises(InvalidSettings, match=r"MOTCUA_CHROMA_URL.*http://") as caught:
        read_settings(KnowledgeSettings)

    assert "bi-mat-42" not in str(caught.value)


class Strict(BaseSettings):
    """Settings of which several can be wrong."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_")

    one: int
    two: int
    three: Path


def test_every_wrong_setting_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_ONE", "bi-mat-42")
    monkeypatch.setenv("MOTCUA_TWO", "x")

    with pytest.raises(InvalidSettings) as caught:
        read_settings(Strict)

    assert all(f"MOTCUA_{name}" in str(caught.value) for name in ("ONE", "TWO", "THREE"))
    assert "bi-mat-42" not in str(caught.value)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings(KnowledgeSettings).data_dir = Path()  # type: ignore[misc]


@pytest.mark.parametrize("name", sorted(KnowledgeSettings.model_fields))
def test_the_documentation_mentions_every_setting(name: str) -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]

    assert any(f"MOTCUA_{name.upper()}" in page.read_text(encoding="utf-8") for page in pages)
