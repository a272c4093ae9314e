"""The options of the command line: for learners, for pictures, for graders; and what is refused."""

from __future__ import annotations

import argparse

import pytest

HINTS = (1, 2, 3)
NO_HINT = -1  # what --hint=0 asks for
FORMATS = ("folders", "canvas", "moodle", "blackboard", "gradescope", "github", "nbgrader")
PICTURES = ("png", "svg", "gif")
NO_PICTURES = ("pdf", "jpg", "jpeg", "webp", "mp4", "html")  # asked for, and refused


def add_options(group: pytest.OptionGroup) -> None:
    """Add them all."""
    _add_hints(group)
    _add_pictures(group)
    _add_learning(group)
    _add_judging(group)


def _add_hints(group: pytest.OptionGroup) -> None:
    """Add --hint, in a spelling for each level: a value of its own would take the next path."""
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


def _add_pictures(group: pytest.OptionGroup) -> None:
    """Add --plot, in a spelling for each format."""
    for kind in (*PICTURES, *NO_PICTURES):
        told = {
            "png": "draw your answer beside what is wanted, into plots/ (or --plot=svg); with "
            "--gradebook: on the page of whoever fails",
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


def _add_learning(group: pytest.OptionGroup) -> None:
    """Add the other options of a learner."""
    group.addoption(
        "--answers",
        metavar="DIR",
        help="whose answers to practise: a folder shaped like katas/ (default: katas itself)",
    )
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
    _add_who_judges(group)


def _add_who_judges(group: pytest.OptionGroup) -> None:
    """Add a grader's options of where answers are judged, and how many at once."""
    group.addoption(
        "--judges",
        type=int,
        metavar="N",
        help="with --submissions: how many answers are judged at once (default: one a processor)",
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


def refuse_what_cannot_be(config: pytest.Config) -> None:
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
