"""From an update to its answer, over polling and webhook, on both databases."""

from __future__ import annotations

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
