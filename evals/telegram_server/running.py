"""The server in a thread, and the people who write to the bot."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn

from evals.telegram_server.app import App
from evals.telegram_server.faults import Fault
from evals.telegram_server.state import Sent, State

TOKEN = "4242424242:AA-invented-for-tests_0123456789abc"


class TelegramServer:
    """A Bot API server on a free port of this machine, while the `with` block lasts."""

    def __init__(self, token: str = TOKEN, bot_name: str = "motcua_thu_bot") -> None:
        self.token = token
        self.state = State(token, bot_name)
        # As with Telegram, numbers go on from server to server.
        self._ids = itertools.count(time.time_ns() // 1_000_000)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(
            App(self.state), log_level="critical", access_log=False, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)

    def _run(self) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await self._server.serve([self._listener])

        asyncio.run(serve())

    def fail(self, fault: Fault) -> Fault:
        """Let calls go wrong from now on."""
        self.state.faults.append(fault)
        return fault

    def message(self, chat: int, text: str, **values: Any) -> dict[str, Any]:
        """An update: somebody writes in a chat. It is not delivered yet."""
        return self._update("message", self._message(chat, text, values))

    def edited(self, chat: int, message_id: int, text: str) -> dict[str, Any]:
        """An update: somebody changes a message."""
        changed = self._message(chat, text, {"message_id": message_id, "edit_date": 1})
        return self._update("edited_message", changed)

    def press(self, chat: int, data: str, message_id: int = 0) -> dict[str, Any]:
        """An update: somebody presses a button under a message of the bot."""
        name = f"query{next(self.state.numbers)}"
        self.state.callbacks.add(name)
        found = self.state.messages.get((chat, message_id))
        message = found or self._message(chat, "", {"message_id": message_id or 1})
        query = {
            "id": name,
            "from": self._person(chat),
            "chat_instance": "1",
            "message": message,
            "data": data,
        }
        return self._update("callback_query", query)

    def inline(self, person: int, text: str) -> dict[str, Any]:
        """An update: somebody writes @bot and something in another chat."""
        name = f"inline{next(self.state.numbers)}"
        self.state.callbacks.add(name)
        query = {"id": name, "from": self._person(person), "query": text, "offset": ""}
        return self._update("inline_query", query)

    def _message(self, chat: int, text: str, values: dict[str, Any]) -> dict[str, Any]:
        self.state.chats.add(chat)
        number = values.get("message_id") or next(self.state.numbers)
        place = {"id": chat, "type": "private" if chat > 0 else "supergroup"}
        if chat < 0:
            place["title"] = "Nhóm thử"
        message = {
            "message_id": number,
            "date": int(time.time()),
            "chat": place,
            "from": self._person(abs(chat)),
            "text": text,
            **values,
        }
        self.state.messages.setdefault((chat, number), message)
        return message

    def _person(self, number: int) -> dict[str, Any]:
        return {"id": number, "is_bot": False, "first_name": "An", "language_code": "vi"}

    def _update(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        return {"update_id": next(self._ids), kind: content}

    def queue(self, *updates: dict[str, Any]) -> None:
        """Let updates wait for getUpdates."""

        async def add() -> None:
            self.state.pending.extend(updates)
            self.state.arrived.set()

        self.do(add)

    def write(self, chat: int, text: str, **values: Any) -> dict[str, Any]:
        """Somebody writes; the bot that polls gets it."""
        update = self.message(chat, text, **values)
        self.queue(update)
        return update

    def do(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Run something on the server's loop."""
        assert self._loop is not None

        async def run() -> Any:
            return await work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(60)

    def post(
        self, update: dict[str, Any], client: httpx.Client | None = None, **headers: str
    ) -> int:
        """Post an update to the webhook once; the status of the answer."""
        webhook = self.state.webhook
        assert webhook is not None, "no webhook is set"
        told = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret, **headers}
        if client is not None:
            return client.post(webhook.url, json=update, headers=told).status_code
        with httpx.Client(timeout=30) as own:
            return own.post(webhook.url, json=update, headers=told).status_code

    @property
    def calls(self) -> Sequence[Sent]:
        """Every call so far."""
        return tuple(self.state.sent)

    def sent(self, chat: int | None = None, method: str = "sendMessage") -> list[Sent]:
        """Messages that Telegram took."""
        return [
            call
            for call in self.calls
            if call.method == method and call.code == 200 and chat in (None, call.chat)
        ]

    def wait(self, ready: Callable[[], object], seconds: float = 10) -> None:
        """Wait until something holds; raises TimeoutError when it does not in time."""
        until = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > until:
                raise TimeoutError(f"not within {seconds} s")
            time.sleep(0.01)
