"""The server as an ASGI application."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from evals.telegram_server.faults import Fault
from evals.telegram_server.methods import METHODS
from evals.telegram_server.state import Refusal, Sent, State

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Reply = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_JSON = frozenset(
    [
        "reply_markup",
        "reply_parameters",
        "results",
        "commands",
        "allowed_updates",
        "link_preview_options",
        "entities",
        "button",
    ]
)
_QUIET = frozenset({"getUpdates", "getMe", "setWebhook", "deleteWebhook", "getWebhookInfo"})


class App:
    """Answers /botTOKEN/METHOD and /file/botTOKEN/PATH."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, reply: Reply) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        kind, _, rest = scope["path"].removeprefix("/").partition("/")
        if kind == "file":
            await self._file(rest, reply)
            return
        try:
            await self._call(kind, rest, scope, receive, reply)
        except Refusal as refusal:
            await _refuse(reply, refusal)

    async def _file(self, rest: str, reply: Reply) -> None:
        bot, _, path = rest.partition("/")
        content = self._state.files.get(path.removeprefix("documents/"))
        if bot != f"bot{self._state.token}" or content is None:
            await _answer(reply, 404, b"")
        else:
            await _answer(reply, 200, content)

    async def _call(
        self, bot: str, method: str, scope: Scope, receive: Receive, reply: Reply
    ) -> None:
        parameters, files = await _parameters(scope, receive)
        if bot != f"bot{self._state.token}":
            raise Refusal(401, "Unauthorized")
        if method not in METHODS:
            raise Refusal(404, "Not Found")
        chat = _number(parameters.get("chat_id"))
        fault = self._state.fault(method, chat)
        self._note_closing(fault, chat)
        if fault and not fault.is_done and fault.kind != "slow":
            self._keep(method, chat, parameters, files, fault.code)
            await self._fail(fault, reply)
            return
        if fault and fault.kind == "slow" and not fault.is_done:
            await asyncio.sleep(fault.seconds)
        result = await self._result(method, chat, parameters, files)
        if fault and fault.is_done:
            await self._fail(fault, reply)
            return
        await _answer(reply, 200, json.dumps({"ok": True, "result": result}).encode())

    async def _result(
        self, method: str, chat: int | None, parameters: dict[str, Any], files: dict[str, bytes]
    ) -> Any:
        try:
            if chat is not None:
                self._state.check_closed(chat)
            result = await METHODS[method](self._state, parameters)
        except Refusal as refusal:
            self._keep(method, chat, parameters, files, refusal.code)
            raise
        number = result.get("message_id") if isinstance(result, dict) else None
        self._keep(method, chat, parameters, files, 200, number)
        return result

    def _note_closing(self, fault: Fault | None, chat: int | None) -> None:
        if fault and fault.kind == "busy":
            whom = chat if fault.chat is not None else None
            self._state.closed_until[whom] = time.time() + fault.seconds

    def _keep(
        self,
        method: str,
        chat: int | None,
        parameters: dict[str, Any],
        files: dict[str, bytes],
        code: int,
        message_id: int | None = None,
    ) -> None:
        if method not in _QUIET:
            call = Sent(time.time(), method, chat, parameters, files, code, message_id)
            self._state.sent.append(call)

    async def _fail(self, fault: Fault, reply: Reply) -> None:
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            await _answer(reply, 200, b'{"ok":true,"result":true}')
        elif fault.kind == "cut":
            # The server closes the connection when an answer is shorter than it said.
            headers = [(b"content-length", b"100")]
            await reply({"type": "http.response.start", "status": 200, "headers": headers})
        else:
            wait = fault.seconds if fault.kind == "busy" else None
            await _refuse(reply, Refusal(fault.code, fault.told, wait, fault.to))


async def _parameters(scope: Scope, receive: Receive) -> tuple[dict[str, Any], dict[str, bytes]]:
    kind = dict(scope["headers"]).get(b"content-type", b"")
    if kind.startswith(b"multipart/"):
        return await _multipart(Request(scope, receive))
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    if kind.startswith(b"application/json"):
        return json.loads(body), {}
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    return {name: _value(name, value) for name, value in pairs}, {}


async def _multipart(request: Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    parameters: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[value.filename or name] = await value.read()
            else:
                parameters[name] = _value(name, value)
    return parameters, files


def _value(name: str, text: str) -> Any:
    return json.loads(text) if name in _JSON else text


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.removeprefix("-").isdigit() else None


async def _refuse(reply: Reply, refusal: Refusal) -> None:
    told: dict[str, Any] = {
        "ok": False,
        "error_code": refusal.code,
        "description": refusal.description,
    }
    if refusal.retry_after is not None:
        told["parameters"] = {"retry_after": max(1, round(refusal.retry_after))}
    if refusal.moved_to:
        told["parameters"] = {"migrate_to_chat_id": refusal.moved_to}
    await _answer(reply, refusal.code, json.dumps(told).encode())


async def _answer(reply: Reply, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await reply({"type": "http.response.start", "status": status, "headers": headers})
    await reply({"type": "http.response.body", "body": body})
