"""Buckets on a clock of our own."""

from __future__ import annotations

import pytest

from bots.telegram.pace import Bucket, Pace, Rate


def times(bucket: Bucket, count: int) -> list[float]:
    """When `count` calls can go that are asked for at once."""
    now, gone = 100.0, []
    for _ in range(count):
        now += bucket.wait(now)
        bucket.take(now)
        gone.append(now)
    return gone


def most_within(moments: list[float], seconds: float) -> int:
    return max(sum(t <= moment < t + seconds for moment in moments) for t in moments)


@pytest.mark.parametrize("limit", [10.0, 30.0, 300.0])
def test_no_second_has_more_than_the_limit(limit: float) -> None:
    moments = times(Pace(limit, 1, 20).overall, int(limit * 5))

    assert most_within(moments, 0.999) <= limit
    assert len(moments) / (moments[-1] - moments[0]) > 0.8 * limit


def test_a_chat_may_burst_then_goes_once_a_second() -> None:
    moments = times(Pace(30, 1, 20).of(5), 12)

    assert moments[3] == moments[0]
    assert moments[-1] - moments[3] == pytest.approx(8)


def test_no_minute_of_a_group_has_more_than_twenty() -> None:
    moments = times(Pace(30, 1, 20).of(-5), 60)

    assert most_within(moments, 59.99) <= 20


def test_a_closed_bucket_waits_as_told() -> None:
    bucket = Bucket(Rate(10, 10))
    bucket.close(107)

    assert bucket.wait(100) == 7
    assert bucket.wait(108) == 0


def test_a_clock_that_stands_still_gives_no_tokens() -> None:
    bucket = Bucket(Rate(1, 1))
    bucket.take(100)

    assert bucket.wait(100) == pytest.approx(1)
    assert bucket.wait(99) == pytest.approx(1)
