"""Pages drawn for measuring how well they are read: invented people, free fonts, known words."""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]

_FONTS = "/usr/share/fonts/truetype/"
FONTS = {
    "sans": _FONTS + "dejavu/DejaVuSans.ttf",
    "serif": _FONTS + "noto/NotoSerif-Regular.ttf",
    "noto": _FONTS + "noto/NotoSans-Regular.ttf",
    "wide": _FONTS + "dejavu/DejaVuSerif.ttf",
}
DPI = 200
LINES = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "",
    "TỜ KHAI ĐĂNG KÝ KHAI SINH",
    "",
    "Kính gửi: Ủy ban nhân dân phường Bình Minh",
    "Họ, chữ đệm, tên người yêu cầu: Trần Thị Ngọc Ánh",
    "Nơi cư trú: số 15 ngõ 42, phố Hàng Dừa, phường Bình Minh",
    "Giấy tờ tùy thân: căn cước số 001199912345",
    "Quan hệ với người được khai sinh: mẹ đẻ",
    "Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:",
    "Họ, chữ đệm, tên: Lê Trần Quang Huy",
    "Ngày, tháng, năm sinh: 14/03/2026, ghi bằng chữ: ngày mười bốn",
    "tháng ba năm hai nghìn không trăm hai mươi sáu",
    "Giới tính: nam, dân tộc: Kinh, quốc tịch: Việt Nam",
    "Nơi sinh: Bệnh viện Đa khoa khu vực Sông Cái",
    "Quê quán: xã Đồng Tháp, huyện cũ Kim Sơn",
    "Họ, chữ đệm, tên người mẹ: Trần Thị Ngọc Ánh",
    "Năm sinh: 1999, dân tộc: Kinh, quốc tịch: Việt Nam",
    "Họ, chữ đệm, tên người cha: Lê Quang Dũng",
    "Năm sinh: 1996, dân tộc: Kinh, quốc tịch: Việt Nam",
    "Tôi cam đoan nội dung khai trên đây là đúng sự thật và chịu",
    "trách nhiệm trước pháp luật về nội dung cam đoan của mình.",
    "",
    "Làm tại phường Bình Minh, ngày 02 tháng 04 năm 2026",
    "Người yêu cầu",
    "(Ký, ghi rõ họ tên)",
)


@dataclass(frozen=True)
class Look:
    """How a sheet is printed: font, size in points, dots an inch."""

    font: str = "serif"
    points: float = 13
    dpi: int = DPI


def sheet(look: Look | None = None, lines: tuple[str, ...] = LINES) -> Picture:
    """An A4 page with the lines on it."""
    look = look or Look()
    width, height = round(8.27 * look.dpi), round(11.69 * look.dpi)
    picture = Image.new("RGB", (width, height), (252, 252, 250))
    font = ImageFont.truetype(FONTS[look.font], round(look.points / 72 * look.dpi))
    draw, top = ImageDraw.Draw(picture), round(0.9 * look.dpi)
    for line in lines:
        draw.text((round(0.9 * look.dpi), top), line, fill=(25, 25, 28), font=font)
        top += round(1.55 * look.points / 72 * look.dpi)
    return np.array(picture)


