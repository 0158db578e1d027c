"""A pretend Clockify workspace: what it holds, and everything that can happen in it."""

from __future__ import annotations

from addon.sandbox.clockify.catalogue import Catalogue
from addon.sandbox.clockify.hours import Hours
from addon.sandbox.clockify.people import People


class Workspace(People, Catalogue, Hours):
    """
    One workspace. Its deeds change state and fire the webhooks Clockify would fire.

    Things may be named by themselves, by identifier or by name:
    `workspace.rename_user("Emily Platt", "Emily Platt-Jones")`.
    """
