"""Reads an inbox: a folder with other people's answers, of which nothing is trusted.

A submission is a folder shaped like `katas/` (a fork of the repository has one), or, for few
katas, a folder with the bare files or one file:

    inbox/NAME/katas/03/topic.py    inbox/NAME/03/topic.py    inbox/NAME/topic.py    inbox/NAME.py

Only these files are read, by `read`, one at a time. No link is followed, no folder of a submission
gets on any path, and what is not understood is listed.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dojo.catalogue import Catalogue, Kata
from dojo.judge.inbox import skipped
from dojo.judge.inbox.source import HandedIn, read_within
from dojo.judge.reports.escaping import displayed
from dojo.judge.result import Skipped
from dojo.judge.verdict import Verdict
from dojo.opening.reading import Unreadable, decoded

ENDING = ".py"
NO_NAMES = frozenset({"conftest", "__init__", "__main__", "setup"})  # nobody is called so


class InboxError(ValueError):
    """A folder that is no inbox; the message says what is expected."""


@dataclass(frozen=True)
class Submission:
    """One person's answers.

    name:   as it is shown and reported: normalised (NFC), one line, nothing that a terminal obeys
    entry:  as the file system has it
    single: it is one file, NAME.py, for the one kata that is judged
    """

    name: str
    entry: str
    single: bool


@dataclass(frozen=True)
class Inbox:
    """The submissions in a folder, by name, and what in it is none."""

    folder: Path
    katas: tuple[Kata, ...]
    submissions: tuple[Submission, ...]
    skipped: tuple[Skipped, ...]

    def read(self, submission: Submission, kata: Kata) -> HandedIn:
        """Read what a submission has for one kata; why there is nothing is part of the answer."""
        places = _places(submission, kata)
        shown = submission.name
        try:
            inbox = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                for place in places:
                    shown = "/".join((submission.name + ENDING * submission.single, *place[1:]))
                    if (raw := read_within(inbox, place)) is not None:
                        return HandedIn(shown, raw, decoded(raw))
            finally:
                os.close(inbox)
        except Unreadable as refusal:
            return HandedIn(shown, verdict=Verdict.REFUSED, why=f"{shown}: {refusal}.")
        except OSError as error:
            why = f"{shown} cannot be read on the grader's machine: {error.strerror}"
            return HandedIn(shown, verdict=Verdict.GRADER_ERROR, why=why)
        why = f"There is no {kata.number}/{kata.name}.py in this submission."
        return HandedIn(shown, verdict=Verdict.NOT_SUBMITTED, why=why)

    def not_understood(self, catalogue: Catalogue) -> list[Skipped]:
        """Return everything that was not read though it may have been meant to be, for the end."""
        found = list(self.skipped)
        for submission in self.submissions:
            if not submission.single:
                here = self.folder / submission.entry
                found += skipped.inside(here, submission.name, catalogue, self.katas)
        return found


def open_inbox(folder: Path, katas: Sequence[Kata]) -> Inbox:
    """List an inbox for these katas; nothing in a submission is opened yet.

    Errors: InboxError where there is no folder, or none with submissions in it.
    """
    try:
        with os.scandir(folder) as entries:
            found = sorted(
                (e.name, e.is_dir(follow_symlinks=False), e.is_symlink()) for e in entries
            )
    except OSError as error:
        raise InboxError(f"{folder}: there is no folder to read here ({error.strerror})") from None
    _refuse_if_one_submission(folder, katas)
    submissions: list[Submission] = []
    aside: list[Skipped] = []
    for entry, is_folder, is_link in found:
        made = _submission(entry, katas, is_folder=is_folder, is_link=is_link)
        if isinstance(made, Submission):
            submissions.append(made)
        else:
            aside.append(made)
    unique, doubles = _without_doubles(submissions)
    if not unique and not doubles:
        raise InboxError(
            f"{folder}: there is no submission in it. It holds a folder for each, such as "
            f"NAME/{katas[0].number}/{katas[0].name}.py, or for one kata a file, NAME.py."
        )
    return Inbox(folder, tuple(katas), tuple(unique), (*aside, *doubles))


def _places(submission: Submission, kata: Kata) -> list[tuple[str, ...]]:
    """Where this kata's answer may lie, the first that is there counts."""
    if submission.single:
        return [(submission.entry,)]
    file = f"{kata.name}.py"
    inside = [("katas", kata.number, file), (kata.number, file), (file,)]
    return [(submission.entry, *place) for place in inside]


def _refuse_if_one_submission(folder: Path, katas: Sequence[Kata]) -> None:
    """A grader may name one submission instead of the folder that it lies in."""
    if any((folder / "katas" / kata.number).is_dir() for kata in katas):
        raise InboxError(
            f"{folder} is shaped like one submission: it has katas/ in it. Name the folder that "
            "holds the submissions, or move it into a folder of its own."
        )


def _submission(
    entry: str, katas: Sequence[Kata], *, is_folder: bool, is_link: bool
) -> Submission | Skipped:
    """Take one entry of an inbox for a submission, or say why it is none."""
    is_file = entry.lower().endswith(ENDING) and not is_folder
    name = displayed(entry[: -len(ENDING)] if is_file else entry)
    shown = displayed(entry)
    if skipped.is_litter(entry) or not (is_file or is_folder or is_link):
        return Skipped(shown, skipped.why_no_submission(entry))
    if not _key(name) or (is_file and name in NO_NAMES):
        return Skipped(shown, "this names no submission, and is not read")
    topics = [kata for kata in katas if kata.name == name]
    if is_file and topics:
        return Skipped(shown, f"whose is it? Put it into a folder: NAME/{topics[0].number}/{shown}")
    if is_file and len(katas) > 1:
        why = "which kata is it? Judge one kata (pytest katas/03 --submissions …), or put it into"
        return Skipped(shown, f"{why} a folder: {name}/03/topic.py", name)
    return Submission(name, entry, is_file)


def _key(name: str) -> str:
    """What names share that a person takes for the same: case, width, what is unseen."""
    if name.isascii():
        return " ".join(name.casefold().split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", name).casefold())
    seen = (c for c in folded.casefold() if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", "".join(seen)).split())


def _without_doubles(submissions: Sequence[Submission]) -> tuple[list[Submission], list[Skipped]]:
    """Set aside, each naming the other, the submissions whose names are the same to a person."""
    by_key: dict[str, list[Submission]] = {}
    for submission in submissions:
        by_key.setdefault(_key(submission.name), []).append(submission)
    unique = [group[0] for group in by_key.values() if len(group) == 1]
    doubles = [left for group in by_key.values() if len(group) > 1 for left in _doubles(group)]
    return sorted(unique, key=lambda s: s.name), doubles


def _doubles(group: Sequence[Submission]) -> Iterator[Skipped]:
    for one in group:
        others = ", ".join(displayed(s.entry) for s in group if s is not one)
        why = f"it has the same name as {others}, so none of them is judged: rename all but one"
        yield Skipped(displayed(one.entry), why, one.name)
