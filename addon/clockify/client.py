"""A Clockify workspace, seen through one token."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar
from urllib.parse import quote

import requests

from addon.clockify import payloads, reports
from addon.clockify.calls import Caller
from addon.clockify.errors import Malformed
from addon.clockify.ids import Key, key_of
from addon.rules.entry import Entry, Project, Tag, User, WorkClient, Workspace

PAGE_SIZE = 200  # Clockify's own limit where it names one
_MOST_PAGES = 10_000


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Listed = TypeVar("Listed", bound=_HasId)


class Client:
    """
    What one token may see and create in one workspace.

    `api` and `reports` are checked base addresses (see `hosts`); the token goes with
    every call. Methods raise the errors of `errors`.
    """

    def __init__(
        self,
        http: requests.Session,
        *,
        api: str,
        reports: str,
        token: str,
        workspace_id: str,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Remember where to call and with what; nothing is called yet."""
        self._caller = Caller(http, token, sleep)
        place = f"/v1/workspaces/{quote(workspace_id, safe='')}"
        self._workspace = api + place
        self._report = f"{reports}{place}/reports/detailed"

    def workspace(self) -> Workspace:
        """Read the workspace: its name, currency, plan and rounding."""
        return payloads.workspace(self._caller.read("GET", self._workspace).data)

    def users(self) -> Iterator[User]:
        """Give every member, deactivated ones too; limited ones take a second look."""
        seen: set[Key] = set()
        for asked in (
            {"status": "ALL"},
            {"status": "ALL", "account-statuses": "LIMITED"},
        ):
            for user in self._listed(
                "users", payloads.user, {**asked, "include-roles": "false"}
            ):
                if user.id not in seen:
                    seen.add(user.id)
                    yield user

    def clients(self) -> Iterator[WorkClient]:
        """Give every client, archived ones too."""
        return self._listed("clients", payloads.work_client)

    def projects(self, *, with_tasks: bool = False) -> Iterator[Project]:
        """
        Give every project, archived ones too.

        Their tasks come with the same calls (Clockify: `hydrated`); asking for each
        project's own list would be a call for each of thousands.
        """
        asked = {"hydrated": "true"} if with_tasks else None
        return self._listed("projects", payloads.project, asked)

    def tags(self) -> Iterator[Tag]:
        """Give every tag, archived ones too."""
        return self._listed("tags", payloads.tag)

    def create_client(self, name: str) -> WorkClient:
        """Create a client; Unreachable means that it may exist all the same."""
        answer = self._caller.write(
            "POST", f"{self._workspace}/clients", body={"name": name}
        )
        return payloads.work_client(answer.data)

    def create_project(self, name: str, client_id: str | None) -> Project:
        """Create a project; Unreachable means that it may exist all the same."""
        body = {"name": name} | ({"clientId": client_id} if client_id else {})
        answer = self._caller.write("POST", f"{self._workspace}/projects", body=body)
        return payloads.project(answer.data)

    def entries(
        self,
        start: date,
        end: date,
        *,
        zone: str,
        users: Sequence[str] = (),
        clients: Sequence[str] = (),
        projects: Sequence[str] = (),
        billable: bool | None = None,
        amounts: bool,
        rounding: bool,
        zones: Mapping[str, str],
        page_size: int = PAGE_SIZE,
    ) -> Iterator[list[Entry]]:
        """
        Give the entries whose day lies from start to end, page by page, each once.

        `zone` is the workspace's or the viewer's IANA zone, `zones` that of each user
        id. An entry of unknown day is included where its UTC day fits. The last page
        is the one that Clockify calls so, or that completes its count: a short page
        proves nothing. A page without anything new raises Malformed.
        """
        question = reports.Question(
            start, end, zone, users, clients, projects, billable, amounts, rounding
        )
        return self._answered(question, zones, page_size)

    def _answered(
        self, question: reports.Question, zones: Mapping[str, str], page_size: int
    ) -> Iterator[list[Entry]]:
        seen: set[Key] = set()
        for number in range(1, _MOST_PAGES + 1):
            body = reports.question_body(question, page=number, page_size=page_size)
            answer = self._caller.read("POST", self._report, body=body)
            page = reports.page(answer.data, zones)
            fresh = _fresh(page.entries, seen)
            found = [entry for entry in fresh if question.covers(entry)]
            if found:
                yield found
            complete = page.total is not None and len(seen) >= page.total
            unsaid = page.total is None and answer.last_page is None
            if answer.last_page or complete or (unsaid and not page.entries):
                return
            if not fresh:
                raise Malformed("Clockify's report does not come to an end.")
        raise Malformed("Clockify's report does not come to an end.")

    def _listed(
        self,
        what: str,
        read: Callable[[object], Listed],
        asked: Mapping[str, str] | None = None,
    ) -> Iterator[Listed]:
        seen: set[Key] = set()
        for number in range(1, _MOST_PAGES + 1):
            params = {**(asked or {}), "page": str(number), "page-size": str(PAGE_SIZE)}
            answer = self._caller.read(
                "GET", f"{self._workspace}/{what}", params=params
            )
            page = payloads.listed(answer.data, what, read)
            fresh = _fresh(page, seen)
            yield from fresh
            if answer.last_page or (answer.last_page is None and not page):
                return
            if not fresh:
                raise Malformed(f"Clockify's list of {what} does not come to an end.")
        raise Malformed(f"Clockify's list of {what} does not come to an end.")


def _fresh(page: Sequence[Listed], seen: set[Key]) -> list[Listed]:
    """Keep what was not seen yet; entries shift between pages while people work."""
    keyed = ((key_of(each.id), each) for each in page)
    fresh = {key: each for key, each in keyed if key not in seen}
    seen.update(fresh)
    return list(fresh.values())
