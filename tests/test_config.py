"""Settings: read once, complaining once, about everything, without values."""

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from addon.check import manifest_problems
from addon.config import (
    CLOCKIFY_PUBLIC_KEY,
    BadSettings,
    Settings,
    manifest_template,
)

SECRET = urlsafe_b64encode(bytes(range(32))).decode()
GOOD = {
    "ADDON_BASE_URL": "https://hours.example.com/",
    "ADDON_SECRET_KEYS": SECRET,
    "INTUIT_CLIENT_ID": "client-id",
    "INTUIT_CLIENT_SECRET": "client-secret",
}
CONTRACTS = Path(os.environ.get("CONTRACTS_DIR", "../shared/contracts"))


def problems_of(**changes: str) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        Settings.from_environ({**GOOD, **changes})
    return caught.value.problems


def a_key(kind: str = "rsa") -> str:
    private = (
        ec.generate_private_key(ec.SECP256R1())
        if kind == "ec"
        else rsa.generate_private_key(65537, 2048)
    )
    public = private.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_four_values_are_enough_to_serve():
    """An operator sets four variables and gets sensible values for all others."""
    settings = Settings.from_environ(GOOD)
    assert settings.base_url == "https://hours.example.com"
    assert settings.addon_key == "hours-to-books"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.database_url.endswith("/instance/addon.sqlite")
    assert settings.queue_url.endswith("/instance/queue.sqlite")
    assert settings.clockify_hosts == ("clockify.me", "*.clockify.me")
    assert settings.frame_ancestors[0] == "https://app.clockify.me"
    assert settings.api_url == "https://quickbooks.api.intuit.com"
    assert settings.intuit_webhook_token is None
    assert settings.quickbooks_timeout == timedelta(seconds=120)


def test_all_problems_are_told_at_once_one_line_each():
    """Whoever starts with nothing learns everything that is missing in one go."""
    with pytest.raises(BadSettings) as caught:
        Settings.from_environ({"ADDON_PORT": "99999", "INTUIT_ENVIRONMENT": "test"})
    problems = caught.value.problems
    named = {line.split()[0] for line in problems}
    assert named == {*GOOD, "ADDON_PORT", "INTUIT_ENVIRONMENT"}
    assert all("it should hold" in line and "\n" not in line for line in problems)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADDON_BASE_URL", "http://hours.example.com"),
        ("ADDON_BASE_URL", "https://hours.example.com/below"),
        ("ADDON_BASE_URL", "https://user:pw@hours.example.com"),
        ("ADDON_BASE_URL", "hours.example.com"),
        ("ADDON_BASE_URL", "https://hours.example.com:port"),
        ("ADDON_KEY", "with blank"),
        ("ADDON_SECRET_KEYS", "too-short"),
        ("ADDON_SECRET_KEYS", f"{SECRET},nonsense"),
        ("ADDON_PORT", "0"),
        ("ADDON_PORT", "-1"),
        ("ADDON_PORT", "٣"),
        ("DATABASE_URL", "mysql://root@host/name"),
        ("DATABASE_URL", "sqlite://:memory:"),
        ("QUEUE_URL", "amqp://host"),
        ("CLOCKIFY_PUBLIC_KEYS", "/no/such/file"),
        ("CLOCKIFY_PUBLIC_KEYS", "-----BEGIN PUBLIC KEY-----"),
        ("CLOCKIFY_HOSTS", "*.*.clockify.me"),
        ("CLOCKIFY_HOSTS", "http://clockify.me"),
        ("CLOCKIFY_HOSTS", "*"),
        ("CLOCKIFY_FRAME_ANCESTORS", "*"),
        ("CLOCKIFY_FRAME_ANCESTORS", "https://a.example; script-src *"),
        ("INTUIT_ENVIRONMENT", "live"),
        ("INTUIT_TOKEN_URL", "http://oauth.example.com/token"),
        ("QUICKBOOKS_API_URL", "ftp://127.0.0.1"),
        ("QUICKBOOKS_TIMEOUT", "two minutes"),
    ],
)
def test_a_malformed_value_is_named_but_never_repeated(name, value):
    """A wrong value is refused by the name of its variable, without its content."""
    (problem,) = problems_of(**{name: value})
    assert problem.startswith(f"{name} is malformed: it should hold ")
    assert value not in problem or value == "*"


@given(st.sampled_from(sorted(GOOD)[1:]), st.text(min_size=12, max_size=40))
def test_a_secret_is_never_part_of_a_complaint(name, noise):
    """Whatever stands in a secret by mistake, the complaint does not tell it."""
    canary = f"canary{noise}canary"
    environ = {**GOOD, name: canary, "ADDON_PORT": "x"}
    with pytest.raises(BadSettings) as caught:
        Settings.from_environ(environ)
    assert "canary" not in str(caught.value)


def test_settings_in_a_traceback_show_no_secret():
    """The printed form of the settings holds no key, secret or password."""
    password = "postgresql://me:hidden-password@db.example.com/hours"
    settings = Settings.from_environ(
        {**GOOD, "DATABASE_URL": password, "INTUIT_WEBHOOK_VERIFIER_TOKEN": "hidden-v"}
    )
    shown = repr(settings)
    assert "hidden" not in shown
    assert SECRET not in shown
    assert "client-secret" not in shown


def test_a_secret_may_come_from_a_file(tmp_path):
    """An operator may mount secrets as files instead of variables."""
    (tmp_path / "secret").write_text("from-a-file\n")
    environ = {**GOOD, "INTUIT_CLIENT_SECRET_FILE": str(tmp_path / "secret")}
    del environ["INTUIT_CLIENT_SECRET"]
    assert Settings.from_environ(environ).intuit_client_secret == "from-a-file"


