"""python -m evals.bench.telegram DATA_DIR: the Telegram bot under load, floods and kills.

DATA_DIR is where procedures were ingested. Runs the real `motcua telegram` with a webhook against
the Bot API server of evals.telegram_server, on this machine: both, and who writes, share its cores.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import psutil

from evals.bench.questions import own_set
from evals.bench.report import Figure, conditions, figure_table
from evals.bench.telegram_kills import killed
from evals.bench.telegram_posting import Posting, post_apart
from evals.bench.telegram_trial import (
    PACE,
    QUESTION,
    Poster,
    Trial,
    free_port,
    poster_to,
    running,
    settle,
    wait,
)
from evals.bench.timing import spread_of
from evals.telegram_server import TelegramServer

TELEGRAM = Path("docs/telegram_figures.md")
_OPENINGS = (
    "{}", "dạ cho em hỏi {}", "anh chị ơi {}", "mình muốn hỏi là {}", "{} ạ", "xin hỏi {}",
    "cho tôi hỏi chút, {}", "ad ơi {} vậy", "{}, mong được trả lời", "nhờ tư vấn giúp {}",
    "chào bạn, {}", "{} cảm ơn nhiều",
)  # fmt: skip


def main() -> int:
    """Measure and write; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.telegram", description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--parts", nargs="+", choices=list(_PARTS), default=list(_PARTS))
    parser.add_argument("--output", type=Path, default=TELEGRAM)
    given = parser.parse_args()
    trial = Trial(given.data_dir, given.rate, given.seconds, given.kills, given.workers)
    measured = _kept(given.output)
    for part in given.parts:
        measured[part] = list(_PARTS[part](trial))
        _keep(given.output, measured)
        sys.stderr.write("\n".join(map(str, measured[part])) + "\n")
    figures = [figure for part in _PARTS for figure in measured.get(part, [])]
    text = "\n".join(_section(trial, figures)) + "\n"
    sys.stdout.write(text)
    given.output.write_text(text, encoding="utf-8")
    return int(not all(figure.holds for figure in figures))


def _kept(output: Path) -> dict[str, list[Figure]]:
    """Parts measured before, so that one can be measured again alone."""
    file = output.with_suffix(".json")
    if not file.is_file():
        return {}
    stored = json.loads(file.read_text(encoding="utf-8"))
    return {part: [Figure(**figure) for figure in figures] for part, figures in stored.items()}


def _keep(output: Path, measured: Mapping[str, Sequence[Figure]]) -> None:
    plain = {part: [asdict(figure) for figure in figures] for part, figures in measured.items()}
    text = json.dumps(plain, indent=1, ensure_ascii=False) + "\n"
    output.with_suffix(".json").write_text(text, encoding="utf-8")


def _under_load(trial: Trial) -> Iterator[Figure]:
    """So many updates a second: questions in turn, then as many of which no two are worded alike.
    Each chat writes every six seconds."""
    chats = range(1, trial.rate * 6 + 1)
    with TelegramServer() as api, running(trial, api, free_port()) as process:
        with ThreadPoolExecutor(16) as pool:
            _greet(api, poster_to(api), pool, chats)
        for how, openings in (("", _OPENINGS[:1]), (", no two questions alike", _OPENINGS)):
            texts = _wordings(trial.rate * trial.seconds, openings)
            yield from _loaded(trial, api, process, texts, how)


def _loaded(
    trial: Trial,
    api: TelegramServer,
    process: subprocess.Popen[bytes],
    texts: Sequence[str],
    how: str,
) -> Iterator[Figure]:
    cores, ours = _cpu(process), time.process_time()
    posting = _steady(trial, api, texts)
    posted = post_apart(posting)
    settle(api, 4)
    cores, ours = _cpu(process) - cores, time.process_time() - ours
    waits = _waits(api, posting, trial.rate * 6)
    acknowledged, answered = spread_of(posted.acknowledged), spread_of(waits)
    rate = len(texts) / (posted.ended - posting.start)
    missing = sum(math.isinf(wait) for wait in waits)
    each = 1000 / len(texts)
    yield Figure(f"webhook acknowledged, p50{how}", acknowledged.p50, 20, "ms")
    yield Figure(f"webhook acknowledged, p95{how}", acknowledged.p95, 20, "ms")
    name = f"updates a second taken over {trial.seconds} s{how}"
    yield Figure(name, round(rate, 1), trial.rate * 0.99, "/s", at_most=False)
    yield Figure(f"from update to answer, p50{how}", round(answered.p50 / 1000, 3), 3, "s")
    yield Figure(f"from update to answer, p95{how}", round(answered.p95 / 1000, 3), 3, "s")
    yield Figure(f"updates without an answer{how}", missing, 0, "")
    yield Figure(f"CPU of the bot for an update{how}", round(cores * each, 1), 20, "ms")
    beside = round((ours + posted.cpu) * each, 1)
    yield Figure(f"CPU of the server and the writers for an update{how}", beside, 5, "ms")


