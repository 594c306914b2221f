"""Small pictures as inline SVG: bars with whiskers, matrices, curves. Numbers in, markup out.

Widths are shares of the figure, so a bar or curve fits a phone with its letters still readable;
colours are classes, so that light and dark are the style's business. A picture is hidden from
screen readers, for a table with the same figures stands behind each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evals.pages import both
from evals.stats import Estimate

_ROW = 30  # pixels of a row of a matrix
_DENSE = 8  # columns
_PLOT = 200  # pixels of a curve's height
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
Texts = Mapping[str, str]  # by language


def tag(name: str, content: Markup | str = "", **attributes: object) -> Markup:
    """An element; `_` in a name becomes `-`, `class_` is class, text and values are escaped."""
    filled = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), filled, content)


def _svg(content: Iterable[Markup], **attributes: object) -> Markup:
    return tag("svg", Markup("").join(content), aria_hidden="true", focusable="false", **attributes)


def bar(estimate: Estimate, *, lower_is_better: bool = False) -> Markup:
    """A value between 0 and 1 as a bar, its interval as a whisker."""
    kind = "bar lower" if lower_is_better else "bar"
    low, high = _share(estimate.low), _share(estimate.high)
    return _svg(
        [
            tag("rect", class_="ground", x="0", y="4", width="100%", height="12"),
            tag("rect", class_=kind, x="0", y="4", width=_share(estimate.value), height="12"),
            tag("line", class_="whisker", x1=low, x2=high, y1="10", y2="10"),
            tag("line", class_="whisker", x1=low, x2=low, y1="5", y2="15"),
            tag("line", class_="whisker", x1=high, x2=high, y1="5", y2="15"),
        ],
        class_="bars",
        width="100%",
        height="20",
    )


def _share(value: float) -> str:
    return f"{min(1.0, max(0.0, value)) * 100:.2f}%"


@dataclass(frozen=True)
class Cell:
    """One cell: what it says, how deep its colour is (0 to 1, None for empty), framed or not."""

    text: str
    depth: float | None = None
    framed: bool = False
    bad: bool = False


def matrix(
    rows: Sequence[Texts], columns: Sequence[Texts], cells: Sequence[Sequence[Cell]]
) -> Markup:
    """A heat map, a picture a row. Names are text of the page: on a phone they wrap, or stand
    above their row; many columns have theirs upright."""
    names = [tag("span", both(dict(name))) for name in columns]
    heads = tag("div", Markup("").join(names), class_="heads")
    parts = [tag("div", "", class_="corner") + heads]
    parts += [
        tag("div", both(dict(name)), class_="row") + _cells(line)
        for name, line in zip(rows, cells, strict=True)
    ]
    kind = "matrix dense" if len(columns) > _DENSE else "matrix"
    return tag("div", Markup("").join(parts), class_=kind, aria_hidden="true")


def _cells(line: Sequence[Cell]) -> Markup:
    drawn = [part for place, cell in enumerate(line) for part in _cell(cell, place, len(line))]
    return _svg(drawn, width="100%", height=_ROW)


def _cell(cell: Cell, place: int, of: int) -> list[Markup]:
    empty = cell.depth is None
    kinds = ["cell", "empty" * empty, "bad" * cell.bad, "framed" * cell.framed]
    square = tag(
        "rect",
        class_=" ".join(filter(None, kinds)),
        x=f"{100 * (place + 0.03) / of:.3f}%",
        y=2,
        width=f"{100 * 0.94 / of:.3f}%",
        height=_ROW - 4,
        style=None if cell.depth is None else f"fill-opacity:{0.12 + 0.43 * cell.depth:.3f}",
    )
    middle = f"{100 * (place + 0.5) / of:.3f}%"
    return [square, tag("text", cell.text, x=middle, y=_ROW / 2 + 5, text_anchor="middle")]


@dataclass(frozen=True)
class Mark:
    """A place on the x axis, 0 to 1, with what it is called."""

    x: float
    label: str
    strong: bool = False
    minor: bool = False


@dataclass(frozen=True)
class Series:
    """Points (x, y), both 0 to 1, joined by a line; `whiskers` are (x, low, high)."""

    points: Sequence[tuple[float, float]]
    kind: int = 0
    whiskers: Sequence[tuple[float, float, float]] = ()
    dots: bool = False


def curve(series: Sequence[Series], marks: Sequence[Mark]) -> Markup:
    """Lines over a grid of quarters. The plot stretches with the page, lines keep their width."""
    parts = [_across(share) for share in _QUARTERS]
    parts += [_upright(mark) for mark in marks]
    parts += [part for one in series for part in _lines(one)]
    plot = _svg(
        parts, width="100%", height=_PLOT, viewBox="0 0 1000 1000", preserveAspectRatio="none"
    )
    shares = [
        tag("span", f"{share * 100:.0f}%", style=f"top:{(1 - share) * 100:.0f}%")
        for share in _QUARTERS
    ]
    heights = tag("div", Markup("").join(shares), class_="heights")
    return tag("div", heights + plot + _axis(marks), class_="curve", aria_hidden="true")


def _across(share: float) -> Markup:
    y = f"{1000 * (1 - share):.0f}"
    return tag("line", class_="grid", x1="0", x2="1000", y1=y, y2=y)


def _upright(mark: Mark) -> Markup:
    x = f"{mark.x * 1000:.1f}"
    kind = "mark strong" if mark.strong else "mark"
    return tag("line", class_=kind, x1=x, x2=x, y1="0", y2="1000")


def _lines(series: Series) -> list[Markup]:
    path = " ".join(f"{x * 1000:.1f},{1000 - y * 1000:.1f}" for x, y in series.points)
    parts = [tag("polyline", class_=f"line k{series.kind}", points=path)]
    for x, low, high in series.whiskers:
        at = f"{x * 1000:.1f}"
        ends = {"y1": f"{1000 - high * 1000:.1f}", "y2": f"{1000 - low * 1000:.1f}"}
        parts.append(tag("line", class_=f"line k{series.kind} thin", x1=at, x2=at, **ends))
    if series.dots:
        # A line without length and with round ends is a dot that no stretching squeezes.
        parts += [
            tag("path", class_=f"dot k{series.kind}", d=f"M{x * 1000:.1f} {1000 - y * 1000:.1f}h0")
            for x, y in series.points
        ]
    return parts


def _axis(marks: Sequence[Mark]) -> Markup:
    """Labels below the plot as text of the page, so that they wrap and scale with it."""
    labels = Markup("").join(
        tag("span", mark.label, style=f"left:{mark.x * 100:.2f}%", class_=_kinds(mark))
        for mark in marks
    )
    return tag("div", labels, class_="axis")


def _kinds(mark: Mark) -> str:
    edge = "first" if mark.x < 0.06 else "last" if mark.x > 0.94 else "middle"
    return f"{edge} minor" if mark.minor else edge
