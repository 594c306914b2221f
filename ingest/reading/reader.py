"""From the files of a dossier to its pages: the front door of reading."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from ingest.reading import wire
from ingest.reading.confine import Limits
from ingest.reading.page import Handed, Page, Reading, Refusal, RefusalReason
from ingest.reading.refusing import Refused
from ingest.reading.sandbox import Outcome, Sandbox
from ingest.settings import ReadingSettings

Progress = Callable[[str, str, int], None]  # file name, stage, pages so far

_MB = 1_000_000
_PATIENCE = 3  # pages of one file that may fail before the rest of it is given up
_WARM = Sandbox()  # started at the first file, and kept: starting is most of the cost


@dataclass
class _Part:
    """One file, or one member of an archive, on its way to pages."""

    handed: Handed
    inside: bool = False
    kind: str = ""
    count: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    failures: int = 0


def read_files(
    files: Sequence[Handed],
    limits: ReadingSettings,
    progress: Progress | None = None,
    sandbox: Sandbox | None = None,
) -> Reading:
    """Every page that can be read, and a refusal for everything that cannot; never raises for
    what a file contains, only SandboxLost when reading is impossible on this machine.

    `progress` hears "opening", "reading", "done" or "refused" of each file, from any thread.
    Archives are told by their own name; the files in them as `ho-so.zip/giay.jpg`.
    """
    tell = progress or (lambda file, stage, pages: None)
    return _Read(limits, tell, sandbox or _WARM).all(files)


class _Read:
    """One reading: its limits, its deadline and who listens."""

    def __init__(self, limits: ReadingSettings, tell: Progress, sandbox: Sandbox) -> None:
        self._limits, self._tell, self._sandbox = limits, tell, sandbox
        self._deadline = time.monotonic() + limits.total_seconds

    def all(self, files: Sequence[Handed]) -> Reading:
        with ThreadPoolExecutor(self._limits.workers, "reading") as pool:
            parts = [_Part(handed) for handed in files]
            opened = list(pool.map(self._open, range(len(parts)), parts))
            flat = [part for group in opened for part in group]
            self._share_out(flat)
            list(self._read_all(flat, pool))
        pages = tuple(page for part in flat for page in part.pages)
        return Reading(pages, tuple(r for part in flat for r in part.refusals))

    def _open(self, place: int, part: _Part) -> list[_Part]:
        """The part itself, and the members if it is an archive."""
        self._tell(part.handed.name, "opening", 0)
        try:
            self._refuse_by_size(place, part.handed)
            return [part, *self._opened(part)]
        except Refused as refused:
            part.refusals.append(refused.of(part.handed.name))
            self._tell(part.handed.name, "refused", 0)
            return [part]

    def _refuse_by_size(self, place: int, handed: Handed) -> None:
        if place >= self._limits.files:
            raise Refused(RefusalReason.TOO_MANY_FILES, limit=self._limits.files)
        if not handed.content:
            raise Refused(RefusalReason.EMPTY)
        if len(handed.content) > self._limits.file_mb * _MB:
            found = f"{len(handed.content) / _MB:.1f}"
            raise Refused(RefusalReason.TOO_LARGE, limit=f"{self._limits.file_mb:g}", found=found)

    def _opened(self, part: _Part) -> Iterator[_Part]:
        """Learns kind and pages of `part`; yields the opened members of an archive."""
        message = {"do": "open", "name": part.handed.name, "inside": part.inside}
        answers = self._step(message, part.handed.content)
        part.kind, part.count = _kind_and_pages(answers[-1][0])
        for place, (answer, blobs) in enumerate(answers[:-1]):
            name = f"{part.handed.name}/{answer.get('member', '')}"
            yield from self._open(place, _Part(Handed(name, b"".join(blobs)), inside=True))

    def _share_out(self, parts: Sequence[_Part]) -> None:
        """Gives each part its pages of the allowance, in the order handed in."""
        left, limit = self._limits.pages, self._limits.pages
        for part in parts:
            if part.count > limit or (part.count and not left):
                refused = Refused(RefusalReason.TOO_MANY_PAGES, limit=limit, found=part.count)
                part.refusals.append(refused.of(part.handed.name))
                self._tell(part.handed.name, "refused", 0)
                part.count = 0
            elif part.count > left:
                refused = Refused(RefusalReason.TOO_MANY_PAGES, limit=limit, found=part.count)
                part.refusals.append(refused.of(part.handed.name, left + 1))
                part.count = left
            left -= part.count

    def _read_all(self, parts: Iterable[_Part], pool: ThreadPoolExecutor) -> Iterator[None]:
        """Reads the pages of all parts side by side, and gathers them in order."""
        waiting: list[tuple[_Part, list[Future[Page | Refusal]]]] = [
            (part, [pool.submit(self._page, part, n) for n in range(1, part.count + 1)])
            for part in parts
            if part.count
        ]
        for part, pages in waiting:
            for future in pages:
                _keep(part, future.result())
                yield
            self._tell(part.handed.name, "done" if part.pages else "refused", len(part.pages))

    def _page(self, part: _Part, number: int) -> Page | Refusal:
        """A page, or its refusal; one without trying when the file was given up before."""
        if part.failures >= _PATIENCE:
            given_up = {"why": "given_up"}
            return Refusal(part.handed.name, RefusalReason.READER_FAILED, given_up, number)
        message = {"do": "read", "kind": part.kind, "number": number}
        try:
            ((answer, blobs),) = self._step(message, part.handed.content)[:1]
            page = wire.page_in({**answer["page"], "file": part.handed.name, "number": number},
                                blobs[0])  # fmt: skip
        except Refused as refused:
            part.failures += 1
            return refused.of(part.handed.name, number if part.count > 1 else None)
        except (wire.Overflow, KeyError, IndexError, TypeError):
            part.failures += 1
            return Refusal(part.handed.name, RefusalReason.READER_FAILED, {}, number)
        self._tell(part.handed.name, "reading", number)
        return page

    def _step(
        self, message: wire.Message, content: bytes
    ) -> list[tuple[wire.Message, tuple[bytes, ...]]]:
        """The answers of one child; raises Refused when it refuses or does not end well."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Refused(RefusalReason.TOOK_TOO_LONG, limit=self._limits.total_seconds)
        cost = Limits(
            self._limits.cpu_seconds,
            min(left, self._limits.wall_seconds),
            self._limits.memory_mb,
            self._limits.scratch_mb,
        )
        sent = {**message, "limits": self._limits.model_dump()}
        return _judged(self._sandbox.run(cost, sent, content), cost)


