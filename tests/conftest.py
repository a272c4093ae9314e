"""What the repository's own tests share: runs of katas, and a copy of the house to change."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dojo.catalogue import Catalogue, Kata, open_catalogue
from dojo.feedback.outcome import carried_by

from .houses import copy_house, parts_of
from .processes import HOUSE, Finished, finished

if TYPE_CHECKING:  # who only shares the tests out starts without torch, seconds sooner
    from dojo.calling.calls import Call
    from dojo.feedback.examples import SpecCalls
    from dojo.spec.trial import SpecTest

WHOLE = (["tests"], ["tests/"])
LOADED = pytest.PytestPluginManager.load_setuptools_entrypoints
TOLD_IN_PASSING = (
    # of hypothesis: an error of a time limit may come there, and comes again
    "ignore:Exception ignored in. <function gc_cumulative_time:"
    "pytest.PytestUnraisableExceptionWarning",
    "ignore:os.fork.. was called:RuntimeWarning",  # of JAX, which no fork needs
)
SELDOM = 20_000, 20, 20  # as often as Python does it, it takes a twentieth of all the time
MOST = 8  # processes, each with torch and a sandbox
ALONE = (  # options that choose among the tests, look at one at a time, or are about katas
    *("collectonly", "keyword", "markexpr", "maxfail", "lf", "failedfirst", "stepwise", "tx"),
    *("usepdb", "trace", "benchmark_enable", "answers", "hint", "plot", "kata_seed", "submissions"),
)
SHARED = ("mixed", "dask", "alone", "untouched", "solved")  # slow: one process has its users
HEARD: dict[object, SpecCalls] = {}  # by the tests of a kata that a run has
NO_SANDBOX = "no sandbox here: "  # how a test says that it was skipped for want of one
NO_BROWSER = "no browser here: "
NO_GPU = "no GPU here: "
MISSING = {
    NO_SANDBOX: ("sandbox", "the judge"),
    NO_BROWSER: ("browser", "the page of a class"),
    NO_GPU: ("cuda", "CUDA"),
}
VISIBLE = "CUDA_VISIBLE_DEVICES"


@pytest.hookimpl(tryfirst=True)  # before xdist's own
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Let the processors share these tests, where all of them run and nothing is to be watched."""
    if hasattr(config, "workerinput"):  # one of those that share
        config.option.loadgroup = config.workerinput["grouped"]
        return
    option, cores = config.option, os.cpu_count() or 1
    whole = config.args_source is config.ArgsSource.TESTPATHS or config.args in WHOLE
    free = getattr(option, "numprocesses", 0) is None  # xdist is here, and was not told
    free = free and option.capture != "no"
    if whole and free and cores > 1 and not any(getattr(option, name, None) for name in ALONE):
        option.numprocesses, option.dist = min(cores, MOST), "loadgroup"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process that shares the tests whether some of them belong together."""
    node.workerinput["grouped"] = node.config.option.dist == "loadgroup"


def pytest_configure(config: pytest.Config) -> None:
    """Leave the repository's own tests in their order: pytest-randomly is here to be tested.

    Garbage is looked for more seldom, too: hardly anything here hangs together in a circle. And
    they see no GPU, but for the benchmarks where these are asked for by name: so they are the same
    on every machine, and can be forked. What runs on CUDA is started by `test_on_cuda.py`.
    """
    if not any("benchmarks" in Path(arg).parts for arg in config.args):
        os.environ[VISIBLE] = ""  # CUDA has not begun yet
    config.option.randomly_reorganize = config.option.randomly_reset_seed = False
    gc.set_threshold(*SELDOM)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Catch no logs: no test here reads any, and torch has 40 loggers, tended thrice a test."""
    plugins = session.config.pluginmanager
    if (catching := plugins.get_plugin("logging-plugin")) is not None:
        plugins.unregister(catching)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep the tests together that share what takes long to make."""
    if not item.config.pluginmanager.hasplugin("xdist"):
        return
    used, kata = set(getattr(item, "fixturenames", ())), _kata_of(item)
    groups = set(SHARED) & used
    if kata is not None and "specs" in used:  # what it asks and ours answers is found out once
        groups = groups or {f"kata {kata.number}"}
    elif "asked" in used:
        groups = groups or {"asked"}
    for name in groups:
        item.add_marker(pytest.mark.xdist_group(name))


def _kata_of(item: pytest.Item) -> Kata | None:
    """Return the kata that a test is run with, if it is one of many."""
    given = getattr(item, "callspec", None)
    kata = given.params.get("kata") if given is not None else None
    return kata if isinstance(kata, Kata) else None


@pytest.hookimpl(trylast=True)  # after xdist's own
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Make every warning an error in the repository's own tests, and name the groups."""
    if getattr(config, "workerinput", {}).get("grouped"):
        _name_groups(items)
    for item in items:
        if item.path.is_relative_to(HOUSE / "tests"):
            item.add_marker(pytest.mark.filterwarnings("error"))
            item.add_marker(pytest.mark.filterwarnings(*TOLD_IN_PASSING))


