"""Vietnamese from before Unicode: TCVN3 (ABC) and VNI text becomes Unicode.

TCVN3 has one code for a letter of either case: capitals come from the font, whose name ends in H
(.VnTimeH). VNI writes a letter and its mark as two signs.
"""

from __future__ import annotations

import re
import unicodedata

# TCVN 5712:1993, third table, as its bytes look in Latin-1.
_TCVN3 = dict(
    zip(
        "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\xadøõö÷ùýúûüþ¡¢£¤¥¦§",
        "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĂÂÊÔƠƯĐ",
        strict=True,
    )
)
_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
# The second sign of a VNI pair: the shape it gives to a, e or o, and the tone.
_VNI_MARKS = {
    "ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "à": _CIRCUMFLEX + _GRAVE, "á": _CIRCUMFLEX + _ACUTE,
    "å": _CIRCUMFLEX + _HOOK, "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "è": _BREVE + _GRAVE, "é": _BREVE + _ACUTE, "ú": _BREVE + _HOOK,
    "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_SINGLE = {"ñ": "đ", "ö": "ư", "ô": "ơ", "ò": "ị", "ó": "ĩ", "æ": "ỉ", "î": "ỵ"}
_VNI_SIGN = re.compile("[aeouyöôAEOUYÖÔ][øùûõïâàáåãäêèéúüëØÙÛÕÏÂÀÁÅÃÄÊÈÉÚÜË]|[ñöôòóæîÑÖÔÒÓÆÎ]")
_TCVN3_SIGNS = re.compile("[¸µ¶·¹¨¾»¼½Æ©ÇÈË®ÎÏÑªÖ×ØÜÞßäåæç«¬îïñö÷øûüþ]")
_VNI_SIGNS = re.compile("[ñöÑÖ]|[aeouyAEOUY][øùûõïåäëüØÙÛÕÏÅÄËÜ]")
_UNICODE = re.compile("[\u1ea0-\u1ef9ăđơưĂĐƠƯ]")
_SHARE = 0.04  # of the letters of Vietnamese text, many more carry a mark


def is_tcvn3(text: str) -> bool:
    """Whether text is TCVN3 that was taken for Latin-1."""
    return _stands_for(_TCVN3_SIGNS, text) and not is_vni(text)


def is_vni(text: str) -> bool:
    """Whether text is VNI that was taken for Latin-1."""
    pairs, singles = len(_VNI_SIGNS.findall(text)), len(re.findall("[¸µ¶·¹¨¾»¼½©®ª«¬]", text))
    return pairs > singles and _stands_for(_VNI_SIGNS, text)


def is_legacy(text: str) -> bool:
    """Whether text is of either kind."""
    return is_tcvn3(text) or is_vni(text)


def _stands_for(signs: re.Pattern[str], text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    found = len(signs.findall(text))
    return found > max(3, _SHARE * letters) and found > len(_UNICODE.findall(text))


def from_tcvn3(text: str, capitals: bool = False) -> str:
    """Unicode of TCVN3 text; `capitals` when its font is one of capitals."""
    plain = "".join(_TCVN3.get(sign, sign) for sign in text)
    return plain.upper() if capitals else plain


def from_vni(text: str) -> str:
    """Unicode of VNI text, composed."""
    # One pass: what a pair gives (ò) may be a sign of its own (ò for ị).
    return _VNI_SIGN.sub(_one_letter, text)


def _one_letter(match: re.Match[str]) -> str:
    sign = match.group()
    mark = _VNI_MARKS[sign[1].lower()] if len(sign) == 2 else ""
    return unicodedata.normalize("NFC", _single(sign[0]) + mark)


def _single(sign: str) -> str:
    plain = _VNI_SINGLE.get(sign.lower())
    if plain is None:
        return sign
    return plain if sign.islower() else plain.upper()


def modern(text: str) -> str:
    """Unicode of text of either kind; other text as it is."""
    if is_vni(text):
        return from_vni(text)
    return from_tcvn3(text) if is_tcvn3(text) else text
