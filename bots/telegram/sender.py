"""Empties the outbox at the pace that Telegram allows, every chat in its turn."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import telegram

from bots.telegram.api import Outcome, attempt
from bots.telegram.outbox import Loaded, Outbox, Waiting
from bots.telegram.pace import Pace

log = logging.getLogger(__name__)

# After a crash, what was on its way may be sent twice. So as little as possible is on its way: one
# message, more only when those that wait would otherwise need more than a second in all. What
# takes much longer than others is not counted, so that a chat that hangs holds nobody up. What
# crashed is likeliest to crash again soon: for the first seconds there is one message and no
# exception, so that crash after crash sends no more twice than there were crashes.
_AT_ONCE = 48
_CAREFUL = 4.0
_PATIENCE = 1.0
_HANGS = 1.0
_IDLE = 0.25
_MOMENT = 0.04
_LITTLE = 200
_STANDS = 0.25
_LONGEST_PAUSE = 60.0
_RESCAN = 30.0
_STALE = {"action": 5.0, "answer_callback": 20.0, "answer_inline": 20.0}
_UNPACED = frozenset(_STALE)
_Key = int | str


@dataclass
class _Lane:
    """What waits for one chat."""

    waiting: deque[Waiting] = field(default_factory=deque)
    is_busy: bool = False
    started_at: float = 0.0
    not_before: float = 0.0
    failures: int = 0


class Sender:
    """Sends for one bot; there must be only one at a time."""

    def __init__(
        self,
        outbox: Outbox,
        bot: telegram.Bot,
        pace: Pace,
        give_up: float,
        count: Callable[[str], None] = lambda result: None,
    ) -> None:
        self._outbox = outbox
        self._bot = bot
        self._pace = pace
        self._give_up = give_up
        self._count = count
        self._lanes: OrderedDict[_Key, _Lane] = OrderedDict()
        self._known: set[int] = set()
        self._last = 0
        self._rescan_at = 0.0
        self._pull_at = self._pulled_at = 0.0
        self._fresh: dict[int, tuple[float, Loaded]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._refusing: set[int] = set()
        self._on_way: set[_Key] = set()
        self._usual = 0.01
        self._careful_until = time.monotonic() + _CAREFUL

    def wake(self) -> None:
        """There is something new; to be called in the sender's loop. What comes within a moment
        is read together."""
        self._pull_at = min(self._pull_at, self._pulled_at + _MOMENT)
        self._woken.set()

    async def run(self, stopping: asyncio.Event, deadline: Callable[[], float]) -> None:
        """Send until `stopping`, then until nothing can go any more or `deadline` is past."""
        while not (stopping.is_set() and self._is_drained(deadline())):
            self._woken.clear()
            try:
                await self._pull()
                pause = min(await self._start(), self._pull_at - time.monotonic())
            except Exception as error:
                log.error("the outbox cannot be read: %s", type(error).__name__)
                pause = 1.0
            await self._sleep(pause)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=max(0.1, deadline() - time.monotonic()))

    def _is_drained(self, deadline: float) -> bool:
        now = time.monotonic()
        if now >= deadline:
            return True
        # What must wait beyond the end stays in the outbox.
        return not any(
            lane.is_busy or self._due(key, lane, now) < deadline
            for key, lane in self._lanes.items()
            if lane.waiting
        )

    async def _sleep(self, pause: float) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), max(0.0, pause))
        except TimeoutError:
            return

    async def _pull(self) -> None:
        now = time.monotonic()
        if now < self._pull_at:
            return
        self._pulled_at, self._pull_at = now, now + _IDLE
        # As it stands before the reading: what is sent meanwhile is read, but is not new.
        known = self._known.copy()
        if now >= self._rescan_at:
            self._rescan_at = now + _RESCAN
            waiting = await asyncio.to_thread(self._outbox.waiting, 0, 1_000_000)
            self._note([one for one in waiting if one.id not in known])
            return
        fresh = await asyncio.to_thread(self._outbox.fresh, self._last, _LITTLE, known)
        self._keep(fresh, now)
        self._note([one.waiting for one in fresh])
        if len(fresh) >= _LITTLE // 2:
            self._pull_at = now  # There may be more.

    def _keep(self, fresh: Iterable[Loaded], now: float) -> None:
        """The content read with the numbers, as most of it goes at once."""
        self._fresh = {
            id: (read_at, one)
            for id, (read_at, one) in self._fresh.items()
            if id in self._known and read_at > now - _STANDS
        } | {one.id: (now, one) for one in fresh}

    def _note(self, found: Iterable[Waiting]) -> None:
        for waiting in found:
            self._known.add(waiting.id)
            self._last = max(self._last, waiting.id)
            self._lanes.setdefault(_key(waiting), _Lane()).waiting.append(waiting)

    async def _start(self) -> float:
        """Start what may go now; seconds until more may go."""
        now = time.monotonic()
        chosen: list[Waiting] = []
        pause = _IDLE
        for key, lane in list(self._lanes.items()):
            if (short := self._pace.overall.wait(now)) > 0:
                pause = min(pause, short)
                break
            if lane.is_busy or not lane.waiting:
                continue
            if (due := self._due(key, lane, now)) > now:
                pause = min(pause, due - now)
                continue
            if not self._has_room(now):
                pause = min(pause, 0.1)
                break
            chosen.append(self._choose(key, lane, now))
        if chosen:
            await self._launch(chosen)
        return pause

    def _has_room(self, now: float) -> bool:
        """Whether one more may be on its way."""
        if now < self._careful_until:
            return not self._on_way
        hangs = max(_HANGS, 4 * self._usual)
        quick = sum(now - self._lanes[key].started_at < hangs for key in self._on_way)
        room = 1 + int((len(self._lanes) - len(self._on_way)) * self._usual / _PATIENCE)
        return quick < room and len(self._on_way) < _AT_ONCE

    def _due(self, key: _Key, lane: _Lane, now: float) -> float:
        wait = self._pace.of(key).wait(now) if isinstance(key, int) else 0.0
        return max(now + wait, lane.not_before)

    def _choose(self, key: _Key, lane: _Lane, now: float) -> Waiting:
        lane.is_busy, lane.started_at = True, now
        self._on_way.add(key)
        self._lanes.move_to_end(key)
        self._pace.overall.take(now)
        if isinstance(key, int):
            self._pace.of(key).take(now)
        return lane.waiting[0]

    async def _launch(self, chosen: Iterable[Waiting]) -> None:
        by_id = {waiting.id: waiting for waiting in chosen}
        found = {id: self._fresh[id][1] for id in by_id if self._is_fresh(id)}
        if rest := [id for id in by_id if id not in found]:
            found |= {one.id: one for one in await asyncio.to_thread(self._outbox.load, rest)}
        for id, waiting in by_id.items():
            if id not in found:
                self._forget(waiting)  # Erased meanwhile: its chat ended or asked to be forgotten.
                continue
            task = asyncio.create_task(self._send(waiting, found[id]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _is_fresh(self, id: int) -> bool:
        """Whether the content read with its number still stands. Which message is edited may
        have become known since."""
        if id not in self._fresh:
            return False
        read_at, loaded = self._fresh[id]
        lately = read_at > time.monotonic() - _STANDS
        return lately and loaded.send.method not in ("edit", "delete")

    async def _send(self, waiting: Waiting, loaded: Loaded) -> None:
        started = time.monotonic()
        try:
            outcome = await self._try(waiting, loaded)
            await self._settle(waiting, loaded, outcome)
            self._usual += 0.1 * (min(1.0, time.monotonic() - started) - self._usual)
        except Exception as error:
            # The database, or a message of ours that cannot be encoded.
            log.error("message %d could not be handled: %s", waiting.id, type(error).__name__)
            self._pause(waiting, Outcome("retry", reason=type(error).__name__))
        self._woken.set()

    async def _try(self, waiting: Waiting, loaded: Loaded) -> Outcome:
        age = time.time() - waiting.created_at
        if loaded.chat_is_gone:
            return Outcome("gone")
        if age > self._give_up:
            return Outcome("refused", reason="it is too old")
        if waiting.ephemeral:
            await asyncio.wrap_future(self._outbox.drop([waiting.id]))
            if age > _STALE.get(loaded.send.method, 20.0):
                return Outcome("refused", reason="stale")
        return await attempt(self._bot, loaded.send, loaded.message_id)

    async def _settle(self, waiting: Waiting, loaded: Loaded, outcome: Outcome) -> None:
        self._count("stale" if outcome.reason == "stale" else outcome.kind)
        if outcome.kind == "sent":
            self._refusing.clear()
        if waiting.ephemeral:
            self._note_busy(waiting, outcome)
            self._forget(waiting)
            return
        match outcome.kind:
            case "sent":
                send, message_id = loaded.send, outcome.message_id
                await asyncio.wrap_future(self._outbox.sent(waiting.id, send, message_id))
                self._forget(waiting)
            case "refused":
                log.error("message %d was dropped: %s", waiting.id, outcome.reason)
                await asyncio.wrap_future(self._outbox.drop([waiting.id]))
                self._forget(waiting)
            case "gone" | "moved":
                await self._leave(waiting, outcome)
            case _:
                self._pause(waiting, outcome)

    async def _leave(self, waiting: Waiting, outcome: Outcome) -> None:
        """The chat is no more, or has another number: its lane ends here."""
        assert waiting.chat is not None
        if outcome.kind == "gone":
            await asyncio.wrap_future(self._outbox.end_chat(waiting.chat))
        else:
            await asyncio.wrap_future(self._outbox.move_chat(waiting.chat, outcome.moved_to))
            self._rescan_at = self._pull_at = 0.0
        lane = self._lanes.pop(_key(waiting))
        self._on_way.discard(_key(waiting))
        self._known.difference_update(one.id for one in lane.waiting)

    def _pause(self, waiting: Waiting, outcome: Outcome) -> None:
        """Try again later: after the time that Telegram told, or longer each time."""
        now = time.monotonic()
        lane = self._lanes[_key(waiting)]
        lane.is_busy = False
        self._on_way.discard(_key(waiting))
        if outcome.kind in ("busy", "locked_out"):
            self._note_busy(waiting, outcome)
            lane.not_before = now + outcome.pause
            return
        lane.failures += 1
        lane.not_before = now + min(_LONGEST_PAUSE, 0.5 * 2.0 ** min(lane.failures, 10))

    def _note_busy(self, waiting: Waiting, outcome: Outcome) -> None:
        """Telegram does not say whether one chat or the whole bot is too fast. When a second chat
        is refused before anything was taken, it is the bot."""
        if outcome.kind not in ("busy", "locked_out"):
            return
        self._refusing.add(waiting.chat or 0)
        if len(self._refusing) > 1 or outcome.kind == "locked_out":
            self._pace.overall.close(time.monotonic() + outcome.pause)

    def _forget(self, waiting: Waiting) -> None:
        self._known.discard(waiting.id)
        lane = self._lanes[_key(waiting)]
        lane.waiting.popleft()
        self._on_way.discard(_key(waiting))
        lane.is_busy, lane.failures, lane.not_before = False, 0, 0.0
        if not lane.waiting:
            del self._lanes[_key(waiting)]


def _key(waiting: Waiting) -> _Key:
    """Answers to buttons and typing need no order and no pace of their own."""
    if waiting.ephemeral or waiting.chat is None:
        return f"once {waiting.id}"
    return waiting.chat
