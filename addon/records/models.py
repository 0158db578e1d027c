"""Every table, imported in one place so that the database knows them all."""

from addon.records.connection import Company, Connection
from addon.records.directory import Directory, Listing
from addon.records.farewell import Farewell
from addon.records.installation import (
    Authorization,
    Departed,
    Installation,
    WebhookToken,
)
from addon.records.journal import JournalLine
from addon.records.lease import Lease
from addon.records.link import Link, Parted
from addon.records.pace import Gate
from addon.records.preferences import Preferences
from addon.records.receipt import Receipt
from addon.records.run import Piece, Run

__all__ = [
    "Authorization",
    "Company",
    "Connection",
    "Departed",
    "Directory",
    "Farewell",
    "Gate",
    "Installation",
    "JournalLine",
    "Lease",
    "Link",
    "Listing",
    "Parted",
    "Piece",
    "Preferences",
    "Receipt",
    "Run",
    "WebhookToken",
]
