"""What Clockify posts to us when a workspace installs, switches or removes us."""

import re
from dataclasses import dataclass, field

from addon.clockify import fields
from addon.clockify.errors import Malformed

_VISIBLE = re.compile(r"[!-~]+")
_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


@dataclass(frozen=True)
class Installed:
    """
    A workspace installed the add-on; this is sent once, so keep it before answering.

    `webhooks` pairs each path, as our manifest spells it, with the token that every
    delivery to that path will carry. The tokens stay out of `repr`.
    """

    addon_id: str
    workspace_id: str
    token: str = field(repr=False)
    api_url: str
    as_user: str | None = None
    addon_user_id: str | None = None
    webhooks: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class StatusChanged:
    """An admin switched the installation on or off."""

    addon_id: str
    workspace_id: str
    active: bool


@dataclass(frozen=True)
class Deleted:
    """A workspace removed this installation; a newer one may already exist."""

    addon_id: str
    workspace_id: str
    as_user: str | None = None


def installed(body: object, base_url: str = "") -> Installed:
    """
    Read the body of INSTALLED; raises Malformed.

    `base_url` is our own public address: the part of it that is a path is taken off
    the webhooks' paths.
    """
    source = fields.record(body, "an INSTALLED message")
    return Installed(
        addon_id=fields.identifier(source, "addonId"),
        workspace_id=fields.identifier(source, "workspaceId"),
        token=_token(source),
        api_url=_required(source, "apiUrl"),
        as_user=fields.optional_identifier(source, "asUser"),
        addon_user_id=fields.optional_identifier(source, "addonUserId"),
        webhooks=tuple(
            (
                webhook_path(_required(each, "path"), base_url),
                _token(each),
            )
            for each in fields.records(source.get("webhooks"), "webhooks")
        ),
    )


def status_changed(body: object) -> StatusChanged:
    """Read the body of STATUS_CHANGED; raises Malformed."""
    source = fields.record(body, "a STATUS_CHANGED message")
    status = fields.text(source, "status").upper()
    if status not in {"ACTIVE", "INACTIVE"}:
        raise Malformed("Clockify sent a status that is neither ACTIVE nor INACTIVE.")
    return StatusChanged(
        addon_id=fields.identifier(source, "addonId"),
        workspace_id=fields.identifier(source, "workspaceId"),
        active=status == "ACTIVE",
    )


def deleted(body: object) -> Deleted:
    """Read the body of DELETED; raises Malformed."""
    source = fields.record(body, "a DELETED message")
    return Deleted(
        addon_id=fields.identifier(source, "addonId"),
        workspace_id=fields.identifier(source, "workspaceId"),
        as_user=fields.optional_identifier(source, "asUser"),
    )


def webhook_path(path: str, base_url: str = "") -> str:
    """
    Give a webhook's path as our manifest spells it.

    Clockify has been seen to send the whole address, the manifest's path, and the
    path with a doubled slash.
    """
    bare = _slashes(_ORIGIN.sub("", path.strip(), count=1))
    prefix = _slashes(_ORIGIN.sub("", base_url.strip(), count=1)).rstrip("/")
    if prefix and bare.startswith(f"{prefix}/"):
        return bare.removeprefix(prefix)
    return bare


def _slashes(path: str) -> str:
    return re.sub(r"/+", "/", "/" + re.split(r"[?#]", path, maxsplit=1)[0])


def _token(source: fields.Record) -> str:
    value = _required(source, "authToken")
    # It becomes a header: nothing but visible ASCII may pass.
    if not _VISIBLE.fullmatch(value):
        raise Malformed("Clockify sent a token that is none.")
    return value


def _required(source: fields.Record, key: str) -> str:
    value = fields.optional_text(source, key)
    if value is None:
        raise Malformed(f"Clockify sent a message without its {key}.")
    return value