def _judged(outcome: Outcome, cost: Limits) -> list[tuple[wire.Message, tuple[bytes, ...]]]:
    """The answers of a child that ended well."""
    if outcome.ending.how == "time":
        raise Refused(RefusalReason.TOOK_TOO_LONG, limit=round(cost.wall_seconds))
    if outcome.ending.how in ("memory", "processes"):
        raise Refused(RefusalReason.TOOK_TOO_MUCH, limit=cost.memory_mb)
    if outcome.ending.how != "done" or not outcome.answers:
        raise Refused(RefusalReason.READER_FAILED)
    last = outcome.answers[-1][0]
    if "refused" in last:
        raise _refusal_in(last)
    return list(outcome.answers)


def _refusal_in(answer: wire.Message) -> Refused:
    try:
        reason = RefusalReason(answer["refused"])
        return Refused(reason, **{str(k): str(v) for k, v in dict(answer["detail"]).items()})
    except (ValueError, KeyError, TypeError):
        return Refused(RefusalReason.READER_FAILED)


def _kind_and_pages(answer: wire.Message) -> tuple[str, int]:
    try:
        return str(answer["kind"]), max(0, int(answer["pages"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(RefusalReason.READER_FAILED) from error


def _keep(part: _Part, result: Page | Refusal) -> None:
    if isinstance(result, Page):
        part.pages.append(result)
    else:
        part.refusals.append(result)
