"""DOCX to PDF by LibreOffice, in a process group of its own with a time limit."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.errors import PaperError

_TIMEOUT = 90.0  # seconds; the first start on a busy office PC takes ten
_PACKAGE = "libreoffice-writer-nogui"
# Debian's Liberation Serif, which stands in for Times New Roman, lacks most Vietnamese letters and
# would mix them with those of another face. These have all, and Tinos even the same measures.
_FACE = "Times New Roman"
_STAND_INS = ("Tinos", "Noto Serif")


def pdf_of(document: bytes, timeout: float = _TIMEOUT) -> bytes:
    """`document` (DOCX) as PDF; raises PaperError naming what to install, or that it failed."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise PaperError(
            "Máy này chưa có LibreOffice nên không in ra PDF được; "
            f"cài gói Debian {_PACKAGE} (apt-get install {_PACKAGE}), hoặc lấy bản DOCX."
        )
    with TemporaryDirectory(prefix="motcua-") as folder:
        source = Path(folder) / "paper.docx"
        source.write_bytes(_in_a_whole_face(document))
        _convert(program, source, timeout)
        try:
            return source.with_suffix(".pdf").read_bytes()
        except OSError as error:
            raise PaperError("LibreOffice không viết được tệp PDF; lấy bản DOCX.") from error


def _in_a_whole_face(document: bytes) -> bytes:
    """The document in a face that has every Vietnamese letter, where Times New Roman is missing."""
    face = next((one for one in (_FACE, *_STAND_INS) if _is_installed(one)), _FACE)
    if face == _FACE:
        return document
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(written, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith(".xml"):
                content = content.replace(f'"{_FACE}"'.encode(), f'"{face}"'.encode())
            new.writestr(part, content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


@cache
def _is_installed(face: str) -> bool:
    """Whether fontconfig knows the face itself, not one that stands in for it."""
    try:
        command = ["fc-match", "--format", "%{family}", face]
        found = subprocess.run(command, capture_output=True, timeout=20, check=False, text=True)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return face in found.stdout.split(",")


def _convert(program: str, source: Path, timeout: float) -> None:
    folder = source.parent
    # A profile of its own: two that share one wait for each other, or fail.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        program,
        profile,
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf:writer_pdf_Export",
    ]
    child = subprocess.Popen(
        [*command, "--outdir", str(folder), str(source)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        cwd=folder,
        start_new_session=True,
    )
    try:
        child.wait(timeout)
    except subprocess.TimeoutExpired as error:
        raise PaperError("LibreOffice chạy quá lâu nên đã dừng; lấy bản DOCX.") from error
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
