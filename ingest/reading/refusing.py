"""How a reader says no: the reason and its numbers, without a word of the document."""

from __future__ import annotations

from ingest.reading.page import Refusal, RefusalReason


class Refused(Exception):
    """A file or page that is not read, for `reason`; `detail` holds numbers and names only."""

    def __init__(self, reason: RefusalReason, **detail: object) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = {key: str(value) for key, value in detail.items()}

    def of(self, file: str, page: int | None = None) -> Refusal:
        """The refusal of `file`, in whole or from `page` on."""
        return Refusal(file, self.reason, self.detail, page)
