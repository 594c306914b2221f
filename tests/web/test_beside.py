"""The real `motcua serve` with a process beside it: the same answers, from two of them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from assistant.bootstrap import build_assistant
from assistant.models import Question
from bots.web.settings import WebSettings
from knowledge.settings import KnowledgeSettings
from tests.web.starting import free_port, until

QUESTIONS = [
    f"{what} {about}"
    for about in ("khai sinh cho con", "đăng ký kết hôn", "giấy phép lái xe", "thường trú")
    for what in ("lệ phí", "cần giấy tờ gì", "bao lâu có", "nộp ở đâu")
]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("beside")
    run = [sys.executable, "-m", "bots.cli", "ingest", "starter"]
    subprocess.run(run, env=environment(folder), check=True, capture_output=True)
    return folder


def environment(data_dir: Path, processes: int = 2) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MOTCUA_")}
    return {**kept, "MOTCUA_DATA_DIR": str(data_dir), "MOTCUA_WEB_PROCESSES": str(processes)}


@contextmanager
def served(data_dir: Path, processes: int = 2) -> Iterator[tuple[psutil.Process, int]]:
    """The process that serves, and its port."""
    port = free_port()
    command = [sys.executable, "-m", "bots.cli", "serve", "--port", str(port)]
    child = subprocess.Popen(command, env=environment(data_dir, processes))
    try:
        until(lambda: status(port) == 200 or child.poll() is not None)
        yield psutil.Process(child.pid), port
    finally:
        child.kill()
        child.wait()


def status(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as response:
            return int(response.status)
    except OSError:
        return 0


def ask(port: int, text: str, path: str = "ask", **more: str) -> bytes:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/{path}",
        json.dumps({"text": text, **more}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return bytes(response.read())


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """What does not differ from one time to the next."""
    return {key: answer[key] for key in answer.keys() - {"id", "elapsed_ms"}}


def ask_all(port: int) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(8) as askers:
        return [told(json.loads(a)) for a in askers.map(lambda q: ask(port, q), QUESTIONS)]


@pytest.fixture(scope="module")
def expected(data_dir: Path) -> list[dict[str, Any]]:
    assistant = build_assistant(KnowledgeSettings(data_dir=data_dir, _env_file=None))
    replies = [assistant.reply(Question(text=text)) for text in QUESTIONS]
    assistant.close()
    return [told(json.loads(reply.model_dump_json())) for reply in replies]


@pytest.fixture(scope="module")
def pair(data_dir: Path) -> Iterator[tuple[psutil.Process, int]]:
    """One server for all tests that leave it as it was."""
    with served(data_dir) as server:
        yield server


def test_both_processes_answer_and_both_answer_alike(
    pair: tuple[psutil.Process, int], expected: list[dict[str, Any]]
) -> None:
    server, port = pair
    both = [server, *server.children()]
    before = [sum(one.cpu_times()[:2]) for one in both]

    assert [ask_all(port) for _ in range(3)] == [expected] * 3

    after = [sum(one.cpu_times()[:2]) for one in both]
    assert len(both) == 2
    assert all(later > earlier for earlier, later in zip(before, after, strict=True))


def test_a_stream_comes_whole_from_either(pair: tuple[psutil.Process, int]) -> None:
    for _ in range(4):
        events = ask(pair[1], QUESTIONS[1], "ask/stream").decode()

        assert events.count("event: block") >= 1
        assert events.count("event: answer") == 1
        assert "event: error" not in events


def test_a_conversation_goes_on_whoever_answers(pair: tuple[psutil.Process, int]) -> None:
    ask(pair[1], "đăng ký kết hôn cần giấy tờ gì", conversation="hai")
    follow = [json.loads(ask(pair[1], "lệ phí", conversation="hai")) for _ in range(4)]

    assert {answer["procedure"]["code"] for answer in follow} == {"1.000894"}


def test_both_leave_an_old_index_for_a_new_one(
    pair: tuple[psutil.Process, int], data_dir: Path, expected: list[dict[str, Any]]
) -> None:
    generations = data_dir / "index" / "generations"
    (first,) = generations.glob("*")
    run = [sys.executable, "-m", "bots.cli", "ingest", "--rebuild"]
    for _ in range(2):  # the second removes what nobody holds after the first
        subprocess.run(run, env=environment(data_dir), check=True, capture_output=True)
        assert [ask_all(pair[1]) for _ in range(2)] == [expected] * 2

    assert not first.exists()


def test_when_the_other_has_died_all_is_answered_here(
    data_dir: Path, expected: list[dict[str, Any]]
) -> None:
    with served(data_dir) as (server, port):
        (beside,) = server.children()
        beside.kill()

        assert [ask_all(port) for _ in range(2)] == [expected] * 2


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_other_ends_with_the_server(data_dir: Path, how: signal.Signals) -> None:
    with served(data_dir) as (server, port):
        (beside,) = server.children()
        server.send_signal(how)

        until(lambda: not beside.is_running() or beside.status() == psutil.STATUS_ZOMBIE)
        server.wait(timeout=30)
        until(lambda: is_free(port))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def test_with_one_process_there_is_none_beside(data_dir: Path) -> None:
    with served(data_dir, processes=1) as (server, port):
        assert server.children() == []
        assert json.loads(ask(port, QUESTIONS[0]))["status"] == "answered"


def test_there_are_no_more_processes_than_cores() -> None:
    assert 1 <= WebSettings(_env_file=None).processes <= min(2, os.cpu_count() or 1)
