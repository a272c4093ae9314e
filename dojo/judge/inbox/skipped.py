"""What lies in a submission and is not read: each with the reason, and what to do about it.

Of a crowded folder only the first names are looked at. No content is, but a notebook's, of which
some lines are left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from dojo.catalogue import BESIDE, Kata
from dojo.judge.inbox.entries import Entry, Place, is_packed
from dojo.judge.inbox.files import Files
from dojo.judge.inbox.finding import LONGEST, places, shown
from dojo.judge.inbox.lookalikes import UNKNOWN, Candidates, lookalikes
from dojo.judge.inbox.platforms.export import Submission
from dojo.judge.reports.escaping import displayed
from dojo.judge.result import Skipped
from dojo.opening.notebook import LARGEST, python_of, told
from dojo.opening.reading import Unreadable
from dojo.terminal.layout import cut

ANSWERS = 40  # of one submission, that look like answers or do not count
LISTED = 8  # of what else is in it
EXPECTED = frozenset(
    {"README.md", "LICENSE", "traces", "timestamp.txt"}  # the last is nbgrader's
)  # beside answers, in any folder
NOWHERE = "its name in the archive leads nowhere, so it is not read: pack it again"


class Remembered:
    """Lists each folder of a submission once."""

    def __init__(self, files: Files) -> None:
        self._files, self._seen = files, dict[Place, list[Entry]]()

    def entries(self, place: Place) -> list[Entry]:
        """Return what is in a folder; nothing if it cannot be listed."""
        if place not in self._seen:
            try:
                self._seen[place] = self._files.entries(place)
            except Unreadable:
                self._seen[place] = []
        return self._seen[place]

    def names(self, place: Place) -> list[str]:
        """Return the names in a folder."""
        return [entry.name for entry in self.entries(place)]

    def holds(self, place: Place, begin: int) -> bool:
        """Whether there is something at a place, of which so many steps are known to be there."""
        for end in range(begin, len(place)):
            for entry in self.entries(place[:end]):
                if entry.name == place[end]:
                    break
            else:
                return False
        return True


def unread(
    files: Files, person: Submission, katas: Sequence[Kata], topics: Mapping[str, str]
) -> list[Skipped]:
    """List what of one submission was not read though it may have been meant to be.

    katas: those that are judged; topics: the names of all, by their numbers
    """
    listing = Remembered(files)
    told_of = list(_of_answers(files, listing, person, katas, topics))
    if files.astray:  # by now all archives of this person were looked into
        told_of += itertools.islice(_astray(files, person), ANSWERS)
    paths = {f"{entry.path}/" for entry in told_of}
    others = (
        each
        for each in _others(listing, person, katas, topics)
        if not any(path.startswith(f"{each.path}/") for path in paths)
    )
    rest = list(itertools.islice(others, LISTED + 1))
    is_more = len(told_of) > ANSWERS or len(rest) > LISTED
    more = [Skipped(person.name, "there is more that is not read")] if is_more else []
    return [*told_of[:ANSWERS], *rest[:LISTED], *more]


def _of_answers(
    files: Files,
    listing: Remembered,
    person: Submission,
    katas: Sequence[Kata],
    topics: Mapping[str, str],
) -> Iterator[Skipped]:
    """Yield what a person should hear of: what looks like an answer, or does not count."""
    candidates, found = Candidates(listing), _found(listing, person, katas)
    missing = [kata for kata in katas if not found[kata.number]]
    for kata in katas:
        first, *others = found[kata.number] or [()]
        if not first:
            for one in lookalikes(candidates, person, kata, topics, missing):
                of_any = one.sort == UNKNOWN and len(missing) > 1
                what = "an answer" if of_any else f"the answer to kata {kata.number}"
                why = f"it looks like {what}, and is not read. {one.move}"
                yield Skipped(one.path, why, owner=person.name, kata=kata.number)
            continue
        for other in others:
            why = f"it was not read, as {shown(person, first)} was"
            yield Skipped(shown(person, other), why, owner=person.name)
        if first[-1].lower().endswith(".ipynb"):
            yield from _left_out(files, person, first)


def _astray(files: Files, person: Submission) -> Iterator[Skipped]:
    """Yield what a person's archives hold under names that lead out of them, or nowhere."""
    own = (*person.roots, *(handed.place for handed in person.files))
    for place, names in files.astray.items():
        if any(place[: len(one)] == one for one in own):
            for name in names:
                path = cut(f"{shown(person, place)}/{displayed(name)}", LONGEST)
                yield Skipped(path, NOWHERE, owner=person.name)


def _left_out(files: Files, person: Submission, place: Place) -> Iterator[Skipped]:
    """Yield what a notebook has that is no Python."""
    try:
        notebook = python_of(files.read(place, LARGEST) or b"")
    except (Unreadable, OSError):
        return  # which its verdict says
    if notebook.left_out:
        yield Skipped(shown(person, place), told("a notebook", notebook), owner=person.name)


def without_answer(files: Files, person: Submission, katas: Sequence[Kata]) -> list[Kata]:
    """Return the katas to which a submission has no answer. Errors: Unreadable."""
    found = _found(Remembered(files), person, katas)
    return [kata for kata in katas if not found[kata.number]]


def _found(
    listing: Remembered, person: Submission, katas: Sequence[Kata]
) -> dict[str, list[Place]]:
    """Return the places where a submission has an answer to each kata; the first is read."""
    if person.alone:
        return {kata.number: [person.alone] for kata in katas}
    own = {handed.place for handed in person.files}
    begin = min(map(len, (*person.roots, *own)), default=0)
    return {
        kata.number: [
            p for p in places(listing, person, kata) if p in own or listing.holds(p, begin)
        ]
        for kata in katas
    }


def _others(
    listing: Remembered, person: Submission, katas: Sequence[Kata], topics: Mapping[str, str]
) -> Iterator[Skipped]:
    """Yield what is in a folder shaped like katas/ and has no place there."""
    files = {f"{topic}{ending}" for topic in topics.values() for ending in (".py", ".ipynb")}
    known = files | EXPECTED | topics.keys()
    asked = {kata.number: kata for kata in katas}
    for root in person.roots:
        # in a fork, what else is in it belongs there
        base = (*root, "katas") if "katas" in listing.names(root) else root
        for name in listing.names(base):
            if name in asked:
                yield from _in_kata(listing, person, (*base, name), asked[name])
            elif name not in known and not is_packed(name):
                yield Skipped(shown(person, (*base, name)), f"it is not read. {_wanted(katas)}")


def _in_kata(
    listing: Remembered, person: Submission, place: Place, kata: Kata
) -> Iterator[Skipped]:
    own = {f"{kata.name}.py", f"{kata.name}.ipynb", f"test_{kata.name}.py", *BESIDE}
    for name in listing.names(place):
        if name not in own and name not in EXPECTED:
            path = shown(person, (*place, name))
            yield Skipped(path, f"only {kata.name}.py is read of this folder")


def _wanted(katas: Sequence[Kata]) -> str:
    wanted = " or ".join(f"{k.number}/{k.name}.py" for k in katas[:3])
    return f"An answer is called {wanted}{' …' if len(katas) > 3 else ''}"
