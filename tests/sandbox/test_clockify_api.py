"""The pretend Clockify keeps what is written, and refuses what the real one refuses."""

import pytest

from tests.sandbox.clockify_addon import Asker, worlds


@pytest.fixture
def world():
    with worlds(entries=20) as (clockify, addon):
        clockify.rate_limit = None
        clockify.workspace.install(addon.manifest_url)
        yield clockify


@pytest.fixture
def asker(world):
    return Asker(world, world.workspace.installation.auth_token)


def refusal(answer):
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/projects", {}, (400, 3001)),
        ("/projects", [], (400, 3002)),
        ("/projects", {"name": "x"}, (400, 501)),
        ("/projects", {"name": "x" * 251}, (400, 501)),
        ("/projects", {"name": 7}, (400, 3002)),
        ("/projects", {"name": "Cool Cars"}, (400, 501)),
        ("/projects", {"name": "Good", "clientId": "0" * 24}, (400, 501)),
        ("/projects", {"name": "Good", "color": "blue"}, (400, 501)),
        ("/projects", {"name": "Good", "hourlyRate": {"amount": 2**31}}, (400, 3002)),
        ("/clients", {"name": "x" * 101}, (400, 501)),
        ("/clients", {"name": "Weiskopf Consulting"}, (400, 501)),
        ("/tags", {"name": "x" * 101}, (400, 501)),
    ],
)
def test_bad_bodies_are_refused_with_clockifys_codes(asker, path, body, expected):
    """What Clockify would not accept is not accepted here either."""
    assert refusal(asker.ask("POST", path, body)) == expected


def test_long_names_at_the_limit_are_kept(asker, world):
    """The longest names Clockify allows are allowed."""
    client = asker.ask("POST", "/clients", {"name": "c" * 100}).json()
    project = asker.ask(
        "POST", "/projects", {"name": "p" * 250, "clientId": client["id"]}
    ).json()

    assert world.workspace.projects[project["id"]].client_id == client["id"]


def test_a_gone_project_is_a_bad_request_and_not_a_404(asker):
    """Clockify says that the project does not belong to the workspace."""
    answer = asker.ask("GET", f"/projects/{'0' * 24}")

    assert refusal(answer) == (400, 501)
    assert answer.json()["message"] == "Project doesn't belong to Workspace"


def test_only_archived_things_are_deleted(asker, world):
    """Deleting a live project or client is refused."""
    project = world.workspace.project("55 Twin Lane")
    path = f"/projects/{project.id}"
    assert refusal(asker.ask("DELETE", path)) == (400, 501)

    asker.ask("PUT", path, {"name": project.name, "archived": True})

    assert asker.ask("DELETE", path).status_code == 200
    assert project.id not in world.workspace.projects


def test_replacing_a_project_forgets_what_is_left_out(asker, world):
    """An update that names no client takes the project away from its client."""
    project = world.workspace.project("55 Twin Lane")

    asker.ask("PUT", f"/projects/{project.id}", {"name": "55 Twin Lane East"})

    assert (project.name, project.client_id) == ("55 Twin Lane East", None)


def test_archiving_a_client_can_take_its_projects_along(asker, world):
    """One call puts away a client with all of its projects."""
    client = world.workspace.client("Freeman Sporting Goods")

    asker.ask(
        "PUT",
        f"/clients/{client.id}",
        {"name": client.name, "archived": True},
        archive_projects="true",
    )

    assert world.workspace.project("55 Twin Lane").archived
    assert client.archived


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"Emily Platt", "Penny Pending"}),
        ({"status": "ALL"}, {"Emily Platt", "Penny Pending", "Lena Leaver"}),
        ({"status": "INACTIVE"}, {"Lena Leaver"}),
        ({"account-statuses": "LIMITED"}, {"Kim Kiosk"}),
        ({"name": "emily"}, {"Emily Platt"}),
        ({"email": "penny.pending"}, {"Penny Pending"}),
    ],
)
def test_lists_of_users_leave_out_whom_clockify_leaves_out(asker, query, expected):
    """People who left and limited accounts appear only when asked for."""
    of_interest = {"Emily Platt", "Penny Pending", "Lena Leaver", "Kim Kiosk"}

    names = {user["name"] for user in asker.ask("GET", "/users", **query).json()}

    assert names & of_interest == expected


