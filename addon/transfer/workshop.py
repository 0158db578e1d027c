"""Makes one record in QuickBooks for a user or project, once, and links it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from addon.quickbooks import making
from addon.quickbooks.client import Client
from addon.quickbooks.errors import Rejected
from addon.records import db
from addon.records import link as linking
from addon.records.directory import Kind, Listing
from addon.records.link import LinkKind, Making
from addon.rules.entry import Customer, Person
from addon.rules.names import plain
from addon.transfer import link, listed
from addon.transfer.outside import Outside, Viewer

T = TypeVar("T", Customer, Person)


@dataclass(frozen=True)
class New:
    """
    A record to make for a user or project; `problem` says why it cannot be made.

    `parent` is the customer it goes under, which is made first where `parent_id` is
    "". `can_be_employee` is false in companies with payroll, where an employee needs
    an address and a tax setup that only a person can give (QuickBooks: Employee).
    """

    kind: LinkKind
    clockify_id: str
    name: str
    email: str = ""
    parent: str = ""
    parent_id: str = ""
    can_be_employee: bool = False
    problem: str = ""
    warning: str = ""


@dataclass
class Workshop:
    """Where a person's wishes for one company become records."""

    outside: Outside
    viewer: Viewer
    company_id: int
    client: Client
    parents: dict[str, str] = field(default_factory=dict)

    def make(self, new: New, what: str) -> str:
        """Make and link it; give "" or why QuickBooks refused. Raises Unreachable."""
        source = f"{new.kind}:{new.clockify_id}"
        try:
            if new.kind is LinkKind.PROJECT:
                parent_id = self._parent(new)
                line = self._customer(source, new.name, parent_id)
                path = f"{new.parent}:{new.name}" if new.parent else new.name
            else:
                is_employee = what == "employee" and new.can_be_employee
                line = self._person(source, new, is_employee=is_employee)
                path = ""
        except Rejected as refusal:
            return _words(refusal)
        self._link(new, line, path)
        return ""

    def _parent(self, new: New) -> str | None:
        """Find the customer it goes under, or make it first."""
        if not new.parent or new.parent_id:
            return new.parent_id or None
        key = plain(new.parent)
        if key not in self.parents:
            line = self._customer(f"client:{key}", new.parent, None)
            self._list(line, "")
            db.session.commit()
            self.parents[key] = line.foreign_id
        return self.parents[key]

    def _customer(self, source: str, name: str, parent_id: str | None) -> listed.Line:
        def asked(request_id: str) -> Customer:
            return making.create_customer(
                self.client.create, name, parent_id, request_id=request_id
            )

        wish = f"Customer {parent_id or ''} {name}"
        return listed.from_customer(self._once(source, wish, asked))

    def _person(self, source: str, new: New, *, is_employee: bool) -> listed.Line:
        def asked(request_id: str) -> Person:
            create, email = self.client.create, new.email or None
            if not is_employee:
                return making.create_vendor(
                    create, new.name, email, request_id=request_id
                )
            given, family = _parts(new.name)
            return making.create_employee(
                create, given, family, email, request_id=request_id
            )

        kind = "Employee" if is_employee else "Vendor"
        wish = f"{kind} {new.name} {new.email}"
        return listed.from_person(self._once(source, wish, asked))

    def _once(self, source: str, wish: str, ask: Callable[[str], T]) -> T:
        """Ask with the id of an unanswered request of the same, or with a new one."""
        begun = linking.making(self.company_id, source)
        if begun is None or begun.wish != wish:
            if begun is not None:
                db.session.delete(begun)
                db.session.flush()
            begun = Making(
                installation_id=self.viewer.installation.id,
                company_id=self.company_id,
                source=source,
                wish=wish,
                request_id=secrets.token_hex(16),
            )
            db.session.add(begun)
        db.session.commit()
        try:
            made = ask(begun.request_id)
        except Rejected:
            # A refusal is remembered under its id: the next attempt needs another.
            db.session.delete(begun)
            db.session.commit()
            raise
        db.session.delete(begun)
        return made

    def _link(self, new: New, line: listed.Line, path: str) -> None:
        self._list(line, path)
        target = f"{line.kind}:{line.foreign_id}"
        wish = link.Wish(
            new.kind, new.clockify_id, target, self.viewer.user_id, origin="made"
        )
        link.change(self.viewer.installation, self.company_id, wish, self.outside.now())
        db.session.commit()

    def _list(self, line: listed.Line, path: str) -> None:
        """Show it at once; the next reading of the lists tells the rest."""
        row = link.listing(Kind(line.kind), line.foreign_id, self.company_id)
        if row is None:
            row = Listing(
                installation_id=self.viewer.installation.id,
                company_id=self.company_id,
                kind=line.kind,
                foreign_id=line.foreign_id,
            )
            db.session.add(row)
        line.write_into(row)
        row.path = row.path or path
        db.session.flush()


def _parts(name: str) -> tuple[str, str]:
    """Take a name apart: "Last, First" and "First Middle Last" become first, last."""
    family, comma, given = name.partition(",")
    if comma:
        return given.strip(), family.strip()
    given, _, family = name.strip().rpartition(" ")
    return given.strip(), family.strip()


def _words(refusal: Rejected) -> str:
    if refusal.fault.code == "6240":
        return "QuickBooks already has somebody or something of this name."
    return refusal.fault.detail or refusal.fault.message or str(refusal)
