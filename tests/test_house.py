"""The house checks itself: floors, sizes, sentences, fragments, vendored files."""

import ast
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from addon.config import VERSION

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "addon/records/migrations"
MODULES = sorted(
    path for path in (ROOT / "addon").rglob("*.py") if MIGRATIONS not in path.parents
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FRAGMENTS = sorted((ROOT / "templates").rglob("_*.html"))
MARKUP = sorted(
    path
    for folder in (ROOT / "templates", ROOT / "addon/sandbox")
    for path in folder.rglob("*.html")
)
KINDS = {".py", ".md", ".html", ".css", ".js", ".toml", ".json"}
TEXTS = sorted(
    path
    for folder in ("addon", "templates", "static", "tests", "docs", ".")
    for path in (ROOT / folder).glob("*" if folder == "." else "**/*")
    if path.suffix in KINDS and not path.name.endswith(".min.js")
)
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-test.lock"]
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
VOID = frozenset(
    ["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"]
)
# Put together here so that this file does not hold what it looks for.
FORBIDDEN = re.compile(
    r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b"
)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, kinds)]


def test_imports_go_down_only():
    """No floor of the house leans on a floor above it or on its neighbour."""
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES + TESTS, ids=named)
def test_a_file_has_one_purpose_and_says_it(path):
    """Each file opens with one sentence of purpose."""
    sentence = (ast.get_docstring(tree_of(path)) or "").partition("\n")[0]
    assert sentence.endswith("."), f"{named(path)} should open with a sentence"


@pytest.mark.parametrize("path", MODULES + TESTS, ids=named)
def test_files_and_functions_stay_short(path):
    """A file fits into a few screens, a function onto one."""
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST_FILE, f"{length} lines"
    long = {
        each.name: each.end_lineno - each.lineno + 1
        for each in functions(path)
        if each.end_lineno - each.lineno + 1 > LONGEST_FUNCTION
    }
    assert not long


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_tests_replace_nothing_and_say_what_must_hold(path):
    """Tests run the real program, and each tells a customer what it proves."""
    text = path.read_text(encoding="utf-8")
    fake = re.compile(r"\b(?:from|import) unittest\.?mock|monkeypatch\.set" + r"attr\(")
    assert not fake.search(text)
    assert "Magic" + "Mock" not in text
    for each in functions(path):
        if each.name.startswith("test_"):
            assert ast.get_docstring(each), f"{each.name} says nothing"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_public_functions_say_what_they_do(path):
    """Whoever calls a function or class from another file can read what it promises."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    silent = [
        node.name
        for node in tree_of(path).body
        if isinstance(node, kinds)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_failure_is_swallowed_unseen(path):
    """Errors are caught by name; a bare except would hide our own mistakes."""
    bare = [
        node.lineno
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert not bare


class Roots(HTMLParser):
    """Collects the outermost elements of a fragment, and text beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.roots: list[dict[str, str | None]] = []
        self.beside = ""

    def handle_starttag(self, tag, attrs):
        if self.depth == 0:
            self.roots.append(dict(attrs))
        if tag not in VOID:
            self.depth += 1

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.depth -= 1

    def handle_startendtag(self, tag, attrs):
        if self.depth == 0:
            self.roots.append(dict(attrs))

    def handle_data(self, data):
        if self.depth == 0:
            self.beside += data.strip()


def without_jinja(text: str) -> str:
    text = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
    text = re.sub(r"{%-?\s*macro\b.*?endmacro\s*-?%}", "", text, flags=re.DOTALL)
    text = re.sub(r"{%.*?%}", "", text, flags=re.DOTALL)
    return re.sub(r"{{.*?}}", "value", text, flags=re.DOTALL)


def test_fragments_stand_alone():
    """A fragment is one element with an id, so that a page can replace just it."""
    for path in FRAGMENTS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"{%-?\s*extends", text), named(path)
        roots = Roots()
        roots.feed(without_jinja(text))
        roots.close()
        assert len(roots.roots) == 1, f"{named(path)} has not one root"
        assert roots.roots[0].get("id"), f"the root of {named(path)} has no id"
        assert not roots.beside, f"{named(path)} has text beside its root"


class Inline(HTMLParser):
    """Collects what a strict content policy refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            inline = name == "style" or name.startswith(("on", "hx-on"))
            if inline or (value or "").strip().lower().startswith(
                ("js:", "javascript:")
            ):
                self.found.append(f"{tag} {name}")


def test_pages_hold_no_inline_script_or_style():
    """The browser may refuse every script and style that is not one of our files."""
    for path in MARKUP:
        if "sandbox" in path.parts:
            continue
        inline = Inline()
        inline.feed(without_jinja(path.read_text(encoding="utf-8")))
        assert not inline.found, f"{named(path)}: {inline.found}"


def test_the_checks_of_pages_would_notice():
    """A planted inline script and a planted second root are found."""
    inline, roots = Inline(), Roots()
    inline.feed('<p onclick="x()" style="a">b</p><script>c</script><a hx-on:click="">d')
    assert len(inline.found) == 4
    roots.feed('<p id="a"><br>b</p><p>c</p>')
    assert len(roots.roots) == 2


def test_vendored_files_are_exactly_the_published_ones():
    """What we did not write is what its authors published, by version and hash."""
    recorded = json.loads((ROOT / "static/vendored.json").read_text())
    for name, facts in recorded.items():
        content = (ROOT / "static" / name).read_bytes()
        assert hashlib.sha384(content).hexdigest() == facts["sha384"], name
        assert facts["version"].encode() in content, name
    strangers = {path.name for path in (ROOT / "static").glob("*.min.*")}
    assert strangers == set(recorded)


def test_nothing_is_left_to_be_done_later():
    """No file says that something is unfinished."""
    unfinished = [
        f"{named(path)}: {found.group()}"
        for path in TEXTS
        for found in [FORBIDDEN.search(path.read_text(encoding="utf-8"))]
        if found
    ]
    assert not unfinished


@pytest.mark.parametrize("path", LOCKS, ids=named)
def test_locked_packages_have_hashes_and_no_addresses(path):
    """Installing brings exactly what we tested, from whichever registry is set up."""
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(
        r"^\s*-{1,2}(?:i|index-url|extra|find|trusted)", text, re.MULTILINE
    )
    packages = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
    assert len(packages) > 20
    for package in packages:
        assert re.match(r"\S+==\S+", package), package[:80]
        assert "--hash=sha256:" in package, package[:80]


def test_what_runs_is_what_was_tested():
    """The test lock holds every package of the run lock in the same version."""
    run, tests = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", path.read_text(), re.MULTILINE))
        for path in LOCKS
    )
    assert run.items() <= tests.items()


def test_the_version_is_the_same_everywhere():
    """The version that /health tells is the one of the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
