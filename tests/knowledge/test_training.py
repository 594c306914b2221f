"""Training gives the same bytes for the same seed, and a model that finds names."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import CARD, StaticEmbedder, features
from knowledge.pairs import Recipe, neighbours_of, subjects_of
from knowledge.phrasebook import Phrasebook, Synonym
from knowledge.training import Vocabulary, save_model, train
from tests.fakes import code, procedure

NAMES = [
    "Thủ tục đăng ký thả diều",
    "Thủ tục cấp lại thẻ thả diều",
    "Thủ tục xin phép nuôi chim bồ câu",
    "Thủ tục thu hồi giấy phép nuôi chim",
    "Thủ tục đăng ký câu cá trên sông",
    "Thủ tục cấp phép chèo thuyền",
]
QUESTIONS = [
    "muốn chơi diều xin ai",
    "rớt mất thẻ diều rồi",
    "nuôi bồ câu có cần xin không",
    "bị rút giấy nuôi chim",
    "đi câu phải khai báo gì",
    "chèo thuyền xin phép ở đâu",
]
PROCEDURES = [procedure(n, name=name, steps=[f"Nộp {n}."]) for n, name in enumerate(NAMES)]
BOOK = Phrasebook(
    {code(n): (question,) for n, question in enumerate(QUESTIONS)},
    (Synonym(official="chim", everyday=("bồ câu",)),),
)
RECIPE = Recipe(seed=5, dimension=24, tokens=2000, least_count=1, steps=30, batch=16)


def made(directory: Path, recipe: Recipe = RECIPE) -> bytes:
    vocabulary, vectors, _ = train(PROCEDURES, BOOK, recipe)
    save_model(directory, vocabulary, vectors, recipe, {"procedures": 6})
    return (directory / "model.safetensors").read_bytes() + (
        directory / "tokenizer.json"
    ).read_bytes()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    one = made(tmp_path / "a")
    same = made(tmp_path / "b")
    other = made(tmp_path / "c", dataclasses.replace(RECIPE, seed=6))

    assert one == same
    assert one != other


def test_a_saved_model_finds_the_right_names(tmp_path: Path) -> None:
    made(tmp_path / "m", dataclasses.replace(RECIPE, steps=80))
    embedder = StaticEmbedder(tmp_path / "m")

    names = embedder.embed_passages(NAMES)
    found = np.argmax(embedder.embed_questions(QUESTIONS) @ names.T, axis=1)

    assert found.tolist() == list(range(len(NAMES)))


def test_a_corpus_of_two_procedures_can_be_trained_on() -> None:
    vocabulary, vectors, _ = train(PROCEDURES[:2], BOOK, dataclasses.replace(RECIPE, steps=2))

    assert len(vectors) == len(vocabulary.tokens)


def test_a_topic_that_shares_no_word_with_any_name_can_be_trained_on() -> None:
    book = Phrasebook(BOOK.questions, BOOK.synonyms, {"weather": ("mưa không", "nóng quá")})

    _, _, figures = train(PROCEDURES, book, dataclasses.replace(RECIPE, steps=8))

    assert figures["procedures"] == len(PROCEDURES) + 1


def test_the_card_tells_recipe_and_figures(tmp_path: Path) -> None:
    made(tmp_path / "m")

    card = json.loads((tmp_path / "m" / CARD).read_text(encoding="utf-8"))

    assert card == {"recipe": dataclasses.asdict(RECIPE), "figures": {"procedures": 6}}


def test_progress_is_told() -> None:
    told: list[int] = []

    train(PROCEDURES, BOOK, RECIPE, lambda step, loss: told.append(step))

    assert told == [0]


@pytest.mark.parametrize("text", [*NAMES, *QUESTIONS, "Hoà Bình 10.000 đ", "CT01"])
def test_a_vocabulary_numbers_the_features_of_a_text(text: str) -> None:
    vocabulary = Vocabulary.of([*NAMES, *QUESTIONS, text], RECIPE)

    assert sorted(vocabulary.ids(text)) == sorted(vocabulary.index[f] for f in features(text))
    assert vocabulary.ids("☃") == [0]


def test_subjects_hold_names_questions_and_sentences() -> None:
    built = procedure(1, aliases=["thẻ diều"], summary="Xin thẻ để thả diều ở bãi sông.")

    (subject,) = subjects_of([built], BOOK)

    assert subject.names == (built.name, "thẻ diều")
    assert subject.questions == (QUESTIONS[1],)
    assert subject.sentences == (built.summary,)


def test_near_twins_are_neighbours() -> None:
    nearest = neighbours_of(NAMES)

    assert 1 in nearest[0][:2]
    assert 3 in nearest[2][:2]
    assert all(i not in others for i, others in enumerate(nearest))
    assert neighbours_of(["một mình"]) == [[0]]
