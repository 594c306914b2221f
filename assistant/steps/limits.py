"""Limits: what is answered with one kind sentence instead of a procedure.

Told by patterns of words, which may be added to by hand, then by the words as a whole (outside.py)
where no procedure is surely meant, and distress by nearness to what people in distress write after
that (resolve.py). Instructions to the assistant that ride on a question are cut off before
searching.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from assistant.models import Answer, Said, Status, Turn
from assistant.steps.asides import without_who
from assistant.steps.aspects import asked_of_any
from assistant.steps.content import content_of
from assistant.steps.differ import AGE, MARK, differences_said
from assistant.steps.outside import Outside
from assistant.steps.patterns import bare, patterns_in, says
from assistant.steps.premise import searchable
from assistant.steps.route import spoken
from knowledge.search import Found
from knowledge.text import composed, folded_words, has_marks

_CLAUSES = re.compile(r"(?<=[.!?;:\n])\s+|\s+[-–—|]{1,3}\s+|,\s+|\n+")


# Words beside which those of a kind mean no harm.
_LIFTED_BY = {"distress": "ordinary", "unlawful": "lawful"}
# In this order: who is in danger and also asks for something is in danger first.
_DECLINED = {
    "distress": (Status.HANDOFF, "distress"),
    "secret": (Status.REFUSED, "secret"),
    "unlawful": (Status.REFUSED, "unsafe"),
    "status": (Status.HANDOFF, "dossier_status"),
    "personal": (Status.REFUSED, "personal"),
    "injection": (Status.REFUSED, "role"),
}

# The topic of off_topic.yaml that bears a kind out.
_TOPICS = {
    "distress": "distress",
    "unlawful": "unlawful_help",
    "status": "dossier_status_lookup",
    "personal": "personal_data_of_others",
    "injection": "instructions_to_the_bot",
}
_LEANING = ("takes_back", "supposes", "correction", "return")
# What a follow-up may say of somebody without asking for data or help; an age rules no cry out.
_SAYS_WHO = {"personal": {MARK, AGE}, "distress": {MARK}}
_MARKED, _UNMARKED = "_marked", "_unmarked"
_FEW = 12  # words
_NEAR = 0.5  # a cosine
_CLEARLY = 0.1  # above `sure`, a cosine


Find = Callable[[str], Found]


def limits(turn: Turn) -> Answer | None:
    """Answer distress and requests for secrets; cut instructions off everything else."""
    return limiter(None)(turn)


Recall = Callable[[str], tuple[Said, ...]]


def limiter(
    outside: Outside | None,
    find: Find | None = None,
    sure: float = 1.0,
    recall: Recall | None = None,
) -> Callable[[Turn], Answer | None]:
    """The step with eyes for the words as a whole; without `outside` patterns alone.

    What words as a whole are taken for is held against what `find` finds: 'cưới chồng người Pháp'
    is near a marriage by more than `sure` (a cosine), no cry for help is. `recall` gives what was
    said before, on which words may lean.
    """

    def limits_by_words(turn: Turn) -> Answer | None:
        if kind := _pattern_kind(turn.text):
            return _declined(turn, kind)
        turn.text = without_who(turn.text)
        _cut_instructions(turn, outside)
        is_said = any(map(str.isalpha, turn.text))
        kind = outside.limit(turn.text) if outside and is_said else None
        if kind is None or _is_lifted(kind, turn.text):
            return None
        if recall and turn.question.conversation:
            turn.past = recall(turn.question.conversation)
        found = find(searchable(turn.text)) if find else None
        if outside and outside.is_faint(turn.text, kind) and not _is_hinted(kind, found):
            return None
        return _declined(turn, kind) if _is_borne_out(turn, kind, found, sure) else None

    return limits_by_words


def _is_hinted(kind: str, found: Found | None) -> bool:
    """Whether what is found lets faint words be of a kind: the nearest topic says the same, or no
    procedure is near. 'Vợ chồng em vừa dọn về, muốn ghi tên ở phường này' is no cry for help."""
    if found is None or found.degraded or not found.hits:
        return True
    return found.off_topic == _TOPICS[kind] or found.hits[0].similarity < _NEAR


def _is_borne_out(turn: Turn, kind: str, found: Found | None, sure: float) -> bool:
    """Whether no procedure is surely meant; where the words may lean on what was said before, also
    whether the nearest topic says the same. A request to break the law is often about a procedure,
    and is heard unless one is clearly nearer and the nearest topic is another; who may be in danger
    is heard unless a procedure is nearer than anything else.
    """
    if found is None or found.degraded:
        return not _may_follow(turn)
    best = found.hits[0].similarity if found.hits else 0.0
    elsewhere = found.off_topic_similarity > best
    if turn.past and (_tells_who(turn, kind) or _asks_of_topic(turn, kind)):
        return False
    if kind == "unlawful" and best >= sure + _CLEARLY and found.off_topic != _TOPICS[kind]:
        return False
    if best >= sure and kind != "unlawful" and not (kind == "distress" and elsewhere):
        return False
    return (elsewhere and found.off_topic == _TOPICS[kind]) or not _may_follow(turn)


def _tells_who(turn: Turn, kind: str) -> bool:
    """Words that lean on what was said before and say who somebody is: 'nếu vợ tôi là người Nhật'
    asks for nobody's data, and is no cry for help."""
    leans = _says_how(turn, "supposes", "takes_back", "correction")
    return leans and bool(_SAYS_WHO.get(kind, set()) & differences_said(turn.text).keys())


