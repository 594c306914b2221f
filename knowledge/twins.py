"""Near twins: procedures whose titles differ in a word that changes everything.

When the question says the word, the twin that has it comes first; when it says nothing, the
everyday one at the commune does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from knowledge.ages import fits_age, years_in
from knowledge.procedure import Level
from knowledge.text import composed, folded


@dataclass(frozen=True)
class Marker:
    """A word of titles (`title`) and what people say for it (`said`), on folded text.

    `denied` is how people rule it out. `unsaid` is what a title with the mark loses when the
    question is silent, `agreed` what it wins when the question says it.
    """

    name: str
    title: re.Pattern[str]
    said: re.Pattern[str]
    denied: re.Pattern[str] | None = None
    unsaid: float = 0.12
    agreed: float = 0.10


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")\b")


# Countries by folded name. Without their marks those of one syllable are words of every day as
# well; 'y tế', 'bị', 'áo' and a brother called Quốc stand so often that they say least.
_LONG_NATIONS = (
    "han quoc|nhat ban|trung quoc|dai loan|canada|campuchia|thai lan|singapore|malaysia|an do|"
    "chau au|ha lan|thuy si|thuy dien|na uy|dan mach|phan lan|ba lan|slovakia|hungary|tay ban nha|"
    "bo dao nha|hy lap|new zealand|philippines|indonesia|brazil|argentina|mexico|ai cap|nam phi|"
    "nigeria|tho nhi ky|ukraine|israel|iran|pakistan|bangladesh|nepal|mong co|cuba|myanmar|"
    "hong kong|ai len"
)
_FAR_NATIONS = f"my|han|nhat|phap|duc|uc|lao|nga|sec|anh quoc|{_LONG_NATIONS}"
_NATIONS = f"{_FAR_NATIONS}|y|bi|ao"
_BEFORE_NATION = (
    "nguoi|chong|vo|quoc tich|ben|o|sang|tu|ban|ong|ba|phap luat|cong dan|ho chieu|passport|dan|goc"
)
MARKERS = (
    Marker(
        "foreign",
        _words("yeu to nuoc ngoai", "nguoi nuoc ngoai", "(?<!o )nuoc ngoai"),
        _words(
            "nuoc ngoai",
            "ngoai quoc",
            "viet kieu",
            "quoc tich (?!viet|vn|chung)",
            "quoc te",
            # "tư pháp" without its marks is no one from France.
            # "Điện tử bị khóa" without its marks is nobody from Belgium, "ở ý" nobody from Italy.
            rf"(?!tu phap|(?:o|tu|sang|ben) (?:y|bi|ao) )(?:{_BEFORE_NATION}) (?:{_NATIONS})",
            "(?:quoc tich|cong dan|ho chieu) anh(?! (?:huong|em|chi|toi|ay|ta))",
            "tay",
            "khong phai (?:la )?(?:nguoi|cong dan|goc) viet(?: nam)?",
            "not (?:a )?vietnamese",
            "(?:us|uk|eu) (?:citizens?|nationals?|passports?)",
            "abroad",
            "overseas",
            "foreign(?:er|ers)?",
            "expats?",
            "korean|japanese|american|chinese|french|german|british|australian|taiwanese|laotian",
            "canadian|italian|russian|indian|dutch|belgian|swiss|swedish|norwegian|danish|finnish",
            "from (?:france|germany|japan|korea|china|taiwan|australia|america|england|britain)",
            "from (?:italy|spain|russia|india|thailand|canada|laos|cambodia|the us|the uk)",
            "thai(?! (?:san|nghen|nhi|ky|phu))",  # "thai sản" is no one from Thailand
            # Who calls somebody that is somebody else.
            "(?:a|my|our|his|her) vietnamese",
            "polish|czech|spanish|portuguese|irish|filipino|indonesian|malaysian|singaporean|cambodian",
        ),
        _words(
            "deu la nguoi viet(?: nam)?",
            "deu (?:la )?cong dan viet nam",
            "khong co yeu to nuoc ngoai",
            "nguoi viet nam voi nhau",
            "ca hai (?:deu )?(?:la )?nguoi viet",
            "both vietnamese",
        ),
    ),
    Marker(
        "abroad",
        _words("o nuoc ngoai"),
        _words(
            "(?:o|ben|tai|tu) nuoc ngoai",
            "(?:dinh cu|sinh song|dang (?:o|song|lam|hoc)|song|o ben) (?:ben |tai |o )?"
            rf"(?:{_FAR_NATIONS})",
            "su quan|lanh su|co quan dai dien",
            "abroad|overseas|embassy|consulate",
            "living in (?!vietnam|ha ?noi|ho chi minh|da nang|hue|saigon)",
        ),
    ),
    Marker(
        "mobile",
        _words("luu dong"),
        _words(
            "luu dong",
            "tan nha|tai nha|den nha|tan noi",
            "ve (?:tan )?(?:thon|ban|ap|lang)",
            "khong di lai duoc|liet|om nang|vung sau|vung xa",
            "mobile|at home",
        ),
    ),
    Marker(
        "again",
        _words("dang ky lai", "(?<!cap, )cap lai"),
        _words(
            # Without marks: no thừa phát lại, lái xe, nước mặt, mặt bằng, sổ hồng, phòng cháy.
            r"(?<!phat )(?<!con )(?<!di )(?<!qua )(?<!o )lai(?! xe| suat)",
            r"(?<!nuoc )(?<!co )(?<!be )(?<!vang )(?<!gap )mat"
            r"(?! bang| tran| duong| hang| troi| nuoc)",
            "that lac",
            r"(?<!so )(?<!bia )(?<!to )hong",
            "hu",
            "hu hong",
            "rach",
            r"(?<!phong )(?<!chua )chay(?! qua| xe| tuyen| chua)",
            "lan hai",
            "lost",
            "reissue",
            "re-?issue",
            "replace(?:ment)?",
            "re-?regist(?:er|ration)",
            "again",
            "damaged",
            "stolen",
        ),
        unsaid=0.08,
        agreed=0.04,
    ),
    Marker(
        "combined",
        _words("ket hop", "lien thong"),
        _words("ket hop", "lien thong", "cung luc", "dong thoi", "mot lan", "gop", "luon", "both"),
        unsaid=0.05,
        agreed=0.05,
    ),
    Marker(
        "forces",
        _words("nganh cong an", "cong an nhan dan", "quan doi nhan dan", "luc luong vu trang"),
        _words(
            # Where people go is not who they are.
            "cong an(?! (?:xa|phuong|tinh|huyen|quan|thi tran|thanh pho))",
            "canh sat|chien si|si quan|quan nhan|bo doi|quan doi|luc luong",
            "police|army|soldiers?|military",
        ),
        unsaid=0.45,
    ),
    Marker(
        "has_papers",
        _words("da co ho so, giay to ca nhan", "da co ho so giay to ca nhan"),
        _words("da co", "lon tuoi", "truong thanh", "chua tung", "gia", "adult"),
        unsaid=0.06,
        agreed=0.02,
    ),
)
_SAID = {marker.name: marker.said for marker in MARKERS}
# Without marks 'so' may be sở, số or sổ and 'xa' may be far: more of the phrase must be there.
_LEVEL_WORDS = {
    Level.MINISTRY: re.compile(
        r"\b(?:cấp bộ|trung ương|(?:ở|lên|của|tại) (?:bộ|cục)|cap bo|trung uong|ministry)\b"
    ),
    Level.PROVINCE: re.compile(
        r"\b(?:tỉnh|(?<!cơ )(?<!trụ )sở|cap tinh|ubnd tinh|o tinh|cua tinh|cong an tinh|"
        r"so (?:tu phap|xay dung|tai chinh|cong thuong|nong nghiep|y te)|provinc(?:e|ial))\b"
    ),
    Level.COMMUNE: re.compile(
        r"\b(?:xã|phường|thị trấn|đặc khu|cap xa|o xa|ubnd xa|ubnd phuong|ra xa|ra phuong|"
        r"o phuong|len xa|len phuong|cong an xa|cong an phuong|commune|ward)\b"
    ),
}
# What a title with a mark loses beside one that says the same without it, when nothing in the
# question hints at the mark: the everyday twin is meant.
_BESIDE_PLAIN_TWIN = {"foreign": 0.45, "mobile": 0.45}
# What a title without a mark loses beside its marked twin when the question says the mark: who
# names a foreigner must not be told what holds for citizens.
_BESIDE_SAID_TWIN = {"foreign": 0.55}
# Less than is needed to prefer a foreign twin, enough not to rule it out. Countries of one syllable
# ('gia hạn', 'lao động', 'hợp pháp') hint with their marks only, and in no such word.
_HINTS_ABROAD = re.compile(
    rf"\b(?:{_LONG_NATIONS}|tay ba lo|quoc tich|kieu bao|kieu|dinh cu|xuat canh|visa|ho chieu)\b"
)
_HINTS_BY_MARKS = re.compile(
    r"\b(?:hàn|lào|nga|úc|tây|(?<!cập )(?<!sinh )nhật(?! ký)|(?<!thẩm )mỹ(?! phẩm| nghệ)|"
    r"(?<!đạo )đức|(?<!hợp )(?<!tư )(?<!phương )(?<!biện )(?<!giải )(?<!lập )"
    r"pháp(?! luật| lý| nhân| điển| chế))\b"
)
_TOLD_BY_PLAIN_NAMES = frozenset({"forces"})
# What a title for other ages loses when the question says how old somebody is.
_BESIDE_FITTING_AGE = 0.45
_EVERYDAY = 0.5  # of what a level that is named wins, when none is


class Title(NamedTuple):
    """A procedure's title as near twins are told apart by: its words and its marks."""

    name: str
    words: frozenset[str]
    marks: frozenset[str]


