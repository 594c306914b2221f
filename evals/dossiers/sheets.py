"""Draws a sheet of A4: motto, title, fields, tables, signatures and seals in a style.

draw_sheet(ask: Ask) -> Drawn
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from PIL import Image

from evals.dossiers.papers import Looks, PaperKind, Style, font, titled, worded
from evals.dossiers.pen import A4, BLACK, Pen, Run, wrapped
from evals.dossiers.people import Half

_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True)
class Ask:
    """What is to be drawn: a kind of paper with its values, its look, and what is wrong with it."""

    kind: PaperKind
    values: dict[str, Any]
    half: Half
    looks: Looks
    style: Style
    seed: str
    by_hand: bool = False
    signed: bool = True
    certified: bool = False
    code: str | None = None  # printed instead of the form's own code
    issued_with: str | None = None
    smudged: bool = False
    note: str | None = None  # an instruction somebody printed at the foot
    printed: bool = True  # false leaves the words to a text layer
    qr: str = ""
    mrz: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """A sheet and the words printed on it."""

    image: Image.Image
    runs: tuple[Run, ...]


def draw_sheet(ask: Ask) -> Drawn:
    """The sheet, in smaller letters where the text would not fit on it."""
    for shrink in (1.0, 0.93, 0.86, 0.79, 0.72):
        layout = _Layout(ask, shrink)
        if layout.laid_out() or shrink == 0.72:
            break
    return Drawn(layout.pen.image, tuple(layout.pen.runs))


class _Layout:
    """One attempt at a sheet; `y` is where the next line goes."""

    def __init__(self, ask: Ask, shrink: float) -> None:
        rng = random.Random(ask.seed)
        ink = rng.choice(ask.looks.ink)
        image = Image.new("RGB", A4, ask.looks.paper)
        self.pen = Pen(image, rng, ink, rng.choice(ask.looks.hands), ask.printed)
        self.seal_colour = rng.choice(ask.looks.seal)
        self.ask, self.kind, self.style = ask, ask.kind, ask.style
        self.size = int(ask.style.size * shrink)
        self.plain, self.bold, self.italic = ask.style.fonts
        self.left, self.right = ask.style.margin, A4[0] - ask.style.margin
        self.y = 78.0

    @property
    def line(self) -> float:
        return self.size * self.style.leading

    def laid_out(self) -> bool:
        """Draw everything; whether it fitted."""
        self._frame()
        self._head()
        self._title()
        for line in self.kind.body:
            self._body_line(worded(line, self.ask.half))
        if self.kind.plan:
            self._plan()
        if self.kind.picture:
            self._pictures()
        self._foot()
        return self.y < A4[1] - 60

    def told(self, template: str) -> str:
        return template.format_map(self.ask.values)

    def _frame(self) -> None:
        frame = "double" if self.kind.frame else self.style.frame
        if frame == "none":
            return
        for inset in (40, 50) if frame == "double" else (40,):
            box = (inset, inset, A4[0] - inset, A4[1] - inset)
            self.pen.draw.rectangle(
                box, outline=(150, 60, 50) if self.kind.frame else BLACK, width=2
            )
        self.y += 10

    def _head(self) -> None:
        if self.kind.picture:
            return
        self._code()
        small = int(self.size * 0.92)
        if self.kind.agency:
            self._head_beside(small)
        else:
            self._centred(_NATION, self.bold, small, self._motto_middle())
            self._centred(_MOTTO, self.bold, small, self._motto_middle())
            self._rule(self._motto_middle())
        self.y += self.line * 0.4

    def _motto_middle(self) -> float:
        wide = self.style.motto in ("centre", "middle") or not self.kind.form
        return A4[0] / 2 if wide else A4[0] * (0.6 if self.style.motto == "right" else 0.42)

    def _head_beside(self, small: int) -> None:
        """The authority on the left, the motto on the right, as in official papers."""
        top, quarter = self.y, A4[0] * 0.29
        for text in wrapped(
            self.told(self.kind.agency or ""), font(self.bold, small), A4[0] * 0.36
        ):
            self._centred(text, self.bold, small, quarter)
        self._rule(quarter, 60)
        if self.kind.number:
            self._centred(self.told(self.kind.number), self.plain, small, quarter)
        low, self.y = self.y, top
        tight = int(small * 0.86)
        self._centred(_NATION, self.bold, tight, A4[0] * 0.7)
        self._centred(_MOTTO, self.bold, tight, A4[0] * 0.7)
        self._rule(A4[0] * 0.7)
        day = f"{self._short_place()}, {self._day_words()}"
        self._centred(day, self.italic, tight, A4[0] * 0.7)
        self.y = max(low, self.y)

    def _short_place(self) -> str:
        return str(self.ask.values["a"].province)

    def _day_words(self) -> str:
        facts = self.ask.values["w"]
        official = facts.issued_on if self.kind.seal or self.kind.agency else facts.dd
        day, month, year = official.split("/")
        return f"ngày {day} tháng {month} năm {year}"

    def _code(self) -> None:
        code = self.ask.code or self.kind.code
        if not code:
            return
        small = int(self.size * 0.84)
        lines = [code]
        if issued := self.ask.issued_with or self.kind.issued_with:
            lines.append(f"(Ban hành kèm theo {issued})")
        for text in lines:
            width = font(self.italic, small).getlength(text)
            left = {"left": self.left, "centre": A4[0] / 2 - width / 2}.get(
                self.style.code, self.right - width
            )
            self.pen.write((left, self.y), text, self.italic, small)
            self.y += small * 1.35
        self.y += 6

    def _centred(self, text: str, face: str, size: int, middle: float) -> None:
        width = font(face, size).getlength(text)
        left = max(24.0, min(middle - width / 2, A4[0] - 24 - width))
        self.pen.write((left, self.y), text, face, size)
        self.y += size * 1.36

    def _rule(self, middle: float, half: float = 120) -> None:
        self.pen.draw.line((middle - half, self.y + 4, middle + half, self.y + 4), BLACK, 2)
        self.y += 14

    def _title(self) -> None:
        if not self.kind.title:
            return
        self.y += self.line * 0.5
        size = int(self.style.title * (self.size / self.style.size))
        for text in wrapped(titled(self.kind, self.ask.half), font(self.bold, size), A4[0] - 240):
            self._centred(text, self.bold, size, A4[0] / 2)
        for extra in filter(None, (self.kind.english, self.kind.subtitle)):
            for text in wrapped(self.told(extra), font(self.italic, self.size), A4[0] - 260):
                self._centred(text, self.italic, self.size, A4[0] / 2)
        if self.kind.number and not self.kind.agency:
            self._centred(self.told(self.kind.number), self.plain, self.size, A4[0] / 2)
        self.y += self.line * 0.45
        if self.kind.to:
            self._centred(f"Kính gửi: {self.told(self.kind.to)}", self.plain, self.size, A4[0] / 2)
            self.y += self.line * 0.3

    def _body_line(self, line: str) -> None:
        if line.startswith("|"):
            self._row([self.told(cell.strip()) for cell in line.strip("| ").split("|")])
        elif line.startswith("# "):
            self._paragraph(self.told(line[2:]).replace(" :: ", ""), self.bold)
        elif line.startswith("~ "):
            self._rubbing(self.told(line[2:]))
        elif " ::" in line:
            pairs = [pair.partition(" ::") for pair in line.split(" ;; ")]
            self._fields([(label.strip(), self.told(value.strip())) for label, _, value in pairs])
        else:
            self._paragraph(self.told(line), self.plain)

    def _paragraph(self, text: str, face: str) -> None:
        for words in wrapped(text, font(face, self.size), self.right - self.left):
            self.pen.write((self.left, self.y), words, face, self.size)
            self.y += self.line
        self.y += self.line * 0.08

    def _row(self, cells: list[str]) -> None:
        width = (self.right - self.left) / len(cells)
        small = int(self.size * 0.88)
        used = font(self.plain, small)
        texts = [wrapped(cell, used, width - 20) for cell in cells]
        height = max(map(len, texts)) * small * 1.4 + 14
        for i, lines in enumerate(texts):
            x = self.left + i * width
            self.pen.draw.rectangle((x, self.y, x + width, self.y + height), outline=BLACK, width=1)
            for j, words in enumerate(lines):
                self.pen.write((x + 10, self.y + 6 + j * small * 1.4), words, self.plain, small)
        self.y += height

    def _rubbing(self, text: str) -> None:
        """A number rubbed off metal with a pencil: grey, wide and grainy."""
        box = (self.left, int(self.y), self.left + 620, int(self.y) + 90)
        self.pen.draw.rectangle(box, fill=(206, 206, 206), outline=(150, 150, 150))
        self.pen.write((self.left + 30, self.y + 18), text, "DejaVuSansMono-Bold", 44, (60, 60, 60))
        self.y += 120

    def _fields(self, pairs: list[tuple[str, str]]) -> None:
        width = (self.right - self.left) / len(pairs)
        if self.style.field == "grid":
            return self._grid(pairs, width)
        tops = [
            self._field(self.left + i * width, width - 12, *pair) for i, pair in enumerate(pairs)
        ]
        self.y = max(tops)
        return None

    def _grid(self, pairs: list[tuple[str, str]], width: float) -> None:
        """Label and value in cells of a table, as in forms filled on a computer."""
        top = self.y
        ends = []
        for i, (label, value) in enumerate(pairs):
            self.y = top + 4
            ends.append(self._field(self.left + i * width + 8, width - 20, label, value))
        low = max(ends) + 2
        for i in range(len(pairs)):
            x = self.left + i * width
            self.pen.draw.rectangle((x, top, x + width, low), outline=(110, 110, 110), width=1)
        self.y = low

    def _field(self, left: float, width: float, label: str, value: str) -> float:
        """One label with its value; returns where the next line may begin."""
        used, by_hand = font(self.plain, self.size), self.ask.by_hand and self.kind.form
        x = self.pen.write((left, self.y), label + ":", self.plain, self.size) + self.size * 0.4
        face = self.pen.hand if by_hand else self.plain
        size = int(self.size * 1.12) if by_hand else self.size
        first = _split(value, font(face, size), left + width - x)
        top, rest = self.y, value[len(first) :].strip()
        self._value(x, top, first, size, by_hand)
        self._trace(x, left + width, top)
        for words in wrapped(rest, used, width * 0.94) if rest else ():
            top += self.line
            self._value(left, top, words, size, by_hand)
            self._trace(left, left + width, top)
        return top + self.line

    def _value(self, x: float, y: float, text: str, size: int, by_hand: bool) -> None:
        if by_hand:
            self.pen.scribble((x, y - size * 0.16), text, size)
        else:
            self.pen.write((x, y), text, self.plain, size)

    def _trace(self, left: float, right: float, top: float) -> None:
        """Dots or a line to write on, a little under the words."""
        low = top + self.size * 1.28
        if self.style.field == "dots":
            for x in range(int(left), int(right), 8):
                self.pen.draw.point([(x, low), (x + 1, low)], fill=(90, 90, 90))
        elif self.style.field == "line":
            self.pen.draw.line((left, low, right, low), (130, 130, 130), 1)

    def _plan(self) -> None:
        """A drawing of land or rooms: lines with measures."""
        top, rng = int(self.y) + 20, self.pen.rng
        box = (self.left + 120, top, self.right - 160, top + 420)
        self.pen.draw.rectangle(box, outline=BLACK, width=4)
        middle = box[0] + rng.randint(260, 420)
        self.pen.draw.line((middle, box[1], middle, box[3]), BLACK, 3)
        if self.kind.plan == "house":
            self.pen.draw.line((middle, box[1] + 190, box[2], box[1] + 190), BLACK, 3)
        for text, at in (
            ("12,40", (box[0] + 90, box[1] - 34)),
            ("8,60", (box[2] + 14, box[1] + 180)),
        ):
            self.pen.write(at, text, self.plain, 22)
        for text, x in (("1", box[0] + 100), ("2", middle + 120)):
            self.pen.write((x, box[1] + 70), text, self.bold, 34)
        self.y = box[3] + 30

    def _pictures(self) -> None:
        for left in (140, 680):
            box = (left, 220, left + 420, 900)
            self.pen.draw.rectangle(box, fill=(176, 196, 214))
            self.pen.draw.ellipse((left + 130, 320, left + 290, 500), fill=(222, 184, 150))
            self.pen.draw.rectangle((left + 110, 500, left + 310, 860), fill=(120, 140, 90))

    def _foot(self) -> None:
        top = self.y + self.line * 0.2
        if self.kind.sign:
            self.y = top
            self._signatures()
        if self.ask.certified:
            self._certification()
        if self.ask.note:
            self.y += 10
            self._paragraph(self.ask.note, self.plain)

    def _signatures(self) -> None:
        top, bottoms = self.y, []
        right, left = A4[0] * 0.72, A4[0] * 0.29
        sides = [(right, self.kind.sign, self.kind.by, True)]
        if self.kind.sign2:
            sides.append((left, self.kind.sign2, self.kind.by2, self.kind.seal is None))
        for middle, label, by, dated in sides:
            self.y = top
            if dated and not self.kind.agency:
                day = f"{self._short_place()}, {self._day_words()}"
                self._centred(day, self.italic, int(self.size * 0.84), middle)
            bottoms.append(self._signature(middle, label or "", by))
        self.y = max(bottoms)

    def _signature(self, middle: float, label: str, by: str) -> float:
        sealed = bool(self.kind.seal) and by == "official"
        small = int(self.size * 0.9)
        self._centred(label.upper() if sealed else label, self.bold, small, middle)
        hint = "(Ký, ghi rõ họ tên, đóng dấu)" if sealed else "(Ký, ghi rõ họ, chữ đệm, tên)"
        self._centred(hint, self.italic, int(small * 0.84), middle)
        if self.ask.signed:
            self.pen.sign((int(middle), int(self.y) + 62))
            self._signed_name(middle, by, sealed)
        if sealed and self.kind.seal:
            at = (int(middle) - 96, int(self.y) + 40)
            self.pen.stamp(at, self.told(self.kind.seal), self.bold, self.seal_colour)
        return self.y + 176

    def _signed_name(self, middle: float, by: str, sealed: bool) -> None:
        facts = self.ask.values["w"]
        name = facts.official if by == "official" else self.ask.values[by].name
        if self.ask.by_hand and not sealed:
            width = font(self.pen.hand, self.size).getlength(name)
            self.pen.scribble((middle - width / 2 - 10, self.y + 112), name, self.size)
        else:
            width = font(self.bold, self.size).getlength(name)
            self.pen.write((middle - width / 2, self.y + 116), name, self.bold, self.size)

    def _certification(self) -> None:
        """The words and seal of a certifying authority."""
        facts, red = self.ask.values["w"], self.seal_colour
        top = min(int(self.y) - 20, A4[1] - 250)
        lines = [
            self.kind.certified,
            f"Số chứng thực: {facts.no3}",
            f"Ngày {facts.issued_on}",
            "CHỦ TỊCH",
        ]
        self.pen.box_stamp((self.left, top), lines, self.bold, red)
        self.pen.stamp((self.left + 600, top + 90), f"ỦY BAN NHÂN DÂN {facts.WARD}", self.bold, red)
        self.pen.sign((self.left + 690, top + 110))
        self.y = top + 240


def _split(text: str, used: Any, width: float) -> str:
    """As many words as fit into `width` pixels."""
    lines = wrapped(text, used, max(width, 40))
    first = lines[0]
    return first if used.getlength(first) <= width else ""