def _wordings(number: int, openings: Sequence[str]) -> list[str]:
    """The questions in turn, with the next opening after each round."""
    texts = [question.text for question in own_set("test")]
    return [
        openings[n // len(texts) % len(openings)].format(texts[n % len(texts)])
        for n in range(number)
    ]


def _steady(trial: Trial, api: TelegramServer, texts: Sequence[str]) -> Posting:
    webhook, chats = api.state.webhook, trial.rate * 6
    assert webhook is not None
    updates = [api.message(number % chats + 1, text) for number, text in enumerate(texts)]
    bodies = [json.dumps(update).encode() for update in updates]
    return Posting(webhook.url, webhook.secret, bodies, trial.rate, time.time() + 6)


def _greet(
    api: TelegramServer, poster: Poster, pool: ThreadPoolExecutor, chats: Sequence[int]
) -> None:
    """Every chat has been told what is kept before the clock starts."""
    for _ in pool.map(poster.post, [api.message(chat, "xin chào") for chat in chats]):
        continue
    wait(lambda: {call.chat for call in api.sent()} >= set(chats), 300)
    time.sleep(3)


def _waits(api: TelegramServer, posting: Posting, chats: int) -> list[float]:
    """Seconds from when each update was due to the first message that followed; infinite when none
    did before the chat's next."""
    posted: dict[int, list[float]] = defaultdict(list)
    for number in range(len(posting.bodies)):
        posted[number % chats + 1].append(posting.start + number / posting.rate)
    sent: dict[int | None, list[float]] = defaultdict(list)
    for call in api.sent():
        if call.at >= posting.start:
            sent[call.chat].append(call.at)
    waits = []
    for chat, moments in posted.items():
        for at, until in zip(moments, [*moments[1:], math.inf], strict=True):
            followed = [moment for moment in sent[chat] if at <= moment < until]
            waits.append(min(followed) - at if followed else math.inf)
    return waits


def _cpu(process: subprocess.Popen[bytes]) -> float:
    """Seconds of CPU that the bot and its workers have used."""
    family = psutil.Process(process.pid)
    times = [one.cpu_times() for one in (family, *family.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


def _flooded(trial: Trial) -> Iterator[Figure]:
    """One chat writes a hundred messages at once, then ten others one each."""
    others = range(2, 12)
    # The pace is Telegram's own: 30 a second, one a second in a chat.
    pace = {"sends_per_second": 30}
    with TelegramServer() as api, running(trial, api, free_port(), **pace):
        poster = poster_to(api)
        with ThreadPoolExecutor(16) as pool, ThreadPoolExecutor(10) as quiet:
            _greet(api, poster, quiet, range(1, 12))
            flood = [pool.submit(poster.post, api.message(1, QUESTION)) for _ in range(100)]
            time.sleep(0.3)
            began = time.time()
            for chat in others:
                quiet.submit(poster.post, api.message(chat, QUESTION))
            for future in flood:
                future.result()
        api.wait(lambda: all(_since(api, chat, began) for chat in others), 60)
        slowest = max(min(_since(api, chat, began)) - began for chat in others)
    yield Figure("amid a flood of 100, slowest of 10 others", round(slowest, 2), 2, "s")


def _since(api: TelegramServer, chat: int, began: float) -> list[float]:
    return [call.at for call in api.sent(chat) if call.at >= began]


_PARTS: dict[str, Callable[[Trial], Iterator[Figure]]] = {
    "load": _under_load,
    "flood": _flooded,
    "kills": killed,
}


def _section(trial: Trial, figures: Sequence[Figure]) -> list[str]:
    return [
        "## Telegram",
        "",
        f"Printed by `python -m evals.bench.telegram DATA_DIR`. {conditions()}",
        "The real `motcua telegram --webhook` with "
        f"{trial.workers} workers on SQLite, against a Bot API server of our own.",
        f"Under load, MOTCUA_TELEGRAM_SENDS_PER_SECOND was {PACE}: Telegram lets an ordinary bot",
        "send 30 messages a second, and more only when it pays. 580 questions came in turn, then",
        "so many of which no two were worded alike. Bot, Bot API server and those who write shared",
        "the cores.",
        "",
        *figure_table(figures),
    ]


if __name__ == "__main__":
    sys.exit(main())
