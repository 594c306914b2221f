"""The whole bot as a process: it may be killed at any moment, and stops when it is told to."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager, suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from assistant.bootstrap import Assistant
from evals.telegram_server import TelegramServer
from tests.telegram import small_bot

ROOT = Path(__file__).parents[2]
Process = subprocess.Popen[bytes]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def start(api: TelegramServer, database: str, *more: str) -> Process:
    command = [sys.executable, "-m", "tests.telegram.small_bot", api.url, database, *more]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True)


@contextmanager
def started(api: TelegramServer, database: str, *more: str) -> Iterator[Process]:
    process = start(api, database, *more)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # Its workers, too; usually all have ended.
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def post_until_taken(api: TelegramServer, client: httpx.Client, update: dict[str, Any]) -> None:
    """As Telegram does: again and again until it is acknowledged; not for ever."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if api.post(update, client) == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("an update was never acknowledged")


# A process that has imported everything and is forked for each life: starting from nothing takes
# most of a second, fifty times.
forking = multiprocessing.get_context("forkserver")
forking.set_forkserver_preload(["tests.telegram.small_bot"])


@pytest.fixture
def live(api: TelegramServer, database: str) -> Iterator[Callable[[int], ForkServerProcess]]:
    """Starts a bot that takes requests at a port; none outlives the test."""
    lives: list[ForkServerProcess] = []

    def begin(port: int) -> ForkServerProcess:
        process = forking.Process(target=small_bot.main, args=(api.url, database, str(port)))
        process.start()
        lives.append(process)
        api.wait(lambda: is_listening(port) or not process.is_alive(), 60)
        return process

    yield begin
    for process in lives:
        process.kill()
        process.join()


@pytest.mark.slow
def test_a_thousand_updates_are_answered_through_fifty_kills(
    api: TelegramServer, live: Callable[[int], ForkServerProcess]
) -> None:
    kills, port, rng = 50, free_port(), random.Random(7)
    updates = [api.message(number % 100 + 1, f"câu {number}") for number in range(1000)]
    limits = httpx.Limits(max_connections=20, max_keepalive_connections=0)
    with httpx.Client(timeout=10, limits=limits) as client, ThreadPoolExecutor(20) as pool:
        posted = []
        for part in range(kills):
            process = live(port)
            mine = updates[part * 20 : part * 20 + 20]
            taken = [pool.submit(post_until_taken, api, client, one) for one in mine]
            posted += taken
            # What was acknowledged is what must not be lost; the kill comes soon after the first.
            wait(taken, return_when=FIRST_COMPLETED)
            time.sleep(rng.uniform(0, 0.3))
            process.kill()
            process.join()
        last = live(port)
        for done in as_completed(posted, timeout=60):
            done.result()
        api.wait(lambda: len({call.text for call in api.sent()}) == 1000, 60)
        time.sleep(2)
        last.terminate()
        last.join(60)

    answers = Counter((call.chat, call.text) for call in api.sent())
    expected = {(u["message"]["chat"]["id"], f"re: {u['message']['text']}") for u in updates}
    assert set(answers) == expected
    assert sum(answers.values()) - 1000 <= kills
    assert last.exitcode == 0


def test_a_stop_amid_work_finishes_what_is_in_hand_and_loses_nothing(
    api: TelegramServer, database: str
) -> None:
    api.queue(*[api.message(chat, "chậm 0.5") for chat in range(1, 31)])
    with started(api, database) as process:
        api.wait(lambda: len(api.sent()) >= 4, 60)
        stopped_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
        seconds = time.monotonic() - stopped_at
    before = len(api.sent())
    with started(api, database):
        api.wait(lambda: len(api.sent()) == 30, 60)
        time.sleep(0.3)

    assert process.returncode == 0
    assert seconds < 30
    assert before < 30
    assert len(api.sent()) == 30


def test_several_processes_answer_from_one_inbox(api: TelegramServer, database: str) -> None:
    api.queue(*[api.message(number % 20 + 1, f"câu {number}") for number in range(200)])
    port = free_port()
    with started(api, database, "workers=2", "threads=2", f"metrics_port={port}") as process:
        api.wait(lambda: len(api.sent()) == 200, 90)
        time.sleep(0.5)
        told = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        workers = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
        psutil.wait_procs(workers, 10)

    assert process.returncode == 0
    assert len({call.text for call in api.sent()}) == len(api.sent()) == 200
    for chat in range(1, 21):
        numbers = [int(call.text.split()[-1]) for call in api.sent(chat)]
        assert numbers == sorted(numbers)
    assert not any(worker.is_running() for worker in workers)
    assert 'motcua_telegram_updates_total{result="handled"} 200.0' in told
    assert 'motcua_telegram_sends_total{result="sent"} 200.0' in told
    assert "motcua_telegram_waiting_updates 0.0" in told


