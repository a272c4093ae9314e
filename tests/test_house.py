"""The house is in order: lint, types, README's commands, the index, the pinned versions."""

from __future__ import annotations

import ast
import itertools
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from _pytest.config import get_config

from dojo.catalogue import Catalogue

from .conftest import HOUSE, Practise, pytest_cmdline_main
from .processes import PATIENCE
from .trying import functions_of, to_write

PROJECT: dict[str, Any] = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
README = (HOUSE / "README.md").read_text(encoding="utf-8")
IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "pyrefly", "check"],
        ["-c", IMPORTS],
    ],
    ids=["lint", "format", "types", "imports"],
)
def test_lint_format_types_and_imports(command: list[str]) -> None:
    """ruff, pyrefly (strict) and import-linter (no import runs upstairs) have nothing to say."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def commands_in_readme() -> list[str]:
    """Return every pytest command that README shows, in blocks and in tables."""
    return re.findall(r"pytest [^`\n|]*", README)


@pytest.fixture(scope="module")
def helps() -> dict[str, str]:
    """What --help says, by the folder that it was asked for."""
    return {}


@pytest.mark.parametrize("command", sorted(set(commands_in_readme())))
def test_readme_commands_exist(command: str, practise: Practise, helps: dict[str, str]) -> None:
    """Every path and option in a README command is there."""
    words = [word for word in command.split()[1:] if "~" not in word]
    folder = "tests/benchmarks" if "tests/benchmarks" in words else "katas/01"  # with its own
    options = helps.get(folder) or practise(folder, "--help").screen
    helps[folder] = options
    for word in words:
        if word.startswith("--"):
            assert word.split("=")[0] in options, word
        elif re.match(r"^(katas|solutions)\b", word):
            path, _, function = word.partition("::")
            assert (HOUSE / path).exists(), word
            assert not function or f"def {function}(" in (HOUSE / path).read_text("utf-8"), word


def test_readmes_two_lines_install_what_exists() -> None:
    """The two lines to copy name the constraints file and an extra that pyproject has."""
    lines = re.findall(r"^```sh\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL)
    assert len(lines) == 2
    assert all("-c constraints.txt" in line for line in lines)
    assert re.findall(r"\.\[(\w+)\]", lines[1]) == ["dev"]
    assert "dev" in PROJECT["project"]["optional-dependencies"]


def test_every_dependency_is_pinned() -> None:
    """constraints.txt names the tested version of each direct dependency."""
    pinned = (HOUSE / "constraints.txt").read_text(encoding="utf-8")
    project = PROJECT["project"]
    extras = itertools.chain(*project["optional-dependencies"].values())
    direct = [*project["dependencies"], *extras]
    names = [re.split(r"[\[>=<]", requirement)[0] for requirement in direct]
    assert [n for n in names if not re.search(rf"^{n}==", pinned, re.MULTILINE)] == []


def test_the_index_is_complete(catalogue: Catalogue) -> None:
    """katas/README.md has a row for each kata: number, topic, every function; and no other row."""
    index = (HOUSE / "katas/README.md").read_text(encoding="utf-8")
    rows = {n: row for row, n in re.findall(r"^(\| \[(\d\d)\].*)$", index, re.MULTILINE)}
    assert rows.keys() == catalogue.katas.keys()
    for number, kata in catalogue.katas.items():
        cells = [cell.strip() for cell in rows[number].strip("|").split("|")]
        assert cells[0] == f"[{number}]({number}/README.md)"
        assert cells[1] == kata.title
        assert re.findall(r"`(\w+)`", cells[2]) == to_write(kata)
        assert cells[3]


def test_the_index_says_of_each_function_what_its_stub_says(catalogue: Catalogue) -> None:
    """katas/README.md has one line for each function: the first sentence of its stub."""
    index = (HOUSE / "katas/README.md").read_text(encoding="utf-8").split("## Every function")[1]
    lines = re.findall(r"^- `(\w+)`: (.*)$", index, re.MULTILINE)
    stubs = [
        (name, " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split()))
        for kata in catalogue.katas.values()
        for name, node in functions_of(kata.stub).items()
        if name in to_write(kata)
    ]
    assert lines == stubs


def test_every_kata_is_on_a_way(catalogue: Catalogue) -> None:
    """The ways in katas/README.md name katas that exist, and each kata is on one of them."""
    index = (HOUSE / "katas/README.md").read_text(encoding="utf-8")
    ways = index.split("## Ways through")[1].split("\n## ")[0]
    links = re.findall(r"\[(\d\d)\]\(([^)]*)\)", ways)
    assert {number for number, _ in links} == catalogue.katas.keys()
    assert all(link == f"{number}/README.md" for number, link in links)


def test_readme_shows_a_real_screen(practise: Practise, house: Path) -> None:
    """The failure that README shows is the one that a learner would see, to its last line."""
    file = house / "katas/01/manual_update.py"
    mistake = (
        "\ndef descend(x0, lr, steps):\n    held, path = 0, [x0]\n    for _ in range(steps):\n"
        "        held = held + gradient(path[-1])\n        path.append(path[-1] - lr * held)\n"
        "    return torch.stack(path)\n"
    )
    solution = (HOUSE / "solutions/01/manual_update.py").read_text(encoding="utf-8")
    file.write_text(solution + mistake, encoding="utf-8")
    shown = practise("katas/01", house=house).screen
    assert README.split("```text\n")[1].split("```")[0] in shown


@pytest.mark.parametrize(
    ("words", "shared"),
    [
        ([], True),
        (["tests"], True),
        (["-q", "--durations=9"], True),
        (["tests/test_house.py"], False),
        *((words.split(), False) for words in ("-n0", "-k of", "-x", "--lf", "--pdb", "-s")),
        (["--collect-only"], False),
        (["--hint"], False),
        (["-pno:xdist"], False),
    ],
    ids=lambda value: " ".join(value) or "plain" if isinstance(value, list) else "",
)
def test_the_whole_is_shared_among_processors(
    words: list[str], shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A choice among the tests, or a look at one, is left to one process."""
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.chdir(HOUSE)
    config = get_config(words)
    parsed = config.pluginmanager.hook.pytest_cmdline_parse(
        pluginmanager=config.pluginmanager, args=words
    )
    pytest_cmdline_main(parsed)
    parsed._ensure_unconfigure()
    found = getattr(parsed.option, "numprocesses", None), getattr(parsed.option, "dist", "no")
    assert (found == (3, "loadgroup")) is shared


