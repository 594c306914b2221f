"""`motcua train`: the bundled model, from the catalogue and the phrasebook."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from rich.console import Console

from knowledge.catalog import Catalog
from knowledge.phrasebook import read_phrasebook
from knowledge.settings import KnowledgeSettings


def run_training(
    settings: KnowledgeSettings,
    console: Console,
    output: Path,
    steps: int | None,
    seed: int | None,
) -> None:
    """Train on everything the catalogue holds and write the model to `output`."""
    from knowledge.pairs import Recipe
    from knowledge.training import save_model, train

    catalog = Catalog.open(settings.sql_url)
    try:
        procedures = [version.procedure for version in catalog.current()]
    finally:
        catalog.close()
    if not procedures:
        raise SystemExit("Danh mục trống; chạy `motcua ingest starter` trước.")
    changes = {"steps": steps, "seed": seed}
    recipe = dataclasses.replace(Recipe(), **{k: v for k, v in changes.items() if v is not None})
    vocabulary, vectors, figures = train(
        procedures,
        read_phrasebook(),
        recipe,
        lambda step, loss: console.print(f"bước {step}/{recipe.steps}, sai số {loss:.3f}"),
    )
    save_model(output, vocabulary, vectors, recipe, figures)
    console.print(f"Đã ghi {output}: {figures}", markup=False)
