"""The rules a dossier is held against; what each asks, and which law says so, stands here.

A rule looks at a dossier and yields what it found. `blocks` says that the dossier cannot be
complete with it, `officer` that only a person can settle it. A legal basis is named where it was
read (laws.py); what a record asks rests on that record's documents, which papers out name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from assistant.dossier.agreement import Agreement
from assistant.dossier.clashes import clashes, strangers
from assistant.dossier.classify import STRONG, Piece, has_back, has_front, page_mark
from assistant.dossier.demands import Demand
from assistant.dossier.facts import Dossier, evidence, place_of
from assistant.dossier.fields import Fields, basis_number
from assistant.dossier.holders import IDENTITY, is_card
from assistant.dossier.laws import basis_of_expiry
from assistant.dossier.likeness import bare, genus_of
from assistant.dossier.models import Evidence
from assistant.dossier.people import masked, prints_number
from assistant.dossier.signatures import Signature
from assistant.dossier.titles import Title, codes_agree
from assistant.dossier.unmade import unmade
from knowledge.procedure import Handling
from knowledge.text import folded


@dataclass(frozen=True)
class Found:
    """What a rule saw: values for its sentence, where, and the requirement it belongs to."""

    values: dict[str, str]
    evidence: tuple[Evidence, ...] = ()
    requirement: str | None = None
    sentence: str | None = None  # a second sentence of the same rule, by key
    legal_basis: str | None = None


Check = Callable[[Dossier], Iterator[Found]]


@dataclass(frozen=True)
class Rule:
    """A registered rule; it holds for dossiers handed in from `since` on."""

    name: str
    check: Check
    blocks: bool
    officer: bool
    legal_basis: str | None
    since: date | None


@dataclass
class Registry:
    """Rules by name, in the order in which they were written."""

    rules: dict[str, Rule] = field(default_factory=dict)

    def rule(
        self,
        *,
        blocks: bool,
        officer: bool = False,
        legal_basis: str | None = None,
        since: date | None = None,
    ) -> Callable[[Check], Check]:
        """Register a rule under its function's name; raises ValueError on a name twice."""

        def register(check: Check) -> Check:
            name = check.__name__
            if name in self.rules:
                raise ValueError(f"Two rules are named {name}")
            self.rules[name] = Rule(name, check, blocks, officer, legal_basis, since)
            return check

        return register


RULES = Registry()


@RULES.rule(blocks=True)
def form_is_signed(dossier: Dossier) -> Iterator[Found]:
    """A form, or another paper that people sign, bears a signature where it asks for one."""
    for demand, fields in dossier.used():
        mark = fields.signed
        if demand.is_by_people and mark.state is Signature.NO and mark.sheet:
            yield Found(_named(demand), (evidence(mark.sheet, mark.box),), demand.path)


@RULES.rule(blocks=True)
def paper_is_not_expired(dossier: Dossier) -> Iterator[Found]:
    """A paper with a last day is still good on the day of submission."""
    for demand, fields in dossier.used():
        if _may_be_expired(demand):
            continue
        for day in fields.expires:
            if day.day < dossier.submitted_on:
                sheet = day.sheet or (day.span.sheet if day.span else fields.piece.first)
                box = day.span.box if day.span else (day.fact.box if day.fact else None)
                yield Found(
                    {**_named(demand), "day": _day(day.day)},
                    (evidence(sheet, box),),
                    demand.path,
                    legal_basis=basis_of_expiry(fields.piece),
                )
                break


@RULES.rule(blocks=True)
def paper_is_recent_enough(dossier: Dossier) -> Iterator[Found]:
    """Where the record states an age ('không quá … tháng'), the paper is no older."""
    for demand, fields in dossier.used():
        limit = _age_limit(demand)
        issued = [day for day in fields.issued if day.day <= dossier.submitted_on]
        if limit is None or not issued:
            continue
        last = max(issued, key=lambda day: day.day)
        if dossier.submitted_on - last.day > limit:
            yield Found(
                {**_named(demand), "day": _day(last.day), "limit": _limit_words(demand)},
                (evidence(last.span.sheet, last.span.box),) if last.span else (),
                demand.path,
            )


