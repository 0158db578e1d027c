"""Reads environment variables and gathers, without their values, what is wrong."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"(?:\*\.)?{_NAME}")
_ORIGIN = re.compile(rf"https?://(?:(?:\*\.)?{_NAME}|\[[0-9a-fA-F:]+\])(?::\d{{1,5}})?")
_KEY = re.compile(r"[A-Za-z0-9._-]{2,50}")
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)
_SMALLEST_RSA_KEY = 2048


class Variables:
    """Reads variables one by one and gathers what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Start without problems."""
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        """The trimmed variable; an empty one counts as absent."""
        return self._environ.get(name, "").strip() or default

    def secret(self, name: str) -> str | None:
        """The variable, or the content of the file that NAME_FILE names."""
        value = self._environ.get(name, "").strip()
        file = self._environ.get(f"{name}_FILE", "").strip()
        if value and file:
            self._wrong(name, f"either {name} or {name}_FILE, not both", "is ambiguous")
        elif file:
            try:
                value = Path(file).read_text(encoding="utf-8").strip()
            except (OSError, ValueError):
                self._wrong(f"{name}_FILE", "the path of a readable text file")
                return "unreadable"
        return value or None

    def required(self, name: str, meaning: str) -> str:
        """A variable (or its file) that must be there."""
        value = self.secret(name)
        if value is None:
            self._missing(name, meaning)
        return value or ""

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.text(name, default)
        if value not in choices:
            self._wrong(name, " or ".join(choices))
            return default
        return value

    def number(self, name: str, default: int, *, most: int, unit: str) -> int:
        """A whole number from 1 to the most allowed."""
        value = self.text(name, str(default))
        if value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= most:
            return int(value)
        self._wrong(name, f"{unit} from 1 to {most}")
        return default

    def key(self, name: str, default: str) -> str:
        """The key of a manifest, as its schema allows it."""
        value = self.text(name, default)
        if not _KEY.fullmatch(value):
            self._wrong(name, "2 to 50 letters, digits, dots, dashes or underscores")
        return value

    def address(self, name: str, default: str | None, *, origin: bool = False) -> str:
        """An https address without a trailing slash; http is for loopback only."""
        value = self.text(name, default or "")
        meaning = "an https address (http only on this machine itself)"
        if origin:
            meaning = "the public https address of this add-on, with no path after it"
        if not value:
            self._missing(name, meaning)
        elif not _is_address(value, origin=origin):
            self._wrong(name, meaning)
        return value.rstrip("/")

    def fernet_keys(self, name: str) -> tuple[str, ...]:
        """Keys that seal what is stored, the newest first."""
        meaning = "Fernet keys, separated by commas, the newest first"
        keys = _split(self.required(name, meaning))
        try:
            for key in keys:
                Fernet(key)
        except ValueError:
            self._wrong(name, f"{meaning} (each 32 bytes in URL-safe base64)")
        return keys

    def database(self, name: str, default: str) -> str:
        """A database address, PostgreSQL with the driver that is installed."""
        value = self.secret(name) or default
        driver, separator, rest = value.partition("://")
        if driver in {"postgresql", "postgres", "postgresql+psycopg"} and rest:
            return f"postgresql+psycopg{separator}{rest}"
        if _names_a_file(value):
            return _absolute(value)
        self._wrong(name, "sqlite:///a/file or postgresql://user:password@host/name")
        return value

    def queue(self, name: str, default: str) -> str:
        """The address of the queue: a file, Redis or PostgreSQL."""
        value = self.secret(name) or default
        if _names_a_file(value):
            return _absolute(value)
        if not re.match(r"(rediss?|postgres(ql)?)://.", value):
            self._wrong(name, "sqlite:///a/file, redis://… or postgresql://…")
        return value

    def public_keys(self, name: str, default: str) -> tuple[str, ...]:
        """PEM texts (line ends may be written as a backslash and n) or paths."""
        found: list[str] = []
        for part in _split(self.text(name, default)):
            blocks = _pem_blocks(part)
            if not blocks or not all(map(_is_rsa_key, blocks)):
                self._wrong(name, "PEM public keys (RSA) or paths of files with them")
                return ()
            found.extend(blocks)
        return tuple(found)

    def hosts(self, name: str, default: str) -> tuple[str, ...]:
        """Patterns of hosts, separated by commas."""
        values = _split(self.text(name, default))
        if not values or not all(_is_host(value) for value in values):
            self._wrong(name, "host, *.host or https://host:port, separated by commas")
        return values

    def origins(self, name: str, default: str) -> tuple[str, ...]:
        """Origins for frame-ancestors, separated by blanks."""
        values = tuple(self.text(name, default).replace(",", " ").split())
        if not values or not all(map(_ORIGIN.fullmatch, values)):
            self._wrong(name, "origins such as https://app.clockify.me, with blanks")
        return values

    def _missing(self, name: str, meaning: str) -> None:
        self._wrong(name, meaning, "is missing")

    def _wrong(self, name: str, meaning: str, what: str = "is malformed") -> None:
        self.problems.append(f"{name} {what}: it should hold {meaning}.")


def _split(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _is_address(value: str, *, origin: bool) -> bool:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = bool(host) and not re.search(r"[\s?#@\\]", value)
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    return plain and safe and not (origin and parts.path.strip("/"))


def _is_host(value: str) -> bool:
    if "://" in value:
        return "*" not in value and _is_address(value, origin=True)
    return bool(_HOST.fullmatch(value)) and "." in value


def _names_a_file(url: str) -> bool:
    path = url.removeprefix("sqlite:///")
    return path != url and bool(path.strip("/")) and "?" not in path


def _absolute(url: str) -> str:
    return f"sqlite:///{Path(url.removeprefix('sqlite:///')).absolute()}"


def _pem_blocks(part: str) -> list[str]:
    if "-----BEGIN" not in part:
        try:
            part = Path(part).read_text(encoding="ascii")
        except (OSError, ValueError):
            return []
    return [f"{block}\n" for block in _PEM.findall(part.replace("\\n", "\n"))]


def _is_rsa_key(pem: str) -> bool:
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        return False
    return isinstance(key, RSAPublicKey) and key.key_size >= _SMALLEST_RSA_KEY
