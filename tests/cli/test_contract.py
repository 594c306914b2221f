"""The public contract, through the real command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ANSWER_KEYS = {
    "id",
    "status",
    "urgent",
    "procedure",
    "also",
    "assumed",
    "facets",
    "text",
    "blocks",
    "citations",
    "options",
    "follow_ups",
    "language",
    "elapsed_ms",
}


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("motcua")
    done = motcua(directory, "ingest", "starter")
    assert done.returncode == 0, done.stderr
    return directory


def motcua(
    data_dir: Path, *arguments: str, stdin: bytes = b"", **settings: str
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MOTCUA_DATA_DIR": str(data_dir), **settings}
    done = subprocess.run(
        [sys.executable, "-m", "bots.cli", *arguments],
        input=stdin,
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_ask_json_has_exactly_the_keys_of_the_contract(data_dir: Path) -> None:
    done = motcua(data_dir, "ask", "--json", "làm giấy khai sinh cần gì")

    answer = json.loads(done.stdout)
    assert set(answer) == ANSWER_KEYS
    assert answer["status"] == "answered"
    assert set(answer["procedure"]) == {"code", "name", "version", "effective_from"}
    assert set(answer["citations"][0]) == {
        "n",
        "code",
        "field",
        "quote",
        "url",
        "version",
        "retrieved_at",
    }


def test_ask_tells_people_the_answer_with_its_source(data_dir: Path) -> None:
    done = motcua(data_dir, "ask", "le phi dang ky thuong tru")

    assert done.returncode == 0
    assert "10.000 đồng" in done.stdout
    assert "dichvucong.gov.vn" in done.stdout


def test_batches_are_answered_in_order_with_their_ids(data_dir: Path) -> None:
    lines = [
        {"id": "a", "text": "đăng ký kết hôn cần giấy tờ gì"},
        {"id": "b", "text": "xin chào", "conversation": "c1"},
        {"id": "c", "text": "đăng ký tạm trú", "as_of": "2020-01-01"},
    ]
    stdin = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()

    answers = json_lines(motcua(data_dir, "ask", "--jsonl", stdin=stdin).stdout)

    assert [answer["id"] for answer in answers] == ["a", "b", "c"]
    assert answers[0]["procedure"]["code"] == "1.000894"
    assert answers[1]["procedure"] is None
    assert answers[2]["status"] == "not_found"


def test_a_bad_line_gives_an_error_line_and_the_rest_is_answered(data_dir: Path) -> None:
    stdin = b'{"id":"1","text":"k\xe1"}\nnot json\n[]\n{"id":"4"}\n{"id":"5","text":"khai sinh"}\n'

    answers = json_lines(motcua(data_dir, "ask", "--jsonl", stdin=stdin).stdout)

    assert [("error" in answer) for answer in answers] == [True, True, True, True, False]
    assert "dòng 2" in answers[1]["error"]
    assert answers[4]["id"] == "5"


def test_search_gives_at_least_ten_hits_best_first(data_dir: Path) -> None:
    stdin = '{"id": 7, "text": "sổ đỏ"}\n'.encode()

    (found,) = json_lines(motcua(data_dir, "search", "--jsonl", stdin=stdin).stdout)

    assert found["id"] == 7
    assert len(found["hits"]) >= 10
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert set(found["hits"][0]) == {"code", "name", "score"}


def test_ingesting_again_changes_nothing(data_dir: Path) -> None:
    done = motcua(data_dir, "ingest", "starter")

    assert "Thêm mới 0, thay đổi 0" in done.stderr
    assert "Chỉ mục đã mới nhất" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ingest", "nowhere"], "Không có nguồn nào tên 'nowhere'"),
        (["ingest", "snapshot", "/no/such/file"], "Không có tệp"),
        (["ingest", "snapshot"], "Cho biết tệp"),
        (["ingest"], "Cho biết nguồn"),
        (["ask", "  "], "Hãy viết câu hỏi"),
    ],
)
def test_an_expected_error_is_one_sentence_and_exit_code_1(
    data_dir: Path, arguments: list[str], sentence: str
) -> None:
    done = motcua(data_dir, *arguments)

    assert done.returncode == 1
    assert sentence in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "content", [b"", b"\x1f\x8b\x08\x00cut", b"no json at all\n", b'{"code": 1}\n']
)
def test_a_snapshot_of_which_nothing_is_usable_leaves_everything_as_it_was(
    data_dir: Path, tmp_path: Path, content: bytes
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(content)
    pointer = (data_dir / "index" / "current.json").read_bytes()

    done = motcua(data_dir, "ingest", "snapshot", str(bad))

    assert done.returncode == 1
    assert (data_dir / "index" / "current.json").read_bytes() == pointer


def test_doctor_is_content_with_a_fresh_installation(data_dir: Path) -> None:
    done = motcua(data_dir, "doctor")

    assert done.returncode == 0
    assert "chỉ mục" in done.stdout


def test_doctor_says_what_to_do_about_an_empty_one(tmp_path: Path) -> None:
    done = motcua(tmp_path, "doctor")

    assert done.returncode == 1
    assert "motcua ingest starter" in " ".join(done.stdout.split())


def test_every_wrong_setting_is_named_at_once_without_its_value(tmp_path: Path) -> None:
    done = motcua(tmp_path, "doctor", MOTCUA_CHROMA_URL="secret-host:1", MOTCUA_DATA_DIR="")

    assert done.returncode == 1
    assert "MOTCUA_CHROMA_URL" in done.stderr
    assert "secret-host" not in done.stderr


def test_a_question_can_be_asked_before_anything_was_ingested(tmp_path: Path) -> None:
    done = motcua(tmp_path, "ask", "--json", "khai sinh")

    assert json.loads(done.stdout)["status"] == "not_found"
