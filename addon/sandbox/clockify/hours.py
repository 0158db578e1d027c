"""What happens to time entries, and the webhooks that tell of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from addon.sandbox.clockify import payloads
from addon.sandbox.clockify.addons import Addons
from addon.sandbox.clockify.things import (
    Approval,
    Entry,
    Fact,
    Project,
    Tag,
    Task,
    User,
)

USUAL_LENGTH = timedelta(hours=1)


class Hours(Addons):
    """Tracking, changing and approving time."""

    def add_entry(
        self,
        user: User | str,
        project: Project | str | None = None,
        *,
        start: datetime | None = None,
        length: timedelta = USUAL_LENGTH,
        **facts: Fact,
    ) -> Entry:
        """Hours are entered by hand; without a start they end now."""
        begin = start or self.now() - length
        entry = self._new_entry(user, project, begin, begin + length, facts)
        self._tell_entry("NEW_TIME_ENTRY", entry)
        return entry

    def start_timer(
        self, user: User | str, project: Project | str | None = None, **facts: Fact
    ) -> Entry:
        """A person starts the clock."""
        entry = self._new_entry(user, project, self.now(), None, facts)
        self._tell_entry("NEW_TIMER_STARTED", entry)
        return entry

    def stop_timer(
        self, entry: Entry | str, *, length: timedelta | None = None
    ) -> Entry:
        """The clock stops, now or after the given length."""
        one = self.entry(entry)
        with self.host.lock:
            one.end = one.start + length if length else self.now()
            one.touched = self.now()
        self._tell_entry("TIMER_STOPPED", one)
        return one

    def edit_entry(self, entry: Entry | str, **facts: Fact) -> Entry:
        """Any facts of an entry change; length keeps the start and moves the end."""
        one = self.entry(entry)
        with self.host.lock:
            self._change_entry(one, facts)
        self._tell_entry("TIME_ENTRY_UPDATED", one)
        return one

    def delete_entry(self, entry: Entry | str) -> Entry:
        """Hours are deleted."""
        one = self.entry(entry)
        with self.host.lock:
            del self.entries[one.id]
        self._tell_entry("TIME_ENTRY_DELETED", one)
        return one

    def split_entry(self, entry: Entry | str, at: datetime) -> Entry:
        """Cut an entry in two at a moment inside it; answers the new, later part."""
        one = self.entry(entry)
        if one.end is None or not one.start < at < one.end:
            raise ValueError("an entry splits only at a moment inside it")
        facts = {
            "description": one.description,
            "task_id": one.task_id,
            "tag_ids": list(one.tag_ids),
            "billable": one.billable,
            "zone": one.zone,
        }
        with self.host.lock:
            later = self._new_entry(one.user_id, one.project_id, at, one.end, facts)
            one.end = at
            one.touched = self.now()
        self._tell_entry("TIME_ENTRY_SPLIT", one)
        self._tell_entry("NEW_TIME_ENTRY", later)
        return later

    def submit(self, user: User | str, start: datetime, end: datetime) -> Approval:
        """A person hands a stretch of time in for approval."""
        person = self.user(user)
        with self.host.lock:
            approval = Approval(
                self.host.new_id(), person.id, start, end, updated_by=person.id
            )
            approval.updated_at = self.now()
            self.approvals[approval.id] = approval
        self.fire("NEW_APPROVAL_REQUEST", payloads.approval(self, approval))
        return approval

    def approve(self, approval: Approval, by: User | str | None = None) -> Approval:
        """Approve it: its entries are locked and carry the request's id."""
        return self._decide(approval, "APPROVED", by)

    def reject(self, approval: Approval, by: User | str | None = None) -> Approval:
        """Send it back."""
        return self._decide(approval, "REJECTED", by)

    def withdraw_approval(
        self, approval: Approval, by: User | str | None = None
    ) -> Approval:
        """Take the approval back: its entries can be changed again."""
        return self._decide(approval, "WITHDRAWN_APPROVAL", by)

    def set_rounding(self, mode: str = "Round to nearest", minutes: str = "15") -> None:
        """Set how reports round: "Round up to", "Round to nearest", "Round down to"."""
        with self.host.lock:
            self.settings["round"] = {"round": mode, "minutes": minutes}
            self.settings["timeRoundingInReports"] = True

    def lock_time(self, until: datetime | None) -> None:
        """Lock what is older, or nothing."""
        with self.host.lock:
            self.settings["lockTimeEntries"] = payloads.instant(until)

    def is_locked(self, entry: Entry) -> bool:
        """True when its time lies in the locked past."""
        until = self.settings["lockTimeEntries"]
        return bool(until) and entry.start < datetime.fromisoformat(until)

    def _new_entry(
        self,
        user: User | str,
        project: Project | str | None,
        start: datetime,
        end: datetime | None,
        facts: dict[str, Any],
    ) -> Entry:
        person = self.user(user)
        found = self.project(project) if project else None
        known = {
            "billable": bool(found and found.billable),
            "zone": person.zone,
            "project_id": found.id if found else None,
            "touched": self.now(),
            **_with_ids(facts),
        }
        with self.host.lock:
            entry = Entry(self.host.new_id(), person.id, start, end, **known)
            self.entries[entry.id] = entry
        return entry

    def _change_entry(self, one: Entry, facts: dict[str, Any]) -> None:
        changes = _with_ids(facts)
        length = changes.pop("length", None)
        if "project" in changes:
            project = changes.pop("project")
            one.project_id = self.project(project).id if project else None
        for name, value in changes.items():
            if not hasattr(one, name):
                raise AttributeError(f"an entry has no {name}")
            setattr(one, name, value)
        if length is not None:
            one.end = one.start + length
        one.touched = self.now()

    def _decide(self, one: Approval, state: str, by: User | str | None) -> Approval:
        person = self.user(by) if by else self.owner
        with self.host.lock:
            one.state = state
            one.updated_by = person.id
            one.updated_at = self.now()
            approved = state == "APPROVED"
            for entry in self.entries.values():
                inside = one.start <= entry.start <= one.end
                if entry.user_id == one.user_id and inside:
                    entry.approval_id = one.id if approved else None
                    entry.locked = approved
        self.fire("APPROVAL_REQUEST_STATUS_UPDATED", payloads.approval(self, one))
        return one

    def _tell_entry(self, event: str, entry: Entry) -> None:
        self.fire(event, payloads.entry(self, entry))


def _with_ids(facts: dict[str, Any]) -> dict[str, Any]:
    """Let callers name a task and tags by themselves instead of by identifier."""
    known = dict(facts)
    task: Task | None = known.pop("task", None)
    if task is not None:
        known["task_id"] = task.id
    tags: list[Tag] | None = known.pop("tags", None)
    if tags is not None:
        known["tag_ids"] = [tag.id for tag in tags]
    return known
