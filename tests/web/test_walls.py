"""The walls between workspaces: two firms in one add-on, and nothing leaks."""

from collections.abc import Iterator
from typing import Any

from addon.jobs import TASKS
from addon.records import db
from tests.doors import TABLE, webhook_path
from tests.firms import Firm, Firms

Call = tuple[str, str, dict[str, Any]]


def calls(me: Firm, them: Firm) -> Iterator[Call]:
    """Give every route as somebody would call it who knows the other firm's ids."""
    users, projects = list(them.workspace.users), list(them.workspace.projects)
    clients, entries = list(them.workspace.clients), list(them.workspace.entries)
    theirs, mine = (
        {each["Id"] for each in firm.company.rows("Employee")} for firm in (them, me)
    )
    aim = f"employee:{min(theirs - mine)}"
    page = {"auth_token": me.token}
    chosen = {**them.days, "entry": entries, "shown": entries, "expected": len(entries)}
    for path in ("/settings", "/report", "/sidebar"):
        yield "GET", path, {"query_string": page}
    for path in ("/settings/panel", "/connection", "/setup", "/runs"):
        yield "GET", path, {}
    for kind, ids in (("user", users), ("project", projects)):
        yield "GET", f"/links/{kind}", {"query_string": {"search": "a"}}
        for each in ids:
            for target in ("", aim, "none"):
                yield "PUT", f"/links/{kind}/{each}", {"data": {"target": target}}
    for user in me.workspace.users:
        yield "PUT", f"/links/user/{user}", {"data": {"target": "employee:99999"}}
    for state in ("ready", "attention", "sent"):
        asked = {**them.days, "state": state}
        for more in ({}, {"user": users}, {"project": projects}, {"client": clients}):
            yield "GET", "/entries", {"query_string": {**asked, **more}}
    for number in them.run_ids:
        yield "GET", f"/runs/{number}", {}
        yield "DELETE", f"/runs/{number}", {}
    yield "DELETE", f"/doubts/{entries[0]}", {}
    yield "PUT", f"/doubts/{entries[0]}", {"data": {"activity": "1"}}
    yield "POST", "/runs/confirmation", {"data": chosen}
    yield "POST", "/runs", {"data": chosen}
    yield "POST", "/setup", {"data": {"customer": ["99999", *entries[:3]]}}
    yield "PUT", "/preferences/item", {"data": {"item": "99999"}}
    yield from field_calls(users, projects, clients)
    yield from link_calls(users, projects, aim)
    yield "POST", "/directory/refresh", {}
    yield "POST", "/connection/authorization", {}
    yield "DELETE", "/connection/former", {}
    yield "DELETE", "/connection", {}


def field_calls(users: list[str], projects: list[str], clients: list[str]):
    """Give the calls around further fields and waiting, with the other firm's ids."""
    for path in ("/preferences/more", "/preferences/fields", "/waiting", "/moving"):
        yield "GET", path, {}
    ours = (("user", users), ("project", projects), ("client", clients))
    for source, ids in ours:
        for each in ids:
            chosen = {"dimension": "item", "source": source, "id": each, "target": "2"}
            yield "PUT", "/preferences/fields", {"data": chosen}
            yield "GET", f"/waiting/{source}/{each}", {}
            yield "PUT", f"/waiting/{source}/{each}", {"data": {"target": "out:"}}
    yield "PUT", "/preferences/needed", {"data": {"dimension": "class"}}
    yield "PUT", "/preferences/creating", {"data": {}}
    yield "POST", "/moving", {}
    yield "DELETE", "/moving", {}


def link_calls(users: list[str], projects: list[str], aim: str):
    """Give the calls around links, with ids and numbers of the other firm."""
    paths = ("/pulse", "/settings/steps", "/setup/offer", "/history", "/entries/panel")
    for path in paths:
        yield "GET", path, {}
    for kind, ids in (("user", users), ("project", projects)):
        pairs = [f"{each}={aim}" for each in ids]
        for path, data in (
            (f"/links/{kind}/suggestions", {"pair": pairs}),
            (f"/creating/{kind}", {"create": ids}),
        ):
            yield "GET", path, {}
            yield "POST", path, {"data": data}
    for number in range(1, 60):
        yield "POST", f"/history/{number}/undo", {}


