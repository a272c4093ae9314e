"""Which katas' files are saved, whichever way an editor does it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import watchfiles

from dojo.catalogue import Catalogue

QUIET = 5  # milliseconds without a change that end a save; a later change is another one
KINDS = (".py", ".ipynb", ".md", ".csv", ".toml")


class Files(watchfiles.DefaultFilter):
    """The files of katas, and their folders; none that an editor makes for itself."""

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        """Whether a change counts."""
        name = Path(path).name
        meant = name.endswith(KINDS) or (len(name) == 2 and name.isdigit())
        return meant and super().__call__(change, path)


@contextmanager
def watched(
    catalogue: Catalogue, answers: Path, told: Callable[[set[Path]], None]
) -> Iterator[None]:
    """Tell, from another thread, of each file that is saved, moved or deleted.

    The folders are watched, not the files: those that editors write anew are other files.
    """
    over = threading.Event()
    folders = dict.fromkeys((catalogue.root / "katas", answers.resolve()))

    def watch() -> None:
        for changes in watchfiles.watch(
            *folders, watch_filter=Files(), step=QUIET, stop_event=over, rust_timeout=500
        ):
            told({Path(path) for _, path in changes})

    threading.Thread(target=watch, name="saves", daemon=True).start()
    try:
        yield
    finally:
        over.set()


class States:
    """What was seen of each file, for an editor's one save is told of more than once."""

    def __init__(self) -> None:
        self._seen = dict[Path, tuple[int, bytes] | None]()

    def new(self, paths: set[Path]) -> set[Path]:
        """Return the paths that are not as they were when they were last asked for."""
        now = {path: _state(path) for path in paths}
        found = {path for path in paths if path not in self._seen or self._seen[path] != now[path]}
        self._seen |= now
        return found


def _state(path: Path) -> tuple[int, bytes] | None:
    """Return when a file was written, and what is in it; None where there is none."""
    try:
        return path.stat().st_mtime_ns, path.read_bytes()
    except OSError:
        return None


def kata_numbers(saved: set[Path], catalogue: Catalogue, answers: Path) -> set[str]:
    """Return the numbers of the katas whose files, or whose answers, these are."""
    found = set()
    for folder in (catalogue.root / "katas", answers.resolve()):
        inside = (p.relative_to(folder) for p in saved if p.is_relative_to(folder) and p != folder)
        found |= {p.parts[0] for p in inside}
    return found & catalogue.katas.keys()
