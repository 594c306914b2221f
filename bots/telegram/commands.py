"""Commands, and what their links carry: `/start p_1_001193` opens a procedure."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.steps.route import EXAMPLES
from bots.telegram.checklist import checklist_command, last_code
from bots.telegram.desk_talk import officer_command, ticket_status
from bots.telegram.exchanges import Buttons
from bots.telegram.incoming import Incoming
from bots.telegram.photos import check_command
from bots.telegram.privacy import forget_command, privacy_command
from bots.telegram.questions import ask
from bots.telegram.saving import ask_day, note_day
from bots.telegram.sends import Send
from bots.telegram.strings import LANGUAGES, words_in
from bots.telegram.talk import Talk, acknowledged, reply, say, text_rows, words_for

_COMMAND = re.compile(r"/([A-Za-z_]+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_DEEP = re.compile(r"([pho])_(\w+)")
SHOWN = (
    "start",
    "help",
    "checklist",
    "check",
    "officer",
    "remind",
    "language",
    "privacy",
    "forget",
)


def command(talk: Talk, said: Incoming) -> list[Send] | None:
    """What a command does; None when the text is none."""
    match = _COMMAND.fullmatch(said.text.strip())
    if match is None:
        return None
    deed = COMMANDS.get(match[1].lower())
    if deed is None:
        return say(said, "unknown_command")
    return deed(talk, said, (match[2] or "").strip())


def command_menus() -> dict[str, list[tuple[str, str]]]:
    """The commands shown, by language code: Vietnamese for everybody ("" is whoever has none),
    English on English phones."""
    return {
        "" if language == "vi" else language: [
            (name, words_in(language)(f"command_{name}")) for name in SHOWN
        ]
        for language in LANGUAGES
    }


def _start(talk: Talk, said: Incoming, argument: str) -> list[Send]:
    match = _DEEP.fullmatch(argument)
    if match is not None:
        return _DEEP_LINKS[match[1]](talk, said, match[2])
    words = words_for(said)
    buttons = Buttons(said.chat, said.token)
    for example in EXAMPLES[said.known.tongue]:
        buttons.row((example, {"do": "ask", "text": example, "label": example}))
    buttons.fixed(*((words_in(other)("own_name"), f"lang:{other}") for other in LANGUAGES))
    talk.exchanges.keep(buttons)
    return reply(said, text_rows(words("start")), buttons)


def open_procedure(talk: Talk, said: Incoming, code: str) -> list[Send]:
    """The overview of a procedure, by its code; a code that is not known is said to be so."""
    version = talk.assistant.catalog.get(code)
    if version is None:
        return say(said, "no_such_procedure", code=code)
    name = version.procedure.name.removeprefix("Thủ tục ")
    return ask(talk, said, {"text": name, "code": code})


def _procedure_link(talk: Talk, said: Incoming, rest: str) -> list[Send]:
    """`1_001193`, `1_001193_000_00_00_H44`: dots are not allowed in a link."""
    return open_procedure(talk, said, rest.replace("_", "."))


def take_handover(talk: Talk, said: Incoming, typed: str) -> list[Send]:
    """A code of the kiosk or the web: the conversation goes on here."""
    found = take_code(talk, said, typed)
    return found if found is not None else say(said, "wrong_code")


def take_code(talk: Talk, said: Incoming, typed: str) -> list[Send] | None:
    """What a typed code stands for: a ticket of this chat or a hand-over; None when for nothing."""
    status = ticket_status(talk, said, typed)
    if status is not None:
        return status
    if not talk.chats.may_try_code(said.chat):
        return say(said, "too_many_codes")
    carried = talk.handovers.take(typed, said.conversation)
    if carried is None:
        talk.chats.wrong_code(said.chat)
        return None
    memory = talk.assistant.conversations
    if memory and carried.source:
        memory.carry(carried.source, said.conversation)
    code = carried.procedure or last_code(talk, said)
    welcome = say(said, "carried")
    return welcome + (open_procedure(talk, said, code) if code else [])


def _officer_link(talk: Talk, said: Incoming, typed: str) -> list[Send]:
    return officer_command(talk, said, typed)


def _help(_talk: Talk, said: Incoming, _argument: str) -> list[Send]:
    return say(said, "help")


def _language(talk: Talk, said: Incoming, argument: str) -> list[Send]:
    if argument in (*LANGUAGES, "auto"):
        return set_language(talk, said, argument)
    buttons = Buttons(said.chat, said.token)
    buttons.fixed(*((words_in(other)("own_name"), f"lang:{other}") for other in LANGUAGES))
    buttons.fixed((words_for(said)("language_auto"), "lang:auto"))
    return reply(said, text_rows(words_for(said)("language_ask")), buttons)


def set_language(talk: Talk, said: Incoming, chosen: str) -> list[Send]:
    """Speak the chosen language from now on; `auto` follows each question."""
    language = next((one for one in LANGUAGES if one == chosen), None)
    talk.chats.choose_language(said.chat, language)
    words = words_in(language or said.known.seen)
    key = "language_set" if language else "language_follows"
    return [*acknowledged(said), *reply(said, text_rows(words(key)))]


def _checklist(talk: Talk, said: Incoming, _argument: str) -> list[Send]:
    return checklist_command(talk, said)


def _check(talk: Talk, said: Incoming, _argument: str) -> list[Send]:
    return check_command(talk, said)


def _remind(talk: Talk, said: Incoming, argument: str) -> list[Send]:
    noted = note_day(talk, said) if argument else None
    return noted if noted is not None else ask_day(talk, said)


def _privacy(_talk: Talk, said: Incoming, _argument: str) -> list[Send]:
    return privacy_command(said)


def _forget(talk: Talk, said: Incoming, _argument: str) -> list[Send]:
    return forget_command(talk, said)


COMMANDS: dict[str, Callable[[Talk, Incoming, str], list[Send]]] = {
    "start": _start,
    "help": _help,
    "checklist": _checklist,
    "check": _check,
    "officer": officer_command,
    "remind": _remind,
    "language": _language,
    "privacy": _privacy,
    "forget": _forget,
}
_DEEP_LINKS = {
    "p": _procedure_link,
    "h": take_handover,
    "o": _officer_link,
}
