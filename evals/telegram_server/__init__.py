"""A Bot API server of our own, for tests and measurements: it checks what it is sent like
Telegram, keeps it, and fails on demand. Written from https://core.telegram.org/bots/api."""

from evals.telegram_server.faults import Fault
from evals.telegram_server.running import TelegramServer
from evals.telegram_server.state import Refusal, Sent

__all__ = ["Fault", "Refusal", "Sent", "TelegramServer"]
