"""Propose who may be who, with the reason, where nothing is certain enough to link."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from addon.rules.entry import Customer, Person, Project, User
from addon.rules.likeness import CUSTOMERS, INACTIVE, PEOPLE, Traits
from addon.rules.matching import CUSTOMER, Match, match_people, match_projects
from addon.rules.names import plain
from addon.rules.nearest import Hit, Nearest

_MOST = 3

# An equal client lifts whatever the names say above everything elsewhere.
_SAME_CLIENT, _SIMILAR_CLIENT, _SHARE_OF_NAME = 60, 40, 0.4
_CLIENT_ITSELF, _LIKE_THE_CLIENT = 70, 46
_IS_THE_CLIENT = 80
_BEARS_THE_NAME = 92
_OF_ANOTHER_CLIENT = 0.6
_MOST_CLIENTS = 3


@dataclass(frozen=True)
class Suggestion:
    """
    Somebody or something in QuickBooks that may be meant; a person decides.

    `target_kind` is Employee, Vendor or Customer; `score` runs from 0 to 100 and only
    orders suggestions; `reason` is for the screen. An inactive record is suggested
    for what it is: its reason says so, and it cannot be linked before it is active.
    """

    target_kind: str
    target_id: str
    score: int
    reason: str


def suggest_people(
    users: Sequence[User], people: Sequence[Person], taken: Mapping[str, str]
) -> dict[str, tuple[Suggestion, ...]]:
    """
    Propose for each user at most three employees or vendors, best first.

    `taken` holds what is already decided, as for `match_people`: those users get no
    suggestion, and those persons are suggested to nobody else. Namesakes are proposed
    side by side, and the reason says that there are several. A user without any
    likely counterpart is not in the result.
    """
    named = {one: Traits.of(one.name, email=one.email) for one in users}
    active = Nearest(PEOPLE, named.values(), us="users", them="records")
    inactive = Nearest(INACTIVE, (), us="users", them="records")
    known = {f"{one.kind}:{one.id}": one for one in people}
    for key, person in known.items():
        those = active if person.active else inactive
        those.add(key, Traits.of(person.name, email=person.email))
    spoken_for = set(taken.values())
    certain = match_people(users, people, taken)
    suggestions: dict[str, tuple[Suggestion, ...]] = {}
    for user in users:
        if user.id not in taken:
            near = active.near(named[user])
            near |= inactive.near(named[user], similar=False)
            offered = (
                Suggestion(known[key].kind, known[key].id, hit.score, hit.text)
                for key, hit in near.items()
                if known[key].id not in spoken_for
            )
            suggestions[user.id] = _best(offered, certain.get(user.id))
    return {one: found for one, found in suggestions.items() if found}


def suggest_projects(
    projects: Sequence[Project], customers: Sequence[Customer], taken: Mapping[str, str]
) -> dict[str, tuple[Suggestion, ...]]:
    """
    Propose for each project at most three customers, best first.

    What stands under the customer of the project's client comes first. Where nothing
    there bears the project's name, that customer itself is proposed, even if other
    projects are linked to it. An equal name under somebody else is a weak proposal.
    `taken` and the result as for `suggest_people`.
    """
    books = _Books(projects, customers)
    spoken_for = set(taken.values())
    certain = match_projects(projects, customers, taken)
    suggestions = {
        project.id: _best(books.proposals(project, spoken_for), certain.get(project.id))
        for project in projects
        if project.id not in taken
    }
    return {one: found for one, found in suggestions.items() if found}


class _Books:
    """All customers, laid out by name and by whom they stand under."""

    def __init__(
        self, projects: Sequence[Project], customers: Sequence[Customer]
    ) -> None:
        self._customers = {one.id: one for one in customers}
        self._clients: dict[str, dict[str, bool]] = {}
        self._named = {
            one: Traits.of(one.name, client=plain(one.client_name)) for one in projects
        }
        us, them = "projects", "customers"
        self._active = Nearest(CUSTOMERS, self._named.values(), us=us, them=them)
        self._inactive = Nearest(INACTIVE, (), us=us, them=them)
        for one in customers:
            those = self._active if one.active else self._inactive
            path = one.path if one.parent_id is not None else ""
            those.add(one.id, Traits.of(one.name, path=path), self._above(one))

    def proposals(
        self, project: Project, spoken_for: Collection[str]
    ) -> Iterator[Suggestion]:
        """Give what may be meant, in no order; a customer may come up twice."""
        clients = self._clients_of(project)
        here = self._named[project]
        bears_its_name = False
        for key, hit in self._active.near(here, clients).items():
            if key not in spoken_for:
                score, reason = self._weighed(project, key, hit, clients)
                bears_its_name |= hit.in_place and score >= _BEARS_THE_NAME
                yield Suggestion(CUSTOMER, key, score, reason)
        for key, hit in self._inactive.near(here, clients, similar=False).items():
            if hit.in_place or not clients:
                yield Suggestion(CUSTOMER, key, hit.score, hit.text)
        if not bears_its_name:
            yield from map(_client_itself, clients, clients.values())

    def _weighed(
        self, project: Project, key: str, hit: Hit, clients: Mapping[str, bool]
    ) -> tuple[int, str]:
        named_so = hit.text[0].lower() + hit.text[1:]
        share = round(hit.score * _SHARE_OF_NAME)
        if hit.in_place and any(clients[one] for one in self._above_id(key, clients)):
            return _SAME_CLIENT + share, f"Same client, {named_so}"
        if hit.in_place:
            return _SIMILAR_CLIENT + share, f"Similar client, {named_so}"
        is_below = self._customers[key].parent_id is not None
        stands_apart = is_below or any(clients.values())
        if project.client_name.strip() and stands_apart and key not in clients:
            score = round(hit.score * _OF_ANOTHER_CLIENT)
            return score, f"Another client, {named_so}"
        return hit.score, hit.text

    def _clients_of(self, project: Project) -> Mapping[str, bool]:
        """Give the customers who may be the client, and whether it is their name."""
        name = project.client_name
        if name not in self._clients:
            ranked = sorted(
                (-hit.score, self._customers[key].level, key)
                for key, hit in self._active.near(Traits.of(name)).items()
            )
            best = [key for *rank, key in ranked if rank == list(ranked[0][:2])]
            is_its_name = bool(ranked) and -ranked[0][0] >= _IS_THE_CLIENT
            few = best if len(best) <= _MOST_CLIENTS else ()
            self._clients[name] = dict.fromkeys(few, is_its_name)
        return self._clients[name]

    def _above_id(self, key: str, among: Collection[str]) -> list[str]:
        return [one for one in self._above(self._customers[key]) if one in among]

    def _above(self, customer: Customer) -> list[str]:
        above: list[str] = []
        parent_id = customer.parent_id
        # A parent that was not read ends the chain; so would one that goes in circles.
        while parent_id in self._customers and parent_id not in above:
            above.append(parent_id)
            parent_id = self._customers[parent_id].parent_id
        return above


def _client_itself(key: str, is_its_name: bool) -> Suggestion:  # noqa: FBT001
    if is_its_name:
        text = "Customer of the client's name"
        return Suggestion(CUSTOMER, key, _CLIENT_ITSELF, text)
    text = "Customer with a name like the client's"
    return Suggestion(CUSTOMER, key, _LIKE_THE_CLIENT, text)


def _best(
    those: Iterable[Suggestion], certain: Match | None = None
) -> tuple[Suggestion, ...]:
    """
    Pick the best reason for each target, and the best few of those.

    Whoever is certain is never crowded out by others who score as much together.
    """
    ranked = sorted(
        those,
        key=lambda one: (
            -one.score,
            one.target_kind,
            len(one.target_id),
            one.target_id,
        ),
    )
    first: dict[tuple[str, str], Suggestion] = {}
    for one in ranked:
        first.setdefault((one.target_kind, one.target_id), one)
    best, rest = list(first.values())[:_MOST], list(first.values())[_MOST:]
    for one in rest:
        if certain and one.target_id == certain.target_id:
            best[-1] = one
    return tuple(best)