def turned(page: Picture, degrees: float, shade: int = 250) -> Picture:
    """The page turned counterclockwise, by any angle, with its corners kept."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(page, int(degrees // 90)))
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    border = (shade, shade, shade)
    return cv2.warpAffine(page, matrix, (width, height), borderValue=border).astype(np.uint8)


def stamped(page: Picture, left: float, top: float, colour: tuple[int, int, int]) -> Picture:
    """A round seal of 36 mm over whatever is there; place in shares of the page."""
    height, width = page.shape[:2]
    layer = Image.new("RGB", (width, height), "white")
    draw, radius = ImageDraw.Draw(layer), width * 0.085
    x, y = left * width, top * height
    thick = max(2, round(width / 300))
    for share in (1.0, 0.72):
        reach = radius * share
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), outline=colour, width=thick)
    star = [
        (x + radius * r * math.sin(a * math.pi / 5), y - radius * r * math.cos(a * math.pi / 5))
        for a, r in zip(range(10), [0.3, 0.12] * 5, strict=True)
    ]
    draw.polygon(star, fill=colour)
    for step in range(28):
        angle = step / 28 * 2 * math.pi
        at = (x + radius * 0.86 * math.cos(angle), y + radius * 0.86 * math.sin(angle))
        draw.rectangle((at[0] - 4, at[1] - 7, at[0] + 4, at[1] + 7), fill=colour)
    return np.asarray(np.minimum(page, np.array(layer)), np.uint8)


def signed(
    page: Picture,
    left: float,
    top: float,
    colour: tuple[int, int, int] = (30, 50, 160),
    seed: int = 1,
) -> Picture:
    """A signature in pen strokes, 45 mm wide, its left end at a place in shares of the page."""
    height, width = page.shape[:2]
    chance = random.Random(seed)
    stroke = [
        (
            left * width + width * 0.2 * step / 40,
            top * height + height * 0.018 * math.sin(step * chance.uniform(0.7, 1.1)),
        )
        for step in range(41)
    ]
    picture = Image.fromarray(page)
    ImageDraw.Draw(picture).line(stroke, fill=colour, width=max(2, width // 420), joint="curve")
    return np.array(picture)


@dataclass(frozen=True)
class Camera:
    """How a page is photographed: `lean` shares of the frame that corners move by, `light` the
    share of light that arrives, `blur` and `noise` in pixels and grey levels."""

    lean: float = 0.06
    turn: float = 4.0
    light: float = 0.85
    shadow: float = 0.4
    blur: float = 0.8
    noise: float = 6.0
    quality: int = 82
    width: int = 2200
    seed: int = 1


def photographed(page: Picture, camera: Camera | None = None) -> Picture:
    """The page on a dark desk, seen from an angle under uneven light."""
    camera = camera or Camera()
    chance = np.random.default_rng(camera.seed)
    seen = _on_desk(page, camera, chance)
    height, width = seen.shape[:2]
    across = np.linspace(1, 1 - camera.shadow, width)[None, :, None]
    down = np.linspace(1, 1 - camera.shadow / 3, height)[:, None, None]
    lit = seen.astype(np.float32) * camera.light * across * down
    if camera.blur:
        lit = np.asarray(cv2.GaussianBlur(lit, (0, 0), camera.blur))
    lit = lit + chance.normal(0, camera.noise, lit.shape)
    return as_camera_jpeg(np.clip(lit, 0, 255).astype(np.uint8), camera.quality)


def _on_desk(page: Picture, camera: Camera, chance: np.random.Generator) -> Picture:
    height, width = page.shape[:2]
    out_width, out_height = camera.width, round(camera.width * 1.36)
    share = 0.86 * min(out_width / width, out_height / height)
    half = np.array([width, height]) * share / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    angle = math.radians(camera.turn)
    spin = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    moved = corners @ spin.T + np.array([out_width, out_height]) / 2
    moved += chance.uniform(-1, 1, (4, 2)) * camera.lean * out_width
    moved = np.clip(moved, 12, np.array([out_width, out_height]) - 12)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, moved.astype(np.float32))
    desk = np.empty((out_height, out_width, 3), np.uint8)
    desk[:] = (92, 66, 48)
    grain = chance.integers(-12, 12, (out_height, 1, 1))
    desk = np.clip(desk.astype(np.int16) + grain, 0, 255).astype(np.uint8)
    warped = cv2.warpPerspective(page, matrix, (out_width, out_height), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(
        np.full((height, width), 255, np.uint8), matrix, (out_width, out_height)
    )
    return np.where(mask[:, :, None] > 127, warped, desk).astype(np.uint8)


def as_camera_jpeg(picture: Picture, quality: int) -> Picture:
    """What is left of a picture after a JPEG of that quality."""
    with Image.open(io.BytesIO(encoded(picture, "JPEG", quality=quality))) as stored:
        return np.array(stored.convert("RGB"))


def encoded(picture: Picture, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a file of that kind."""
    stored = io.BytesIO()
    Image.fromarray(picture).save(stored, kind, **options)
    return stored.getvalue()


def wrong_letters(found: str, truth: str) -> float:
    """Edits that turn what was read into the truth, for each letter of the truth; white space
    counts as one blank."""
    one, other = " ".join(found.split()), " ".join(truth.split())
    row = np.arange(len(other) + 1)
    letters = np.array([ord(letter) for letter in other])
    for place, letter in enumerate(one, 1):
        swap = row[:-1] + (letters != ord(letter))
        best = np.minimum(swap, row[1:] + 1)
        new = np.concatenate(([place], best))
        # A missing letter costs one more than its left neighbour: a running minimum.
        steps = np.arange(len(new))
        row = np.minimum.accumulate(new - steps) + steps
    return float(row[-1]) / max(1, len(other))
