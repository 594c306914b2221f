"""From the files of a dossier to its pages: the front door of reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.reading.page import Handed, Page, Reading, Refusal, RefusalReason
from ingest.reading.refusing import Refused
from ingest.settings import ReadingSettings

Progress = Callable[[str, str, int], None]  # file name, stage, pages so far


def read_files(
    files: Sequence[Handed], limits: ReadingSettings, progress: Progress | None = None
) -> Reading:
    """Every page that can be read, and a refusal for everything that cannot; never raises for
    what a file contains. `progress` hears "opening", "reading", "done" or "refused" of each
    file, from any thread."""
    from ingest.reading.thin import pages_of

    tell = progress or (lambda file, stage, pages: None)
    pages: list[Page] = []
    refusals: list[Refusal] = []
    for place, handed in enumerate(files):
        tell(handed.name, "opening", 0)
        try:
            if place >= limits.files:
                raise Refused(RefusalReason.TOO_MANY_FILES, limit=limits.files, found=len(files))
            read = 0
            for page in pages_of(handed, limits):
                pages.append(page)
                read += 1
                tell(handed.name, "reading", read)
            tell(handed.name, "done", read)
        except Refused as refused:
            refusals.append(refused.of(handed.name))
            tell(handed.name, "refused", 0)
    return Reading(tuple(pages), tuple(refusals))
