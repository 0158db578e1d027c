"""A whole day with marked data: none of it reaches a log, an error page or a figure."""

from contextlib import suppress
from datetime import timedelta

import requests

from addon.sandbox.clockify.manifest import InstallFailed
from addon.sandbox.trouble import answer, cut, html_502
from tests.canaries import found_in
from tests.world import Clock, World

CANARY = "Zq9canary"


class Day:
    """A world in which every name, address and text is marked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pages: list[requests.Response] = []
        self.tokens: set[str] = set()

    def mark(self) -> None:
        """Put a canary into every field that people and companies fill in."""
        workspace, company = self.world.workspace, self.world.company
        workspace.name = f"{CANARY} workspace"
        for number, user in enumerate(list(workspace.users.values())):
            if number > 4:
                continue
            workspace.rename_user(user, f"{CANARY} user {number}")
            if user.email:
                workspace.change_email(user, f"{CANARY}{number}@mail.example")
        for number, project in enumerate(list(workspace.projects.values())):
            workspace.rename_project(project, f"{CANARY} project {number}")
        for number, client in enumerate(list(workspace.clients.values())):
            workspace.rename_client(client, f"{CANARY} client {number}")
        for entry in workspace.entries.values():
            entry.description = f"{CANARY} did something"
        company.name = f"{CANARY} company"
        for number, row in enumerate(list(company.rows("Employee"))):
            company.rename("Employee", row["Id"], f"{CANARY} user {number}")
        for number, row in enumerate(list(company.rows("Customer"))[:20]):
            company.rename("Customer", row["Id"], f"{CANARY} project {number}")

    def ask(self, method: str, path: str, **more) -> requests.Response:
        token = self.world.token(f"{CANARY} user 0")
        self.tokens.add(token)
        found = self.world.ask(method, path, token=token, **more)
        self.pages.append(found)
        return found

    def secrets(self) -> set[str]:
        """Everything secret that existed during the day."""
        books, found = self.world.sandbox.quickbooks, set(self.tokens)
        for one in [
            *self.world.workspace.installations.values(),
            *self.world.workspace.former,
        ]:
            found |= {one.auth_token, *one.webhook_tokens.values()}
        for grant in books.grants.grants:
            found |= {each.value for each in grant.values} | set(grant.access)
        settings = self.world.outside.settings
        return found | {
            books.client_secret,
            books.company.realm,
            books.notices.verifier_token,
            *settings.secret_keys,
        }


def live(day: Day) -> None:
    """Install, connect, look, send, fail in many ways, disconnect, leave."""
    world = day.world
    clockify, books = world.sandbox.clockify.trouble, world.sandbox.quickbooks.trouble
    world.install()
    assert world.connect(f"{CANARY} user 0").status_code == 200
    begun = day.ask("POST", "/connection/authorization").json()["address"]
    back = world.sandbox.quickbooks.approve(begun, decision="cancel")
    day.pages.append(requests.get(back, timeout=10))
    span = f"start={world.clock().date()}&end={world.clock().date()}"
    for effect in (html_502(), cut(), answer(400, f'{{"message": "{CANARY} no"}}')):
        for trouble in (clockify, books):
            trouble.always(effect=effect)
            day.ask("GET", f"/entries?{span}")
            day.ask("POST", "/refresh")
            world.work(most=5)
            trouble.clear()
    send(day)
    for path in ("/links/user", "/links/project", "/setup", "/runs/1", "/runs/9"):
        day.ask("GET", path)
    day.ask("PUT", f"/links/user/{CANARY}", data={"target": f"{CANARY}:1"})
    day.ask("DELETE", "/connection")
    world.work(most=20)
    token = world.token(f"{CANARY} user 0")
    day.tokens.add(token)
    day.pages.append(
        requests.get(f"{world.url}/settings?auth_token={token}x", timeout=10)
    )
    world.workspace.uninstall()
    world.work(most=20)
    with suppress(InstallFailed):
        world.workspace.install(f"{world.url}/manifest.json")


def send(day: Day) -> None:
    """Send what is ready while QuickBooks answers some of it badly."""
    world = day.world
    world.sandbox.quickbooks.trouble.next(path="batch", effect=html_502(after=True))
    form = {"start": "2000-01-01", "end": "2000-01-02", "all_ready": "1"}
    today = world.clock().date()
    form |= {"start": str(today - timedelta(days=60)), "end": str(today)}
    shown = day.ask("POST", "/runs/confirmation", data=form)
    shown.raise_for_status()
    count = shown.text.split('name="expected" value="')[1].split('"')[0]
    day.ask("POST", "/runs", data={**form, "expected": count}).raise_for_status()
    world.work(most=50)


def test_p20_a_whole_day_leaves_no_secret_and_no_name_in_any_output(
    tmp_path, said, capfd
):
    """Logs, error pages and figures name no person, no text, no token, no company."""
    clock = Clock()
    with World(tmp_path, clock=clock, sleep=clock.forward) as world:
        day = Day(world)
        day.mark()
        live(day)
        figures = world.ask("GET", "/metrics")
        secrets = day.secrets()
    printed = capfd.readouterr()
    logged = f"{said.getvalue()}{printed.out}{printed.err}{figures.text}".encode()
    errors = [page for page in day.pages if page.status_code >= 400]
    found = found_in(logged, secrets | {CANARY, CANARY.lower()})
    for page in errors:
        head = "\n".join(f"{name}: {value}" for name, value in page.headers.items())
        found |= found_in(f"{head}\n{page.text}".encode(), secrets)
        if page.status_code >= 500:
            found |= found_in(page.content, {CANARY})
    with capfd.disabled():
        print(
            f"\nP20: {len(secrets)} secrets, {len(logged):,} bytes of logs,"
            f" {len(errors)} error pages: {len(found)} hits"
        )
    shown = [page for page in day.pages if page.ok and CANARY in page.text]
    assert len(shown) >= 3  # so the marked data did pass through the add-on
    assert len(said.getvalue().splitlines()) > 10
    assert len(errors) >= 5
    assert found == set()