def title_of(name: str, plain: str = "") -> Title:
    """`plain` is the plain name: some titles hide for whom a procedure is."""
    marks = marks_of(name) | (marks_of(plain) & _TOLD_BY_PLAIN_NAMES)
    return Title(name, frozenset(folded(name.removeprefix("Thủ tục ")).split()), marks)


class Titles(dict[int, Title]):
    """Titles by row, each read when first it is a candidate; the same ones are again and again."""

    def __init__(self, names: Sequence[str], plain: Sequence[str]) -> None:
        super().__init__()
        self._names, self._plain = names, plain

    def __missing__(self, row: int) -> Title:
        title = self[row] = title_of(self._names[row], self._plain[row])
        return title


def twin_adjustments(question: str, titles: Sequence[Title]) -> list[float]:
    """What to add to each candidate's score for the marks of its title."""
    asked = folded(question)
    kinds = {title.marks for title in titles}
    borne = frozenset[str]().union(*kinds)
    change = {marker.name: _change(marker, asked) for marker in MARKERS if marker.name in borne}
    gained = {marks: math.fsum(change[mark] for mark in marks) for marks in kinds}
    adjusted = [gained[title.marks] for title in titles]
    _less_beside_plain(adjusted, titles, _silent_marks(question, asked, borne))
    _less_beside_said(adjusted, titles, {m for m in _BESIDE_SAID_TWIN if change.get(m, 0) > 0})
    _less_for_age(adjusted, titles, years_in(asked))
    return adjusted


