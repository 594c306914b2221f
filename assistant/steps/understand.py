"""Understand: the language and the facets of a question."""

from __future__ import annotations

import re

from assistant.models import Answer, Facet, Language, Turn
from knowledge.text import folded, folded_words, has_marks, tidy

_ENGLISH = re.compile(
    "how|what|where|when|which|who|why|do|does|did|can|could|should|must|need|the|for|my|is|are|"
    "was|be|much|many|long|apply|get|want|to|of|and|a|an|i|in|on|at|by|with|your|me|we|our|it|"
    "this|from|if|or|not|no|any|fee|cost|help|please|visa|new|old|id"
)
# The shape of a Vietnamese syllable without marks; most English words do not have it.
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)


def _facet(facet: Facet, *patterns: str) -> tuple[Facet, re.Pattern[str]]:
    return facet, re.compile(r"\b(?:" + "|".join(patterns) + r")\b")


# On folded text. Order does not matter: facets come in the order in which the question names them.
FACET_WORDS = (
    _facet(
        Facet.DOCUMENTS,
        r"giay to(?! ca nhan| nha| xe| tuy than)(?: gi| nao)?",
        r"(?:can|phai|nop|co) (?:nhung |cac )?(?:giay|loai giay)",
        r"giay (?:gi|nao)",
        r"(?:can|cam|dem|mang|nop|chuan bi|phai co|gom|bao gom|kem) (?:theo )?"
        r"(?:nhung |co )?(?:gi|j|chi)",
        r"(?:can|phai) (?:co )?nhung gi",
        r"mang (?:theo )?(?:giay|gi)",
        r"chuan bi",
        r"thanh phan ho so",
        r"ho so (?:gom|can|gi|bao gom|the nao|nhu the nao|ra sao)",
        r"(?:can|chuan bi) (?:nhung )?ho so",
        r"may ban(?: sao| chinh)?",
        r"bao nhieu ban(?: sao| chinh)?",
        r"(?:what|which) (?:papers|documents?|paperwork)",
        r"documents?|paperwork|papers",
        r"what (?:do|should|must) i (?:need|bring|prepare|submit)",
        r"what (?:is|s) (?:needed|required)",
        r"need to (?:bring|prepare|submit)",
    ),
    _facet(
        Facet.FEE,
        r"le phi",
        r"(?:phi|chi phi|tien|gia)"
        r"(?= (?:la )?(?:bao nhieu|bn|nhieu|the nao|may|het|khong|ko|hong|k|gi|j)\b)",
        r"(?:ton|mat|het|dong|nop|tra|thu) (?:bao nhieu )?"
        r"(?:phi|tien|le phi|bao nhieu|bn)(?! ngay| lau| thoi)",
        r"bao nhieu tien|bao tien|bn tien|may tien|nhieu tien",
        r"ton kem|ton phi|mat phi|co phi|dong phi|phi$|mien phi|gia ca",
        r"(?:muc|thu|cac) (?:phi|thu)",
        r"how much|cost|costs|fees?|price|charge|free of charge|expensive|pay",
    ),
    _facet(
        Facet.TIME,
        r"bao lau|bao nhieu lau",
        r"(?:may|bao nhieu|bn|mat|trong) (?:ngay|hom|tuan|thang|gio|buoi)(?! tuoi)",
        r"thoi (?:han|gian)(?! su dung)",
        r"(?:khi nao|bao gio|luc nao|chung nao|hom nao) (?:thi )?(?:co|xong|lay|nhan|duoc|tra)",
        r"(?:co )?lau (?:khong|ko|k|hong)",
        r"may (?:ngay|bua) (?:co|xong|lay)",
        r"how long|how many (?:working )?days|time limit|processing time|when will|deadline",
    ),
    _facet(
        Facet.PLACE,
        r"(?:o|tai|den|toi|di|ra|len|cho|nop|ve|qua|gap) (?:\w+ ){0,3}?dau",
        r"cho nao|noi nao|cua nao|phong nao",
        r"(?:co quan|don vi|noi|cap) nao",
        r"nop (?:o|tai|cho) (?:ai|co quan|phuong|xa|huyen|tinh|so)",
        r"noi (?:nop|tiep nhan|lam|giai quyet)",
        r"tham quyen",
        r"ai (?:giai quyet|cap|lam|ky)(?= |$)",
        r"dia (?:chi|diem)",
        r"where|which (?:office|agency|authority|department)",
    ),
    _facet(
        Facet.CHANNEL,
        r"truc tuyen|online|qua mang|tren mang|qua internet|vneid|dich vu cong",
        r"(?:qua |bang |duong )?(?:buu dien|buu chinh)",
        r"(?:hinh thuc|cach|cach thuc) nop",
        r"nop tu xa|khong can den|uy quyen|nho nguoi|lam (?:thay|giup)",
        r"by (?:post|mail)|in person|on ?line",
    ),
    _facet(
        Facet.STEPS,
        r"(?:cac |nhung |tung |may |gom may )?buoc",
        r"trinh tu|quy trinh",
        r"steps?|process|step by step",
    ),
    _facet(
        Facet.CONDITIONS,
        r"dieu kien",
        r"(?:may|bao nhieu|du|tu) tuoi",
        r"yeu cau (?:gi|nao|the nao)",
        r"(?:co|duoc) (?:quyen|phep) .*(?:khong|ko)$",
        r"conditions?|eligib\w+|requirements? to (?:be|qualify)|qualify",
    ),
    _facet(
        Facet.FORMS,
        r"(?:mau|bieu mau|to khai|mau don|don|phieu) (?:nao|gi|so may|o dau|the nao)",
        r"(?:bieu mau|mau don|mau to khai|mau giay)",
        r"(?:tai|lay|xin|dung|dien) (?:mau|don|to khai|form|bieu mau)",
        r"(?:which|what|download|application) forms?|forms?",
    ),
    _facet(
        Facet.LEGAL_BASIS,
        r"can cu(?! cong dan)(?: phap ly| luat| vao)?",
        r"(?:luat|nghi dinh|thong tu|van ban|quy dinh|dieu luat) (?:nao|gi|so may)",
        r"(?:theo|dua tren|co so) (?:luat|phap ly|quy dinh) (?:nao|gi)",
        r"co so phap ly",
        r"legal basis|which law|what law|legal (?:document|ground)s?|decree|regulation",
    ),
    _facet(
        Facet.RESULT,
        r"ket qua(?! hoc| xet nghiem)",
        r"(?:nhan|duoc|cap|lay) (?:ve |duoc )?(?:cai |giay )?gi (?:ve|sau|khi xong)",
        r"xong (?:thi )?(?:duoc|nhan|co) (?:gi|giay gi)",
        r"what (?:will|do) i (?:get|receive)|results?|outcome",
    ),
    _facet(
        Facet.SUBJECTS,
        r"(?:ai|nhung ai|nguoi nao|doi tuong nao) (?:duoc|phai|co the|can|moi|la|thi)",
        r"doi tuong",
        r"danh cho ai|ap dung cho ai",
        r"who (?:can|may|must|is)|eligible persons?",
    ),
    _facet(
        Facet.OVERVIEW,
        r"thu tuc (?:the nao|nhu the nao|ra sao|gi|lam sao)",
        r"huong dan",
        r"tell me (?:all )?about|overview|summary|everything",
    ),
)


