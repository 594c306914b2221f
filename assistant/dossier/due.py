"""When a result is due: the record's time limit in days that authorities work.

A number without a unit, or a source that says two things, gives a sentence and no day.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import holidays
import yaml

from assistant.messages import messages_for
from assistant.models import Language
from knowledge.procedure import ChannelKind, Procedure, TimeLimit, TimeUnit

_LATE = time(15, 0)
_AFTER_LATE = re.compile(r"sau 15 ?(?:giờ|h)\b.*ngày làm việc tiếp theo", re.IGNORECASE)
_CONTRADICTS = re.compile(r"\blại (?:ghi|chỉ ghi)\b|\bkhác với\b|\bcòn phần ghi chú\b")
# A condition that only says from when the time counts excludes nobody.
_ONLY_A_START = re.compile(r"(?:kể từ|tính từ|từ) (?:ngày|khi) (?:tiếp )?nhận", re.IGNORECASE)


@dataclass(frozen=True)
class Due:
    """The last day, if it can be told, the sentence about it, and the field it rests on."""

    day: date | None
    sentence: str
    field: str | None = None


class WorkingDays:
    """Monday to Friday without public holidays (Labour Code 45/2019/QH14, article 112), with
    make-up days and the listed exceptions."""

    def __init__(self, closed: frozenset[date], worked: frozenset[date]) -> None:
        self._calendar = holidays.country_holidays("VN")
        self._closed = closed
        self._worked = worked

    def is_one(self, day: date) -> bool:
        """Whether authorities work on `day`."""
        if day in self._worked:
            return True
        # Asking for the holiday fills in the year; the make-up Saturdays are unknown before.
        is_holiday = day in self._calendar
        is_worked = bool(self._calendar.is_working_day(day))
        return is_worked and not is_holiday and day not in self._closed

    def from_then(self, day: date) -> date:
        """`day` itself, or the next working day."""
        while not self.is_one(day):
            day += timedelta(days=1)
        return day

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself does not count (Civil Code
        91/2015/QH13, articles 147 and 148)."""
        for _ in range(count):
            day = self.from_then(day + timedelta(days=1))
        return day


@cache
def working_days() -> WorkingDays:
    """The calendar with the exceptions of working_days.yaml."""
    file = Path(__file__).parent / "working_days.yaml"
    listed = yaml.safe_load(file.read_text(encoding="utf-8"))
    closed, worked = (frozenset(one["day"] for one in listed[key]) for key in ("closed", "worked"))
    return WorkingDays(closed, worked)


def due(
    procedure: Procedure,
    kind: ChannelKind,
    received_at: datetime,
    language: Language = "vi",
    calendar: WorkingDays | None = None,
) -> Due:
    """When the result of a complete dossier handed in at `received_at` (local time) is due."""
    calendar, say = calendar or working_days(), messages_for(language).say
    for c, channel in enumerate(procedure.channels):
        if channel.kind is kind and channel.time_limits:
            place = f"channels[{c}].time_limits"
            break
    else:
        return Due(None, say("dossier.due.empty"))
    if late := _for_late_ones(channel.time_limits, received_at, language, calendar):
        return late
    chosen = _chosen(channel.time_limits)
    if chosen is None:
        limits = "; ".join(in_words(limit, language) for limit in channel.time_limits)
        return Due(None, say("dossier.due.several", limits=limits), place)
    field = f"{place}[{channel.time_limits.index(chosen)}]"
    return _of_limit(chosen, received_at, field, language, calendar)


def in_words(limit: TimeLimit, language: Language) -> str:
    """'3 ngày làm việc (bãi rộng)': the figure as the record has it."""
    say = messages_for(language).say
    if limit.number is None:
        return limit.note or ""
    number = f"{limit.number.normalize():f}"
    stated = limit.unit is not TimeUnit.NOT_STATED
    unit = say(f"unit.{limit.unit}") if stated else say("dossier.due.unit_not_stated")
    return f"{number} {unit}" + (f" ({limit.condition})" if limit.condition else "")


def day_in_words(day: date, language: Language) -> str:
    """ngày 05 tháng 02 năm 2026; days under 10 and the first two months carry a zero."""
    if language == "en":
        return f"{day.day} {day:%B %Y}"
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _chosen(limits: Sequence[TimeLimit]) -> TimeLimit | None:
    """The limit that holds for everybody, if exactly one does."""
    plain = [
        limit for limit in limits if limit.condition is None or _ONLY_A_START.match(limit.condition)
    ]
    return plain[0] if len(plain) == 1 else None


def _for_late_ones(
    limits: Sequence[TimeLimit], received_at: datetime, language: Language, calendar: WorkingDays
) -> Due | None:
    """The record's own rule for dossiers that come after 15:00."""
    if received_at.time() <= _LATE or not calendar.is_one(received_at.date()):
        return None
    for limit in limits:
        if limit.note and _AFTER_LATE.search(limit.note) and _is_same_day(limit):
            day = calendar.after(received_at.date(), 1)
            told = day_in_words(day, language)
            sentence = messages_for(language).say("dossier.due.late", day=told, note=limit.note)
            return Due(day, sentence)
    return None


def _is_same_day(limit: TimeLimit) -> bool:
    return limit.number is None or limit.unit is TimeUnit.NOT_STATED or limit.number <= 1


def _of_limit(
    limit: TimeLimit, received_at: datetime, field: str, language: Language, calendar: WorkingDays
) -> Due:
    say, told = messages_for(language).say, in_words(limit, language)
    note = f" {limit.note}" if limit.note else ""
    if limit.number is None:
        return Due(None, say("dossier.due.words", note=limit.note), field)
    if limit.unit is TimeUnit.NOT_STATED:
        number = f"{limit.number.normalize():f}"
        return Due(None, say("dossier.due.no_unit", number=number) + note, field)
    if limit.note and _CONTRADICTS.search(limit.note):
        return Due(None, say("dossier.due.contradicts", limit=told, note=limit.note), field)
    day = _last_day(limit, received_at, calendar)
    key = "working_day" if limit.unit is TimeUnit.WORKING_DAY else "other"
    shown = day_in_words(day, language)
    return Due(day, say(f"dossier.due.{key}", day=shown, limit=told) + note, field)


def _last_day(limit: TimeLimit, received_at: datetime, calendar: WorkingDays) -> date:
    assert limit.number is not None
    received, whole = received_at.date(), math.ceil(limit.number)
    if limit.unit is TimeUnit.WORKING_DAY:
        return calendar.after(received, whole)
    if limit.unit is TimeUnit.HOUR:
        return calendar.from_then((received_at + timedelta(hours=float(limit.number))).date())
    if limit.unit is TimeUnit.DAY:
        return calendar.from_then(received + timedelta(days=whole))
    months = whole * (12 if limit.unit is TimeUnit.YEAR else 1)
    return calendar.from_then(_months_later(received, months))


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    following = date(day.year + years + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(day.year + years, month + 1, min(day.day, last))
