"""What a report shows on a screen: numbers of people masked, places on pages as addresses."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from assistant.dossier.models import Evidence, FoundField, Report
from assistant.messages import messages_for
from assistant.models import Language

# Not after a point: that would be the tail of a confidence.
_NUMBER = re.compile(r"(?<![\d.])\d{9}(?:\d{3})?(?!\d)")


def masked_report(report: Report) -> Report:
    """The report with identity numbers cut to their last three digits, wherever they stand."""
    text = _NUMBER.sub(lambda match: "•" * (len(match[0]) - 3) + match[0][-3:], _json(report))
    return Report.model_validate_json(text)


def _json(report: Report) -> str:
    return report.model_dump_json()


def field_name(field: FoundField, language: Language) -> str:
    """What a field is called on a screen."""
    return messages_for(language).sentences.get(f"dossier.field.{field.name}", field.name)


def field_value(field: FoundField, language: Language) -> str:
    """A value that was read, or whether a mark was seen."""
    return messages_for(language).sentences.get(f"dossier.seen.{field.value}", field.value)


def page_link(dossier: str, place: Evidence) -> str:
    """Where the picture of a page is."""
    query = urlencode({"file": place.file, "page": place.page}, quote_via=quote)
    return f"/api/v1/dossiers/{dossier}/pages?{query}"


def frame(place: Evidence) -> dict[str, str] | None:
    """The box as attributes of an SVG rectangle on a page of 100 by 100, with a little room."""
    if place.box is None:
        return None
    left, top, right, bottom = (100 * share for share in place.box)
    x, y = max(left - 1, 0), max(top - 1, 0)
    sides = {"x": x, "y": y, "width": min(right + 1, 100) - x, "height": min(bottom + 1, 100) - y}
    return {name: f"{value:.2f}" for name, value in sides.items()}