@RULES.rule(blocks=True)
def paper_was_issued_in_time(dossier: Dossier) -> Iterator[Found]:
    """Where the record asks for a paper issued before a day, it was issued before."""
    for demand, fields in dossier.used():
        deadline = _deadline(demand)
        late = [day for day in fields.issued if deadline and day.day >= deadline]
        if deadline and late and len(late) == len(fields.issued):
            first = late[0]
            yield Found(
                {**_named(demand), "day": _day(first.day), "limit": _day(deadline)},
                (evidence(first.span.sheet, first.span.box),) if first.span else (),
                demand.path,
            )


@RULES.rule(blocks=True)
def form_has_its_code(dossier: Dossier) -> Iterator[Found]:
    """A form with a code bears the one the record names: an older one has another."""
    for demand, fields in (*dossier.used(), *_by_title_alone(dossier)):
        codes = fields.piece.codes
        wanted = demand.code or ""
        found = {codes_agree(code, wanted) for code in codes}
        if not wanted or found != {Agreement.DIFFERENT}:
            continue
        values = {
            **_named(demand),
            "seen": codes[0].text,
            "code": demand.requirement.form_code or "",
        }
        yield Found(values, (evidence(fields.piece.first, codes[0].box),), demand.path)


@RULES.rule(blocks=True, officer=True)
def form_is_of_a_circular_in_force(dossier: Dossier) -> Iterator[Found]:
    """The circular in a form's small print is one that the record rests on."""
    known = {basis_number(doc.number or "") for doc in dossier.procedure.legal_basis}
    for demand, fields in dossier.used():
        stated = {
            basis_number(text)
            for text in re.split(r"[;,()]", f"{demand.name};{demand.requirement.note or ''}")
        } - {""}
        accepted = known | stated
        bases = [basis for basis in fields.basis if basis.number]
        if not demand.is_form or not accepted - {""} or not bases:
            continue
        if not any(basis.number in accepted for basis in bases):
            first = bases[0]
            values = {**_named(demand), "seen": first.number}
            yield Found(values, (evidence(first.span.sheet, first.span.box),), demand.path)


@RULES.rule(blocks=True)
def form_is_of_this_procedure(dossier: Dossier) -> Iterator[Found]:
    """Where this procedure's form is lacking, the form of another one does not replace it."""
    lacking = _lacking_form(dossier)
    own = {id(fields) for _, fields in _by_title_alone(dossier)}
    for fields in dossier.spare:
        title = fields.piece.title
        if lacking and title and genus_of(title.bare) == "form" and id(fields) not in own:
            values = {**_named(lacking), "seen": title.text}
            yield Found(values, (place_of(fields.piece),), lacking.path)


@RULES.rule(blocks=True)
def identity_numbers_can_be_read(dossier: Dossier) -> Iterator[Found]:
    """A card's number can be read somewhere on it, a form's number in all its digits."""
    for demand, fields in dossier.used():
        asked = demand.requirement.paper in IDENTITY
        card = asked and _is_card(fields.piece) and has_front(fields.piece)
        spoiled = [p.illegible for p in fields.people if p.illegible and not p.number]
        unsure = [value for value in spoiled if re.fullmatch(r"[\d .]*[?#*][\d?#* .]*", value.text)]
        if unsure and not (fields.numbers and not demand.is_form):
            where = evidence(unsure[0].sheet, unsure[0].box, unsure[0].sure)
            yield Found(_named(demand), (where,), demand.path)
        elif card and not prints_number(fields.piece.sheets):
            yield Found(_named(demand), (place_of(fields.piece),), demand.path)


