"""The methods of the Bot API that a bot of ours calls."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from evals.telegram_server import checks
from evals.telegram_server.state import Refusal, State, Webhook

Parameters = dict[str, Any]
_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)


async def _get_me(state: State, _: Parameters) -> Any:
    return {
        "id": state.bot_id,
        "is_bot": True,
        "first_name": "Một Cửa",
        "username": state.bot_name,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
    }


async def _get_updates(state: State, parameters: Parameters) -> Any:
    if state.webhook is not None:
        told = "Conflict: can't use getUpdates method while webhook is active"
        raise Refusal(409, told)
    if (offset := parameters.get("offset")) is not None:
        while state.pending and state.pending[0]["update_id"] < int(offset):
            state.pending.popleft()
    state.poller += 1
    me, until = state.poller, time.monotonic() + float(parameters.get("timeout", 0))
    while not state.pending and time.monotonic() < until:
        state.arrived.clear()
        try:
            await asyncio.wait_for(state.arrived.wait(), until - time.monotonic())
        except TimeoutError:
            break
        if state.poller != me:
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
    return list(state.pending)[: int(parameters.get("limit", 100))]


async def _set_webhook(state: State, parameters: Parameters) -> Any:
    state.webhook = Webhook(str(parameters["url"]), str(parameters.get("secret_token", "")))
    return True


async def _delete_webhook(state: State, _: Parameters) -> Any:
    state.webhook = None
    return True


async def _get_webhook_info(state: State, _: Parameters) -> Any:
    url = state.webhook.url if state.webhook else ""
    waiting = len(state.pending)
    return {"url": url, "has_custom_certificate": False, "pending_update_count": waiting}


async def _send_message(state: State, parameters: Parameters) -> Any:
    checks.check_text(parameters)
    checks.check_markup(parameters)
    return _new_message(state, parameters, text=str(parameters["text"]))


async def _send_file(state: State, parameters: Parameters) -> Any:
    checks.check_caption(parameters)
    checks.check_markup(parameters)
    name = f"sent{next(state.numbers)}"
    file = {"file_id": name, "file_unique_id": name, "file_name": "file"}
    return _new_message(state, parameters, document=file)


def _new_message(state: State, parameters: Parameters, **content: Any) -> dict[str, Any]:
    chat = chat_of(state, parameters)
    _check_reply(state, chat, parameters.get("reply_parameters"))
    number = next(state.numbers)
    kind = "private" if chat > 0 else "supergroup"
    bot = {"id": state.bot_id, "is_bot": True, "first_name": "Một Cửa"}
    message = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": chat, "type": kind},
        "from": bot,
        **content,
    }
    state.messages[chat, number] = message
    state.contents[chat, number] = _content(parameters)
    return message


def _check_reply(state: State, chat: int, reply: Mapping[str, Any] | None) -> None:
    if not reply or reply.get("allow_sending_without_reply"):
        return
    if (chat, int(reply["message_id"])) not in state.messages:
        raise Refusal(400, "Bad Request: message to be replied not found")


def _content(parameters: Mapping[str, Any]) -> str:
    return repr([parameters.get(name) for name in ("text", "parse_mode", "reply_markup")])


def chat_of(state: State, parameters: Parameters) -> int:
    """The chat of a call; refuses one that never wrote to us."""
    try:
        chat = int(parameters.get("chat_id", ""))
    except ValueError:
        raise Refusal(400, "Bad Request: chat_id is empty") from None
    if chat not in state.chats:
        raise Refusal(400, "Bad Request: chat not found")
    return chat


def _message_of(state: State, parameters: Parameters, complaint: str) -> tuple[int, int]:
    key = chat_of(state, parameters), int(parameters.get("message_id", 0))
    message = state.messages.get(key)
    if message is None or message["from"]["id"] != state.bot_id:
        raise Refusal(400, f"Bad Request: {complaint}")
    return key


async def _edit_text(state: State, parameters: Parameters) -> Any:
    key = _message_of(state, parameters, "message to edit not found")
    checks.check_text(parameters)
    checks.check_markup(parameters)
    content = _content(parameters)
    if state.contents[key] == content:
        raise Refusal(400, _NOT_MODIFIED)
    state.contents[key] = content
    state.messages[key] |= {"text": str(parameters["text"]), "edit_date": int(time.time())}
    return state.messages[key]


async def _edit_markup(state: State, parameters: Parameters) -> Any:
    key = _message_of(state, parameters, "message to edit not found")
    checks.check_markup(parameters)
    return state.messages[key]


async def _delete_message(state: State, parameters: Parameters) -> Any:
    key = _message_of(state, parameters, "message to delete not found")
    del state.messages[key]
    return True


async def _send_action(state: State, parameters: Parameters) -> Any:
    chat_of(state, parameters)
    checks.check_action(parameters)
    return True


async def _answer_callback(state: State, parameters: Parameters) -> Any:
    name = str(parameters.get("callback_query_id"))
    if name not in state.callbacks:
        told = "Bad Request: query is too old and response timeout expired or query ID is invalid"
        raise Refusal(400, told)
    state.callbacks.discard(name)
    if len(str(parameters.get("text", ""))) > 200:
        raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
    return True


async def _answer_inline(state: State, parameters: Parameters) -> Any:
    await _known_query(state, str(parameters.get("inline_query_id")))
    checks.check_results(parameters)
    return True


async def _known_query(state: State, name: str) -> None:
    if name not in state.callbacks:
        raise Refusal(400, "Bad Request: query is too old or query ID is invalid")
    state.callbacks.discard(name)


async def _set_commands(state: State, parameters: Parameters) -> Any:
    checks.check_commands(parameters)
    state.commands[str(parameters.get("language_code", ""))] = parameters["commands"]
    return True


async def _get_file(state: State, parameters: Parameters) -> Any:
    name = str(parameters.get("file_id"))
    if name not in state.files:
        raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    size = len(state.files[name])
    if size > state.file_limit:
        raise Refusal(400, "Bad Request: file is too big")
    path = {"file_size": size, "file_path": f"documents/{name}"}
    return {"file_id": name, "file_unique_id": name, **path}


async def _get_member(state: State, parameters: Parameters) -> Any:
    person = int(parameters["user_id"])
    status = state.members.get((chat_of(state, parameters), person), "left")
    return {"status": status, "user": {"id": person, "is_bot": False, "first_name": "An"}}


async def _get_chat(state: State, parameters: Parameters) -> Any:
    chat = chat_of(state, parameters)
    kind = "private" if chat > 0 else "supergroup"
    limits = {"accent_color_id": 0, "max_reaction_count": 11}
    return {"id": chat, "type": kind, "accepted_gift_types": {}, **limits}


METHODS: dict[str, Callable[[State, Parameters], Awaitable[Any]]] = {
    "getMe": _get_me,
    "getUpdates": _get_updates,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _get_webhook_info,
    "sendMessage": _send_message,
    "sendDocument": _send_file,
    "sendPhoto": _send_file,
    "editMessageText": _edit_text,
    "editMessageReplyMarkup": _edit_markup,
    "deleteMessage": _delete_message,
    "sendChatAction": _send_action,
    "answerCallbackQuery": _answer_callback,
    "answerInlineQuery": _answer_inline,
    "setMyCommands": _set_commands,
    "getFile": _get_file,
    "getChatMember": _get_member,
    "getChat": _get_chat,
}
