"""Spellings: the same for a seed, the same meaning, and not those of the training."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import Variant
from evals.perturb import VARIANTS, spelled
from knowledge.text import folded

TEXT = "Tôi bị mất thẻ căn cước, làm lại ở đâu và mất bao nhiêu tiền theo mẫu CT01?"
FIGURE = re.compile(r"(?<![^\W\d_])\d[\w./-]*|\b[A-Z]{2,}\d+\b|\b\d\.\d{6}\b")
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọớờởỡợúùủũụứừửữựýỳỷỹỵ"
words = st.text(LETTERS + LETTERS.upper(), min_size=1, max_size=8)
figures = st.sampled_from(
    ["10.000", "1.001193", "CT01", "TK-HT", "118/2025/NĐ-CP", "15/8/2023", "3"]
)
texts = st.lists(words | figures, min_size=1, max_size=12).map(" ".join)
every = pytest.mark.parametrize("variant", VARIANTS)


@every
@given(text=texts, seed=st.integers(0, 9))
def test_spellings_are_fixed_by_the_seed_composed_and_never_empty(
    variant: Variant, text: str, seed: int
) -> None:
    found = spelled(text, variant, seed)

    assert found == spelled(text, variant, seed)
    assert unicodedata.is_normalized("NFC", found)
    assert found.strip()
    assert spelled(unicodedata.normalize("NFD", text), variant, seed) == found


@every
@given(text=texts, seed=st.integers(0, 9))
def test_figures_and_codes_stay(variant: Variant, text: str, seed: int) -> None:
    wanted = [word for word in text.split() if any(map(str.isdigit, word))]
    found = folded(spelled(text, variant, seed))

    assert all(folded(word) in found for word in wanted)


def test_every_spelling_changes_a_sentence_in_its_own_way() -> None:
    found = {variant: spelled(TEXT, variant, 3) for variant in VARIANTS}

    assert found[Variant.PLAIN] == TEXT
    assert len(set(found.values())) == len(VARIANTS)
    assert found[Variant.NO_DIACRITICS].isascii()


def test_half_keeps_some_marks_and_drops_some() -> None:
    found = spelled(TEXT, Variant.HALF, 1)

    assert folded(found) == folded(TEXT)
    assert not found.isascii()
    assert found != TEXT


def test_keys_left_in_a_word_are_those_of_telex_or_vni() -> None:
    seen = {spelled("được", Variant.TELEX, seed) for seed in range(60)}

    assert seen == {"dduwowjc", "dduwowcj", "d9u7o75c", "d9u7o7c5"}


def test_dialect_and_chat_replace_whole_words_only() -> None:
    protected = "Bảo hiểm, hàng không, thế chấp, công bố, bản sao, con dấu"

    for seed in range(40):
        for variant in (Variant.DIALECT, Variant.CHAT):
            found = spelled(protected, variant, seed).lower()
            kept = ["hàng không", "thế chấp", "công bố", "bản sao", "con dấu"]
            assert all(part in found for part in kept), found
    seen = {spelled("Làm thế nào?", Variant.DIALECT, seed) for seed in range(40)}
    assert any("răng" in one for one in seen)
    assert any("sao" in one for one in seen)
