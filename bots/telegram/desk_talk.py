"""Officers on Telegram: a citizen's question goes to them, one takes it, the answer comes back."""

from __future__ import annotations

import re

from assistant.desk import LONGEST_WORDS, Opening, Ticket
from assistant.desk_rows import TicketState
from assistant.officers import Officer
from bots.telegram.exchanges import Buttons
from bots.telegram.incoming import Incoming, is_reply_to
from bots.telegram.markup import BLANK, Row, bold, italic, row
from bots.telegram.sends import Send
from bots.telegram.strings import words_in
from bots.telegram.talk import Talk, acknowledged, payload, reply, say, text_rows, words_for

CHANNEL = "telegram"
_NAMED = re.compile(r"#([A-Z2-9]{6})\b")


def account_of(user: int) -> str:
    """An officer's account on Telegram."""
    return f"{CHANNEL}:{user}"


def officer_command(talk: Talk, said: Incoming, argument: str) -> list[Send]:
    """`/officer`: with a code it links an officer, with words it asks one; alone it shows an
    officer what waits, and asks a citizen for the question."""
    if not said.private:
        return say(said, "only_private", bot=talk.tools.bot_name)
    if argument:
        linked = _linked(talk, said, argument)
        return linked if linked is not None else open_ticket(talk, said, argument, None)
    officer = talk.officers.with_account(account_of(said.user))
    return _queue(talk, said) if officer else wanted(talk, said)


def _linked(talk: Talk, said: Incoming, typed: str) -> list[Send] | None:
    """A greeting to a new officer; a refusal; None when it was not a code that was typed."""
    if len(typed.split()) > 1 or not any(ch.isdigit() for ch in typed):
        return None
    if not talk.chats.may_try_code(said.chat):
        return say(said, "too_many_codes")
    officer = talk.officers.link(typed, account_of(said.user))
    if officer is None:
        talk.chats.wrong_code(said.chat)
        return say(said, "officer_wrong_code")
    return say(said, "officer_linked", name=officer.name) + _queue(talk, said)


def _queue(talk: Talk, said: Incoming) -> list[Send]:
    waiting = talk.desk.waiting()
    if not waiting:
        return say(said, "queue_empty")
    shown = [alert(talk, said.chat, ticket) for ticket in waiting[:5]]
    return [*say(said, "queue", count=len(waiting)), *shown]


def wanted(talk: Talk, said: Incoming) -> list[Send]:
    """Ask a citizen for the question; the last one can be sent by a button."""
    memory = talk.assistant.conversations
    past = memory.recall(said.conversation) if memory else ()
    buttons = Buttons(said.chat, said.token)
    words = words_for(said)
    if past:
        label = words("button_send_last", text=past[0].text)[:60]
        item = {"do": "officer", "text": past[0].text, "code": next(iter(past[0].codes), None)}
        buttons.row((label, item))
        talk.exchanges.keep(buttons)
    talk.chats.wait_for(said.chat, "officer")
    return reply(said, text_rows(words("officer_ask")), buttons)


def open_ticket(talk: Talk, said: Incoming, text: str, code: str | None) -> list[Send]:
    """A ticket for the citizen, and the question to every officer."""
    opening = Opening(
        conversation=said.conversation,
        channel=CHANNEL,
        question=text,
        language=said.known.tongue,
        procedure=code,
        chat=said.chat,
        key=f"{CHANNEL}:{said.update_id}",
    )
    ticket = talk.desk.open(opening)
    words = words_for(said)
    told = alerts(talk, ticket)
    key = "ticket_opened" if told else "ticket_opened_nobody"
    buttons = Buttons(said.chat, said.token)
    buttons.fixed((words("button_close_ticket"), f"tk:close:{ticket.code}"))
    text = words(key, code=ticket.code, day=words.day(ticket.ends_at.date()))
    return [*reply(said, text_rows(text), buttons), *told]


def alerts(talk: Talk, ticket: Ticket) -> list[Send]:
    """The question for every officer who is linked here."""
    return [alert(talk, _chat_of(officer), ticket) for officer in talk.officers.linked(CHANNEL)]


def alert(talk: Talk, chat: int, ticket: Ticket) -> Send:
    """The question with a button to take it."""
    words = words_in(talk.chats.tongue(chat))
    buttons = Buttons(chat, "")
    buttons.fixed((words("button_claim"), f"tk:claim:{ticket.code}"))
    lines = _about(talk, ticket, "ticket_waiting", talk.chats.tongue(chat))
    return Send("message", chat, payload(lines, buttons), slot=f"ticket:{ticket.code}")


def _about(talk: Talk, ticket: Ticket, key: str, language: str) -> list[Row]:
    words = words_in("en" if language == "en" else "vi")
    lines = [row(bold(words(key, code=ticket.code)))]
    version = talk.assistant.catalog.get(ticket.procedure) if ticket.procedure else None
    if version is not None:
        lines.append(row(italic(f"{version.procedure.name} ({version.code})")))
    return [*lines, BLANK, *text_rows(ticket.question)]


