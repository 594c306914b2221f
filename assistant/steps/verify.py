"""Verify: nothing leaves that the record does not say.

Every number of every line must stand in the fields the line cites, and every citation must quote
its field as the record has it. A line that fails is replaced by the record's own words.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

from assistant.cite import citation_of
from assistant.models import Answer, Block, Citation, Line, Turn, plain_text
from knowledge.catalog import Version
from knowledge.figures import numbers_in

log = logging.getLogger(__name__)


def verify(turn: Turn) -> Answer | None:
    """Answer with the draft, or with the draft mended."""
    assert turn.draft is not None
    problems = list(problems_of(turn.draft, *turn.versions))
    if not problems:
        return turn.draft
    codes = ", ".join(version.code for version in turn.versions)
    log.error("unsupported figures in an answer on %s: %s", codes, problems)
    return _mended(turn.draft, *turn.versions)


def problems_of(answer: Answer, *versions: Version) -> Iterator[str]:
    """What the answer says that its citations do not carry; nothing means that it may be said."""
    cited = {citation.n: citation for citation in answer.citations}
    for citation in answer.citations:
        if citation != _quoted_anew(citation, versions):
            yield f"citation {citation.n} does not quote {citation.field}"
    for block in answer.blocks:
        for line in block.lines:
            yield from _unsupported(line, cited)


def _quoted_anew(citation: Citation, versions: Sequence[Version]) -> Citation | None:
    """What a citation should be; None when no version has such a field."""
    version = next((v for v in versions if v.code == citation.code), versions[0])
    try:
        return citation_of(version, citation.field, citation.n)
    except KeyError:
        return None


def _unsupported(line: Line, cited: Mapping[int, Citation]) -> Iterator[str]:
    unknown = [n for n in line.citations if n not in cited]
    if unknown:
        yield f"line cites {unknown}, which were never issued"
    quoted = (numbers_in(cited[n].quote) for n in line.citations if n in cited)
    missing = numbers_in(line.text).difference(*quoted)
    if missing:
        yield f"line names {sorted(missing)}, its citations do not"


def _mended(answer: Answer, *versions: Version) -> Answer:
    """Each wrong line becomes its citations' quotes; a wrong citation is quoted anew."""
    anew = (_quoted_anew(citation, versions) for citation in answer.citations)
    citations = tuple(filter(None, anew))
    cited = {citation.n: citation for citation in citations}
    blocks = tuple(_mended_block(block, cited) for block in answer.blocks)
    kept = tuple(block for block in blocks if block.lines)
    return answer.model_copy(
        update={"blocks": kept, "citations": citations, "text": plain_text(kept)}
    )


def _mended_block(block: Block, cited: Mapping[int, Citation]) -> Block:
    lines = tuple(
        mended for line in block.lines if (mended := _mended_line(line, cited)) is not None
    )
    return block.model_copy(update={"lines": lines})


def _mended_line(line: Line, cited: Mapping[int, Citation]) -> Line | None:
    if not list(_unsupported(line, cited)):
        return line
    known = tuple(n for n in line.citations if n in cited)
    if not known:
        return None
    return Line(text="; ".join(cited[n].quote for n in known), citations=known)
