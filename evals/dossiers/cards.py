"""Draws cards and booklet pages: photo, fields, chip, QR code, machine-readable lines.

    draw_card(ask: Ask) -> Drawn      front, and back below it where the kind has one

Machine-readable lines follow ICAO Doc 9303: three lines of 30 for cards, two of 44 for passports.
"""

from __future__ import annotations

import io
import random
import unicodedata

import segno
from PIL import Image, ImageFilter

from evals.dossiers.papers import Card, font, titled, worded
from evals.dossiers.pen import BLACK, Pen, wrapped
from evals.dossiers.people import Person
from evals.dossiers.sheets import Ask, Drawn

_SIZE = (1080, 680)
_LARGE = (1120, 790)
_TINTS = {"dev": (226, 238, 240), "test": (238, 232, 218)}
_BOOK = {"dev": (232, 240, 232), "test": (240, 234, 242)}
Spot = tuple[float, float, float, float]


def draw_card(ask: Ask) -> Drawn:
    """A page with the card on it, as photocopied or laid on a table."""
    faces = [(ask.kind.card or Card(), True)]
    if ask.kind.back:
        faces.append((ask.kind.back, False))
    size = _LARGE if faces[0][0].large else _SIZE
    margin = {"dev": 70, "test": 96}[ask.half]
    page = Image.new(
        "RGB", (size[0] + 2 * margin, (size[1] + margin) * len(faces) + margin), (250, 250, 250)
    )
    pen = Pen(page, random.Random(ask.seed), BLACK, ask.looks.hands[0], ask.printed)
    top = margin
    for card, front in faces:
        _Face(ask, pen, card, front, (margin, top, margin + size[0], top + size[1])).laid_out()
        top += size[1] + margin
    return Drawn(pen.image, tuple(pen.runs))


class _Face:
    """One side of a card, drawn into a box of the page."""

    def __init__(
        self, ask: Ask, pen: Pen, card: Card, front: bool, box: tuple[int, int, int, int]
    ) -> None:
        self.ask, self.pen, self.card, self.front, self.box = ask, pen, card, front, box
        self.plain, self.bold, _ = ask.style.fonts
        self.y = box[1] + 24.0
        self.spots: list[Spot] = []  # where the number can be read

    def laid_out(self) -> None:
        tint = _BOOK[self.ask.half] if self.card.large else _TINTS[self.ask.half]
        self.pen.draw.rounded_rectangle(self.box, 26, fill=tint, outline=(150, 150, 150), width=2)
        if self.front:
            self._head()
        self._fields()
        if self.card.seal:
            x = self.box[2] - 190 if self.front else self.box[0] + 660
            colour = self.ask.looks.seal[0]
            y = self.box[3] - (150 if self.front else 270)
            self.pen.stamp((x, y), self.card.seal, self.bold, colour, 78)
        if self.card.mrz:
            self._machine_lines()
        if self.ask.smudged:
            for spot in self.spots:
                _smudge(self.pen.image, spot)

    def _head(self) -> None:
        middle = (self.box[0] + self.box[2]) / 2 + (40 if self.card.qr is False else -40)
        nation, english = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"
        if self.ask.kind.foreign:
            nation, english = self.ask.values["h"].nation, ""
        lines = [(nation, self.bold, 27), (english, self.plain, 17)]
        if not self.ask.kind.foreign and not self.card.large:
            lines.insert(1, ("Độc lập - Tự do - Hạnh phúc", self.bold, 22))
        lines += [
            (titled(self.ask.kind, self.ask.half), self.bold, 38),
            (self.ask.kind.english or "", self.plain, 20),
        ]
        for text, face, size in lines:
            width = font(face, size).getlength(text)
            red = size == 38
            self.pen.write(
                (middle - width / 2, self.y), text, face, size, (180, 30, 40) if red else BLACK
            )
            self.y += size * 1.3 if text else 0
        self.y += 14

    def _fields(self) -> None:
        left = float(self.box[0] + (330 if self.card.photo else 44))
        if self.card.photo:
            self._portrait(self.box[0] + 40, int(self.y))
        if self.card.qr:
            self._code()
        if self.card.chip:
            self.pen.draw.rounded_rectangle(
                (self.box[2] - 170, self.box[1] + 40, self.box[2] - 60, self.box[1] + 120),
                10,
                fill=(212, 178, 90),
                outline=(120, 100, 50),
                width=3,
            )
        right = self.box[2] - (290.0 if self.card.qr and not self.front else 40.0)
        body = self.ask.kind.body if self.front else self.card.body
        for line in body:
            self._line(worded(line, self.ask.half), left, right)

    def _code(self) -> None:
        """The QR code at the top right."""
        stream = io.BytesIO()
        segno.make(self.ask.qr, error="m", micro=False).save(stream, kind="png", scale=4, border=3)
        code = Image.open(stream).convert("RGB")
        side = 176 if self.front else 236
        code = code.resize((side, side), Image.Resampling.NEAREST)
        at = (self.box[2] - side - 30, self.box[1] + 24)
        self.pen.image.paste(code, at)
        self.spots.append((at[0], at[1], at[0] + side, at[1] + side))

    def _line(self, text: str, left: float, right: float) -> None:
        size = 25
        for pair, at in zip(text.split(" ;; "), (left, left + (right - left) * 0.5), strict=False):
            label, _, value = pair.partition(" ::")
            value = value.strip().format_map(self.ask.values)
            label = label.format_map(self.ask.values)
            strong = value.startswith("*")
            top, x = (
                self.y,
                self.pen.write((at, self.y), label + (": " if value else ""), self.plain, size - 3),
            )
            self._value(value.lstrip("*"), strong, (x, top), (left, right))
        self.y += size * 1.62

    def _value(
        self, value: str, strong: bool, at: tuple[float, float], edges: tuple[float, float]
    ) -> None:
        x, top = at
        face, size = (self.bold, 31) if strong else (self.bold, 25)
        used = font(face, size)
        if strong and used.getlength(value) > edges[1] - x:
            x, top = edges[0], top + 36
            self.y = top
        room = edges[1] - x
        lines = wrapped(value, used, room) if used.getlength(value) > room else [value]
        for i, words in enumerate(lines):
            end = self.pen.write(
                (x if i == 0 else edges[0], top + i * size * 1.3 - (4 if strong else 0)),
                words,
                face,
                size,
            )
            if words.replace(" ", "") == self.ask.values["h"].number:
                self.spots.append((x - 6, top - 8, end + 6, top + size + 12))
        self.y = max(self.y, top + (len(lines) - 1) * size * 1.3)

    def _portrait(self, x: int, y: int) -> None:
        """A head and shoulders of nobody."""
        draw, rng = self.pen.draw, self.pen.rng
        draw.rectangle((x, y, x + 250, y + 330), fill=(196, 214, 232))
        skin = (rng.randint(200, 232), rng.randint(160, 190), rng.randint(130, 150))
        draw.rectangle((x + 100, y + 200, x + 150, y + 270), fill=skin)
        draw.rectangle((x + 20, y + 260, x + 230, y + 330), fill=(60, 70, 100))
        draw.ellipse((x + 66, y + 50, x + 184, y + 215), fill=skin)
        draw.pieslice((x + 58, y + 34, x + 192, y + 170), 180, 360, fill=(30, 26, 24))

    def _machine_lines(self) -> None:
        size = 34 if self.card.mrz is True else 27
        face = self.ask.looks.mono[0]
        top = self.box[3] - (size * 1.35) * len(self.ask.mrz) - 26
        for i, line in enumerate(self.ask.mrz):
            at = (self.box[0] + 40, top + i * size * 1.35)
            end = self.pen.write(at, line, face, size)
            self.spots.append((at[0], at[1] - 4, end, at[1] + size + 6))


