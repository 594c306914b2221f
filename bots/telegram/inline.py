"""Inline mode: `@bot đăng ký kết hôn` in any chat gives short answers to put there."""

from __future__ import annotations

from typing import Any

import telegram

from assistant.models import Answer, Question, Status
from bots.telegram.incoming import token_of
from bots.telegram.markup import as_html, row, split
from bots.telegram.render import lines_of
from bots.telegram.sends import Send
from bots.telegram.strings import words_in
from bots.telegram.talk import Talk

_MOST = 5
_SHORTEST = 3
_CACHED = 300  # seconds; an answer is the same for everybody


def inline_answer(talk: Talk, query: telegram.InlineQuery) -> list[Send]:
    """Articles for the procedures nearest to the words; nothing of it is remembered."""
    text = query.query.strip()
    results = _articles(talk, text) if len(text) >= _SHORTEST else []
    found: dict[str, Any] = {
        "inline_query_id": query.id,
        "results": results,
        "cache_time": _CACHED if results else 5,
        "is_personal": False,
    }
    return [Send("answer_inline", None, found)]


def _articles(talk: Talk, text: str) -> list[dict[str, Any]]:
    first = talk.assistant.reply(Question(text=text))
    if first.status not in (Status.ANSWERED, Status.NEEDS_CHOICE):
        return []
    answers = [first] if first.procedure else []
    codes = [option.code for option in first.options] or [
        hit.code for hit in talk.assistant.search(text, _MOST).hits
    ]
    known = {first.procedure.code} if first.procedure else set()
    for code in [code for code in codes if code not in known][: _MOST - len(answers)]:
        answers.append(talk.assistant.reply(Question(text=text, code=code)))
    return [_article(talk, answer) for answer in answers if answer.procedure]


def _article(talk: Talk, answer: Answer) -> dict[str, Any]:
    """One procedure: what was asked of it, as much as fits one message."""
    assert answer.procedure is not None
    words = words_in(answer.language)
    parts = split(lines_of(answer.model_copy(update={"options": ()}), talk.public_url), 3800)
    rows = [*parts[0], *([row(words("inline_more"))] if len(parts) > 1 else [])]
    said = next((line.text for block in answer.blocks for line in block.lines), "")
    code = answer.procedure.code
    link = f"https://t.me/{talk.tools.bot_name}?start=p_{code.replace('.', '_')}"
    return {
        "type": "article",
        "id": token_of(0, f"{code} {','.join(answer.facets)}"),
        "title": answer.procedure.name[:120],
        "description": said[:160],
        "input_message_content": {
            "message_text": as_html(rows),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        },
        "reply_markup": {"inline_keyboard": [[{"text": words("inline_ask"), "url": link}]]},
    }
