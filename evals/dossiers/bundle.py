"""Makes the files of a dossier, as a person would hand them in.

files_of(dossier) -> list[Handed]      the same bytes for the same dossier
"""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from evals.dossiers.cards import draw_card, machine_lines, qr_of
from evals.dossiers.defects import world_of
from evals.dossiers.degrade import Treatment, handed_over
from evals.dossiers.papers import looks_of, read_papers
from evals.dossiers.pdf import PdfPage, write_pdf
from evals.dossiers.pen import Run
from evals.dossiers.plan import Bundle, Dossier, Sheet
from evals.dossiers.sheets import Ask, Drawn, draw_sheet
from evals.dossiers.word import write_word
from evals.errors import EvalError
from ingest.reading.page import Handed

_DAY = (2026, 9, 1, 0, 0, 0)
_NAMES = {"dev": "anh", "test": "IMG_20"}


@dataclass(frozen=True)
class HandedPage:
    """A page as it arrives; `runs` only where the words are given as text."""

    picture: Image.Image
    quality: int
    runs: tuple[Run, ...] = ()


def files_of(dossier: Dossier) -> list[Handed]:
    """Every file of a dossier, in the order in which its papers lie."""
    if dossier.bundle is Bundle.WORD:
        return _with_word(dossier)
    pages = [_page(dossier, group) for group in _groups(dossier.sheets)]
    if dossier.bundle in (Bundle.ONE_PDF, Bundle.TEXT_PDF):
        return [Handed("ho-so.pdf", _pdf(pages, dossier.hidden))]
    if dossier.bundle is Bundle.PDF_EACH:
        return [
            Handed(f"giay-{i}.pdf", _pdf([page], dossier.hidden if i == 1 else None))
            for i, page in enumerate(pages, 1)
        ]
    if dossier.bundle is Bundle.TIFF:
        return [Handed("quet.tif", _tiff(pages))]
    return _pictures(dossier, pages)


def _groups(sheets: Sequence[Sheet]) -> list[list[Sheet]]:
    """Sheets by page: a sheet beside another shares its page."""
    groups: list[list[Sheet]] = []
    for sheet in sheets:
        if sheet.beside and groups:
            groups[-1].append(sheet)
        else:
            groups.append([sheet])
    return groups


def ask_of(dossier: Dossier, sheet: Sheet, *, printed: bool = True) -> Ask:
    """What is to be drawn for a sheet."""
    world = world_of(dossier)
    for path, value in sheet.changes:
        world = world.changed(path, value)
    looks, kind = looks_of(dossier.half), read_papers()[sheet.paper]
    values = world.values(sheet.holder)
    passport = kind.card is not None and kind.card.mrz == "passport"
    return Ask(
        kind=kind,
        values=values,
        half=dossier.half,
        looks=looks,
        style=looks.styles[sheet.style],
        seed=sheet.seed,
        by_hand=sheet.by_hand,
        signed=sheet.signed,
        certified=sheet.certified,
        code=sheet.code,
        issued_with=sheet.issued_with,
        smudged=sheet.smudged,
        note=sheet.note,
        printed=printed,
        qr=qr_of(values["h"]),
        mrz=machine_lines(values["h"], passport),
    )


def draw(dossier: Dossier, sheet: Sheet, *, printed: bool = True) -> Drawn:
    """One paper, fresh from the printer."""
    ask = ask_of(dossier, sheet, printed=printed)
    return draw_card(ask) if ask.kind.card else draw_sheet(ask)


def _page(dossier: Dossier, group: Sequence[Sheet]) -> HandedPage:
    effect = looks_of(dossier.half).effects[group[0].effect]
    if dossier.bundle is Bundle.TEXT_PDF and _is_typed(group):
        drawn = draw(dossier, group[0], printed=False)
        return HandedPage(drawn.image, effect.quality, drawn.runs)
    images = [draw(dossier, sheet).image for sheet in group]
    image = images[0] if len(images) == 1 else _side_by_side(images)
    first = group[0]
    treated = handed_over(image, Treatment(effect, first.seed, first.turn, first.flaw))
    return HandedPage(treated, effect.quality)


def _is_typed(group: Sequence[Sheet]) -> bool:
    """Whether a citizen makes this paper on a computer; cards and sealed papers are scanned."""
    kind = read_papers()[group[0].paper]
    return len(group) == 1 and kind.form and not kind.card and not kind.seal


def _side_by_side(images: Sequence[Image.Image]) -> Image.Image:
    """Two papers on one landscape page of a copier."""
    height = 1500
    fitted = [i.resize((int(i.width * height / i.height), height)) if i.height > i.width
              else i.resize((1060, int(i.height * 1060 / i.width))) for i in images]  # fmt: skip
    page = Image.new("RGB", (sum(i.width for i in fitted) + 40, height + 20), (252, 252, 252))
    left = 10
    for image in fitted:
        page.paste(image, (left, 10))
        left += image.width + 20
    return page


def _pdf(pages: Sequence[HandedPage], hidden: str | None) -> bytes:
    return write_pdf(
        [
            PdfPage(page.picture, page.quality, page.runs, hidden if i == 0 else None)
            for i, page in enumerate(pages)
        ]
    )


def _encoded(page: HandedPage, kind: str) -> bytes:
    stream = io.BytesIO()
    if kind == "PNG":
        page.picture.save(stream, "PNG", compress_level=3)
    else:
        page.picture.save(stream, kind, quality=page.quality)
    return stream.getvalue()


def _tiff(pages: Sequence[HandedPage]) -> bytes:
    stream = io.BytesIO()
    first, *rest = [page.picture for page in pages]
    first.save(stream, "TIFF", save_all=True, append_images=rest, compression="jpeg", quality=85)
    return stream.getvalue()


def _pictures(dossier: Dossier, pages: Sequence[HandedPage]) -> list[Handed]:
    endings = {Bundle.PNG: "PNG", Bundle.WEBP: "WEBP"}
    kind = endings.get(dossier.bundle, "JPEG")
    ending = {"JPEG": "jpg"}.get(kind, kind.lower())
    name = _NAMES[dossier.half]
    if dossier.bundle is Bundle.HEIC:
        return [Handed(f"{name}{i}.heic", _heic(page)) for i, page in enumerate(pages, 1)]
    files = [Handed(f"{name}{i}.{ending}", _encoded(page, kind)) for i, page in enumerate(pages, 1)]
    return [Handed("ho-so.zip", _zipped(files))] if dossier.bundle is Bundle.ZIP else files


def _zipped(files: Sequence[Handed]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name, _DAY), file.content)
    return stream.getvalue()


def _heic(page: HandedPage) -> bytes:
    """As phones of one maker hand pictures in; needs Debian's libheif-examples."""
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name) / "page.png", Path(name) / "page.heic"
        page.picture.save(source)
        command = ["heif-enc", "-q", "60", "-p", "preset=ultrafast", "-o", str(target), str(source)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=120)
        except FileNotFoundError as error:
            raise EvalError("heif-enc is missing: apt-get install libheif-examples") from error
        return target.read_bytes()


def _with_word(dossier: Dossier) -> list[Handed]:
    """Papers filled in on a computer as Word files, the others as pictures."""
    files = []
    for i, group in enumerate(_groups(dossier.sheets), 1):
        if _is_typed(group) and not read_papers()[group[0].paper].plan:
            files.append(Handed(f"to-khai-{i}.docx", write_word(ask_of(dossier, group[0]))))
        else:
            page = _page(dossier, group)
            files.append(Handed(f"{_NAMES[dossier.half]}{i}.jpg", _encoded(page, "JPEG")))
    return files
