"""Questions made from titles, to grow a doubt on more than people have written.

Titles that name one thing and differ in what is done with it, or at which level, are a family.
Its thing named alone is to be asked back; a deed that only one of them does is to be answered, and
so is one that two levels do when the level is said. Where a commune does it too, that is everyday:
no question is made. Only the shape is learned from these; no title is a test question.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.steps.titles import acts_of
from evals.cases import Action, Case
from knowledge.procedure import Level, Procedure
from knowledge.text import folded_words

_SEED = 3
_MOST = 12  # words of a thing; nobody says more
_ALONE = 400  # things with one procedure only
_LEVEL = re.compile(
    r"\s*[(-]?\s*(?:thực hiện (?:ở|tại) cấp|thuộc (?:thẩm quyền|phạm vi)|"
    r"tại (?:Công an|Cục Quản lý|Phòng Quản lý)|cấp (?:bộ|tỉnh|xã|tw|trung ương)\b).*$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*\(.*?\)")
_END = re.compile(r"[;,/]| trong trường hợp| theo quy định| đối với| do bị| được cấp")
_DEED = re.compile(
    r"(?:(?:đề nghị|đăng ký|quyết định|giải quyết|thực hiện) )?"
    r"((?:(?:cấp|bổ nhiệm|công bố|công nhận|chấp thuận|đăng ký)(?: mới| lại| đổi| điều chỉnh)?|đổi|"
    r"gia hạn|sửa đổi|bổ sung|điều chỉnh|thay đổi(?: nội dung)?|thu hồi|trả lại|chấm dứt|hủy bỏ|"
    r"xóa|tạm ngừng|miễn nhiệm|thành lập|chuyển nhượng|mở khóa|khóa)(?:, [^ ]+ [^ ]+)?) (\S+ .*)",
    re.IGNORECASE,
)
# What people say is done, beside the word of the title.
_SAID = {
    "again": ("bị mất", "bị hỏng", "bị rách"),
    "extend": ("sắp hết hạn",),
    "change": ("thay đổi thông tin", "sửa"),
    "first": ("lần đầu",),
    "end": ("chấm dứt",),
    "exchange": ("đổi",),
}
_AT = {
    Level.MINISTRY: ("do Bộ cấp", "ở cấp bộ", "cấp trung ương"),
    Level.PROVINCE: ("cấp tỉnh", "ở tỉnh", "do tỉnh cấp"),
    Level.COMMUNE: ("cấp xã", "ở xã", "ra phường"),
}
_NAMED = (
    "{thing} của {who} thì làm ở đâu?",
    "Hỏi về {thing}",
    "{thing} làm sao ạ",
    "Thủ tục về {thing}",
    "{thing} cần giấy tờ gì?",
    "{who} cần {thing}",
)
_STATED = (
    "{deed} {thing}",
    "{deed} {thing} thì cần gì?",
    "{who} muốn {deed} {thing}",
    "{thing} của {who} {deed}, làm thế nào?",
    "hồ sơ {deed} {thing}",
)
_WHO = ("công ty tôi", "em", "gia đình tôi", "cơ sở chúng tôi", "tui", "đơn vị tôi")


@dataclass(frozen=True)
class _Named:
    """A procedure as its title names it: what is done, and with what."""

    code: str
    levels: tuple[Level, ...]
    deed: str
    thing: str
    acts: frozenset[str]


def made_questions(procedures: Iterable[Procedure]) -> list[Case]:
    """The same ones for the same procedures, in the same order."""
    rng = random.Random(_SEED)
    families: dict[frozenset[str], list[_Named]] = defaultdict(list)
    for procedure in procedures:
        one = _named(procedure)
        families[frozenset(folded_words(one.thing))].append(one)
    alone = [members[0] for key, members in families.items() if len(members) == 1 and len(key) > 1]
    made = [
        *(case for key, them in families.items() if len(key) > 1 for case in _of(them, rng)),
        *(
            _case(rng.choice(_NAMED + _STATED), one, rng, (one,))
            for one in rng.sample(alone, min(_ALONE, len(alone)))
        ),
    ]
    return [case.model_copy(update={"id": f"made-{n}"}) for n, case in enumerate(made)]


def _named(procedure: Procedure) -> _Named:
    bare = _BRACKETS.sub("", _LEVEL.sub("", procedure.name.removeprefix("Thủ tục "))).strip(" .")
    bare = bare[:1].lower() + bare[1:]
    match = _DEED.fullmatch(bare)
    deed, thing = (match[1].lower(), match[2]) if match else ("", bare)
    thing = " ".join(_END.split(thing)[0].split()[:_MOST])
    return _Named(procedure.code, tuple(procedure.levels), deed, thing, acts_of(procedure.name))


def _of(family: Sequence[_Named], rng: random.Random) -> Iterator[Case]:
    """The questions of one family; none of a thing that only one procedure is about."""
    if len(family) < 2:
        return
    if len({one.deed for one in family}) > 1:
        for words in rng.sample(_NAMED, 2):
            yield _case(words, rng.choice(family), rng, family)
    for one in family:
        same = [other for other in family if other.deed == one.deed]
        if one.deed:
            yield from _stated(one, same, rng)


def _stated(one: _Named, same: Sequence[_Named], rng: random.Random) -> Iterator[Case]:
    """A deed said: answered when one procedure does it; of several levels, when the level is."""
    words = rng.choice(_STATED)
    if len(same) == 1:
        yield _case(words, one, rng, (one,))
    elif len({other.levels for other in same}) == len(same):
        if not any(Level.COMMUNE in other.levels for other in same):
            yield _case(words, one, rng, same)
        if one.levels and one.levels[0] in _AT:
            yield _case(f"{words} {rng.choice(_AT[one.levels[0]])}", one, rng, (one,))


def _case(words: str, one: _Named, rng: random.Random, fitting: Sequence[_Named]) -> Case:
    deeds = [one.deed, *(said for act in sorted(one.acts) for said in _SAID.get(act, ()))]
    text = words.format(thing=one.thing, deed=rng.choice(deeds), who=rng.choice(_WHO))
    return Case(
        id="made-0",
        turns=(" ".join(text.split()),),
        action=Action.CHOOSE if len(fitting) > 1 else Action.ANSWER,
        codes=tuple(dict.fromkeys(other.code for other in fitting)),
        author="made",
    )
