"""The optional language model, through LangChain's init_chat_model; nothing is imported until used.

Whatever happens at a provider comes out as LanguageModelError or as text. Everything personal is
taken out of a prompt before it leaves, and put back into what returns.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from assistant.errors import LanguageModelError
from assistant.llm_failures import failure_of
from assistant.llm_guard import Breaker, Deadline, pauses
from assistant.llm_prompts import Prompt
from assistant.llm_text import restored, without_thoughts
from assistant.llm_usage import Call, Usage, record
from assistant.redaction import Redacted
from assistant.settings import PROVIDERS, AssistantSettings
from knowledge.settings import InvalidSettings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

log = logging.getLogger(__name__)

_FINISHED = frozenset({"stop", "end_turn", "stop_sequence", "eos", "eos_token"})
_REASONS = ("finish_reason", "stop_reason", "done_reason")  # OpenAI and Gemini, Anthropic, Ollama
_GRACE = 2.0  # seconds; a provider's library that blocks its loop is not waited for longer
_LONGEST_WAIT = 20.0  # seconds; a provider that asks for more patience is not waited for


@dataclass(frozen=True)
class _End:
    """No more chunks come; `error` is why, unless all went well."""

    error: BaseException | None


@dataclass
class _Heard:
    """What an attempt learned beside the text."""

    reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None

    def note(self, chunk: AIMessageChunk) -> None:
        """Chunks say only what is new, so counts add up."""
        said = [str(chunk.response_metadata.get(key) or "") for key in _REASONS]
        self.reason = next(filter(None, said), self.reason)
        if counted := chunk.usage_metadata:
            self.input_tokens = (self.input_tokens or 0) + counted["input_tokens"]
            self.output_tokens = (self.output_tokens or 0) + counted["output_tokens"]


class LanguageModel:
    """Writes texts; thread-safe. `usage` counts every call of this process."""

    def __init__(
        self,
        settings: AssistantSettings,
        open_chat: Callable[[AssistantSettings], BaseChatModel] | None = None,
    ) -> None:
        self.settings = settings
        self.usage = Usage()
        self._open_chat = open_chat or chat_model
        self._chat: BaseChatModel | None = None
        self._mutex = threading.Lock()
        self._breaker = Breaker(settings.llm_breaker_failures, settings.llm_breaker_pause)

    def deadline(self) -> Deadline:
        """The overall time-out from now, for calls that serve one purpose together."""
        self._ready_chat()  # loading the provider's package takes seconds, once, off the clock
        return Deadline.within(self.settings.llm_total_timeout)

    def complete(self, prompt: Prompt, deadline: Deadline | None = None) -> str:
        """The whole text; raises LanguageModelError."""

        def whole(safe: Prompt, until: Deadline) -> Iterator[str]:
            return iter(["".join(self._attempt(safe, until))])

        return "".join(self._said(prompt, deadline, whole))

    def stream(self, prompt: Prompt, deadline: Deadline | None = None) -> Iterator[str]:
        """The text in pieces as they come; raises LanguageModelError, also between pieces."""
        return self._said(prompt, deadline, self._attempt)

    def _said(
        self,
        prompt: Prompt,
        deadline: Deadline | None,
        attempt: Callable[[Prompt, Deadline], Iterator[str]],
    ) -> Iterator[str]:
        hidden = Redacted()
        safe = Prompt(hidden.hide(prompt.system), hidden.hide(prompt.user))
        pieces = self._retried(safe, deadline or self.deadline(), attempt)
        return restored(without_thoughts(pieces), hidden)

    def _retried(
        self,
        prompt: Prompt,
        deadline: Deadline,
        attempt: Callable[[Prompt, Deadline], Iterator[str]],
    ) -> Iterator[str]:
        """Tries again after a passing failure, as long as nothing was handed on."""
        waits = pauses(self.settings.llm_retries)
        while True:
            begun = False
            try:
                for piece in attempt(prompt, deadline):
                    begun = True
                    yield piece
                return
            except LanguageModelError as error:
                log.warning("%s: %s", self.settings.llm, error)
                pause = max(next(waits, float("inf")), error.after)
                if begun or not error.passing or pause > min(deadline.left(), _LONGEST_WAIT):
                    raise
                time.sleep(pause)

    def _attempt(self, prompt: Prompt, deadline: Deadline) -> Iterator[str]:
        chat = self._ready_chat()
        self._breaker.enter()
        started = time.perf_counter()
        heard = _Heard()
        outcome = self._breaker.gave_up
        try:
            yield from self._listen(chat, prompt, heard, deadline)
            _check_end(heard)
            outcome = self._breaker.succeeded
        except LanguageModelError:
            outcome = self._breaker.failed
            raise
        finally:
            outcome()
            failed = outcome == self._breaker.failed
            call = self._call(heard, time.perf_counter() - started, failed)
            record(call, self.usage)
            log.info("%s: %s", self.settings.llm, call)

    def _listen(
        self, chat: BaseChatModel, prompt: Prompt, heard: _Heard, deadline: Deadline
    ) -> Generator[str, None, None]:
        limit = min(self.settings.llm_timeout, deadline.left())
        if limit <= 0:
            raise LanguageModelError("The language model was given no time.")
        queue: SimpleQueue[AIMessageChunk | _End] = SimpleQueue()
        speaking = asyncio.run_coroutine_threadsafe(_speak(chat, prompt, limit, queue.put), _loop())
        speaking.add_done_callback(lambda done: queue.put(_End(_error_of(done))))
        until = Deadline.within(limit + _GRACE)
        try:
            while not isinstance(got := _next(queue, until), _End):
                heard.note(got)
                if text := str(got.text):
                    yield text
        finally:
            speaking.cancel()
        if got.error is not None:
            raise failure_of(got.error, limit)

    def _ready_chat(self) -> BaseChatModel:
        with self._mutex:
            if self._chat is None:
                with ThreadPoolExecutor(1) as opening:
                    opened = opening.submit(self._open_chat, self.settings)
                if error := opened.exception():
                    raise failure_of(error, 0.0)
                self._chat = opened.result()
            return self._chat

    def _call(self, heard: _Heard, seconds: float, failed: bool) -> Call:
        prices = self.settings
        cost = (
            (heard.input_tokens or 0) * prices.llm_input_price
            + (heard.output_tokens or 0) * prices.llm_output_price
        ) / 1_000_000
        return Call(seconds, heard.input_tokens, heard.output_tokens, cost, failed)


def open_model(settings: AssistantSettings) -> LanguageModel | None:
    """The model that is set, or None; raises InvalidSettings when its package is not installed."""
    if settings.llm is None:
        return None
    package, extra = PROVIDERS[settings.llm_provider]
    if importlib.util.find_spec(package) is None:
        raise InvalidSettings(
            f"MOTCUA_LLM={settings.llm} needs the package {package.replace('_', '-')}; "
            f"install it with: pip install 'motcua[{extra}]'"
        )
    return LanguageModel(settings)


def chat_model(settings: AssistantSettings) -> BaseChatModel:
    """LangChain's model for the settings; retries are ours, so the provider's are off."""
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "base_url": settings.llm_base_url,
        "temperature": settings.llm_temperature,
        **_OPTIONS[settings.llm_provider](settings),
    }
    given = {key: value for key, value in options.items() if value is not None}
    chat: BaseChatModel = init_chat_model(
        settings.llm_model, model_provider=settings.llm_provider, **given
    )
    return chat


def _hosted(settings: AssistantSettings) -> dict[str, Any]:
    # A local OpenAI-compatible server asks for no key, but the client does.
    key = settings.llm_api_key or ("none" if settings.llm_base_url else None)
    return {
        "api_key": key,
        "timeout": settings.llm_timeout + _GRACE,
        "max_retries": 0,
        "max_tokens": settings.llm_max_tokens,
    }


def _openai(settings: AssistantSettings) -> dict[str, Any]:
    return {**_hosted(settings), "stream_usage": True, "use_responses_api": False}


def _ollama(settings: AssistantSettings) -> dict[str, Any]:
    key = settings.llm_api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    client = {"timeout": settings.llm_timeout + _GRACE, "headers": headers}
    return {"num_predict": settings.llm_max_tokens, "client_kwargs": client}


_OPTIONS: dict[str, Callable[[AssistantSettings], dict[str, Any]]] = {
    "openai": _openai,
    "ollama": _ollama,
    "google_genai": _hosted,
    "anthropic": _hosted,
}


async def _speak(
    chat: BaseChatModel, prompt: Prompt, limit: float, put: Callable[[AIMessageChunk], None]
) -> None:
    """Cancelled at the limit, which closes the connection however slowly it drips."""
    from langsmith import tracing_context

    messages = [("system", prompt.system), ("human", prompt.user)]
    # A variable of the environment must not send prompts to somebody who keeps traces.
    with tracing_context(enabled=False):
        async with asyncio.timeout(limit):
            async for chunk in chat.astream(messages):
                put(chunk)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One loop for all models of the process: LangChain shares its connections among models, and
    a connection cannot be used by two loops."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="language-model", daemon=True).start()
    return loop


def _next(queue: SimpleQueue[AIMessageChunk | _End], until: Deadline) -> AIMessageChunk | _End:
    try:
        return queue.get(timeout=max(until.left(), 0.001))
    except Empty:
        return _End(TimeoutError())


def _error_of(done: Future[None]) -> BaseException | None:
    """Whatever a provider's library raised: any of it means that there is no answer."""
    return asyncio.CancelledError() if done.cancelled() else done.exception()


def _check_end(heard: _Heard) -> None:
    """A stream that is cut raises nothing by itself: without a reason the end is no end."""
    if heard.reason is None:
        raise LanguageModelError("The language model stopped without saying why.", passing=True)
    if heard.reason.lower() not in _FINISHED:
        raise LanguageModelError(f"The language model was stopped ({heard.reason[:40]}).")
