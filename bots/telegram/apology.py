"""What people read when their message was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.telegram.inbox import chat_of
from bots.telegram.sends import Send

_WORDS = {
    "vi": "Xin lỗi, tôi gặp lỗi khi xử lý tin nhắn vừa rồi nên chưa trả lời được. "
    "Bạn hãy gửi lại sau ít phút, hoặc hỏi bộ phận Một cửa nơi bạn ở.",
    "en": "Sorry, something went wrong with your last message and I could not answer it. "
    "Please send it again in a few minutes, or ask your one-stop service centre.",
}
_SPOKEN_IN = ("message", "edited_message", "callback_query")


def apology(body: Mapping[str, Any]) -> list[Send]:
    """An apology to whoever waits for an answer; none where nobody does."""
    kind = next((kind for kind in _SPOKEN_IN if kind in body), None)
    if kind is None:
        return []
    sender = body[kind].get("from") or {}
    language = "en" if str(sender.get("language_code", "")).startswith("en") else "vi"
    return [Send("message", chat_of(body), {"text": _WORDS[language]})]
