"""Route: greetings and thanks are answered at once; everything else is a question."""

from __future__ import annotations

import re

from assistant.messages import messages_for
from assistant.models import Answer, Block, BlockKind, FollowUp, Line, Status, Turn
from assistant.steps.patterns import bare

_POLITE = (
    r"(?:xin|da|vang|alo|a lo|ad|admin|bot|ban|anh|chi|em|oi|a|nhe|nha|ah|moi nguoi|shop|can bo)"
)
_GREETING = re.compile(
    rf"(?:{_POLITE}\s+)*(?:chao|xin chao|hello|hi|hey|helo|alo|good (?:morning|afternoon|evening))"
    rf"(?:\s+(?:{_POLITE}|buoi (?:sang|trua|chieu|toi)|there))*"
)
_THANKS = re.compile(
    rf"(?:{_POLITE}\s+)*(?:cam on|cam on nhieu|thanks?|thank you|tks|thanks? a lot|ok|oke|okie|"
    rf"tot qua|hay qua|da hieu|hieu roi|duoc roi)"
    rf"(?:\s+(?:{_POLITE}|nhieu|lam|very much|so much|roi|cam on|you))*"
)
EXAMPLES = {
    "vi": (
        "Làm giấy khai sinh cho con cần gì?",
        "Đăng ký kết hôn ở đâu?",
        "Mất thẻ căn cước làm lại thế nào?",
    ),
    "en": ("What do I need to register a birth?", "Where do I register a marriage?"),
}


def route(turn: Turn) -> Answer | None:
    """Answer a greeting or thanks; pass a question on."""
    plain = bare(turn.text)
    if not plain:
        return spoken(turn, Status.NOT_FOUND, "not_found")
    if _GREETING.fullmatch(plain):
        return spoken(turn, Status.ANSWERED, "greeting", examples=True)
    if _THANKS.fullmatch(plain):
        return spoken(turn, Status.ANSWERED, "thanks")
    return None


_DISTRESS = "distress"


def spoken(turn: Turn, status: Status, key: str, *, examples: bool = False) -> Answer:
    """An answer that is one fixed sentence; the one with the emergency numbers is urgent."""
    sentence = messages_for(turn.language).say(key)
    block = Block(kind=BlockKind.TEXT, lines=(Line(text=sentence),))
    chips = tuple(FollowUp(label=e, text=e) for e in EXAMPLES[turn.language]) if examples else ()
    return Answer(
        status=status,
        urgent=key == _DISTRESS,
        text=sentence,
        blocks=(block,),
        follow_ups=chips,
        language=turn.language,
    )
