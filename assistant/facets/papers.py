"""Papers and forms: what to hand in, what to show, how many of each, for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.facets.telling import Telling, sentence
from assistant.models import Block, BlockKind, Facet, Line
from knowledge.papers import paper_names
from knowledge.procedure import COMMON_CASE, Case, Handling, Need, Requirement

Placed = tuple[str, Requirement]


def documents(telling: Telling) -> list[Block]:
    """The papers of everybody first, then what each case adds, then notes."""
    procedure = telling.procedure
    if not any(case.requirements for case in procedure.cases):
        return _without_table(telling)
    blocks: list[Block] = []
    for c, case in enumerate(procedure.cases):
        if _is_told(telling, case):
            placed = [(f"cases[{c}].requirements[{r}]", p) for r, p in enumerate(case.requirements)]
            blocks += _case_blocks(telling, case, f"cases[{c}]", placed)
    return blocks + _notes(telling)


def _is_told(telling: Telling, case: Case) -> bool:
    """Everybody's papers always; whoever is in none of the cases asked about may still be in one
    that the record asks no question for."""
    if case.id == COMMON_CASE or case.id == telling.case:
        return True
    if telling.case is None:
        return case.id not in telling.untold
    return telling.case == COMMON_CASE and not case.question


def _without_table(telling: Telling) -> list[Block]:
    """A source that only describes the papers in words, or not at all."""
    lines = [
        telling.line(note, f"cases[{c}].notes[{n}]")
        for c, case in enumerate(telling.procedure.cases)
        for n, note in enumerate(case.notes)
    ]
    if not lines:
        return telling.empty(Facet.DOCUMENTS, "documents.empty")
    title = telling.say("documents.in_words")
    return [Block(kind=BlockKind.NOTE, facet=Facet.DOCUMENTS, title=title, lines=tuple(lines))]


def _case_blocks(telling: Telling, case: Case, path: str, placed: list[Placed]) -> Iterator[Block]:
    heading = None if case.id == COMMON_CASE else telling.say("documents.case", name=case.name)
    groups: list[tuple[str, Callable[[Requirement], bool]]] = [
        ("submit", lambda p: p.handling is Handling.SUBMIT and p.need is Need.ALWAYS),
        ("alternative", lambda p: p.need is Need.ALTERNATIVE),
        ("conditional", lambda p: p.handling is Handling.SUBMIT and p.need is Need.CONDITIONAL),
        ("present", lambda p: p.handling is Handling.PRESENT and p.need is not Need.ALTERNATIVE),
    ]
    for key, belongs in groups:
        members = [(where, paper) for where, paper in placed if belongs(paper)]
        for part in _alternatives(members) if key == "alternative" else [members]:
            if part:
                title = " — ".join(filter(None, (heading, telling.say(f"documents.{key}"))))
                yield _block(title, [_paper_line(telling, *one) for one in part])
    if case.notes:
        title = " — ".join(filter(None, (heading, telling.say("documents.notes"))))
        yield _note_block(telling, title, f"{path}.notes", case.notes)


def _alternatives(members: list[Placed]) -> list[list[Placed]]:
    groups: dict[str | None, list[Placed]] = {}
    for placed in members:
        groups.setdefault(placed[1].alternative_group, []).append(placed)
    return list(groups.values())


def _block(title: str, lines: list[Line]) -> Block:
    return Block(kind=BlockKind.LIST, facet=Facet.DOCUMENTS, title=title, lines=tuple(lines))


def _notes(telling: Telling) -> list[Block]:
    notes = telling.procedure.notes
    if not notes:
        return []
    return [_note_block(telling, telling.say("documents.notes"), "notes", notes)]


def _note_block(telling: Telling, title: str, path: str, notes: tuple[str, ...]) -> Block:
    lines = tuple(telling.line(note, f"{path}[{n}]") for n, note in enumerate(notes))
    return Block(kind=BlockKind.NOTE, facet=Facet.DOCUMENTS, title=title, lines=lines)


def _paper_line(telling: Telling, path: str, paper: Requirement) -> Line:
    """'Giấy chứng sinh: 1 bản chính (khi …). Ghi chú.'"""
    head = f"{_name(telling, paper)}: {_counts(telling, paper)}"
    details = filter(None, (_condition(telling, paper), _form(telling, paper)))
    text = "; ".join([head, *details])
    remarks = [paper.replaced_by_data, paper.note]
    if paper.issuer:
        remarks.insert(0, telling.say("documents.issuer", issuer=paper.issuer))
    told = [part.rstrip(" .") for part in (text, *remarks) if part]
    return telling.line(sentence(". ".join(told)) if len(told) > 1 else text, path)


def _name(telling: Telling, paper: Requirement) -> str:
    """In English the kind of paper, with the Vietnamese name in brackets."""
    name = paper.name.rstrip(" .;:")
    english = paper_names("en").get(paper.paper)
    if telling.messages.language == "vi" or english is None or paper.paper == "other":
        return name
    return f"{english} ({name})"


def _counts(telling: Telling, paper: Requirement) -> str:
    if paper.originals is None and paper.copies is None:
        return telling.say("documents.no_count")
    parts = [
        telling.say(f"documents.{key}", count=count)
        for key, count in (("original", paper.originals), ("copy", paper.copies))
        if count
    ]
    text = ", ".join(parts) or telling.say("documents.no_count")
    return f"{text} ({telling.say('documents.certified')})" if paper.certified else text


def _condition(telling: Telling, paper: Requirement) -> str | None:
    """The condition, unless the name (of a portal record) already begins with it."""
    if not paper.condition or paper.name.startswith(paper.condition):
        return None
    key = "documents.only_if" if paper.need is Need.CONDITIONAL else "documents.when"
    return telling.say(key, condition=paper.condition)


def _form(telling: Telling, paper: Requirement) -> str | None:
    code = paper.form_code or paper.form_file
    return telling.say("documents.form", code=code) if code and code not in paper.name else None


def forms(telling: Telling) -> list[Block]:
    """Papers that have a form, with its code or file; said so where the record names no code."""
    papers = [
        (path, paper)
        for path, _, paper in telling.procedure.requirements()
        if paper.form_code or paper.form_file or paper.paper == "application_form"
    ]
    lines = [telling.line(_form_text(telling, paper), path) for path, paper in papers]
    unique = {line.text: line for line in lines}
    if not unique:
        return telling.empty(Facet.FORMS, "forms.empty")
    if not any(paper.form_code or paper.form_file for _, paper in papers):
        unique[""] = telling.line(telling.say("forms.no_code", who=telling.who()))
    return telling.block(Facet.FORMS, unique.values())


def _form_text(telling: Telling, paper: Requirement) -> str:
    form = ", ".join(filter(None, (paper.form_code, paper.form_file)))
    return ": ".join(filter(None, (_name(telling, paper), form)))
