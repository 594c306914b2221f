"""Near twins: procedures whose titles differ in a word that changes everything.

When the question says the word, the twin that has it comes first; when it says nothing, the
everyday one at the commune does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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


def twin_adjustments(
    question: str, names: Sequence[str], plain: Sequence[str] | None = None
) -> list[float]:
    """What to add to each candidate's score for the marks of its title.

    `plain` are their plain names: some titles hide for whom a procedure is.
    """
    asked = folded(question)
    titles = [_title_of(*pair) for pair in zip(names, plain or [""] * len(names), strict=True)]
    borne = frozenset[str]().union(*(title.marks for title in titles))
    said = marks_said(asked)
    change = {marker.name: _change(marker, said, asked) for marker in MARKERS}
    silent = _silent_marks(question, asked, said) & borne
    meant = frozenset(mark for mark in _BESIDE_SAID_TWIN if change[mark] > 0) & borne
    years = years_in(asked)
    return [
        sum(change[mark] for mark in title.marks)
        - _beside_plain_twin(title, title.marks & silent, titles)
        - _beside_said_twin(title, meant - title.marks, titles)
        - _BESIDE_FITTING_AGE * (years is not None and fits_age(name, years) is False)
        for name, title in zip(names, titles, strict=True)
    ]


class _Title(NamedTuple):
    words: frozenset[str]
    marks: frozenset[str]


@lru_cache(maxsize=200_000)
def _title_of(name: str, plain: str) -> _Title:
    marks = marks_of(name) | (marks_of(plain) & _TOLD_BY_PLAIN_NAMES)
    return _Title(frozenset(folded(name.removeprefix("Thủ tục ")).split()), marks)


@lru_cache(maxsize=4096)
def marks_said(asked: str) -> frozenset[str]:
    """Names of the markers whose words a folded question says; denied ones too."""
    return frozenset(marker.name for marker in MARKERS if marker.said.search(asked))


def _silent_marks(question: str, asked: str, said: frozenset[str]) -> frozenset[str]:
    """Marks that nothing in the question hints at."""
    silent = frozenset(_BESIDE_PLAIN_TWIN) - said
    if _HINTS_ABROAD.search(asked) or _HINTS_BY_MARKS.search(composed(question).lower()):
        return silent - {"foreign"}
    return silent


def _beside_plain_twin(title: _Title, silent: frozenset[str], titles: Sequence[_Title]) -> float:
    if not silent or not any(_is_plain_twin(other, title) for other in titles):
        return 0.0
    return max(_BESIDE_PLAIN_TWIN[mark] for mark in silent)


def _beside_said_twin(title: _Title, lacking: frozenset[str], titles: Sequence[_Title]) -> float:
    """What a title loses for marks that it lacks and a twin among `titles` bears."""
    if not lacking:
        return 0.0
    borne = [other.marks for other in titles if _is_plain_twin(title, other)]
    lost = (_BESIDE_SAID_TWIN[mark] for mark in lacking if any(mark in marks for marks in borne))
    return max(lost, default=0.0)


def _is_plain_twin(plain: _Title, marked: _Title) -> bool:
    """Whether a title says the same as another but for marks."""
    return plain.marks < marked.marks and plain.words < marked.words


def level_adjustments(question: str, levels: Sequence[Sequence[str]]) -> list[float]:
    """1 for a candidate at the level that the question names; less for the commune's when it
    names none, because that is where people go."""
    said = levels_said(question)
    if said:
        return [float(bool(said & set(found))) for found in levels]
    return [_EVERYDAY * (Level.COMMUNE in found) for found in levels]


@lru_cache(maxsize=200_000)
def marks_of(name: str) -> frozenset[str]:
    """Names of the markers that a title bears; titles recur in every search."""
    plain = folded(name)
    return frozenset(marker.name for marker in MARKERS if marker.title.search(plain))


def _change(marker: Marker, said: frozenset[str], asked: str) -> float:
    """What a title that bears the mark gains or loses."""
    if marker.denied and marker.denied.search(asked):
        return -2 * marker.unsaid
    return marker.agreed if marker.name in said else -marker.unsaid


def levels_said(question: str) -> set[Level]:
    """Levels that the question names."""
    plain = composed(question).lower()
    return {level for level, pattern in _LEVEL_WORDS.items() if pattern.search(plain)}
