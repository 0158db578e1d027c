"""What Clockify checks in an add-on's manifest before it installs it."""

from __future__ import annotations

from typing import Any

import requests

PLANS = ("FREE", "BASIC", "STANDARD", "PRO", "ENTERPRISE")
VERSIONS = frozenset({"1.2", "1.3", "1.4", "1.5", "1.5.1", "1.6"})
REQUIRED = ("schemaVersion", "key", "name", "baseUrl", "minimalSubscriptionPlan")
MOST_WEBHOOKS = 20
LIFE_EVENTS = frozenset({"INSTALLED", "DELETED", "SETTINGS_UPDATED", "STATUS_CHANGED"})
# Clockify's manifest schemas 1.3 and 1.4 knew fewer events than 1.2 and 1.5.
NOT_IN_1_3 = frozenset(
    {
        "CLIENT_DELETED",
        "CLIENT_UPDATED",
        "LIMITED_USERS_ADDED_TO_WORKSPACE",
        "PROJECT_DELETED",
        "PROJECT_UPDATED",
        "TIME_ENTRY_RESTORED",
        "TIME_ENTRY_SPLIT",
        "USER_EMAIL_CHANGED",
        "USER_UPDATED",
        "USERS_INVITED_TO_WORKSPACE",
    }
)
EVENTS = NOT_IN_1_3 | {
    "APPROVAL_REQUEST_STATUS_UPDATED",
    "BALANCE_UPDATED",
    "BILLABLE_RATE_UPDATED",
    "COST_RATE_UPDATED",
    "EXPENSE_CREATED",
    "EXPENSE_DELETED",
    "EXPENSE_RESTORED",
    "EXPENSE_UPDATED",
    "INVOICE_UPDATED",
    "NEW_APPROVAL_REQUEST",
    "NEW_CLIENT",
    "NEW_INVOICE",
    "NEW_PROJECT",
    "NEW_TAG",
    "NEW_TASK",
    "NEW_TIMER_STARTED",
    "NEW_TIME_ENTRY",
    "TAG_DELETED",
    "TAG_UPDATED",
    "TASK_DELETED",
    "TASK_UPDATED",
    "TIMER_STOPPED",
    "TIME_ENTRY_DELETED",
    "TIME_ENTRY_UPDATED",
    "USER_ACTIVATED_ON_WORKSPACE",
    "USER_DEACTIVATED_ON_WORKSPACE",
    "USER_DELETED_FROM_WORKSPACE",
    "USER_GROUP_CREATED",
    "USER_GROUP_DELETED",
    "USER_GROUP_UPDATED",
    "USER_JOINED_WORKSPACE",
}


class InstallFailed(Exception):
    """Clockify would say "Failed to install add-on", and here is why."""


def fetch(url: str) -> dict[str, Any]:
    """Read a manifest over HTTP."""
    try:
        answer = requests.get(url, timeout=10)
        manifest = answer.json() if answer.ok else None
    except requests.RequestException as error:
        raise InstallFailed(f"the manifest cannot be read: {error}") from error
    if not isinstance(manifest, dict):
        raise InstallFailed(f"the manifest answered {answer.status_code}")
    return manifest


def check(manifest: dict[str, Any], *, plan: str) -> None:
    """Refuse a manifest that Clockify would refuse on a workspace of this plan."""
    missing = [word for word in REQUIRED if not manifest.get(word)]
    if missing:
        raise InstallFailed(f"the manifest lacks {', '.join(missing)}")
    if manifest["schemaVersion"] not in VERSIONS:
        raise InstallFailed(f"unknown schemaVersion {manifest['schemaVersion']}")
    if not 2 <= len(manifest["key"]) <= 50 or not 1 <= len(manifest["name"]) <= 50:
        raise InstallFailed("key takes 2 to 50 characters and name 1 to 50")
    if not manifest["baseUrl"].startswith(("http://", "https://")):
        raise InstallFailed("baseUrl is no web address")
    _check_plan(manifest["minimalSubscriptionPlan"], plan)
    _check_hooks(manifest)
    _check_components(manifest)


def _check_plan(wanted: str, plan: str) -> None:
    if wanted not in PLANS:
        raise InstallFailed(f"unknown minimalSubscriptionPlan {wanted}")
    # A trial has every feature; other names start with the plan: PRO_YEAR_2021.
    name = plan.partition("_")[0]
    if name in PLANS and PLANS.index(name) < PLANS.index(wanted):
        raise InstallFailed(f"the add-on needs plan {wanted}, this is {name}")


def _check_hooks(manifest: dict[str, Any]) -> None:
    hooks = manifest.get("webhooks") or []
    if len(hooks) > MOST_WEBHOOKS:
        raise InstallFailed(f"at most {MOST_WEBHOOKS} webhooks, not {len(hooks)}")
    known = EVENTS
    if manifest["schemaVersion"] in {"1.3", "1.4"}:
        known = EVENTS - NOT_IN_1_3
    for hook in hooks:
        if hook.get("event") not in known or not hook.get("path"):
            raise InstallFailed(f"unknown webhook {hook.get('event')}")
    for life in manifest.get("lifecycle") or []:
        if life.get("type") not in LIFE_EVENTS or not life.get("path"):
            raise InstallFailed(f"unknown lifecycle event {life.get('type')}")


def _check_components(manifest: dict[str, Any]) -> None:
    for component in manifest.get("components") or []:
        missing = {"type", "accessLevel", "path", "label"} - set(component)
        if missing:
            raise InstallFailed(f"a component lacks {', '.join(sorted(missing))}")
        if component["accessLevel"] not in {"ADMINS", "EVERYONE"}:
            raise InstallFailed(f"unknown accessLevel {component['accessLevel']}")