@RULES.rule(blocks=True, officer=True)
def papers_agree(dossier: Dossier) -> Iterator[Found]:
    """Names, birthdays and numbers of one person are the same on every paper."""
    for clash in clashes(list(dossier.used()), dossier.comparisons):
        values = {
            "one": clash.one_name,
            "other": clash.other_name,
            "first": _shown(clash.kind, clash.one.text),
            "second": _shown(clash.kind, clash.other.text),
        }
        places = tuple(evidence(v.sheet, v.box, v.sure) for v in (clash.one, clash.other))
        yield Found(values, places, clash.requirement, sentence=clash.kind)


@RULES.rule(blocks=True, officer=True)
def card_belongs_to_someone_named(dossier: Dossier) -> Iterator[Found]:
    """The holder of the identity paper is somebody the form names."""
    spare = [fields for fields in dossier.spare if not is_card(fields.piece)]
    for stranger in strangers(dossier.comparisons, spare):
        read = [value for value in (stranger.name, stranger.number) if value]
        values = {
            "first": stranger.name.text if stranger.name else "…",
            "second": masked(stranger.number.text) if stranger.number else "…",
            "other": stranger.form.name,
        }
        places = tuple(evidence(v.sheet, v.box, v.sure) for v in read)
        yield Found(values, places, stranger.requirement)


@RULES.rule(blocks=True, officer=True)
def certified_papers_are_certified(dossier: Dossier) -> Iterator[Found]:
    """A paper that must be certified shows the certifier's words."""
    for demand, fields in dossier.used():
        note = folded(demand.requirement.note or "")
        # "Không cần chứng thực khi…" excuses some people only: who is one, an officer sees.
        excused = re.search(r"khong (can|bat buoc|phai) (cong chung|chung thuc)(?!.* khi )", note)
        if demand.requirement.certified and not fields.is_certified and not excused:
            yield Found(_named(demand), (place_of(fields.piece),), demand.path)


@RULES.rule(blocks=True, officer=True)
def pages_are_all_there(dossier: Dossier) -> Iterator[Found]:
    """A paper that counts its pages has them all."""
    for demand, fields in dossier.used():
        marks = [mark for sheet in fields.piece.sheets if (mark := page_mark(sheet))]
        total = max((mark[1] for mark in marks), default=0)
        lost = sorted(set(range(1, total + 1)) - {mark[0] for mark in marks})
        if lost and len(fields.piece.sheets) < total:
            pages = ", ".join(map(str, lost))
            values = {**_named(demand), "pages": pages, "total": str(total)}
            yield Found(values, (place_of(fields.piece),), demand.path)


@RULES.rule(blocks=True, officer=True)
def every_check_was_made(dossier: Dossier) -> Iterator[Found]:
    """No check that applies was passed over for want of readable words."""
    told = {found.requirement for found in identity_numbers_can_be_read(dossier)}
    for check in unmade(dossier):
        about_number = check.kind in {"number", "form_number"}
        if about_number and {check.requirement, check.other} & told:
            continue
        yield Found(check.values, check.evidence, check.requirement, sentence=check.kind)
    for demand, fields in dossier.used():
        if not fields.issued and (_age_limit(demand) or _deadline(demand)):
            yield Found(_named(demand), (place_of(fields.piece),), demand.path, sentence="age")


@RULES.rule(blocks=False)
def card_shows_both_sides(dossier: Dossier) -> Iterator[Found]:
    """Both sides of an identity card are wanted where a card is copied."""
    for demand, fields in dossier.used():
        if _is_card(fields.piece) and has_front(fields.piece) != has_back(fields.piece):
            side = "back" if has_front(fields.piece) else "front"
            yield Found(_named(demand), (place_of(fields.piece),), demand.path, sentence=side)


@RULES.rule(blocks=False)
def originals_are_brought(dossier: Dossier) -> Iterator[Found]:
    """A photo proves no original and no number of copies: they are counted at the counter."""
    if dossier.request.handed_in == "counter":
        return
    for demand, fields in dossier.used():
        requirement = demand.requirement
        if requirement.handling is Handling.SUBMIT and requirement.originals:
            values = {**_named(demand), "count": str(requirement.originals)}
            yield Found(values, (place_of(fields.piece),), demand.path)


