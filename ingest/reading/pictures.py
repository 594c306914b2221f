"""Pictures of every accepted kind become colour arrays, upright by what the camera noted."""

from __future__ import annotations

import io
import struct
import warnings

import cv2
import numpy as np
from numpy.typing import NDArray
from pi_heif import register_heif_opener
from PIL import Image, ImageOps, UnidentifiedImageError

from ingest.reading.page import RefusalReason
from ingest.reading.refusing import Refused

Colour = NDArray[np.uint8]  # height, width, (red, green, blue)

register_heif_opener()
# Our own limit is checked before a single pixel is decoded.
Image.MAX_IMAGE_PIXELS = None

# What Pillow raises on damaged files.
_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError)
_LONGEST = 3600  # pixels of the longer side that are kept: A4 at 300 dpi


def frames(content: bytes, megapixels: float) -> int:
    """How many pictures a file holds; refuses too many pixels without decoding any."""
    with _opened(content, megapixels) as picture:
        counted = _directories(content) if picture.format == "TIFF" else 0
        return counted or int(getattr(picture, "n_frames", 1))


def _directories(content: bytes) -> int:
    """How many pictures a TIFF (6.0, section 2) chains, each once; 0 for other kinds of it. Pillow
    reads each directory whole to count them, two seconds for ten thousand."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(content[:4])
    at, seen = 4, set[int]()
    while order and at + 4 <= len(content):
        (start,) = struct.unpack_from(f"{order}I", content, at)
        if not start or start in seen or start + 2 > len(content):
            break
        seen.add(start)
        (entries,) = struct.unpack_from(f"{order}H", content, start)
        at = start + 2 + 12 * entries
    return len(seen)


def size_of(content: bytes, megapixels: float) -> tuple[int, int]:
    """Width and height, without decoding."""
    with _opened(content, megapixels) as picture:
        return picture.size


def frame(content: bytes, number: int, megapixels: float) -> Colour:
    """Picture `number`, counted from 1, upright as the camera held it, on white."""
    with _opened(content, megapixels) as picture:
        try:
            picture.seek(number - 1)
            refuse_too_many_pixels(*picture.size, megapixels)
            picture.draft("RGB", (_LONGEST, _LONGEST))
            return _on_white(ImageOps.exif_transpose(picture))
        except _BROKEN as error:
            raise Refused(RefusalReason.DAMAGED) from error


def refuse_too_many_pixels(width: int, height: int, megapixels: float) -> None:
    """Raises Refused when a picture of that size is over the limit."""
    found = width * height / 1e6
    if found > megapixels:
        raise Refused(RefusalReason.TOO_MANY_PIXELS, limit=f"{megapixels:g}", found=f"{found:.0f}")


def _opened(content: bytes, megapixels: float) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(content))
    except _BROKEN as error:
        raise Refused(RefusalReason.DAMAGED) from error
    refuse_too_many_pixels(*picture.size, megapixels)
    return picture


def _on_white(picture: Image.Image) -> Colour:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layers = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers)
    if picture.mode.startswith(("I;16", "I", "F")):
        return _from_deep(np.asarray(picture))
    return shrunk(np.asarray(picture.convert("RGB")))


def _from_deep(levels: NDArray[np.generic]) -> Colour:
    """Sixteen-bit scans are stretched to eight bits."""
    grey = cv2.normalize(levels.astype(np.float32), None, 0, 255, cv2.NORM_MINMAX)  # type: ignore[call-overload]
    return shrunk(cv2.cvtColor(grey.astype(np.uint8), cv2.COLOR_GRAY2RGB).astype(np.uint8))


def shrunk(colour: Colour, longest: int = _LONGEST) -> Colour:
    """The picture with its longer side at most `longest` pixels."""
    height, width = colour.shape[:2]
    share = longest / max(height, width)
    if share >= 1:
        return colour
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return cv2.resize(colour, size, interpolation=cv2.INTER_AREA).astype(np.uint8)


def as_jpeg(colour: Colour, longest: int = 1600) -> bytes:
    """A JPEG for showing evidence on a screen."""
    small = cv2.cvtColor(shrunk(colour, longest), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
