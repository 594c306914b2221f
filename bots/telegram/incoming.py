"""An update as the conversation sees it: who spoke where, what they said, whether it is for us."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import telegram
from telegram.constants import ChatType, MessageEntityType

from bots.telegram.chats import Known


@dataclass(frozen=True)
class Incoming:
    """A message or a tapped button. `text` has no mention of the bot; `anchor` names what our reply
    belongs to."""

    update_id: int
    chat: int
    user: int
    private: bool
    anchor: str
    text: str
    message: telegram.Message | None
    known: Known
    edited: bool = False
    tap: telegram.CallbackQuery | None = None

    @property
    def conversation(self) -> str:
        """The conversation in the assistant's memory; in a group everybody has their own."""
        return f"telegram:{self.chat}" if self.private else f"telegram:{self.chat}:{self.user}"

    @property
    def token(self) -> str:
        """A name for what this update makes, the same when it is handled again."""
        return token_of(self.update_id)

    def slot(self, part: int = 0) -> str:
        """The name of a part of our reply."""
        return f"{self.anchor}.{part}"


def token_of(update_id: int, what: str = "") -> str:
    """Ten letters that name what an update makes."""
    return hashlib.sha256(f"{update_id} {what}".encode()).hexdigest()[:10]


def message_of(update: telegram.Update) -> telegram.Message | None:
    """The message that a person wrote or edited, or under which a button was tapped."""
    if update.callback_query is not None:
        found = update.callback_query.message
        return found if isinstance(found, telegram.Message) else None
    return update.message or update.edited_message


def is_private(chat: telegram.Chat) -> bool:
    """Whether only one person is there."""
    return chat.type == ChatType.PRIVATE


def words_for_us(message: telegram.Message, bot_id: int, bot_name: str) -> str | None:
    """The text without the bot's name; None when a message of a group is not for the bot."""
    text = message.text or message.caption or ""
    if is_private(message.chat):
        return text
    mention = f"@{bot_name}".lower()
    parsed = {**message.parse_entities(), **message.parse_caption_entities()}
    named = [
        said
        for entity, said in parsed.items()
        if (entity.type == MessageEntityType.MENTION and said.lower() == mention)
        or (entity.type == MessageEntityType.BOT_COMMAND and said.lower().endswith(mention))
        or (entity.type == MessageEntityType.TEXT_MENTION and _is(entity.user, bot_id))
    ]
    if not named and not is_reply_to(message, bot_id):
        return None
    for said in named:
        text = text.replace(said, said.partition("@")[0] if said.startswith("/") else " ", 1)
    return text.strip()


def is_reply_to(message: telegram.Message, bot_id: int) -> bool:
    """Whether it replies to a message of the bot."""
    replied = message.reply_to_message
    return replied is not None and _is(replied.from_user, bot_id)


def _is(user: telegram.User | None, bot_id: int) -> bool:
    return user is not None and user.id == bot_id
