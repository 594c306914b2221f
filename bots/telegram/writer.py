"""One thread that writes: what many ask for at the same time is committed together."""

from __future__ import annotations

import fcntl
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bots.telegram.floor import Floor
from knowledge.sql import tidy

T = TypeVar("T")
_TOGETHER = 100
_UNTIDY = 64
_PATIENCE = 0.05  # Not for an acknowledgement.


@dataclass(frozen=True)
class _Asked:
    work: Callable[[Connection], Any]
    future: Future[Any]
    outlives_power: bool


class Turn:
    """One process at a time. SQLite lets a writer that must wait look again after 1, 2, 5 … 100 ms;
    here it goes on at once, so that an acknowledgement seldom waits for answers being stored."""

    def __init__(self, file: Path | None) -> None:
        self._file = file.open("wb") if file else None

    def __enter__(self) -> None:
        if self._file:
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        if self._file:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the file back."""
        if self._file:
            self._file.close()


def turn_of(engine: Engine) -> Turn:
    """The turn of those who write to a database; on PostgreSQL everybody writes at once."""
    is_file = engine.dialect.name == "sqlite" and engine.url.database
    return Turn(Path(f"{engine.url.database}.telegram-turn") if is_file else None)


class Writer:
    """Runs pieces of work in transactions; a future is fulfilled when its commit has returned.

    What must outlive a power cut is committed through `lasting`, and everything before it with it;
    the rest outlives a killed process, and does not wait for the disk.
    Work that fails spoils only its own future: the others of its group are tried again alone.
    """

    def __init__(self, engine: Engine, lasting: Engine | None = None) -> None:
        self._engine = engine
        self._lasting = lasting or engine
        self.floor = Floor()
        self._turn = turn_of(engine)
        self._untidy = 0
        self._asked: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="telegram-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T], *, outlives_power: bool = False) -> Future[T]:
        """Do `work` in the next transaction."""
        future: Future[T] = Future()
        self._asked.put(_Asked(work, future, outlives_power))
        return future

    def do(self, work: Callable[[Connection], T]) -> T:
        """Do `work`, and wait until it is committed; raises what it raised."""
        return self.submit(work).result()

    def close(self) -> None:
        """Finish what was asked for, then end the thread."""
        self._asked.put(None)
        self._thread.join()
        self._turn.close()

    def _run(self) -> None:
        while (first := self._asked.get()) is not None:
            group, ends = [first], False
            while len(group) < _TOGETHER and not self._asked.empty():
                if (asked := self._asked.get()) is None:
                    ends = True
                    break
                group.append(asked)
            self._commit(group)
            if ends:
                return

    def _commit(self, group: list[_Asked]) -> None:
        lasts = any(asked.outlives_power for asked in group)
        engine = self._lasting if lasts else self._engine
        floor = self.floor.taken(0.0 if lasts else _PATIENCE)
        try:
            with floor, self._turn, engine.begin() as connection:
                results = [asked.work(connection) for asked in group]
        except Exception as error:
            if len(group) == 1:
                group[0].future.set_exception(error)
            else:
                for asked in group:
                    self._commit([asked])
            return
        for asked, result in zip(group, results, strict=True):
            asked.future.set_result(result)
        if not lasts:
            self._tidy()

    def _tidy(self) -> None:
        """Now and then, when nobody waits for this and without keeping anybody's turn. Not after
        an acknowledgement: the next is waited for."""
        self._untidy += 1
        if self._untidy >= _UNTIDY:
            self._untidy = 0
            with suppress(DBAPIError, sqlite3.Error):  # Somebody else is at it; later, then.
                tidy(self._engine)
