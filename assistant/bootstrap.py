"""Builds a real Assistant. The only wiring: everything else receives what it needs."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from assistant.models import Answer, Block, Question, Status, Turn
from assistant.pipeline import Step, run
from assistant.steps.compose import compose
from assistant.steps.resolve import Thresholds, resolver
from assistant.steps.route import route, spoken
from assistant.steps.understand import understand
from assistant.steps.verify import verify
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.errors import KnowledgeError
from knowledge.finder import Finder
from knowledge.index import IndexStore
from knowledge.reader import IndexReader
from knowledge.search import Found, Weights
from knowledge.settings import KnowledgeSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Readiness:
    """Whether questions can be answered: ready, degraded (exact words only), or down."""

    status: Literal["ready", "degraded", "down"]
    detail: str


class Assistant:
    """Answers questions; thread-safe."""

    def __init__(
        self, catalog: Catalog, reader: IndexReader, weights: Weights, thresholds: Thresholds
    ) -> None:
        self.catalog = catalog
        self._reader = reader
        self._finder = Finder(reader, catalog, weights)
        self._steps: tuple[Step, ...] = (
            understand,
            route,
            resolver(self._finder, catalog, thresholds),
            compose,
            verify,
        )

    def reply(self, question: Question) -> Answer:
        """Answer one question; a database or index that fails gives the status `failed`."""
        started = time.perf_counter()
        turn = Turn(question, datetime.now(UTC))
        try:
            answer = run(turn, self._steps)
        except KnowledgeError:
            log.exception("a question could not be answered")
            answer = spoken(turn, Status.FAILED, "failed")
        elapsed = round((time.perf_counter() - started) * 1000, 2)
        return answer.model_copy(update={"elapsed_ms": elapsed})

    def stream(self, question: Question) -> Iterator[Block | Answer]:
        """The blocks of the answer as they are ready, then the whole answer."""
        answer = self.reply(question)
        yield from answer.blocks
        yield answer

    def search(self, text: str, limit: int = 10) -> Found:
        """The procedures nearest to `text`, best first."""
        return self._finder.find(text, limit)

    def readiness(self) -> Readiness:
        """Looks at catalogue and index."""
        if not self.catalog.count():
            return Readiness("down", "the catalogue is empty; run `motcua ingest starter`")
        health = self._reader.health()
        if health.generation is None:
            return Readiness("degraded", f"exact words only: {health.problem}")
        if health.problem:
            return Readiness("degraded", f"an older index serves: {health.problem}")
        return Readiness("ready", f"index {health.generation}")

    def close(self) -> None:
        """Give files and connections back."""
        self._reader.close()
        self.catalog.close()


def build_assistant(settings: KnowledgeSettings) -> Assistant:
    """Wire an assistant from settings; raises KnowledgeError with what is wrong."""
    catalog = Catalog.open(settings.sql_url)
    embedder = load_embedder(settings.model_path)
    reader = IndexReader(IndexStore(settings.index_dir, settings.chroma_url), embedder)
    weights, thresholds = read_tuning(Path(settings.model_path))
    return Assistant(catalog, reader, weights, thresholds)


def read_tuning(model: Path) -> tuple[Weights, Thresholds]:
    """Weights and thresholds stored with the model; the defaults for a model without any."""
    file = model / "tuning.json"
    if not file.is_file():
        return Weights(), Thresholds()
    stored = json.loads(file.read_text(encoding="utf-8"))
    return Weights(**stored.get("weights", {})), Thresholds(**stored.get("thresholds", {}))