def _asks_of_topic(turn: Turn, kind: str) -> bool:
    """Whether the words only ask what may be asked of any procedure spoken of: 'nhờ người khác đi
    làm hộ được không' is nothing unlawful."""
    spoken_of = any(said.codes or said.options for said in turn.past)
    return kind != "distress" and spoken_of and asked_of_any(turn.text, frozenset()) == []


def _may_follow(turn: Turn) -> bool:
    """Whether the words may lean on what was said before; then they say too little as a whole:
    'cho con tôi 5 tuổi' is no cry for help."""
    return bool(turn.past) and (leans(turn) or len(folded_words(turn.text)) <= _FEW)


def leans(turn: Turn) -> bool:
    """Whether the words take up what was said before: a correction, a return to a topic."""
    return bool(turn.past) and _says_how(turn, *_LEANING)


def _says_how(turn: Turn, *ways: str) -> bool:
    plain = " ".join(folded_words(turn.text))
    return any(says("follow.yaml", how, plain) for how in ways)


def _pattern_kind(text: str) -> str | None:
    fitting = (kind for kind in _DECLINED if _says(kind, text) and not _is_lifted(kind, text))
    return next(fitting, None)


def _is_lifted(kind: str, text: str) -> bool:
    return _says(_LIFTED_BY.get(kind), text)


def _declined(turn: Turn, kind: str) -> Answer:
    status, key = _DECLINED[kind]
    turn.because(f"lời của câu hỏi thuộc loại “{kind}”")
    return spoken(turn, status, key)


def _cut_instructions(turn: Turn, outside: Outside | None) -> None:
    """What orders the assistant about is not searched for; when all of it does, all is kept."""
    clauses = [part for part in _CLAUSES.split(turn.text) if part.strip()]
    if len(clauses) < 2:
        return
    # 'Ý tôi là khai qua mạng' sounds like an order, and takes back what was said.
    judge = None if _says_how(turn, "takes_back") else outside
    kept = [part for part in clauses if not _orders(part, judge)]
    if 0 < len(kept) < len(clauses) and content_of(" ".join(kept)):
        turn.text = " ".join(kept)
        turn.because(f"đã cắt {len(clauses) - len(kept)} mệnh đề ra lệnh cho trợ lý")


def _orders(clause: str, outside: Outside | None) -> bool:
    by_words = outside is not None and outside.limit(clause) == "injection"
    return by_words or _says("instruction", clause)


def names_district(text: str) -> bool:
    """Whether a level is named that the reform of July 2025 ended."""
    return _says("district", text)


def _says(kind: str | None, text: str) -> bool:
    """Whether a pattern of `kind` fits the words."""
    return kind in _kinds_said(text)


@lru_cache(maxsize=4096)
def _kinds_said(text: str) -> frozenset[str]:
    """The kinds of which a pattern fits the words; `kind`_marked holds what is told only by marks,
    `kind`_unmarked what is told only where there are none."""
    plain = _lists_said(bare(text))
    if has_marks(text):
        written = _lists_said(composed(text).lower())
        told = {name for name in plain if not name.endswith((_MARKED, _UNMARKED))}
        told |= {name for name in written if name.endswith(_MARKED)}
    else:
        told = {name for name in plain if not name.endswith(_MARKED)}
    return frozenset(name.removesuffix(_UNMARKED).removesuffix(_MARKED) for name in told)


def _lists_said(plain: str) -> set[str]:
    return {name for name, one in patterns_in("limits.yaml", plain).items() if one.search(plain)}
