"""Looks at a changed record before it is stored, and holds back what a person should see first.

A poisoned or broken page must not change an answer: the version before it goes on serving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from urllib.parse import urlsplit

from knowledge.procedure import ChannelKind, Procedure
from knowledge.text import folded_words

_FEE_FACTOR = 5
Check = Callable[[Procedure, Procedure], Iterator[tuple[str, str]]]


def suspicions(before: Procedure, after: Procedure) -> list[tuple[str, str]]:
    """(field, reason) for every change that looks like damage rather than news."""
    return [found for check in CHECKS for found in check(before, after)]


def _fees_jumped(before: Procedure, after: Procedure) -> Iterator[tuple[str, str]]:
    old, new = _highest_fees(before), _highest_fees(after)
    for kind in old.keys() & new.keys():
        if old[kind] and not new[kind]:
            yield "channels", f"phí {kind.value} đổi từ {old[kind]} thành miễn phí"
        elif old[kind] and _ratio(old[kind], new[kind]) >= _FEE_FACTOR:
            yield (
                "channels",
                f"phí {kind.value} đổi từ {old[kind]} thành {new[kind]} (từ {_FEE_FACTOR} lần)",
            )


def _highest_fees(procedure: Procedure) -> dict[ChannelKind, Decimal]:
    return {
        channel.kind: max(fee.amount for fee in channel.fees if fee.amount is not None)
        for channel in procedure.channels
        if any(fee.amount is not None for fee in channel.fees)
    }


def _ratio(one: Decimal, other: Decimal) -> Decimal:
    return max(one, other) / min(one, other)


def _content_vanished(before: Procedure, after: Procedure) -> Iterator[tuple[str, str]]:
    for field, label in (("channels", "hình thức nộp"), ("steps", "các bước")):
        if getattr(before, field) and not getattr(after, field):
            yield field, f"bản trước có {label}, bản mới không còn gì"
    if any(before.requirements()) and not any(after.requirements()):
        yield "cases", "bản trước có giấy tờ, bản mới không còn gì"


def _another_procedure(before: Procedure, after: Procedure) -> Iterator[tuple[str, str]]:
    old, new = set(folded_words(before.name)), set(folded_words(after.name))
    if len(old & new) * 3 < min(len(old), len(new)):
        yield "name", f"tên đổi hẳn: {before.name!r} thành {after.name!r}"


def _another_site(before: Procedure, after: Procedure) -> Iterator[tuple[str, str]]:
    hosts = [urlsplit(p.source.url).hostname if p.source else None for p in (before, after)]
    if hosts[0] and hosts[0] != hosts[1]:
        yield "source.url", f"trang nguồn đổi từ {hosts[0]} sang {hosts[1]}"


CHECKS: tuple[Check, ...] = (_fees_jumped, _content_vanished, _another_procedure, _another_site)
