"""Creating records in QuickBooks is off until an admin turns it on."""

from tests.world import World


def test_creating_is_off_until_an_admin_turns_it_on(tmp_path):
    """The lists offer to create records only after the switch was ticked."""
    with World(tmp_path) as world:
        world.install()
        world.connect()
        token = world.token("Olivia Owen")

        assert "create:" not in world.ask("GET", "/links/user", token=token).text
        switched = world.ask(
            "PUT", "/preferences/creating", token=token, data={"allowed": "yes"}
        )
        assert switched.status_code == 200
        assert "create:" in world.ask("GET", "/links/user", token=token).text
        world.ask("PUT", "/preferences/creating", token=token, data={})
        assert "create:" not in world.ask("GET", "/links/user", token=token).text
