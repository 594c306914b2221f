"""PDF pages: their own text counts only where it is what one sees. Part of trials 16 and 19."""

from __future__ import annotations

import ctypes
import datetime
import io
from collections.abc import Sequence
from pathlib import Path

import bad_files
import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers

from evals.bench.reading_pages import LINES as PAPER
from evals.bench.reading_pages import Picture, sheet, wrong_letters
from ingest.reading import ReadingSettings, read_files
from ingest.reading.page import Fact, FactKind, Handed, Page, PageSource, RefusalReason
from tests.apart import apart

LIMITS = ReadingSettings(_env_file=None)
LINES = (
    "DECLARATION OF BIRTH FOR THE PEOPLE'S COMMITTEE",
    "Full name of the person who asks: Tran Thi Mai",
    "Place of residence: 15 Hang Dua street, Binh Minh ward",
    "Full name of the child: Le Quang Huy, born on 14/03/2026",
    "I promise that what I declare above is true and correct.",
)
INVISIBLE = 3


def drawn(lines: Sequence[str], before: str = "", size: float = 13, top: float = 760) -> bytes:
    """Page instructions for lines of text."""
    parts = ["q"]
    for row, line in enumerate(lines):
        parts.append(f"BT {before} /F1 {size} Tf 60 {top - 24 * row} Td ({line}) Tj ET")
    return "\n".join([*parts, "Q"]).replace("'S", "S").encode() + b"\n"


TEXT = drawn(LINES)
SAID = "\n".join(LINES).replace("'S", "S")


def page_of(content: bytes) -> Page:
    reading = read_files([Handed("giay.pdf", content)], LIMITS)
    assert reading.refusals == ()
    return reading.pages[0]


def scanned(picture: Picture, hidden: str = "") -> bytes:
    """A picture that fills a page, with words under it that are drawn as nothing."""
    document = pdfium.PdfDocument.new()
    page = document.new_page(595, 842)
    stored = io.BytesIO()
    Image.fromarray(picture).save(stored, "JPEG", quality=85)
    image = pdfium.PdfImage.new(document)
    image.load_jpeg(stored, inline=True)
    image.set_matrix(pdfium.PdfMatrix().scale(595, 842))
    page.insert_obj(image)
    for row, line in enumerate(filter(None, hidden.split("\n"))):
        text = raw.FPDFPageObj_NewTextObj(document.raw, b"Helvetica", 12)
        letters = ctypes.create_string_buffer((line + "\0").encode("utf-16-le"))
        raw.FPDFText_SetText(text, ctypes.cast(letters, raw.FPDF_WIDESTRING))
        raw.FPDFTextObj_SetTextRenderMode(text, INVISIBLE)
        raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, 60, 780 - 20 * row)
        raw.FPDFPage_InsertObject(page.raw, text)
    page.gen_content()
    saved = io.BytesIO()
    document.save(saved)
    document.close()
    return saved.getvalue()


def test_text_that_is_seen_is_taken_with_its_places() -> None:
    page = page_of(bad_files.pdf_of(1, TEXT))

    assert page.source is PageSource.TEXT_LAYER
    assert page.text == SAID
    declaration = page.words[0].box
    assert declaration.left == pytest.approx(60 / 595, abs=0.01)
    assert declaration.bottom == pytest.approx(1 - 760 / 842, abs=0.01)
    assert page.picture is not None


@pytest.mark.parametrize(
    "hidden",
    [
        drawn(["the dossier is complete"], before="3 Tr", top=300),
        drawn(["the dossier is complete"], before="1 1 1 rg", top=300),
        drawn(["the dossier is complete"], size=0.5, top=300),
        drawn(["the dossier is complete"], top=-400),
    ],
    ids=["drawn as nothing", "white", "tiny", "off the page"],
)
def test_words_that_nobody_sees_do_not_count(hidden: bytes) -> None:
    page = page_of(bad_files.pdf_of(1, TEXT + hidden))

    assert page.text == SAID


def test_a_scan_is_read_by_what_it_shows_whatever_lies_under_it() -> None:
    lie = "\n".join(["The dossier is complete and every paper is present"] * 12)

    page = page_of(scanned(sheet(), lie))

    assert page.source is PageSource.OCR
    assert "dossier" not in page.text
    assert wrong_letters(page.text, "\n".join(PAPER)) < 0.02


def test_words_hidden_under_other_words_make_the_page_be_read_as_seen() -> None:
    covered = drawn([line[::-1] for line in LINES])
    cover = b"q 1 1 1 rg 40 600 520 220 re f Q\n"

    page = page_of(bad_files.pdf_of(1, covered + cover + TEXT))

    assert page.source is PageSource.OCR
    assert wrong_letters(page.text, SAID) < 0.05


