"""What happens to clients, projects, tasks and tags, and the webhooks about it."""

from __future__ import annotations

from typing import Any

from addon.sandbox.clockify import payloads
from addon.sandbox.clockify.addons import Addons
from addon.sandbox.clockify.things import Client, Fact, Project, Tag, Task


class Catalogue(Addons):
    """The things that hours are spent on."""

    def add_client(self, name: str, **facts: Fact) -> Client:
        """A new client."""
        with self.host.lock:
            client = Client(self.host.new_id(), name, **facts)
            self.clients[client.id] = client
        self._tell_client("NEW_CLIENT", client)
        return client

    def change_client(self, client: Client | str, **facts: Fact) -> Client:
        """Any facts of a client change."""
        one = self.client(client)
        with self.host.lock:
            _set(one, facts)
        self._tell_client("CLIENT_UPDATED", one)
        return one

    def rename_client(self, client: Client | str, name: str) -> Client:
        """A client goes by another name."""
        return self.change_client(client, name=name)

    def archive_client(self, client: Client | str) -> Client:
        """A client is put away; its projects stay as they are."""
        return self.change_client(client, archived=True)

    def delete_client(self, client: Client | str) -> Client:
        """A client is gone; its projects go on without one."""
        one = self.client(client)
        with self.host.lock:
            del self.clients[one.id]
            for project in self.projects.values():
                if project.client_id == one.id:
                    project.client_id = None
        self._tell_client("CLIENT_DELETED", one)
        return one

    def add_project(
        self, name: str, client: Client | str | None = None, **facts: Fact
    ) -> Project:
        """A new project, perhaps for a client."""
        client_id = self.client(client).id if client else None
        with self.host.lock:
            project = Project(self.host.new_id(), name, client_id, **facts)
            self.projects[project.id] = project
        self._tell_project("NEW_PROJECT", project)
        return project

    def change_project(self, project: Project | str, **facts: Fact) -> Project:
        """Any facts of a project change."""
        one = self.project(project)
        with self.host.lock:
            _set(one, facts)
        self._tell_project("PROJECT_UPDATED", one)
        return one

    def rename_project(self, project: Project | str, name: str) -> Project:
        """A project goes by another name."""
        return self.change_project(project, name=name)

    def archive_project(self, project: Project | str) -> Project:
        """A project is put away."""
        return self.change_project(project, archived=True)

    def move_project(
        self, project: Project | str, client: Client | str | None
    ) -> Project:
        """A project is done for another client, or for none."""
        client_id = self.client(client).id if client else None
        return self.change_project(project, client_id=client_id)

    def delete_project(self, project: Project | str) -> Project:
        """A project is gone; its hours stay, without a project."""
        one = self.project(project)
        payload = payloads.project(self, one)
        with self.host.lock:
            del self.projects[one.id]
            for entry in self.entries.values():
                if entry.project_id == one.id:
                    entry.project_id = entry.task_id = None
            for task in [t for t in self.tasks.values() if t.project_id == one.id]:
                del self.tasks[task.id]
        self.fire("PROJECT_DELETED", payload)
        return one

    def add_task(self, project: Project | str, name: str) -> Task:
        """A new part of a project."""
        one = self.project(project)
        with self.host.lock:
            task = Task(self.host.new_id(), name, one.id)
            self.tasks[task.id] = task
        # Clockify: task webhooks name the project but not the workspace.
        payload = payloads.task(self, task)
        del payload["workspaceId"]
        self.fire("NEW_TASK", payload)
        return task

    def add_tag(self, name: str) -> Tag:
        """A new label."""
        with self.host.lock:
            tag = Tag(self.host.new_id(), name)
            self.tags[tag.id] = tag
        self.fire("NEW_TAG", payloads.tag(self, tag))
        return tag

    def _tell_client(self, event: str, client: Client) -> None:
        self.fire(event, payloads.client_short(self, client))

    def _tell_project(self, event: str, project: Project) -> None:
        self.fire(event, payloads.project(self, project))


def _set(thing: Client | Project, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if not hasattr(thing, name):
            raise AttributeError(f"{type(thing).__name__} has no {name}")
        setattr(thing, name, value)
