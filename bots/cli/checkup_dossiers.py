"""`motcua doctor` on checking dossiers: the programs that read and write papers, and the key."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from assistant.dossier.settings import DossierSettings
from assistant.dossier.vault import Vault
from assistant.errors import VaultError
from bots.cli.checkup import Finding
from ingest.settings import ReadingSettings

Which = Callable[[str], str | None]
Languages = Callable[[str], str]
_PATIENCE = 20  # seconds for a program to tell its languages


def examine_dossiers(
    data_dir: Path, reading: ReadingSettings, own: DossierSettings, which: Which = shutil.which
) -> list[Finding]:
    """Look at what photos, Word files, papers out and the vault need; none raises."""
    return [
        _recognition(reading.language, which),
        _old_word(which),
        _office(which),
        _key(data_dir / "vault", own),
    ]


def _recognition(language: str, which: Which, told: Languages | None = None) -> Finding:
    """Tesseract with every language that is set."""
    program = which("tesseract")
    todo = "Chạy `tools/debian-packages tesseract-ocr tesseract-ocr-vie`."
    if program is None:
        return Finding("đọc ảnh", "warning", "không có tesseract, ảnh chụp sẽ bị từ chối", todo)
    known = (told or _languages)(program).split()
    missing = [one for one in language.split("+") if one not in known]
    if missing:
        return Finding("đọc ảnh", "warning", f"tesseract thiếu: {', '.join(missing)}", todo)
    return Finding("đọc ảnh", "ok", f"tesseract, {language}")


def _languages(program: str) -> str:
    """What `--list-langs` prints, or nothing when the program does not answer."""
    try:
        done = subprocess.run(
            [program, "--list-langs"],
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            text=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _old_word(which: Which) -> Finding:
    """What opens .doc files: antiword, or LibreOffice alone."""
    if which("antiword"):
        return Finding("tệp .doc", "ok", "antiword")
    todo = "Chạy `tools/debian-packages antiword`."
    return Finding("tệp .doc", "warning", "không có antiword, tệp .doc sẽ bị từ chối", todo)


def _office(which: Which) -> Finding:
    """What makes PDFs of the papers that go out."""
    program = which("soffice") or which("libreoffice")
    if program:
        return Finding("giấy gửi ra", "ok", "LibreOffice")
    todo = "Chạy `tools/debian-packages libreoffice-writer-nogui fonts-croscore`."
    return Finding("giấy gửi ra", "warning", "không có LibreOffice: chỉ ghi được DOCX", todo)


def _key(vault: Path, own: DossierSettings) -> Finding:
    """The key above all dossiers' keys; looking makes none."""
    kept = vault / "key"
    if own.vault_key is None and not kept.is_file():
        detail = f"chưa có; lần đầu kiểm tra hồ sơ sẽ tạo trong {kept}"
        return Finding(
            "khóa hồ sơ", "warning", detail, "Đặt MOTCUA_VAULT_KEY, cất bản sao ở nơi khác."
        )
    try:
        Vault.open(vault, own.vault_key.get_secret_value() if own.vault_key else None)
    except (VaultError, OSError) as error:
        return Finding("khóa hồ sơ", "error", str(error), "Xem lại MOTCUA_VAULT_KEY.")
    if own.vault_key is not None:
        return Finding("khóa hồ sơ", "ok", "từ MOTCUA_VAULT_KEY")
    if kept.stat().st_mode & 0o077:
        return Finding("khóa hồ sơ", "warning", f"{kept} người khác đọc được", f"chmod 600 {kept}")
    todo = "Cất một bản sao ở nơi khác; mất khóa là mất mọi hồ sơ."
    return Finding("khóa hồ sơ", "ok", f"tệp {kept}", todo)
