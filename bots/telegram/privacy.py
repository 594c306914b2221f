"""What is kept and for how long, told once; and erasure with a receipt."""

from __future__ import annotations

from assistant.audit import Event
from bots.telegram.incoming import Incoming
from bots.telegram.sends import Send
from bots.telegram.strings import words_in
from bots.telegram.talk import Talk, reply, say, tell, text_rows


def notice(said: Incoming) -> list[Send]:
    """The short text of the first contact."""
    return [tell(said.chat, said.known.tongue, "privacy_notice")] if said.private else []


def privacy_command(said: Incoming) -> list[Send]:
    """`/privacy`: the whole text."""
    return say(said, "privacy")


def forget_command(talk: Talk, said: Incoming) -> list[Send]:
    """`/forget`: erase everything of this chat; the receipt says how much of what, and when.

    Handled again it erases again and the first receipt stands: the audit has one entry for it.
    """
    key = f"forget:{said.update_id}"
    words = words_in(said.known.tongue)
    counts = _erased(talk, said)
    event = Event("citizen:telegram", "erased", f"receipt:{said.token}", counts, key)
    talk.audit.add(event)
    told = talk.audit.entries(f"receipt:{said.token}")[0]
    when = f"{words.day(told.at.date())} {told.at:%H:%M} UTC"
    text = words("forgotten", receipt=said.token, when=when, **told.details)
    return reply(said, text_rows(text))


def _erased(talk: Talk, said: Incoming) -> dict[str, str | int]:
    memory = talk.assistant.conversations
    turns = memory.forget(said.conversation) if memory else 0
    tickets = talk.desk.erase(said.conversation)
    dossiers = files = 0
    if talk.dossiers is not None:
        erasure = talk.dossiers.erase_all(said.conversation)
        dossiers, files = erasure.dossiers, erasure.files
    rows = 0
    if said.private:
        rows = talk.chats.erase(said.chat) + talk.tools.notify.forget(said.chat)
    return {
        "turns": turns,
        "tickets": tickets,
        "dossiers": dossiers,
        "files": files,
        "rows": rows,
    }
