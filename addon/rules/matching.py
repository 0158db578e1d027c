"""Who is who on the two sides, where it is certain; never choose between two equals."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from addon.rules.entry import Customer, Person, Project, User
from addon.rules.mailboxes import is_shared
from addon.rules.names import plain

CUSTOMER = "Customer"

Ours = TypeVar("Ours", User, Project)
Theirs = TypeVar("Theirs", Person, Customer)
Anyone = TypeVar("Anyone", User, Project, Person, Customer)
Whoever = TypeVar("Whoever", User, Person)


class MatchReason(StrEnum):
    """What makes a match certain."""

    EMAIL = "email"
    NAME = "name"
    PATH = "path"


@dataclass(frozen=True)
class Match:
    """A certain counterpart in QuickBooks: an Employee, a Vendor or a Customer."""

    target_kind: str
    target_id: str
    reason: MatchReason


def match_people(
    users: Sequence[User], people: Sequence[Person], taken: Mapping[str, str]
) -> dict[str, Match]:
    """
    Find for each user the one employee or vendor who is certainly the same person.

    Certain is an equal e-mail address, or an equal name, that nobody else on either
    side bears, as long as the other of the two does not point at somebody else. A
    mailbox such as office@, which several may read, is nobody's address. The result
    is one to one, whatever the order of the lists. `taken` holds what is already
    decided: user id to person id, or to "" for a user who is left out. Those
    users and persons get no match, yet their names still count as borne.
    """
    active = [person for person in people if person.active]
    by_email = _Twins(_emails(users), _emails(active))
    by_name = _Twins(_names(users), _names(active))
    matches: dict[str, Match] = {}
    for user in users:
        for twins, other, reason in (
            (by_email, by_name, MatchReason.EMAIL),
            (by_name, by_email, MatchReason.NAME),
        ):
            person = twins.only_twin_of(user)
            if person and other.allows(user, person):
                matches.setdefault(user.id, Match(person.kind, person.id, reason))
    return _untaken(matches, taken)


def match_projects(
    projects: Sequence[Project], customers: Sequence[Customer], taken: Mapping[str, str]
) -> dict[str, Match]:
    """
    Find for each project the one customer whom its time certainly belongs to.

    A project of a client is the sub-customer of its name under a customer of the
    client's name. Where QuickBooks has nothing under such a customer, or the project
    has no client, it is the only customer of its name; but never one that stands
    under somebody other than the project's client. Equal names on either side match
    nothing. The result is one to one; `taken` as in `match_people`.
    """
    active = [customer for customer in customers if customer.active]
    parents = _parent_names(customers)
    by_path = _Twins(
        {one: _path(plain(one.client_name), plain(one.name)) for one in projects},
        {one: _path(parents.get(one.id, ""), plain(one.name)) for one in active},
    )
    by_name = _Twins(_names(projects), _names(active))
    families = {parents[customer.id] for customer in active if customer.id in parents}
    known = {plain(customer.name) for customer in customers}
    matches: dict[str, Match] = {}
    for project in projects:
        customer, reason = by_path.only_twin_of(project), MatchReason.PATH
        if customer is None:
            customer, reason = by_name.only_twin_of(project), MatchReason.NAME
            if customer and not _may_be_named(project, customer, families, known):
                continue
        if customer:
            matches[project.id] = Match(CUSTOMER, customer.id, reason)
    return _untaken(matches, taken)


def _may_be_named(
    project: Project, customer: Customer, families: set[str], known: set[str]
) -> bool:
    """
    Say whether an equal name alone is enough for this project and this customer.

    Where the client itself is a customer, its project is not the namesake of somebody
    else's business: "Garden" for Cool Cars is no work for a customer called Garden.
    """
    client = plain(project.client_name)
    if not client:
        return project.client_id is None
    is_somebody_else = client in known and client != plain(project.name)
    return customer.parent_id is None and not (client in families or is_somebody_else)


class _Twins(Generic[Ours, Theirs]):
    """Who of ours bears the same mark as whom of theirs."""

    def __init__(
        self, ours: Mapping[Ours, Hashable], theirs: Mapping[Theirs, Hashable]
    ) -> None:
        """Take the mark of everyone; an empty mark is like nobody's."""
        self._mark_of_ours: Mapping[Ours, Hashable] = ours
        self._mark_of_theirs: Mapping[Theirs, Hashable] = theirs
        self._ours: dict[Hashable, list[Ours]] = _bearers(ours)
        self._theirs: dict[Hashable, list[Theirs]] = _bearers(theirs)

    def only_twin_of(self, one: Ours) -> Theirs | None:
        """Give the one of theirs, if the mark has one bearer on each side."""
        mark = self._mark_of_ours[one]
        ours, theirs = self._ours.get(mark, []), self._theirs.get(mark, [])
        return theirs[0] if len(ours) == 1 and len(theirs) == 1 else None

    def allows(self, one: Ours, other: Theirs) -> bool:
        """Say whether neither of the two has twins that are only somebody else."""
        mark, its_mark = self._mark_of_ours[one], self._mark_of_theirs[other]
        is_free = mark not in self._theirs and its_mark not in self._ours
        return mark == its_mark or is_free


def _bearers(marks: Mapping[Anyone, Hashable]) -> dict[Hashable, list[Anyone]]:
    bearers: dict[Hashable, list[Anyone]] = defaultdict(list)
    for one, mark in marks.items():
        if mark:
            bearers[mark].append(one)
    return dict(bearers)


def _names(those: Iterable[Anyone]) -> dict[Anyone, Hashable]:
    return {one: plain(one.name) for one in those}


def _emails(those: Iterable[Whoever]) -> dict[Whoever, Hashable]:
    # What several people may read says nothing about who somebody is.
    emails = {one: (one.email or "").strip().casefold() for one in those}
    return {one: "" if is_shared(email) else email for one, email in emails.items()}


def _parent_names(customers: Sequence[Customer]) -> dict[str, str]:
    names = {customer.id: plain(customer.name) for customer in customers}
    return {
        customer.id: names.get(customer.parent_id, "")
        for customer in customers
        if customer.parent_id is not None
    }


def _path(parent: str, name: str) -> tuple[str, str] | None:
    return (parent, name) if parent and name else None


def _untaken(
    matches: Mapping[str, Match], taken: Mapping[str, str]
) -> dict[str, Match]:
    spoken_for = set(taken.values())
    return {
        one: match
        for one, match in matches.items()
        if one not in taken and match.target_id not in spoken_for
    }
