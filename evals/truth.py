"""What the record says, taken from the stored version when a case is scored.

    truth_of(case, version) -> Truth        expected figures and words of the facets asked
    standing(case, lookup) -> str | None    why a case cannot be scored: not_in_corpus, to_review
    stamp(case, lookup) -> dict[str, str]   content hashes to write into `source_hash`

Nothing here goes through the assistant: a fault there must not hide in what is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from assistant.models import Facet
from evals.cases import Action, Case
from knowledge.catalog import Version
from knowledge.figures import legal_key
from knowledge.papers import paper_names
from knowledge.procedure import (
    COMMON_CASE,
    Channel,
    ChannelKind,
    Need,
    Procedure,
    TimeUnit,
)

TO_REVIEW = "to_review"
NOT_IN_CORPUS = "not_in_corpus"
TWO = "two"  # tag of a case whose codes must all be answered
Lookup = Callable[[str], Version | None]
_OVERVIEW = (Facet.DOCUMENTS, Facet.FEE, Facet.TIME, Facet.PLACE)


@dataclass(frozen=True)
class ExpectedFee:
    """A sum with its currency and unit; `channels` is empty when it holds for every channel."""

    amount: Decimal
    currency: str
    unit: str | None
    condition: str | None
    channels: tuple[ChannelKind, ...]

    def __str__(self) -> str:
        unit = f"/{self.unit}" if self.unit else ""
        return f"{self.amount:,.0f} {self.currency}{unit}" if self.amount else "miễn phí"


@dataclass(frozen=True)
class ExpectedTime:
    """A time limit; `channels` is empty when it holds for every channel."""

    number: Decimal
    unit: TimeUnit
    channels: tuple[ChannelKind, ...]

    def __str__(self) -> str:
        return f"{self.number.normalize():f} {self.unit.value}"


@dataclass(frozen=True)
class ExpectedPaper:
    """A paper of the record. `names` are the words it may be told by, the official ones first."""

    names: tuple[str, ...]
    need: Need
    group: str | None
    case_id: str
    case_name: str
    originals: int | None
    copies: int | None
    certified: bool
    form: str | None


@dataclass(frozen=True)
class Truth:
    """The expected values of one case. `facets` are the asked ones, an overview spelled out.

    `papers` are all of the record; those of `scope` (case ids) are asked for. `words` are the
    texts that must be told of facets without figures; `empty` the facets the record leaves empty.
    """

    facets: tuple[Facet, ...] = ()
    fees: tuple[ExpectedFee, ...] = ()
    times: tuple[ExpectedTime, ...] = ()
    papers: tuple[ExpectedPaper, ...] = ()
    scope: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    words: tuple[tuple[Facet, tuple[str, ...]], ...] = ()
    empty: frozenset[Facet] = frozenset()

    def texts(self, facet: Facet) -> tuple[str, ...]:
        """The words that must be told of `facet`."""
        return dict(self.words).get(facet, ())

    def units(self) -> tuple[tuple[ExpectedPaper, ...], ...]:
        """What must be in the dossier: a paper everybody needs, or papers of which one will do."""
        units: dict[object, list[ExpectedPaper]] = {}
        for number, paper in enumerate(self.papers):
            if paper.case_id in self.scope and paper.need is not Need.CONDITIONAL:
                one = paper.need is Need.ALTERNATIVE
                key = (paper.case_id, paper.group) if one else number
                units.setdefault(key, []).append(paper)
        return tuple(map(tuple, units.values()))


def truth_of(case: Case, version: Version) -> Truth:
    """Expected values of `case` by the record `version`; only facets when not `from_record`."""
    facets = _spelled_out(case.facets)
    if not case.from_record:
        return Truth(facets=facets)
    return _truth(facets, case.procedure_case, version)


def _spelled_out(facets: Iterable[Facet]) -> tuple[Facet, ...]:
    each = (_OVERVIEW if facet is Facet.OVERVIEW else (facet,) for facet in facets)
    return tuple(dict.fromkeys(inner for group in each for inner in group))


@lru_cache(maxsize=4096)
def _truth(facets: tuple[Facet, ...], procedure_case: str | None, version: Version) -> Truth:
    record = version.procedure
    words = tuple((facet, tuple(_words(record, facet))) for facet in facets)
    return Truth(
        facets=facets,
        fees=tuple(_fees(record)) if Facet.FEE in facets else (),
        times=tuple(_times(record)) if Facet.TIME in facets else (),
        papers=tuple(_papers(record)),
        scope=_scope(record, procedure_case),
        places=_places(record) if Facet.PLACE in facets else (),
        forms=tuple(_forms(record)) if Facet.FORMS in facets else (),
        laws=tuple(_laws(record)) if Facet.LEGAL_BASIS in facets else (),
        words=words,
        empty=frozenset(facet for facet in facets if not _filled(record, facet)),
    )


def _scope(record: Procedure, procedure_case: str | None) -> frozenset[str]:
    """The cases whose papers are asked for; all of them where the record has no common one."""
    every = {case.id for case in record.cases}
    return frozenset(every & {COMMON_CASE, procedure_case or COMMON_CASE}) or frozenset(every)


def _fees(record: Procedure) -> Iterator[ExpectedFee]:
    """Sums that the source is sure of; a disputed one is told as a dispute, see `_words`."""
    found: dict[tuple[object, ...], list[ChannelKind]] = {}
    for channel in record.channels:
        for fee in channel.fees:
            if fee.amount is not None and not fee.disputed:
                key = (fee.amount, fee.currency, fee.unit, fee.condition)
                found.setdefault(key, []).append(channel.kind)
    for (amount, currency, unit, condition), kinds in found.items():
        yield ExpectedFee(amount, currency, unit, condition, _named(record, kinds))  # type: ignore[arg-type]


def _times(record: Procedure) -> Iterator[ExpectedTime]:
    found: dict[tuple[Decimal, TimeUnit], list[ChannelKind]] = {}
    for channel in record.channels:
        for limit in channel.time_limits:
            if limit.number is not None:
                found.setdefault((limit.number, limit.unit), []).append(channel.kind)
    for (number, unit), kinds in found.items():
        yield ExpectedTime(number, unit, _named(record, kinds))


def _named(record: Procedure, kinds: list[ChannelKind]) -> tuple[ChannelKind, ...]:
    """The channels to name; none when it is all of them."""
    every = {channel.kind for channel in record.channels}
    return () if set(kinds) == every else tuple(dict.fromkeys(kinds))


def _papers(record: Procedure) -> Iterator[ExpectedPaper]:
    english = paper_names("en")
    for _, case, paper in record.requirements():
        kind = english.get(paper.paper) if paper.paper != "other" else None
        yield ExpectedPaper(
            names=tuple(filter(None, (paper.name.rstrip(" .;:"), kind))),
            need=paper.need,
            group=paper.alternative_group,
            case_id=case.id,
            case_name=case.name,
            originals=paper.originals,
            copies=paper.copies,
            certified=bool(paper.certified),
            form=paper.form_code,
        )


def _places(record: Procedure) -> tuple[str, ...]:
    return record.receiving_places or ((record.agency,) if record.agency else ())


def _forms(record: Procedure) -> Iterator[str]:
    codes = (paper.form_code or paper.form_file for _, _, paper in record.requirements())
    return iter(dict.fromkeys(filter(None, codes)))


def _laws(record: Procedure) -> Iterator[str]:
    return (legal_key(law.number) for law in record.legal_basis if law.number)


def _fee_words(channel: Channel) -> Iterator[str]:
    for fee in channel.fees:
        if fee.note and (fee.disputed or fee.amount is None):
            yield fee.note
        elif fee.exemption and fee.amount is None:
            yield fee.exemption


def _words(record: Procedure, facet: Facet) -> Iterable[str]:
    """Texts of the record that an answer on `facet` must hold, beside the figures."""
    if facet is Facet.FEE:
        return dict.fromkeys(text for channel in record.channels for text in _fee_words(channel))
    if facet is Facet.TIME:
        limits = (limit for channel in record.channels for limit in channel.time_limits)
        return dict.fromkeys(limit.note for limit in limits if limit.note and not limit.number)
    if facet is Facet.DOCUMENTS and not list(record.requirements()):
        return [note for case in record.cases for note in case.notes]
    if facet is Facet.LEGAL_BASIS:
        return [law.title for law in record.legal_basis if law.title and not law.number]
    parts = {
        Facet.STEPS: record.steps,
        Facet.CONDITIONS: record.conditions,
        Facet.RESULT: record.results,
        Facet.SUBJECTS: record.subjects,
    }
    return parts.get(facet, ())


def _filled(record: Procedure, facet: Facet) -> bool:
    """Whether the record has anything on `facet`."""
    parts: dict[Facet, Iterable[object]] = {
        Facet.DOCUMENTS: [
            text for case in record.cases for text in case.requirements or case.notes
        ],
        Facet.FEE: [fee for channel in record.channels for fee in channel.fees],
        Facet.TIME: [limit for channel in record.channels for limit in channel.time_limits],
        Facet.PLACE: _places(record),
        Facet.CHANNEL: record.channels,
        Facet.STEPS: record.steps,
        Facet.CONDITIONS: record.conditions,
        Facet.FORMS: list(_forms(record)),
        Facet.LEGAL_BASIS: record.legal_basis,
        Facet.RESULT: record.results,
        Facet.SUBJECTS: record.subjects,
    }
    return bool(list(parts[facet]))


def standing(case: Case, lookup: Lookup) -> str | None:
    """Why a case is not scored: codes the corpus lacks, or a record that changed since.

    One of several accepted codes is enough to answer; a choice, or two procedures asked at once,
    need all of theirs.
    """
    found = {code: lookup(code) for code in case.codes}
    known = [version for version in found.values() if version is not None]
    all_due = case.action is not Action.ANSWER or TWO in case.tags
    if found and (len(known) < len(found) if all_due else not known):
        return NOT_IN_CORPUS
    moved = (case.source_hash.get(v.code, v.content_hash) != v.content_hash for v in known)
    return TO_REVIEW if any(moved) else None


def stamp(case: Case, lookup: Lookup) -> dict[str, str]:
    """The content hash of every accepted record, for `source_hash`; unknown codes are left out."""
    versions = {code: lookup(code) for code in case.codes}
    return {code: found.content_hash for code, found in versions.items() if found is not None}
