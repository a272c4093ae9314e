"""nbgrader: the folder `submitted` of a course."""

from __future__ import annotations

from dojo.judge.inbox.entries import FOLDER
from dojo.judge.inbox.platforms.export import Export, Gathering, View, stray

TIMESTAMP = "timestamp.txt"
LOOKED_INTO = 20  # people


class Nbgrader:
    """`submitted/STUDENT/ASSIGNMENT/NOTEBOOK.ipynb`, with a `timestamp.txt` beside the notebooks.

    So it is in nbgrader's documentation, "The philosophy and the approach", and in its collector.
    The course's own folder may be named, too: `submitted` is found in it. All assignments of a
    student are looked through; a notebook's name says which kata it answers.
    """

    title = "nbgrader's submitted assignments"

    def marks(self, view: View) -> bool:
        """A timestamp in an assignment of one of the first students."""
        students = [entry for entry in view.entries if entry.kind == FOLDER][:LOOKED_INTO]
        return any(
            view.files.has(view.at(student.name, assignment.name, TIMESTAMP))
            for student in students
            for assignment in view.files.entries(view.at(student.name))
            if assignment.kind == FOLDER
        )

    def take(self, view: View) -> Export:
        """Return who is in it, by the names of their folders."""
        gathering = Gathering()
        for entry in view.entries:
            if entry.kind != FOLDER:
                continue
            gathering.empty(entry.name, "")
            for assignment in view.files.entries(view.at(entry.name)):
                if assignment.kind == FOLDER:
                    gathering.root(entry.name, "", view.at(entry.name, assignment.name))
        return gathering.export(stray(e) for e in view.entries if e.kind != FOLDER)
