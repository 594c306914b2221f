"""Pages to papers: what each sheet is by its title, code, layout and words; several pages to one.

A paper that only mentions another one is not that paper: only a sheet's own title counts, and of
two titles the one that stands out. Text without a title joins the paper before it in its file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from assistant.dossier.demands import Demand, kinds_by_title, marks, printed_titles
from assistant.dossier.likeness import (
    Likeness,
    bare,
    edits,
    genus_of,
    is_beginning,
    likeness,
    telling_words,
)
from assistant.dossier.mending import mended
from assistant.dossier.sheets import Sheet, contains, sheets_of
from assistant.dossier.titles import FormCode, Title, codes_of, titles_of
from ingest.reading.page import Box, FactKind, Page, PageSource
from knowledge.text import folded

STRONG = 0.8  # from here on a paper is what its title says
WEAK = 0.66  # from here on it may be
_DECODED = 0.9  # a title whose letters are those of a known one but for slips
_MENDED = 0.95  # of what a title would be that was read without slips
_FOLLOWING = 5  # heights of a line below a title within which it may go on
_SLIPS = 2  # letters
_LETTERS_A_SLIP = 8
_AHEAD = 2  # edits by which the next title must be farther
_SURE_WORDS = 0.6  # mean confidence below which a title is not read well enough to rule out a paper


@dataclass(frozen=True)
class Seen:
    """A kind of paper, how likely, and the words that say so."""

    kinds: frozenset[str]
    score: float
    name: str
    box: Box | None = None


@dataclass(frozen=True)
class Piece:
    """One paper as it was handed in: its sheets in order, what it is called and what it may be."""

    sheets: tuple[Sheet, ...]
    title: Title | None
    titles: tuple[Title, ...]
    codes: tuple[FormCode, ...]
    seen: tuple[Seen, ...]  # the likeliest first
    unreadable: bool = False

    @property
    def first(self) -> Sheet:
        """The sheet that bears the title."""
        return self.sheets[0]

    @property
    def best(self) -> Seen | None:
        """What it most likely is, by titles that are known everywhere."""
        return self.seen[0] if self.seen else None

    @property
    def is_unclear(self) -> bool:
        """Whether it may be any paper: no title was found, or its letters are not sure."""
        return self.title is None or self.title.confidence < _SURE_WORDS

    @property
    def is_wordless(self) -> bool:
        """A picture: nothing is written on it that could be read."""
        return sum(len(line.words) for sheet in self.sheets for line in sheet.lines) <= 3


def pieces_of(pages: Sequence[Page]) -> tuple[Piece, ...]:
    """The papers on `pages`; the order in which pages are given does not matter."""
    ordered = sorted(pages, key=lambda page: (page.file, page.number))
    sheets = [sheet for page in ordered for sheet in sheets_of(page)]
    return tuple(_grouped([_piece(sheet) for sheet in sheets]))


def _piece(sheet: Sheet) -> Piece:
    titles = titles_of(sheet)
    seen = sorted(_seen(sheet, titles), key=lambda s: (-s.score, s.name))
    main = _main(titles, seen)
    codes = codes_of(sheet)
    return Piece((sheet,), main, titles, codes, tuple(seen), is_spoiled(sheet.page))


def is_spoiled(page: Page) -> bool:
    """Whether a page is said to be unreadable, or was read so badly that it is."""
    badly = page.source is PageSource.OCR and bool(page.words) and page.confidence < _SURE_WORDS
    return bool(page.flaws) or badly


def _main(titles: Sequence[Title], seen: Sequence[Seen]) -> Title | None:
    """The title to name the paper by: the one that told its kind, else the one that stands out."""
    if seen and seen[0].box:
        for title in titles:
            if title.box == seen[0].box:
                return title
    named = [title for title in titles if genus_of(title.bare) or len(title.bare) >= 2]
    return named[0] if named else None


def _seen(sheet: Sheet, titles: Sequence[Title]) -> Iterator[Seen]:
    yield from _by_facts(sheet)
    best: dict[tuple[str, ...], Seen] = {}
    for title in titles:
        for name, kinds in kinds_by_title().items():
            score = title_score(title, name)
            if score >= WEAK and (name not in best or score > best[name].score):
                best[name] = Seen(kinds, score, printed_titles()[name], title.box)
    yield from best.values()
    yield from _by_phrases(sheet)


def title_score(title: Title, name: tuple[str, ...]) -> float:
    """From 0 to 1: how much `title`, standing where it stands, names the paper `name`."""
    return _score(title.bare, name) * title.standing


def _score(title: tuple[str, ...], name: tuple[str, ...]) -> float:
    score = lifted(likeness(title, name), least=0.8 if name in kinds_by_title() else 2.0)
    if score < _DECODED and is_slip_of(title, name):
        return _DECODED
    return score


@lru_cache(maxsize=50_000)
def is_slip_of(title: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether the letters of a title, however parted into words, are those of `name` but for a
    slip or two of recognition, and clearly farther from every other title that is known. A word
    that titles have and `name` has not is no slip."""
    seen, meant = "".join(title), "".join(name)
    if _letters_apart(seen, meant) > 2 * _SLIPS or _words_of_titles() & set(title) - set(name):
        return False
    if (apart := edits(seen, meant)) > min(_SLIPS, len(meant) // _LETTERS_A_SLIP):
        return False
    others = ("".join(other) for other in kinds_by_title() if other != name)
    return all(
        _letters_apart(seen, other) >= 2 * (apart + _AHEAD) or edits(seen, other) >= apart + _AHEAD
        for other in others
    )


@cache
def _words_of_titles() -> frozenset[str]:
    return frozenset(word for title in kinds_by_title() for word in title) | telling_words()


def _letters_apart(one: str, other: str) -> int:
    """At most twice the edits that lead from one to the other, and cheaper."""
    mine, theirs = Counter(one), Counter(other)
    return (mine - theirs).total() + (theirs - mine).total()


def lifted(like: Likeness, least: float) -> float:
    """A title that begins with the whole name, or begins the name, is more than its share; the
    name must weigh `least`, since 'Tờ khai đăng ký' begins many titles."""
    score = like.score
    if like.begins and like.known >= least:
        score = max(score, 0.9 + 0.01 * min(like.known, 9))
    if like.prefix:
        score = max(score, 0.84)
    return score


def _by_facts(sheet: Sheet) -> Iterator[Seen]:
    """Codes of cards and passports tell more than printed words."""
    for fact in sheet.facts:
        if fact.kind is FactKind.IDENTITY_QR:
            yield Seen(frozenset({"identity_card"}), 0.99, "Căn cước", fact.box)
        if fact.kind is FactKind.MRZ:
            kind = fact.value.get("kind", "").upper()
            passport = kind.startswith("P") or kind == "TD3"
            name = "passport" if passport else "identity_card"
            yield Seen(frozenset({name}), 0.98, "Hộ chiếu" if passport else "Căn cước", fact.box)


def _by_phrases(sheet: Sheet) -> Iterator[Seen]:
    """Three phrases that only one kind bears tell it where the title cannot be read."""
    for kind, mark in marks().items():
        found = sum(any(_holds(line.bare, p) for line in sheet.lines) for p in mark.phrases)
        if found >= 3:
            name = printed_titles()[mark.titles[0]]
            yield Seen(frozenset({kind}), min(0.7 + 0.04 * found, 0.86), name)


def _holds(line: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return phrase[0] in line and any(
        contains(line[i:], phrase, 0.9) for i, word in enumerate(line) if word == phrase[0]
    )


_OF = re.compile(
    r"\b(?:trang|tờ số|page)\s*(?:số\s*)?[:.]?\s*(\d{1,2})\s*(?:/|trên|of)\s*(\d{1,2})\b", re.I
)
_PLAIN_OF = re.compile(r"^\W*(\d{1,2})\s*/\s*(\d{1,2})\W*$")


def page_mark(sheet: Sheet) -> tuple[int, int] | None:
    """'Trang 2/3' as (2, 3), printed at the edge of a page."""
    edge = [*sheet.lines[:2], *sheet.lines[-3:]]
    for line in edge:
        match = _OF.search(line.text) or _PLAIN_OF.match(line.text)
        if match and 1 <= int(match[1]) <= int(match[2]) <= 60:
            return int(match[1]), int(match[2])
    return None


def _grouped(pieces: list[Piece]) -> Iterator[Piece]:
    """Sheets joined to papers: by printed page numbers, then by following in the same file."""
    heads: list[Piece] = []
    loose: list[Piece] = []
    for piece in pieces:
        if _follows(piece):
            loose.append(piece)
        else:
            heads.append(piece)
    for piece in loose:
        _join(piece, heads)
    yield from (_joined_sides(heads) if heads else ())


def _follows(piece: Piece) -> bool:
    """Whether a sheet has no title of its own: it goes on from another."""
    mark = page_mark(piece.first)
    if mark and mark[0] > 1:
        return True
    strong = piece.best and piece.best.score >= WEAK
    return not strong and not piece.titles and not piece.codes and not piece.is_wordless


def _join(piece: Piece, heads: list[Piece]) -> None:
    """Add a sheet to the paper it belongs to; one that belongs to none is a paper of its own."""
    at = _by_number(piece, heads)
    if at is None:
        at = _by_neighbour(piece, heads)
    if at is None:
        heads.append(piece)
    else:
        sheets = sorted((*heads[at].sheets, *piece.sheets), key=_order)
        first = heads[at].first
        rest = [sheet for sheet in sheets if sheet is not first]
        heads[at] = replace(
            heads[at],
            sheets=(first, *rest),
            unreadable=heads[at].unreadable or piece.unreadable,
        )


def _order(sheet: Sheet) -> tuple[int, str, int, float]:
    mark = page_mark(sheet)
    return (mark[0] if mark else 0, sheet.page.file, sheet.page.number, sheet.top)


def _by_number(piece: Piece, heads: Sequence[Piece]) -> int | None:
    """The only paper that says it has as many pages and still lacks this one."""
    mark = page_mark(piece.first)
    if not mark:
        return None
    fits = []
    for i, head in enumerate(heads):
        marks_of_head = [page_mark(sheet) for sheet in head.sheets]
        if (1, mark[1]) in marks_of_head and mark not in marks_of_head:
            fits.append(i)
    same = [i for i in fits if heads[i].first.page.file == piece.first.page.file]
    chosen = same or fits
    return chosen[0] if len(chosen) == 1 else None


def _by_neighbour(piece: Piece, heads: Sequence[Piece]) -> int | None:
    """The last paper of the same file that begins before this sheet."""
    here = piece.first
    before = [
        (*_place(head.first), i)
        for i, head in enumerate(heads)
        if head.first.page.file == here.page.file
        and _place(head.first) < _place(here)
        and not head.is_wordless
    ]
    return max(before)[-1] if before else None


def _place(sheet: Sheet) -> tuple[int, float, float]:
    return sheet.page.number, sheet.left, sheet.top


def _is_card(piece: Piece) -> bool:
    return bool(piece.best and piece.best.kinds == {"identity_card"} and piece.best.score >= STRONG)


def has_front(piece: Piece) -> bool:
    """Whether the side of a card that bears its title is there."""
    titles = marks()["identity_card"].titles
    return any(
        any(contains(line.bare, name, 0.9) for name in titles for line in sheet.lines[:8])
        for sheet in piece.sheets
    )


def has_back(piece: Piece) -> bool:
    """Whether the side of a card with its machine-readable lines or marks is there."""
    return any(
        any(fact.kind is FactKind.MRZ for fact in sheet.facts)
        or "<<" in sheet.text
        or "dac diem nhan dang" in folded(sheet.text)
        for sheet in piece.sheets
    )


def _joined_sides(heads: Iterable[Piece]) -> Iterator[Piece]:
    """The back of a card goes to its front, by number where it can be read, else to the next."""
    pieces = list(heads)
    fronts = [p for p in pieces if _is_card(p) and has_front(p) and not has_back(p)]
    backs = [p for p in pieces if _is_card(p) and has_back(p) and not has_front(p)]
    pairs = dict(zip(map(id, fronts), backs, strict=False))
    taken = {id(back) for back in pairs.values()}
    for piece in pieces:
        if id(piece) in pairs:
            yield replace(piece, sheets=(*piece.sheets, *pairs[id(piece)].sheets))
        elif id(piece) not in taken:
            yield piece


def support(piece: Piece, demand: Demand) -> tuple[float, Box | None]:
    """How much `piece` is what `demand` asks for, before look-alikes are considered."""
    own, box = own_name(piece, demand)
    kind, kind_box = _kind(piece, demand)
    code = _code(piece, demand)
    best, where = (own, box) if own >= kind else (kind, kind_box)
    if code is not None:
        plain = demand.code is not None and demand.code.isdigit()
        best = min(best + 0.15, 0.98) if plain else max(0.86, best + 0.05)
        where = where or code.box
    return min(best, 1.0), where


def own_name(piece: Piece, demand: Demand) -> tuple[float, Box | None]:
    """How much the paper's title is the record's own name for the requirement, and where."""
    scored = [
        (_own_score(title, piece.first, name), i)
        for i, title in enumerate(piece.titles)
        for name in demand.names
    ]
    if not scored:
        return 0.0, None
    score, i = max(scored, key=lambda pair: (pair[0], -pair[1]))
    return score, piece.titles[i].box


def _own_score(title: Title, sheet: Sheet, name: tuple[str, ...]) -> float:
    """The score of the title as read, with its misread words as the name has them, or with the
    lines below it that go on where it breaks off."""
    score = title_score(title, name)
    if score >= STRONG:
        return score
    mend = mended(title.bare, name, _words_of_titles())
    readings = [mend] if mend != title.bare else []
    if is_beginning(mend, name):
        whole = (*mend, *_words_after(title, sheet))[: len(name)]
        readings.append(mended(whole, name, _words_of_titles()))
    again = [_score(read, name) * _MENDED * title.standing for read in readings]
    return max([score, *again])


def _words_after(title: Title, sheet: Sheet) -> Iterator[str]:
    """Words on the title's last line and in the lines that follow it, in their order."""
    low = title.box.bottom
    for line in sheet.lines:
        middle = (line.box.top + line.box.bottom) / 2
        beside = line.box.left > title.box.right and title.box.top < middle < low
        if beside or low - line.size / 2 < line.box.top < low + _FOLLOWING * line.size:
            yield from line.bare


def _kind(piece: Piece, demand: Demand) -> tuple[float, Box | None]:
    for seen in piece.seen:
        if seen.kinds & demand.kinds and demand.takes(bare(seen.name)):
            return seen.score * 0.98, seen.box
    return 0.0, None


def _code(piece: Piece, demand: Demand) -> FormCode | None:
    if demand.code is None:
        return None
    return next((code for code in piece.codes if code.code == demand.code), None)
