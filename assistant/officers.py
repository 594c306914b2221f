"""Officers who answer at the desk: invited by a one-time code, linked to an account, revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.audit import Event, append
from assistant.desk_rows import OfficerRow
from assistant.errors import UnknownOfficer
from assistant.shortcodes import as_code, digest, new_code
from knowledge.sql import SqlStore, aware

INVITE_LASTS = timedelta(hours=48)


@dataclass(frozen=True)
class Officer:
    """An officer as others see them. `account` is None until the invitation was used."""

    id: int
    name: str
    account: str | None
    invited_until: datetime | None
    revoked: bool


class Officers(SqlStore):
    """Knows who may answer; safe for several processes at once."""

    def invite(self, name: str) -> str:
        """A code that links one account to the officer `name`, once, within two days.

        Only its hash is stored. Inviting an officer again gives a new code, ends the link to the
        account before and takes back a revocation.
        """
        code = new_code()
        with Session(self._engine) as session, session.begin():
            row = session.scalar(select(OfficerRow).where(OfficerRow.name == name))
            if row is None:
                row = OfficerRow(name=name)
                session.add(row)
            row.account = row.linked_at = row.revoked_at = None
            row.invite, row.invite_ends = digest(code), self._now() + INVITE_LASTS
            session.flush()
            self._note(session, "terminal", "officer_invited", row)
        return code

    def link(self, typed: str, account: str) -> Officer | None:
        """Link `account` to the officer whose code was typed; None for a code that is wrong, used
        or too old. The same account typing the same code again is linked already."""
        code = as_code(typed)
        if code is None:
            return None
        with Session(self._engine) as session, session.begin():
            row = session.scalar(
                select(OfficerRow).where(OfficerRow.invite == digest(code)).with_for_update()
            )
            if row is None or not self._is_open(row, account):
                return None
            if row.account is None:
                self._free(session, account)
                row.account, row.linked_at = account, self._now()
                self._note(session, f"officer:{row.id}", "officer_linked", row)
            return _officer(row)

    def revoke(self, name: str) -> None:
        """`name` answers no more, from now on; raises UnknownOfficer."""
        with Session(self._engine) as session, session.begin():
            row = session.scalar(select(OfficerRow).where(OfficerRow.name == name))
            if row is None:
                raise UnknownOfficer(f"Không có cán bộ nào tên “{name}”. Xem: motcua officer list")
            row.account = row.invite = row.invite_ends = None
            row.revoked_at = self._now()
            self._note(session, "terminal", "officer_revoked", row)

    def all(self) -> list[Officer]:
        """Everybody who was ever invited, in the order of their names."""
        with Session(self._reader) as session:
            rows = session.scalars(select(OfficerRow).order_by(OfficerRow.name))
            return [_officer(row) for row in rows]

    def with_account(self, account: str) -> Officer | None:
        """The officer who may answer from this account, if anybody."""
        query = select(OfficerRow).where(
            OfficerRow.account == account, OfficerRow.revoked_at.is_(None)
        )
        with Session(self._reader) as session:
            row = session.scalar(query)
            return _officer(row) if row else None

    def linked(self, channel: str) -> list[Officer]:
        """Officers whose account is one of `channel`, such as `telegram`."""
        return [
            officer
            for officer in self.all()
            if officer.account and officer.account.startswith(f"{channel}:") and not officer.revoked
        ]

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _is_open(self, row: OfficerRow, account: str) -> bool:
        if row.revoked_at is not None:
            return False
        if row.account is not None:
            return row.account == account
        ends = row.invite_ends
        return ends is not None and self._now() < aware(ends)

    def _free(self, session: Session, account: str) -> None:
        """An account speaks for one officer: a new link ends the one before."""
        before = session.scalar(select(OfficerRow).where(OfficerRow.account == account))
        if before is not None:
            before.account = None
            session.flush()

    def _note(self, session: Session, actor: str, action: str, row: OfficerRow) -> None:
        append(session, Event(actor, action, f"officer:{row.id}"), self._now())


def _officer(row: OfficerRow) -> Officer:
    waiting = row.invite_ends if row.account is None and row.invite else None
    ends = aware(waiting) if waiting else None
    return Officer(row.id, row.name, row.account, ends, row.revoked_at is not None)