@RULES.rule(blocks=False)
def copies_are_counted(dossier: Dossier) -> Iterator[Found]:
    """More than one copy is counted by hand."""
    for demand, fields in dossier.used():
        copies = demand.requirement.copies or 0
        if copies > 1:
            values = {**_named(demand), "count": str(copies)}
            yield Found(values, (place_of(fields.piece),), demand.path)


@RULES.rule(blocks=False)
def shown_papers_are_brought(dossier: Dossier) -> Iterator[Found]:
    """Papers that are only shown are brought along, not handed in."""
    for demand, fields in dossier.used():
        if demand.requirement.handling is Handling.PRESENT:
            yield Found(_named(demand), (place_of(fields.piece),), demand.path)


def _lacking_form(dossier: Dossier) -> Demand | None:
    return next((demand for demand in dossier.lacking() if demand.is_form), None)


def _by_title_alone(dossier: Dossier) -> Iterator[tuple[Demand, Fields]]:
    """The form that is lacking, and a paper with another code whose title says that it is for this
    procedure: of 'Đơn đăng ký' it says for what."""
    lacking = _lacking_form(dossier)
    for fields in dossier.spare:
        title = fields.piece.title
        if lacking and title and fields.piece.codes and _says_all(title, lacking, dossier):
            yield lacking, fields


def _says_all(title: Title, form: Demand, dossier: Dossier) -> bool:
    """Whether a title begins with the form's own name and goes on with words of the procedure's."""
    begins, more = bare(form.name), set(bare(dossier.procedure.name))
    words, rest = title.bare[: len(begins)], set(title.bare[len(begins) :])
    return words == begins and len(rest & more) > 1 and rest <= more


def findings_of(dossier: Dossier) -> Iterator[tuple[Rule, Found]]:
    """What every rule in force on the day found."""
    for rule in RULES.rules.values():
        if rule.since is None or rule.since <= dossier.submitted_on:
            yield from ((rule, found) for found in rule.check(dossier))


def _named(demand: Demand) -> dict[str, str]:
    return {"name": demand.name}


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _shown(kind: str, text: str) -> str:
    """Names and days as they stand, numbers masked."""
    if kind == "number" or kind == "owner_number":
        return masked(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return _day(date.fromisoformat(text))
    return text


def _is_card(piece: Piece) -> bool:
    best = piece.best
    return best is not None and best.kinds == {"identity_card"} and best.score >= STRONG


def _may_be_expired(demand: Demand) -> bool:
    """The record itself asks for the old paper: an expired licence, a lost card's copy."""
    text = folded(demand.name)
    return bool(re.search(r"qua (thoi )?han|het han|da cap|cap lan truoc|\bcu\b", text))


_AGE = re.compile(r"(?:khong qua|chua qua|trong vong|trong)\s*0?(\d{1,2})\s*(thang|ngay|nam)\b")
_DAYS = {"ngay": 1, "thang": 30.5, "nam": 365.25}
_BEFORE = re.compile(r"(?:cap|lap|co) truoc (?:ngay )?(\d{1,2})/(\d{1,2})/(\d{4})")


def _age_match(demand: Demand) -> re.Match[str] | None:
    return _AGE.search(folded(demand.name)) or _AGE.search(folded(demand.requirement.note or ""))


def _age_limit(demand: Demand) -> timedelta | None:
    match = _age_match(demand)
    return timedelta(days=int(match[1]) * _DAYS[match[2]] + 1) if match else None


def _limit_words(demand: Demand) -> str:
    match = _age_match(demand)
    words = {"ngay": "ngày", "thang": "tháng", "nam": "năm"}
    return f"{int(match[1])} {words[match[2]]}" if match else ""


def _deadline(demand: Demand) -> date | None:
    match = _BEFORE.search(folded(demand.name))
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None
