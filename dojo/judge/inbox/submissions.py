"""Reads an inbox: other people's answers, of which nothing is trusted.

It comes as a learning platform writes it (`platforms/`), as a folder or as a zip archive. Made by
hand, it has a folder for each person, shaped like `katas/` (a fork of the repository has one), or,
for few katas, one with the bare files, or one file:

    inbox/NAME/katas/03/topic.py    inbox/NAME/03/topic.py    inbox/NAME/topic.py    inbox/NAME.py

Only these files are read, by `read`, one at a time; `topic.ipynb` stands for `topic.py`. No link is
followed, no folder of a submission gets on any path, and what is not understood is listed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dojo.catalogue import Catalogue, Kata, open_catalogue
from dojo.judge.inbox.entries import Place, is_packed
from dojo.judge.inbox.files import Files
from dojo.judge.inbox.finding import places, shown
from dojo.judge.inbox.lookalikes import Candidates, lookalikes, told
from dojo.judge.inbox.platforms import recognised
from dojo.judge.inbox.platforms.export import Submission
from dojo.judge.inbox.skipped import NOWHERE, unread, without_answer
from dojo.judge.inbox.source import HandedIn
from dojo.judge.reports.escaping import displayed
from dojo.judge.result import Skipped
from dojo.judge.verdict import Verdict
from dojo.opening.notebook import LARGEST, python_of
from dojo.opening.reading import CAP, Unreadable, decoded
from dojo.paths import typed

NOTEBOOK = ".ipynb"
LITTER = "hidden files and what systems leave behind are not read"


class InboxError(ValueError):
    """A folder that is no inbox; the message says what is expected."""


@dataclass(frozen=True)
class Inbox:
    """The submissions in a folder or an archive, by name, and what in it is none.

    title: what it was taken as; "" if it was made by hand
    """

    folder: Path
    katas: tuple[Kata, ...]
    submissions: tuple[Submission, ...]
    skipped: tuple[Skipped, ...]
    title: str = ""

    @cached_property
    def files(self) -> Files:
        """What lies in it."""
        return Files(self.folder)

    @property
    def said(self) -> str:
        """Say in a line what it was taken as, and how many people are in it."""
        number = len(self.submissions)
        people = "1 person" if number == 1 else f"{number} people"
        taken = f"taken as {self.title}" if self.title else "a folder or a file for each person"
        return f"{typed(self.folder)}: {taken}: {people}"

    def read(self, submission: Submission, kata: Kata) -> HandedIn:
        """Read what a submission has for one kata; why there is nothing is part of the answer."""
        place: Place = ()
        try:
            for place in places(self.files, submission, kata):
                notebook = place[-1].lower().endswith(NOTEBOOK)
                raw = self.files.read(place, LARGEST if notebook else CAP)
                if raw is not None:
                    raw = python_of(raw).source if notebook else raw
                    return HandedIn(shown(submission, place), raw, decoded(raw))
        except Unreadable as refusal:
            path = shown(submission, place)
            return HandedIn(path, verdict=Verdict.REFUSED, why=f"{path}: {refusal}.")
        except OSError as error:
            path = shown(submission, place)
            why = f"{path} cannot be read on the grader's machine: {error.strerror}"
            return HandedIn(path, verdict=Verdict.GRADER_ERROR, why=why)
        why = f"There is no {kata.name}.py or {kata.name}.ipynb in this submission."
        alike = self._told_of_lookalikes(submission, kata)
        said = f"{why}\n{alike}" if alike else why
        return HandedIn(submission.name, verdict=Verdict.NOT_SUBMITTED, why=said)

    def _told_of_lookalikes(self, submission: Submission, kata: Kata) -> str:
        """Say to a person which file may be the answer that is missing, and what to do."""
        if not self._candidates.of(submission):
            return ""
        try:
            missing = without_answer(self.files, submission, self.katas)
        except Unreadable:
            missing = [kata]
        return told(lookalikes(self._candidates, submission, kata, self._topics, missing))

    @cached_property
    def _candidates(self) -> Candidates:
        """What might be the answers of the submission that is read."""
        return Candidates(self.files)

    @cached_property
    def _topics(self) -> dict[str, str]:
        """The names of all katas by their numbers, whichever are judged."""
        known = open_catalogue(self.katas[0].root).katas.values() if self.katas else ()
        return {kata.number: kata.name for kata in (*known, *self.katas)}

    def not_understood(self, catalogue: Catalogue) -> list[Skipped]:
        """Return everything that was not read though it may have been meant to be, for the end."""
        topics = self._topics | {k.number: k.name for k in catalogue.katas.values()}
        found = list(self.skipped)
        for submission in self.submissions:
            found += unread(self.files, submission, self.katas, topics)
        return found


def open_inbox(folder: Path, katas: Sequence[Kata], asked: str = "") -> Inbox:
    """List an inbox for these katas; nothing in a submission is opened yet.

    asked: the platform that it is taken as; "" for what its marks say
    Errors: InboxError where there is none, or none with submissions in it.
    """
    files = Files(folder)
    if not folder.is_dir() and not (is_packed(folder.name) and folder.is_file()):
        raise InboxError(f"{folder}: there is no folder to read here, and no .zip archive.")
    _refuse_if_one_submission(folder, katas)
    try:
        platform, view = recognised(files, katas, asked)
        export = platform.take(view)
    except Unreadable as refusal:
        raise InboxError(f"{folder}: {refusal}.") from None
    litter = [Skipped(displayed(name), LITTER) for name in files.litter(view.place)]
    around = [view.place[:end] for end in range(len(view.place) + 1)]  # archives that it lies in
    names = [name for place in around for name in files.astray.get(place, ())]
    astray = [Skipped(displayed(name), NOWHERE) for name in names]
    unique, doubles = _without_doubles(export.people)
    if not unique and not doubles and not any(s.name for s in export.aside):
        raise InboxError(
            f"{folder}: there is no submission in it. It holds a folder for each, such as "
            f"NAME/{katas[0].number}/{katas[0].name}.py, or for one kata a file, NAME.py."
        )
    skipped = (*litter, *astray, *export.aside, *doubles)
    return Inbox(folder, tuple(katas), tuple(unique), skipped, platform.title)


def _refuse_if_one_submission(folder: Path, katas: Sequence[Kata]) -> None:
    """A grader may name one submission instead of the folder that it lies in."""
    if any((folder / "katas" / kata.number).is_dir() for kata in katas):
        raise InboxError(
            f"{folder} is shaped like one submission: it has katas/ in it. Name the folder that "
            "holds the submissions, or move it into a folder of its own."
        )


def _key(name: str) -> str:
    """What names share that a person takes for the same: case, width, what is unseen."""
    if name.isascii():
        return " ".join(name.casefold().split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", name).casefold())
    seen = (c for c in folded.casefold() if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", "".join(seen)).split())


def _without_doubles(
    submissions: Sequence[Submission],
) -> tuple[list[Submission], list[Skipped]]:
    """Set aside, each naming the other, the submissions whose names are the same to a person."""
    by_key: dict[str, list[Submission]] = {}
    for submission in submissions:
        by_key.setdefault(_key(submission.name), []).append(submission)
    unique = [group[0] for group in by_key.values() if len(group) == 1]
    doubles = [left for group in by_key.values() if len(group) > 1 for left in _doubles(group)]
    return sorted(unique, key=lambda s: s.name), doubles


def _doubles(group: Sequence[Submission]) -> Iterator[Skipped]:
    for one in group:
        others = ", ".join(_entry(other) for other in group if other is not one)
        why = f"it has the same name as {others}, so none of them is judged: rename all but one"
        yield Skipped(_entry(one), why, one.name)


def _entry(submission: Submission) -> str:
    """Write the name of what a submission lies in."""
    first = [*submission.roots, *(h.place for h in submission.files), submission.alone][0]
    return displayed(first[-1]) if first else submission.name