def _chat_of(officer: Officer) -> int:
    """A person's private chat has the number of the person."""
    return int((officer.account or "").rpartition(":")[2])


def ticket_tap(talk: Talk, said: Incoming, deed: str, code: str) -> list[Send]:
    """`claim` and `release` by an officer, `close` by the citizen."""
    words = words_for(said)
    if deed == "close":
        closed = talk.desk.close_ticket(code, said.conversation)
        key = "ticket_closed" if closed else "old_button"
        return [*acknowledged(said), *say(said, key, **({"code": code} if closed else {}))]
    officer = talk.officers.with_account(account_of(said.user))
    if officer is None:
        return acknowledged(said, words("not_an_officer"))
    if deed == "claim":
        return _claimed(talk, said, code, officer)
    if not talk.desk.release(code, officer.id):
        return acknowledged(said, words("not_yours"))
    ticket = talk.desk.find(code)
    return [*acknowledged(said, words("released")), *(alerts(talk, ticket) if ticket else [])]


def _claimed(talk: Talk, said: Incoming, code: str, officer: Officer) -> list[Send]:
    words, ticket = words_for(said), talk.desk.find(code)
    if ticket is None or not talk.desk.claim(code, officer.id):
        return acknowledged(said, words("claimed_by_other"))
    lines = [*_about(talk, ticket, "ticket_yours", said.known.tongue), BLANK]
    lines.append(row(italic(words("answer_by_reply"))))
    prompt = {"force_reply": True, "input_field_placeholder": words("answer_placeholder")}
    return [
        *acknowledged(said, words("claimed")),
        *_taken(talk, ticket, officer),
        Send("message", said.chat, payload(lines, reply_markup=prompt)),
    ]


def _taken(talk: Talk, ticket: Ticket, taker: Officer) -> list[Send]:
    """The alerts change: the taker may give it back, the others see that it is taken."""
    sends = []
    for officer in talk.officers.linked(CHANNEL):
        chat = _chat_of(officer)
        words = words_in(talk.chats.tongue(chat))
        mine = officer.id == taker.id
        buttons = Buttons(chat, "")
        if mine:
            buttons.fixed((words("button_release"), f"tk:release:{ticket.code}"))
        key = "ticket_yours" if mine else "ticket_taken"
        lines = _about(talk, ticket, key, words.language)
        slot = f"ticket:{ticket.code}"
        sends.append(Send("edit", chat, payload(lines, buttons), slot=slot))
    return sends


def replied_ticket(talk: Talk, said: Incoming) -> str | None:
    """The code of the ticket whose message was replied to."""
    message = said.message
    if message is None or message.reply_to_message is None or not said.private:
        return None
    if not is_reply_to(message, talk.tools.bot_id):
        return None
    named = _NAMED.search(message.reply_to_message.text or "")
    return named[1] if named else None


def officer_replied(talk: Talk, said: Incoming, code: str) -> list[Send] | None:
    """The answer goes to the citizen; None when the one who replied is no officer."""
    officer = talk.officers.with_account(account_of(said.user))
    if officer is None:
        return None
    if not said.text.strip():
        return say(said, "answer_in_words")
    if len(said.text) > LONGEST_WORDS:
        return say(said, "answer_too_long", limit=LONGEST_WORDS)
    ticket = talk.desk.answer(code, officer.id, said.text, f"{CHANNEL}:{said.update_id}")
    if ticket is None:
        return say(said, "not_yours")
    if ticket.chat is None or ticket.channel != CHANNEL:
        return say(said, "answer_kept", code=code)
    talk.desk.told(code)
    return [*say(said, "answer_sent", code=code), answer_to_citizen(ticket)]


def answer_to_citizen(ticket: Ticket) -> Send:
    """An officer's words, marked as such: they are no copy of a record."""
    words = words_in(ticket.language)
    lines = [
        row(bold(words("officer_answered", code=ticket.code))),
        BLANK,
        *text_rows(ticket.answer or ""),
        BLANK,
        row(italic(words("officer_words"))),
    ]
    buttons = Buttons(ticket.chat or 0, "")
    buttons.fixed((words("button_done"), f"tk:close:{ticket.code}"))
    return Send("message", ticket.chat, payload(lines, buttons))


def expired_to_citizen(ticket: Ticket) -> Send:
    """Nobody answered in time: say so."""
    words = words_in(ticket.language)
    return Send(
        "message", ticket.chat, payload(text_rows(words("ticket_expired", code=ticket.code)))
    )


def ticket_status(talk: Talk, said: Incoming, typed: str) -> list[Send] | None:
    """How a ticket of this chat stands; None when the code is none of its tickets."""
    ticket = talk.desk.find(typed)
    if ticket is None or ticket.code not in {t.code for t in talk.desk.of(said.conversation)}:
        return None
    if ticket.state is TicketState.ANSWERED:
        return [answer_to_citizen(ticket)]
    return say(said, f"ticket_is_{ticket.state.value}", code=ticket.code)
