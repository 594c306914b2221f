"""The catalogue keeps every version, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import update

from knowledge.catalog import VERSIONS, Catalog, Change, FieldDifference, Origin, diff
from knowledge.procedure import Procedure
from tests.fakes import code, procedure, source

CURATED, PORTAL = Origin.CURATED, Origin.PORTAL
FIRST, SECOND = date(2026, 1, 1), date(2026, 6, 1)


def add(catalog: Catalog, origin: Origin = CURATED, **values: object) -> Change:
    (change,) = catalog.add([procedure(1, **values)], origin)
    return change


def test_a_new_record_is_added_then_changed_then_unchanged(anywhere: Catalog) -> None:
    changes = [add(anywhere), add(anywhere, summary="Mới."), add(anywhere, summary="Mới.")]

    assert changes == [Change.ADDED, Change.CHANGED, Change.UNCHANGED]


def test_versions_are_numbered_and_newest_first(anywhere: Catalog) -> None:
    for text in ("Một.", "Hai.", "Ba."):
        add(anywhere, summary=text)

    history = anywhere.history(code(1))

    assert [version.number for version in history] == [3, 2, 1]
    assert [version.procedure.summary for version in history] == ["Ba.", "Hai.", "Một."]


def test_a_change_back_is_a_new_version(anywhere: Catalog) -> None:
    for text in ("Một.", "Hai.", "Một."):
        add(anywhere, summary=text)

    assert [version.number for version in anywhere.history(code(1))] == [3, 2, 1]


def test_each_origin_is_numbered_by_itself_and_curated_stands_first(anywhere: Catalog) -> None:
    add(anywhere, PORTAL, summary="Cổng một.")
    add(anywhere, PORTAL, summary="Cổng hai.")
    add(anywhere, CURATED, summary="Biên tập.")

    history = anywhere.history(code(1))

    assert [(v.origin, v.number) for v in history] == [(CURATED, 1), (PORTAL, 2), (PORTAL, 1)]


def test_a_record_comes_back_as_it_was_given(anywhere: Catalog) -> None:
    channels = [{"kind": "direct", "fees": [{"amount": "10000.50", "name": "Phí uỷ quyền"}]}]
    given = procedure(1, channels=channels, source=source("c", "2026-06-01"))

    anywhere.add([given], CURATED)
    version = anywhere.get(given.code)

    assert version is not None
    assert version.procedure == given
    assert version.content_hash == given.content_hash()
    assert version.source_hash == "c" * 64
    assert abs((datetime.now(UTC) - version.recorded_at).total_seconds()) < 60


def test_an_unknown_code_has_no_version(anywhere: Catalog) -> None:
    assert anywhere.get(code(9)) is None
    assert anywhere.history(code(9)) == []
    assert not anywhere.knows(code(9))
    assert anywhere.count() == 0


def test_a_stored_code_is_known(anywhere: Catalog) -> None:
    add(anywhere, summary="Cũ.", effective_from=FIRST)

    assert anywhere.knows(code(1))


def test_as_of_finds_what_held_on_that_day(anywhere: Catalog) -> None:
    add(anywhere, summary="Cũ.", effective_from=FIRST)
    add(anywhere, summary="Mới.", effective_from=SECOND)

    days = [date(2025, 12, 31), FIRST, date(2026, 5, 31), SECOND, date(2027, 1, 1)]
    found = [anywhere.get(code(1), day) for day in days]

    assert [v and v.number for v in found] == [None, 1, 1, 2, 2]


def test_a_record_that_has_ended_answers_no_more(anywhere: Catalog) -> None:
    add(anywhere, effective_from=FIRST, effective_to=SECOND)

    assert anywhere.get(code(1), SECOND) is not None
    assert anywhere.get(code(1), date(2026, 6, 2)) is None


def test_the_day_of_reading_dates_a_record_without_dates(anywhere: Catalog) -> None:
    add(anywhere, source=source("a", "2026-06-01"))

    assert anywhere.get(code(1), date(2026, 5, 31)) is None
    assert anywhere.get(code(1), SECOND) is not None


def test_the_curated_record_answers_and_the_portals_is_kept(anywhere: Catalog) -> None:
    add(anywhere, CURATED, summary="Biên tập.", effective_from=FIRST)
    add(anywhere, PORTAL, summary="Cổng.", effective_from=SECOND)

    version = anywhere.get(code(1), date(2026, 12, 31))

    assert version is not None
    assert version.origin is CURATED
    assert len(anywhere.history(code(1))) == 2


def test_what_is_read_again_and_then_changed_at_once_keeps_both_sources(anywhere: Catalog) -> None:
    add(anywhere, summary="Cũ.", source=source("a"))
    again = procedure(1, summary="Cũ.", source=source("b"))
    changed = procedure(1, summary="Mới.", source=source("c"))

    changes = anywhere.add([again, changed], CURATED)

    assert changes == [Change.UNCHANGED, Change.CHANGED]
    hashes = [version.source_hash for version in anywhere.history(code(1))]
    assert hashes == ["c" * 64, "b" * 64]


def test_a_later_portal_change_marks_the_curated_record_for_review(anywhere: Catalog) -> None:
    add(anywhere, PORTAL, source=source("a"))
    add(anywhere, CURATED, summary="Biên tập.", source=source("a"))
    before = anywhere.get(code(1))

    add(anywhere, PORTAL, summary="Đổi.", source=source("b"))
    after = anywhere.get(code(1))

    assert before is not None
    assert before.review is None
    assert after is not None
    assert after.origin is CURATED
    assert after.review is not None
    assert "phiên bản 2" in after.review


def test_a_curated_record_of_the_new_source_needs_no_review(anywhere: Catalog) -> None:
    add(anywhere, PORTAL, source=source("a"))
    add(anywhere, CURATED, summary="Biên tập.", source=source("a"))
    add(anywhere, PORTAL, summary="Đổi.", source=source("b"))

    add(anywhere, CURATED, summary="Biên tập lại.", source=source("b"))
    version = anywhere.get(code(1))

    assert version is not None
    assert version.review is None


def test_a_portal_record_that_matches_again_clears_the_mark(anywhere: Catalog) -> None:
    add(anywhere, CURATED, summary="Biên tập.", source=source("a"))
    add(anywhere, PORTAL, summary="Đổi.", source=source("b"))

    add(anywhere, PORTAL, summary="Như cũ.", source=source("a"))
    version = anywhere.get(code(1))

    assert version is not None
    assert version.review is None


def test_current_gives_the_answering_version_of_every_code_in_order(anywhere: Catalog) -> None:
    anywhere.add([procedure(n, summary="Cổng.") for n in (3, 1, 2)], PORTAL)
    anywhere.add([procedure(2, summary="Biên tập.")], CURATED)
    anywhere.add([procedure(4, effective_to=FIRST)], CURATED)

    found = [(v.code, v.origin) for v in anywhere.current(SECOND)]

    assert found == [(code(1), PORTAL), (code(2), CURATED), (code(3), PORTAL)]
    assert anywhere.count() == 4


def test_current_and_get_agree_on_every_day(anywhere: Catalog) -> None:
    add(anywhere, PORTAL, summary="Cổng.", effective_from=FIRST)
    add(anywhere, CURATED, summary="Biên tập.", effective_from=SECOND, effective_to="2026-08-01")
    anywhere.add([procedure(2, source=source("a", "2026-07-01"))], PORTAL)

    for day in (date(2025, 1, 1), FIRST, SECOND, date(2026, 7, 15), date(2026, 9, 1)):
        got = [v for number in (1, 2) if (v := anywhere.get(code(number), day))]

        assert list(anywhere.current(day)) == got


def test_one_wrong_record_stores_nothing_of_its_batch(anywhere: Catalog) -> None:
    def batch() -> object:
        yield procedure(1)
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="broke"):
        anywhere.add(batch(), CURATED)  # type: ignore[arg-type]

    assert anywhere.count() == 0


def test_a_code_twice_in_one_batch_makes_two_versions(anywhere: Catalog) -> None:
    changes = anywhere.add([procedure(1), procedure(1, summary="Sau.")], CURATED)

    assert changes == [Change.ADDED, Change.CHANGED]
    assert [v.number for v in anywhere.history(code(1))] == [2, 1]


def test_source_hashes_are_those_of_the_newest_versions(anywhere: Catalog) -> None:
    add(anywhere, PORTAL, source=source("a"))
    add(anywhere, PORTAL, summary="Đổi.", source=source("b"))
    anywhere.add([procedure(2)], PORTAL)

    assert anywhere.source_hashes(PORTAL) == {code(1): "b" * 64}
    assert anywhere.source_hashes(CURATED) == {}


def test_an_unchanged_record_of_other_bytes_is_recognised_next_time(anywhere: Catalog) -> None:
    add(anywhere, PORTAL, source=source("a"))
    change = add(anywhere, PORTAL, source=source("b"))

    assert change is Change.UNCHANGED
    assert anywhere.source_hashes(PORTAL) == {code(1): "b" * 64}


def test_a_record_whose_page_moved_is_cited_where_it_is_now(anywhere: Catalog) -> None:
    add(anywhere, PORTAL, source=source("a"))
    moved = source("b", "2026-07-01", url="https://congdichvu.example/cho-moi/1")

    assert add(anywhere, PORTAL, source=moved) is Change.UNCHANGED

    (version,) = anywhere.history(code(1))
    assert version.number == 1
    assert version.procedure.source is not None
    assert version.procedure.source.url == moved["url"]


def test_fingerprint_changes_when_an_answering_version_does(anywhere: Catalog) -> None:
    prints = [anywhere.fingerprint()]
    for text in ("Một.", "Hai."):
        add(anywhere, summary=text)
        prints.append(anywhere.fingerprint())

    assert len(set(prints)) == 3


def test_fingerprint_stays_when_nothing_changes(anywhere: Catalog) -> None:
    add(anywhere, source=source("a"))
    before = anywhere.fingerprint()

    add(anywhere, source=source("b"))

    assert anywhere.fingerprint() == before


def test_fingerprint_stays_when_a_version_that_does_not_answer_is_added(anywhere: Catalog) -> None:
    add(anywhere, CURATED, summary="Biên tập.")
    before = anywhere.fingerprint()

    add(anywhere, PORTAL, summary="Cổng.")

    assert anywhere.fingerprint() == before


def test_fingerprint_changes_on_the_day_another_version_takes_over(anywhere: Catalog) -> None:
    add(anywhere, summary="Cũ.", effective_from=FIRST)
    add(anywhere, summary="Mới.", effective_from=SECOND)

    days = [FIRST, date(2026, 5, 31), SECOND, date(2026, 12, 1)]
    prints = [anywhere.fingerprint(day) for day in days]

    assert prints[0] == prints[1] != prints[2] == prints[3]


def test_differences_are_told_field_by_field() -> None:
    fees = [{"amount": 10000}, {"amount": 5}]
    before = procedure(1, summary="Cũ.", channels=[{"kind": "direct", "fees": fees}], steps=["A"])
    after = procedure(
        1, channels=[{"kind": "direct", "fees": [{"amount": 20000}]}], steps=["A", "B"]
    )

    found = diff(before, after)

    assert {d.field: (d.before, d.after) for d in found if "currency" not in d.field} == {
        "summary": ("Cũ.", None),
        "channels[0].fees[0].amount": ("10000", "20000"),
        "channels[0].fees[1].amount": ("5", None),
        "channels[0].fees[1].disputed": (False, None),
        "steps[1]": (None, "B"),
    }


def test_equal_records_do_not_differ() -> None:
    assert diff(procedure(1), procedure(1)) == []


def test_equal_amounts_do_not_differ() -> None:
    one, other = (
        procedure(1, channels=[{"kind": "direct", "fees": [{"amount": amount}]}])
        for amount in (Decimal("10000"), 10000)
    )

    assert diff(one, other) == []


def test_a_difference_names_field_and_values() -> None:
    found = diff(procedure(1, field="A"), procedure(1, field="B"))

    assert found == [FieldDifference("field", "A", "B")]


def test_records_are_parsed_in_advance_and_a_broken_one_stops_nothing(
    anywhere: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    anywhere.add([procedure(1, summary="Đọc trước."), procedure(2)], CURATED)
    with anywhere._engine.begin() as connection:
        connection.execute(update(VERSIONS).where(VERSIONS.c.code == code(2)).values(body="{}"))

    anywhere.warm_up()

    monkeypatch.setattr(Procedure, "model_validate_json", None)
    version = anywhere.get(code(1))
    assert version is not None
    assert version.procedure.summary == "Đọc trước."


def test_a_record_is_parsed_once_and_its_text_let_go(anywhere: Catalog) -> None:
    add(anywhere)
    first, second = anywhere.get(code(1)), anywhere.get(code(1))
    assert first is not None
    assert second is not None
    held = sys.getrefcount(first.body), sys.getrefcount(second.body)

    assert first.procedure is second.procedure
    assert (sys.getrefcount(first.body), sys.getrefcount(second.body)) == held
