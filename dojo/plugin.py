"""What the dojo adds to pytest: hooks and options only; each says who does the work.

Inert outside a checkout of this project. (PYTEST_DONT_REWRITE: no test's assertion is in here, and
pytest would warn of a plugin that is imported already.)
"""

from __future__ import annotations

import argparse
import contextlib
import gc
from collections.abc import Generator
from pathlib import Path

import pytest

from dojo.catalogue import Kata, is_repository, open_catalogue
from dojo.collection import SpecCollection, place
from dojo.command_line import (
    SETTINGS,
    leave_out_own_tests,
    repositories_named,
    repository_of,
    specs_for,
)
from dojo.feedback.overtime import Overtime
from dojo.feedback.summary import Summary
from dojo.paths import quoted
from dojo.run import DOJO, Dojo, kata_of

HINTS = (1, 2, 3)
NO_HINT = -1  # what --hint=0 asks for
FORMATS = ("folders", "canvas", "moodle", "blackboard", "gradescope", "github", "nbgrader")
PICTURES = ("png", "svg", "gif")
NO_PICTURES = ("pdf", "jpg", "jpeg", "webp", "mp4", "html")  # asked for, and refused
MARKERS = (
    "cuda: runs on a CUDA device, and is skipped where there is none",
    "documented(*ids): the documented entries that this test pins",
    "points(worth): what the test is worth where submissions are judged (1 if it says nothing)",
    "observed(count): rests on what is seen of each call; 'work' or 'kept' tensors are counted",
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    config = pluginmanager.get_plugin("pytestconfig")
    if config is not None and not _is_about_katas(config):
        return
    group = parser.getgroup("katas", "gradient katas")
    group.addoption(
        "--answers",
        metavar="DIR",
        help="whose answers to practise: a folder shaped like katas/ (default: katas itself)",
    )
    for level in HINTS:
        spellings = [f"--hint={level}", *(["--hint"] if level == 1 else [])]
        group.addoption(
            *spellings,
            dest="hint",
            action="store_const",
            const=level,
            default=0,
            help=f"show {level} hint{'s' if level > 1 else ''} for the first thing that fails",
        )
    for level in range(10):
        if level not in HINTS:  # refused in a sentence, not as an unknown option
            group.addoption(
                f"--hint={level}",
                dest="hint",
                action="store_const",
                const=level or NO_HINT,
                help=argparse.SUPPRESS,
            )
    _add_pictures(group)
    group.addoption(
        "--watch",
        action="store_true",
        help="run a kata again each time its file is saved, at once (needs watchfiles)",
    )
    group.addoption("--watched", type=int, metavar="FD", help=argparse.SUPPRESS)  # such a run
    group.addoption(
        "--notebook",
        action="store_true",
        help="write each kata's lesson and stub as notebooks/NN.ipynb, and run no test",
    )
    group.addoption(
        "--kata-seed", type=int, metavar="N", help="seed of the inputs that specs draw afresh"
    )
    group.addoption(
        "--require-cuda", action="store_true", help="fail, rather than skip, where CUDA is missing"
    )
    _add_judging(group)


def _add_pictures(group: pytest.OptionGroup) -> None:
    """Add --plot, in a spelling for each format: a value of its own would take the next path."""
    for kind in (*PICTURES, *NO_PICTURES):
        told = {
            "png": "draw your answer beside what is wanted, into plots/ (or --plot=svg)",
            "gif": "the same as an animation, where the kata has one",
        }
        group.addoption(
            f"--plot={kind}",
            *(["--plot"] if kind == PICTURES[0] else []),
            dest="plot",
            action="store_const",
            const=kind,
            help=told.get(kind, argparse.SUPPRESS),
        )


def _add_judging(group: pytest.OptionGroup) -> None:
    """Add the options of a grader."""
    group.addoption(
        "--submissions",
        metavar="INBOX",
        help="judge other people's answers, sandboxed: a folder, or a platform's export as a .zip",
    )
    group.addoption(
        "--gradebook",
        metavar="DIR",
        help="with --submissions: where gradebook, feedback and records go; run again to resume",
    )
    group.addoption(
        "--results-for",
        choices=("gradescope", "prairielearn"),
        default="gradescope",
        help="with --gradebook: the format of results/NAME.json",
    )
    group.addoption(
        "--leaderboard",
        action="store_true",
        help="with --gradebook: measure what a kata has for Gradescope's leaderboard (kata 07)",
    )
    group.addoption(
        "--inbox-format",
        choices=FORMATS,
        help="with --submissions: which platform wrote the inbox, where its marks do not tell",
    )
    group.addoption(
        "--dask",
        metavar="SCHEDULER",
        help="with --submissions: judge on a Dask cluster, found by its scheduler's address",
    )
    group.addoption(
        "--sandbox",
        choices=("outer", "inner"),
        help="with --submissions: make do with one of the sandbox's two layers",
    )


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
    _refuse_what_cannot_be(config)
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
    _refuse_what_cannot_be(config)
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


def _refuse_what_cannot_be(config: pytest.Config) -> None:
    """Raise pytest.UsageError for options that are refused here, with the next move."""
    if config.getoption("hint") not in (0, *HINTS):
        raise pytest.UsageError("There are three hints: --hint, then --hint=2, then --hint=3.")
    _refuse_pictures(config)
    for option in ("force_regen", "regen_all"):
        if config.getoption(option, default=False):
            raise pytest.UsageError(
                f"--{option.replace('_', '-')} is refused here: documented numbers come from "
                "documents, never from a run. Edit the CSV under katas/NN/traces by hand."
            )
    if config.getoption("--dask") and config.getoption("--submissions") is None:
        raise pytest.UsageError("--dask spreads submissions over a cluster: add --submissions DIR.")


def _refuse_pictures(config: pytest.Config) -> None:
    """Raise pytest.UsageError where --plot is asked for what cannot be drawn."""
    kind = config.getoption("plot")
    if kind in NO_PICTURES:
        raise pytest.UsageError(
            f"--plot={kind}: pictures are --plot (PNG), --plot=svg or --plot=gif."
        )
    if kind is not None and config.getoption("--submissions") is not None:
        raise pytest.UsageError(
            "--plot draws your own answers, in this process: it cannot be used with --submissions. "
            "Of one submission that you trust: pytest katas --answers INBOX/NAME --plot"
        )


def _plugins(config: pytest.Config, dojo: Dojo) -> dict[str, object]:
    """Return what this run registers, by name, in this order."""
    from dojo.spec import fixtures

    plugins: dict[str, object] = {
        "fixtures": fixtures,
        "run": dojo,
        "collection": SpecCollection(dojo.catalogue),
        "overtime": Overtime(dojo, watched=config.getoption("--watched") is not None),
    }
    if config.getoption("plot") is not None and not hasattr(config, "workerinput"):
        from dojo.pictures.plugin import Pictures

        plugins["pictures"] = Pictures(config, dojo)
    if (descriptor := config.getoption("--watched")) is not None:
        from dojo.watch.standby import Standby

        plugins["standby"] = Standby(config, descriptor)
    if config.getoption("--submissions") is None:
        return {**plugins, "summary": Summary(config, dojo)}
    from dojo.judge.plugin import JudgePlugin

    return {**plugins, "judge": JudgePlugin(config, dojo.catalogue)}


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
    with _unsaid(item.config):
        report = yield
    if not report.skipped:
        _say(item, own, call, report)
    return report


@contextlib.contextmanager
def _unsaid(config: pytest.Config) -> Generator[None, None, None]:
    """Let pytest write a line where ours will stand: for a traceback it parses whole files."""
    if config.getoption("tbstyle", default=None) != "auto":  # asked for, or there is no terminal
        yield
        return
    config.option.tbstyle = "line"
    try:
        yield
    finally:
        config.option.tbstyle = "auto"


def _say(
    item: pytest.Function, own: Kata, call: pytest.CallInfo[None], report: pytest.TestReport
) -> None:
    """Put what the dojo has to say on the report; pytest's own traceback on request."""
    from dojo.feedback.examples import examples_in
    from dojo.feedback.failure import in_full
    from dojo.feedback.feedback import Situation
    from dojo.feedback.outcome import Feedback
    from dojo.spec.trial import SpecTest, Trial

    dojo = item.config.stash[DOJO]
    error = call.excinfo.value if call.excinfo is not None else None
    trial = Trial(SpecTest.of(item), item.funcargs, error)
    answer, examples = dojo.answer(own), None
    if error is not None and answer is not None:
        examples = examples_in(item.session, own, answer)
    situation = Situation(trial, dojo.catalogue, own, answer, dojo.patience, examples)
    try:
        said = situation.feedback()
    except Exception as fault:  # ours, not the answer's
        said = Feedback(own.number, own.title, item.name, "broken", heading="COULD NOT BE RUN")
        said.body = [f"the dojo could not explain it: {fault!r}"]
        report.sections.append(("the dojo could not explain this", repr(fault)))
    dojo.patience = situation.patience
    said.order = place(item)
    said.put_on(report)
    if said.outcome == "broken":
        return
    if report.failed and item.config.getoption("tbstyle") == "auto":
        to_do = f"to do: {said.function}   {said.place}"
        report.longrepr = to_do if said.outcome == "to do" else "\n".join(in_full(said))


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
