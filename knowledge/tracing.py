"""Leaves out of an import what sends traces to a collector, until a trace is to be sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_EXPORTER = "opentelemetry.exporter.otlp.proto.grpc.trace_exporter"
_CLASS = "OTLPSpanExporter"


@contextmanager
def exporter_awaited() -> Iterator[None]:
    """What is imported here gets the exporter when it opens one.

    Chroma imports it, and gRPC and Protobuf with it, a hundred and fifty modules and twelve
    megabytes; only CHROMA_OTEL_GRANULARITY asks for traces.
    """
    if _EXPORTER in sys.modules:
        yield
        return
    sys.modules[_EXPORTER] = _StandIn(_EXPORTER)
    try:
        yield
    finally:
        _leave()


class _StandIn(ModuleType):
    """Has the exporter that is awaited; any other name is asked of the module itself."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _open if name == _CLASS else getattr(_module(), name)


def _open(*arguments: Any, **named: Any) -> Any:
    return getattr(_module(), _CLASS)(*arguments, **named)


def _module() -> ModuleType:
    _leave()
    return import_module(_EXPORTER)


def _leave() -> None:
    if isinstance(sys.modules.get(_EXPORTER), _StandIn):
        del sys.modules[_EXPORTER]
