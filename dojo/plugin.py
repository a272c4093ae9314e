"""What the dojo adds to pytest: hooks only; each says who does the work.

Inert outside a checkout of this project. (PYTEST_DONT_REWRITE: no test's assertion is in here, and
pytest would warn of a plugin that is imported already.)
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from pathlib import Path

import pytest

from dojo.catalogue import is_repository, open_catalogue
from dojo.collection import SpecCollection
from dojo.command_line import (
    SETTINGS,
    leave_out_own_tests,
    repositories_named,
    repository_of,
    specs_for,
)
from dojo.feedback.overtime import Overtime
from dojo.feedback.summary import Summary
from dojo.options import add_options, refuse_what_cannot_be
from dojo.paths import quoted
from dojo.run import DOJO, Dojo, kata_of

MARKERS = (
    "cuda: runs on a CUDA device, and is skipped where there is none",
    "documented(*ids): the documented entries that this test pins",
    "points(worth): what the test is worth where submissions are judged (1 if it says nothing)",
    "observed(count): rests on what is seen of each call; 'work' or 'kept' tensors are counted",
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    config = pluginmanager.get_plugin("pytestconfig")
    if config is None or _is_about_katas(config):
        add_options(parser.getgroup("katas", "gradient katas"))


def _is_about_katas(config: pytest.Config) -> bool:
    """Whether this run is in a checkout of ours, or names a path in one."""
    invoked = config.invocation_params
    if any(str(arg).startswith("--submissions") for arg in invoked.args):
        return True  # else pytest would take the inbox for tests, and run what is in it
    return is_repository(repository_of(config)) or bool(repositories_named(config))


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    option = config.option
    if option.help or option.version:
        return None
    if getattr(option, "notebook", False):
        return _write_notebooks(config)
    return _watch(config) if getattr(option, "watch", False) else None


def _write_notebooks(config: pytest.Config) -> int:
    """Write what `--notebook` asks for; return the exit code."""
    from dojo.notebook.writing import write_named

    _name_katas_if_nothing_is_named(config)
    named = [Path(config.invocation_params.dir, str(a).split("::")[0]) for a in config.args]
    return write_named(open_catalogue(repository_of(config)), named)


def _watch(config: pytest.Config) -> int:
    """Run katas at each save until that is enough; return the exit code."""
    from dojo.watch.asked import Asked, refuse_what_does_not_fit

    refuse_what_does_not_fit(config)
    refuse_what_cannot_be(config)
    _name_katas_if_nothing_is_named(config)
    catalogue = open_catalogue(repository_of(config))
    asked = Asked.of(config, catalogue, specs_for(config, catalogue))
    from dojo.watch.loop import watch

    return watch(asked, _answers_folder(config))


def pytest_configure(config: pytest.Config) -> None:
    root = repository_of(config)
    if not is_repository(root):
        if _is_about_katas(config):
            raise pytest.UsageError(_taken_for_the_project(config, root))
        return
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    refuse_what_cannot_be(config)
    _name_katas_if_nothing_is_named(config)
    leave_out_own_tests(config, root)
    catalogue = open_catalogue(root)
    config.args[:] = specs_for(config, catalogue)
    if _names_katas(config) and config.getoption("verbose", 0) == 0:
        # the screen is short, and the failure must fit on it: pytest's -v shows these again
        config.option.no_header = config.option.disable_warnings = True
    dojo = Dojo(catalogue, _answers_folder(config))
    dojo.whole = not any("::" in arg for arg in config.args)
    config.stash[DOJO] = dojo
    for name, plugin in _plugins(config, dojo).items():
        config.pluginmanager.register(plugin, f"dojo-{name}")


def _taken_for_the_project(config: pytest.Config, root: Path) -> str:
    """Say that pytest took another folder for the project, and what to type instead."""
    inside = is_repository(config.invocation_params.dir.parent.parent)
    remedy = f"Name the katas first: pytest {'.' if inside else 'katas/01'} --answers DIR."
    if config.getoption("rootdir") and (named := repositories_named(config)):
        remedy = f"Leave out --rootdir, or add: -c {quoted(str(named[0] / SETTINGS))}"
    return f"pytest took {root} for the project, not the katas' repository. {remedy}"


def _plugins(config: pytest.Config, dojo: Dojo) -> dict[str, object]:
    """Return what this run registers, by name, in this order."""
    from dojo.spec import fixtures

    plugins: dict[str, object] = {
        "fixtures": fixtures,
        "run": dojo,
        "collection": SpecCollection(dojo.catalogue),
        "overtime": Overtime(dojo, watched=config.getoption("--watched") is not None),
    }
    if (descriptor := config.getoption("--watched")) is not None:
        from dojo.watch.standby import Standby

        plugins["standby"] = Standby(config, descriptor)
    if config.getoption("--submissions") is not None:
        from dojo.judge.plugin import JudgePlugin

        return {**plugins, "judge": JudgePlugin(config, dojo.catalogue)}
    if config.getoption("plot") is not None and not hasattr(config, "workerinput"):
        from dojo.pictures.plugin import Pictures

        plugins["pictures"] = Pictures(config, dojo)
    return {**plugins, "summary": Summary(config, dojo)}


def _name_katas_if_nothing_is_named(config: pytest.Config) -> None:
    """Run the katas, not the repository's own tests, where an option is about katas."""
    if config.args_source is not config.ArgsSource.ARGS and _is_for_learning(config):
        config.args[:] = [str(_katas_here(config))]


def _is_for_learning(config: pytest.Config) -> bool:
    """Whether an option asks for katas, though no folder was named."""
    options = ("--answers", "hint", "plot", "--notebook", "--watch", "--watched")
    options += ("--submissions", "--kata-seed")
    return any(config.getoption(option) not in (None, 0) for option in options)


def _katas_here(config: pytest.Config) -> Path:
    """Return the kata that a person stands in, else the folder of them all."""
    here, katas = config.invocation_params.dir, repository_of(config) / "katas"
    return here if here.is_relative_to(katas) else katas


def _names_katas(config: pytest.Config) -> bool:
    """Whether this run is of katas, not of the repository's own tests."""
    katas = repository_of(config) / "katas"
    here = config.invocation_params.dir
    return any(Path(here, arg.split("::")[0]).is_relative_to(katas) for arg in config.args)


def _answers_folder(config: pytest.Config) -> Path:
    given = config.getoption("--answers")
    if given is None:
        return repository_of(config) / "katas"
    folder = Path(config.invocation_params.dir, given).resolve()
    if not folder.is_dir():
        raise pytest.UsageError(
            f"--answers {given}: there is no folder {folder}. It must be shaped like katas/, "
            "with a file such as 01/manual_update.py in it."
        )
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    own = kata_of(item)
    if own is None or not isinstance(item, pytest.Function) or call.when != "call":
        return (yield)
    from dojo.feedback.reporting import say, unsaid

    with unsaid(item.config):
        report = yield
    if not report.skipped:
        say(item, own, call, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    if DOJO not in session.config.stash:
        return (yield)
    gc.disable()  # nearly all that is made is torch's, and stays: a tenth of its import's time
    try:
        return (yield)
    finally:
        gc.freeze()  # so that pytest's garbage collection at exit skips it
        gc.enable()
