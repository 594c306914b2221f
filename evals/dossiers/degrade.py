"""What happens to a sheet on its way: scanned, photographed on a table, stamped, turned, spoiled.

handed_over(image, Treatment) -> image
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from evals.dossiers.papers import Effect

Noise = NDArray[np.float32]
Flaw = str  # "dark" or "blurred"
_MOST = 1900  # pixels of the longer side of what a phone hands in


@dataclass(frozen=True)
class Treatment:
    """What is done to one sheet."""

    effect: Effect
    seed: str
    turn: int = 0  # degrees, counter-clockwise
    flaw: Flaw | None = None


def handed_over(image: Image.Image, treatment: Treatment) -> Image.Image:
    """The sheet as it arrives; the same for the same seed."""
    rng, effect = random.Random(treatment.seed), treatment.effect
    page = _on_table(image, effect, rng) if effect.table else _skewed(image, effect, rng)
    if effect.blur:
        page = page.filter(ImageFilter.GaussianBlur(effect.blur))
    page = _toned(page, effect, np.random.default_rng(rng.getrandbits(32)))
    if treatment.flaw:
        page = _spoiled(page, treatment.flaw)
    if treatment.turn:
        page = page.rotate(treatment.turn, expand=True)
    return page


def _skewed(image: Image.Image, effect: Effect, rng: random.Random) -> Image.Image:
    angle = rng.uniform(-effect.skew, effect.skew)
    fill = (effect.grey,) * 3
    return (
        image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=fill) if angle else image
    )


def _on_table(image: Image.Image, effect: Effect, rng: random.Random) -> Image.Image:
    """The sheet leaning a little, on a table, a bit of its rim cut where the effect says so."""
    width, height = image.size
    around = -effect.cut if effect.cut else 0.045
    canvas = (int(width * (1 + 2 * around)), int(height * (1 + 2 * around)))
    origin = (width * around, height * around)
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    angle = math.radians(rng.uniform(-effect.skew, effect.skew))
    moved = [_moved(corner, (width, height), origin, angle, effect.lean, rng) for corner in corners]
    page = image.convert("RGBA").transform(
        canvas, Image.Transform.PERSPECTIVE, _coefficients(moved, corners), Image.Resampling.BICUBIC
    )
    table = _table(canvas, effect, rng)
    table.paste(page, (0, 0), page)
    return _lit(_fitted(table), effect, rng)


def _moved(
    corner: tuple[int, int],
    size: tuple[int, int],
    origin: tuple[float, float],
    angle: float,
    lean: float,
    rng: random.Random,
) -> tuple[float, float]:
    x, y = corner[0] - size[0] / 2, corner[1] - size[1] / 2
    x, y = x * (1 - rng.uniform(0, lean)), y * (1 - rng.uniform(0, lean))
    turned = (
        x * math.cos(angle) - y * math.sin(angle),
        x * math.sin(angle) + y * math.cos(angle),
    )
    return turned[0] + size[0] / 2 + origin[0], turned[1] + size[1] / 2 + origin[1]


def _coefficients(
    target: list[tuple[float, float]], source: list[tuple[int, int]]
) -> tuple[float, ...]:
    """The eight numbers of the projection from `target` back to `source`."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(map(float, np.linalg.solve(np.array(rows, float), np.array(values, float))))


def _table(size: tuple[int, int], effect: Effect, rng: random.Random) -> Image.Image:
    """Wood: the colour of the table in stripes."""
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, 9, (size[1], 1, 1))
    base = np.array(effect.table or (90, 90, 90), float)[None, None, :] + noise
    wide = np.broadcast_to(base, (size[1], size[0], 3))
    return Image.fromarray(np.clip(wide, 0, 255).astype(np.uint8))


def _fitted(image: Image.Image) -> Image.Image:
    longest = max(image.size)
    if longest <= _MOST:
        return image
    share = _MOST / longest
    return image.resize(
        (int(image.width * share), int(image.height * share)), Image.Resampling.LANCZOS
    )


def _lit(image: Image.Image, effect: Effect, rng: random.Random) -> Image.Image:
    """A shadow that falls from one side over the sheet."""
    across = np.linspace(0, 1, image.width)[None, :]
    down = np.linspace(0, 1, image.height)[:, None]
    slant = rng.uniform(-0.8, 0.8)
    ramp = np.clip((across + slant * down) / (1 + abs(slant)), 0, 1)
    light = 1 - effect.shadow * (ramp if rng.random() < 0.5 else 1 - ramp)
    lit = np.asarray(image, np.float32) * light.astype(np.float32)[:, :, None]
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))


def _toned(image: Image.Image, effect: Effect, rng: np.random.Generator) -> Image.Image:
    """Paper greyer, letters paler, and the noise of a cheap sensor."""
    if not effect.colour:
        image = image.convert("L").convert("RGB")
    pixels = np.asarray(image, np.float32)
    pixels = 255 - (255 - pixels) * effect.contrast
    pixels *= effect.grey / 255
    if effect.noise:
        pixels += _grain(effect.noise, pixels.shape[0], pixels.shape[1], rng)[:, :, None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _grain(strength: float, height: int, width: int, rng: np.random.Generator) -> Noise:
    """Noise from one tile laid over and over: as good as fresh noise, and ten times faster."""
    tile = (rng.standard_normal((331, 409), dtype=np.float32) * strength).astype(np.float32)
    times = (height // tile.shape[0] + 1, width // tile.shape[1] + 1)
    return np.tile(tile, times)[:height, :width]


def _spoiled(image: Image.Image, flaw: Flaw) -> Image.Image:
    if flaw == "blurred":
        return image.filter(ImageFilter.GaussianBlur(9))
    dark = np.asarray(image, np.float32) * 0.07 + 4
    noise = _grain(9, dark.shape[0], dark.shape[1], np.random.default_rng(5))[:, :, None]
    return Image.fromarray(np.clip(dark + noise, 0, 255).astype(np.uint8))
