"""What a visitor of the demo can make happen in the pretend Clockify."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from addon.sandbox.clockify.view import View

Said = Mapping[str, str]


@dataclass(frozen=True)
class Field:
    """One thing to fill in: a text, a number of minutes, or a choice."""

    name: str
    label: str
    kind: str = "text"
    usual: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Deed:
    """Something that happens: its button, its fields, its window message."""

    label: str
    fields: tuple[Field, ...]
    act: Callable[[View, Said], str]
    title: str = ""


def do(name: str, view: View, said: Said) -> str:
    """Make it happen; answers what happened in words. Raises LookupError."""
    deed = DEEDS[name]
    for field in deed.fields:
        if not said.get(field.name) and not field.optional:
            raise LookupError(f"{field.label} is missing")
    return deed.act(view, said)


def _add_user(view: View, said: Said) -> str:
    user = view.workspace.add_user(said["name"], said.get("email") or None)
    return f"{user.name} joined the workspace"


def _rename_user(view: View, said: Said) -> str:
    user = view.workspace.rename_user(said["user"], said["name"])
    return f"They are {user.name} now"


def _change_email(view: View, said: Said) -> str:
    user = view.workspace.change_email(said["user"], said["email"])
    return f"{user.name} reads {user.email} now"


def _toggle_user(view: View, said: Said) -> str:
    user = view.workspace.user(said["user"])
    if user.status == "INACTIVE":
        view.workspace.activate_user(user)
        return f"{user.name} is back"
    view.workspace.deactivate_user(user)
    return f"{user.name} has left"


def _add_client(view: View, said: Said) -> str:
    return f"{view.workspace.add_client(said['name']).name} is a client now"


def _add_project(view: View, said: Said) -> str:
    project = view.workspace.add_project(said["name"], said.get("client") or None)
    return f"{project.name} is a project now"


def _rename_project(view: View, said: Said) -> str:
    project = view.workspace.rename_project(said["project"], said["name"])
    return f"It is {project.name} now"


def _archive_project(view: View, said: Said) -> str:
    return f"{view.workspace.archive_project(said['project']).name} is archived"


def _add_entry(view: View, said: Said) -> str:
    length = timedelta(minutes=int(said["minutes"]))
    view.workspace.add_entry(
        said["user"],
        said.get("project") or None,
        length=length,
        description=said.get("description", ""),
    )
    return f"{length} tracked"


def _edit_entry(view: View, said: Said) -> str:
    length = timedelta(minutes=int(said["minutes"]))
    view.workspace.edit_entry(said["entry"], length=length)
    return f"It took {length} after all"


def _delete_entry(view: View, said: Said) -> str:
    view.workspace.delete_entry(said["entry"])
    return "The entry is deleted"


def _start_timer(view: View, said: Said) -> str:
    view.workspace.start_timer(
        view.user, said.get("project") or None, description=said.get("description", "")
    )
    return "The clock runs"


def _stop_timer(view: View, said: Said) -> str:
    view.workspace.stop_timer(said["entry"])
    return "The clock stands still"


USER = Field("user", "User", "user")
NAME = Field("name", "Name")
PROJECT = Field("project", "Project", "project")
ANY_PROJECT = Field("project", "Project", "project", optional=True)
ENTRY = Field("entry", "Entry", "entry")
MINUTES = Field("minutes", "Minutes", "number", "98")
WORDS = Field("description", "Description", optional=True)

DEEDS: dict[str, Deed] = {
    "add_entry": Deed(
        "Track time",
        (USER, ANY_PROJECT, MINUTES, WORDS),
        _add_entry,
        "TIME_ENTRY_CREATED",
    ),
    "edit_entry": Deed(
        "Correct an entry", (ENTRY, MINUTES), _edit_entry, "TIME_ENTRY_UPDATED"
    ),
    "delete_entry": Deed(
        "Delete an entry", (ENTRY,), _delete_entry, "TIME_ENTRY_DELETED"
    ),
    "add_user": Deed(
        "Add a user", (NAME, Field("email", "Email", "email", optional=True)), _add_user
    ),
    "rename_user": Deed("Rename a user", (USER, NAME), _rename_user),
    "change_email": Deed(
        "Change an e-mail", (USER, Field("email", "Email", "email")), _change_email
    ),
    "toggle_user": Deed("Deactivate or activate a user", (USER,), _toggle_user),
    "add_client": Deed("Add a client", (NAME,), _add_client),
    "add_project": Deed(
        "Add a project",
        (NAME, Field("client", "Client", "client", optional=True)),
        _add_project,
    ),
    "rename_project": Deed("Rename a project", (PROJECT, NAME), _rename_project),
    "archive_project": Deed("Archive a project", (PROJECT,), _archive_project),
    "start_timer": Deed(
        "Start the clock", (ANY_PROJECT, WORDS), _start_timer, "TIME_ENTRY_STARTED"
    ),
    "stop_timer": Deed(
        "Stop the clock",
        (Field("entry", "Entry", "timer"),),
        _stop_timer,
        "TIME_ENTRY_STOPPED",
    ),
}
