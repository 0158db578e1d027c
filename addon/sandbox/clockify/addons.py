"""Installing add-ons on a workspace, and telling them what happens there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import requests

from addon.sandbox.clockify import manifest as manifests
from addon.sandbox.clockify import signing
from addon.sandbox.clockify.manifest import InstallFailed
from addon.sandbox.clockify.state import Installation, State
from addon.sandbox.clockify.things import Fact, User


class Addons(State):
    """A workspace with add-ons: lifecycle, tokens and webhooks."""

    def install(
        self, manifest_url: str, *, by: User | str | None = None
    ) -> Installation:
        """
        Install the add-on whose manifest is found at the address.

        Raises InstallFailed when Clockify would refuse the manifest, when the
        add-on is there already, or when it does not answer INSTALLED with 2xx.
        """
        manifest = manifests.fetch(manifest_url)
        manifests.check(manifest, plan=self.plan)
        with self.host.lock:
            if manifest["key"] in self.installations:
                raise InstallFailed("the add-on is already installed")
            fresh = self._installation(manifest, manifest_url, by)
            self.installations[fresh.key] = fresh
        if not self._tell(fresh, "INSTALLED", self.installed_body(fresh)):
            with self.host.lock:
                del self.installations[fresh.key]
                self.former.append(fresh)
            raise InstallFailed("the add-on did not answer INSTALLED with success")
        return fresh

    def uninstall(self, key: str | None = None) -> Installation:
        """Take an add-on away: its tokens die first, then DELETED is told, once."""
        with self.host.lock:
            gone = self.installations.pop(key or self.installation.key)
            self.former.append(gone)
            self.hooks.forget()
        self._tell(gone, "DELETED", self.deleted_body(gone))
        return gone

    def reinstall(self, key: str | None = None) -> Installation:
        """Uninstall and install again: new ids and new tokens throughout."""
        return self.install(self.uninstall(key).manifest_url)

    def disable(self, key: str | None = None) -> Installation:
        """Switch an add-on off: it leaves the page and loses access."""
        return self._set_status("INACTIVE", key)

    def enable(self, key: str | None = None) -> Installation:
        """Switch an add-on on again."""
        return self._set_status("ACTIVE", key)

    def installed_body(self, one: Installation) -> dict[str, Any]:
        """What INSTALLED says."""
        return {
            "addonId": one.addon_id,
            "authToken": one.auth_token,
            "workspaceId": self.id,
            "asUser": one.as_user,
            "apiUrl": f"{self.host.origin}/api",
            "addonUserId": one.addon_user_id,
            "webhooks": [
                {
                    "path": self._webhook_path(one, hook["path"]),
                    "webhookType": "ADDON",
                    "authToken": one.webhook_tokens[hook["event"]],
                }
                for hook in one.manifest.get("webhooks") or ()
            ],
        }

    def status_body(self, one: Installation) -> dict[str, Any]:
        """What STATUS_CHANGED says."""
        return {
            "addonId": one.addon_id,
            "workspaceId": self.id,
            "status": one.status,
        }

    def deleted_body(self, one: Installation) -> dict[str, Any]:
        """What DELETED says."""
        return {
            "addonId": one.addon_id,
            "workspaceId": self.id,
            "asUser": one.as_user,
        }

    def fire(self, event: str, payload: dict[str, Any]) -> None:
        """Send a webhook to every active add-on that asked for this event."""
        with self.host.lock:
            listeners = [
                one for one in self.installations.values() if one.status == "ACTIVE"
            ]
        for one in listeners:
            if event in one.webhook_tokens:
                self.deliver(event, payload, to=one)

    def deliver(
        self, event: str, payload: dict[str, Any], *, to: Installation | None = None
    ) -> None:
        """Send one webhook with any body, as tests of odd payloads do."""
        one = to or self.installation
        path = next(
            hook["path"] for hook in one.manifest["webhooks"] if hook["event"] == event
        )
        slash = "/" if self.webhook_path_form == "double" else ""
        self.hooks.deliver(
            event,
            payload,
            url=f"{one.base_url}{slash}{path}",
            token=one.webhook_tokens[event],
        )

    def user_token(
        self,
        user: User | str,
        *,
        now: datetime | None = None,
        key: str | None = None,
        **overrides: Fact,
    ) -> str:
        """The token an iframe gets for this person: dead after 30 minutes."""
        person = self.user(user)
        claims = {
            **self._claims(self.installations[key] if key else self.installation),
            **signing.address_claims(self.host.origin),
            "user": person.id,
            "workspaceRole": self.role_words.get(person.role, person.role),
            "language": person.language,
            "theme": person.theme,
            **signing.lifetime_claims(now or self.now(), signing.USER_TOKEN_LIFE),
            **overrides,
        }
        return self.sign(claims)

    def lifecycle_token(
        self,
        one: Installation | None = None,
        *,
        now: datetime | None = None,
        **overrides: Fact,
    ) -> str:
        """The token in a lifecycle call's header."""
        claims = {
            **self._claims(one or self.installation),
            **signing.lifetime_claims(now or self.now(), signing.LIFECYCLE_TOKEN_LIFE),
            **overrides,
        }
        return self.sign(claims)

    def webhook_token(self, event: str, **overrides: Fact) -> str:
        """The token of one webhook; with overrides, a genuine but different one."""
        if not overrides:
            return self.installation.webhook_tokens[event]
        return self.sign({**self._claims(self.installation), **overrides})

    def sign(self, claims: dict[str, Any]) -> str:
        """Sign claims; a claim set to None is left out."""
        return self.host.key.sign({k: v for k, v in claims.items() if v is not None})

    def _installation(
        self, manifest: dict[str, Any], url: str, by: User | str | None
    ) -> Installation:
        one = Installation(
            addon_id=self.host.new_id(),
            addon_user_id=self.host.new_id(),
            key=manifest["key"],
            manifest=manifest,
            manifest_url=url,
            base_url=manifest["baseUrl"],
            auth_token="",
            webhook_tokens={},
            as_user=self.user(by).id if by else self.owner.id,
        )
        claims = self._claims(one)
        one.auth_token = self.sign(
            {
                **claims,
                **signing.address_claims(self.host.origin),
                "user": self.owner.id,
                "iat": int(self.now().timestamp()),
            }
        )
        one.webhook_tokens = {
            # A mark of its own makes each webhook's token different from the others.
            hook["event"]: self.sign({**claims, "jti": self.host.new_id()})
            for hook in manifest.get("webhooks") or ()
        }
        return one

    def _claims(self, one: Installation) -> signing.Claims:
        return signing.basic_claims(
            key=one.key, workspace_id=self.id, addon_id=one.addon_id
        )

    def _webhook_path(self, one: Installation, path: str) -> str:
        forms = {
            "double": f"/{path}",
            "single": path,
            "absolute": f"{one.base_url}{path}",
        }
        return forms[self.webhook_path_form]

    def _set_status(self, status: str, key: str | None) -> Installation:
        with self.host.lock:
            one = self.installations[key or self.installation.key]
            one.status = status
        self._tell(one, "STATUS_CHANGED", self.status_body(one))
        return one

    def _tell(self, one: Installation, kind: str, body: dict[str, Any]) -> bool:
        url = one.lifecycle_url(kind)
        if url is None:
            return True
        headers = {"X-Addon-Lifecycle-Token": self.lifecycle_token(one)}
        try:
            answer = requests.post(
                url, json=body, headers=headers, timeout=15, allow_redirects=False
            )
        except requests.RequestException:
            return False
        return 200 <= answer.status_code < 300