def test_p15_every_route_with_the_other_firms_ids(firms: Firms, capsys):
    """Nobody sees or changes anything of another workspace, whatever ids they know."""
    asked = set()
    leaks = []
    adapter = firms.world.app.url_map.bind("localhost")
    for me, them in firms.pairs:
        before = them.rows()
        known_abroad = len(them.workspace.projects), len(them.company.activities)
        for method, path, more in calls(me, them):
            answer = firms.ask(me, method, path, **more)
            rule, _ = adapter.match(path, method, return_rule=True)
            asked.add((method, rule.rule))
            seen = them.seen_in(f"{answer.text} {answer.headers}")
            # What was asked for in the address may stand in a form of the answer.
            if seen - {str(each) for each in more.get("query_string", {}).values()}:
                leaks.append((method, path, answer.status_code, seen))
        firms.connect(me)
        assert them.rows() == before
        counted = len(them.workspace.projects), len(them.company.activities)
        assert counted == known_abroad
        assert not them.seen_in(me.rows())
    people = {
        key for key, (guard, _) in TABLE.items() if guard.endswith(("admin", "member"))
    }
    with capsys.disabled():
        print(f"\nP15: {len(asked)} of {len(people)} routes, {len(leaks)} leaks")
    assert asked == people
    assert not leaks


def test_p15_the_marks_are_seen_where_they_belong(firms: Firms):
    """The search for leaks would find one: each firm does see its own words."""
    for me, them in firms.pairs:
        own = firms.ask(me, "GET", "/settings/panel").text
        listed = firms.ask(
            me, "GET", "/entries", query_string={**me.days, "state": "sent"}
        ).text
        assert len(me.seen_in(own)) > 3
        assert me.seen_in(listed)
        assert me.seen_in(me.rows())
        assert not me.marks & them.marks


def test_p15_a_run_of_another_firm_does_not_exist(firms: Firms):
    """Asking for another firm's run says the same as asking for one that never was."""
    for me, them in firms.pairs:
        for number in them.run_ids:
            there = firms.ask(me, "GET", f"/runs/{number}")
            nowhere = firms.ask(me, "GET", "/runs/4711")
            assert (there.status_code, there.data) == (404, nowhere.data)
            assert firms.ask(me, "DELETE", f"/runs/{number}").status_code == 422
            assert firms.ask(them, "GET", f"/runs/{number}").status_code == 200


def test_p15_hooks_and_lifecycle_calls_about_the_other_firm(firms: Firms):
    """A genuine call of one workspace cannot speak about another one."""
    for me, them in firms.pairs:
        before = them.rows()
        for event, token in me.workspace.installation.webhook_tokens.items():
            answer = firms.doors.ask(
                "POST",
                webhook_path(event),
                token=token,
                carrier="clockify-signature",
                headers={"clockify-webhook-event-type": event},
                json={"workspaceId": them.workspace.id, "id": them.owner},
            )
            assert answer.status_code == 403
        theirs = them.workspace.installation
        bodies = {
            "installed": them.workspace.installed_body(theirs),
            "status-changed": {**them.workspace.status_body(theirs)},
            "deleted": them.workspace.deleted_body(theirs),
        }
        for name, body in bodies.items():
            answer = firms.doors.ask(
                "POST",
                f"/lifecycle/{name}",
                token=me.workspace.lifecycle_token(),
                carrier="X-Addon-Lifecycle-Token",
                json=body,
            )
            assert answer.status_code == 403, name
        assert them.rows() == before


def test_p15_an_installed_call_cannot_bring_the_other_firms_token(firms: Firms):
    """The installation token in the body must be that of the signed workspace."""
    for me, them in firms.pairs:
        mine, theirs = me.workspace.installation, them.workspace.installation
        before = firms.craig.rows(), firms.harbor.rows()
        answer = firms.doors.ask(
            "POST",
            "/lifecycle/installed",
            token=me.workspace.lifecycle_token(),
            carrier="X-Addon-Lifecycle-Token",
            json={
                **me.workspace.installed_body(mine),
                "authToken": theirs.auth_token,
            },
        )
        assert answer.status_code == 422
        assert (firms.craig.rows(), firms.harbor.rows()) == before


def test_p15_every_job_stays_within_its_workspace(firms: Firms, capsys):
    """Background work on one workspace never touches or stores another's data."""
    outside = firms.world.outside
    for me, them in firms.pairs:
        before = them.rows()
        with firms.world.app.app_context():
            for task, number in (
                ("refresh", me.installation_id),
                ("send", me.company_id),
                ("farewell", 0),
                ("sweep", 0),
                ("waiting", me.installation_id),
                ("moving", 1),
            ):
                TASKS[task](outside, number)
                db.session.rollback()
        assert them.rows() == before
        assert not them.seen_in(me.rows())
        activities = repr(me.company.activities)
        assert not them.seen_in(activities)
    asked = {"refresh", "send", "renew", "farewell", "sweep", "waiting", "moving"}
    assert set(TASKS) == asked
    with capsys.disabled():
        print(f"\nP15: {len(TASKS)} jobs, 0 leaks")
