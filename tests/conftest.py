"""What the repository's own tests share: runs of katas, and a copy of the house to change."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch

from dojo.calls import Call, KataCalls
from dojo.catalogue import Catalogue, open_catalogue

HOUSE = Path(__file__).parent.parent
ITEMS = ("conftest.py", "pyproject.toml", "dojo", "katas", "solutions")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make every warning an error in the repository's own tests."""
    for item in items:
        if item.path.is_relative_to(HOUSE / "tests"):
            item.add_marker(pytest.mark.filterwarnings("error"))


@dataclass
class Run:
    """An inner run of pytest: its exit code, what it printed, each test's outcome and calls."""

    exit_code: int
    screen: str
    outcomes: list[dict[str, Any]]
    calls: dict[str, list[Call]]

    def tests(self, outcome: str) -> list[str]:
        """Return the names of the tests with this outcome."""
        return [o["test"] for o in self.outcomes if o["outcome"] == outcome]

    @property
    def named(self) -> set[str]:
        """Return the mistakes that the failures named."""
        return {name for o in self.outcomes for name in o["named"]}


@dataclass
class Recorder:
    """A plugin of the inner run that keeps its reports and the calls that its specs made."""

    outcomes: list[dict[str, Any]] = field(default_factory=list)
    calls: dict[str, list[Call]] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcome of each test."""
        if hasattr(report, "kata"):
            self.outcomes.append(report.kata)
        elif report.failed:
            nothing: list[str] = []
            broken = {"test": report.nodeid, "outcome": "broken", "heading": str(report.longrepr)}
            self.outcomes.append({**broken, "named": nothing, "body": nothing})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Keep the calls that each test made."""
        try:
            return (yield)
        finally:
            given = getattr(item, "funcargs", {}).values()
            made = next((v.calls for v in given if isinstance(v, KataCalls)), [])
            self.calls[item.name] = list(made)


Practise = Callable[..., Run]


@pytest.fixture
def practise(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Practise:
    """Run `pytest katas/NN --answers DIR` in this process, where torch is already imported."""

    def run(*args: str | Path, house: Path = HOUSE, folder: str = ".") -> Run:
        monkeypatch.chdir(house / folder)
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        plugins = ("dojo.plugin", "pytest_benchmark.plugin", "pytest_datadir.plugin")
        loaded = [f"-p{name}" for name in (*plugins, "pytest_regressions.plugin")]
        loaded += ["-pno:unraisableexception", "-pno:threadexception"]  # each collects all garbage
        loaded.append(f"--basetemp={tmp_path_factory.getbasetemp() / 'inner'}")
        recorder, screen = Recorder(), io.StringIO()
        with contextlib.redirect_stdout(screen):
            code = pytest.main(
                [*loaded, "-pno:cacheprovider", "-orequired_plugins=", *map(str, args)],
                plugins=[recorder],
            )
        return Run(int(code), screen.getvalue(), recorder.outcomes, recorder.calls)

    return run


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The katas of this repository."""
    return open_catalogue(HOUSE)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the repository in a folder whose name has a space, to be changed at will."""
    copy = tmp_path / "my katas"
    copy.mkdir()
    for name in ITEMS:
        source = HOUSE / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    return copy


@pytest.fixture
def shell() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `pytest …` as a process of its own, as a person would."""

    def run(*args: str | Path, cwd: Path = HOUSE) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        command = [sys.executable, "-m", "pytest", *map(str, args)]
        return subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Keep torch from spending the cores on tiny tensors."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
