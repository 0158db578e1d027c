"""The commands: serve, worker, migrate, check, rotate-keys and sandbox."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence

import structlog
from flask import Flask

from addon import logs
from addon.check import UNREACHABLE, examine
from addon.config import VERSION, BadSettings, Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a failure, 2 wrong settings or usage."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except BadSettings as bad:
        for problem in bad.problems:
            print(problem, file=sys.stderr)
        return 2
    except UNREACHABLE as problem:
        # The kind only: a driver's own words may quote the address and password.
        kind = type(problem).__name__
        print(f"{kind}: look at DATABASE_URL and QUEUE_URL.", file=sys.stderr)
        return 1


def _serve(_options: argparse.Namespace) -> int:
    settings = _settings()
    from addon.serve import Server

    Server(settings, os.environ).run()
    return 0


def _worker(_options: argparse.Namespace) -> int:
    queue = _app().extensions["queue"]
    # Until the queue listens to signals itself, being asked to leave is heard too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    structlog.stdlib.get_logger(__name__).info("worker.started", process=os.getpid())
    queue.run_forever()
    return 0


def _migrate(_options: argparse.Namespace) -> int:
    app = _app()
    from addon import records

    records.migrate(app)
    print("The database is up to date.")
    return 0


def _check(_options: argparse.Namespace) -> int:
    settings = _settings()
    fine = True
    for finding in examine(settings):
        print(f"{'ok  ' if finding.fine else 'FAIL'}  {finding.text}")
        fine = fine and finding.fine
    return 0 if fine else 1


def _rotate_keys(_options: argparse.Namespace) -> int:
    app = _app()
    from addon import records

    print(f"Re-encrypted with the newest key: {records.rotate(app)}.")
    return 0


def _sandbox(options: argparse.Namespace) -> int:
    from addon import demo

    plan = demo.Plan(
        clockify_port=options.clockify_port,
        quickbooks_port=options.quickbooks_port,
        addon_port=options.addon_port,
        entries=options.entries,
        seed=options.seed,
    )
    try:
        return demo.run(plan, lambda text: print(text, flush=True))
    except demo.NotStarted as problem:
        print(problem, file=sys.stderr)
        return 1


def _settings() -> Settings:
    logs.configure()
    return Settings.from_environ(os.environ)


def _app() -> Flask:
    settings = _settings()
    from addon import create_app

    settings.make_folders()
    return create_app(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="addon",
        description="Hours to Books: sends Clockify time entries to QuickBooks Online.",
        epilog="Settings are read from the environment; `addon check` examines them.",
    )
    parser.add_argument("--version", action="version", version=f"addon {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, words in (
        ("serve", _serve, "run the web process; with a SQLite queue, the worker too"),
        ("worker", _worker, "run a background worker; start as many as wanted"),
        ("migrate", _migrate, "apply database migrations"),
        ("check", _check, "examine settings, manifest, database and queue"),
        ("rotate-keys", _rotate_keys, "re-encrypt stored secrets with the newest key"),
        ("sandbox", _sandbox, "show the add-on with a pretend Clockify and QuickBooks"),
    ):
        about = f"{words[0].upper()}{words[1:]}."
        sub = commands.add_parser(name, help=words, description=about)
        sub.set_defaults(command=command)
        if name == "sandbox":
            _add_sandbox_options(sub)
    return parser


def _add_sandbox_options(parser: argparse.ArgumentParser) -> None:
    for name, default, meaning in (
        ("--clockify-port", 9001, "port of the pretend Clockify"),
        ("--quickbooks-port", 9002, "port of the pretend QuickBooks"),
        ("--addon-port", 9000, "port of the add-on"),
    ):
        parser.add_argument(
            name,
            type=_number(65535),
            default=default,
            metavar="PORT",
            help=f"{meaning}; 0 takes a free one (default: {default})",
        )
    parser.add_argument(
        "--entries",
        type=_number(1_000_000),
        default=60,
        metavar="N",
        help="time entries in the pretend workspace (default: 60)",
    )
    parser.add_argument(
        "--seed",
        type=_number(2**32),
        default=1,
        metavar="N",
        help="equal seeds make equal workspaces (default: 1)",
    )


def _number(most: int) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) <= most):
            raise argparse.ArgumentTypeError(f"a whole number from 0 to {most}")
        return int(text)

    return whole_number


if __name__ == "__main__":
    sys.exit(main())
