"""Files as people hand them in become pages with words, boxes and facts."""

from __future__ import annotations

from ingest.reading.reader import read_files
from ingest.settings import ReadingSettings

__all__ = ["ReadingSettings", "read_files"]
