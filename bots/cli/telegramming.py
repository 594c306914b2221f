"""`motcua telegram`: the bot, by polling or webhook, with the web beside it when asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bots.cli.serving import at_once, listen
from bots.cli.starting import start_warm
from bots.telegram.errors import CannotStart
from bots.telegram.running import Incoming, Menus, run
from bots.telegram.sends import Handle, Tools
from bots.telegram.serving import HttpServer
from bots.telegram.settings import TelegramSettings
from bots.telegram.webhook import App, Webhook
from knowledge.settings import KnowledgeSettings, read_settings

_PATH = "/telegram/webhook"
Store = Callable[[list[dict[str, Any]]], "Future[Any]"]


@dataclass(frozen=True)
class Ways:
    """How updates come in, where we listen, and how many answer."""

    webhook: str | None
    with_web: bool
    host: str
    port: int
    workers: int | None = None


def run_telegram(knowledge: KnowledgeSettings, ways: Ways) -> None:
    """Run the bot until it is told to stop; raises CannotStart with a sentence."""
    settings = read_settings(TelegramSettings)
    if ways.workers is not None:
        settings = settings.model_copy(update={"workers": ways.workers})
    url = _webhook_url(ways.webhook, settings)
    close: Callable[[], None] = _nothing
    web: App | None = None
    if ways.with_web:
        web, close = _web(knowledge)
    server = _server(ways, url, settings, web) if url or ways.with_web else None
    sys.stderr.write("Một Cửa trên Telegram (Ctrl+C để dừng)\n")
    try:
        incoming = Incoming(url, server)
        run(_conversation, settings, knowledge.sql_url, incoming, _menus)
    finally:
        close()


def _conversation(tools: Tools) -> Handle:
    """Imported late: a wrong token is told before the model is loaded. Warm when it returns: an
    update that is taken only to wait for the index would be tried once less."""
    from bots.telegram.wiring import open_conversation

    return open_conversation(tools, start_warm)


def _menus() -> Menus:
    from bots.telegram.commands import command_menus

    return command_menus()


def _nothing() -> None:
    return


def _webhook_url(url: str | None, settings: TelegramSettings) -> str | None:
    """The address for Telegram, with a path of its own."""
    if url is None:
        return None
    parts = urlsplit(url)
    schemes = ("https", "http") if settings.is_local else ("https",)
    if parts.scheme not in schemes or not parts.netloc:
        raise CannotStart(f"Telegram chỉ gọi địa chỉ https, ví dụ https://bot.example.vn{_PATH}")
    return parts._replace(path=_PATH).geturl() if parts.path in ("", "/") else url


def _web(knowledge: KnowledgeSettings) -> tuple[App, Callable[[], None]]:
    from assistant.bootstrap import build_assistant, build_dossiers
    from bots.web.app import create_app

    assistant = build_assistant(knowledge)
    dossiers = build_dossiers(knowledge, assistant.catalog)

    def close() -> None:
        dossiers.close()
        assistant.close()

    return create_app(assistant, dossiers, at_once(assistant)), close


def _server(
    ways: Ways, url: str | None, settings: TelegramSettings, web: App | None
) -> Callable[[Store], HttpServer]:
    listener = listen(ways.host, ways.port)
    if url is None:
        assert web is not None
        only_web = web
        return lambda _: HttpServer(only_web, listener)
    path = urlsplit(url).path

    def server(store: Store) -> HttpServer:
        return HttpServer(Webhook(path, settings.webhook_secret, store, web), listener)

    return server