def _name_groups(items: list[pytest.Item]) -> None:
    """Put `@group` on the tests that belong together: by that xdist knows them.

    xdist 3.8 writes it into `_nodeid`, which pytest 9.2 does not read any more.
    """
    if not items or not hasattr(items[0], "_id"):  # an older pytest
        return
    from _pytest.nodeid import coerce_node_id

    for item in items:
        for mark in item.iter_markers("xdist_group"):
            if "@" not in item.nodeid.rpartition("]")[2]:
                setattr(item, "_id", coerce_node_id(f"{item.nodeid}@{mark.args[0]}"))  # noqa: B010 - it is private


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in a line what was not tested for want of something: why, and what to do."""
    skipped = [str(r.longrepr[2]) for r in terminalreporter.stats.get("skipped", [])]
    for said, (name, subject) in MISSING.items():
        if whys := [why.partition(said)[2] for why in skipped if said in why]:
            line = f"{name}: {len(whys)} tests of {subject} skipped. {whys[0]}"
            terminalreporter.write_line(line)


@dataclass
class Run:
    """An inner run of pytest: its exit code, what it printed, each test's outcome and calls.

    errors: what it printed on the stream of errors, where a usage error is said
    """

    exit_code: int
    screen: str
    errors: str
    outcomes: list[dict[str, Any]]
    calls: dict[str, list[Call]]

    def tests(self, outcome: str) -> list[str]:
        """Return the names of the tests with this outcome."""
        return [o["test"] for o in self.outcomes if o["outcome"] == outcome]

    def of(self, kata: str) -> list[dict[str, Any]]:
        """Return the outcomes of one kata's tests; what broke may be any kata's."""
        return [o for o in self.outcomes if o.get("number", kata) == kata]

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
        if (said := carried_by(report)) is not None:
            self.outcomes.append(asdict(said))
        elif report.failed:
            nothing: list[str] = []
            broken = {"test": report.nodeid, "outcome": "broken", "heading": str(report.longrepr)}
            self.outcomes.append({**broken, "named": nothing, "body": nothing})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Keep the calls that each test made."""
        from dojo.calling.calls import KataCalls

        try:
            return (yield)
        finally:
            given = getattr(item, "funcargs", {}).values()
            made = next((v.calls for v in given if isinstance(v, KataCalls)), [])
            self.calls[item.name] = list(made)


Practise = Callable[..., Run]


def forget_specs_outside(house: Path) -> None:
    """Drop the specs of another copy of the repository, which pytest would not import again."""
    for name, module in list(sys.modules.items()):
        if name.startswith("katas.") and not str(module.__file__).startswith(str(house)):
            del sys.modules[name]


def only_by_short_name(manager: Any, group: str, name: str = "") -> int:
    """Load a plugin of another package that is asked for as `-p timeout`; a module needs no search.

    Returns how many were loaded.
    """
    return 0 if "." in (name or ".") else int(LOADED(manager, group, name))


def heard_once(
    listen: Callable[[pytest.Session, Kata], SpecCalls], session: pytest.Session, kata: Kata
) -> SpecCalls:
    """Return what the tests of a kata ask; runs of the same tests share what was found out."""
    own = tuple(item.nodeid for item in session.items if item.path == kata.spec)
    tests = kata.spec, kata.solution.stat().st_mtime_ns, own
    if tests not in HEARD:
        HEARD[tests] = listen(session, kata)
    return HEARD[tests]


