"""What happens to people in a workspace, and the webhooks that tell of it."""

from __future__ import annotations

from typing import Any

from addon.sandbox.clockify import payloads
from addon.sandbox.clockify.addons import Addons
from addon.sandbox.clockify.things import Fact, User


class People(Addons):
    """Joining, leaving, and changing one's name."""

    def add_user(self, name: str, email: str | None = None, **facts: Fact) -> User:
        """A person joins, is invited (status PENDING) or added (account LIMITED)."""
        with self.host.lock:
            user = User(self.host.new_id(), name, email, **facts)
            self.users[user.id] = user
        event, payload = self._arrival(user)
        self.fire(event, payload)
        return user

    def accept_invitation(self, user: User | str) -> User:
        """A pending person joins."""
        one = self.user(user)
        with self.host.lock:
            one.status = "ACTIVE"
            one.account = "ACTIVE"
        self.fire("USER_JOINED_WORKSPACE", payloads.member(one))
        return one

    def rename_user(self, user: User | str, name: str) -> User:
        """A person goes by another name."""
        one = self.user(user)
        with self.host.lock:
            one.name = name
        self.fire("USER_UPDATED", payloads.person(one))
        return one

    def change_email(self, user: User | str, email: str) -> User:
        """A person moves to another e-mail address."""
        one = self.user(user)
        with self.host.lock:
            old, one.email = one.email, email
        payload = {**payloads.person(one), "oldEmail": old}
        self.fire("USER_EMAIL_CHANGED", payload)
        return one

    def deactivate_user(self, user: User | str) -> User:
        """A person leaves, their hours stay."""
        return self._set_user_status(user, "INACTIVE", "USER_DEACTIVATED_ON_WORKSPACE")

    def activate_user(self, user: User | str) -> User:
        """A person who had left is back."""
        return self._set_user_status(user, "ACTIVE", "USER_ACTIVATED_ON_WORKSPACE")

    def delete_user(self, user: User | str) -> User:
        """A person is removed from the workspace."""
        one = self.user(user)
        with self.host.lock:
            del self.users[one.id]
        self.fire("USER_DELETED_FROM_WORKSPACE", payloads.person(one))
        return one

    def _set_user_status(self, user: User | str, status: str, event: str) -> User:
        one = self.user(user)
        with self.host.lock:
            one.status = status
        self.fire(event, payloads.member(one))
        return one

    def _arrival(self, user: User) -> tuple[str, dict[str, Any]]:
        inviter = next((one for one in self.users.values() if one.is_admin), user)
        called: dict[str, Any] = {
            "workspaceId": self.id,
            "inviter": payloads.member(inviter),
        }
        if user.account == "LIMITED":
            called["invitedUserNames"] = [user.name]
            return "LIMITED_USERS_ADDED_TO_WORKSPACE", called
        if user.status == "PENDING":
            called["invitedUserEmails"] = [user.email]
            return "USERS_INVITED_TO_WORKSPACE", called
        return "USER_JOINED_WORKSPACE", payloads.member(user)