def waits_in_vain(node: ast.AST) -> bool:
    """Whether this piece of a program may wait for ever: a loop that sleeps, a wait with no end."""
    if isinstance(node, ast.While):
        return any(called(inner) == "sleep" for inner in ast.walk(node))
    if not isinstance(node, ast.Call):
        return False
    given = len(node.args) + len(node.keywords)
    process = called(node) == "run" and "subprocess" in ast.unparse(node.func)
    timed = any(keyword.arg == "timeout" for keyword in node.keywords)
    return (called(node) == "wait" and not given) or (
        (process or called(node) in ("communicate", "wait_procs")) and not timed
    )


def called(node: ast.AST) -> str:
    """Return the name of the function or method that a node calls."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", ""))


def test_no_test_waits_for_ever() -> None:
    """Only `until` sleeps in a loop; whatever waits for a process says for how long."""
    endless = [
        f"{file.relative_to(HOUSE)}:{node.lineno}"
        for file in (HOUSE / "tests").rglob("*.py")
        if file.parent.name != "attacks" and file.name != "processes.py"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, (ast.While, ast.Call)) and waits_in_vain(node)
    ]
    assert endless == []


def test_the_map_names_what_is_there() -> None:
    """Every path in dojo/README.md exists, and every room and file of the dojo is on the map."""
    page = (HOUSE / "dojo/README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[\w.]+/)*[\w.]+(?:\.py|\.toml|\.md)|(?:[\w.]+/)+)`", page))
    places = {name for name in named if "NN" not in name}
    gone = [p for p in places if not any((HOUSE / root / p).exists() for root in ("dojo", "."))]
    assert gone == []
    rooms = {f"{r.relative_to(HOUSE / 'dojo')}/" for r in (HOUSE / "dojo").rglob("*") if r.is_dir()}
    on_the_top = {p.name for p in (HOUSE / "dojo").glob("*.py")} - {"__init__.py"}
    judge = {f"judge/{p.name}" for p in (HOUSE / "dojo/judge").glob("*.py")} - {"judge/__init__.py"}
    rooms -= {room for room in rooms if "__pycache__" in room} | {"judge/"}
    assert sorted((rooms | on_the_top | judge) - named) == []
