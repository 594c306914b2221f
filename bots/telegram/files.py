"""Files that people sent, fetched through the API address."""

from __future__ import annotations

import telegram
from telegram.error import BadRequest, TelegramError

from bots.telegram.api import Line
from bots.telegram.errors import FileRefused

_PATIENCE = 180


class FileFetcher:
    """Fetches files, from any thread."""

    def __init__(self, line: Line, limit: int) -> None:
        self._line = line
        self._limit = limit

    def fetch(self, file_id: str) -> bytes:
        """The content; raises FileRefused when it is too large, gone or cannot be reached."""
        try:
            return self._line.submit(lambda bot: self._fetch(bot, file_id)).result(_PATIENCE)
        except BadRequest as error:
            reason = "too_large" if "too big" in str(error).lower() else "gone"
            raise FileRefused(reason, f"Telegram does not give the file: {error}") from error
        except (TelegramError, TimeoutError) as error:
            raise FileRefused("unreachable", f"The file cannot be fetched: {error}") from error

    async def _fetch(self, bot: telegram.Bot, file_id: str) -> bytes:
        file = await bot.get_file(file_id)
        if (file.file_size or 0) > self._limit:
            raise FileRefused("too_large", f"The file has more than {self._limit} bytes")
        content = bytes(await file.download_as_bytearray())
        if len(content) > self._limit:
            raise FileRefused("too_large", f"The file has more than {self._limit} bytes")
        return content