@pytest.mark.parametrize("size", [1, 4, 7, 50, 5000])
def test_paging_through_projects_loses_and_repeats_nothing(asker, world, size):
    """Whatever the page size, every project is seen exactly once."""
    seen, page, last = [], 0, "false"
    while last == "false":
        page += 1
        answer = asker.ask("GET", "/projects", **{"page": page, "page-size": size})
        seen += [project["id"] for project in answer.json()]
        last = answer.headers["Last-Page"]

    assert seen == list(world.workspace.projects)


def test_no_page_is_longer_than_two_hundred(asker, world):
    """Asking for more than the limit is answered with less, without a word."""
    for n in range(200):
        world.workspace.add_client(f"Client {n}")

    answer = asker.ask("GET", "/clients", **{"page-size": 5000})

    assert len(answer.json()) == 200
    assert answer.headers["Last-Page"] == "false"


def test_an_entry_is_replaced_whole(asker, world):
    """An update without tags and project leaves an entry without them."""
    entry = world.workspace.entry("Pruning")

    answer = asker.ask(
        "PUT",
        f"/time-entries/{entry.id}",
        {"start": "2026-03-13T16:00:00Z", "end": "2026-03-13T17:00:00Z"},
    )

    assert answer.json()["timeInterval"]["duration"] == "PT1H"
    assert (entry.description, entry.project_id, entry.billable) == ("", None, False)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 3001),
        ({"start": "soon"}, 3002),
        ({"start": "2026-03-13T16:00:00Z", "description": "a < b"}, 501),
        ({"start": "2026-03-13T16:00:00Z", "projectId": "0" * 24}, 501),
        ({"start": "2026-03-13T16:00:00Z", "tagIds": ["0" * 24]}, 501),
        ({"start": "2026-03-13T16:00:00Z", "end": "2026-03-12T16:00:00Z"}, 501),
    ],
)
def test_bad_entries_are_refused(asker, world, body, code):
    """Clockify's rules for time entries hold in the sandbox."""
    entry = world.workspace.entry("Pruning")

    assert refusal(asker.ask("PUT", f"/time-entries/{entry.id}", body)) == (400, code)


def test_approved_and_locked_time_cannot_be_changed(asker, world):
    """What was approved or lies in a locked period stays as it is."""
    space = world.workspace
    entry = space.entry("Pruning")
    mine = Asker(world, space.user_token("Emily Platt"))
    path = f"/time-entries/{entry.id}"
    space.lock_time(space.now())
    assert refusal(mine.ask("DELETE", path)) == (403, 1003)

    space.lock_time(None)
    approval = space.submit(entry.user_id, entry.start, entry.start)
    space.approve(approval)
    assert refusal(asker.ask("DELETE", path)) == (403, 4005)

    space.withdraw_approval(approval)
    space.settings["timeTrackingMode"] = "STOPWATCH_ONLY"
    assert refusal(mine.ask("DELETE", path)) == (403, 4030)

    space.settings["timeTrackingMode"] = "DEFAULT"
    assert mine.ask("DELETE", path).status_code == 204


def test_a_windowed_list_misses_the_freshest_hours(asker, world):
    """Hours tracked a moment ago are not yet in a person's list, as seen live."""
    emily = world.workspace.user("Emily Platt")
    world.workspace.add_entry(emily, description="Just now")
    path, window = f"/user/{emily.id}/time-entries", {"start": "2026-01-01T00:00:00Z"}

    def texts():
        rows = asker.ask("GET", path, **window).json()
        return {row["description"] for row in rows}

    assert "Just now" not in texts()
    world.host.now.move(seconds=46)
    assert "Just now" in texts()
