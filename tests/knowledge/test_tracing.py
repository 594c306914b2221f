"""What sends traces is imported when a trace is to be sent."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from knowledge.tracing import exporter_awaited

EXPORTER = "opentelemetry.exporter.otlp.proto.grpc.trace_exporter"


@pytest.fixture(autouse=True)
def _unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, EXPORTER, raising=False)


def test_chroma_is_imported_without_it() -> None:
    command = "import sys, knowledge.vectors; sys.exit('grpc' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


def test_it_is_opened_when_it_is_needed() -> None:
    with exporter_awaited():
        awaited = import_module(EXPORTER).OTLPSpanExporter

    exporter = awaited(endpoint="localhost:1", insecure=True)

    assert type(exporter) is import_module(EXPORTER).OTLPSpanExporter
    exporter.shutdown()


def test_any_other_name_is_that_of_the_module_itself() -> None:
    with exporter_awaited():
        found = import_module(EXPORTER).SpanExporter

    assert found is import_module(EXPORTER).SpanExporter


def test_one_that_is_there_stays() -> None:
    there = import_module(EXPORTER)

    with exporter_awaited():
        found = import_module(EXPORTER)

    assert found is there
    assert import_module(EXPORTER) is there
