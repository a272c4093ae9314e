"""What was judged, kept so that no crash loses it and no second run judges it again.

One row for each submission and kata, in SQLite, found again only under the same key. Processes may
share a file. What was added is the system's before `add` returns: a process that is killed does not
take it along. A machine that loses its power may lose the last rows, whole; they are judged anew.
"""

from __future__ import annotations

import hashlib
import platform
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from types import TracebackType

from dojo.catalogue import Catalogue, Kata
from dojo.judge.result import Result
from dojo.judge.verdict import Verdict

FILE = "records.sqlite"
BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite opens: the file, and those beside it
FORMAT = 1  # of the table; a file of another format is not touched
PATIENCE = 60.0  # seconds to wait for another process that writes
TABLES = """
CREATE TABLE IF NOT EXISTS judged (
    submission TEXT NOT NULL,
    kata TEXT NOT NULL,
    key TEXT NOT NULL,
    judged TEXT NOT NULL,
    PRIMARY KEY (submission, kata)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
JUDGING = ("torch", "numpy", "pytest")  # whose versions can change a verdict


class RecordsError(ValueError):
    """A file that holds no records of ours; the message says which, and what to do."""


class Records:
    """The records in one folder, made if there are none yet.

    Errors: RecordsError where a link or another program's file is in the place of ours.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE
        for path in (self.path.with_name(FILE + ending) for ending in BESIDE):
            if path.is_symlink():
                raise RecordsError(f"{path} is a link, which is not followed: remove it.")
        self._file = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            (log,) = self._file.execute("PRAGMA journal_mode = WAL").fetchone()
            whole = "NORMAL" if log == "wal" else "FULL"  # some network disks have no such log
            self._file.execute(f"PRAGMA synchronous = {whole}")
            self._prepare()
        except sqlite3.DatabaseError as error:
            self._file.close()
            raise RecordsError(f"{self.path}: {error}. Name another folder, or move it.") from None

    def _prepare(self) -> None:
        found = self._file.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, FORMAT):
            raise sqlite3.DatabaseError(f"it is of format {found}, and this is for {FORMAT}")
        if not found:
            self._file.executescript(TABLES)
            self._file.execute(f"PRAGMA user_version = {FORMAT}")

    def run_seed(self, asked: int | None) -> int:
        """Return the seed of the run: the one asked for, else the one that was begun with.

        Where there is neither it is drawn, so a run that was cut off goes on with its own. When a
        run is whole, people may read its seed: the next one has another.
        """
        verb, seed = ("REPLACE", asked) if asked is not None else ("IGNORE", secrets.randbits(31))
        self._file.execute(f"INSERT OR {verb} INTO run VALUES ('seed', ?)", (seed,))
        return int(self._file.execute("SELECT value FROM run WHERE name = 'seed'").fetchone()[0])

    def end_run(self) -> None:
        """Forget the seed of the run: it is whole."""
        self._file.execute("DELETE FROM run WHERE name = 'seed'")

    def add(self, judged: Result, key: str) -> None:
        """Record this, in place of what was recorded of the same submission and kata."""
        self._file.execute(
            "INSERT OR REPLACE INTO judged VALUES (?, ?, ?, ?)",
            (judged.submission, judged.kata, key, judged.to_json()),
        )

    def find(self, submission: str, kata: str, key: str, seed: int | None = None) -> Result | None:
        """Return what was judged under this key (and with this seed, if one matters), or None.

        A GRADER-ERROR is to be judged again: it says nothing of the submission.
        """
        row = self._file.execute(
            "SELECT judged FROM judged WHERE submission = ? AND kata = ? AND key = ?",
            (submission, kata, key),
        ).fetchone()
        found = Result.from_json(row[0]) if row else None
        if found is None or Verdict.GRADER_ERROR in (found.verdict, *found.verdicts):
            return None
        return found if seed in (None, found.seed) else None

    def each(self, keys: Mapping[tuple[str, str], str]) -> Iterator[Result]:
        """Yield the records of a run: those with these keys, by (submission, kata), in order."""
        rows = self._file.execute(
            "SELECT submission, kata, key, judged FROM judged ORDER BY submission, kata"
        )
        for submission, kata, key, judged in rows:
            if keys.get((submission, kata)) == key:
                yield Result.from_json(judged)

    def people(self) -> set[str]:
        """Return the names of all whose submissions were ever recorded here."""
        return {name for (name,) in self._file.execute("SELECT DISTINCT submission FROM judged")}

    def close(self) -> None:
        """Close the file; what was added is on the disk by then."""
        self._file.close()

    def __enter__(self) -> Records:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def record_key(*, source: str, specs: str, judge: str, layers: Iterable[str]) -> str:
    """Return the key of a record: whatever a verdict depends on but the seed, in one digest."""
    return _digest([source, specs, judge, *sorted(layers)])


def specs_hash(catalogue: Catalogue, kata: Kata) -> str:
    """Return a digest of what judges one kata: spec, traces, solution, what all specs share."""
    own = [kata.spec, kata.traces, catalogue.solutions / kata.number]
    return _hash_of(catalogue.root, [*own, catalogue.root / "conftest.py"])


def judge_hash(catalogue: Catalogue) -> str:
    """Return a digest of the judge itself: the plugin's code and the versions beneath it."""
    return _hash_of(catalogue.root, [catalogue.root / "dojo"], *versions().values())


def versions() -> dict[str, str]:
    """Return the versions of what a verdict may depend on."""
    return {"python": platform.python_version()} | {n: metadata.version(n) for n in JUDGING}


def _hash_of(root: Path, places: Iterable[Path], *words: str) -> str:
    """Digest the names and contents of files and of all files in folders, and some words."""
    files = {f for place in places for f in (place.rglob("*") if place.is_dir() else [place])}
    parts = list(words)
    for file in sorted(f for f in files if f.is_file() and "__pycache__" not in f.parts):
        parts += [file.relative_to(root).as_posix(), hashlib.sha256(file.read_bytes()).hexdigest()]
    return _digest(parts)


def _digest(parts: Iterable[str]) -> str:
    text = "".join(f"{len(part)}:{part}" for part in parts)  # no two lists read alike
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
