"""A column that only we can read: secrets are encrypted before they reach the disk."""

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from hmac import compare_digest

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator


class Unreadable(Exception):
    """Raised when none of the configured keys opens a stored secret."""


class Vault:
    """Seals with the newest key and opens with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._newest, *self._older = [Fernet(key) for key in keys]
        self._fernet = MultiFernet([self._newest, *self._older])

    def seal(self, secret: str) -> str:
        """Encrypt with the newest key."""
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Decrypt with whichever key fits, or raise Unreadable."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Unreadable(
                "no key of ADDON_SECRET_KEYS opens a stored secret"
            ) from None

    def reseal(self, sealed: str) -> str | None:
        """
        Encrypt again with the newest key, or raise Unreadable.

        None where the newest key has sealed it already.
        """
        with suppress(InvalidToken):
            self._newest.decrypt(sealed.encode())
            return None
        for key in self._older:
            with suppress(InvalidToken):
                return self._newest.encrypt(key.decrypt(sealed.encode())).decode()
        raise Unreadable("no key of ADDON_SECRET_KEYS opens a stored secret")


class Sealed(TypeDecorator[str]):
    """Text that is sealed on its way in and opened on its way out."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> str | None:
        """Seal the value with the application's vault."""
        return None if value is None else _vault().seal(value)

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> str | None:
        """Open the value with the application's vault."""
        return None if value is None else _vault().open(value)


def digest(secret: str) -> str:
    """Give the SHA-256 of a long random secret, enough to recognise it by."""
    return sha256(secret.encode()).hexdigest()


def is_digest_of(known: str, candidate: str) -> bool:
    """Compare in constant time."""
    return compare_digest(known, digest(candidate))


def _vault() -> Vault:
    vault: Vault = current_app.extensions["vault"]
    return vault
