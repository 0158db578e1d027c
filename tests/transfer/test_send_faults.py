"""Sending under every kind of bad luck, thousands of times over, on pretend time."""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from addon.quickbooks.client import Missing, Recorded
from addon.records.run import PieceState, pieces
from addon.transfer.announce import Flight
from addon.transfer.job import Job
from addon.transfer.land import land
from addon.transfer.lookup import look_up
from addon.transfer.send import Steps
from tests.life import Life, a_life
from tests.schedules import Firm, a_firm

SCHEDULES = int(os.environ.get("SCHEDULES", "60"))
SHARES = 4
PLANTED = int(os.environ.get("PLANTED", "6"))


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    """A firm with two workspaces that send to one company."""
    with a_firm(tmp_path_factory.mktemp("firm")) as made:
        yield made


@pytest.mark.parametrize("share", range(SHARES))
def test_p1_no_hour_is_lost_or_doubled_whatever_happens(
    firm: Firm, share: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Crashes, lost answers, refusals, second workers: every hour arrives once."""
    struck = 0
    first = os.environ.get("SEED", "0")
    begin = int(os.environ.get("FIRST", "0"))
    for number in range(begin + share, begin + SCHEDULES, SHARES):
        life = a_life(f"{first}/{number}")
        wrong = firm.live(life)
        assert not wrong, f"SEED={first}, schedule {number}: {wrong}\n{life}"
        struck += len(life.struck)
    assert struck > 0 or SCHEDULES < 20
    with capsys.disabled():
        total = len(range(share, SCHEDULES, SHARES))
        print(f"\nP1: {total} schedules, {struck} faults: 0 lost, 0 doubled, 0 stuck")


TWINS = {
    "first lost on the way": ["reset", "lost"],
    "first late": ["late", "lost"],
    "both lost": ["lost", "lost"],
    "none arrived": ["reset", "reset"],
}


@pytest.mark.parametrize("workspaces", [1, 2])
@pytest.mark.parametrize("name", TWINS)
def test_p1_entries_that_are_the_same_to_quickbooks_are_each_there_once(
    firm: Firm, name: str, workspaces: int
) -> None:
    """Nobody can tell twins apart, and still there are as many as were tracked."""
    for forget in (False, True):
        life = Life(
            seed=f"twins {name}",
            entries=2 // workspaces,
            workspaces=workspaces,
            parcel=1,
            kinds=1,
            script=list(TWINS[name]),
            forget=forget,
        )
        assert not firm.live(life)


def test_p1_misplaced_time_that_somebody_changes_is_not_left_unmentioned(
    firm: Firm,
) -> None:
    """Time under another's name that was changed meanwhile: a person is told of it."""
    for number in range(8):
        life = Life(seed=f"7/67/{number}", entries=2, misplaced=True, hands=1.0)
        assert not firm.live(life)


def test_one_expired_token_under_several_calls_costs_no_connection(firm: Firm) -> None:
    """Calls that are refused for one and the same old token are one renewal."""
    for number in range(10):
        life = Life(seed=f"expired {number}", entries=12, parcel=1, expired=True)
        assert not firm.live(life)


# Planted bugs: each takes one precaution away, and must be noticed.


def _blindly_again(job: Job, away: set[int]) -> Flight | None:
    """Announce unanswered pieces anew without looking what arrived."""
    for piece in pieces(job.run_id, PieceState.ANNOUNCED, due=job.now()):
        if piece.id not in away:
            piece.state, piece.request_id, piece.bid = PieceState.CHOSEN, None, None
    job.commit()
    return None


def _take_silence_for_yes(job: Job, flight: Flight | None, result: object) -> None:
    """Take any answer to a batch for success, without the proof of an Id."""
    if isinstance(result, dict) and flight is not None:
        result = {
            bid: Recorded(f"{flight.request_id}-{bid}", "0", flight.drafts[bid])
            if isinstance(outcome, Missing)
            else outcome
            for bid, outcome in result.items()
        }
    land(job, flight, result)


def _claim_anything(job: Job, away: set[int]) -> Flight | None:
    """Look activities up as if no receipt spoke for any of them."""
    return look_up(job, away, already=lambda _job, _ids: set())


def _overlook_changes(job: Job, away: set[int]) -> Flight | None:
    """Look activities up as if nobody ever changed one."""
    return look_up(job, away, settle=lambda _job, missing: missing)


def _trust_our_clock(job: Job, away: set[int]) -> Flight | None:
    """Believe our own clock that a call is over, whoever has set it."""
    return look_up(job, away, still=lambda _job, _piece: timedelta(0))


PLANTS: dict[str, tuple[Steps, dict[str, Any]]] = {
    "repeats blindly under a new id": (
        Steps(look_up=_blindly_again),
        {"script": ["lost"]},
    ),
    "does not check the receipt": (
        Steps(land=_take_silence_for_yes),
        {"script": ["missing"]},
    ),
    "claims what is claimed": (
        Steps(look_up=_claim_anything),
        {"script": ["fine", "lost"], "kinds": 1, "entries": 12, "parcel": 6},
    ),
    "overlooks what people change": (
        Steps(look_up=_overlook_changes),
        {"script": ["lost"] * 4, "hands": 1.0},
    ),
    "believes its own clock": (
        Steps(look_up=_trust_our_clock),
        {"script": ["at the last moment"] * 4, "parcel": 1, "drift": 160.0},
    ),
}


@pytest.mark.parametrize("name", PLANTS)
def test_p1_a_planted_bug_is_noticed(
    firm: Firm, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A test that cannot fail proves nothing: these mistakes are caught."""
    steps, weather = PLANTS[name]
    caught = 0
    for number in range(PLANTED):
        usual = {"troubles": 2, "entries": 6, "parcel": 2, **deepcopy(weather)}
        life = Life(seed=f"plant {number}", forget=True, steps=steps, **usual)
        caught += bool(firm.live(life))
    with capsys.disabled():
        print(f"\nP1 planted, {name}: caught in {caught} of {PLANTED} schedules")
    assert caught >= PLANTED * 0.99


def test_p1_the_same_seed_is_the_same_schedule(firm: Firm) -> None:
    """What failed once can be looked at again."""
    lives = [a_life("once more") for _ in range(2)]
    for life in lives:
        firm.live(life)
    assert json.dumps(lives[0].struck) == json.dumps(lives[1].struck)
    assert lives[0].counted == lives[1].counted
