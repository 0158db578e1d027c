"""What an admin chooses for the whole workspace: the service, and creating."""

import pytest

from tests.desk import OLIVIA, a_desk
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


@pytest.mark.parametrize("fate", ["active", "inactive", "gone"])
def test_the_chosen_service_is_shown_whatever_becomes_of_it(tmp_path, fate):
    """Nobody may think that QuickBooks' own default is chosen where it is not."""
    with a_desk(tmp_path) as desk:
        rows = desk.company.tables["Item"].values()
        item = next(row for row in rows if row["Type"] == "Service")
        name = item["Name"]
        desk.choose_item("777" if fate == "gone" else item["Id"])
        token = desk.world.token(OLIVIA)
        if fate == "inactive":
            desk.company.deactivate("Item", item["Id"])
            desk.world.ask("POST", "/directory/refresh", token=token)
            desk.world.work()
        panel = desk.world.ask("GET", "/settings/panel", token=token).text
    form = panel.partition('id="preferences-form"')[2].partition("</select>")[0]
    [chosen] = [line for line in form.splitlines() if " selected" in line]
    said = {
        "active": name,
        "inactive": f"{name} (inactive)",
        "gone": "A service that is gone",
    }
    assert f">{said[fate]}</option>" in chosen
