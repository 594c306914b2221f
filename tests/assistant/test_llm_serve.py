"""A real server of language models, with a tiny model of random weights made on the spot: it speaks
nonsense, so what people read must be the record's own words."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from assistant.bootstrap import Assistant
from assistant.errors import LanguageModelError
from assistant.llm import LanguageModel
from assistant.llm_prompts import Prompt
from assistant.llm_questions import pick, rewrite_follow_up
from assistant.settings import AssistantSettings
from assistant.steps.phrase import Phrase
from tests.assistant.test_llm_phrase import RESIDENCE, turn_on

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def make_model(folder: Path, *, silent: bool) -> None:
    """One layer over bytes. A silent one has zeros for its last weights, so that the first token,
    the end, is always the likeliest."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate(["</s>", "<s>", *letters])}
    bytes_alone = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    bytes_alone.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_alone.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bytes_alone, bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }}\n{% endfor %}"
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=16384,
        bos_token_id=1,
        eos_token_id=0,
        pad_token_id=0,
    )
    model = LlamaForCausalLM(config)
    if silent:
        torch.nn.init.zeros_(model.lm_head.weight)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


@contextmanager
def served(folder: Path) -> Iterator[AssistantSettings]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("transformers"), "serve", folder]
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([*command, *options], env=environment, **quiet)
    try:
        _wait(process, f"http://127.0.0.1:{port}/health")
        yield AssistantSettings(
            llm=f"openai:{folder}",
            llm_base_url=f"http://127.0.0.1:{port}/v1",
            llm_max_tokens=48,
            llm_timeout=60,
            llm_total_timeout=120,
            llm_retries=0,
        )
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(480):
        assert process.poll() is None, "transformers serve ended"
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.25)
    pytest.fail("transformers serve did not start")


def heard_of(model: LanguageModel) -> str:
    """The text, or why there is none."""
    try:
        return model.complete(Prompt("Chào.", "Bạn tên gì?"))
    except LanguageModelError as error:
        return str(error)


@pytest.fixture(scope="module", params=[False, True], ids=["nonsense", "silent"])
def settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AssistantSettings]:
    folder = tmp_path_factory.mktemp("tiny")
    make_model(folder, silent=request.param)
    with served(folder) as found:
        yield found


def test_a_real_server_is_heard_and_its_tokens_are_counted(settings: AssistantSettings) -> None:
    model = LanguageModel(settings)

    heard = heard_of(model)

    assert heard in ("", "The language model was stopped (length).")
    assert model.usage.output_tokens == (settings.llm_max_tokens if heard else 1)
    assert model.usage.calls == 1
    assert model.usage.input_tokens > 10
    assert model.usage.uncounted == 0


def test_what_people_read_is_the_record(starter: Assistant, settings: AssistantSettings) -> None:
    turn = turn_on(starter, "lệ phí", RESIDENCE)
    draft = turn.draft
    model = LanguageModel(settings)

    Phrase(model)(turn)

    assert turn.draft == draft
    assert model.usage.calls >= 1


def test_small_questions_get_no_answer_rather_than_a_wrong_one(settings: AssistantSettings) -> None:
    model = LanguageModel(settings)

    assert pick(model, "mất thẻ", {"1.900001": "Cấp thẻ", "1.900002": "Cấp lại thẻ"}) is None
    assert rewrite_follow_up(model, ["làm thẻ cần gì"], "thế lệ phí?") is None
