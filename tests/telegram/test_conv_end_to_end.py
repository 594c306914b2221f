"""The real conversation over the real delivery, against a Bot API server of our own."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest

from assistant.bootstrap import Assistant, build_dossiers
from assistant.officers import Officers
from bots.telegram.conversation import TelegramConversation
from bots.telegram.running import Start
from bots.telegram.sends import Tools
from bots.telegram.wiring import build_talk
from evals.dossiers.bundle import files_of
from evals.dossiers.samples import sample
from evals.telegram_server import Fault, TelegramServer
from knowledge.settings import KnowledgeSettings
from knowledge.sql import open_engine
from tests.telegram.conftest import running_bot, settings_for


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'motcua.db'}"


@pytest.fixture
def bot(api: TelegramServer, starter: Assistant, url: str, tmp_path: Path) -> Iterator[None]:
    """The bot with everything it has, reading real files."""
    settings = KnowledgeSettings(data_dir=tmp_path, database_url=url, _env_file=None)

    def conversation(tools: Tools) -> TelegramConversation:
        dossiers, engine = build_dossiers(settings, starter.catalog), open_engine(url)
        talk = build_talk(starter, engine, tools, dossiers=dossiers)

        def close() -> None:
            dossiers.close()
            engine.dispose()

        return TelegramConversation(talk, close)

    pace = {"chat_sends_per_second": 50}
    with running_bot(Start(conversation, settings_for(api, **pace), url)):
        yield


def texts(api: TelegramServer, chat: int) -> str:
    """What stands in the chat now, as people read it."""
    found = [
        str(message.get("text", ""))
        for (where, _), message in sorted(api.state.messages.items())
        if where == chat and message["from"]["id"] == api.state.bot_id
    ]
    return html.unescape(re.sub(r"<[^>]*>", "", "\n\n".join(found)))


def data_of(api: TelegramServer, chat: int, label: str) -> str:
    """The data of the newest button with this label."""
    found = next(buttons(api, chat, label), None)
    assert found is not None, f"no button {label}"
    return found


def buttons(api: TelegramServer, chat: int, label: str) -> Iterator[str]:
    """The data of every button with this label, the newest first."""
    for call in reversed(api.calls):
        markup: Any = call.parameters.get("reply_markup") or {}
        markup = json.loads(markup) if isinstance(markup, str) else markup
        for row in markup.get("inline_keyboard", []):
            for button in row:
                if call.chat == chat and label in button["text"]:
                    yield str(button["callback_data"])


def has_button(api: TelegramServer, chat: int, label: str) -> bool:
    return next(buttons(api, chat, label), None) is not None


def press(api: TelegramServer, chat: int, label: str) -> None:
    api.queue(api.press(chat, data_of(api, chat, label)))


def says(api: TelegramServer, chat: int, words: str, seconds: float = 20) -> None:
    api.wait(lambda: words in texts(api, chat), seconds)


def refused(api: TelegramServer) -> list[tuple[str, int, str]]:
    """Calls that Telegram did not take."""
    return [(c.method, c.code, c.text[:80]) for c in api.calls if c.code not in (0, 200)]


def test_a_conversation_with_an_edit_and_a_checklist(api: TelegramServer, bot: None) -> None:
    asked = api.write(5, "đăng ký kết hôn cần giấy tờ gì")
    says(api, 5, "1.000894")
    api.queue(api.edited(5, asked["message"]["message_id"], "đăng ký khai tử cần gì"))
    says(api, 5, "1.000656")
    assert "1.000894" not in texts(api, 5)

    api.write(5, "/checklist")
    says(api, 5, "☐ 1.")
    press(api, 5, "☐ 1")
    says(api, 5, "☑ 1.")

    api.queue(api.inline(5, "đăng ký kết hôn"))
    api.wait(lambda: api.sent(method="answerInlineQuery"))
    assert refused(api) == []


def test_an_officers_answer_reaches_the_citizen_after_a_fault(
    api: TelegramServer, bot: None, url: str
) -> None:
    officers = Officers.open_at(url)
    code = officers.invite("Lan")
    officers.close()
    api.write(8, f"/officer {code}")
    says(api, 8, "Lan")
    api.write(9, "/officer tôi cần hỏi về sổ hộ khẩu cũ")
    says(api, 9, "Mã của bạn")
    says(api, 8, "Câu hỏi mới")
    press(api, 8, "Nhận")
    says(api, 8, "reply")
    prompt = next(
        message
        for (chat, _), message in sorted(api.state.messages.items(), reverse=True)
        if chat == 8 and "#" in str(message.get("text", ""))
    )
    api.fail(Fault(method="sendMessage", chat=9, kind="500", times=1))

    api.write(8, "Chị mang sổ cũ đến nhé.", reply_to_message=prompt)

    says(api, 9, "Chị mang sổ cũ đến nhé.")
    assert texts(api, 9).count("Chị mang sổ cũ đến nhé.") == 1


def open_dossier(api: TelegramServer, chat: int, asks: str, code: str) -> None:
    """Somebody asks, wants their papers checked, agrees, and is not sure of the case."""
    api.write(chat, asks)
    says(api, chat, code)
    press(api, chat, "Kiểm tra hồ sơ")
    says(api, chat, "nhạy cảm")
    press(api, chat, "đồng ý")
    api.wait(lambda: "Bạn gửi ảnh" in texts(api, chat) or has_button(api, chat, "chưa chắc"), 20)
    if "Bạn gửi ảnh" not in texts(api, chat):
        press(api, chat, "chưa chắc")
        says(api, chat, "Bạn gửi ảnh")


def test_a_dossier_is_checked_from_real_files(api: TelegramServer, bot: None) -> None:
    open_dossier(api, 6, "đăng ký kết hôn cần giấy tờ gì", "1.000894")
    api.state.files["form"] = form("TỜ KHAI ĐĂNG KÝ KẾT HÔN")
    document = {
        "file_id": "form",
        "file_unique_id": "form",
        "file_name": "to-khai.docx",
        "file_size": len(api.state.files["form"]),
    }

    api.write(6, "", document=document)
    says(api, 6, "1 tệp")
    press(api, 6, "✔️")

    says(api, 6, "Cán bộ tiếp nhận quyết định")
    assert re.search("[❌❔📷✅➖]", texts(api, 6))
    press(api, 6, "Phiếu bổ sung")
    api.wait(lambda: api.sent(6, "sendDocument") or "chưa lập được" in texts(api, 6), 30)
    api.write(6, "/forget")
    says(api, 6, "Hồ sơ: 1, tệp: 1")


def form(title: str) -> bytes:
    """A small Word file."""
    made, written = docx.Document(), BytesIO()
    made.add_paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    made.add_paragraph(title)
    made.add_paragraph("Kính gửi: Ủy ban nhân dân xã Bãi Bồi")
    made.save(written)
    return written.getvalue()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_photographed_papers_end_in_a_verdict(api: TelegramServer, bot: None) -> None:
    """A birth registration by invented parents: rendered, photographed, read by Tesseract."""
    open_dossier(api, 7, "làm giấy khai sinh cho con cần những gì", "1.001193")

    for number, file in enumerate(files_of(sample()), 1):
        api.state.files[f"anh{number}"] = file.content
        size = {"width": 1200, "height": 1700, "file_size": len(file.content)}
        photo = {"file_id": f"anh{number}", "file_unique_id": f"anh{number}", **size}
        api.write(7, "", photo=[photo], media_group_id="tập")
    says(api, 7, "3 tệp", 200)  # Each is read when it comes.
    press(api, 7, "✔️")
    api.wait(lambda: "Cán bộ tiếp nhận quyết định" in texts(api, 7), 300)

    while (question := asked(api, 7)) is not None:
        press(api, 7, "Không")
        api.wait(lambda before=question: asked(api, 7) != before, 60)  # type: ignore[misc]

    told = texts(api, 7)
    assert "Đủ giấy tờ" in told
    assert told.count("✅") == 3
    assert not re.search("[❌❔📷]", told)
    assert refused(api) == []


def asked(api: TelegramServer, chat: int) -> str | None:
    """The data of the button that answers the newest message's question with no."""
    newest = [call for call in api.calls if call.chat == chat and call.text][-1]
    markup = json.dumps(newest.parameters.get("reply_markup") or {}, ensure_ascii=False)
    return data_of(api, chat, "Không") if "Không" in markup else None
