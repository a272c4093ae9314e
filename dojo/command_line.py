"""What people name on the command line, and which tests are meant by it."""

from __future__ import annotations

import ast
import importlib.metadata
import os
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from dojo.catalogue import Catalogue, Kata, is_repository

PROJECT = "gradient-katas"
SETTINGS = "pyproject.toml"


def repository_of(config: pytest.Config) -> Path:
    """Return the repository that a run is of: where its settings are, else pytest's rootdir.

    Editors pass the folder that is open in them as --rootdir.
    """
    settings = config.inipath.parent if config.inipath is not None else config.rootpath
    return settings if is_repository(settings) else config.rootpath


def repositories_named(config: pytest.Config) -> list[Path]:
    """Return the checkouts of ours that a word of the command line lies in, or is about."""
    invoked = config.invocation_params
    named = [a.split("::")[0] for a in map(str, invoked.args) if not a.startswith("-")]
    there = [Path(invoked.dir, a).resolve() for a in named if os.path.lexists(invoked.dir / a)]
    if any(str(arg).startswith("--answers") for arg in invoked.args):
        there.append(invoked.dir)  # its value may lie elsewhere, and draw pytest's root there
    roots = (root for path in there for root in (path, *path.parents))
    return [root for root in roots if is_repository(root)]


def specs_for(config: pytest.Config, catalogue: Catalogue) -> list[str]:
    """Return what pytest is to collect: for a file that a learner edits, the tests that it is for.

    Errors: pytest.UsageError for a function that no test calls, and for answers elsewhere.
    """
    stubs = [(end, k) for k in catalogue.katas.values() for end in (".py", ".ipynb")]
    files = {_resolved(k.stub.with_suffix(end)): k for end, k in stubs}
    names = {(k.number, k.stub.with_suffix(end).name) for end, k in stubs}
    found: list[str] = []
    for arg in config.args:
        name, _, function = str(arg).partition("::")
        path = _resolved(config.invocation_params.dir / name)
        if path in files and (path.suffix == ".py" or path.is_file()):
            found += _tests(files[path], function.partition("[")[0])
        elif (path.parent.name, path.name) in names:
            raise pytest.UsageError(
                f"{name} holds answers, no tests. To try it: pytest katas/{path.parent.name} "
                f"--answers {Path(name).parent.parent}"
            )
        else:
            found.append(arg)
    return found


def _resolved(path: Path) -> Path:
    """Return the path itself, whichever way it was reached; what is no path at all as it is."""
    try:
        return path.resolve()
    except OSError:
        return path


def _tests(kata: Kata, function: str) -> list[str]:
    """Return the spec of a kata, or its tests that call one function."""
    if not function:
        return [str(kata.spec)]
    tests = [f"{kata.spec}::{test}" for test in tests_of(kata, function)]
    if not tests:
        raise pytest.UsageError(
            f"No test calls {function} of {kata.stub.name}. The tests call: "
            f"{', '.join(f for f in kata.signatures if tests_of(kata, f))}."
        )
    return tests


def tests_of(kata: Kata, function: str) -> list[str]:
    """Return the names of the tests that call a function of an answer, in order."""
    return _callers(_parts(kata.spec.read_bytes()), function)


def callers_of(kata: Kata) -> dict[str, list[str]]:
    """Return the functions that tests call, in order, each with the names of those tests."""
    parts = _parts(kata.spec.read_bytes())
    found = {function: _callers(parts, function) for function in kata.signatures}
    return {function: tests for function, tests in found.items() if tests}


@lru_cache(maxsize=32)
def _parts(spec: bytes) -> dict[str, tuple[set[str], set[str]]]:
    """Return, for all that a spec defines, the names in it and the functions it may ask for."""
    tree = ast.parse(spec)
    defined: dict[str, ast.stmt] = {f.name: f for f in tree.body if isinstance(f, ast.FunctionDef)}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):  # such as a decorator that names the functions
            defined |= {t.id: statement for t in statement.targets if isinstance(t, ast.Name)}
    parts = {}
    for name, statement in defined.items():
        nodes = list(ast.walk(statement))
        katas = _names_of_kata(nodes)
        asked = {n.attr for n in nodes if isinstance(n, ast.Attribute) and _is_kata(n, katas)}
        asked |= {
            n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
        parts[name] = {n.id for n in nodes if isinstance(n, ast.Name)} & defined.keys(), asked
    return parts


def _callers(parts: dict[str, tuple[set[str], set[str]]], function: str) -> list[str]:
    def calls_it(name: str, above: frozenset[str]) -> bool:
        helpers, asked = parts[name]
        return function in asked or any(calls_it(h, above | helpers) for h in helpers - above)

    return [n for n in parts if n.startswith("test_") and calls_it(n, frozenset({n}))]


def _names_of_kata(nodes: list[ast.AST]) -> set[str]:
    """Return the names by which `kata` is asked, such as `away` after `away = kata.elsewhere`."""
    found = {"kata"}
    for node in nodes:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = zip(_elements(target), _elements(node.value), strict=False)
            found |= {t.id for t, v in pairs if isinstance(t, ast.Name) and _is_kata(v, found)}
    return found


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _is_kata(node: ast.AST, names: Collection[str]) -> bool:
    """Whether this is `kata` by one of its names, or an attribute of it."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in names


def leave_out_own_tests(config: pytest.Config, root: Path) -> None:
    """Leave the repository's own tests out where what they need is not installed.

    Where nothing else is meant, that is said; an editor that looks for tests gets the katas.
    Errors: pytest.UsageError.
    """
    here, tests, katas = config.invocation_params.dir, root / "tests", str(root / "katas")
    paths = {arg: Path(here, str(arg).split("::")[0]) for arg in config.args}
    meant = any(path.is_relative_to(tests) for path in paths.values())
    if not meant and root not in paths.values():
        return
    missing = list(_missing())
    if missing and meant and not _only_looking(config):
        more = f" and {len(missing) - 2} more" if len(missing) > 2 else ""
        raise pytest.UsageError(
            "To practise, type: pytest katas\n"
            f"The repository's own tests need what is not installed ({', '.join(missing[:2])}"
            f"{more}). To run them, first type: pip install -c constraints.txt -e '.[dev]'"
        )
    if missing:
        left = (katas if path in (root, tests) else arg for arg, path in paths.items())
        config.args[:] = dict.fromkeys(left)


def _only_looking(config: pytest.Config) -> bool:
    """Whether somebody who named nothing wants to see which tests there are."""
    return config.option.collectonly and config.args_source is not config.ArgsSource.ARGS


def _missing() -> Iterator[str]:
    """Yield the packages of the extra `dev` that are not installed."""
    from packaging.requirements import Requirement

    for line in importlib.metadata.requires(PROJECT) or []:
        needed = Requirement(line)
        if needed.marker is None or not needed.marker.evaluate({"extra": "dev"}):
            continue
        try:
            importlib.metadata.version(needed.name)
        except importlib.metadata.PackageNotFoundError:
            yield needed.name
