"""The language model's wrapper: whatever a provider does, a call ends in time."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from assistant.errors import LanguageModelError
from assistant.llm import LanguageModel, open_model
from assistant.llm_guard import Breaker, pauses
from assistant.llm_prompts import Prompt
from assistant.llm_text import without_thoughts
from assistant.llm_usage import spending
from assistant.settings import PROVIDERS, AssistantSettings
from knowledge.settings import InvalidSettings, read_settings
from tests.assistant import scripted_model as script
from tests.assistant.scripted_model import Play, ScriptedModel, say

HELLO = Prompt("You greet.", "Chào")


@contextmanager
def model_of(*plays: Play, **settings: object) -> Iterator[tuple[LanguageModel, ScriptedModel]]:
    with ScriptedModel(plays).serving() as server:
        values = {"llm": "openai:tiny", "llm_base_url": server.url, **settings}
        model = open_model(AssistantSettings.model_validate(values))
        assert model is not None
        model.deadline()  # loads LangChain, so that times below are the model's own
        yield model, server


def test_text_comes_whole_or_in_pieces() -> None:
    with model_of(say("Chào bạn, hôm nay trời đẹp.")) as (model, _):
        assert model.complete(HELLO) == "Chào bạn, hôm nay trời đẹp."
        pieces = list(model.stream(HELLO))

    assert len(pieces) > 2
    assert "".join(pieces) == "Chào bạn, hôm nay trời đẹp."


@pytest.mark.parametrize("play", [script.hang, script.drip, script.trickle])
def test_a_model_that_never_ends_is_left_in_time(play: Play) -> None:
    with model_of(play, llm_timeout=0.6) as (model, server):
        started = time.perf_counter()
        with pytest.raises(LanguageModelError, match=r"longer than 0\.6 s"):
            model.complete(HELLO)

        assert time.perf_counter() - started < 2.5
        assert len(server.requests) == 1, "a model that hangs is not asked again"


def test_a_model_that_drips_is_hung_up_on() -> None:
    with model_of(script.drip, llm_timeout=0.4) as (model, server):
        with pytest.raises(LanguageModelError):
            model.complete(HELLO)

        assert server.gone.wait(3), "the connection stayed open"


def test_all_attempts_together_end_in_time() -> None:
    with model_of(script.status(500), llm_retries=10, llm_total_timeout=1.0) as (model, server):
        started = time.perf_counter()
        with pytest.raises(LanguageModelError):
            model.complete(HELLO)

    assert time.perf_counter() - started < 2.5
    assert len(server.requests) < 6


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_passing_failure_is_tried_again(code: int) -> None:
    with model_of(script.status(code), say("được rồi")) as (model, server):
        assert model.complete(HELLO) == "được rồi"

    assert len(server.requests) == 2


@pytest.mark.parametrize("code", [400, 401, 403, 404])
def test_a_lasting_failure_is_not_tried_again_and_its_words_are_not_repeated(code: int) -> None:
    with (
        model_of(script.status(code), llm_api_key="khoa-bi-mat") as (model, server),
        pytest.raises(LanguageModelError, match=f"HTTP {code}") as caught,
    ):
        model.complete(HELLO)

    assert len(server.requests) == 1
    assert "khoa-bi-mat" not in str(caught.value)


def test_the_pause_that_a_provider_asks_for_is_kept_unless_it_is_too_long() -> None:
    with model_of(script.status(429, "1"), say("rồi")) as (model, _):
        started = time.perf_counter()
        model.complete(HELLO)
        assert time.perf_counter() - started >= 1.0
    with model_of(script.status(429, "60"), say("rồi")) as (model, server):
        with pytest.raises(LanguageModelError):
            model.complete(HELLO)
        assert len(server.requests) == 1


def test_no_server_at_all_is_an_error() -> None:
    with ScriptedModel((say("x"),)).serving() as server:
        url = server.url
    settings = AssistantSettings(llm="openai:tiny", llm_base_url=url, llm_retries=0)

    with pytest.raises(LanguageModelError, match="could not be asked"):
        LanguageModel(settings).complete(HELLO)


@pytest.mark.parametrize("play", [script.garbage, script.wrong_shape])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_garbage_is_an_error(play: Play) -> None:
    with model_of(play) as (model, _), pytest.raises(LanguageModelError):
        model.complete(HELLO)


@pytest.mark.parametrize("play", [say("Phí là", finish=None), script.cut("Phí là")])
def test_an_end_without_a_reason_is_a_failure(play: Play) -> None:
    with (
        model_of(play, llm_retries=0) as (model, _),
        pytest.raises(LanguageModelError, match="without saying why"),
    ):
        model.complete(HELLO)


def test_a_cut_text_is_asked_for_again_but_never_half_handed_on() -> None:
    with model_of(script.cut("Phí là"), say("Phí là thế.")) as (model, _):
        assert model.complete(HELLO) == "Phí là thế."


@pytest.mark.parametrize("reason", ["length", "content_filter", "tool_calls"])
def test_a_text_that_was_stopped_is_a_failure(reason: str) -> None:
    with (
        model_of(say("Phí là", finish=reason)) as (model, server),
        pytest.raises(LanguageModelError, match=reason),
    ):
        model.complete(HELLO)
    assert len(server.requests) == 1


def test_a_model_that_keeps_failing_is_left_alone_and_then_tried_once() -> None:
    plays = (script.status(400),) * 3 + (say("khỏe rồi"),)
    with model_of(*plays, llm_breaker_failures=3, llm_breaker_pause=0.5) as (model, server):
        for _ in range(6):
            with pytest.raises(LanguageModelError):
                model.complete(HELLO)
        assert len(server.requests) == 3
        time.sleep(0.6)

        assert model.complete(HELLO) == "khỏe rồi"
        assert model.complete(HELLO) == "khỏe rồi"


def test_the_breaker_lets_one_call_try_and_opens_again_when_it_fails() -> None:
    clock = [0.0]
    breaker = Breaker(2, 10.0, lambda: clock[0])
    breaker.failed()
    breaker.enter()
    breaker.failed()
    with pytest.raises(LanguageModelError):
        breaker.enter()

    clock[0] = 11.0
    breaker.enter()
    with pytest.raises(LanguageModelError):
        breaker.enter()
    breaker.failed()
    clock[0] = 12.0
    with pytest.raises(LanguageModelError):
        breaker.enter()
    clock[0] = 22.0
    breaker.enter()
    breaker.gave_up()
    breaker.enter()
    breaker.succeeded()

    assert not breaker.is_open


def test_pauses_grow_and_are_spread() -> None:
    first, second, third = zip(*(tuple(pauses(3)) for _ in range(50)), strict=True)

    assert max(first) <= 0.4 < max(third) <= 1.6
    assert len(set(second)) > 40


def test_tokens_cost_and_time_are_counted_in_all_and_for_one_answer() -> None:
    prices = {"llm_input_price": 2.0, "llm_output_price": 10.0}
    with model_of(say("một", tokens=30), **prices) as (model, _):
        model.complete(HELLO)
        with spending() as spent:
            model.complete(HELLO)

    assert (spent.calls, spent.input_tokens, spent.output_tokens) == (1, 100, 30)
    assert spent.cost == pytest.approx((100 * 2 + 30 * 10) / 1e6)
    assert spent.seconds > 0
    assert model.usage.calls == 2
    assert model.usage.tokens == 260


def test_tokens_nobody_counted_are_not_made_up() -> None:
    with model_of(say("một", tokens=None)) as (model, _):
        model.complete(HELLO)

    assert (model.usage.tokens, model.usage.uncounted) == (0, 1)


def test_failed_calls_are_counted_too() -> None:
    with (
        model_of(say("x", finish=None, tokens=5), llm_retries=0) as (model, _),
        pytest.raises(LanguageModelError),
    ):
        model.complete(HELLO)

    assert (model.usage.failures, model.usage.output_tokens) == (1, 5)


def test_nothing_personal_leaves_and_it_is_put_back_into_what_returns() -> None:
    told = Prompt("Greet.", "Tôi là 001090001234, gọi 0912.345.678 hay thu@cho.example")
    with model_of(say("Gọi <DIENTHOAI_A>, thư <EMAIL_A>, số <CCCD_A>.", size=1)) as (model, server):
        text = model.complete(told)

    assert text == "Gọi 0912.345.678, thư thu@cho.example, số 001090001234."
    sent = str(server.requests)
    assert not any(part in sent for part in ("001090001234", "345", "thu@"))


def test_traces_are_not_sent_to_anyone(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedModel((say("x"),)).serving() as tracer:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_API_KEY", "x")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", tracer.url)
        with model_of(say("chào")) as (model, _):
            model.complete(HELLO)
        time.sleep(0.5)

        assert tracer.requests == []


def test_callers_do_not_wait_for_each_other() -> None:
    def wait_in_vain(model: LanguageModel) -> None:
        with contextlib.suppress(LanguageModelError):
            model.complete(HELLO)

    with model_of(script.hang, say("nhanh"), llm_timeout=1.5) as (model, server):
        slow = threading.Thread(target=wait_in_vain, args=(model,))
        slow.start()
        while not server.requests:
            time.sleep(0.01)
        started = time.perf_counter()

        assert model.complete(HELLO) == "nhanh"
        assert time.perf_counter() - started < 1.0
        slow.join()


def test_a_listener_who_leaves_is_no_failure_and_ends_the_call() -> None:
    with model_of(script.trickle, llm_breaker_failures=1) as (model, server):
        pieces = model.stream(HELLO)
        next(pieces)
        pieces.close()  # type: ignore[attr-defined]

        assert server.gone.wait(3)
        assert model.usage.failures == 0


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["<th", "ink>ừm, 5 đồng", "</thi", "nk>\n", "Chào"], "Chào"),
        (["<think>không bao giờ xong"], ""),
        (["<", "b>"], "<b>"),
        ([" Chào <think>"], " Chào <think>"),
        ([], ""),
    ],
)
def test_thoughts_are_dropped(pieces: list[str], text: str) -> None:
    assert "".join(without_thoughts(iter(pieces))) == text


def test_without_a_setting_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOTCUA_LLM", raising=False)

    assert open_model(AssistantSettings(_env_file=None)) is None


@pytest.mark.parametrize("provider", ["ollama", "anthropic", "google_genai"])
def test_a_package_that_is_not_installed_is_named(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    settings = AssistantSettings(llm=f"{provider}:m", llm_base_url="http://127.0.0.1:1")

    with pytest.raises(InvalidSettings, match=r"pip install 'motcua\[") as caught:
        open_model(settings)

    assert PROVIDERS[provider][0].replace("_", "-") in str(caught.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"LLM": "qwen3"}, "MOTCUA_LLM: .*provider:model"),
        ({"LLM": "nobody:m"}, "MOTCUA_LLM: .*providers: openai"),
        ({"LLM": "openai:m"}, "MOTCUA_LLM_API_KEY: .*is needed"),
        ({"LLM_BASE_URL": "localhost"}, "MOTCUA_LLM_BASE_URL: .*http://"),
        ({"LLM_TIMEOUT": "-1"}, "MOTCUA_LLM_TIMEOUT"),
        ({"LLM_RETRIES": "many"}, "MOTCUA_LLM_RETRIES"),
    ],
)
def test_wrong_settings_are_named(
    values: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"MOTCUA_{name}", value)

    with pytest.raises(InvalidSettings, match=said):
        read_settings(AssistantSettings)


def test_a_models_name_may_hold_colons_and_its_key_is_never_shown() -> None:
    settings = AssistantSettings(llm="ollama:qwen3:8b", llm_api_key="khoa-bi-mat")

    assert (settings.llm_provider, settings.llm_model) == ("ollama", "qwen3:8b")
    assert "khoa-bi-mat" not in repr(settings)


def test_nothing_of_langchain_is_imported_without_a_model() -> None:
    code = (
        "import sys, assistant.bootstrap, assistant.llm_questions;"
        "bad = [m for m in sys.modules if m in ('assistant.llm', 'assistant.steps.phrase') or "
        "m.split('.')[0] in ('langchain', 'langchain_core', 'openai', 'langsmith')];"
        "sys.exit(str(bad[:5]) if bad else 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
