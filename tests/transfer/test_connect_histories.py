"""Whoever began a journey to Intuit is the only one whom it can connect."""

import random

import pytest

from addon.transfer.connect import LIFETIME
from tests.town import Journey, Oracle, Town, town

CHUNKS, EACH = 4, 250


def step(here: Town, oracle: Oracle, chance: random.Random) -> None:
    """Do one thing that people, browsers or attackers do, and note what must follow."""
    if not oracle.journeys or chance.random() < 0.25:
        here.begin(oracle, chance)
        return
    journey = chance.choice(oracle.journeys)
    deeds = (arrive, arrive, replay, deny, wait, garbage, other_realm, other_state)
    chance.choice(deeds)(here, oracle, journey, chance)


def expect(here: Town, oracle: Oracle, journey: Journey, realm: str) -> bool:
    good = here.is_good(journey) and realm != here.realms[2]  # Simple Start is refused
    journey.is_used = True
    if good:
        oracle.joined[journey.workspace] = (realm, journey.user)
    return good


def arrive(here, oracle, journey, chance) -> None:
    """Come back as one should, perhaps twice, perhaps late."""
    realm = chance.choice(here.realms)
    query = here.approve(journey, realm)
    good = expect(here, oracle, journey, realm)
    assert (here.callback(**query) == 200) == good
    if chance.random() < 0.5:
        assert here.callback(**query) == 400


def replay(here, oracle, journey, chance) -> None:
    """Use an old state again with a fresh code."""
    if journey.is_used:
        query = here.approve(journey, chance.choice(here.realms))
        assert here.callback(**query) == 400


def deny(here, oracle, journey, chance) -> None:
    """Press cancel at Intuit."""
    query = here.approve(journey, here.realms[0], "cancel")
    journey.is_used = True
    assert here.callback(**query) == 400


def wait(here, oracle, journey, chance) -> None:
    """Leave the window open for too long."""
    here.clock.forward(LIFETIME.total_seconds() + 1)


def garbage(here, oracle, journey, chance) -> None:
    """Come back with something that Intuit never said."""
    query = {
        "state": here.state_of(journey),
        "code": chance.choice(["", "x", "A" * 5000, "\x00", "🌻"]),
        "realmId": chance.choice(["", "0", "../1", "9" * 40, here.realms[0]]),
    }
    journey.is_used = True
    assert here.callback(**query) == 400
    assert here.callback(state="s" * 43, code="x", realmId=here.realms[0]) == 400
    assert here.callback() == 400


def other_realm(here, oracle, journey, chance) -> None:
    """Claim that the code of one company belongs to another."""
    first, second = chance.sample(here.realms[:2], 2)
    query = here.approve(journey, first)
    journey.is_used = True
    assert here.callback(**(query | {"realmId": second})) == 400


def other_state(here, oracle, journey, chance) -> None:
    """Exchange the states of two journeys: only the state says on whose behalf."""
    second = chance.choice(oracle.journeys)
    realm = chance.choice(here.realms[:2])
    query = here.approve(journey, realm)
    good = expect(here, oracle, second, realm)
    swapped = query | {"state": here.state_of(second)}
    assert (here.callback(**swapped) == 200) == good


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_p24_no_history_of_journeys_connects_the_wrong_workspace(
    chunk, tmp_path, capsys
):
    """However windows, replays and forgeries interleave, no two tenants are crossed."""
    crossed = joined = 0
    here = town(tmp_path)
    with here.world as world:
        for workspace in here.workspaces.values():
            world.install(workspace)
        for number in range(EACH):
            seed = chunk * EACH + number
            chance = random.Random(seed)
            oracle = Oracle()
            for _ in range(chance.randint(3, 6)):
                step(here, oracle, chance)
            found = here.joined()
            crossed += found != oracle.joined
            joined += len(found)
            assert found == oracle.joined, f"seed {seed}"
            here.forget()
    with capsys.disabled():
        last = (chunk + 1) * EACH - 1
        print(
            f"\nP24: seeds {chunk * EACH} to {last}: {joined} connections,"
            f" {crossed} cross links"
        )
