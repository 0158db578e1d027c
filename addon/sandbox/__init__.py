"""The sandbox: a pretend Clockify and a pretend QuickBooks Online, side by side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from cryptography.fernet import Fernet

from addon.sandbox.clockify.server import ClockifyServer
from addon.sandbox.quickbooks.server import QuickBooksServer, utc_now

__all__ = ["Sandbox"]

# The same firm at Clockify, with other books.
_SAME_FIRM = {"payroll": "craig", "simple-start": "craig"}


class Sandbox:
    """Both worlds; used as a context manager or with start() and stop()."""

    def __init__(
        self,
        *,
        clockify_port: int = 0,
        quickbooks_port: int = 0,
        entries: int = 60,
        seed: int = 1,
        story: str = "craig",
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        firm = _SAME_FIRM.get(story, story)
        self.clockify = ClockifyServer(clockify_port, entries, seed, firm, now)
        self.quickbooks = QuickBooksServer(quickbooks_port, now, story, seed=seed)
        self._secret_key = Fernet.generate_key().decode()

    def start(self) -> None:
        """Begin to answer on both ports."""
        self.clockify.start()
        self.quickbooks.start()
        books = self.quickbooks
        self.clockify.books_url = f"{books.origin}/company/{books.company.realm}"

    def stop(self) -> None:
        """Close both doors."""
        self.quickbooks.stop()
        self.clockify.stop()

    def __enter__(self) -> Sandbox:
        """Start and be used."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, whatever happened."""
        self.stop()

    def environ(self, addon_url: str) -> dict[str, str]:
        """The environment an operator would set for an add-on at this address."""
        books = self.quickbooks
        return {
            "ADDON_BASE_URL": addon_url.rstrip("/"),
            "ADDON_SECRET_KEYS": self._secret_key,
            "CLOCKIFY_PUBLIC_KEYS": self.clockify.public_key_pem,
            "CLOCKIFY_HOSTS": self.clockify.origin,
            "CLOCKIFY_FRAME_ANCESTORS": self.clockify.origin,
            "INTUIT_CLIENT_ID": books.client_id,
            "INTUIT_CLIENT_SECRET": books.client_secret,
            "INTUIT_ENVIRONMENT": "sandbox",
            "INTUIT_AUTHORIZE_URL": books.authorize_url,
            "INTUIT_TOKEN_URL": books.token_url,
            "INTUIT_REVOKE_URL": books.revoke_url,
            "INTUIT_WEBHOOK_VERIFIER_TOKEN": books.notices.verifier_token,
            "QUICKBOOKS_API_URL": books.origin,
        }
