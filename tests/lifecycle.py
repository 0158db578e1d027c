"""Clockify's lifecycle calls said again, and what they have left behind."""

import requests
import sqlalchemy as sa

from addon.records import db, everywhere
from addon.records.installation import Installation, WebhookToken
from tests.world import World

FILLER = "filler"


def tell(world: World, kind: str, one, workspace=None, **headers) -> int:
    """Say a lifecycle event again, as Clockify's retries do."""
    where = workspace or world.workspace
    body = {
        "installed": where.installed_body,
        "status-changed": where.status_body,
        "deleted": where.deleted_body,
    }[kind](one)
    token = where.lifecycle_token(one)
    answer = requests.post(
        f"{world.url}/lifecycle/{kind}",
        json=body,
        headers={"X-Addon-Lifecycle-Token": token, **headers},
        timeout=30,
    )
    return answer.status_code


def stored(world: World) -> dict[str, int]:
    """Count the webhook tokens of each installation, by addonId."""
    with world.app.app_context(), everywhere():
        rows = db.session.execute(
            sa.select(Installation.addon_id, Installation.id).where(
                ~Installation.addon_id.startswith(FILLER)
            )
        ).all()
        count = sa.select(sa.func.count()).select_from(WebhookToken.__table__)
        found = {
            addon_id: db.session.execute(
                count.where(WebhookToken.__table__.c.installation_id == number)
            ).scalar_one()
            for addon_id, number in rows
        }
        db.session.remove()
    return found


def manifest(world: World) -> dict:
    found: dict = requests.get(f"{world.url}/manifest.json", timeout=10).json()
    return found
