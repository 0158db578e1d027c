"""How a request finds the server it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from addon.sandbox.quickbooks.server import QuickBooksServer


def world() -> QuickBooksServer:
    """The server this request came to."""
    server: QuickBooksServer = current_app.extensions["quickbooks"]
    return server
