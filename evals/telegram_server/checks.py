"""What Telegram refuses: lengths, markup, keyboards."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from evals.telegram_server.state import Refusal

LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024
_TAGS = frozenset(
    [
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "span",
        "tg-spoiler",
        "tg-emoji",
        "a",
        "code",
        "pre",
        "blockquote",
    ]
)
_PIECE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>|<")
_ACTIONS = frozenset(
    ["typing", "upload_photo", "upload_document", "upload_video", "record_voice", "find_location"]
)
_BUTTON = ("url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat")
_BUTTON_MORE = ("web_app", "login_url", "switch_inline_query_chosen_chat", "copy_text", "pay")


def units(text: str) -> int:
    """UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain_of(text: str, parse_mode: str | None) -> str:
    """The text without its markup; refuses markup that does not balance."""
    if not parse_mode:
        return text
    if parse_mode.lower() != "html":
        raise Refusal(400, f"Bad Request: this server does not know parse_mode {parse_mode}")
    return html.unescape(_without_tags(text))


def _without_tags(text: str) -> str:
    opened: list[str] = []
    kept, at = [], 0
    for piece in _PIECE.finditer(text):
        kept.append(text[at : piece.start()])
        at = piece.end()
        closes, name = piece.group(1), (piece.group(2) or "").lower()
        if name not in _TAGS:
            raise _unparsed(f'Unsupported start tag "{name}" at byte offset {piece.start()}')
        if not closes:
            opened.append(name)
        elif not opened or opened.pop() != name:
            raise _unparsed(f'Unexpected end tag "{name}" at byte offset {piece.start()}')
    if opened:
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{opened[-1]}"')
    return "".join(kept) + text[at:]


def _unparsed(reason: str) -> Refusal:
    return Refusal(400, f"Bad Request: can't parse entities: {reason}")


def check_text(parameters: Mapping[str, Any]) -> None:
    """A message has between 1 and 4,096 units after its markup is read."""
    plain = plain_of(str(parameters.get("text", "")), parameters.get("parse_mode"))
    if not plain.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if units(plain) > LONGEST_TEXT:
        raise Refusal(400, "Bad Request: message is too long")


def check_caption(parameters: Mapping[str, Any]) -> None:
    """A caption has at most 1,024 units."""
    caption = plain_of(str(parameters.get("caption", "")), parameters.get("parse_mode"))
    if units(caption) > LONGEST_CAPTION:
        raise Refusal(400, "Bad Request: message caption is too long")


def check_action(parameters: Mapping[str, Any]) -> None:
    """Only known actions."""
    if parameters.get("action") not in _ACTIONS:
        raise Refusal(400, "Bad Request: wrong parameter action in request")


def check_markup(parameters: Mapping[str, Any]) -> None:
    """An inline keyboard, or one of the other three kinds."""
    markup = parameters.get("reply_markup")
    if markup is None:
        return
    markup = json.loads(markup) if isinstance(markup, str) else markup
    if not isinstance(markup, dict):
        raise Refusal(400, "Bad Request: object expected as reply markup")
    buttons = [button for row in markup.get("inline_keyboard", []) for button in row]
    if len(buttons) > 100:
        raise Refusal(400, "Bad Request: REPLY_MARKUP_TOO_LONG")
    for button in buttons:
        _check_button(button)


def _check_button(button: Mapping[str, Any]) -> None:
    if not str(button.get("text", "")).strip():
        raise Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    if sum(kind in button for kind in (*_BUTTON, *_BUTTON_MORE)) != 1:
        raise Refusal(400, "Bad Request: exactly one optional field of a button must be used")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= 64:
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if "url" in button and not str(button["url"]).startswith(("http://", "https://", "tg://")):
        raise Refusal(400, "Bad Request: inline keyboard button URL is invalid")


def check_results(parameters: Mapping[str, Any]) -> None:
    """At most 50 inline results with names of their own."""
    results = parameters.get("results") or []
    names = [str(result.get("id", "")) for result in results]
    if len(results) > 50:
        raise Refusal(400, "Bad Request: RESULTS_TOO_MUCH")
    if len(set(names)) != len(names) or not all(1 <= len(n.encode()) <= 64 for n in names):
        raise Refusal(400, "Bad Request: RESULT_ID_INVALID")
    for result in results:
        if not result.get("type") or not result.get("title"):
            raise Refusal(400, "Bad Request: can't parse inline query result")
        if content := result.get("input_message_content"):
            check_text({"text": content.get("message_text"), **content})
        check_markup(result)


def check_commands(parameters: Mapping[str, Any]) -> None:
    """At most 100 commands of 1 to 32 small letters, digits or _."""
    commands = parameters.get("commands") or []
    if len(commands) > 100:
        raise Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command"))):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description"))) <= 256:
            raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
