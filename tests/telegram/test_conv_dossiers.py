"""Dossiers by photo: one message that is edited, albums, better photos, questions, papers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from assistant.dossier.keeping import Erasure, FileBody
from assistant.dossier.models import (
    AskedOption,
    AskedQuestion,
    Evidence,
    Outcome,
    Report,
    RequirementVerdict,
    Unread,
    Verdict,
)
from assistant.dossier.service import Added
from assistant.errors import PaperError, TooManyDossiers
from assistant.models import Language
from ingest.reading.page import Handed
from tests.telegram.conftest import Bench
from tests.telegram.talking import Person, buttons_of, methods, shown

MARRIAGE = "1.000894"


@dataclass
class FakeDossiers:
    """Takes files and finds the second one unreadable until a better photo comes."""

    files: dict[str, list[str]] = field(default_factory=dict)
    opened: list[tuple[str, str, str | None]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    replaced: list[tuple[str, int]] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    most: int = 20

    def open(self, owner: str, code: str, case: str | None = None) -> str:
        if len(self.opened) >= self.most:
            raise TooManyDossiers(self.most)
        self.opened.append((owner, code, case))
        name = f"d{len(self.opened)}"
        self.files[name] = []
        return name

    def add(
        self,
        dossier: str,
        owner: str,
        files: Sequence[Handed],
        progress: Callable[[str, str, int], None] | None = None,
        replaces: tuple[str, int] | None = None,
    ) -> Added:
        if replaces:
            self.replaced.append(replaces)
        self.files[dossier] += [file.name for file in files if file.name not in self.files[dossier]]
        bodies = [FileBody(name=f.name, digest="d", size=1, pages=1) for f in files]
        return Added(tuple(bodies), ())

    def check(
        self,
        dossier: str,
        owner: str,
        answers: Mapping[str, str] | None = None,
        language: Language = "vi",
    ) -> Report:
        self.answers = dict(answers or {})
        files = self.files[dossier]
        bad = files[1] if len(files) > 1 and not self.replaced else None
        verdicts = (
            RequirementVerdict(
                id="cases[0].requirements[0]",
                name="Tờ khai",
                verdict=Verdict.PRESENT,
                reason="Thấy ở trang đầu.",
                evidence=(Evidence(file=files[0], page=1),),
            ),
        )
        unread = (Unread(file=bad, page=1, reason="dark", sentence="Ảnh tối quá."),) if bad else ()
        question = AskedQuestion(
            id="case",
            text="Bạn đã ly hôn?",
            options=(AskedOption(value="yes", label="Rồi"), AskedOption(value="no", label="Chưa")),
        )
        return Report(
            procedure=MARRIAGE,
            procedure_name="Đăng ký kết hôn",
            outcome=Outcome.INCOMPLETE,
            requirements=verdicts,
            unread=unread,
            questions=() if self.answers else (question,),
            submitted_on=date(2026, 12, 1),
        )

    def paper_out(
        self,
        dossier: str,
        owner: str,
        kind: Literal["supplement", "receipt", "rejection"],
        form: Literal["pdf", "docx"],
        reason: str = "",
    ) -> bytes:
        if self.replaced:
            raise PaperError("nothing is missing")
        return b"%PDF-1.7"

    def erase_all(self, owner: str) -> Erasure:
        self.erased.append(owner)
        return Erasure("e", 1, 2, 2, datetime(2026, 12, 1, tzinfo=UTC))


def photo(name: str, size: int = 1000, **more: Any) -> dict[str, Any]:
    """A photo as Telegram tells of it, in two sizes."""
    sizes = [
        {"file_id": f"{name}-{s}", "file_unique_id": name, "width": 9, "height": 9, "file_size": s}
        for s in (10, size)
    ]
    return {"photo": sizes, **more}


def begun(bench: Bench) -> tuple[Bench, Person, FakeDossiers]:
    """Somebody who agreed and is asked for photos of a marriage registration."""
    dossiers = FakeDossiers()
    bench = bench.with_(dossiers=dossiers)
    person = bench.person()
    person.says("đăng ký kết hôn cần giấy tờ gì")
    person.taps("Kiểm tra hồ sơ")
    person.taps("đồng ý")
    if any("chưa chắc" in b["text"] for send in person.last for b in buttons_of(send)):
        person.taps("chưa chắc")
    return bench, person, dossiers


def test_nothing_is_fetched_before_the_citizen_agrees(bench: Bench) -> None:
    bench = bench.with_(dossiers=FakeDossiers())
    person = bench.person()

    sends = person.message(**photo("a"))

    assert "nhạy cảm" in shown(sends)
    assert bench.files.fetched == []


def test_an_album_is_answered_with_one_message(bench: Bench) -> None:
    bench, person, dossiers = begun(bench)
    slot = person.last[-1].slot

    sends = [send for name in "abc" for send in person.message(**photo(name, media_group_id="7"))]

    assert methods(sends) == ["edit"] * 3
    assert {send.slot for send in sends} == {slot}
    assert "3 tệp" in shown(sends[-1:])
    assert bench.files.fetched == ["a-1000", "b-1000", "c-1000"]
    assert len(dossiers.opened) == 1


def test_an_album_out_of_nothing_is_one_message_and_goes_on(bench: Bench) -> None:
    dossiers = FakeDossiers()
    bench = bench.with_(dossiers=dossiers)
    person = bench.person()

    sends = [send for name in "ab" for send in person.message(**photo(name, media_group_id="7"))]
    assert methods(sends) == ["message", "edit"]
    person.taps("đồng ý")
    person.taps("Thủ tục khác")
    person.says("đăng ký kết hôn")
    person.taps("kết hôn")
    if any("chưa chắc" in b["text"] for send in person.last for b in buttons_of(send)):
        person.taps("chưa chắc")

    assert len(bench.files.fetched) == 2
    assert len(dossiers.opened) == 1


def test_a_photo_handled_again_is_fetched_once(bench: Bench) -> None:
    bench, person, dossiers = begun(bench)

    first = person.message(**photo("a"))
    again = person.again()

    assert shown(again) == shown(first)
    assert bench.files.fetched == ["a-1000"]
    assert dossiers.files == {"d1": ["anh-1.jpg"]}


def test_verdicts_take_the_place_of_the_progress(bench: Bench) -> None:
    bench, person, _ = begun(bench)
    slot = person.message(**photo("a"))[-1].slot

    sends = person.taps("✔️")

    edits = [send for send in sends if send.method == "edit"]
    assert [send.slot for send in edits] == [slot]
    assert "✅ Tờ khai" in shown(edits)
    assert "Cán bộ tiếp nhận quyết định" in shown(edits)
    assert any(send.method == "action" for send in bench.notify.expressed)
    assert shown(person.again()) == shown(sends)


def test_a_question_is_answered_by_a_button(bench: Bench) -> None:
    _, person, dossiers = begun(bench)
    person.message(**photo("a"))
    assert "ly hôn" in shown(person.taps("✔️"))

    answered = person.taps("Chưa")

    assert dossiers.answers == {"case": "no"}
    assert "ly hôn" not in shown(answered)


def test_a_better_photo_takes_the_place_of_a_page(bench: Bench) -> None:
    _, person, dossiers = begun(bench)
    for name in "ab":
        person.message(**photo(name))
    assert "Ảnh tối quá." in shown(person.taps("✔️"))

    person.taps("Gửi lại trang 2")
    better = person.message(**photo("c"))

    assert dossiers.replaced == [("anh-2.jpg", 1)]
    assert "Ảnh tối quá." not in shown(better)
    assert "✅" in shown(better)
    assert shown(person.again()) == shown(better)


def test_a_page_can_be_named_in_words(bench: Bench) -> None:
    _, person, dossiers = begun(bench)
    for name in "ab":
        person.message(**photo(name))
    person.taps("✔️")

    assert "trang 2" in shown(person.says("gửi lại ảnh trang 2"))
    person.message(**photo("c"))
    assert dossiers.replaced == [("anh-2.jpg", 1)]
    assert "Không có trang 9" in shown(person.says("gửi lại trang 9"))


def test_the_supplement_request_comes_as_a_pdf(bench: Bench) -> None:
    _, person, _ = begun(bench)
    person.message(**photo("a"))
    person.taps("✔️")

    (document,) = [s for s in person.taps("Phiếu bổ sung") if s.method == "document"]

    assert document.document == b"%PDF-1.7"
    assert str(document.filename).endswith(".pdf")


def test_more_pages_after_a_report_go_into_the_same_dossier(bench: Bench) -> None:
    bench, person, dossiers = begun(bench)
    person.message(**photo("a"))
    person.taps("✔️")

    sends = person.message(**photo("b"))
    begun_with = bench.notify.put_sends

    assert methods(begun_with) == ["message"]
    assert methods(sends) == ["edit"]
    assert begun_with[0].slot == sends[0].slot
    assert "2 tệp" in shown(sends)
    assert len(dossiers.opened) == 1


def test_a_file_too_large_is_told_the_limit(quick: Bench) -> None:
    bench, person, _ = begun(quick)
    document = {
        "file_id": "big",
        "file_unique_id": "big",
        "file_name": "ho-so.pdf",
        "file_size": 21 * 1024 * 1024,
    }

    assert "20 MB" in shown(person.message(document=document))
    assert bench.files.fetched == []


def test_somebody_with_too_many_dossiers_is_told_so(quick: Bench) -> None:
    _, person, dossiers = begun(quick)
    dossiers.most = 0

    assert "nhiều nhất mỗi người" in shown(person.message(**photo("a")))


def test_forgetting_erases_the_dossiers(quick: Bench) -> None:
    _, person, dossiers = begun(quick)
    person.message(**photo("a"))

    receipt = shown(person.says("/forget"))

    assert dossiers.erased == [f"telegram:{person.chat}"]
    assert "Hồ sơ: 1, tệp: 2" in receipt
    assert "Kiểm tra" not in shown(person.says("xin chào"))


def test_without_dossiers_a_photo_gets_a_kind_sentence(quick: Bench) -> None:
    assert "chưa mở" in shown(quick.person().message(**photo("a")))
    assert "chưa mở" in shown(quick.person().says("/check"))


def test_files_of_a_group_are_left_alone(quick: Bench) -> None:
    bench = quick.with_(dossiers=FakeDossiers())
    person = bench.person(group=-77)

    assert person.message(**photo("a")) == []
