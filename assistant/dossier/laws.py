"""Provisions of law that rules name, each read in full before it was written here.

Sources and what was not found stand in docs/dossiers.md. A rule that only holds a dossier against
its record has none here: the basis of what a record asks is what that record rests on.
"""

from __future__ import annotations

from assistant.dossier.classify import Piece
from knowledge.text import folded

# A card of the old kind serves until the day printed on it.
_CITIZEN_CARD = "Khoản 1 Điều 46 Luật Căn cước số 26/2023/QH15"
# Ten years, or five for children, and never extended.
_PASSPORT = "Điều 7 Luật Xuất cảnh, nhập cảnh của công dân Việt Nam số 49/2019/QH14"


def basis_of_expiry(piece: Piece) -> str | None:
    """Which law lets a paper end on the day printed on it; None where none was read."""
    kinds = piece.best.kinds if piece.best else frozenset[str]()
    titles = " ; ".join(folded(title.text) for title in piece.titles)
    if kinds == {"identity_card"} and "can cuoc cong dan" in titles:
        return _CITIZEN_CARD
    return _PASSPORT if kinds == {"passport"} and "ho chieu" in titles else None
