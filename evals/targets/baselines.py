"""What others would build, graded on the same cases: exact words, and the usual LangChain recipe.

Neither has a language model, so each answers with what it found: the whole record, or the four
chunks that one would hand to a model. Both always answer; neither asks back nor declines.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.cite import TIME_UNITS
from assistant.models import Status
from evals.bench.baselines import exact_words, full_text, usual_recipe
from evals.bench.questions import Ranker
from evals.cases import Case
from evals.grading import Reply
from evals.targets.target import Tells
from knowledge.embedding import Embedder
from knowledge.procedure import Fee, Procedure, TimeLimit
from knowledge.text import tidy

_CHUNKS = 4
_RANKED = 10
Tell = Callable[[str, Sequence[str]], str]


class Baseline:
    """Ranks the last turn alone and pastes what it found; it knows no conversation."""

    tells = frozenset({Tells.STATUS, Tells.CODE, Tells.RANKED})

    def __init__(
        self,
        name: str,
        rank: Ranker,
        tell: Tell,
        identity: Mapping[str, str],
        *,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._on_close = on_close
        self._rank = rank
        self._tell = tell
        self._identity = dict(identity)

    def ask(self, case: Case) -> Reply:
        """The best record, or the best chunks, as they stand."""
        started = time.perf_counter()
        ranked = tuple(self._rank(case.turns[-1]))[:_RANKED]
        text = self._tell(case.turns[-1], ranked) if ranked else ""
        return Reply(
            text=text,
            status=Status.ANSWERED if ranked else Status.NOT_FOUND,
            code=ranked[0] if ranked else None,
            ranked=ranked,
            elapsed_ms=(time.perf_counter() - started) * 1000,
        )

    def identity(self) -> Mapping[str, str]:
        """What it was built from."""
        return self._identity

    def close(self) -> None:
        """Remove what it was built in."""
        self._on_close()


def exact_words_baseline(procedures: Sequence[Procedure], identity: Mapping[str, str]) -> Baseline:
    """BM25 over the full text; the answer is the whole record as a page shows it."""
    pages = {procedure.code: page(procedure) for procedure in procedures}
    rank = exact_words(procedures)
    return Baseline("exact_words", rank, lambda _, codes: pages[codes[0]], identity)


def usual_recipe_baseline(
    procedures: Sequence[Procedure],
    embedder: Embedder,
    directory: Path,
    identity: Mapping[str, str],
    *,
    on_close: Callable[[], None] = lambda: None,
) -> Baseline:
    """Splitter, embedder, vector store; the answer is the four nearest chunks."""
    texts = {procedure.code: full_text(procedure) for procedure in procedures}
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100)
    rank = usual_recipe(procedures, embedder, directory)

    def tell(question: str, codes: Sequence[str]) -> str:
        # The nearest chunks are among those of the procedures with the nearest chunks.
        chunks = [chunk for code in codes for chunk in splitter.split_text(texts[code])]
        scores = embedder.embed_passages(chunks) @ embedder.embed_questions([question])[0]
        return "\n\n".join(chunks[int(i)] for i in np.argsort(-scores, kind="stable")[:_CHUNKS])

    return Baseline("usual_recipe", rank, tell, identity, on_close=on_close)


def page(procedure: Procedure) -> str:
    """The record as a web page shows it, without markup: names of fields and their values."""
    lines = [procedure.name]
    for channel in procedure.channels:
        lines += [f"{channel.kind.value}: {limit}" for limit in map(_limit, channel.time_limits)]
        lines += [f"{channel.kind.value}: {fee}" for fee in map(_fee, channel.fees)]
    lines += [procedure.agency or "", *procedure.receiving_places, *procedure.subjects]
    for _, _, paper in procedure.requirements():
        lines.append(f"- {paper.name}: {paper.originals} bản chính, {paper.copies} bản sao")
    lines += [*procedure.steps, *procedure.conditions, *procedure.results]
    lines += [f"{law.number or ''} {law.title or ''}" for law in procedure.legal_basis]
    return "\n".join(tidy(line) for line in lines if line)


def _limit(limit: TimeLimit) -> str:
    number = "" if limit.number is None else f"{limit.number.normalize():f}"
    return f"{number} {TIME_UNITS.get(limit.unit, '')} {limit.note or ''}"


def _fee(fee: Fee) -> str:
    amount = "" if fee.amount is None else f"{fee.amount:,.0f}".replace(",", ".")
    parts = (fee.name, amount, fee.currency, fee.unit, fee.condition, fee.note)
    return " ".join(filter(None, parts))
