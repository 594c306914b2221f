"""The bundled model needs no torch and gives the vectors that sentence-transformers gives."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embedding import (
    SentenceTransformerEmbedder,
    StaticEmbedder,
    feature_text,
    features,
    load_embedder,
    trigrams,
    widened,
)
from knowledge.errors import ModelError
from knowledge.phrasebook import all_lines, read_phrasebook
from knowledge.settings import BUNDLED_MODEL

VIETNAMESE = "aăâeêioôơuưyđàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ bchnt"
LIGHT = """
import sys
from knowledge.embedding import load_embedder
from knowledge.settings import BUNDLED_MODEL
assert load_embedder(str(BUNDLED_MODEL)).embed_questions(["đăng ký"]).shape[0] == 1
heavy = {"torch", "sentence_transformers", "transformers", "tokenizers"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""


@pytest.fixture(scope="module")
def bundled() -> StaticEmbedder:
    return StaticEmbedder(BUNDLED_MODEL)


def test_features_are_words_pairs_marked_words_and_trigrams() -> None:
    assert features("Làm xe") == [
        *("lam", "xe", "lam_xe", "làm"),
        *("~<la", "~lam", "~am>", "~<xe", "~xe>"),
    ]
    assert trigrams("a") == ("~<a>",)
    assert feature_text("xe") == "xe ~<xe ~xe>"


def test_every_number_of_half_precision_is_widened_exactly() -> None:
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    finite = halves[np.isfinite(halves)].reshape(-1, 128)

    wide = widened(finite)

    assert np.array_equal(wide.view(np.uint32), finite.astype(np.float32).view(np.uint32))
    assert np.array_equal(widened(wide), wide)


def test_the_bundled_model_is_loaded_without_torch() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_the_bundled_model_is_small() -> None:
    size = sum(file.stat().st_size for file in BUNDLED_MODEL.rglob("*") if file.is_file())

    assert size <= 20 * 1024 * 1024


def test_vectors_equal_those_of_sentence_transformers(bundled: StaticEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    lines = all_lines(read_phrasebook())
    texts = [*lines[:: len(lines) // 196][:196], "Hoà Bình", "hoa\u0300 binh", "CT01", "qqqq"]
    model = SentenceTransformer(str(BUNDLED_MODEL), device="cpu").float()

    theirs = model.encode([feature_text(text) for text in texts], show_progress_bar=False)

    assert len(texts) == 200
    assert np.abs(bundled.embed_passages(texts) - theirs).max() < 1e-5


@settings(max_examples=200, deadline=None)
@given(text=st.text(VIETNAMESE, max_size=30))
def test_composed_and_decomposed_questions_have_one_vector(text: str) -> None:
    embedder = load_embedder_once()
    nfc, nfd = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    rows = embedder.embed_questions([nfc, nfd])

    assert rows[0].tobytes() == rows[1].tobytes()


def load_embedder_once(found: list[StaticEmbedder] = []) -> StaticEmbedder:  # noqa: B006
    if not found:
        found.append(StaticEmbedder(BUNDLED_MODEL))
    return found[0]


def test_vectors_have_length_one_and_unknown_text_none(bundled: StaticEmbedder) -> None:
    rows = bundled.embed_passages(["đăng ký kết hôn", "", "☃"])

    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 0], abs=1e-6)
    assert rows.dtype == np.float32
    assert bundled.embed_passages([]).shape == (0, bundled.dimension)


def test_a_vector_does_not_depend_on_its_batch(bundled: StaticEmbedder) -> None:
    texts = ["đăng ký kết hôn", "xin sổ đỏ", "mất bằng lái"]

    together = bundled.embed_passages(texts)

    for text, row in zip(texts, together, strict=True):
        assert (bundled.embed_passages([text])[0] == row).all()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(BUNDLED_MODEL, tmp_path / "model")
    return tmp_path / "model"


def test_a_model_has_one_fingerprint_wherever_it_lies(
    copied: Path, bundled: StaticEmbedder
) -> None:
    assert StaticEmbedder(copied).fingerprint == bundled.fingerprint


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "zeroed"])
def test_a_damaged_model_is_a_model_error(copied: Path, name: str, damage: str) -> None:
    file = copied / name
    content = file.read_bytes()
    file.unlink()
    if damage != "missing":
        damaged = {
            "empty": b"",
            "cut": content[: len(content) // 2],
            "zeroed": bytes(len(content)),
        }
        file.write_bytes(damaged[damage])

    with pytest.raises(ModelError, match="model"):
        load_embedder(str(copied))


@pytest.mark.parametrize("content", ["[]", "{}", '{"model": []}', '{"model": {"vocab": 7}}'])
def test_a_vocabulary_of_another_shape_is_a_model_error(copied: Path, content: str) -> None:
    (copied / "tokenizer.json").write_text(content, encoding="utf-8")

    with pytest.raises(ModelError):
        load_embedder(str(copied))


def test_tokens_and_vectors_that_do_not_fit_are_counted(copied: Path) -> None:
    content = json.loads((copied / "tokenizer.json").read_text(encoding="utf-8"))
    content["model"]["vocab"]["☃"] = len(content["model"]["vocab"])
    (copied / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")

    with pytest.raises(ModelError, match=r"tokens but \d+ vectors"):
        load_embedder(str(copied))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformer with random weights and prompts, made on the spot."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    place = tmp_path_factory.mktemp("tiny")
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "hỏi", "trả", "lời", "đăng", "ký", "xe"]
    words = Tokenizer(models.WordLevel({t: i for i, t in enumerate(tokens)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="[UNK]", pad_token="[PAD]"
    ).save_pretrained(place / "bert")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(tokens),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(place / "bert")
    transformer = Transformer(str(place / "bert"))
    model = SentenceTransformer(
        modules=[transformer, Pooling(16)],
        prompts={"query": "hỏi ", "document": "trả lời "},
        device="cpu",
    )
    model.save(str(place / "model"))
    return place / "model"


def test_any_transformer_is_used_with_its_prompts(tiny: Path) -> None:
    from sentence_transformers import SentenceTransformer

    embedder = load_embedder(str(tiny))
    plain = SentenceTransformer(str(tiny), device="cpu")
    expected = plain.encode(
        ["hỏi đăng ký", "trả lời đăng ký"], normalize_embeddings=True, show_progress_bar=False
    )

    question = embedder.embed_questions(["đăng ký"])[0]
    passage = embedder.embed_passages(["đăng ký"])[0]

    assert np.abs(question - expected[0]).max() < 1e-5
    assert np.abs(passage - expected[1]).max() < 1e-5
    assert np.abs(question - passage).max() > 1e-3


def test_a_transformer_reads_composed_text(tiny: Path) -> None:
    embedder = load_embedder(str(tiny))

    rows = embedder.embed_questions(["đăng ký", unicodedata.normalize("NFD", "đăng ký")])

    assert (rows[0] == rows[1]).all()


def test_the_kind_of_model_decides_who_loads_it(tiny: Path) -> None:
    assert isinstance(load_embedder(str(BUNDLED_MODEL)), StaticEmbedder)
    assert isinstance(load_embedder(str(tiny)), SentenceTransformerEmbedder)


def test_a_transformer_keeps_its_fingerprint_and_dimension(tiny: Path) -> None:
    one, other = load_embedder(str(tiny)), load_embedder(str(tiny))

    assert one.fingerprint == other.fingerprint
    assert one.dimension == 16
    assert one.embed_questions([]).shape == (0, 16)


def test_a_model_that_is_nowhere_is_a_model_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    with pytest.raises(ModelError, match="MOTCUA_EMBEDDING_MODEL"):
        load_embedder(str(tmp_path / "nowhere" / "at" / "all"))
