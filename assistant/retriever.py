"""Our search as a LangChain retriever: each procedure found is a document with its source."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from assistant.cite import quote
from knowledge.catalog import Catalog
from knowledge.procedure import ChannelKind, Procedure
from knowledge.search import Found, Hit

CHANNELS = {
    ChannelKind.DIRECT: "Trực tiếp",
    ChannelKind.ONLINE: "Trực tuyến",
    ChannelKind.POSTAL: "Bưu chính",
}


@runtime_checkable
class Searcher(Protocol):
    """The part of `assistant.bootstrap.Assistant` that a retriever uses."""

    @property
    def catalog(self) -> Catalog: ...

    def search(self, text: str, limit: int = 10) -> Found: ...

    def is_outside(self, text: str, found: Found) -> bool: ...


class ProcedureRetriever(BaseRetriever):
    """Documents for a question, best first, at most `k`; what is off topic gets none.

    `page_content` is the record's own text; `metadata` has the code, name, score, version, source
    URL and the day it was read.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Searcher
    k: int = Field(default=5, ge=1, le=100)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = self.assistant.search(query, self.k)
        if self.assistant.is_outside(query, found):
            return []
        documents = (self._document(hit) for hit in found.hits)
        return [document for document in documents if document is not None]

    def _document(self, hit: Hit) -> Document | None:
        version = self.assistant.catalog.get(hit.code)
        if version is None:
            return None
        source = version.procedure.source
        return Document(
            id=f"{hit.code}@{version.number}",
            page_content=_text(version.procedure),
            metadata={
                "code": hit.code,
                "name": hit.name,
                "field": hit.field,
                "score": hit.score,
                "version": version.number,
                "source": source.url if source else None,
                "retrieved_at": source.retrieved_at.isoformat() if source else None,
            },
        )


def _text(procedure: Procedure) -> str:
    """Papers, ways to apply with fees and time limits, places and conditions, as the record has
    them; nothing is cut."""
    told = [
        procedure.summary or "",
        *(f"{case.name}: {quote(case.requirements)}" for case in procedure.cases),
        *(f"{CHANNELS[channel.kind]}: {quote(channel)}" for channel in procedure.channels),
        *procedure.receiving_places,
        procedure.agency or "",
        *procedure.conditions,
    ]
    return "\n".join([procedure.name, *filter(None, told)])
