"""A composed answer about to be reworded: what the model sees of it, and what it made of it.

Lines that warn, and lines that rest on no field, are never reworded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.faithful import excess, inventions, names, omissions
from assistant.models import Answer, Block, BlockKind, Line, plain_text

_TOKEN = re.compile(r"\[S(\d+)\]")
_TOKENS = re.compile(r"\s*(?:\[S\d+\][\s,;]*)+")
_MARK = ".!?:;…।۔؟。"
# A sentence ends where citations stand beside its full stop, or with the line.
_SENTENCE = re.compile(
    rf".*?(?:[{_MARK}]\s*(?:\[S\d+\]\s*)+(?=[^\s\[])|(?:\[S\d+\]\s*)+[{_MARK}](?=\s+\S)\s*|\n)",
    re.DOTALL,
)
_LEAD = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+)")
_PAPER = re.compile(r"cases\[\d+\]\.requirements\[\d+\]")
_LONGEST = 8000  # characters; a longer record is told as it is


@dataclass(frozen=True)
class Wording:
    """A draft and the numbers of those of its blocks that are to be reworded."""

    draft: Answer
    blocks: tuple[int, ...]

    @property
    def quotes(self) -> dict[int, str]:
        """The quotes that the blocks cite, by number."""
        cited = {n for line in self._lines() for n in line.citations}
        return {c.n: c.quote for c in self.draft.citations if c.n in cited}

    def passages(self) -> str:
        """One passage a citation, under the token by which the model cites it."""
        return "\n".join(f"[S{n}] {_flat(quote)}" for n, quote in self.quotes.items())

    def answer(self) -> str:
        """The composed lines under their headings."""
        return "\n".join(self._headed())

    def _headed(self) -> Iterator[str]:
        for number in self.blocks:
            block = self.draft.blocks[number]
            yield f"## {block.title or ''}".rstrip()
            for line in block.lines:
                yield f"{_flat(line.text)} {''.join(f'[S{n}]' for n in line.citations)}"

    def _lines(self) -> Iterator[Line]:
        for number in self.blocks:
            yield from self.draft.blocks[number].lines

    def home_of(self, line: Line) -> int | None:
        """The block that holds everything a sentence cites; None when there is none."""
        for number in self.blocks:
            held = {n for told in self.draft.blocks[number].lines for n in told.citations}
            if line.citations and held >= set(line.citations):
                return number
        return None

    def problems_of(self, line: Line) -> Iterator[str]:
        """Why a sentence may not be said; nothing means that it may."""
        unissued = [n for n in line.citations if n not in self.quotes]
        if unissued:
            yield f"no passage has the token {', '.join(f'[S{n}]' for n in unissued)}"
        elif not line.citations:
            yield "it cites no passage"
        elif (home := self.home_of(line)) is None:
            yield "it mixes two headings"
        else:
            cited = set(line.citations)
            told = [t.text for t in self.draft.blocks[home].lines if cited & set(t.citations)]
            quotes = " ; ".join(self.quotes[n] for n in line.citations)
            yield from inventions(line.text, quotes, "\n".join(told))

    def missing(self, said: Sequence[Line]) -> Iterator[str]:
        """What sentences leave out of the composed lines, papers by name among it."""
        for number in self.blocks:
            here = [line for line in said if self.home_of(line) == number]
            composed = self.draft.blocks[number].lines
            yield from (
                f"{_tokens(composed)}: {problem}"
                for problem in excess(_joined(here), _joined(composed))
            )
            for told in composed:
                yield from self._missing_of(told, here)
            if self.draft.blocks[number].kind is BlockKind.STEPS:
                yield from _disorder(here)

    def _missing_of(self, told: Line, said: Sequence[Line]) -> Iterator[str]:
        cited = {n for line in said for n in line.citations}
        tokens = _tokens([told])
        if not cited >= set(told.citations):
            yield f"nothing rests on {tokens}: {_flat(told.text)}"
            return
        text = "\n".join(line.text for line in said if set(line.citations) & set(told.citations))
        fields = {c.n: c.field for c in self.draft.citations}
        for n in told.citations:
            name = self.quotes[n].split(" — ")[0]
            if _PAPER.fullmatch(fields[n]) and not names(text, name):
                yield f"the line on [S{n}] does not name {name}"
        same = self.draft.language == "vi"
        lost = omissions(text, told.text, same_language=same)
        yield from (f"{tokens}: {problem}" for problem in lost)

    def reworded(self, said: Sequence[Line]) -> Answer:
        """The draft with its lines replaced by `said`; titles and other blocks stay."""
        blocks = list(self.draft.blocks)
        for number in self.blocks:
            lines = tuple(line for line in said if self.home_of(line) == number)
            blocks[number] = blocks[number].model_copy(update={"lines": lines})
        head = self.draft.text.removesuffix(plain_text(self.draft.blocks))
        text = head + plain_text(tuple(blocks)) if head != self.draft.text else self.draft.text
        return self.draft.model_copy(update={"blocks": tuple(blocks), "text": text})


def wording_of(draft: Answer, verbatim: frozenset[int] = frozenset()) -> Wording | None:
    """What of a draft may be reworded; None when nothing may, or it is too long.

    `verbatim` are citations whose lines must stay as they are.
    """
    blocks: list[int] = []
    taken = set(verbatim)
    for number, block in enumerate(draft.blocks):
        cited = {n for line in block.lines for n in line.citations}
        # Two blocks on one field could not be told apart by what their sentences cite.
        if _may_change(block) and not cited & taken:
            blocks.append(number)
            taken |= cited
    wording = Wording(draft, tuple(blocks))
    fits = len(wording.passages()) + len(wording.answer()) <= _LONGEST
    return wording if blocks and fits else None


def _may_change(block: Block) -> bool:
    if block.kind is BlockKind.NOTE or block.facet is None:
        return False
    return all(line.citations for line in block.lines)


def tokens_in(text: str) -> set[int]:
    """The numbers of the passages that a text cites."""
    return {int(n) for n in _TOKEN.findall(text)}


def sentences_in(pieces: Iterator[str]) -> Iterator[Line]:
    """Whole sentences with their citations, as soon as each is over."""
    buffer = ""
    for piece in pieces:
        buffer += piece
        while match := _SENTENCE.match(buffer):
            buffer = buffer[match.end() :]
            yield from _line_of(match[0])
    yield from _line_of(buffer)


def _line_of(text: str) -> Iterator[Line]:
    said = _LEAD.sub("", _TOKENS.sub(" ", text)).strip()
    said = re.sub(r"\s+([.,;:!?।۔؟])", r"\1", re.sub(r"\s+", " ", said))
    citations = tuple(dict.fromkeys(int(n) for n in _TOKEN.findall(text)))
    if said.strip(_MARK) or citations:
        yield Line(text=said, citations=citations)


def _disorder(said: Sequence[Line]) -> Iterator[str]:
    firsts = [min(line.citations) for line in said]
    if firsts != sorted(firsts):
        yield "the steps are not in their order"


def _tokens(lines: Iterable[Line]) -> str:
    return "".join(f"[S{n}]" for line in lines for n in line.citations)


def _joined(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _flat(text: str) -> str:
    return " ".join(text.split())
