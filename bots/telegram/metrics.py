"""Figures for Prometheus; none of them tells who wrote or what."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bots.telegram.inbox import Inbox
from bots.telegram.outbox import Outbox


class Metrics:
    """Counts what happens; what waits is read from the database when asked for."""

    def __init__(self, inbox: Inbox, outbox: Outbox) -> None:
        self.registry = CollectorRegistry()
        self._updates = Counter(
            "motcua_telegram_updates",
            "Updates by what became of them: stored, known, turned_away, handled, failed, "
            "set_aside, overtaken",
            ["result"],
            registry=self.registry,
        )
        self._sends = Counter(
            "motcua_telegram_sends",
            "Calls by result: sent, busy, retry, gone, moved, refused, stale, locked_out",
            ["result"],
            registry=self.registry,
        )
        self.registry.register(_Waiting(inbox, outbox))

    def count_update(self, result: str, number: int = 1) -> None:
        """Updates with one result."""
        self._updates.labels(result).inc(number)

    def count_send(self, result: str) -> None:
        """A call with its result."""
        self._sends.labels(result).inc()

    def serve(self, host: str, port: int) -> Callable[[], None]:
        """Answer on a port until the returned function is called."""
        server, thread = start_http_server(port, host, self.registry)

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return close


class _Waiting(Collector):
    def __init__(self, inbox: Inbox, outbox: Outbox) -> None:
        self._inbox = inbox
        self._outbox = outbox

    def collect(self) -> Iterator[Metric]:
        backlog = self._inbox.backlog()
        for name, told, value in (
            ("motcua_telegram_waiting_updates", "Updates without an answer", backlog.waiting),
            ("motcua_telegram_lag_seconds", "Age of the oldest of them", backlog.lag),
            ("motcua_telegram_outbox_messages", "Messages not yet sent", self._outbox.depth()),
        ):
            yield GaugeMetricFamily(name, told, value)

    def describe(self) -> Iterator[Metric]:
        yield from ()
