"""Settings, frozen; read once, complaining once, about everything."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self

from addon.variables import Variables

VERSION = "0.1.0"

# The one key that signs every Clockify token, as published for add-on developers.
CLOCKIFY_PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAubktufFNO/op+E5WBWL6
/Y9QRZGSGGCsV00FmPRl5A0mSfQu3yq2Yaq47IlN0zgFy9IUG8/JJfwiehsmbrKa
49t/xSkpG1u9w1GUyY0g4eKDUwofHKAt3IPw0St4qsWLK9mO+koUo56CGQOEpTui
5bMfmefVBBfShXTaZOtXPB349FdzSuYlU/5o3L12zVWMutNhiJCKyGfsuu2uXa9+
6uQnZBw1wO3/QEci7i4TbC+ZXqW1rCcbogSMORqHAP6qSAcTFRmrjFAEsOWiUUhZ
rLDg2QJ8VTDghFnUhYklNTJlGgfo80qEWe1NLIwvZj0h3bWRfrqZHsD/Yjh0duk6
yQIDAQAB
-----END PUBLIC KEY-----
"""
AUTHORIZE_URL = "https://appcenter.intuit.com/connect/oauth2"
TOKEN_URL = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"  # noqa: S105
REVOKE_URL = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
API_URLS = {
    "production": "https://quickbooks.api.intuit.com",
    "sandbox": "https://sandbox-quickbooks.api.intuit.com",
}
DATABASE_URL = "sqlite:///instance/addon.sqlite"
QUEUE_URL = "sqlite:///instance/queue.sqlite"
CLOCKIFY_HOSTS = "clockify.me,*.clockify.me"
FRAME_ANCESTORS = (
    "https://app.clockify.me https://developer.clockify.me https://*.clockify.me"
)


class BadSettings(Exception):
    """Every setting that is missing or wrong; each problem is one line, no values."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the lines, each of which names a variable and what it should hold."""
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What an operator decided; secrets stay out of its printed form."""

    base_url: str
    addon_key: str
    secret_keys: tuple[str, ...] = field(repr=False)
    host: str
    port: int
    database_url: str = field(repr=False)
    queue_url: str = field(repr=False)
    clockify_keys: tuple[str, ...] = field(repr=False)
    clockify_hosts: tuple[str, ...]
    frame_ancestors: tuple[str, ...]
    intuit_client_id: str
    intuit_client_secret: str = field(repr=False)
    intuit_environment: str
    intuit_webhook_token: str | None = field(repr=False)
    authorize_url: str
    token_url: str
    revoke_url: str
    api_url: str
    quickbooks_timeout: timedelta
    version: str = VERSION

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read all settings; BadSettings names every problem at once."""
        read = Variables(environ)
        environment = read.one_of("INTUIT_ENVIRONMENT", tuple(API_URLS), "production")
        settings = cls(
            base_url=read.address("ADDON_BASE_URL", None, origin=True),
            addon_key=read.key("ADDON_KEY", str(manifest_template()["key"])),
            secret_keys=read.fernet_keys("ADDON_SECRET_KEYS"),
            host=read.text("ADDON_HOST", "127.0.0.1"),
            port=read.number("ADDON_PORT", 8000, most=65535, unit="a port number"),
            database_url=read.database("DATABASE_URL", DATABASE_URL),
            queue_url=read.queue("QUEUE_URL", QUEUE_URL),
            clockify_keys=read.public_keys("CLOCKIFY_PUBLIC_KEYS", CLOCKIFY_PUBLIC_KEY),
            clockify_hosts=read.hosts("CLOCKIFY_HOSTS", CLOCKIFY_HOSTS),
            frame_ancestors=read.origins("CLOCKIFY_FRAME_ANCESTORS", FRAME_ANCESTORS),
            intuit_client_id=read.required("INTUIT_CLIENT_ID", "your Intuit app's id"),
            intuit_client_secret=read.required(
                "INTUIT_CLIENT_SECRET", "your Intuit app's secret"
            ),
            intuit_environment=environment,
            intuit_webhook_token=read.secret("INTUIT_WEBHOOK_VERIFIER_TOKEN"),
            authorize_url=read.address("INTUIT_AUTHORIZE_URL", AUTHORIZE_URL),
            token_url=read.address("INTUIT_TOKEN_URL", TOKEN_URL),
            revoke_url=read.address("INTUIT_REVOKE_URL", REVOKE_URL),
            api_url=read.address("QUICKBOOKS_API_URL", API_URLS[environment]),
            quickbooks_timeout=timedelta(
                seconds=read.number(
                    "QUICKBOOKS_TIMEOUT", 120, most=3600, unit="whole seconds"
                )
            ),
        )
        if read.problems:
            raise BadSettings(read.problems)
        return settings

    @property
    def uses_sqlite(self) -> bool:
        """Whether the database or the queue is a file, so one process serves."""
        return any(
            url.startswith("sqlite:") for url in (self.database_url, self.queue_url)
        )

    def make_folders(self) -> None:
        """Create the folders of SQLite files, readable by this user only."""
        for url in (self.database_url, self.queue_url):
            if url.startswith("sqlite:///"):
                folder = Path(url.removeprefix("sqlite:///")).parent
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def root_file(name: str) -> Path:
    """Find a file that lies beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parent
    packaged = package / name
    return packaged if packaged.exists() else package.parent / name


def manifest_template() -> dict[str, object]:
    """Read manifest.json as shipped; its baseUrl and key are replaced on serving."""
    content = json.loads(root_file("manifest.json").read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError("manifest.json should hold one JSON object")
    return content
