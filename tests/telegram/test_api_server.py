"""The Bot API server of our own refuses what Telegram refuses, seen through the real library."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import telegram
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from bots.telegram.api import Line, close_bot, open_bot
from bots.telegram.errors import FileRefused
from bots.telegram.files import FileFetcher
from evals.telegram_server import Fault, TelegramServer
from tests.apart import run_apart
from tests.telegram.conftest import settings_for

Call = Callable[[telegram.Bot], Awaitable[Any]]


def made(api: TelegramServer, call: Call, **values: Any) -> Any:
    async def make() -> Any:
        bot = open_bot(settings_for(api, **values))
        try:
            return await call(bot)
        finally:
            await close_bot(bot)

    return run_apart(make())


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "a", **button}]]}


def say(text: str, **values: Any) -> Call:
    return lambda bot: bot.send_message(1, text, api_kwargs=values)


@pytest.fixture(autouse=True)
def _people(api: TelegramServer) -> None:
    api.state.chats.add(1)


@pytest.mark.parametrize(
    "text", ["x" * 4096, "<b>đậm</b> &lt; <a href='https://a.example'>b</a>", "😀" * 2048]
)
def test_what_fits_is_taken(api: TelegramServer, text: str) -> None:
    message = made(api, say(text, parse_mode="HTML"))

    assert message.message_id
    assert api.sent(1)[0].text == text


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (say("x" * 4097), "too long"),
        (say("😀" * 2049), "too long"),
        (say(" "), "empty"),
        (say("<b>a", parse_mode="HTML"), "parse entities"),
        (say("<b><i>a</b></i>", parse_mode="HTML"), "parse entities"),
        (say("1 < 2", parse_mode="HTML"), "parse entities"),
        (say("<table>a</table>", parse_mode="HTML"), "parse entities"),
        (say("a", reply_markup=keyboard(callback_data="x" * 65)), "BUTTON_DATA_INVALID"),
        (say("a", reply_markup=keyboard()), "exactly one"),
        (say("a", reply_markup=keyboard(url="javascript:1")), "URL is invalid"),
        (say("a", reply_parameters={"message_id": 9}), "replied not found"),
        (lambda bot: bot.send_message(2, "a"), "chat not found"),
        (lambda bot: bot.edit_message_text("a", 1, 9), "to edit not found"),
        (lambda bot: bot.delete_message(1, 9), "to delete not found"),
        (lambda bot: bot.answer_callback_query("9"), "too old"),
        (lambda bot: bot.get_file("9"), "file_id"),
        (lambda bot: bot.set_my_commands([("A b", "c")]), "COMMAND_INVALID"),
    ],
)
def test_what_telegram_refuses_is_refused(api: TelegramServer, call: Call, complaint: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        made(api, call)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("busy", seconds=2), RetryAfter),
        (Fault("broken"), NetworkError),
        (Fault("cut"), NetworkError),
        (Fault("blocked"), Forbidden),
        (Fault("refused"), BadRequest),
    ],
)
def test_faults_come_on_demand_and_end(
    api: TelegramServer, fault: Fault, error: type[Exception]
) -> None:
    api.fail(Fault(fault.kind, chat=1, seconds=fault.seconds))

    with pytest.raises(error):
        made(api, say("a"))

    api.state.closed_until.clear()
    assert made(api, say("b")).message_id


def test_a_call_whose_answer_is_lost_may_have_been_done(api: TelegramServer) -> None:
    api.fail(Fault("cut", "sendMessage", is_done=True))

    with pytest.raises(NetworkError):
        made(api, say("a"))

    assert len(api.sent(1)) == 1


def test_a_wrong_token_is_refused(api: TelegramServer) -> None:
    with pytest.raises(InvalidToken):
        made(api, lambda bot: bot.get_me(), token="1:sai")


def test_polling_is_refused_while_a_webhook_is_set(api: TelegramServer) -> None:
    made(api, lambda bot: bot.set_webhook("http://127.0.0.1:1/"))

    with pytest.raises(Conflict):
        made(api, lambda bot: bot.get_updates())


def test_files_are_fetched_within_the_limit(api: TelegramServer) -> None:
    api.state.files |= {"nho": b"%PDF-1", "to": b"x" * (api.state.file_limit + 1)}
    line = Line(settings_for(api))
    fetcher = FileFetcher(line, 20 * 1024 * 1024)

    content = fetcher.fetch("nho")
    with pytest.raises(FileRefused) as large:
        fetcher.fetch("to")
    with pytest.raises(FileRefused) as gone:
        fetcher.fetch("la")

    line.close()
    assert content == b"%PDF-1"
    assert (large.value.reason, gone.value.reason) == ("too_large", "gone")
