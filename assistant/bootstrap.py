"""Builds a real Assistant. The only wiring: everything else receives what it needs."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy.exc import SQLAlchemyError
from threadpoolctl import threadpool_limits

from assistant.conversations import Conversations
from assistant.models import Answer, Block, BlockKind, Line, Question, Status, Turn
from assistant.pipeline import Step, result_of, speak
from assistant.settings import AssistantSettings
from assistant.steps.compose import compose
from assistant.steps.doubt import Doubt, read_doubt
from assistant.steps.follow import follower
from assistant.steps.leaning import FollowThresholds
from assistant.steps.limits import limiter
from assistant.steps.narrow import narrower
from assistant.steps.outside import Outside, load_outside
from assistant.steps.pinpoint import pinpoint
from assistant.steps.resolve import Pick, Thresholds, resolver
from assistant.steps.route import route, spoken
from assistant.steps.translate import Rewrite, translator
from assistant.steps.understand import understand
from assistant.steps.verify import verify
from knowledge.catalog import Catalog
from knowledge.errors import KnowledgeError
from knowledge.finder import Finder
from knowledge.reader import IndexReader, reader_of
from knowledge.search import Found, Weights
from knowledge.settings import KnowledgeSettings, read_settings
from knowledge.sql import open_engine
from knowledge.typed import typed_out

if TYPE_CHECKING:
    from assistant.dossier.service import Dossiers
    from assistant.llm import LanguageModel

log = logging.getLogger(__name__)

_FIRST_QUESTIONS = (
    "đăng ký khai sinh cần giấy gì, mất bao lâu và nộp ở đâu",
    "what papers and fee for a marriage registration",
)


@dataclass(frozen=True)
class Readiness:
    """Whether questions can be answered: ready, degraded (exact words only), or down."""

    status: Literal["ready", "degraded", "down"]
    detail: str


class Assistant:
    """Answers questions; thread-safe."""

    def __init__(
        self,
        catalog: Catalog,
        reader: IndexReader,
        tuning: Tuning,
        conversations: Conversations | None = None,
        model: LanguageModel | None = None,
    ) -> None:
        self.catalog = catalog
        self.conversations = conversations
        self.model = model
        self._reader = reader
        self._tuning = tuning
        self._finder = Finder(reader, catalog, tuning.weights)
        rewrite, pick = _small_questions(model)
        self._steps: tuple[Step, ...] = (
            understand,
            *([translator(rewrite)] if rewrite else []),
            limiter(
                tuning.outside,
                self._finder.find,
                tuning.thresholds.sure,
                conversations.recall if conversations else None,
            ),
            route,
            follower(conversations, self._finder, tuning.follow, tuning.outside, rewrite),
            narrower(catalog),
            resolver(self._finder, catalog, tuning.thresholds, tuning.doubt, tuning.outside, pick),
            pinpoint,
            compose,
            *_phrasing(model),
            verify,
        )

    def reply(self, question: Question) -> Answer:
        """Answer one question; a database or index that fails gives the status `failed`."""
        return self.explain(question)[0]

    def explain(self, question: Question) -> tuple[Answer, Turn]:
        """The answer, and the turn with its candidates and the reasons of each step."""
        return result_of(self._speak(question))

    def _speak(self, question: Question) -> Generator[Line, None, tuple[Answer, Turn]]:
        started = time.perf_counter()
        turn = Turn(question, datetime.now(UTC))
        try:
            answer = yield from speak(turn, self._steps)
            if self.conversations and question.conversation:
                self.conversations.remember(question, answer)
        except (KnowledgeError, SQLAlchemyError):
            log.exception("a question could not be answered")
            answer = spoken(turn, Status.FAILED, "failed")
        elapsed = round((time.perf_counter() - started) * 1000, 2)
        return answer.model_copy(update={"elapsed_ms": elapsed}), turn

    def stream(self, question: Question) -> Iterator[Block | Answer]:
        """The blocks of the answer, then the whole answer. With a language model each sentence is
        a block, as soon as it is checked; the answer then says all that stands."""
        speaking, spoke = self._speak(question), False
        while True:
            try:
                line = next(speaking)
            except StopIteration as end:
                answer = end.value[0]
                break
            spoke = True
            yield Block(kind=BlockKind.TEXT, lines=(line,))
        yield from () if spoke else answer.blocks
        yield answer

    def warm_up(self) -> None:
        """Read what is otherwise read with the first questions: records, word lists, index. A
        language model is not asked for this; what cannot be read is told to who asks for it."""
        try:
            self.catalog.warm_up()
        except SQLAlchemyError:
            log.exception("records could not be read in advance")
        self.greet()

    def greet(self) -> None:
        """Answer two questions that nobody asked, so that what they open is open."""
        for text in () if self.model else _FIRST_QUESTIONS:
            self.reply(Question(text=text))

    def search(self, text: str, limit: int = 10) -> Found:
        """The procedures nearest to `text`, best first."""
        return self._finder.find(typed_out(text), limit)

    def is_outside(self, text: str, found: Found) -> bool:
        """Whether what was found for `text` is beside what it is about."""
        judge = self._tuning.outside
        if judge and not found.degraded:
            return judge.judge(text, found).is_outside
        best = found.hits[0].similarity if found.hits else 0.0
        return found.off_topic_similarity > best

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

    def rest(self) -> None:
        """Keep all that was read, but no connection and no thread, so that this process may fork;
        the next question opens them again. Nothing may be under way."""
        self._finder.rest()
        self._reader.rest()
        self.catalog.close()
        if self.conversations:
            self.conversations.close()

    def close(self) -> None:
        """Give files and connections back."""
        self._reader.close()
        self.catalog.close()
        if self.conversations:
            self.conversations.close()


def build_assistant(
    settings: KnowledgeSettings,
    own: AssistantSettings | None = None,
    reader: IndexReader | None = None,
) -> Assistant:
    """Wire an assistant from settings, `own` from the environment and a `reader` of its own unless
    given; raises KnowledgeError with what is wrong."""
    # One thread for each product of a matrix: ours are small, and threads of several questions
    # that wait for each other cost a third of a busy server's time.
    threadpool_limits(1, user_api="blas")
    model = _language_model(own or read_settings(AssistantSettings))
    catalog = Catalog.open(settings.sql_url)
    reader = reader or reader_of(settings)
    tuning = read_tuning(Path(settings.model_path))
    return Assistant(catalog, reader, tuning, Conversations.open(settings.sql_url), model)


def build_dossiers(settings: KnowledgeSettings, catalog: Catalog) -> Dossiers:
    """Wire dossiers around a catalogue, with settings from the environment; raises KnowledgeError
    or DossierError. Nothing that reads or writes documents is imported before this is called."""
    from assistant.dossier.check import check
    from assistant.dossier.keeping import Keeping
    from assistant.dossier.service import Dossiers
    from assistant.dossier.settings import DossierSettings
    from assistant.dossier.slip import paper_writer
    from assistant.dossier.vault import Vault
    from ingest.reading import read_files
    from ingest.settings import ReadingSettings

    own = read_settings(DossierSettings)
    key = own.vault_key.get_secret_value() if own.vault_key else None
    vault = Vault.open(settings.data_dir / "vault", key)
    keeping = Keeping(
        open_engine(settings.sql_url),
        vault,
        timedelta(hours=own.dossier_retention_hours),
        lambda: datetime.now(UTC),
        own.dossiers_per_visitor,
    )
    limits = read_settings(ReadingSettings)
    return Dossiers(keeping, catalog, read_files, check, paper_writer(own), limits)


def _language_model(settings: AssistantSettings) -> LanguageModel | None:
    """The model that is set; without one nothing of it is imported, here and below."""
    if settings.llm is None:
        return None
    from assistant.llm import open_model

    return open_model(settings)


def _small_questions(model: LanguageModel | None) -> tuple[Rewrite | None, Pick | None]:
    """What rewrites a follow-up and what picks a candidate; nothing without a model."""
    if model is None:
        return None, None
    from assistant import llm_questions

    rewrite = partial(llm_questions.rewrite_follow_up, model)
    return rewrite, partial(llm_questions.pick, model)


def _phrasing(model: LanguageModel | None) -> tuple[Step, ...]:
    if model is None:
        return ()
    from assistant.steps.phrase import Phrase

    return (Phrase(model),)


@dataclass(frozen=True)
class Tuning:
    """What is fitted on the development sets and stored with the model."""

    weights: Weights = field(default_factory=Weights)
    thresholds: Thresholds = field(default_factory=Thresholds)
    follow: FollowThresholds = field(default_factory=FollowThresholds)
    doubt: Doubt = field(default_factory=Doubt)
    outside: Outside | None = None


def read_tuning(model: Path) -> Tuning:
    """The tuning stored with a model; the defaults for a model without any."""
    file = model / "tuning.json"
    if not file.is_file():
        return Tuning(outside=load_outside(model))
    stored = json.loads(file.read_text(encoding="utf-8"))
    return Tuning(
        Weights(**stored.get("weights", {})),
        Thresholds(**stored.get("thresholds", {})),
        FollowThresholds(**stored.get("follow", {})),
        read_doubt(model / "doubt.json"),
        load_outside(model),
    )
