"""The commands, run as an operator runs them: as processes, with an environment."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet

from addon.config import VERSION, Settings
from addon.serve import options

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ["serve", "worker", "migrate", "check", "rotate-keys", "sandbox"]
PATIENCE = 60.0


def environ(folder: Path, **more: str) -> dict[str, str]:
    """A complete environment, with files in the folder."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "ADDON_BASE_URL": "https://hours.example.com",
        "ADDON_SECRET_KEYS": Fernet.generate_key().decode(),
        "INTUIT_CLIENT_ID": "client-id",
        "INTUIT_CLIENT_SECRET": "client-secret",
        "DATABASE_URL": f"sqlite:///{folder}/files/addon.sqlite",
        "QUEUE_URL": f"sqlite:///{folder}/files/queue.sqlite",
        **more,
    }


def addon(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "addon.cli", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def running(
    *arguments: str, env: dict[str, str], folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run a command beside the test; afterwards its whole group is gone."""
    said = folder / "said.txt"
    with (
        said.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "addon.cli", *arguments],
            env=env,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process, said
        finally:
            if members(process.pid):
                os.killpg(process.pid, signal.SIGKILL)


def members(group: int) -> list[int]:
    """The processes of a group that still run."""
    found = subprocess.run(
        ["ps", "-A", "-o", "pgid=,pid=,stat="],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split() for line in found.stdout.splitlines())
    return [
        int(pid) for pgid, pid, stat in rows if int(pgid) == group and stat[0] != "Z"
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, process: subprocess.Popen[bytes], said: Path) -> None:
    last = time.monotonic() + PATIENCE
    while not holds():
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < last, said.read_text()
        time.sleep(0.05)


def healthy(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health", timeout=2).ok
    except requests.RequestException:
        return False


def test_help_names_every_command():
    """An operator who asks for help sees all six commands."""
    done = addon("--help", env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0
    told = re.findall(r"^    (\S+)\s", done.stdout, re.MULTILINE)
    assert told == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, tmp_path):
    """Asking a command for help needs no settings and starts nothing."""
    done = addon(command, "--help", env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: addon {command}")
    assert done.stdout.count(".") >= 1


def test_the_version_is_told():
    """An operator can ask which version is installed."""
    done = addon("--version", env={"PYTHONPATH": str(ROOT)})
    assert done.stdout == f"addon {VERSION}\n"


@pytest.mark.parametrize("command", COMMANDS[:-1])
def test_wrong_settings_end_every_command_with_one_line_each(command, tmp_path):
    """Start-up ends with code 2, naming each variable, never showing a value."""
    env = environ(tmp_path, ADDON_SECRET_KEYS="CANARY", ADDON_PORT="x")
    del env["INTUIT_CLIENT_ID"]
    done = addon(command, env=env)
    assert done.returncode == 2
    first = [line.split()[0] for line in done.stderr.splitlines()]
    assert sorted(first) == ["ADDON_PORT", "ADDON_SECRET_KEYS", "INTUIT_CLIENT_ID"]
    assert "CANARY" not in done.stderr + done.stdout


def test_check_says_that_all_is_well(tmp_path):
    """With complete settings every line of the check begins with ok."""
    env = environ(tmp_path)
    assert addon("migrate", env=env).returncode == 0
    done = addon("check", env=env)
    assert done.returncode == 0, done.stderr
    words = {line.split()[0] for line in done.stdout.splitlines()}
    assert words == {"ok"}
    for what in ("Settings", "manifest", "database", "queue"):
        assert what in done.stdout


def test_check_tells_what_cannot_be_reached_without_its_password(tmp_path):
    """A wrong address is found before anyone depends on it; its password stays out."""
    port = free_port()
    env = environ(
        tmp_path,
        DATABASE_URL=f"postgresql://me:CANARY@127.0.0.1:{port}/hours",
        QUEUE_URL=f"redis://:CANARY@127.0.0.1:{port}/0",
    )
    done = addon("check", env=env)
    assert done.returncode == 1, done.stderr
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert [("DATABASE_URL" in line, "QUEUE_URL" in line) for line in failed] == [
        (True, False),
        (False, True),
    ]
    assert "CANARY" not in done.stdout + done.stderr


@pytest.mark.postgres
def test_check_notices_a_database_that_was_never_migrated(fresh_postgres_url, tmp_path):
    """On PostgreSQL an operator is told to migrate before serving."""
    env = environ(tmp_path, DATABASE_URL=fresh_postgres_url)
    before = addon("check", env=env)
    assert before.returncode == 1
    assert "FAIL  The database is behind: run `addon migrate`." in before.stdout
    assert addon("migrate", env=env).returncode == 0
    assert addon("check", env=env).returncode == 0


@pytest.mark.postgres
def test_check_tells_what_several_machines_would_miss(fresh_postgres_url, tmp_path):
    """A queue in a file ties all to one machine; without a worker nothing is sent."""
    env = environ(tmp_path, DATABASE_URL=fresh_postgres_url)
    assert addon("migrate", env=env).returncode == 0
    one = addon("check", env=env).stdout
    assert "QUEUE_URL is a file: everything has to run on this one machine." in one
    assert "worker" not in one
    env["QUEUE_URL"] = fresh_postgres_url
    assert "No worker has been seen lately" in addon("check", env=env).stdout
    with running("worker", env=env, folder=tmp_path) as (process, said):

        def is_told() -> bool:
            return "A worker is at work." in addon("check", env=env).stdout

        wait_until(is_told, process, said)


def test_migrating_twice_is_harmless_and_keys_can_be_rotated(tmp_path):
    """Maintenance commands can be repeated."""
    env = environ(tmp_path)
    for command in ("migrate", "migrate", "rotate-keys"):
        done = addon(command, env=env)
        assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"Re-encrypted with the newest key: 0\.\n", done.stdout)


def test_a_database_that_is_away_is_told_in_one_line(tmp_path):
    """Migrating without a database ends with the variable to look at."""
    address = f"postgresql://me:CANARY@127.0.0.1:{free_port()}/hours"
    done = addon("migrate", env=environ(tmp_path, DATABASE_URL=address))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "DATABASE_URL" in done.stderr
    assert "CANARY" not in done.stderr


def test_one_process_is_a_whole_installation(tmp_path):
    """Serve makes its files, answers, logs no query, and leaves when asked to."""
    port = free_port()
    env = environ(tmp_path, ADDON_PORT=str(port))
    with running("serve", env=env, folder=tmp_path) as (process, said):
        wait_until(lambda: healthy(port), process, said)
        manifest = requests.get(
            f"http://127.0.0.1:{port}/manifest.json?auth_token=CANARY", timeout=9
        ).json()
        assert manifest["baseUrl"] == "https://hours.example.com"
        assert len(members(process.pid)) == 2
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert not members(process.pid)
    assert '"path": "/manifest.json"' in said.read_text()
    assert "CANARY" not in said.read_text()
    assert not Path.home().joinpath(".gunicorn", "gunicorn.ctl").is_socket()


def test_a_worker_leaves_when_asked_to(tmp_path):
    """A background worker stops cleanly, so that machines can be replaced."""
    env = environ(tmp_path)
    assert addon("migrate", env=env).returncode == 0
    with running("worker", env=env, folder=tmp_path) as (process, said):
        wait_until(lambda: "worker.started" in said.read_text(), process, said)
        process.terminate()
        assert process.wait(PATIENCE) == 0, said.read_text()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_demonstration_prints_one_address_and_leaves_nothing_behind(stop, tmp_path):
    """One command shows everything; stopping it stops all of it."""
    ports = ["--clockify-port", "--quickbooks-port", "--addon-port"]
    chosen = [word for name in ports for word in (name, "0")]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    command = ("sandbox", *chosen, "--entries", "5", "--seed", "3")
    with running(*command, env=env, folder=tmp_path) as (process, said):
        wait_until(lambda: "Ctrl-C" in said.read_text(), process, said)
        addresses = re.findall(r"http://\S+", said.read_text())
        assert len(addresses) == 1
        assert addresses[0].startswith("http://127.0.0.1:")
        assert requests.get(addresses[0], timeout=9).ok
        process.send_signal(stop)
        assert process.wait(PATIENCE) == 0, said.read_text()
        assert not members(process.pid)
    assert list(tmp_path.iterdir()) == [said]


def test_a_taken_port_is_told_in_one_line(tmp_path):
    """Whoever runs something else on a port learns which one and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = addon("sandbox", "--addon-port", port, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 1
    assert done.stderr == (
        f"Port {port} cannot be used here; `addon sandbox --help` tells how to move.\n"
    )


def test_files_mean_one_process_and_servers_mean_several(tmp_path):
    """A SQLite file is never shared by two web processes; PostgreSQL and Redis are."""
    files = options(Settings.from_environ(environ(tmp_path)), {"WEB_CONCURRENCY": "4"})
    assert (files["workers"], files["threads"]) == (1, 8)
    env = environ(tmp_path, DATABASE_URL="postgresql://d/h", QUEUE_URL="redis://r/0")
    servers = Settings.from_environ(env)
    assert options(servers, {"WEB_CONCURRENCY": "4"})["workers"] == 4
    assert options(servers, {})["workers"] == 2
    assert files["control_socket_disable"] is True
    assert files["accesslog"] is None
