"""The phrasebook: every shipped line is usable, and a wrong file is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge.errors import InvalidPhrasebook
from knowledge.phrasebook import (
    BUNDLED_PHRASEBOOK,
    Phrasebook,
    Synonym,
    SynonymTable,
    all_lines,
    problems_of,
    read_phrasebook,
)
from knowledge.procedure import CODE_PATTERN
from knowledge.text import folded_words
from tests.fakes import code

NAMES = {code(1): "Thủ tục cấp thẻ thả diều", code(2): "Thu hồi thẻ thả diều"}


@pytest.fixture(scope="module")
def shipped() -> Phrasebook:
    return read_phrasebook()


def written(directory: Path, name: str = "dieu.yaml", **content: object) -> Path:
    (directory / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return directory


def test_every_shipped_file_is_read(shipped: Phrasebook) -> None:
    assert len(list(BUNDLED_PHRASEBOOK.glob("*.yaml"))) > 100
    assert len(shipped.questions) > 2000
    assert shipped.synonyms


def test_shipped_codes_are_codes_and_lines_are_words(shipped: Phrasebook) -> None:
    assert all(CODE_PATTERN.fullmatch(found) for found in shipped.questions)
    assert all(folded_words(line) for line in all_lines(shipped))


def test_no_shipped_line_stands_under_two_codes(shipped: Phrasebook) -> None:
    names = dict.fromkeys(shipped.questions, "")

    twice = [p for p in problems_of(shipped, names) if "cũng đứng dưới" in p.problem]

    assert not twice, f"{len(twice)} lines: {[(p.code, p.line, p.problem) for p in twice[:20]]}"


def test_no_shipped_line_is_written_twice_under_its_code() -> None:
    repeated = [
        (path.name, found, line)
        for path in sorted(BUNDLED_PHRASEBOOK.glob("*.yaml"))
        for found, lines in (
            yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader).get("questions") or {}
        ).items()
        for line in {one for one in lines if lines.count(one) > 1}
    ]

    assert not repeated


def test_questions_of_one_code_are_joined_over_files(tmp_path: Path) -> None:
    written(tmp_path, "a.yaml", field="Diều", questions={code(1): ["thả diều", "xin thẻ"]})
    written(tmp_path, "b.yaml", field="Diều", questions={code(1): ["xin thẻ", "mất thẻ"]})

    found = read_phrasebook(tmp_path)

    assert found.questions_of(code(1)) == ("thả diều", "xin thẻ", "mất thẻ")
    assert found.questions_of(code(2)) == ()


def test_topics_and_synonyms_have_files_of_their_own(tmp_path: Path) -> None:
    synonym = {"official": "thẻ", "everyday": ["bìa"]}
    written(tmp_path, "synonyms.yaml", synonyms=[synonym])
    written(tmp_path, "off_topic.yaml", topics={"weather": ["mai có mưa không"]})

    found = read_phrasebook(tmp_path)

    assert found.synonyms == (Synonym(official="thẻ", everyday=("bìa",)),)
    assert found.off_topic == {"weather": ("mai có mưa không",)}
    assert found.questions == {}


def test_other_topics_are_joined_over_their_files(tmp_path: Path) -> None:
    written(tmp_path, "off_topic.yaml", topics={"weather": ["mai có mưa không"]})
    written(tmp_path, "off_topic-sky.yaml", topics={"weather": ["mai nắng à"], "stars": ["sao gì"]})

    found = read_phrasebook(tmp_path)

    assert {topic: set(lines) for topic, lines in found.off_topic.items()} == {
        "weather": {"mai có mưa không", "mai nắng à"},
        "stars": {"sao gì"},
    }


def test_codes_can_be_left_out() -> None:
    book = Phrasebook({code(1): ("a",), code(2): ("b",)}, off_topic={"x": ("y",)})

    assert book.without({code(1)}).questions == {code(2): ("b",)}
    assert book.without({code(1)}).off_topic == book.off_topic


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("dieu.yaml", {"questions": {code(1): ["a"]}}, "field"),
        ("dieu.yaml", {"field": "D", "questions": {"12": ["a"]}}, "questions.12"),
        ("dieu.yaml", {"field": "D", "questions": {code(1): []}}, f"questions.{code(1)}"),
        ("dieu.yaml", {"field": "D", "questions": {code(1): ["a", ""]}}, f"{code(1)}[1]"),
        ("dieu.yaml", {"field": "D", "questions": {code(1): "a"}}, f"questions.{code(1)}"),
        ("dieu.yaml", {"field": "D", "questions": {}, "extra": 1}, "extra"),
        ("synonyms.yaml", {"synonyms": [{"official": "a"}]}, "synonyms[0].everyday"),
        ("synonyms.yaml", {"synonyms": [{"official": "a", "everyday": []}]}, "everyday"),
        ("off_topic.yaml", {"topics": {"x": []}}, "topics.x"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_field(
    tmp_path: Path, name: str, content: dict[str, object], field: str
) -> None:
    written(tmp_path, name, **content)

    with pytest.raises(InvalidPhrasebook) as caught:
        read_phrasebook(tmp_path)

    assert name in str(caught.value)
    assert field in str(caught.value)


@pytest.mark.parametrize("content", [b"field: [", b"\xff\xfe\x00", b"\x00", b"field: \xff"])
def test_a_file_that_is_no_yaml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hong.yaml").write_bytes(content)

    with pytest.raises(InvalidPhrasebook, match=r"hong\.yaml"):
        read_phrasebook(tmp_path)


@pytest.mark.parametrize("content", [b"", b"- a\n", b"text"])
def test_a_file_without_named_fields_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hong.yaml").write_bytes(content)

    with pytest.raises(InvalidPhrasebook, match=r"hong\.yaml"):
        read_phrasebook(tmp_path)


def told(questions: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    found = problems_of(Phrasebook(questions), NAMES)
    return [(problem.code, problem.problem) for problem in found]


def test_good_lines_are_no_problem() -> None:
    assert told({code(1): ("thả diều phải xin ai",), code(2): ("trả lại thẻ",)}) == []


def test_a_line_under_two_codes_is_reported_however_it_is_spelt() -> None:
    found = told({code(1): ("Xin thẻ diều!",), code(2): ("xin the dieu",)})

    assert found == [(code(2), f"câu này cũng đứng dưới {code(1)}")]


def test_a_line_repeated_under_its_code_is_reported() -> None:
    found = told({code(1): ("Xin thẻ diều", "xin the dieu?")})

    assert [owner for owner, _ in found] == [code(1)]


@pytest.mark.parametrize(
    "line", ["Cấp thẻ thả diều", "thủ tục cấp thẻ thả diều", "cap the tha dieu?"]
)
def test_a_copied_title_is_reported(line: str) -> None:
    assert told({code(1): (line,)}) == [(code(1), "câu này chỉ chép lại tên thủ tục")]


def test_a_code_that_nobody_knows_is_reported_once() -> None:
    found = told({code(9): ("câu một", "câu hai")})

    assert found == [(code(9), "mã này không có trong danh mục")]


TABLE = SynonymTable(
    [
        Synonym(official="giấy phép lái xe", everyday=("bằng lái", "bằng lái xe", "gplx")),
        Synonym(official="thẻ căn cước", everyday=("căn cước", "cccd")),
    ]
)


def test_the_longest_words_are_matched() -> None:
    tokens = folded_words("đổi bằng lái xe và cccd")

    found = [(start, end) for start, end, _ in TABLE.matches(tokens)]

    assert found == [(1, 4), (5, 6)]


def test_replacements_are_all_the_others() -> None:
    ((_, _, others),) = TABLE.matches(["bang", "lai"])

    assert set(others) == {"giấy phép lái xe", "bằng lái xe", "gplx"}


def test_text_without_synonyms_matches_nothing() -> None:
    assert list(TABLE.matches(["tha", "dieu"])) == []
    assert list(SynonymTable([]).matches(["tha", "dieu"])) == []
