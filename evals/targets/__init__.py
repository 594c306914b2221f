"""What can be graded: our assistant in this process, a server, any HTTP endpoint, baselines.

Target.name        for the report
Target.tells       what it tells beside text: status, code, ranked, citations, conversation
Target.ask(case)   plays all turns in one conversation; the Reply is to the last one;
                   raises TargetError when it does not answer
Target.identity()  hashes and versions for config.json
Target.close()

open_target(spec: str, settings: KnowledgeSettings) -> Target
    "in_process" | "exact_words" | "usual_recipe" | "http://host:port" | "path/to/target.yaml"
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from evals.errors import EvalError
from evals.targets.target import Target, Tells
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.procedure import Procedure
from knowledge.settings import KnowledgeSettings

Open = Callable[[KnowledgeSettings], Target]


def open_target(spec: str, settings: KnowledgeSettings) -> Target:
    """The target that `spec` names; raises EvalError for a word that names none."""
    if spec.startswith(("http://", "https://")):
        from evals.targets.server import Server

        return Server(spec)
    if spec.endswith((".yaml", ".yml")):
        from evals.targets.endpoint import HttpTarget, read_endpoint

        return HttpTarget(read_endpoint(Path(spec)))
    if spec not in NAMED:
        raise EvalError(
            f"No target {spec!r}. There are {', '.join(NAMED)}, the address of a server "
            "(http://host:port) and a .yaml file that describes an endpoint."
        )
    return NAMED[spec](settings)


def _in_process(settings: KnowledgeSettings) -> Target:
    from assistant.bootstrap import build_assistant
    from evals.targets.in_process import InProcess

    assistant = build_assistant(settings)
    ready = assistant.readiness()
    if ready.status != "ready":
        # Figures of exact words alone would pass for those of the whole search.
        assistant.close()
        raise EvalError(
            f"Not fit to be graded ({ready.detail}). Run `motcua ingest starter --rebuild`."
        )
    fingerprint = load_embedder(settings.model_path).fingerprint
    identity = {"corpus": assistant.catalog.fingerprint(), "model": fingerprint}
    return InProcess(assistant, identity)


def _exact_words(settings: KnowledgeSettings) -> Target:
    from evals.targets.baselines import exact_words_baseline

    procedures, corpus = _procedures(settings)
    return exact_words_baseline(procedures, {"corpus": corpus})


def _usual_recipe(settings: KnowledgeSettings) -> Target:
    from evals.targets.baselines import usual_recipe_baseline

    procedures, corpus = _procedures(settings)
    embedder = load_embedder(settings.model_path)
    identity = {"corpus": corpus, "model": embedder.fingerprint}
    held = tempfile.TemporaryDirectory(prefix="motcua-usual-")
    return usual_recipe_baseline(
        procedures, embedder, Path(held.name), identity, on_close=held.cleanup
    )


def _procedures(settings: KnowledgeSettings) -> tuple[list[Procedure], str]:
    catalog = Catalog.open(settings.sql_url)
    try:
        return [found.procedure for found in catalog.current()], catalog.fingerprint()
    finally:
        catalog.close()


NAMED: dict[str, Open] = {
    "in_process": _in_process,
    "exact_words": _exact_words,
    "usual_recipe": _usual_recipe,
}

__all__ = ["NAMED", "Target", "Tells", "open_target"]
