"""What a failure at a provider of language models means: try again, wait, or leave it."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.errors import LanguageModelError


def failure_of(error: BaseException, limit: float) -> LanguageModelError:
    """The error to raise for whatever a provider's library raised within `limit` seconds.

    It says no more than the kind of error: a provider's own words may quote the prompt or the key.
    """
    if isinstance(error, TimeoutError):
        return LanguageModelError(f"The language model took longer than {limit:.1f} s.")
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    kind = f"HTTP {status}" if isinstance(status, int) else type(error).__name__
    return LanguageModelError(
        f"The language model could not be asked ({kind}).",
        passing=_is_passing(error, status),
        after=_wait_asked(error),
    )


def _is_passing(error: BaseException, status: object) -> bool:
    """Too many requests, a failure of the server, or a connection that broke."""
    if isinstance(status, int):
        return status == 429 or status >= 500
    causes = list(_causes(error))
    return any(
        isinstance(cause, OSError)
        or getattr(cause, "is_retryable", False)
        or type(cause).__name__ in ("RemoteProtocolError", "ClientPayloadError")
        for cause in causes
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _wait_asked(error: BaseException) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    asked = str(headers.get("retry-after", ""))
    return float(asked) if asked.replace(".", "", 1).isdigit() else 0.0
