"""Who looks at the pretend web app, at which workspace, and how it looks to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from addon.sandbox.clockify.state import Installation
from addon.sandbox.clockify.things import User
from addon.sandbox.clockify.words import LANGUAGES, say
from addon.sandbox.clockify.workspace import Workspace

if TYPE_CHECKING:
    from addon.sandbox.clockify.server import ClockifyServer

THEMES = ("DEFAULT", "DARK")


@dataclass(frozen=True)
class Frame:
    """An add-on's page inside Clockify's."""

    title: str
    src: str
    origin: str
    key: str


@dataclass(frozen=True)
class View:
    """One person's eyes; everything is in the address, nothing in a cookie."""

    workspace: Workspace
    user: User
    theme: str
    language: str
    path: str
    chosen: dict[str, str]

    def link(self, path: str, **changes: str) -> str:
        """The address of a page for the same eyes, or changed ones."""
        known = {**self.chosen, **changes}
        return f"{path}?{urlencode(known)}" if known else path

    def say(self, word: str) -> str:
        """A word in the language of the viewer."""
        return say(word, self.language)

    def token(self, key: str) -> str:
        """A fresh token for the add-on, with what the viewer chose."""
        return self.workspace.user_token(
            self.user, key=key, theme=self.theme, language=self.language
        )

    def may_see(self, component: Mapping[str, Any]) -> bool:
        """True when the component's access level lets the viewer in."""
        return self.user.is_admin or component["accessLevel"] == "EVERYONE"

    def components(self, kind: str) -> list[tuple[Installation, dict[str, Any]]]:
        """The components of a kind that the viewer sees, of active add-ons."""
        return [
            (one, component)
            for one in self.workspace.installations.values()
            for component in one.components
            if one.status == "ACTIVE"
            and component["type"] == kind
            and self.may_see(component)
        ]

    def frame(self, one: Installation, path: str, title: str) -> Frame:
        """An iframe for a path of an add-on, with a fresh token in its address."""
        parts = urlsplit(one.base_url)
        return Frame(
            title=title,
            src=f"{one.base_url}{path}?auth_token={self.token(one.key)}",
            origin=f"{parts.scheme}://{parts.netloc}",
            key=one.key,
        )


def look(server: ClockifyServer, path: str, asked: Mapping[str, str]) -> View:
    """Read the eyes from the query; the owner looks where nobody is named."""
    words = ("workspace", "user", "theme", "language")
    chosen = {word: asked[word] for word in words if asked.get(word)}
    workspace = server.workspaces.get(chosen.get("workspace", ""), server.workspace)
    user = workspace.users.get(chosen.get("user", ""), workspace.owner)
    theme = chosen.get("theme", user.theme)
    language = chosen.get("language", user.language).upper()
    return View(
        workspace=workspace,
        user=user,
        theme=theme if theme in THEMES else "DEFAULT",
        language=language if language in LANGUAGES else "EN",
        path=path,
        chosen=chosen,
    )


def slug(component: Mapping[str, Any]) -> str:
    """A component's place in the address bar, from its label."""
    return str(component["label"]).strip().lower().replace(" ", "-")
