"""A multipart body as it streams in: fields and files in memory, never in a temporary file.

What is handed in here may be identity cards; on disk they exist only sealed, in the vault.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException

from bots.web.strings import language_of, strings
from ingest.reading.page import Handed, Refusal, RefusalReason
from ingest.settings import ReadingSettings

BODY_MB = 120  # of one request, whatever is in it
_FIELD_BYTES = 64 * 1024


@dataclass
class Form:
    """What a form held. Files beyond the limits are refused here, before they fill the memory."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Handed] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


async def form_of(request: Request, limits: ReadingSettings) -> Form:
    """Read the whole body; raises HTTPException 400 or 413 with a sentence."""
    words = strings(language_of(request.query_params.get("lang")))
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise HTTPException(400, words["not_a_form"])
    too_much = HTTPException(413, words["upload_too_large"].format(megabytes=BODY_MB))
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 12 or int(announced) > BODY_MB * 1_000_000):
        raise too_much
    parts, received = _Parts(limits), 0
    parser = MultipartParser(options[b"boundary"], parts.callbacks())  # type: ignore[arg-type]
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > BODY_MB * 1_000_000:
                raise too_much
            parser.write(chunk)
        parser.finalize()
    except (FormParserError, KeyError, UnicodeDecodeError) as error:
        raise HTTPException(400, words["not_a_form"]) from error
    return parts.form


class _Parts:
    """Hears of headers and data part by part, and fills a Form."""

    def __init__(self, limits: ReadingSettings) -> None:
        self.form = Form()
        self._limits = limits
        # One byte more than is accepted lets the reader say that it was too much.
        self._most = int(limits.file_mb * 1_000_000) + 1
        self._header = (bytearray(), bytearray())
        self._name = ""
        self._file: str | None = None
        self._content = bytearray()

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_begin": self._begin_header,
            "on_header_field": lambda d, s, e: self._header[0].extend(d[s:e]),
            "on_header_value": lambda d, s, e: self._header[1].extend(d[s:e]),
            "on_header_end": self._end_header,
            "on_part_data": self._data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._name, self._file = "", None
        self._content = bytearray()

    def _begin_header(self) -> None:
        self._header = (bytearray(), bytearray())

    def _end_header(self) -> None:
        if bytes(self._header[0]).lower() != b"content-disposition":
            return
        _, options = parse_options_header(bytes(self._header[1]))
        self._name = options[b"name"].decode()
        if b"filename" in options:
            name = options[b"filename"].decode("utf-8", "replace")
            self._file = unicodedata.normalize("NFC", name)

    def _data(self, data: bytes, start: int, end: int) -> None:
        most = _FIELD_BYTES if self._file is None else self._most
        room = most - len(self._content)
        if room > 0 and len(self.form.files) < self._limits.files:
            self._content += data[start : min(end, start + room)]

    def _end(self) -> None:
        if self._file is None:
            self.form.fields[self._name] = self._content.decode()
        elif self._file and len(self.form.files) < self._limits.files:
            self.form.files.append(Handed(self._file, bytes(self._content)))
        elif self._file:
            detail = {"limit": str(self._limits.files)}
            reason = RefusalReason.TOO_MANY_FILES
            self.form.refusals.append(Refusal(self._file, reason, detail))
        self._content = bytearray()
