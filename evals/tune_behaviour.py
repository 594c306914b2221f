"""python -m evals.tune_behaviour DATA_DIR: fits when to answer, ask back, decline and follow.

Plays every case of the files below in `questions/` through the steps that decide (not those that
word the answer) and climbs the thresholds one at a time. The score is the mean share of right
outcomes over kinds of cases, so that the many plain answers do not drown the rest, less what the
rates of single questions lack to their targets. `--only` climbs
some of the thresholds; the doubt is always grown anew. Run it after `python -m evals.tune`; the
test cases of `evals/cases` take no part.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from assistant.bootstrap import Tuning, read_tuning
from assistant.models import Answer, Question, Said, Status, Turn
from assistant.pipeline import Step
from assistant.steps.follow import follower
from assistant.steps.limits import limiter
from assistant.steps.resolve import resolver
from assistant.steps.route import route
from assistant.steps.understand import understand
from evals import grow_doubt
from evals.bench.questions import OWN, own_set
from evals.cases import Action, Case, read_cases
from evals.made_questions import made_questions
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.finder import Finder
from knowledge.index import IndexStore
from knowledge.reader import IndexReader
from knowledge.search import Found
from knowledge.settings import BUNDLED_MODEL

GRID: Mapping[str, Sequence[float]] = {
    "thresholds.found": (0.40, 0.44, 0.48, 0.51, 0.54, 0.57),
    "thresholds.off_topic_lead": (-0.09, -0.06, -0.03, 0.0, 0.03, 0.06),
    "thresholds.inside": (-2.0, -1.5, -1.0, -0.7, -0.4, -0.2, 0.0),
    "thresholds.two": (0.50, 0.55, 0.60, 0.65, 0.70),
    "follow.standalone": (0.50, 0.55, 0.60, 0.64, 0.68, 0.72, 0.76),
    "follow.correction": (0.60, 0.66, 0.72, 0.78, 0.84, 0.90),
    "follow.aside": (0.55, 0.62, 0.68, 0.75, 0.82),
    "follow.change": (0.0, 0.05, 0.10, 0.20, 0.30),
}
_ROUNDS = 2
# Of single questions, as in docs/behaviour.md: at least, at most.
_AT_LEAST = {"asked when due": grow_doubt.DUE + grow_doubt.SPARE, "helped": 0.95}
_AT_MOST = {"asked needlessly": 0.08, "refused": 0.03, "answered anyway": 0.02}
_FILES = (
    "behaviour_dev.jsonl",
    "choose_dev.jsonl",
    "twins_dev.jsonl",
    "talk_dev.jsonl",
    "follow_dev.jsonl",
    "asking_dev.jsonl",
    "everyday_dev.jsonl",
    "wishes_dev.jsonl",
    "trades_dev.jsonl",
)
_TALKS = "turns_dev.jsonl"  # climbed on; first words that all say a title teach no doubt
_HELD_OUT = "held-out"  # cases so tagged are only reported on
_DECLINED = {Status.OUT_OF_SCOPE, Status.NOT_FOUND, Status.REFUSED, Status.HANDOFF}
_TALK = {"carry", "correction", "drop", "return", "aside", "two", "pick"}


def main() -> int:
    """Fit and write; prints the shares by kind before and after."""
    parser = argparse.ArgumentParser(prog="python -m evals.tune_behaviour", description=__doc__)
    parser.add_argument("data_dir", type=Path, help="where the whole snapshot was ingested")
    parser.add_argument("--output", type=Path, default=BUNDLED_MODEL / "tuning.json")
    parser.add_argument("--only", nargs="*", choices=GRID, default=tuple(GRID), metavar="NAME")
    arguments = parser.parse_args()
    catalog = Catalog.open(f"sqlite:///{arguments.data_dir / 'motcua.db'}")
    reader = IndexReader(
        IndexStore(arguments.data_dir / "index"), load_embedder(str(BUNDLED_MODEL))
    )
    tuning = read_tuning(BUNDLED_MODEL)
    player = Player(RememberingFinder(reader, catalog, tuning), catalog)
    _tell("before", player, tuning)
    grid = {name: GRID[name] for name in arguments.only}
    best = climb(player, _with_doubt(player, tuning), grid)
    _tell("after", player, best)
    reader.close()
    catalog.close()
    stored = json.loads(arguments.output.read_text(encoding="utf-8"))
    stored |= {"thresholds": asdict(best.thresholds), "follow": asdict(best.follow)}
    arguments.output.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    trees = grow_doubt.stored(best.doubt)
    arguments.output.with_name("doubt.json").write_text(trees, encoding="utf-8")
    return 0


def _with_doubt(player: Player, tuning: Tuning) -> Tuning:
    made = made_questions(version.procedure for version in player.catalog.current())
    grown = grow_doubt.grow(player.grown_on, player.finder, made)
    sys.stdout.write(
        f"doubt, on questions its trees have not seen: asked when due {grown.asked_when_due:.3f}, "
        f"asked needlessly {grown.asked_needlessly:.3f}, from {grown.ask}; "
        f"order {grown.order:.3f}; {len(made)} questions made\n"
    )
    thresholds = dataclasses.replace(tuning.thresholds, ask=grown.ask)
    return dataclasses.replace(tuning, thresholds=thresholds, doubt=grown.doubt)


class RememberingFinder(Finder):
    """Searches each text once: thresholds change, what is found does not."""

    def __init__(self, reader: IndexReader, catalog: Catalog, tuning: Tuning) -> None:
        super().__init__(reader, catalog, tuning.weights)
        self._known: dict[tuple[str, int], Found] = {}

    def find(self, question: str, limit: int = 10) -> Found:
        """As `Finder.find`."""
        key = (question, limit)
        if key not in self._known:
            self._known[key] = super().find(question, limit)
        return self._known[key]


class _Past:
    """A conversation in memory, as `Conversations` keeps it."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def recall(self, conversation: str) -> tuple[Said, ...]:
        return tuple(self.said)


