"""What lies on the disk is of no use to whoever steals it."""

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from addon import records
from addon.records import connection as connections
from addon.records import db
from addon.records.sealed import Sealed, Unreadable, Vault
from tests.canaries import found_in_database, found_in_files
from tests.world import World


def sealed_columns() -> list[sa.Column]:
    return [
        column
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]


def raw(column: sa.Column) -> list[str]:
    """The values as they lie on the disk."""
    plain = sa.type_coerce(column, sa.String)
    with records.everywhere():
        return list(db.session.execute(sa.select(plain)).scalars())


def secrets_of(world: World) -> dict[str, str]:
    """Everything that would open a door, by what it is."""
    installation = world.workspace.installation
    grants = world.sandbox.quickbooks.grants.grants
    return {
        "installation token": installation.auth_token,
        **{f"token of {k}": v for k, v in installation.webhook_tokens.items()},
        **{f"refresh {n}": v.value for n, v in enumerate(grants[-1].values)},
        **{f"access {n}": token for n, token in enumerate(grants[-1].access)},
        "realm": world.company.realm,
        "client secret": world.sandbox.quickbooks.client_secret,
    }


def test_p21_a_stolen_database_holds_no_secret_in_the_clear(database, tmp_path, capsys):
    """Whoever copies our files finds no token, no realm id and no password."""
    with World(tmp_path, environ={"DATABASE_URL": database}, entries=0) as world:
        world.install()
        assert world.connect().status_code == 200
        secrets = secrets_of(world)
        with world.app.app_context():
            hits = found_in_database(secrets.values()) | found_in_files(
                tmp_path, secrets.values()
            )
            values = [value for column in sealed_columns() for value in raw(column)]
            vault: Vault = world.app.extensions["vault"]
            opened = {vault.open(value) for value in values}
    with capsys.disabled():
        print(f"\nP21: {len(secrets)} secrets searched, {len(hits)} hits")
    assert hits == set()
    assert secrets["installation token"] in opened  # so it was there, but sealed
    assert secrets["realm"] in opened


def test_p21_every_column_with_a_secret_is_sealed():
    """No table has a column for a token or a realm id that is not encrypted."""
    telling = ("token", "secret", "realm", "password", "code")
    harmless = {"company.realm_digest", "receipt.sync_token"}
    open_ones = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if any(word in column.name for word in telling)
        and not isinstance(column.type, Sealed)
    }
    assert open_ones == harmless
    assert len(sealed_columns()) == 5


def test_p21_with_the_wrong_key_nothing_is_sent_and_the_reason_is_told(tmp_path):
    """With a lost key the add-on stands still and says so; it never sends garbage."""
    key = {"ADDON_SECRET_KEYS": Fernet.generate_key().decode()}
    with World(tmp_path, environ=key, entries=0) as world:
        world.install()
        world.connect()
        world._environ = {"ADDON_SECRET_KEYS": Fernet.generate_key().decode()}
        blind = world.make_app()
        with blind.app_context(), records.everywhere():
            with pytest.raises(Unreadable, match="ADDON_SECRET_KEYS"):
                connections.current()
            db.session.remove()
        called = len(world.sandbox.quickbooks.requests)
        asked = len(world.sandbox.clockify.requests)
        blind.extensions["queue"].ring("refresh", 1)
        blind.extensions["queue"].ring("send", 1)
        assert drain(blind) == 2
        page = blind.test_client().get(
            "/settings", query_string={"auth_token": world.token("Olivia Owen")}
        )
        with blind.app_context():
            db.engine.dispose()
        assert page.status_code == 500
        assert "on our side" in page.text
        assert len(world.sandbox.quickbooks.requests) == called
        assert len(world.sandbox.clockify.requests) == asked


def drain(app) -> int:
    """Do what rings in the queue of another process."""
    huey = app.extensions["queue"].huey
    done = 0
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
        done += 1
    return done


def test_the_vault_seals_the_same_secret_differently_each_time():
    """Equal secrets cannot be recognised by comparing what is stored."""
    vault = Vault([Fernet.generate_key().decode()])
    sealed = vault.seal("secret")
    assert sealed != vault.seal("secret")
    assert vault.open(sealed) == "secret"
    with pytest.raises(Unreadable, match="ADDON_SECRET_KEYS"):
        vault.open(sealed[:-4] + "AAAA")
