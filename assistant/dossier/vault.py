"""Files at rest, in AES-256-GCM: every dossier has a key of its own, wrapped by the vault's.

Who erases a dossier's wrapped key has erased the dossier, also in a backup of the files.
"""

from __future__ import annotations

import base64
import binascii
import logging
import os
import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assistant.errors import VaultError

log = logging.getLogger(__name__)

_NONCE = 12
_KEY_BYTES = 32
_LEAST_FREE_MB = 500


class Chest:
    """What one dossier keeps: sealed files in a directory of its own, and sealed values."""

    def __init__(self, directory: Path, key: bytes) -> None:
        self._directory = directory
        self._key = key

    def seal(self, content: bytes, purpose: str) -> bytes:
        """`content` encrypted; it opens only under the same `purpose`."""
        return _seal(self._key, content, purpose)

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        """What `seal` closed; raises VaultError when it was changed or moved."""
        return _unseal(self._key, sealed, purpose)

    def put(self, name: str, content: bytes) -> None:
        """Keep a file; it is there wholly or not at all. Raises VaultError when it cannot be."""
        aside = self._directory / f"{name}.part"
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside.write_bytes(self.seal(content, name))
            aside.replace(self._directory / name)
        except OSError as error:
            raise VaultError(f"The vault cannot be written: {error.strerror}.") from error

    def get(self, name: str) -> bytes:
        """A kept file; raises VaultError when it is gone or was changed."""
        try:
            return self.unseal((self._directory / name).read_bytes(), name)
        except OSError as error:
            raise VaultError("A file of this dossier is not in the vault any more.") from error

    def drop(self, name: str) -> None:
        """Forget a file; one that is gone already is no error."""
        (self._directory / name).unlink(missing_ok=True)


class Vault:
    """The directory of all dossiers' files and the key above their keys."""

    def __init__(self, directory: Path, key: bytes) -> None:
        self._directory = directory
        self._key = key

    @classmethod
    def open(cls, directory: Path, key: str | None) -> Vault:
        """`key` in Base64 or hexadecimal; without one, that in `directory`/key, made on first use
        with a warning. Raises VaultError."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(directory, _decoded(key) if key else _own_key(directory / "key"))

    def refuse_when_full(self) -> None:
        """Raises VaultError while there is room for little more than what is being kept."""
        free = shutil.disk_usage(self._directory).free // 1_000_000
        if free < _LEAST_FREE_MB:
            raise VaultError(f"Only {free} MB are left for dossiers; {_LEAST_FREE_MB} are needed.")

    def new_chest(self, dossier: str) -> tuple[Chest, bytes]:
        """A chest with a new key, and that key wrapped for keeping."""
        key = AESGCM.generate_key(8 * _KEY_BYTES)
        return Chest(self._directory / dossier, key), _seal(self._key, key, dossier)

    def chest(self, dossier: str, wrapped: bytes) -> Chest:
        """The chest of a dossier; raises VaultError when the vault's key is another."""
        return Chest(self._directory / dossier, _unseal(self._key, wrapped, dossier))

    def destroy(self, dossier: str) -> None:
        """Remove all files of a dossier."""
        shutil.rmtree(self._directory / dossier, ignore_errors=True)

    def destroy_strays(self, known: Collection[str], older_than: datetime) -> None:
        """Remove directories that no dossier owns, such as a killed process leaves."""
        for path in self._directory.iterdir():
            if not path.is_dir() or path.name in known:
                continue
            if path.stat().st_mtime < older_than.timestamp():
                shutil.rmtree(path, ignore_errors=True)


def _seal(key: bytes, content: bytes, purpose: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, purpose.encode())


def _unseal(key: bytes, sealed: bytes, purpose: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise VaultError(
            "A dossier cannot be decrypted: MOTCUA_VAULT_KEY is another than when it was kept, or "
            "a file was changed."
        ) from error


def _decoded(text: str) -> bytes:
    for decode in (bytes.fromhex, _from_base64):
        try:
            key = decode(text.strip())
        except (ValueError, binascii.Error):
            continue
        if len(key) == _KEY_BYTES:
            return key
    raise VaultError(
        f"MOTCUA_VAULT_KEY must be {_KEY_BYTES} random bytes in Base64 or hexadecimal: "
        "`openssl rand -base64 32` makes it."
    )


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text, altchars=b"-_" if "-" in text or "_" in text else None)


def _own_key(file: Path) -> bytes:
    """The key beside the files; the process that comes second takes the first one's."""
    key = base64.b64encode(os.urandom(_KEY_BYTES))
    aside = file.with_name(f"key.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        if not file.exists():
            aside.touch(mode=0o600)
            aside.write_bytes(key)
            # A link is made whole or not at all, and never over another one's key.
            os.link(aside, file)
            log.warning("A key for dossiers was made in %s; keep a copy of it elsewhere.", file)
    except FileExistsError:
        pass
    except OSError as error:
        raise VaultError(f"The vault's key cannot be written to {file}: {error}") from error
    finally:
        aside.unlink(missing_ok=True)
    return _decoded(file.read_text(encoding="ascii"))
