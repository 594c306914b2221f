"""Errors of the assistant package.

AssistantError
├── MissingMessage       a language lacks a sentence
├── UnknownOfficer       no officer of this name was invited
├── LanguageModelError   the language model gave nothing that can be used
└── DossierError         a dossier cannot do what was asked; the text is meant for a person
    ├── DossierNotFound  no such dossier, or it is somebody else's, or its time is over
    ├── TooManyDossiers  the visitor has as many open as one may have
    ├── VaultError       the files at rest cannot be read or written
    └── PaperError       a paper cannot be written: wrong state, template or program
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of all errors here."""


class MissingMessage(AssistantError):
    """A sentence that should be in messages/ is not."""


class UnknownOfficer(AssistantError):
    """No officer of this name was ever invited."""


class LanguageModelError(AssistantError):
    """The language model gave nothing that can be used; the record's own words serve.

    `passing` says that trying again may help, `after` how many seconds the provider asks to wait.
    """

    def __init__(self, sentence: str, *, passing: bool = False, after: float = 0.0) -> None:
        super().__init__(sentence)
        self.passing = passing
        self.after = after


class DossierError(AssistantError):
    """A dossier cannot do what was asked; the text is meant for a person."""


class DossierNotFound(DossierError):
    """No such dossier. Somebody else's and an expired one are told in the same words."""


class TooManyDossiers(DossierError):
    """The visitor has as many dossiers as one may have at a time; `most` says how many."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"Bạn đang có {most} hồ sơ, nhiều nhất mỗi người được giữ cùng lúc. Xóa bớt một hồ sơ "
            "đã xong rồi kiểm tra hồ sơ mới nhé."
        )
        self.most = most


class VaultError(DossierError):
    """The files at rest cannot be read or written."""


class PaperError(DossierError):
    """A paper cannot be written: the dossier's state, a template or a program is missing."""
