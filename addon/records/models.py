"""Every table, imported in one place so that the database knows them all."""

from addon.records import pulse
from addon.records.connection import Company, Connection
from addon.records.dimension import DimensionLink
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
from addon.records.merge import Merge
from addon.records.meter import Reads
from addon.records.moving import Moving
from addon.records.notice import Notice
from addon.records.pace import Gate
from addon.records.preferences import Preferences
from addon.records.receipt import Receipt
from addon.records.run import Piece, Run
from addon.records.selected import Selected
from addon.records.waiting import Unsent, UnsentCount

__all__ = [
    "Authorization",
    "Company",
    "Connection",
    "Departed",
    "DimensionLink",
    "Directory",
    "Farewell",
    "Gate",
    "Installation",
    "JournalLine",
    "Lease",
    "Link",
    "Listing",
    "Merge",
    "Moving",
    "Notice",
    "Parted",
    "Piece",
    "Preferences",
    "Reads",
    "Receipt",
    "Run",
    "Selected",
    "Unsent",
    "UnsentCount",
    "WebhookToken",
    "pulse",
]
