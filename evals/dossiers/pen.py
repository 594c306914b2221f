"""A pen that writes on a sheet and remembers what it wrote, for text layers and Word files."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from evals.dossiers.papers import Colour, font

BLACK: Colour = (24, 24, 24)
A4 = (1240, 1754)  # 150 dots an inch


@dataclass(frozen=True)
class Run:
    """Printed words and where their top left corner is, in pixels of the sheet."""

    text: str
    left: float
    top: float
    size: int
    font: str


@dataclass
class Pen:
    """Draws on one sheet. `printed` false leaves printed words out and only remembers them."""

    image: Image.Image
    rng: random.Random
    ink: Colour
    hand: str
    printed: bool = True
    runs: list[Run] = field(default_factory=list)

    @property
    def draw(self) -> ImageDraw.ImageDraw:
        """Pillow's own drawing on this sheet."""
        return ImageDraw.Draw(self.image)

    def write(
        self, at: tuple[float, float], text: str, face: str, size: int, fill: Colour = BLACK
    ) -> float:
        """Print `text`; returns the x where it ends."""
        used = font(face, size)
        if text:
            self.runs.append(Run(text, at[0], at[1], size, face))
            if self.printed:
                self.draw.text(at, text, font=used, fill=fill)
        return at[0] + used.getlength(text)

    def scribble(self, at: tuple[float, float], text: str, size: int) -> float:
        """Write `text` by hand: every word a little off the line, in ink; returns where it ends."""
        used = font(self.hand, size)
        left, top = at
        for word in text.split():
            patch = _word(word, used, self.ink, self.rng.uniform(-1.6, 1.6))
            self.image.paste(patch, (int(left), int(top + self.rng.uniform(-2, 2))), patch)
            left += used.getlength(word) + size * 0.3
        return left

    def sign(self, centre: tuple[int, int]) -> None:
        """A signature nobody could read: loops and a tail."""
        x, y = float(centre[0] - 90), float(centre[1])
        points: list[tuple[float, float]] = []
        for _ in range(self.rng.randint(7, 10)):
            points.append((x, y + self.rng.uniform(-38, 34)))
            x += self.rng.uniform(10, 28)
        points.append((x + 50, centre[1] - self.rng.uniform(-10, 26)))
        self.draw.line(_smooth(points), fill=self.ink, width=4, joint="curve")

    def stamp(
        self, centre: tuple[int, int], words: str, face: str, colour: Colour, radius: int = 105
    ) -> None:
        """A round seal with words along its rim and a star, slightly transparent."""
        patch = _seal(words, face, colour, radius, self.rng.uniform(-18, 18))
        self.image.paste(
            patch, (centre[0] - patch.width // 2, centre[1] - patch.height // 2), patch
        )

    def box_stamp(self, at: tuple[int, int], lines: list[str], face: str, colour: Colour) -> None:
        """A rectangular stamp, as on certified copies."""
        used = font(face, 22)
        width = int(max(used.getlength(line) for line in lines)) + 30
        patch = Image.new("RGBA", (width, 34 * len(lines) + 20), (0, 0, 0, 0))
        draw = ImageDraw.Draw(patch)
        draw.rectangle((2, 2, patch.width - 3, patch.height - 3), outline=(*colour, 235), width=3)
        for i, line in enumerate(lines):
            draw.text((15, 10 + 34 * i), line, font=used, fill=(*colour, 235))
        turned = patch.rotate(
            self.rng.uniform(-2, 2), expand=True, resample=Image.Resampling.BICUBIC
        )
        self.image.paste(turned, at, turned)


def _word(word: str, used: ImageFont.FreeTypeFont, ink: Colour, angle: float) -> Image.Image:
    width, height = int(used.getlength(word)) + 14, int(used.size * 1.55)
    patch = Image.new("RGBA", (width, height), (*ink, 0))
    ImageDraw.Draw(patch).text((4, 2), word, font=used, fill=(*ink, 255))
    return patch.rotate(angle, resample=Image.Resampling.BICUBIC)


def _smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Chaikin's corner cutting, twice."""
    for _ in range(2):
        cut = [points[0]]
        for (x0, y0), (x1, y1) in pairwise(points):
            cut += [(0.75 * x0 + 0.25 * x1, 0.75 * y0 + 0.25 * y1)]
            cut += [(0.25 * x0 + 0.75 * x1, 0.25 * y0 + 0.75 * y1)]
        points = [*cut, points[-1]]
    return points


def _seal(words: str, face: str, colour: Colour, radius: int, turn: float) -> Image.Image:
    size = 2 * radius + 8
    patch = Image.new("RGBA", (size, size), (*colour, 0))
    draw, middle, ink = ImageDraw.Draw(patch), size / 2, (*colour, 215)
    draw.ellipse((3, 3, size - 4, size - 4), outline=ink, width=5)
    inner = radius * 0.62
    draw.ellipse(
        (middle - inner, middle - inner, middle + inner, middle + inner), outline=ink, width=2
    )
    draw.text((middle, middle), "★", font=font("DejaVuSans", radius // 2), fill=ink, anchor="mm")
    used = font(face, max(12, min(24, int(radius * 4.4 / max(len(words), 12)))))
    step = min(300 / max(len(words), 1), 14)
    for i, letter in enumerate(words):
        angle = (i - (len(words) - 1) / 2) * step
        glyph = Image.new("RGBA", (size, size), (*colour, 0))
        ImageDraw.Draw(glyph).text(
            (middle, middle - radius * 0.8), letter, font=used, fill=ink, anchor="mm"
        )
        patch.alpha_composite(glyph.rotate(-angle, resample=Image.Resampling.BICUBIC))
    return patch.rotate(turn, resample=Image.Resampling.BICUBIC)


def wrapped(text: str, used: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """`text` in lines no wider than `width` pixels."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and used.getlength(longer) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line or not lines else lines
