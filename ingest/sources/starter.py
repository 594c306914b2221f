"""The starter corpus: curated procedures, one YAML file each, shipped with the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

import knowledge
from ingest.errors import UnreadableSource
from ingest.sources.model import Item, Record, Source
from knowledge.catalog import Origin
from knowledge.documents import read_yaml
from knowledge.procedure import parse_procedure

BUNDLED_PROCEDURES = Path(knowledge.__path__[0]) / "procedures"


def read_yaml_directory(path: Path | None) -> Iterator[Item]:
    """Every `*.yaml` of `path`, by default the shipped ones, in order of their names."""
    directory = path or BUNDLED_PROCEDURES
    files = sorted(directory.glob("*.yaml"))
    if not files:
        raise UnreadableSource(f"Không có tệp .yaml nào trong {directory}.")
    return map(_item, files)


def _item(file: Path) -> Item:
    try:
        record = read_yaml(file)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return Item(file.name, problem=f"không phải YAML hợp lệ: {error}")
    except OSError as error:
        return Item(file.name, problem=f"không đọc được: {error.strerror}")
    if not isinstance(record, dict):
        return Item(file.name, problem="tệp phải chứa một nhóm mục có tên")
    return Item(file.name, record)


def _digest(_record: Record) -> None:
    """A YAML's hash names the portal record it came from, so it cannot tell of an edit."""
    return


STARTER = Source("starter", Origin.CURATED, read_yaml_directory, parse_procedure, _digest)