@lru_cache(maxsize=4096)
def marks_said(asked: str) -> frozenset[str]:
    """Names of the markers whose words a folded question says; denied ones too."""
    return frozenset(mark for mark in _SAID if _is_said(mark, asked))


@lru_cache(maxsize=2048)
def _is_said(mark: str, asked: str) -> bool:
    return _SAID[mark].search(asked) is not None


def _silent_marks(question: str, asked: str, borne: frozenset[str]) -> frozenset[str]:
    """Those of the marks `borne` that nothing in the question hints at."""
    telling = borne.intersection(_BESIDE_PLAIN_TWIN)
    silent = frozenset(mark for mark in telling if not _is_said(mark, asked))
    if "foreign" in silent and _is_hinted_abroad(question, asked):
        return silent - {"foreign"}
    return silent


def _is_hinted_abroad(question: str, asked: str) -> bool:
    by_marks = _HINTS_BY_MARKS.search(composed(question).lower())
    return bool(by_marks or _HINTS_ABROAD.search(asked))


def _less_beside_plain(
    adjusted: list[float], titles: Sequence[Title], silent: frozenset[str]
) -> None:
    """Take away what titles lose for the marks `silent` that a twin does without."""
    for row, title in enumerate(titles if silent else ()):
        marks = title.marks & silent
        if marks and any(_is_plain_twin(other, title) for other in titles):
            adjusted[row] -= max(_BESIDE_PLAIN_TWIN[mark] for mark in marks)


def _less_beside_said(adjusted: list[float], titles: Sequence[Title], meant: Set[str]) -> None:
    """Take away what titles lose for the marks `meant` that they lack and a twin bears."""
    marked = [title for title in titles if not title.marks.isdisjoint(meant)]
    for row, title in enumerate(titles if marked else ()):
        borne = (other.marks for other in marked if _is_plain_twin(title, other))
        lacking = (meant & marks - title.marks for marks in borne)
        lost = (_BESIDE_SAID_TWIN[mark] for marks in lacking for mark in marks)
        adjusted[row] -= max(lost, default=0.0)


def _less_for_age(adjusted: list[float], titles: Sequence[Title], years: int | None) -> None:
    """Take away what titles for other ages lose."""
    for row, title in enumerate(titles if years is not None else ()):
        if years is not None and fits_age(title.name, years) is False:
            adjusted[row] -= _BESIDE_FITTING_AGE


def _is_plain_twin(plain: Title, marked: Title) -> bool:
    """Whether a title says the same as another but for marks."""
    return plain.words < marked.words and plain.marks < marked.marks


def level_adjustments(question: str, levels: Sequence[Sequence[str]]) -> list[float]:
    """1 for a candidate at the level that the question names; less for the commune's when it
    names none, because that is where people go."""
    said, found = levels_said(question), list(map(tuple, levels))
    worth = {at: _level_worth(said, at) for at in set(found)}  # few differ
    return [worth[at] for at in found]


def _level_worth(said: Set[Level], levels: Sequence[str]) -> float:
    return float(not said.isdisjoint(levels)) if said else _EVERYDAY * (Level.COMMUNE in levels)


@lru_cache(maxsize=200_000)
def marks_of(name: str) -> frozenset[str]:
    """Names of the markers that a title bears; titles recur in every search."""
    plain = folded(name)
    return frozenset(marker.name for marker in MARKERS if marker.title.search(plain))


def _change(marker: Marker, asked: str) -> float:
    """What a title that bears the mark gains or loses."""
    if marker.denied and marker.denied.search(asked):
        return -2 * marker.unsaid
    return marker.agreed if _is_said(marker.name, asked) else -marker.unsaid


@lru_cache(maxsize=4096)
def levels_said(question: str) -> frozenset[Level]:
    """Levels that the question names."""
    plain = composed(question).lower()
    return frozenset(level for level, words in _LEVEL_WORDS.items() if words.search(plain))
