"""The pretend Clockify's web app: its pages, and add-ons in frames inside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from addon.sandbox.clockify import tables
from addon.sandbox.clockify.deeds import DEEDS, do
from addon.sandbox.clockify.manifest import InstallFailed
from addon.sandbox.clockify.view import View, look, slug
from addon.sandbox.clockify.words import LANGUAGES

if TYPE_CHECKING:
    from addon.sandbox.clockify.server import ClockifyServer

ADDONS = "/workspace/settings/addons"
REPORTS = {"summary": "Summary", "detailed": "Detailed", "weekly": "Weekly"}
RECENT = 40


class Window:
    """The pages; one method each."""

    def __init__(self, server: ClockifyServer) -> None:
        self.server = server

    def home(self) -> ResponseReturnValue:
        """Clockify opens on the tracker."""
        return redirect(self._view().link("/tracker"))

    def tracker(self) -> ResponseReturnValue:
        """The viewer's own latest hours."""
        view = self._view()
        mine = [one for one in tables.visible(view) if one.user_id == view.user.id]
        return self._page(
            view,
            "tracker.html",
            days=tables.by_day(view, mine[:RECENT]),
            books_url=self.server.books_url,
        )

    def calendar(self) -> ResponseReturnValue:
        """The last seven days."""
        view = self._view()
        days, rows = tables.week(view)
        return self._page(view, "weekly.html", heading="Calendar", days=days, rows=rows)

    def report(self, name: str) -> ResponseReturnValue:
        """A report of Clockify's own, or an add-on's tab."""
        view = self._view()
        if name not in REPORTS:
            return self._report_tab(view, name)
        found = tables.visible(view)
        if name == "summary":
            facts: dict[str, Any] = {"bars": tables.by_project(view)}
        elif name == "weekly":
            days, rows = tables.week(view)
            facts = {"heading": "Reports", "days": days, "rows": rows}
        else:
            page = max(1, request.args.get("page", 1, type=int))
            shown = found[(page - 1) * tables.PER_PAGE : page * tables.PER_PAGE]
            facts = {
                "lines": [tables.line(view, one) for one in shown],
                "page": page,
                "more": len(found) > page * tables.PER_PAGE,
            }
        return self._page(
            view, f"{name}.html", tab=name, total=tables.total(found), **facts
        )

    def projects(self) -> ResponseReturnValue:
        """The projects."""
        return self._page(self._view(), "projects.html")

    def clients(self) -> ResponseReturnValue:
        """The clients."""
        return self._page(self._view(), "clients.html")

    def team(self) -> ResponseReturnValue:
        """The people."""
        return self._page(self._view(), "team.html")

    def sidebar(self, key: str) -> ResponseReturnValue:
        """An add-on's own page; a disabled one sends back to the tracker."""
        view = self._view()
        for one, component in view.components("sidebar"):
            if one.key == key:
                frame = view.frame(one, component["path"], component["label"])
                return self._page(view, "frame.html", frame=frame)
        return redirect(view.link("/tracker"))

    def general(self) -> ResponseReturnValue:
        """The workspace's settings, to look at."""
        return self._settings_page("general.html", tab="general")

    def addons(self) -> ResponseReturnValue:
        """The add-ons of the workspace, and what can be installed."""
        return self._settings_page(
            "addons.html", tab="addons", manifest_url=self.server.manifest_url
        )

    def addon_settings(self, key: str) -> ResponseReturnValue:
        """An add-on's settings page in a frame."""
        view = self._view()
        one = view.workspace.installations.get(key)
        path = one.manifest.get("settings") if one else None
        if one is None or not isinstance(path, str) or not view.user.is_admin:
            return self._page(view, "unavailable.html"), 404
        labels = [str(component["label"]) for component in one.components]
        title = labels[0] if labels else str(one.manifest["name"])
        frame = view.frame(one, path, title)
        return self._settings_page("frame.html", tab="addons", frame=frame, addon=one)

    def install(self) -> ResponseReturnValue:
        """Install from the manifest address in the form."""
        url = request.form.get("manifest", "").strip()
        return self._change(lambda view: view.workspace.install(url, by=view.user))

    def uninstall(self, key: str) -> ResponseReturnValue:
        """Take the add-on away."""
        return self._change(lambda view: view.workspace.uninstall(key))

    def enable(self, key: str) -> ResponseReturnValue:
        """Switch the add-on on."""
        return self._change(lambda view: view.workspace.enable(key))

    def disable(self, key: str) -> ResponseReturnValue:
        """Switch the add-on off."""
        return self._change(lambda view: view.workspace.disable(key))

    def token(self, key: str) -> ResponseReturnValue:
        """A fresh token for the frame that asked for one."""
        view = self._view()
        one = view.workspace.installations.get(key)
        if one is None or one.status != "ACTIVE":
            return Response("", status=404)
        return Response(view.token(key), content_type="text/plain")

    def deed(self, name: str) -> ResponseReturnValue:
        """Make something happen in this world."""
        if name not in DEEDS:
            return jsonify(message="There is no such deed"), 404
        try:
            message = do(name, self._view(), request.form)
        except (LookupError, ValueError) as error:
            return jsonify(message=str(error)), 422
        return jsonify(message=message, title=DEEDS[name].title)

    def _report_tab(self, view: View, name: str) -> ResponseReturnValue:
        for one, component in view.components("reports.tab"):
            if name in (slug(component), one.key):
                frame = view.frame(one, component["path"], component["label"])
                return self._page(view, "report_frame.html", tab=name, frame=frame)
        # Whoever may not see the tab has perhaps a page of the add-on's own.
        for one, _ in view.components("sidebar"):
            if name in {one.key, *map(slug, one.components)}:
                return redirect(view.link(f"/addons/{one.key}"))
        return self._page(view, "unavailable.html"), 404

    def _change(self, act: Callable[[View], object]) -> ResponseReturnValue:
        view = self._view()
        if not view.user.is_admin:
            return self._page(view, "unavailable.html"), 403
        try:
            act(view)
        except InstallFailed as error:
            return redirect(view.link(ADDONS, failed=str(error)), 303)
        except KeyError:
            return redirect(view.link(ADDONS, failed="it is not installed"), 303)
        return redirect(view.link(ADDONS), 303)

    def _settings_page(self, template: str, **facts: object) -> ResponseReturnValue:
        view = self._view()
        if not view.user.is_admin:
            return self._page(view, "unavailable.html"), 403
        failed = request.args.get("failed", "")
        return self._page(view, template, failed=failed, **facts)

    def _view(self) -> View:
        return look(self.server, request.path, request.args)

    def _page(self, view: View, template: str, **facts: object) -> str:
        with self.server.host.lock:
            return render_template(
                template,
                view=view,
                world=view.workspace,
                say=view.say,
                slug=slug,
                reports=REPORTS,
                languages=LANGUAGES,
                workspaces=self.server.workspaces,
                deeds=DEEDS,
                timers=[e for e in view.workspace.entries.values() if e.end is None],
                latest=[
                    tables.line(view, one)
                    for one in tables.visible(view)[:RECENT]
                    if one.end
                ],
                **facts,
            )


def serve(app: Flask, server: ClockifyServer) -> None:
    """Let a Flask application show the web app."""
    window = Window(server)
    pages: dict[str, Callable[..., ResponseReturnValue]] = {
        "/": window.home,
        "/tracker": window.tracker,
        "/calendar": window.calendar,
        "/reports/<name>": window.report,
        "/projects": window.projects,
        "/clients": window.clients,
        "/team": window.team,
        "/addons/<key>": window.sidebar,
        "/workspace/settings": window.general,
        ADDONS: window.addons,
        f"{ADDONS}/<key>/settings": window.addon_settings,
        "/window/token/<key>": window.token,
    }
    for rule, page in pages.items():
        app.add_url_rule(rule, view_func=page, endpoint=f"window{rule}")
    acts: dict[str, Callable[..., ResponseReturnValue]] = {
        "/window/install": window.install,
        "/window/addons/<key>/uninstall": window.uninstall,
        "/window/addons/<key>/enable": window.enable,
        "/window/addons/<key>/disable": window.disable,
        "/window/world/<name>": window.deed,
    }
    for rule, act in acts.items():
        app.add_url_rule(
            rule, view_func=act, endpoint=f"window{rule}", methods=["POST"]
        )