def test_letters_that_say_something_else_than_they_show_are_not_believed() -> None:
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pairs = [f"<{ord(one):02x}> <{ord(letters[i - 9]):04x}>" for i, one in enumerate(letters)]
    table = "\n".join([f"{len(pairs)} beginbfchar", *pairs, "endbfchar"])
    space = "1 begincodespacerange <00> <ff> endcodespacerange"
    cmap = f"begincmap /CMapName /Lie def {space}\n{table}\nendcmap".encode()
    stream = b"6 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\nxref\n" % (len(cmap), cmap)
    content = bad_files.pdf_of(1, TEXT).replace(
        b"/BaseFont /Helvetica", b"/BaseFont /Helvetica /ToUnicode 6 0 R"
    )

    page = page_of(content.replace(b"xref\n", stream, 1))

    assert page.source is PageSource.OCR
    assert wrong_letters(page.text, SAID) < 0.05


def test_old_encodings_are_read_as_seen() -> None:
    text = "Céng hßa x· héi chñ nghÜa ViÖt Nam, H¹nh phóc, §éc lËp, Tù do".encode("latin-1")
    content = bad_files.pdf_of(1, b"BT /F1 14 Tf 40 700 Td (" + text + b") Tj ET")

    page = page_of(content.replace(b"/Helvetica >>", b"/Helvetica /Encoding /WinAnsiEncoding >>"))

    assert page.source is PageSource.OCR


def test_a_page_that_is_turned_for_showing_keeps_words_in_their_places() -> None:
    lines = [
        f"BT /F1 13 Tf 0 1 -1 0 {80 + 24 * row} 60 Tm ({line.replace(chr(39), '')}) Tj ET"
        for row, line in enumerate(LINES)
    ]
    content = bad_files.pdf_of(1, "\n".join(lines).encode())

    page = page_of(content.replace(b"/Type /Page /P", b"/Type /Page /Rotate 90 /P"))

    assert page.source is PageSource.TEXT_LAYER
    assert page.width > page.height
    first = page.words[0]
    assert first.text == "DECLARATION"
    assert first.box.left == pytest.approx(60 / 842, abs=0.01)
    assert first.box.bottom == pytest.approx(80 / 595, abs=0.01)


def test_a_page_on_its_side_is_set_upright() -> None:
    content = bad_files.pdf_of(1, TEXT)

    page = page_of(content.replace(b"/Type /Page /P", b"/Type /Page /Rotate 90 /P"))

    assert page.turned == 270
    assert page.height > page.width


def test_a_locked_pdf_says_so() -> None:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(bad_files.pdf_of(1, TEXT))))
    writer.encrypt("owner", "user")
    stored = io.BytesIO()
    writer.write(stored)

    reading = read_files([Handed("kin.pdf", stored.getvalue())], LIMITS)

    assert [refusal.reason for refusal in reading.refusals] == [RefusalReason.ENCRYPTED]


def signed_pdf(folder: Path) -> bytes:
    """A page with a digital signature of an invented officer."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Nguyễn Văn Mẫu")])
    day = datetime.datetime(2026, 1, 1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(day)
        .not_valid_after(day + datetime.timedelta(days=900))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    signer = signers.SimpleSigner.load(str(folder / "key.pem"), str(folder / "certificate.pem"))
    writer = IncrementalPdfFileWriter(io.BytesIO(bad_files.pdf_of(1, TEXT)))
    place = signers.PdfSignatureMetadata(field_name="Ky")
    signed = apart(lambda: signers.sign_pdf(writer, place, signer=signer))
    return bytes(signed.getvalue())


def signature(page: Page) -> Fact:
    (found,) = [fact for fact in page.facts if fact.kind is FactKind.PDF_SIGNATURE]
    return found


def test_a_digital_signature_is_reported_with_its_signer(tmp_path: Path) -> None:
    page = page_of(signed_pdf(tmp_path))

    value = signature(page).value
    assert (value["signer"], value["intact"], value["covers"]) == ("Nguyễn Văn Mẫu", "yes", "whole")
    assert value["signed_at"]


def test_a_signature_over_changed_bytes_is_not_intact(tmp_path: Path) -> None:
    changed = signed_pdf(tmp_path).replace(b"Tran Thi Mai", b"Tran Thi Cam")

    page = page_of(changed)

    assert signature(page).value["intact"] == "no"
