"""Voice notes: a kind word, or what a transcriber heard, shown and then answered."""

from __future__ import annotations

from dataclasses import replace

from bots.telegram.errors import FileRefused
from bots.telegram.incoming import Incoming
from bots.telegram.markup import italic, row
from bots.telegram.questions import ask
from bots.telegram.sends import Send
from bots.telegram.talk import Talk, reply, say, typing


def voice_note(talk: Talk, said: Incoming) -> list[Send]:
    """The answer to what was spoken; without a transcriber, please type."""
    message = said.message
    spoken = (message.voice or message.audio) if message else None
    if talk.transcriber is None or spoken is None:
        return say(said, "please_type")
    if (spoken.file_size or 0) > talk.tools.file_limit:
        return say(said, "please_type")
    typing(talk, said)
    try:
        audio = talk.tools.files.fetch(spoken.file_id)
    except FileRefused:
        return say(said, "please_type")
    heard = talk.transcriber.transcribe(audio, said.known.tongue).strip()
    if not heard:
        return say(said, "not_heard")
    return [*reply(said, [row(italic(f"🎙 {heard}"))]), *ask(talk, replace(said, text=heard))]
