"""Fitting: whether any of the procedures found is what is asked for.

'Cấp lại thẻ cử tri' sounds like a procedure and is near the loss of an identity card, but the thing
itself is in none of the procedures found, and they have little in common. What is offered then is
no choice. Fitted weights add up how far outside the topic is (outside.py), how much of the words
the first procedure says (knowledge/coverage.py), and how the first few go together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.steps.content import content_of
from assistant.steps.heads import title_said
from assistant.steps.titles import likeness, title_words
from assistant.steps.understand import language_of
from knowledge.search import Found, Hit

_FEW = 5  # candidates
_MANY = 10  # words
_DEEP = -6.0  # a margin within scope; more than this says no more
BIAS = "bias"
FITS = -1.0  # a misfit that is none


def misfit(weights: Mapping[str, float], text: str, found: Found, margin: float) -> float:
    """Above 0 when no procedure found fits. What is asked for by its name fits, whatever else is
    said; without weights, all do."""
    if not weights or not is_weighed(text, found):
        return FITS
    values = fit_evidence(text, found, margin)
    weighed = sum(weights[name] * value for name, value in values.items())
    return round(weights[BIAS] + weighed, 4)


def is_weighed(text: str, found: Found) -> bool:
    """Whether there is something to weigh: not where the whole title of a procedure was said."""
    return bool(found.hits) and not title_said(text, found.hits)


def fit_evidence(text: str, found: Found, margin: float) -> dict[str, float]:
    """The numbers that are weighed; `margin` is how far outside the topic is."""
    best, *rest = few = found.hits[:_FEW]
    content = content_of(text)
    return {
        "margin": max(margin, _DEEP),
        **_neighbourhood(found),
        **vars(found.coverage),
        "record": best.evidence.get("passage", 0.0),
        "phrase_words": best.evidence.get("phrase_words", 0.0),
        "fields": float(len({hit.field for hit in few})),
        "likeness": max((likeness(best.name, hit.name) for hit in rest[:2]), default=1.0),
        "content": float(min(len(content), _MANY)),
        "in_no_title": float(min(_in_no_title(content, few), _MANY)),
        "english": float(language_of(text) == "en"),
    }


def _neighbourhood(found: Found) -> dict[str, float]:
    return {
        "nearest": found.hits[0].similarity,
        "other_topic": found.off_topic_similarity,
        "other_topics": found.off_topic_mean,
        "neighbours": found.nearest_mean,
        "share": found.off_topic_share,
    }


def _in_no_title(content: Sequence[str], few: Sequence[Hit]) -> int:
    """How many words the titles of the first three lack."""
    titles = frozenset[str]().union(*(title_words(hit.name) for hit in few[:3]))
    return len(set(content) - titles)
