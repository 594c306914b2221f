"""Which requirements apply to this dossier: by its case, by answers, by the papers themselves.

What nothing tells is asked, at most three questions at a time, those first that decide most.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.dossier.assign import Match, Slot
from assistant.dossier.demands import Demand
from assistant.dossier.likeness import bare
from assistant.dossier.models import AskedOption, AskedQuestion, CheckRequest
from assistant.messages import Messages
from knowledge.procedure import COMMON_CASE, Case, Need, Procedure, Requirement
from knowledge.text import folded

MOST_QUESTIONS = 3
_FEW_CASES = 2  # up to here each case is asked by its own question
# Papers of everybody say nothing of the case.
_COMMON_KINDS = frozenset(
    {"identity_document", "identity_card", "passport", "application_form", "photo"}
    | {"residence_proof"}
)
_NOTE_ASKS = re.compile(r"\b(phai co|phai nop|nop kem|can ca|can co|ho so phai|kem)\b")


class Applies(StrEnum):
    """Whether a requirement applies to this dossier, and if not, why."""

    YES = "yes"
    CASE_UNKNOWN = "case_unknown"
    CONDITION_UNKNOWN = "condition_unknown"
    OTHER_CASE = "other_case"
    NOT_MET = "not_met"
    ONLINE = "online"
    REPLACED = "replaced"


@dataclass
class Needs:
    """What is known of a dossier's case: for each requirement whether it applies."""

    procedure: Procedure
    demands: Sequence[Demand]
    request: CheckRequest
    cases: dict[str, bool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cases = {case.id: self._told(case) for case in self.procedure.cases}

    def _told(self, case: Case) -> bool | None:
        """Whether the dossier is of this case, by what was asked and answered; None is unknown."""
        answers = self.request.answers
        if case.id == COMMON_CASE:
            return True
        if (answer := answers.get(f"case:{case.id}")) in {"yes", "no"}:
            return answer == "yes"
        chosen = self.request.case or answers.get("case")
        known = {c.id for c in self.procedure.cases} | {COMMON_CASE, "none"}
        if chosen in known:
            return case.id == chosen
        return None if _matters(case) else False

    def learn(self, found: Mapping[str, Match]) -> None:
        """A paper that only one case asks for tells that the dossier is of that case."""
        for demand in self.demands:
            match = found.get(demand.path)
            sure = match is not None and match.is_sure
            if sure and self.cases[demand.case.id] is None and self._tells_case(demand):
                self.cases[demand.case.id] = True

    def _tells_case(self, demand: Demand) -> bool:
        kind = demand.requirement.paper
        elsewhere = {d.requirement.paper for d in self.demands if d.case.id != demand.case.id}
        named = {bare(d.name) for d in self.demands if d.case.id != demand.case.id}
        unique = kind not in elsewhere if kind != "other" else bare(demand.name) not in named
        return demand.requirement.need is Need.ALWAYS and unique and kind not in _COMMON_KINDS

    def applies(self, demand: Demand) -> Applies:
        """Whether the requirement applies, by all that is known so far."""
        requirement, case = demand.requirement, self.cases[demand.case.id]
        if case is False:
            return Applies.OTHER_CASE
        if requirement.paper == "online_form":
            return Applies.ONLINE
        if self.request.answers.get(f"data:{demand.path}") == "yes":
            return Applies.REPLACED
        if case is None:
            return Applies.CASE_UNKNOWN
        if requirement.need is Need.CONDITIONAL:
            return self._by_condition(demand)
        return Applies.YES

    def _by_condition(self, demand: Demand) -> Applies:
        for other in self.demands:
            if other.path == demand.path or _same_condition(other, demand):
                answer = self.request.answers.get(other.path)
                if answer in {"yes", "no"}:
                    return Applies.YES if answer == "yes" else Applies.NOT_MET
        return Applies.CONDITION_UNKNOWN

    def possible(self) -> tuple[Demand, ...]:
        """Requirements of cases that are not ruled out."""
        return tuple(d for d in self.demands if self.cases[d.case.id] is not False)

    def slots(self) -> list[Slot]:
        """What papers can be used for: groups as one, the same paper in two cases as one."""
        rows: dict[tuple[object, ...], list[Demand]] = {}
        times: Counter[tuple[object, ...]] = Counter()
        for demand in self.demands:
            key = slot_key(demand)
            if self.applies(demand) not in {Applies.OTHER_CASE, Applies.ONLINE}:
                # Twice in one case are two papers, such as those of husband and wife.
                times[(demand.case.id, key)] += 1
                nth = 0 if _in_group(demand) else times[(demand.case.id, key)]
                rows.setdefault((nth, key), []).append(demand)
        return [Slot(tuple(row), max(map(self._weight, row))) for row in rows.values()]

    def _weight(self, demand: Demand) -> float:
        applies = self.applies(demand)
        if applies is Applies.YES:
            return 0.3
        if applies in {Applies.NOT_MET, Applies.REPLACED}:
            return 0.0
        return 0.15 if applies is Applies.CONDITION_UNKNOWN else 0.05

    def questions(self, absent: Sequence[Demand], messages: Messages) -> tuple[AskedQuestion, ...]:
        """The questions that decide most, of those that `absent` requirements leave open."""
        asked = [
            *self._case_questions(absent, messages),
            *self._condition_questions(absent, messages),
        ]
        return tuple(asked[:MOST_QUESTIONS])

    def replaceable(self, absent: Sequence[Demand], messages: Messages) -> list[AskedQuestion]:
        """Asks once of each paper that data may replace whether it does; no verdict hangs on it."""
        return [
            AskedQuestion(
                id=f"data:{demand.path}",
                text=messages.say(
                    "dossier.question.data",
                    name=demand.name,
                    words=demand.requirement.replaced_by_data,
                ),
                options=_yes_no(messages),
            )
            for demand in absent
            if demand.requirement.replaced_by_data
            and f"data:{demand.path}" not in self.request.answers
            and self.applies(demand) is Applies.YES
        ]

    def _case_questions(self, absent: Sequence[Demand], messages: Messages) -> list[AskedQuestion]:
        unknown = [case for case in self.procedure.cases if self.cases[case.id] is None]
        if len(unknown) > _FEW_CASES:
            return [_which_case(unknown, messages)]
        return [
            AskedQuestion(
                id=f"case:{case.id}",
                text=case.question or messages.say("dossier.question.case", name=case.name),
                options=_yes_no(messages),
            )
            for case in unknown
        ]

    def _condition_questions(
        self, absent: Sequence[Demand], messages: Messages
    ) -> list[AskedQuestion]:
        open_ = [d for d in absent if self.applies(d) is Applies.CONDITION_UNKNOWN]
        rows: dict[str, list[Demand]] = {}
        for demand in open_:
            rows.setdefault(folded(demand.requirement.condition or ""), []).append(demand)
        ordered = sorted(rows.values(), key=lambda row: (looked_up(row[0].requirement), -len(row)))
        return [_condition_question(row, messages) for row in ordered]


def slot_key(demand: Demand) -> tuple[object, ...]:
    """Requirements with one key are met by one paper."""
    requirement = demand.requirement
    if requirement.need is Need.ALTERNATIVE:
        return (demand.case.id, requirement.alternative_group)
    asked = (requirement.handling, requirement.form_code, requirement.certified)
    return (bare(demand.name), requirement.paper, *asked)


def _in_group(demand: Demand) -> bool:
    return demand.requirement.need is Need.ALTERNATIVE


def looked_up(requirement: Requirement) -> bool:
    """Whether the authority's own look-up decides, so that people learn it only at the counter."""
    return bool(re.search(r"\bkhong tra duoc\b", folded(requirement.condition or "")))


def _same_condition(one: Demand, other: Demand) -> bool:
    return (
        one.requirement.need is Need.CONDITIONAL
        and one.case.id == other.case.id
        and folded(one.requirement.condition or "") == folded(other.requirement.condition or "")
    )


def told_in_notes(case: Case) -> bool:
    """Whether a case asks for papers in its notes only, where they cannot be checked."""
    return not case.requirements and any(_NOTE_ASKS.search(folded(note)) for note in case.notes)


def _matters(case: Case) -> bool:
    return told_in_notes(case) or any(r.paper != "online_form" for r in case.requirements)


def _yes_no(messages: Messages) -> tuple[AskedOption, ...]:
    return tuple(
        AskedOption(value=value, label=messages.say(f"dossier.question.{value}"))
        for value in ("yes", "no")
    )


def _which_case(cases: Sequence[Case], messages: Messages) -> AskedQuestion:
    options = [AskedOption(value=case.id, label=case.name) for case in cases]
    none = AskedOption(value="none", label=messages.say("dossier.question.no_case"))
    return AskedQuestion(
        id="case", text=messages.say("dossier.question.which_case"), options=(*options, none)
    )


def _condition_question(row: Sequence[Demand], messages: Messages) -> AskedQuestion:
    requirement = row[0].requirement
    kind = "looked_up" if looked_up(requirement) else "condition"
    names = "; ".join(dict.fromkeys(demand.name for demand in row))
    text = messages.say(f"dossier.question.{kind}", condition=requirement.condition, names=names)
    return AskedQuestion(id=row[0].path, text=text, options=_yes_no(messages))
