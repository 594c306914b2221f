"""Trials 15, 16 and 17: files that mean harm are refused cheaply, and the others go on."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator

import bad_files
import pytest

from evals.bench.reading import Metered
from ingest.reading import ReadingSettings, read_files
from ingest.reading.page import Handed, Reading, RefusalReason
from ingest.reading.pictures import frames
from ingest.reading.reader import Progress
from ingest.reading.sandbox import Sandbox

LIMITS = ReadingSettings(_env_file=None)


@pytest.fixture(scope="module")
def warm() -> Iterator[Metered]:
    sandbox = Metered()
    read_files([Handed("giay.png", b"warm up")], LIMITS, sandbox=sandbox)
    yield sandbox
    sandbox.close()


@pytest.fixture
def sandbox(warm: Metered) -> Metered:
    warm.reset()
    return warm


def reading_of(
    name: str, content: bytes, sandbox: Sandbox, tell: Progress | None = None
) -> Reading:
    return read_files([Handed(name, content)], LIMITS, tell, sandbox)


def reasons(reading: Reading) -> list[RefusalReason]:
    return [refusal.reason for refusal in reading.refusals]


PICTURE = bad_files.small_picture()
ARCHIVES = {
    "a bomb": lambda: bad_files.zipped({"giay.png": bytes(150_000_000)}),
    "a bomb by ratio": lambda: bad_files.zipped({"giay.png": bytes(50_000_000)}),
    "an archive inside": lambda: bad_files.zipped({"trong.zip": bad_files.zipped({"a": b"b"})}),
    "ten thousand entries": lambda: bad_files.zipped(
        {f"{n}.png": b"" for n in range(10_000)}, zipfile.ZIP_STORED
    ),
    "a name that leads out": lambda: bad_files.zipped({"../../giay.png": PICTURE}),
    "an absolute name": lambda: bad_files.zipped({"/etc/giay.png": PICTURE}),
    "a drive": lambda: bad_files.zipped({"C:\\giay.png": PICTURE}),
    "an entry that lies": bad_files.lying_zip,
    "entries that overlap": bad_files.overlapping_zip,
}


@pytest.mark.parametrize("what", ARCHIVES)
def test_an_unsafe_archive_is_refused_before_it_costs_anything(what: str, sandbox: Metered) -> None:
    content = ARCHIVES[what]()
    began = time.process_time(), time.monotonic()

    reading = reading_of("ho-so.zip", content, sandbox)

    assert set(reasons(reading)) <= {RefusalReason.ARCHIVE_UNSAFE, RefusalReason.DAMAGED}
    assert reading.refusals
    assert reading.pages == ()
    assert sandbox.cpu_seconds + time.process_time() - began[0] < 2
    assert sandbox.peak_mb < 200


def test_a_locked_archive_says_so(sandbox: Metered) -> None:
    reading = reading_of("ho-so.zip", bad_files.locked_zip(), sandbox)

    assert reasons(reading) == [RefusalReason.ENCRYPTED]


def test_the_numbers_of_a_refused_archive_are_told(sandbox: Metered) -> None:
    reading = reading_of("ho-so.zip", ARCHIVES["ten thousand entries"](), sandbox)

    assert reading.refusals[0].detail == {"why": "entries", "limit": "200", "found": "10000"}


def test_good_members_of_an_archive_are_read_and_bad_ones_named(sandbox: Metered) -> None:
    content = bad_files.zipped({"giấy 1.png": PICTURE, "vi-rut.exe": b"MZ\x90\x00" + bytes(80)})

    reading = reading_of("ho-so.zip", content, sandbox)

    assert [page.file for page in reading.pages] == ["ho-so.zip/giấy 1.png"]
    assert [(r.file, r.reason) for r in reading.refusals] == [
        ("ho-so.zip/vi-rut.exe", RefusalReason.UNKNOWN_TYPE)
    ]


def test_fifty_thousand_pages_are_refused_without_reading_one(sandbox: Metered) -> None:
    reading = reading_of("dai.pdf", bad_files.pdf_of(50_000), sandbox)

    assert reasons(reading) == [RefusalReason.TOO_MANY_PAGES]
    assert reading.refusals[0].detail == {"limit": "60", "found": "50000"}
    assert sandbox.cpu_seconds < 2


def test_a_pdf_that_unpacks_to_half_a_gigabyte_ends_within_its_limits(sandbox: Metered) -> None:
    limits = LIMITS.model_copy(update={"cpu_seconds": 8, "wall_seconds": 20, "memory_mb": 300})

    reading = read_files([Handed("bom.pdf", bad_files.bomb_pdf())], limits, None, sandbox)

    assert len(reading.pages) + len(reading.refusals) == 1
    assert sandbox.peak_mb < 400


def test_pages_that_contain_themselves_end_in_a_refusal(sandbox: Metered) -> None:
    reading = reading_of("vong.pdf", bad_files.endless_pdf(), sandbox)

    assert len(reading.refusals) == 1
    assert reading.pages == ()


def test_scripts_of_a_pdf_are_not_run_and_its_page_is_read(sandbox: Metered) -> None:
    script = b"/OpenAction << /S /JavaScript /JS (while(true){app.alert(1)}) >> "

    reading = reading_of("lenh.pdf", bad_files.pdf_of(1, catalog=script), sandbox)

    assert len(reading.pages) == 1
    assert reading.refusals == ()


@pytest.mark.parametrize("size", [(30_000, 30_000), (100_000, 500)])
def test_a_picture_of_too_many_pixels_is_refused_undecoded(
    size: tuple[int, int], sandbox: Metered
) -> None:
    reading = reading_of("to.png", bad_files.png_of(*size), sandbox)

    assert reasons(reading) == [RefusalReason.TOO_MANY_PIXELS]
    assert reading.refusals[0].detail["limit"] == "40"
    assert sandbox.cpu_seconds < 2
    assert sandbox.peak_mb < 200


def test_a_chain_of_frames_that_returns_to_its_first_ends() -> None:
    content = bytearray(bad_files.tiff_of(3))
    content[-4:] = content[4:8]

    assert frames(bytes(content), megapixels=40) == 3


def test_ten_thousand_frames_are_refused_without_reading_one(sandbox: Metered) -> None:
    reading = reading_of("nhieu.tif", bad_files.tiff_of(10_000), sandbox)

    assert reasons(reading) == [RefusalReason.TOO_MANY_PAGES]
    assert sandbox.cpu_seconds < 2


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("anh.jpg", b"MZ\x90\x00" + bytes(200), RefusalReason.WRONG_TYPE),
        ("anh.png", b"\x7fELF" + bytes(200), RefusalReason.WRONG_TYPE),
        ("anh.jpg", b"<html><script>alert(1)</script></html>", RefusalReason.WRONG_TYPE),
        ("phim.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(200), RefusalReason.UNKNOWN_TYPE),
        ("anh.jpg", bad_files.JPEG_START + bytes(300), RefusalReason.DAMAGED),
        ("giay.pdf", b"%PDF-1.7 nothing more", RefusalReason.DAMAGED),
        ("giay.docx", bad_files.docx(b"<w:document"), RefusalReason.DAMAGED),
        ("giay.zip", b"PK\x03\x04" + bytes(100), RefusalReason.DAMAGED),
        ("giay.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), RefusalReason.WRONG_TYPE),
        ("rong.pdf", b"", RefusalReason.EMPTY),
        (
            "anh.png",
            bad_files.mixed(PICTURE, bad_files.zipped({"a.exe": b"MZ"})),
            RefusalReason.WRONG_TYPE,
        ),
        (
            "giay.pdf",
            bad_files.mixed(bad_files.pdf_of(1), bad_files.zipped({"a.exe": b"MZ"})),
            RefusalReason.WRONG_TYPE,
        ),
    ],
)
def test_a_file_is_judged_by_its_content(
    name: str, content: bytes, reason: RefusalReason, sandbox: Metered
) -> None:
    reading = reading_of(name, content, sandbox)

    assert reasons(reading) == [reason]
    assert reading.pages == ()


def test_a_picture_with_a_wrong_name_is_read_as_what_it_is(sandbox: Metered) -> None:
    reading = reading_of("giay.pdf", PICTURE, sandbox)

    assert len(reading.pages) == 1


def test_entities_of_a_word_file_are_not_expanded(sandbox: Metered) -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE w [<!ENTITY a0 "ha">{levels}]><w>&a9;</w>'

    reading = reading_of("giay.docx", bad_files.docx(xml.encode()), sandbox)

    assert reasons(reading) == [RefusalReason.DAMAGED]
    assert sandbox.peak_mb < 200


def test_limits_of_count_and_size_refuse_what_is_beyond_and_read_the_rest(
    sandbox: Metered,
) -> None:
    limits = LIMITS.model_copy(update={"files": 2, "file_mb": 0.01, "pages": 2})
    files = [
        Handed("lon.png", PICTURE + bytes(20_000)),
        Handed("vua.tif", bad_files.tiff_of(3)),
        Handed("thu-ba.png", PICTURE),
    ]

    reading = read_files(files, limits, None, sandbox)

    assert [(r.file, r.reason) for r in reading.refusals] == [
        ("lon.png", RefusalReason.TOO_LARGE),
        ("vua.tif", RefusalReason.TOO_MANY_PAGES),
        ("thu-ba.png", RefusalReason.TOO_MANY_FILES),
    ]


def test_a_file_that_crosses_the_allowance_of_pages_is_read_up_to_it(sandbox: Metered) -> None:
    limits = LIMITS.model_copy(update={"pages": 3})
    files = [Handed("mot.png", PICTURE), Handed("hai.tif", bad_files.tiff_of(3))]

    reading = read_files(files, limits, None, sandbox)

    assert [(page.file, page.number) for page in reading.pages] == [
        ("mot.png", 1),
        ("hai.tif", 1),
        ("hai.tif", 2),
    ]
    assert [(r.file, r.reason, r.page) for r in reading.refusals] == [
        ("hai.tif", RefusalReason.TOO_MANY_PAGES, 3)
    ]
