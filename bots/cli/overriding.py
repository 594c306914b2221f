"""`motcua doctor overrides`: verdicts that officers changed, as evaluation cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

from assistant.bootstrap import build_dossiers
from knowledge.catalog import Catalog
from knowledge.settings import KnowledgeSettings


def write_overrides(settings: KnowledgeSettings, to: Path | None, stdout: TextIO) -> None:
    """One JSON line for each override, oldest first, into a file or onto the terminal."""
    catalog = Catalog.open(settings.sql_url)
    dossiers = build_dossiers(settings, catalog)
    try:
        lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in dossiers.overrides()]
    finally:
        dossiers.close()
        catalog.close()
    if to is None:
        stdout.writelines(lines)
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text("".join(lines), encoding="utf-8")
