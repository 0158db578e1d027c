"""Which addresses we are willing to call."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from addon.clockify.errors import ForbiddenAddress

__all__ = ["ForbiddenAddress", "allowed", "api_base", "checked", "reports_base"]

# Deliberately far narrower than a URL may be: whatever two parsers could read in two
# ways (user info, backslashes, percent signs, non-ASCII) never gets past this line.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9.-]{1,253}|\[[0-9a-f:]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[a-z0-9._~-]*)*)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_LONGEST = 2048
_DEFAULT_PORTS = {"https": 443, "http": 80}


class _Address(NamedTuple):
    """An address taken apart, lower-cased, with its port always known."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Give scheme, host and, where it is not the usual one, the port."""
        usual = _DEFAULT_PORTS[self.scheme] == self.port
        return f"{self.scheme}://{self.host}" + ("" if usual else f":{self.port}")


def allowed(url: str, patterns: Sequence[str]) -> bool:
    """
    Say whether the address lies within the list.

    `host` and `*.host` mean https on the default port; `*.host` means any depth of
    subdomain but not the host itself. A full origin such as http://127.0.0.1:9001
    matches exactly that origin. Everything that cannot be read plainly is refused.
    """
    address = _parse(url)
    return address is not None and any(_matches(address, each) for each in patterns)


def checked(url: str, patterns: Sequence[str]) -> str:
    """
    Give the address in its plain form, without a trailing slash.

    Raises ForbiddenAddress where it lies outside the list; the message never holds
    the address, which may come from anywhere.
    """
    address = _parse(url)
    if address is None or not any(_matches(address, each) for each in patterns):
        raise ForbiddenAddress("Clockify named an address outside the list of hosts.")
    return address.origin + re.sub(r"/+", "/", address.path).rstrip("/")


def api_base(backend_url: str) -> str:
    """
    Give the address that ends in `/api`, to which `/v1/...` is appended.

    Clockify has been seen to send it with a trailing slash, without `/api` and
    with `/api/v1`.
    """
    plain = re.sub(r"/v1$", "", backend_url.strip().rstrip("/")).rstrip("/")
    return plain if plain.endswith("/api") else f"{plain}/api"


def reports_base(backend_url: str, reports_url: str | None = None) -> str:
    """
    Give the address of the reports service, to which `/v1/...` is appended.

    The token's own `reportsUrl` counts. Without one, Clockify's table of regions
    applies: the global service has a host for reports, all others have a path.
    """
    if reports_url and reports_url.strip():
        return re.sub(r"/v1$", "", reports_url.strip().rstrip("/")).rstrip("/")
    root = api_base(backend_url).removesuffix("/api")
    if root.lower() == "https://api.clockify.me":
        return "https://reports.api.clockify.me"
    return f"{root}/report"


def _parse(url: str) -> _Address | None:
    if not isinstance(url, str) or len(url) > _LONGEST:
        return None
    found = _ADDRESS.fullmatch(url)
    if found is None or not url.isascii():
        return None
    if {".", ".."} & set(found["path"].split("/")):
        return None
    scheme = found["scheme"].lower()
    port = int(found["port"]) if found["port"] else _DEFAULT_PORTS[scheme]
    if not 0 < port < 65536:
        return None
    return _Address(scheme, found["host"].lower(), port, found["path"])


def _matches(address: _Address, pattern: str) -> bool:
    wanted = pattern.strip().lower()
    if "://" in wanted:
        origin = _parse(wanted)
        return origin is not None and origin[:3] == address[:3]
    if address.scheme != "https" or address.port != _DEFAULT_PORTS["https"]:
        return False
    if wanted.startswith("*."):
        return (
            _NAME.fullmatch(address.host) is not None
            and _NAME.fullmatch(wanted[2:]) is not None
            and address.host.endswith(wanted[1:])
        )
    return bool(wanted) and address.host == wanted
