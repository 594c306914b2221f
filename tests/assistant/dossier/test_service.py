"""Dossiers are kept for their owner alone, sealed, for a while; erased they leave nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.dossier import vault
from assistant.dossier.keeping import Keeping
from assistant.dossier.models import Outcome, Report, Verdict
from assistant.dossier.service import Dossiers
from assistant.dossier.vault import Vault
from assistant.errors import DossierError, DossierNotFound, VaultError
from ingest.reading.page import Handed, RefusalReason
from ingest.settings import ReadingSettings
from knowledge.catalog import Catalog, Origin
from knowledge.procedure import parse_procedure
from knowledge.sql import open_engine
from tests.dossiers import NUMBER, SECRET, SHEET, Clock, FakePapers, check, dossiers_at, read
from tests.fakes import code, full_data

CODE = code(1)
TABLES = ("dossiers", "dossier_files", "dossier_overrides", "dossier_erasures")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def dossiers(database: str, tmp_path: Path, clock: Clock) -> Iterator[Dossiers]:
    engine = open_engine(database)
    catalog = Catalog(engine)
    catalog.add([parse_procedure(full_data(), "tests")], Origin.CURATED)
    sealed = Vault.open(tmp_path / "vault", "ab" * 32)
    keeping = Keeping(engine, sealed, timedelta(hours=24), clock)
    yield Dossiers(keeping, catalog, read, check, FakePapers(), ReadingSettings(), now=clock)
    keeping.close()


def handed(name: str, words: str) -> Handed:
    return Handed(name, words.encode())


def rows(database: str) -> dict[str, int]:
    engine = open_engine(database)
    with engine.connect() as connection:
        counts = {t: connection.execute(text(f"SELECT count(*) FROM {t}")).scalar() for t in TABLES}
    engine.dispose()
    return {table: count or 0 for table, count in counts.items()}


def everything_stored(folder: Path, database: str) -> bytes:
    """All bytes of files and columns, in one piece."""
    engine = open_engine(database)
    with engine.connect() as connection:
        cells = [
            bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
            for table in TABLES
            for row in connection.execute(text(f"SELECT * FROM {table}"))
            for cell in row
        ]
    engine.dispose()
    files = [path.read_bytes() for path in (folder / "vault").rglob("*") if path.is_file()]
    return b"\n".join(cells + files)


def verdicts(report: Report) -> dict[str, Verdict]:
    return {one.name: one.verdict for one in report.requirements}


def test_a_paper_handed_in_is_found(dossiers: Dossiers) -> None:
    dossier = dossiers.open("me", CODE)

    dossiers.add(dossier, "me", [handed("a.jpg", "TỜ KHAI")])

    assert verdicts(dossiers.check(dossier, "me"))["Tờ khai"] is Verdict.PRESENT


def test_a_stranger_is_told_the_same_as_for_a_dossier_that_never_was(dossiers: Dossiers) -> None:
    dossier = dossiers.open("me", CODE)
    dossiers.add(dossier, "me", [handed("a.jpg", "tờ khai")])

    for name in (dossier, "0" * 32):
        for attempt in (
            lambda n: dossiers.look(n, "you"),
            lambda n: dossiers.add(n, "you", [handed("b.jpg", "x")]),
            lambda n: dossiers.check(n, "you"),
            lambda n: dossiers.remove(n, "you", "a.jpg"),
            lambda n: dossiers.page_picture(n, "you", "a.jpg", 1),
            lambda n: dossiers.paper_out(n, "you", "supplement", "pdf"),
            lambda n: dossiers.erase(n, "you"),
        ):
            with pytest.raises(DossierNotFound):
                attempt(name)
    assert [file.name for file in dossiers.look(dossier, "me").files] == ["a.jpg"]


def test_nothing_of_a_document_lies_open(dossiers: Dossiers, tmp_path: Path, database: str) -> None:
    dossier = dossiers.open("owner-token", CODE)

    dossiers.add(dossier, "owner-token", [handed(f"CCCD {SECRET}.jpg", f"{SECRET} {NUMBER}")])
    dossiers.check(dossier, "owner-token", {"who": "self-answer"})

    stored = everything_stored(tmp_path, database)
    for plain in (SECRET, NUMBER, "CCCD", "owner-token", "self-answer"):
        assert plain.encode() not in stored
    assert SHEET not in stored


def test_erasure_removes_rows_files_and_what_was_derived(
    dossiers: Dossiers, tmp_path: Path, database: str
) -> None:
    dossier, other = dossiers.open("me", CODE), dossiers.open("you", CODE)
    dossiers.add(dossier, "me", [handed("a.jpg", "tờ khai\ngiấy"), handed("b.jpg", "thẻ")])
    dossiers.add(other, "you", [handed("c.jpg", "tờ khai")])
    dossiers.override(dossier, "officer", "cases[0].requirements[0]", Verdict.UNREADABLE, "mờ chữ")

    receipt = dossiers.erase(dossier, "me")

    assert (receipt.dossiers, receipt.files, receipt.pages) == (1, 2, 3)
    assert len(receipt.id) == 16
    assert not (tmp_path / "vault" / dossier).exists()
    assert rows(database)["dossiers"] == rows(database)["dossier_files"] == 1
    assert dossier.encode() not in everything_stored(tmp_path, database)
    assert dossiers.check(other, "you").papers[0].title == "tờ khai"
    with pytest.raises(DossierNotFound):
        dossiers.check(dossier, "me")


def test_an_owner_erases_every_dossier_at_once(dossiers: Dossiers, database: str) -> None:
    for _ in range(3):
        dossiers.open("me", CODE)
    dossiers.open("you", CODE)

    assert dossiers.erase_all("me").dossiers == 3
    assert dossiers.erase_all("me").dossiers == 0
    assert rows(database)["dossiers"] == 1


def test_a_dossier_ends_after_its_time_even_before_the_sweep(
    dossiers: Dossiers, clock: Clock, tmp_path: Path
) -> None:
    dossier = dossiers.open("me", CODE)
    dossiers.add(dossier, "me", [handed("a.jpg", "tờ khai")])
    clock.pass_(hours=24)

    with pytest.raises(DossierNotFound):
        dossiers.check(dossier, "me")
    assert dossiers.latest("me", CODE) is None
    assert dossiers.sweep().files == 1
    assert not (tmp_path / "vault" / dossier).exists()


def test_opening_a_dossier_sweeps_the_expired(
    dossiers: Dossiers, clock: Clock, database: str
) -> None:
    dossiers.open("me", CODE)
    clock.pass_(hours=25)

    dossiers.open("you", CODE)

    assert rows(database)["dossiers"] == 1


def test_files_of_nobody_are_swept_once_they_are_old(dossiers: Dossiers, tmp_path: Path) -> None:
    stray, young = tmp_path / "vault" / ("f" * 32), tmp_path / "vault" / ("e" * 32)
    for path in (stray, young):
        path.mkdir()
    os.utime(stray, (0, 0))

    dossiers.sweep()

    assert not stray.exists()
    assert young.exists()


def test_the_same_file_twice_counts_once(dossiers: Dossiers) -> None:
    dossier = dossiers.open("me", CODE)

    dossiers.add(dossier, "me", [handed("a.jpg", "tờ khai"), handed("b.jpg", "tờ khai")])

    assert [file.name for file in dossiers.look(dossier, "me").files] == ["a.jpg"]


def test_photos_with_one_name_are_told_apart(dossiers: Dossiers) -> None:
    dossier = dossiers.open("me", CODE)

    for words in ("tờ khai", "giấy ủy quyền", "thẻ"):
        dossiers.add(dossier, "me", [handed("C:\\anh\\image.jpg", words)])

    names = [file.name for file in dossiers.look(dossier, "me").files]
    assert names == ["image.jpg", "image (2).jpg", "image (3).jpg"]


def test_a_better_photo_takes_the_place_of_the_page(dossiers: Dossiers) -> None:
    dossier = dossiers.open("me", CODE)
    dossiers.add(dossier, "me", [handed("a.pdf", "tờ khai\ngiấy ủy quyền mờ\nthẻ")])
    assert dossiers.check(dossier, "me").unread[0].page == 2

    dossiers.add(dossier, "me", [handed("b.jpg", "giấy ủy quyền")], replaces=("a.pdf", 2))

    report = dossiers.check(dossier, "me")
    assert report.unread == ()
    assert [paper.title for paper in report.papers] == ["tờ khai", "giấy ủy quyền", "thẻ"]
    dossiers.remove(dossier, "me", "b.jpg")
    assert dossiers.check(dossier, "me").unread[0].page == 2


def test_a_removed_file_is_gone(dossiers: Dossiers, tmp_path: Path) -> None:
    dossier = dossiers.open("me", CODE)
    dossiers.add(dossier, "me", [handed("a.jpg", "tờ khai")])

    dossiers.remove(dossier, "me", "a.jpg")

    assert list((tmp_path / "vault" / dossier).iterdir()) == []
    assert verdicts(dossiers.check(dossier, "me"))["Tờ khai"] is Verdict.MISSING
    with pytest.raises(DossierNotFound):
        dossiers.remove(dossier, "me", "a.jpg")


def test_a_refused_file_stays_as_a_reason_without_its_content(
    dossiers: Dossiers, tmp_path: Path
) -> None:
    dossier = dossiers.open("me", CODE)

    dossiers.add(dossier, "me", [handed("a.pdf", "hỏng"), handed("b.jpg", "tờ khai")])

    (unread,) = dossiers.check(dossier, "me").unread
    assert (unread.file, unread.reason) == ("a.pdf", "damaged")
    assert len(list((tmp_path / "vault" / dossier).glob("*.file"))) == 1


def test_the_limits_hold_over_several_hand_ins(dossiers: Dossiers) -> None:
    dossiers.limits = ReadingSettings(files=2, pages=3)
    dossier = dossiers.open("me", CODE)

    dossiers.add(dossier, "me", [handed("a.jpg", "1"), handed("b.jpg", "2")])
    added = dossiers.add(dossier, "me", [handed("c.jpg", "3")])

    assert [r.reason for r in added.refusals] == [RefusalReason.TOO_MANY_FILES]
    assert len(dossiers.look(dossier, "me").files) == 2


def test_a_page_is_shown_as_it_was_read(dossiers: Dossiers) -> None:
    dossier = dossiers.open("me", CODE)
    dossiers.add(dossier, "me", [handed("a.jpg", "tờ khai")])

    assert dossiers.page_picture(dossier, "me", "a.jpg", 1) == SHEET
    with pytest.raises(DossierNotFound):
        dossiers.page_picture(dossier, "me", "a.jpg", 2)


def test_answers_are_remembered(dossiers: Dossiers) -> None:
    dossier = dossiers.open("me", CODE)
    assert dossiers.check(dossier, "me").questions

    dossiers.check(dossier, "me", {"who": "self"})

    assert dossiers.check(dossier, "me").questions == ()
    assert dossiers.look(dossier, "me").answers == {"who": "self"}


def test_an_override_changes_the_report_and_is_exported(dossiers: Dossiers) -> None:
    dossier = dossiers.open("me", CODE)
    dossiers.add(dossier, "me", [handed("a.jpg", "tờ khai")])
    wanted = "cases[0].requirements[1]"

    report = dossiers.override(dossier, "lan", wanted, Verdict.NOT_APPLICABLE, f"Tự nộp {NUMBER}")

    assert report.outcome is Outcome.COMPLETE
    assert dossiers.check(dossier, "me").outcome is Outcome.COMPLETE
    (case,) = dossiers.overrides()
    assert case["requirement"] == wanted
    assert (case["checked"], case["expected"]) == ("missing", "not_applicable")
    assert (case["officer"], case["reason"]) == ("lan", "Tự nộp <CCCD>")


@pytest.mark.parametrize(
    ("requirement", "reason"), [("cases[9].requirements[0]", "vì thế"), (None, " ")]
)
def test_an_override_needs_a_requirement_and_a_reason(
    dossiers: Dossiers, requirement: str | None, reason: str
) -> None:
    dossier = dossiers.open("me", CODE)

    with pytest.raises(DossierError):
        dossiers.override(
            dossier, "lan", requirement or "cases[0].requirements[0]", Verdict.PRESENT, reason
        )
    assert dossiers.overrides() == []


def test_a_full_disk_is_said_before_anything_is_taken(
    dossiers: Dossiers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "_LEAST_FREE_MB", 10**9)

    with pytest.raises(VaultError, match="MB are left"):
        dossiers.open("me", CODE)


def test_names_come_without_folders_and_control_marks(dossiers: Dossiers) -> None:
    dossier = dossiers.open("me", CODE)

    dossiers.add(dossier, "me", [handed("../../etc/a\u202e\n\x00b.jpg", "tờ khai")])

    assert [file.name for file in dossiers.look(dossier, "me").files] == ["ab.jpg"]


@pytest.mark.parametrize("name", ["", "x" * 5000, "a\x00b", "../" * 10, "0" * 31])
def test_an_id_that_is_none_is_not_found(dossiers: Dossiers, name: str) -> None:
    with pytest.raises(DossierNotFound):
        dossiers.look(name, "me")


@pytest.mark.parametrize("name", ["", "a\x00b", "1.9", "x" * 5000])
def test_a_code_that_is_none_opens_nothing(dossiers: Dossiers, name: str) -> None:
    with pytest.raises(DossierError):
        dossiers.open("me", name)


def test_an_unknown_procedure_or_case_opens_nothing(dossiers: Dossiers) -> None:
    for name, case in (("9.999999", None), (CODE, "khong_co")):
        with pytest.raises(DossierError):
            dossiers.open("me", name, case)


def test_a_file_that_was_changed_or_moved_is_not_believed(
    dossiers: Dossiers, tmp_path: Path
) -> None:
    dossier = dossiers.open("me", CODE)
    dossiers.add(dossier, "me", [handed("a.jpg", "tờ khai"), handed("b.jpg", "thẻ")])
    one, two = sorted((tmp_path / "vault" / dossier).glob("*.reading"))

    one.write_bytes(two.read_bytes())

    with pytest.raises(VaultError):
        dossiers.check(dossier, "me")


def test_a_key_is_made_once_for_its_owner_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = Vault.open(tmp_path / "vault", None)
    chest, wrapped = first.new_chest("d")
    chest.put("a", b"giay")

    again = Vault.open(tmp_path / "vault", None)

    assert again.chest("d", wrapped).get("a") == b"giay"
    assert stat.S_IMODE((tmp_path / "vault" / "key").stat().st_mode) == 0o600
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    _, wrapped = Vault.open(tmp_path, "ab" * 32).new_chest("d")

    with pytest.raises(VaultError, match="MOTCUA_VAULT_KEY"):
        Vault.open(tmp_path, "cd" * 32).chest("d", wrapped)


@pytest.mark.parametrize("key", ["kurz", "ab" * 31, "không phải khóa"])
def test_a_key_of_the_wrong_size_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(VaultError, match="32 random bytes"):
        Vault.open(tmp_path, key)


def test_two_dossiers_are_filled_at_once(tmp_path: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{tmp_path / 'catalog.db'}")
    catalog.add([parse_procedure(full_data(), "tests")], Origin.CURATED)
    dossiers = dossiers_at(tmp_path, catalog)
    names = [dossiers.open(f"o{n}", CODE) for n in range(4)]

    def fill(number: int) -> int:
        dossier, owner = names[number % 4], f"o{number % 4}"
        dossiers.add(dossier, owner, [handed(f"{number}.jpg", f"tờ khai {number}")])
        return len(dossiers.check(dossier, owner).papers)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fill, range(16)))

    assert [len(dossiers.look(name, f"o{n}").files) for n, name in enumerate(names)] == [4] * 4
    dossiers.close()
    catalog.close()
