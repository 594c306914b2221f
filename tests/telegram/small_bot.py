"""A bot in a process of its own that repeats what it hears.

python -m tests.telegram.small_bot API DATABASE [PORT] [SETTING=VALUE ...]: with PORT by webhook.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import telegram

from bots.telegram.running import Incoming, run
from bots.telegram.sends import Handle, Send, Tools
from bots.telegram.serving import HttpServer, listening
from bots.telegram.settings import TelegramSettings
from bots.telegram.webhook import Webhook
from evals.telegram_server.running import TOKEN

PATH = "/telegram/webhook"


def repeat(update: telegram.Update) -> Sequence[Send]:
    """`chậm 2 …` takes two seconds, `chết` ends the process."""
    message = update.effective_message
    if message is None or message.text is None:
        return []
    if message.text.startswith("chậm"):
        time.sleep(float(message.text.split()[1]))
    if message.text.startswith("chết"):
        time.sleep(0.2)  # Until others are in hand beside it.
        os._exit(1)
    return [Send("message", message.chat_id, {"text": f"re: {message.text}"})]


def conversation(tools: Tools) -> Handle:
    """Needs no assistant."""
    return repeat


def _end_with_the_test() -> None:
    """A run of tests that was killed has no time to end its bots."""
    forked_for, started_by = multiprocessing.parent_process(), os.getppid()
    while forked_for.is_alive() if forked_for else os.getppid() == started_by:
        time.sleep(0.5)
    os._exit(1)


def main(api: str, database: str, *more: str) -> None:
    """Run until told to stop."""
    logging.basicConfig()
    threading.Thread(target=_end_with_the_test, daemon=True).start()
    values: dict[str, Any] = dict(one.split("=") for one in more if "=" in one)
    ports = [int(one) for one in more if "=" not in one]
    values = {"lease": 2, "sends_per_second": 1000, "chat_sends_per_second": 100, **values}
    settings = TelegramSettings(token=TOKEN, api_url=api, _env_file=None, **values)
    incoming = Incoming()
    if ports:
        listener = listening("127.0.0.1", ports[0])

        def server(store: Any) -> HttpServer:
            return HttpServer(Webhook(PATH, settings.webhook_secret, store), listener)

        incoming = Incoming(f"http://127.0.0.1:{ports[0]}{PATH}", server)
    run(conversation, settings, database, incoming)


if __name__ == "__main__":
    main(*sys.argv[1:])
