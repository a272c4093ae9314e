"""Files that look like an answer and are not read: what each may be meant for, and the move."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dojo.catalogue import Kata
from dojo.judge.inbox.entries import FILE, FOLDER, Entry, Place, is_packed
from dojo.judge.inbox.finding import Listing, shown
from dojo.judge.inbox.platforms.export import Submission
from dojo.opening.reading import Unreadable

MISPLACED, MISNAMED, UNKNOWN, WRONGLY_PACKED = range(4)  # the likeliest first
DEEPEST = 4  # folders below a submission
LOOKED_AT = 600  # files of one submission
TOLD = 3  # of one kind
OURS = frozenset(
    {"dojo", "solutions", "tests", "traces", "site-packages"}
)  # a fork's own, a venv's
PACKED = re.compile(r"(?i)\.(?:tar|gz|tgz|bz2|xz|7z|rar)$")
NUMBERED = re.compile(r"(?i)(?:kata)?[ _-]*0*([1-9]\d?)(?![^\W_])")  # "kata05.py", "5_softmax.py"
CANDIDATE = re.compile(rf"(?i)\.(?:py|ipynb)(?:\W|$)|{PACKED.pattern[4:]}")  # "topic.py.txt", too


class Lookalike(NamedTuple):
    """A file that may be meant as an answer.

    sort: the smaller, the more likely; move: what to do with it
    """

    sort: int
    path: str
    move: str


class Candidates:
    """The files of a submission that might be answers, looked for once for all its katas."""

    def __init__(self, files: Listing) -> None:
        self._files = files
        self._of: Submission | None = None
        self._found: list[tuple[Place, Place]] = []

    def of(self, person: Submission) -> list[tuple[Place, Place]]:
        """Return where each lies, and the way to it from the beginning of the submission."""
        if self._of is not person:
            walked = _walked(self._files, person)
            self._of = person
            self._found = [(at, way) for at, way in walked if CANDIDATE.search(way[-1])]
        return self._found


def lookalikes(
    candidates: Candidates,
    person: Submission,
    kata: Kata,
    topics: Mapping[str, str],
    missing: Sequence[Kata],
) -> list[Lookalike]:
    """Return the files that look most like a person's answer to a kata that has none.

    A file that may be the answer to any kata is one for the first that has none.

    topics:  the names of all katas, by their numbers
    missing: the katas that have no answer
    """
    found = list[Lookalike]()
    for place, way in candidates.of(person):
        sort = _likeness(way, kata, topics)
        if sort is not None:
            move = _move(sort, way[-1], (sort == UNKNOWN and missing) or [kata])
            found.append(Lookalike(sort, shown(person, place), move))
    best = min((each.sort for each in found), default=0)
    if best == UNKNOWN and kata in missing[1:]:
        return []
    return [each for each in found if each.sort == best][:TOLD]


def told(found: list[Lookalike]) -> str:
    """Say to a person which of the files may be the answer, and what to do."""
    if not found:
        return ""
    begin = "Is this your answer" if found[0].sort == UNKNOWN else "This looks like your answer"
    moves = dict.fromkeys(each.move for each in found)
    paths = {move: " or ".join(each.path for each in found if each.move == move) for move in moves}
    return "\n".join(f"{begin}: {paths[move]}\n{move}" for move in moves)


def _likeness(way: Place, kata: Kata, topics: Mapping[str, str]) -> int | None:
    """Return how a file is like the answer to a kata: by its place, its name, or hardly."""
    *above, name = way
    if name in (f"{kata.name}.py", f"{kata.name}.ipynb"):
        return MISPLACED
    if PACKED.search(name):
        return None if above else WRONGLY_PACKED
    letters = _letters(name)
    if letters.startswith(_letters(kata.name)):
        return MISNAMED
    if any(letters.startswith(_letters(topic)) for topic in topics.values()):
        return None  # of another kata
    if above and above[-1].strip().lstrip("0") == kata.number.lstrip("0"):
        return MISNAMED
    if number := NUMBERED.match(name):
        return MISNAMED if number[1] == kata.number.lstrip("0") else None
    return None if above else UNKNOWN


def _move(sort: int, name: str, katas: Sequence[Kata]) -> str:
    """Say what to do with a file that is meant for one of these katas."""
    ending = ".ipynb" if ".ipynb" in name.lower() else ".py"
    wanted = f"{katas[0].name}{ending}"
    if len(katas) > 1:
        return f"Name it after its kata, such as {wanted}, and hand it in again."
    return {
        MISPLACED: f"Put it into a folder {katas[0].number}, and hand it in again.",
        WRONGLY_PACKED: f"Only .zip archives are read: hand in {wanted} itself.",
    }.get(sort, f"Name it {wanted}, and hand it in again.")


@functools.lru_cache(maxsize=256)
def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _walked(files: Listing, person: Submission) -> Iterator[tuple[Place, Place]]:
    """Yield the files of a submission, and for each the way to it from its beginning."""
    left = LOOKED_AT
    for handed in person.files:
        yield handed.place, (handed.name,)
    waiting: list[tuple[Place, Place]] = [(root, ()) for root in person.roots]
    waiting += [(h.place, ()) for h in person.files if is_packed(h.name)]
    while waiting and left > 0:
        place, way = waiting.pop(0)
        for entry in _listed(files, place)[:left]:
            left -= 1
            at, here = (*place, entry.name), (*way, entry.name)
            if entry.kind == FOLDER or entry.is_packed:
                inside = () if entry.is_packed else here
                if len(here) < DEEPEST and entry.name not in OURS:
                    waiting.append((at, inside))
            elif entry.kind == FILE:
                yield at, here


def _listed(files: Listing, place: Place) -> list[Entry]:
    try:
        return files.entries(place)
    except Unreadable:
        return []
