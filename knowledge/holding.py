"""Who reads a generation holds it; who cleans leaves what is held; the dead hold nothing.

A search that outlasts two publishes would otherwise lose its files: Chroma opens some of them late.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

_NAME = "held"


class Hold:
    """Shared with every other reader of one directory, of this process or another."""

    def __init__(self, directory: Path) -> None:
        """Waits while the directory is being removed; raises OSError when it is gone."""
        self._file: IO[bytes] = (directory / _NAME).open("ab")
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def release(self) -> None:
        """Let go; twice does no harm."""
        self._file.close()


def is_held(directory: Path) -> bool:
    """Whether somebody reads what lies in `directory`."""
    try:
        with (directory / _NAME).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # nobody ever read it
        return False
    return False