def understand(turn: Turn) -> Answer | None:
    """Fill in the tidy text, its language and the facets; never answers."""
    turn.text = tidy(turn.question.text)
    turn.language = turn.question.language or language_of(turn.text)
    turn.facets = facets_of(turn.text) or (Facet.OVERVIEW,)
    return None


def language_of(text: str) -> Language:
    """English when nothing carries a mark and most words are English or no Vietnamese syllable."""
    if has_marks(text):
        return "vi"
    spoken = [word for word in folded_words(text) if word.isalpha()]
    english = sum(bool(_ENGLISH.fullmatch(word)) or _looks_foreign(word) for word in spoken)
    return "en" if spoken and english * 2 > len(spoken) else "vi"


def _looks_foreign(word: str) -> bool:
    """Long enough to be no abbreviation, with a vowel, and not shaped like a syllable."""
    has_vowel = any(letter in "aeiouy" for letter in word)
    return len(word) > 3 and has_vowel and not _SYLLABLE.fullmatch(word)


def facets_of(text: str) -> tuple[Facet, ...]:
    """Facets the text asks about, in the order of their words; empty when it names none."""
    plain = folded(text)
    found = [
        (match.start(), facet) for facet, pattern in FACET_WORDS if (match := pattern.search(plain))
    ]
    facets = tuple(facet for _, facet in sorted(found, key=lambda pair: pair[0]))
    if Facet.OVERVIEW in facets and len(facets) > 1:
        return tuple(facet for facet in facets if facet is not Facet.OVERVIEW)
    return facets
