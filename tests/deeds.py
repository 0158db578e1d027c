"""What may happen to the lists of either side, drawn by lot; worlds stay small."""

from typing import Any

Street = Any  # who throws the dice: see tests.gossip


def _any(street: Street, things: dict[str, Any]) -> Any:
    return street.dice.choice(sorted(things.values(), key=lambda each: each.id))


def _others(street: Street) -> dict[str, Any]:
    """Everybody but the owner, without whom there is no workspace."""
    users = street.workspace.users
    return {number: one for number, one in users.items() if one.role != "OWNER"}


def _user_joins(street: Street, name: str) -> None:
    if len(street.workspace.users) < 12:
        street.workspace.add_user(name)


def _user_changes(street: Street, name: str) -> None:
    where, dice = street.workspace, street.dice
    someone = _any(street, _others(street))
    mail = f"m{street.count}@example.com"
    dice.choice(
        [
            lambda: where.rename_user(someone, name),
            lambda: where.change_email(someone, mail),
            lambda: where.deactivate_user(someone),
            lambda: where.activate_user(someone),
        ]
    )()


def _user_goes(street: Street, _name: str) -> None:
    if len(street.workspace.users) > 6:
        street.workspace.delete_user(_any(street, _others(street)))


def _client_changes(street: Street, name: str) -> None:
    where, dice = street.workspace, street.dice
    if len(where.clients) < 4:
        where.add_client(name)
        return
    one = _any(street, where.clients)
    dice.choice([where.rename_client, lambda c, _: where.archive_client(c)])(one, name)


def _client_goes(street: Street, _name: str) -> None:
    archived = {n: c for n, c in street.workspace.clients.items() if c.archived}
    if archived:
        street.workspace.delete_client(_any(street, archived))


def _project_changes(street: Street, name: str) -> None:
    where, dice = street.workspace, street.dice
    if len(where.projects) < 6:
        where.add_project(name)
        return
    one = _any(street, where.projects)
    client = _any(street, where.clients) if where.clients else None
    dice.choice(
        [
            lambda: where.rename_project(one, name),
            lambda: where.archive_project(one),
            lambda: where.move_project(one, client),
            lambda: where.add_task(one, name),
        ]
    )()


def _project_goes(street: Street, _name: str) -> None:
    archived = {n: p for n, p in street.workspace.projects.items() if p.archived}
    if archived:
        street.workspace.delete_project(_any(street, archived))


def _tag_comes(street: Street, name: str) -> None:
    if len(street.workspace.tags) < 8:
        street.workspace.add_tag(name)


def _row(street: Street, entity: str, *, active: bool = True) -> Any:
    rows = [r for r in street.company.rows(entity) if r.get("Active", True) == active]
    return street.dice.choice(rows) if rows else None


def _record_comes(street: Street, name: str) -> None:
    company, dice = street.company, street.dice
    parent = _row(street, "Customer")
    dice.choice(
        [
            lambda: company.add_vendor(name),
            lambda: company.add_employee(name),
            lambda: company.add_customer(name),
            lambda: company.add_customer(name, parent=parent["Id"] if parent else None),
        ]
    )()


def _record_changes(street: Street, name: str) -> None:
    entity = street.dice.choice(["Employee", "Vendor", "Customer", "Item"])
    row = _row(street, entity)
    if row is not None and entity == "Employee":
        street.company.change(entity, row["Id"], DisplayName=name)
    elif row is not None:
        street.company.rename(entity, row["Id"], name)


def _record_goes(street: Street, _name: str) -> None:
    entity = street.dice.choice(["Employee", "Vendor"])
    active = street.dice.random() < 0.7
    row = _row(street, entity, active=active)
    if row is not None:
        act = street.company.deactivate if active else street.company.reactivate
        act(entity, row["Id"])


def _records_merge(street: Street, _name: str) -> None:
    entity = street.dice.choice(["Vendor", "Customer"])
    loser, survivor = _row(street, entity), _row(street, entity)
    if loser and survivor and loser["Id"] != survivor["Id"] and _is_leaf(street, loser):
        street.company.merge(entity, loser["Id"], survivor["Id"])


def _is_leaf(street: Street, row: Any) -> bool:
    return all(
        each.get("ParentRef", {}).get("value") != row["Id"]
        for each in street.company.rows("Customer")
    )


def _settings_change(street: Street, _name: str) -> None:
    street.company.set_payroll(street.dice.random() < 0.5)


CLOCKIFY = (
    _user_joins,
    _user_changes,
    _user_goes,
    _client_changes,
    _client_goes,
    _project_changes,
    _project_goes,
    _tag_comes,
)
QUICKBOOKS = (
    _record_comes,
    _record_changes,
    _record_changes,
    _record_goes,
    _records_merge,
    _settings_change,
)
