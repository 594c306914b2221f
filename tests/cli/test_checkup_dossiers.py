"""What `motcua doctor` says about reading and keeping dossiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.dossier.settings import DossierSettings
from bots.cli import checkup_dossiers
from bots.cli.checkup import Finding
from bots.cli.checkup_dossiers import examine_dossiers
from ingest.settings import ReadingSettings

KEY = "ab" * 32


def examined(
    data_dir: Path, programs: tuple[str, ...] = (), key: str | None = None, language: str = "vie"
) -> dict[str, Finding]:
    found = examine_dossiers(
        data_dir,
        ReadingSettings(_env_file=None, language=language),
        DossierSettings(_env_file=None, vault_key=key),
        lambda name: f"/bin/{name}" if name in programs else None,
    )
    return {one.name: one for one in found}


@pytest.fixture(autouse=True)
def only_vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup_dossiers, "_languages", lambda program: "List of (1):\nvie\n")


def test_what_is_missing_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    found = examined(tmp_path)

    assert [found[name].state for name in ("đọc ảnh", "tệp .doc", "giấy gửi ra")] == ["warning"] * 3
    assert "tesseract-ocr-vie" in found["đọc ảnh"].todo
    assert "antiword" in found["tệp .doc"].todo
    assert "libreoffice-writer-nogui" in found["giấy gửi ra"].todo


def test_all_programs_are_found(tmp_path: Path) -> None:
    found = examined(tmp_path, ("tesseract", "antiword", "libreoffice"), KEY)

    assert {one.state for one in found.values()} == {"ok"}


def test_a_language_that_tesseract_lacks_is_named(tmp_path: Path) -> None:
    found = examined(tmp_path, ("tesseract",), language="vie+eng")

    assert found["đọc ảnh"].state == "warning"
    assert found["đọc ảnh"].detail == "tesseract thiếu: eng"


def test_looking_for_the_key_makes_none(tmp_path: Path) -> None:
    found = examined(tmp_path)

    assert found["khóa hồ sơ"].state == "warning"
    assert "MOTCUA_VAULT_KEY" in found["khóa hồ sơ"].todo
    assert not (tmp_path / "vault").exists()


def test_a_key_that_is_none_is_an_error(tmp_path: Path) -> None:
    found = examined(tmp_path, key="ngắn quá")

    assert found["khóa hồ sơ"].state == "error"
    assert "openssl rand" in found["khóa hồ sơ"].detail


def test_a_kept_key_that_others_can_read_is_told(tmp_path: Path) -> None:
    kept = tmp_path / "vault" / "key"
    kept.parent.mkdir()
    kept.write_text(KEY)
    kept.chmod(0o644)
    assert examined(tmp_path)["khóa hồ sơ"].state == "warning"

    kept.chmod(0o600)

    assert examined(tmp_path)["khóa hồ sơ"].state == "ok"
