"""The base of rows that are objects, apart from what every answer needs: to import what maps them
costs a cold start a tenth of a second."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from knowledge.sql import METADATA


class Base(DeclarativeBase):
    """Its tables hang on the metadata of all."""

    metadata = METADATA
