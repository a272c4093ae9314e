"""GitHub Classroom: what `gh classroom clone student-repos` leaves."""

from __future__ import annotations

from dojo.judge.inbox.entries import FOLDER
from dojo.judge.inbox.platforms.export import Export, Gathering, View, common_beginning, stray

CLONES = "-submissions"
LOOKED_INTO = 20  # folders
GIT = ".git"


class GitHubClassroom:
    """A folder `SLUG-submissions`, in it a clone `SLUG-USER` for each repository.

    So it is in gh-classroom's clone/student-repos/student-repos.go. The clones are forks, with the
    katas in `katas/` or at their top. Where the folder was renamed, SLUG is what all of them begin
    with, up to a hyphen.
    """

    title = "GitHub Classroom's clones"

    def marks(self, view: View) -> bool:
        """Clones whose names all begin with the assignment's."""
        folders = [entry.name for entry in view.entries if entry.kind == FOLDER]
        if not folders or not _slug(view, folders):
            return False
        return all(view.files.has(view.at(name, GIT)) for name in folders[:LOOKED_INTO])

    def take(self, view: View) -> Export:
        """Return who is in it, by the names on GitHub."""
        gathering = Gathering()
        folders = [entry.name for entry in view.entries if entry.kind == FOLDER]
        begin = len(_slug(view, folders))
        for name in folders:
            gathering.root(name[begin:] or name, name, view.at(name))
        return gathering.export(stray(e) for e in view.entries if e.kind != FOLDER)


def _slug(view: View, folders: list[str]) -> str:
    """Return what the names of all clones begin with."""
    here = view.place[-1] if view.place else view.files.root.name
    slug = f"{here.removesuffix(CLONES)}-"
    if here.endswith(CLONES) and all(name.startswith(slug) for name in folders):
        return slug
    common = common_beginning(folders) if len(folders) > 1 else ""
    return common[: common.rfind("-") + 1]
