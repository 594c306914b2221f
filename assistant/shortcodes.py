"""Six-character codes that people read aloud and type: tickets, hand-overs, invitations."""

from __future__ import annotations

import hashlib
import re
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0, 1, I and O, which look like others
LENGTH = 6
_SHAPE = re.compile(rf"(?=.*\d)(?=.*[A-Z])[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """A random code, one of about six hundred million; letters and digits, so no word is one."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if _SHAPE.fullmatch(code):
            return code


def as_code(typed: str) -> str | None:
    """The code that somebody typed, in any case and with spaces or dashes; None when it is none."""
    bare = re.sub(r"[\s#-]", "", typed).upper()
    return bare if _SHAPE.fullmatch(bare) else None


def digest(code: str) -> str:
    """What is stored of a code that lets somebody in."""
    return hashlib.sha256(code.encode()).hexdigest()
