"""Warming up: what the first questions would wait for is read before them."""

from __future__ import annotations

import gc

import pytest

from assistant.bootstrap import Assistant, Tuning
from assistant.models import Question, Status
from bots.cli import starting
from knowledge import documents
from knowledge.procedure import Procedure
from knowledge.settings import KnowledgeSettings


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("done with a question instead of before")


def test_after_warming_up_nothing_is_read_or_parsed(
    starter: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    starter.warm_up()

    monkeypatch.setattr(documents.yaml, "load", refuse)
    monkeypatch.setattr(Procedure, "model_validate_json", refuse)
    for text in ("mất căn cước thì làm lại ở đâu", "how long does a birth certificate take"):
        assert starter.reply(Question(text=text)).status is not Status.FAILED


def test_a_language_model_is_not_asked_for_warming_up(
    starter: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant(starter.catalog, starter._reader, Tuning())
    monkeypatch.setattr(assistant, "model", object())
    monkeypatch.setattr(assistant, "reply", refuse)

    assistant.warm_up()


def test_what_was_read_is_taken_out_of_the_collectors_rounds(starter: Assistant) -> None:
    before = gc.get_freeze_count()
    try:
        starting.warm_up(starter)

        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_the_bot_starts_with_an_assistant_that_is_warm(
    starter: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Assistant] = []
    monkeypatch.setattr(starting, "start_assistant", lambda settings: starter)
    monkeypatch.setattr(starting, "warm_up", read.append)

    assert starting.start_warm(KnowledgeSettings()) is starter
    assert read == [starter]