def test_a_secret_given_twice_or_from_nowhere_is_refused(tmp_path):
    """A variable beside its file, or a file that is not there, is a mistake."""
    (tmp_path / "secret").write_text("one")
    (both,) = problems_of(INTUIT_CLIENT_SECRET_FILE=str(tmp_path / "secret"))
    assert "not both" in both
    (nowhere,) = problems_of(INTUIT_WEBHOOK_VERIFIER_TOKEN_FILE="/no/such/file")
    assert nowhere.startswith("INTUIT_WEBHOOK_VERIFIER_TOKEN_FILE is malformed")


@pytest.mark.parametrize("host", ["localhost:9000", "127.0.0.1:9000", "[::1]:9000"])
def test_plain_http_is_fine_on_this_machine_only(host):
    """The demonstration runs without certificates because it never leaves home."""
    settings = Settings.from_environ({**GOOD, "ADDON_BASE_URL": f"http://{host}"})
    assert settings.base_url == f"http://{host}"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_takes_the_installed_driver(scheme):
    """An address as hosting companies hand it out works unchanged."""
    address = f"{scheme}://me:pw@db/hours?sslmode=require"
    settings = Settings.from_environ({**GOOD, "DATABASE_URL": address})
    wanted = "postgresql+psycopg://me:pw@db/hours?sslmode=require"
    assert settings.database_url == wanted


def test_files_are_found_again_from_another_folder_and_made_on_use(tmp_path):
    """A database file keeps its place, in a folder that only its owner reads."""
    place = tmp_path / "deep" / "below"
    settings = Settings.from_environ(
        {
            **GOOD,
            "DATABASE_URL": f"sqlite:///{place}/a.sqlite",
            "QUEUE_URL": "redis://r",
        }
    )
    assert settings.uses_sqlite
    assert not place.exists()
    settings.make_folders()
    assert place.stat().st_mode & 0o777 == 0o700
    assert Path(settings.database_url.removeprefix("sqlite:///")).is_absolute()


def test_no_file_in_sight_means_several_processes_may_serve():
    """With PostgreSQL and Redis nothing ties the add-on to one process."""
    urls = {"DATABASE_URL": "postgresql://db/hours", "QUEUE_URL": "redis://cache/1"}
    assert not Settings.from_environ({**GOOD, **urls}).uses_sqlite


def test_the_built_in_key_is_the_published_one():
    """Clockify's signature is checked with exactly the key that Clockify published."""
    der = load_pem_public_key(CLOCKIFY_PUBLIC_KEY.encode()).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    published = "0cebc449014cf940ad0763e204b29b3a2263abfa1ccd298347c9bd2db2708b16"
    assert hashlib.sha256(der).hexdigest() == published
    assert Settings.from_environ(GOOD).clockify_keys == (CLOCKIFY_PUBLIC_KEY,)


def test_keys_are_taken_as_text_as_one_line_and_from_files(tmp_path):
    """Key rotation works however the operator's platform stores the keys."""
    text, line, filed = a_key(), a_key(), a_key()
    (tmp_path / "key.pem").write_text(filed)
    value = f"{text},{line.replace(chr(10), chr(92) + 'n')},{tmp_path / 'key.pem'}"
    settings = Settings.from_environ({**GOOD, "CLOCKIFY_PUBLIC_KEYS": value})
    assert settings.clockify_keys == (text, line, filed)


def test_a_key_of_another_kind_is_refused():
    """A key that could never have signed a Clockify token is a mistake."""
    (problem,) = problems_of(CLOCKIFY_PUBLIC_KEYS=a_key("ec"))
    assert problem.startswith("CLOCKIFY_PUBLIC_KEYS is malformed")


def test_intuits_sandbox_has_its_own_api_and_everything_can_be_overridden():
    """One word moves the add-on to Intuit's test companies; addresses may differ."""
    sandbox = Settings.from_environ({**GOOD, "INTUIT_ENVIRONMENT": "sandbox"})
    assert sandbox.api_url == "https://sandbox-quickbooks.api.intuit.com"
    own = Settings.from_environ(
        {**GOOD, "QUICKBOOKS_API_URL": "http://127.0.0.1:9002/"}
    )
    assert own.api_url == "http://127.0.0.1:9002"


def test_the_manifest_is_one_that_clockify_accepts():
    """The shipped manifest is valid under Clockify's own schema, version 1.5."""
    schema = CONTRACTS / "clockify-manifest-schema-1.5.json"
    if not schema.exists():
        pytest.skip(f"no {schema.name} here: set CONTRACTS_DIR to where it lies")
    Draft4Validator(json.loads(schema.read_text())).validate(manifest_template())


def test_the_manifest_check_finds_nothing_in_ours_and_much_in_a_broken_one():
    """An operator who edits the manifest is told what Clockify would refuse."""
    assert manifest_problems(manifest_template()) == []
    broken = {
        **manifest_template(),
        "key": "",
        "settings": "settings",
        "webhooks": [{"event": "NEW_TAG", "path": "/same"}] * 21,
        "lifecycle": [{"type": "INSTALLED", "path": "/installed"}],
    }
    told = "\n".join(manifest_problems(broken))
    for word in ("key", "'settings'", "at most 20", "more than once", "STATUS_CHANGED"):
        assert word in told


def test_each_webhook_path_is_its_event_in_small_letters():
    """A person reading the manifest or a log sees at once which event came where."""
    for hook in manifest_template()["webhooks"]:
        assert hook["path"] == f"/webhooks/{hook['event'].lower().replace('_', '-')}"
