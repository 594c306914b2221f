"""Resolve: which procedure is meant; one, a choice of at most five, or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.messages import messages_for
from assistant.models import Answer, Block, BlockKind, Line, Option, Status, Turn
from assistant.steps.asides import without_paper
from assistant.steps.choose import asked_by_head, asked_in_doubt
from assistant.steps.doubt import NO_DOUBT, Doubt
from assistant.steps.heads import title_said
from assistant.steps.labels import option_of
from assistant.steps.limits import leans
from assistant.steps.outside import ABSENT, Outside, Verdict
from assistant.steps.premise import confirms, searchable
from assistant.steps.route import spoken
from assistant.steps.two import two_in_one
from knowledge.catalog import Catalog, Version
from knowledge.choices import MOST_WAYS
from knowledge.finder import Finder
from knowledge.search import Found
from knowledge.text import composed, folded_words

_CODE = re.compile(r"\b\d\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[A-Za-z]\d{2}|\.[A-Za-z]\d{2})?\b")


@dataclass(frozen=True)
class Thresholds:
    """When to answer, ask back, offer and give up; cosines and fused scores of `knowledge.search`.

    From the doubt `ask` on a question is asked back, in a talk only from `ask_again` above that:
    what was spoken of before tells too; and up to the margin `inside` even where no procedure is
    as near as `found`. `two` is how well each half of a message must stand for itself; from `sure`
    on a procedure is meant, whatever kind of words are used (limits).
    """

    found: float = 0.42
    off_topic_lead: float = 0.0
    rival_gap: float = 0.12
    ask: float = 0.45
    ask_again: float = 0.15
    inside: float = -0.7
    two: float = 0.60
    sure: float = 0.55


# What is said to a topic of off_topic.yaml or a kind of outside.yaml; to all others, that it is out
# of scope, and to those that begin with absent_, which field is not stored.
_DECLINED = {
    "distress": (Status.HANDOFF, "distress"),
    "personal_data_of_others": (Status.REFUSED, "personal"),
    "dossier_status_lookup": (Status.HANDOFF, "dossier_status"),
    "other_countries_procedures": (Status.OUT_OF_SCOPE, "other_country"),
    "abroad": (Status.OUT_OF_SCOPE, "other_country"),
    "private_lawsuits_and_divorce_court": (Status.OUT_OF_SCOPE, "court"),
    "court": (Status.OUT_OF_SCOPE, "court"),
    "private_services": (Status.OUT_OF_SCOPE, "private_service"),
    "unlawful_help": (Status.REFUSED, "unsafe"),
    "instructions_to_the_bot": (Status.REFUSED, "role"),
    "no_such_procedure": (Status.NOT_FOUND, "not_found"),
    "imaginary_permits": (Status.NOT_FOUND, "not_found"),
}
_CLEARLY = 0.15  # cosine
_HALF = 0.5  # of the doubt from which on to ask
_NAMES_IT = 0.5  # a cosine from which on the nearest topic is what is meant
Pick = Callable[[str, Mapping[str, str]], str | None]
Resolve = Callable[[Turn], Answer | None]


def resolver(
    finder: Finder,
    catalog: Catalog,
    thresholds: Thresholds,
    doubt: Doubt = NO_DOUBT,
    outside: Outside | None = None,
    pick: Pick | None = None,
) -> Resolve:
    """The step, over what it needs; without `outside` the nearest other topic decides alone, and
    without a grown `doubt` only known head words are asked back. `pick` says which candidate is
    meant before people are asked, where there is a language model."""

    def resolve(turn: Turn) -> Answer | None:
        if codes := _settled_codes(turn, catalog):
            return _settle(turn, catalog, codes)
        turn.named = without_paper(turn.words)
        found = turn.found or finder.find(searchable(turn.words))
        turn.hits = list(found.hits)
        turn.degraded = found.degraded is not None
        verdict = _judged(turn, found, thresholds, outside)
        turn.because(f"phạm vi {verdict.margin:+.2f} (trên 0 là ngoài phạm vi)")
        if not turn.completed and (answer := asked_by_head(turn, catalog, found.hits)):
            return answer
        within = not verdict.is_outside
        if within and (codes := two_in_one(turn.words, found, finder, thresholds.two)):
            return _settle(turn, catalog, codes)
        if answer := _declined(turn, found, verdict) or _unfitting(turn, found, verdict):
            return answer
        doubted = _doubt_in(turn, found, doubt)
        if answer := _asked(turn, catalog, (found, verdict), thresholds, doubted):
            code = _picked(turn, answer, pick)
            return _settle(turn, catalog, (code,)) if code else answer
        if answer := _hardly(turn, (found, verdict), thresholds, doubted):
            return answer
        _assume(turn, thresholds)
        return _settle(turn, catalog, (turn.hits[0].code,))

    return resolve


def _picked(turn: Turn, asked: Answer, pick: Pick | None) -> str | None:
    """The one option that a language model takes for meant; none that is not an option."""
    names = {hit.code: hit.name for hit in turn.hits}
    options = {option.code: names.get(option.code, option.label) for option in asked.options}
    code = pick(turn.words, options) if pick and len(options) > 1 else None
    if code not in options:
        return None
    turn.because(f"mô hình ngôn ngữ chọn {code}")
    turn.assumed = options[code]
    turn.options = tuple(option for option in asked.options if option.code != code)
    return code


def _settled_codes(turn: Turn, catalog: Catalog) -> tuple[str, ...]:
    """Procedures that were chosen, named by their code, or meant by a follow-up."""
    code = turn.question.code or _code_in(turn.text)
    codes = (code,) if code else turn.codes
    return tuple(code for code in codes if catalog.knows(code))


def _code_in(text: str) -> str | None:
    match = _CODE.search(text)
    return match[0].upper() if match else None


def _settle(turn: Turn, catalog: Catalog, codes: Sequence[str]) -> Answer | None:
    """Fetch the versions in force; say so when there was none on the day asked about."""
    found = [version for code in codes if (version := catalog.get(code, turn.question.as_of))]
    if not found:
        return _not_in_force(turn, catalog.history(codes[0]))
    turn.versions = tuple(found)
    return None


def _not_in_force(turn: Turn, history: list[Version]) -> Answer:
    starts = [version.valid_from for version in history if version.valid_from]
    say = messages_for(turn.language).say
    sentence = say(
        "not_in_force", day=_day(turn.question.as_of), first=_day(min(starts, default=None))
    )
    block = Block(kind=BlockKind.NOTE, lines=(Line(text=sentence),))
    return Answer(status=Status.NOT_FOUND, text=sentence, blocks=(block,), language=turn.language)


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "?"


def _judged(turn: Turn, found: Found, thresholds: Thresholds, outside: Outside | None) -> Verdict:
    """Whether the question is outside of all procedures; exact words alone cannot tell."""
    if outside and not found.degraded:
        return outside.judge(turn.words, found)
    best = found.hits[0].similarity if found.hits else 0.0
    lead = found.off_topic_similarity - best - thresholds.off_topic_lead
    lack = -1.0 if found.degraded else thresholds.found - best
    return Verdict(max(lead, lack))


def _doubt_in(turn: Turn, found: Found, doubt: Doubt) -> float:
    """How likely several fit; not at all when a whole title was said: what is asked for by its name
    is answered, and its variants are offered."""
    if turn.completed or found.degraded or title_said(turn.words, found.hits):
        return 0.0
    return doubt.of(searchable(turn.words), found.hits)


def _reaches(turn: Turn, doubted: float, bound: float) -> bool:
    if doubted >= bound:
        turn.because(f"nhiều thủ tục cùng hợp (ngờ {doubted:.2f})")
    return doubted >= bound


def _asked(
    turn: Turn,
    catalog: Catalog,
    judged: tuple[Found, Verdict],
    thresholds: Thresholds,
    doubted: float,
) -> Answer | None:
    """One question back when several fit; where all are far, they are offered as not found."""
    found, verdict = judged
    bound = thresholds.ask + thresholds.ask_again * bool(turn.meant)
    if turn.completed or not _reaches(turn, doubted, bound):
        return None
    if _is_far(turn, found, verdict, thresholds):
        return _not_found(turn, found)
    return asked_in_doubt(turn, catalog)


def _hardly(
    turn: Turn,
    judged: tuple[Found, Verdict],
    thresholds: Thresholds,
    doubted: float,
) -> Answer | None:
    """What is too unlike to choose from, and the first hardly fits: with half the doubt it is more
    often none of ours than the one meant, and is offered as not found. What a question takes for
    granted is said of no procedure, and is corrected."""
    found, verdict = judged
    if turn.completed or turn.meant or not verdict.fits_hardly:
        return None
    if confirms(turn.words) or not _says_all(turn):
        return None
    if not _reaches(turn, doubted, thresholds.ask * _HALF):
        return None
    turn.because(f"mà thủ tục đầu chỉ tạm khớp ({verdict.misfit:+.2f})")
    return _not_found(turn, found)


def _says_all(turn: Turn) -> bool:
    """Whether fit can be read off the words: they lean on nothing said before and, as who states a
    sum speaks of a fee, which the record corrects, take nothing for granted."""
    return not leans(turn) and searchable(turn.words) == composed(turn.words)


def _is_far(turn: Turn, found: Found, verdict: Verdict, thresholds: Thresholds) -> bool:
    """Whether several far procedures are no choice: 'cá kho tộ mần răng cho thấm' fits them all
    alike. What is clearly within scope is asked back however short it is: 'giấy tờ xe của em'."""
    nearest = found.hits[0].similarity
    far = nearest < thresholds.found and verdict.margin > thresholds.inside
    if far:
        turn.because(f"nhưng thủ tục gần nhất chỉ {nearest:.3f}")
    return far


def _declined(turn: Turn, found: Found, verdict: Verdict) -> Answer | None:
    if not found.hits or not any(map(str.isalpha, turn.words)):
        return spoken(turn, Status.NOT_FOUND, "not_found")
    if not verdict.is_outside:
        return None
    topic = _topic(turn, found, verdict)
    turn.because(
        f"ngoài phạm vi ({verdict.margin:+.2f}): lời thuộc loại {', '.join(verdict.kinds) or '–'}; "
        f"chủ đề gần nhất “{found.off_topic}” ({found.off_topic_similarity:.3f}), "
        f"thủ tục gần nhất ({found.hits[0].similarity:.3f})"
    )
    if topic is None:
        return _not_found(turn, found)
    if topic.startswith(ABSENT):
        return _absent(turn, topic)
    status, key = _DECLINED.get(topic, (Status.OUT_OF_SCOPE, "out_of_scope"))
    return spoken(turn, status, key)


def _unfitting(turn: Turn, found: Found, verdict: Verdict) -> Answer | None:
    """What sounds like a procedure and is none that is stored: there is nothing to choose from.
    The nearest field is told."""
    if not verdict.fits_nothing or not _says_all(turn):
        return None
    turn.because(f"không thủ tục nào khớp ({verdict.misfit:+.2f})")
    near = found.off_topic or ""
    named = next(iter(verdict.kinds), near if found.off_topic_similarity >= _NAMES_IT else "")
    if named.startswith(ABSENT):
        return _absent(turn, named)
    status, key = _DECLINED.get(named, (Status.NOT_FOUND, "not_found"))
    if status is not Status.OUT_OF_SCOPE:
        return _in_no_record(turn, found)
    return spoken(turn, status, key)


def _in_no_record(turn: Turn, found: Found) -> Answer:
    """Nothing fits: whom to ask, and which field is nearest."""
    say = messages_for(turn.language).say
    return _without_answer(turn, say("not_found"), say("nearest_field", field=found.hits[0].field))


def _without_answer(turn: Turn, *sentences: str, options: tuple[Option, ...] = ()) -> Answer:
    lines = tuple(Line(text=sentence) for sentence in sentences)
    return Answer(
        status=Status.NOT_FOUND,
        text="\n".join(sentences),
        blocks=(Block(kind=BlockKind.TEXT, lines=lines),),
        options=options,
        language=turn.language,
    )


def _topic(turn: Turn, found: Found, verdict: Verdict) -> str | None:
    """What a question outside is about: what its words name, else the nearest other topic; None
    when a procedure is clearly nearer than that. A lone word is near whatever line holds it, and
    names no topic."""
    if verdict.kinds:
        return verdict.kinds[0]
    behind = found.hits[0].similarity - found.off_topic_similarity
    if behind >= _CLEARLY:
        return None
    names_it = found.off_topic_similarity >= _NAMES_IT and len(folded_words(turn.words)) > 1
    return found.off_topic if names_it else "another"


def _absent(turn: Turn, topic: str) -> Answer:
    """A real procedure whose records are not stored: which field it is, and whom to ask."""
    say = messages_for(turn.language).say
    field = say(f"absent.{topic.removeprefix(ABSENT)}")
    return _without_answer(turn, say("absent_field", field=field))


def _not_found(turn: Turn, found: Found) -> Answer:
    """Nothing fits well; what is nearest is offered, not answered."""
    say = messages_for(turn.language).say
    options = tuple(option_of(hit, turn.language) for hit in found.hits[:3])
    return _without_answer(turn, say("not_found"), say("near"), options=options)


def _assume(turn: Turn, thresholds: Thresholds) -> None:
    """Name the variant assumed and offer its near rivals."""
    best, *rest = turn.hits
    rivals = [hit for hit in rest if best.score - hit.score < thresholds.rival_gap]
    turn.because(f"điểm cao nhất {best.score:.3f}, {len(rivals)} thủ tục kề bên")
    if rivals:
        turn.assumed = best.name
        turn.options = tuple(option_of(hit, turn.language) for hit in rivals[: MOST_WAYS - 1])
