"""Fees and time limits: by channel, equal channels told together, contradictions shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.cite import duration, money
from assistant.facets.telling import Telling, joined, sentence
from assistant.models import Block, BlockKind, Facet, Line
from knowledge.figures import amounts_in, durations_in
from knowledge.procedure import Channel, Fee, TimeLimit, TimeUnit

_MOST_QUOTES = 4
_LONGEST_QUOTE = 400


def fee(telling: Telling) -> list[Block]:
    """What to pay, the sum first; a source that says nothing, or two things, is reported so."""
    if any(channel.fees for channel in telling.procedure.channels):
        told = [*_by_channel(telling, "fees", _fee_text), *_silent(telling, Facet.FEE, "fees")]
        return telling.block(Facet.FEE, told)
    return _elsewhere(telling, Facet.FEE, lambda text: bool(amounts_in(text)))


def time(telling: Telling) -> list[Block]:
    """How long it takes, with its unit, or with a word that the source names none."""
    limits = [limit for channel in telling.procedure.channels for limit in channel.time_limits]
    if limits:
        told = _by_channel(telling, "time_limits", _time_text)
        silent = _silent(telling, Facet.TIME, "time_limits")
        blocks = telling.block(Facet.TIME, [*told, *silent])
        return blocks + (_also(telling) if all(map(_is_vague, limits)) else [])
    return _elsewhere(telling, Facet.TIME, lambda text: bool(durations_in(text)))


def _by_channel(
    telling: Telling, part: str, text_of: Callable[[Telling, object], str]
) -> Iterator[Line]:
    """Equal statements once, naming the channels they hold for; all channels need no naming."""
    found: dict[str, list[tuple[str, str]]] = {}
    channels = telling.procedure.channels
    for c, channel in enumerate(channels):
        for i, value in enumerate(getattr(channel, part)):
            text = text_of(telling, value)
            place = (channel.kind.value, f"channels[{c}].{part}[{i}]")
            found.setdefault(text, []).append(place)
    for text, places in found.items():
        kinds = list(dict.fromkeys(kind for kind, _ in places))
        paths = [path for _, path in places]
        if len(kinds) == len({channel.kind for channel in channels}):
            yield telling.line(sentence(text), *paths)
        else:
            names = joined(telling.say(f"channel.{kind}") for kind in kinds)
            yield telling.line(f"{names}: {sentence(text)}", *paths)


def _silent(telling: Telling, facet: Facet, part: str) -> list[Line]:
    """The channels of which the source does not say it, though of others it does."""
    channels = telling.procedure.channels
    told = {channel.kind for channel in channels if getattr(channel, part)}
    silent = [(c, channel.kind) for c, channel in enumerate(channels) if channel.kind not in told]
    if not silent:
        return []
    names = joined(telling.say(f"channel.{kind.value}") for _, kind in silent)
    text = telling.say(f"{facet.value}.silent", channels=names, who=telling.who())
    return [telling.line(text, *(f"channels[{c}]" for c, _ in silent))]


def _fee_text(telling: Telling, value: object) -> str:
    assert isinstance(value, Fee)
    if value.disputed:
        note = sentence(value.note or value.condition or telling.say("facet.fee"))
        return telling.say(
            "fee.disputed", fee=sum_text(telling, value), note=note, who=telling.who()
        )
    head = " ".join(filter(None, (value.name, sum_text(telling, value))))
    if value.condition:
        head = f"{head} ({value.condition})" if head else value.condition
    exemption = telling.say("fee.exemption", text=value.exemption) if value.exemption else None
    return ". ".join(part.rstrip(".") for part in (head, value.note, exemption) if part)


def sum_text(telling: Telling, value: Fee) -> str:
    """The sum alone in the language of the answer; empty when the record has none."""
    if value.amount == 0:
        return telling.say("fee.free")
    text = money(value)
    return text.replace("đồng", telling.say("fee.vnd"))


def _time_text(telling: Telling, value: object) -> str:
    assert isinstance(value, TimeLimit)
    head = length_text(telling, value)
    if value.condition:
        head = f"{head} ({value.condition})" if head else value.condition
    return ". ".join(part.rstrip(".") for part in (head, value.note) if part)


def length_text(telling: Telling, value: TimeLimit) -> str:
    """The time alone in the language of the answer, with a word when the source has no unit."""
    if value.number is None:
        return ""
    if value.unit is TimeUnit.NOT_STATED:
        return telling.say("time.unitless", number=duration(value))
    number = duration(value).split(" ", 1)[0]
    return f"{number} {telling.say(f'unit.{value.unit.value}')}"


def _is_vague(limit: TimeLimit) -> bool:
    return limit.number is not None and limit.unit is TimeUnit.NOT_STATED and not limit.note


def _also(telling: Telling) -> list[Block]:
    """A number without a unit means little; what the rest of the record says of time may help."""
    lines = _told(telling, lambda text: bool(durations_in(text)))
    intro = Line(text=telling.say("time.also"))
    return telling.block(Facet.TIME, [intro, *lines], BlockKind.NOTE) if lines else []


def _elsewhere(telling: Telling, facet: Facet, speaks: Callable[[str], bool]) -> list[Block]:
    """The field is empty: what other parts of the record say, in their own words, or nothing."""
    lines = _told(telling, speaks)
    if not lines:
        return telling.empty(facet, f"{facet.value}.empty")
    intro = Line(text=telling.say(f"{facet.value}.elsewhere", who=telling.who()))
    return telling.block(facet, [intro, *lines], BlockKind.NOTE)


def _told(telling: Telling, speaks: Callable[[str], bool]) -> list[Line]:
    texts = _texts(telling.procedure.channels, telling)
    found = [(path, text) for path, text in texts if speaks(text)][:_MOST_QUOTES]
    return [telling.line(_cut(text, speaks), path) for path, text in found]


def _texts(channels: tuple[Channel, ...], telling: Telling) -> Iterator[tuple[str, str]]:
    for c, channel in enumerate(channels):
        if channel.note:
            yield f"channels[{c}].note", channel.note
    for part in ("steps", "conditions", "notes"):
        for i, text in enumerate(getattr(telling.procedure, part)):
            yield f"{part}[{i}]", text


def _cut(text: str, speaks: Callable[[str], bool]) -> str:
    """The sentences that speak of it, when the whole is long."""
    if len(text) <= _LONGEST_QUOTE:
        return text
    told = [part for part in text.split(". ") if speaks(part)]
    return sentence(". ".join(told)) if told else text