def test_what_ends_its_workers_is_given_up_and_what_was_in_hand_beside_it_is_answered(
    api: TelegramServer, database: str
) -> None:
    others = range(2, 6)
    api.queue(api.message(1, "chết"), *[api.message(chat, "chậm 0.4") for chat in others])
    with started(api, database, "workers=2", "threads=8", "lease=0.5", "tries=3") as process:
        api.wait(lambda: all(api.sent(chat) for chat in [1, *others]), 90)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)

    assert ["Xin lỗi" in call.text for call in api.sent(1)] == [True]
    assert [api.sent(chat)[0].text for chat in others] == ["re: chậm 0.4"] * 4


def test_workers_end_when_the_server_is_killed_and_are_replaced_when_they_die(
    api: TelegramServer, database: str
) -> None:
    with started(api, database, "workers=2") as process:
        api.write(1, "một")
        api.wait(lambda: api.sent(1), 60)
        family = psutil.Process(process.pid)
        workers = [
            child for child in family.children() if "spawn_main" in " ".join(child.cmdline())
        ]
        for worker in workers:
            worker.kill()
        api.write(2, "hai")
        api.wait(lambda: api.sent(2), 60)
        later = [child for child in family.children() if "spawn_main" in " ".join(child.cmdline())]
        process.kill()
        _, alive = psutil.wait_procs(later, 20)

    assert len(workers) == 3  # two that answer, one that sends
    assert later
    assert alive == []


def test_one_process_serves_web_and_webhook(
    api: TelegramServer, starter: Assistant, starter_dir: Path
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "bots.cli", "telegram", "--webhook", base, "--with-web"]
    command += ["--workers", "2"]
    environment = {**os.environ, **named(api.url, starter_dir, api.token)}
    process = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=environment)
    try:
        api.wait(lambda: api.state.webhook and is_listening(port), 120)
        page = httpx.get(f"{base}/", timeout=30)
        posted = api.post(api.message(5, "đăng ký kết hôn cần giấy tờ gì"))
        asked = httpx.get(f"{base}/api/v1/procedures/1.000894", timeout=30)
        api.wait(lambda: any("1.000894" in call.text for call in api.sent(5)), 60)
        process.send_signal(signal.SIGTERM)
        code = process.wait(40)
    finally:
        process.kill()
        process.wait()

    assert api.state.webhook is not None
    assert api.state.webhook.url == f"{base}/telegram/webhook"
    assert page.status_code == 200
    assert "Một Cửa" in page.text
    assert posted == 200
    assert asked.status_code == 200
    assert code == 0


def named(api_url: str, data_dir: Path, token: str) -> dict[str, str]:
    return {
        "MOTCUA_DATA_DIR": str(data_dir),
        "MOTCUA_TELEGRAM_API_URL": api_url,
        "MOTCUA_TELEGRAM_TOKEN": token,
    }


def motcua(api_url: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    token = "1:AA-sai-0123456789012345678901234567890"
    names = {**named(api_url, tmp_path, token), **environment}
    return subprocess.run(
        [sys.executable, "-m", "bots.cli", "telegram", "--polling"],
        env={**os.environ, **names},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_wrong_token_is_said_in_one_sentence(api: TelegramServer, tmp_path: Path) -> None:
    ended = motcua(api.url, tmp_path)

    assert ended.returncode == 1
    assert "MOTCUA_TELEGRAM_TOKEN" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "AA-sai" not in ended.stderr + ended.stdout


def test_no_network_is_said_in_one_sentence(tmp_path: Path) -> None:
    ended = motcua(f"http://127.0.0.1:{free_port()}", tmp_path)

    assert ended.returncode == 1
    assert "MOTCUA_TELEGRAM_API_URL" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_missing_token_is_named(tmp_path: Path) -> None:
    ended = motcua("http://127.0.0.1:1", tmp_path, MOTCUA_TELEGRAM_TOKEN="")

    assert ended.returncode == 1
    assert "MOTCUA_TELEGRAM_TOKEN" in ended.stderr
    assert "Traceback" not in ended.stderr