@dataclass(frozen=True)
class Outcome:
    """What the deciding steps decided."""

    status: Status
    codes: tuple[str, ...]
    options: tuple[str, ...]


class Player:
    """Plays the development cases under any thresholds."""

    def __init__(self, finder: Finder, catalog: Catalog) -> None:
        self.finder = finder
        self.catalog = catalog
        talks, written = read_cases([OWN / _TALKS]), read_cases([OWN / name for name in _FILES])
        self.held_out = [case for case in written if _HELD_OUT in case.tags]
        self.grown_on = [*_fitted_on(written), *_plain_answers()]
        self.cases = [*self.grown_on, *_fitted_on(talks)]
        self._played: dict[tuple[object, ...], Outcome] = {}

    def shares(self, tuning: Tuning) -> dict[str, float]:
        """Share of right outcomes by kind of case."""
        right: dict[str, list[bool]] = defaultdict(list)
        for case in self.cases:
            right[kind_of(case)].append(is_right(case, self._outcome_of(case, tuning)))
        return {kind: sum(found) / len(found) for kind, found in sorted(right.items())}

    def rates(self, tuning: Tuning, cases: Sequence[Case] = ()) -> dict[str, float]:
        """The rates of single questions that have a target, over `cases` or all that are climbed
        on."""
        told: dict[str, list[bool]] = defaultdict(list)
        for case in cases or self.cases:
            if len(case.turns) == 1:
                for name, holds in rates_of(case, self._outcome_of(case, tuning)).items():
                    told[name].append(holds)
        return {name: sum(found) / len(found) for name, found in sorted(told.items())}

    def score(self, tuning: Tuning) -> float:
        """What is climbed."""
        shares, rates = self.shares(tuning), self.rates(tuning)
        lack = sum(max(0.0, least - rates.get(name, least)) for name, least in _AT_LEAST.items())
        over = sum(max(0.0, rates.get(name, most) - most) for name, most in _AT_MOST.items())
        return sum(shares.values()) / len(shares) - lack - over

    def _outcome_of(self, case: Case, tuning: Tuning) -> Outcome:
        """Played once for what can change it: a single question follows nothing."""
        follow = tuning.follow if len(case.turns) > 1 else None
        key = (case.id, tuning.thresholds, follow, id(tuning.doubt))
        if key not in self._played:
            self._played[key] = self._play(case, tuning)
        return self._played[key]

    def _play(self, case: Case, tuning: Tuning) -> Outcome:
        past = _Past()
        steps = (
            understand,
            limiter(tuning.outside, self.finder.find, tuning.thresholds.sure, past.recall),
            route,
            follower(past, self.finder, tuning.follow, tuning.outside),
            resolver(self.finder, self.catalog, tuning.thresholds, tuning.doubt, tuning.outside),
        )
        outcome = Outcome(Status.NOT_FOUND, (), ())
        for text in case.turns:
            turn = Turn(
                Question(text=text, conversation=case.id, as_of=case.as_of), datetime.now(UTC)
            )
            answer = _decided(turn, steps)
            outcome = _outcome(turn, answer)
            past.said.insert(0, _said(turn, answer, outcome))
        return outcome