def practised(
    patch: pytest.MonkeyPatch,
    temporary: Path,
    *args: str | Path,
    house: Path = HOUSE,
    folder: str = ".",
    lines: int = 24,
    plugins: Sequence[object] = (),
) -> Run:
    """Run `pytest …` in this process; what it changes of it, `patch` puts back."""
    from dojo.feedback import examples

    patch.chdir(house / folder)
    patch.setenv("COLUMNS", "80")
    patch.setenv("LINES", str(lines))
    patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    others = ("pytest_benchmark.plugin", "pytest_datadir.plugin", "pytest_regressions.plugin")
    loaded = [f"-p{name}" for name in ("dojo.plugin", *others)]
    loaded += ["-pno:unraisableexception", "-pno:threadexception"]  # each collects all garbage
    loaded += ["-pno:logging"]  # as in pytest_sessionstart
    loaded += [f"--basetemp={temporary / 'inner'}", "-pno:cacheprovider", "-orequired_plugins="]
    patch.setenv("PYTEST_ADDOPTS", shlex.join(loaded))  # so that `args` are what is typed
    forget_specs_outside(house)
    recorder, screen, errors = Recorder(), io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(screen),
        contextlib.redirect_stderr(errors),
        pytest.MonkeyPatch.context() as quick,  # not for runs that a test forks later
    ):
        # half of a start: all packages are searched for plugins, and git is asked seven times
        quick.setattr(pytest.PytestPluginManager, "load_setuptools_entrypoints", only_by_short_name)
        quick.setattr("pytest_benchmark.plugin.get_tag", lambda: "inner")
        quick.setattr(examples, "spec_calls_in", partial(heard_once, examples.spec_calls_in))
        code = pytest.main([*map(str, args)], plugins=[recorder, *plugins])
    said = screen.getvalue(), errors.getvalue()
    return Run(int(code), *said, recorder.outcomes, recorder.calls)


@pytest.fixture
def practise(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Practise:
    """Run `pytest katas/NN --answers DIR` in this process, where torch is already imported."""
    return partial(practised, monkeypatch, tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of all stubs as they come."""
    with pytest.MonkeyPatch.context() as patch:
        return practised(patch, tmp_path_factory.getbasetemp(), "katas")


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of all solutions."""
    with pytest.MonkeyPatch.context() as patch:
        return practised(patch, tmp_path_factory.getbasetemp(), "katas", "--answers", "solutions")


@pytest.fixture(scope="session")
def specs() -> dict[str, list[SpecTest]]:
    """The tests of every kata on the CPU, collected once."""
    from dojo.spec.trial import SpecTest

    collected: list[pytest.Item] = []

    class Collector:
        def pytest_collection_finish(self, session: pytest.Session) -> None:
            collected.extend(session.items)

    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["--collect-only", "-m", "not cuda", "katas"], plugins=[Collector()])
    found: dict[str, list[SpecTest]] = {}
    for item in collected:
        assert isinstance(item, pytest.Function)
        found.setdefault(item.path.parent.name, []).append(SpecTest.of(item))
    return found


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The katas of this repository."""
    return open_catalogue(HOUSE)


@pytest.fixture(scope="session")
def asked(specs: dict[str, list[SpecTest]], catalogue: Catalogue) -> dict[str, SpecCalls]:
    """What the spec of each kata asks, listened to once."""
    from dojo.feedback.examples import SpecCalls

    return {number: SpecCalls(catalogue.katas[number], tests) for number, tests in specs.items()}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The first three katas in a folder whose name has a space, to be changed at will."""
    return copy_house(tmp_path / "my katas", parts_of("01", "02", "03"))


@pytest.fixture
def whole_house(tmp_path: Path) -> Path:
    """All katas and the dojo in such a folder: for processes that are started in it."""
    return copy_house(tmp_path / "my katas")


@pytest.fixture(scope="session")
def all_katas(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Path:
    """All katas in such a folder, one copy for all tests."""
    folder = tmp_path_factory.mktemp("shared")
    return copy_house(folder / "my katas", parts_of(*catalogue.katas))


@pytest.fixture
def shared_house(all_katas: Path, catalogue: Catalogue) -> Iterator[Path]:
    """All katas in such a folder, for tests that change no more than the stubs."""
    yield all_katas
    for kata in catalogue.katas.values():
        (all_katas / kata.stub.relative_to(HOUSE)).write_bytes(kata.stub.read_bytes())


@pytest.fixture
def shell() -> Callable[..., Finished]:
    """Run `pytest …` as a process of its own, as a person would."""
    return finished


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    """Keep torch from spending the cores on tiny tensors."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True, scope="session")
def trouble_is_shown() -> Iterator[None]:
    """Show what costs a learner an explanation, and no more: an error of ours in finding it."""
    from dojo.feedback.diagnosis import diagnose

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dojo.feedback.feedback._diagnosed", diagnose)
        yield
