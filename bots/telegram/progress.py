"""How far the reading of files is, in the dossier's message, while the answer is being made."""

from __future__ import annotations

import time

from bots.telegram.incoming import Incoming
from bots.telegram.markup import bold, row
from bots.telegram.sends import Method, Send
from bots.telegram.talk import Talk, payload, words_for

_PAUSE = 3.0  # seconds: Telegram takes one message a second of a chat


class Progress:
    """Hears of pages as they are read; says so now and then. What it says is put under keys, so
    that an update handled again says nothing twice."""

    def __init__(self, talk: Talk, said: Incoming, slot: str) -> None:
        self._talk, self._said, self._slot = talk, said, slot
        self._told_at = time.monotonic()
        self._count = 0

    def begin(self) -> None:
        """Send the message that is edited from now on."""
        self._put("message", words_for(self._said)("dossier_reading"))

    def __call__(self, _file: str, _stage: str, page: int) -> None:
        """A page more."""
        if page < 1 or time.monotonic() - self._told_at < _PAUSE:
            return
        self._told_at = time.monotonic()
        self._put("edit", words_for(self._said)("dossier_reading_page", page=page))

    def _put(self, method: Method, text: str) -> None:
        rows = [row(bold(words_for(self._said)("dossier_title"))), row(text)]
        key = f"progress:{self._said.chat}:{self._said.update_id}:{self._count}"
        self._count += 1
        send = Send(method, self._said.chat, payload(rows), slot=self._slot)
        self._talk.tools.notify.put([send], key)
