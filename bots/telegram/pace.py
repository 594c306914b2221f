"""How fast the Bot API may be called: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits

About 30 messages a second in all, one a second in a chat with short bursts, 20 a minute in a group.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

_REMEMBERED = 10_000


@dataclass(frozen=True)
class Rate:
    """So many a second in the long run, `burst` of them at once."""

    per_second: float
    burst: float


class Bucket:
    """Tokens that refill with time. The clock is given with each call and never runs back."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._tokens = rate.burst
        self._at = 0.0
        self._closed_until = 0.0

    def wait(self, now: float) -> float:
        """Seconds until one may go; 0 when it may go now."""
        self._refill(now)
        short = max(0.0, 1 - self._tokens) / self._rate.per_second
        return max(short if short > 1e-6 else 0.0, self._closed_until - now)

    def take(self, now: float) -> None:
        """One goes."""
        self._refill(now)
        self._tokens -= 1

    def close(self, until: float) -> None:
        """Nothing goes before `until`."""
        self._closed_until = max(self._closed_until, until)

    def _refill(self, now: float) -> None:
        gained = (now - self._at) * self._rate.per_second
        self._tokens = min(self._rate.burst, self._tokens + max(0.0, gained))
        self._at = max(self._at, now)


class Pace:
    """The buckets of all chats and the one over all."""

    def __init__(self, overall: float, chat: float, group_per_minute: float) -> None:
        # In any second no more than `overall`: what refills and the burst together.
        burst = max(1.0, overall / 10)
        self.overall = Bucket(Rate(max(overall - burst, overall / 2), burst))
        self._chat = Rate(chat, max(1.0, 4 * chat))
        in_group = group_per_minute / 60
        self._group = Rate(in_group * 0.8, max(1.0, in_group * 60 * 0.2))
        self._buckets: OrderedDict[int, Bucket] = OrderedDict()

    def of(self, chat: int) -> Bucket:
        """The bucket of a chat; a group has a negative number."""
        bucket = self._buckets.get(chat)
        if bucket is None:
            bucket = self._buckets[chat] = Bucket(self._group if chat < 0 else self._chat)
            if len(self._buckets) > _REMEMBERED:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(chat)
        return bucket
