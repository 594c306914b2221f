"""From an update to its answer, over polling and webhook, on both databases."""

from __future__ import annotations

import socket

import httpx

from evals.telegram_server import TelegramServer
from tests.telegram.conftest import Runs


def test_a_polling_bot_answers(api: TelegramServer, polling: Runs) -> None:
    with polling():
        api.write(5, "chào")
        api.wait(lambda: api.sent(5))

    assert [call.text for call in api.sent(5)] == ["re: chào"]


def test_a_bot_with_a_webhook_answers(api: TelegramServer, webhook: Runs) -> None:
    with webhook():
        status = api.post(api.message(5, "chào"))
        api.wait(lambda: api.sent(5))

    assert status == 200
    assert [call.text for call in api.sent(5)] == ["re: chào"]


def test_figures_tell_what_happened_and_not_to_whom(api: TelegramServer, polling: Runs) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with polling(metrics_port=port):
        update = api.write(987654321, "chào")
        api.queue(update)
        api.wait(lambda: api.sent(987654321))
        url = f"http://127.0.0.1:{port}/metrics"
        api.wait(lambda: 'sends_total{result="sent"} 1.0' in httpx.get(url).text)
        told = httpx.get(url).text

    assert 'motcua_telegram_updates_total{result="stored"} 1.0' in told
    assert 'motcua_telegram_updates_total{result="handled"} 1.0' in told
    assert "motcua_telegram_outbox_messages 0.0" in told
    assert "motcua_telegram_lag_seconds 0.0" in told
    assert "987654321" not in told
    assert "chào" not in told
