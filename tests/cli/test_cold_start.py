"""A question on the command line waits for nothing that it does not need."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

QUESTION = "lam giay khai sinh cho con can nhung gi"
# Training and other models, documents and pictures, front ends, evaluation.
NEEDLESS = {
    *("torch", "transformers", "sentence_transformers", "scipy", "bm25s", "sklearn"),
    "grpc",
    *("langchain_core", "langchain_openai", "langchain_text_splitters", "openai"),
    *("pyhanko", "pytesseract", "PIL", "docx", "docxtpl", "pypdf", "pypdfium2", "lxml", "jinja2"),
    *("fastapi", "starlette", "uvicorn", "telegram", "alembic.command", "matplotlib", "pandas"),
    *("bots.web", "assistant.dossier", "ingest.pipeline", "ingest.reading", "ingest.sources"),
    *("bots.cli.evaluating", "bots.cli.officers"),
    *("knowledge.training", "knowledge.phrasebook"),
}
GROUPS = ("doctor", "eval", "officer")
ERRORS_ONLY = ("bots.telegram", "evals", "ingest")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What `motcua ask` imports, in the order in which the imports end."""
    environment = {**os.environ, "MOTCUA_DATA_DIR": str(tmp_path_factory.mktemp("cold"))}
    environment.pop("MOTCUA_LLM", None)
    run = [sys.executable, "-X", "importtime", "-m", "bots.cli"]
    subprocess.run([*run[:1], *run[3:], "ingest", "starter"], env=environment, check=True)
    done = subprocess.run(
        [*run, "ask", QUESTION], env=environment, capture_output=True, text=True, check=True
    )
    assert "Giấy chứng sinh" in done.stdout
    return re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE)


def test_it_imports_nothing_that_an_answer_does_not_need(imported: list[str]) -> None:
    assert not NEEDLESS & set(imported)


@pytest.mark.parametrize("package", ERRORS_ONLY)
def test_of_other_packages_it_knows_the_errors_alone(imported: list[str], package: str) -> None:
    found = {name for name in imported if name == package or name.startswith(f"{package}.")}

    assert found <= {package, f"{package}.errors"}


def test_the_index_is_opened_while_the_rest_is_imported(imported: list[str]) -> None:
    """Chroma first: what follows is imported while it reads its files."""
    assert imported.index("chromadb") < imported.index("sqlalchemy")
    assert imported.index("knowledge.reader") < imported.index("assistant.bootstrap")


def test_on_its_way_out_the_collector_has_nothing_to_look_through() -> None:
    told_at_exit = "import atexit, gc; atexit.register(lambda: print(len(gc.get_objects())));"
    command = f"{told_at_exit} from bots.cli import main; main()"

    done = subprocess.run([sys.executable, "-c", command, "--help"], capture_output=True, text=True)

    assert int(done.stdout.splitlines()[-1]) < 5000


def test_help_tells_the_groups_as_well() -> None:
    command = [sys.executable, "-m", "bots.cli", "--help"]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert [name for name in GROUPS if re.search(rf"^ +{name} ", done.stdout, re.MULTILINE)] == [
        *GROUPS
    ]