def _smudge(image: Image.Image, spot: Spot) -> None:
    """Glare: what stood there can no longer be read."""
    box = tuple(int(v) for v in spot)
    patch = image.crop((box[0], box[1], box[2], box[3])).filter(ImageFilter.GaussianBlur(16))
    white = Image.new("RGB", patch.size, (250, 250, 248))
    image.paste(Image.blend(patch, white, 0.72), (box[0], box[1]))


def qr_of(person: Person) -> str:
    """What a card's QR code says: number, old number, name, born, sex, address, issued."""
    day = "%d%m%Y"
    return "|".join((person.number, "", person.name, person.birth.strftime(day), person.sex,
                     person.address, person.issue.strftime(day)))  # fmt: skip


def machine_lines(person: Person, passport: bool) -> tuple[str, ...]:
    """The lines at the foot of a card or passport, check digits included."""
    names = _machine_name(person.name)
    birth, expiry = f"{person.birth:%y%m%d}", f"{person.expiry:%y%m%d}"
    dates = f"{birth}{check_digit(birth)}{person.letter}{expiry}{check_digit(expiry)}"
    if passport:
        state = person.state.ljust(3, "<")
        return f"P<{state}{names}".ljust(44, "<")[:44], _passport_line(person, state, dates)
    serial = person.number[3:]
    first = f"IDVNM{serial}{check_digit(serial)}{person.number}<<"
    first += check_digit(person.number + "<<")
    second = f"{dates}VNM".ljust(29, "<")
    whole = first[5:30] + second[:7] + second[8:15] + second[18:29]
    return first, second + check_digit(whole), names.ljust(30, "<")[:30]


def _passport_line(person: Person, state: str, dates: str) -> str:
    number = person.passport.ljust(9, "<")
    personal = (person.number if person.state == "VNM" else "").ljust(14, "<")
    line = f"{number}{check_digit(number)}{state}{dates}{personal}{check_digit(personal)}"
    return line + check_digit(line[:10] + line[13:20] + line[21:43])


def _machine_name(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    words = "".join(c for c in plain if not unicodedata.combining(c)).split()
    return f"{words[0]}<<{'<'.join(words[1:])}"


def check_digit(text: str) -> str:
    """ICAO 9303: weights 7, 3, 1; letters count from 10, the filler is 0."""
    total = 0
    for i, letter in enumerate(text):
        value = 0 if letter == "<" else int(letter) if letter.isdigit() else ord(letter) - 55
        total += value * (7, 3, 1)[i % 3]
    return str(total % 10)