def _fitted_on(cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if _HELD_OUT not in case.tags]


@cache
def _plain_answers() -> tuple[Case, ...]:
    """Questions that are to be answered at once: asking back would be needless."""
    asked = (q for q in own_set("dev") if q.style)
    return tuple(
        Case(
            id=f"dev-{number}",
            turns=(question.text,),
            action=Action.ANSWER,
            codes=(question.code,),
            author="hand-b",
            tags=("plain",),
        )
        for number, question in enumerate(asked)
    )


def _decided(turn: Turn, steps: Sequence[Step]) -> Answer | None:
    return next((answer for step in steps if (answer := step(turn))), None)


def _outcome(turn: Turn, answer: Answer | None) -> Outcome:
    if answer is not None:
        return Outcome(answer.status, (), tuple(option.code for option in answer.options))
    return Outcome(Status.ANSWERED, tuple(version.code for version in turn.versions), ())


def _said(turn: Turn, answer: Answer | None, outcome: Outcome) -> Said:
    options = answer.options if answer else turn.options
    return Said(
        text=turn.question.text,
        status=outcome.status,
        codes=outcome.codes,
        facets=turn.facets,
        options=options,
    )


def kind_of(case: Case) -> str:
    """Which share a case counts in."""
    if talk := _TALK.intersection(case.tags):
        return min(talk)
    return "plain" if "plain" in case.tags else case.action.value


def is_right(case: Case, outcome: Outcome) -> bool:
    """Whether the decision is the one labelled; how the answer is worded plays no part."""
    if case.action is Action.DECLINE:
        return outcome.status in _DECLINED
    if case.action is Action.CHOOSE:
        return outcome.status is Status.NEEDS_CHOICE and set(case.codes) <= set(outcome.options)
    if "both" in case.tags:
        return set(case.codes) <= set(outcome.codes)
    return bool(outcome.codes) and outcome.codes[0] in case.codes


def rates_of(case: Case, outcome: Outcome) -> dict[str, bool]:
    """Which rates a single question counts in, and whether it counts for them."""
    asked = outcome.status is Status.NEEDS_CHOICE
    if case.action is Action.DECLINE:
        wrong = outcome.status is Status.ANSWERED or (asked and bool(outcome.options))
        return {"answered anyway": wrong}
    offered = outcome.options if asked else outcome.codes[:1]
    rates = {
        "helped": bool(set(offered) & set(case.codes)) or (asked and not case.codes),
        "refused": outcome.status in _DECLINED,
    }
    name = "asked when due" if case.action is Action.CHOOSE else "asked needlessly"
    return rates | {name: asked}


def climb(player: Player, tuning: Tuning, grid: Mapping[str, Sequence[float]] = GRID) -> Tuning:
    """Try every value of every threshold in turn and keep what raises the mean share."""
    best, score = tuning, player.score(tuning)
    for _ in range(_ROUNDS):
        for name, values in grid.items():
            for tried in _with(best, name, values):
                found = player.score(tried)
                if found > score:
                    best, score = tried, found
    return best


def _with(tuning: Tuning, name: str, values: Sequence[float]) -> Iterator[Tuning]:
    part, _, field = name.partition(".")
    for value in values:
        changed = dataclasses.replace(getattr(tuning, part), **{field: value})
        yield dataclasses.replace(tuning, **{part: changed})


def _tell(label: str, player: Player, tuning: Tuning) -> None:
    told = _listed(player.shares(tuning) | player.rates(tuning))
    held_out = _listed(player.rates(tuning, player.held_out))
    sys.stdout.write(f"{label}: score {player.score(tuning):.4f}; {told}\n")
    sys.stdout.write(f"{label}, {len(player.held_out)} cases held out: {held_out}\n")


def _listed(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in shares.items())


if __name__ == "__main__":
    sys.exit(main())
