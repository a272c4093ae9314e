"""Which changes of files count as a save."""

from __future__ import annotations

from pathlib import Path

import watchfiles

from dojo.watch.saves import Files, States


def test_one_save_counts_once(tmp_path: Path) -> None:
    """What is told of twice is new once; other contents and a deletion are new again."""
    file, states = tmp_path / "manual_update.py", States()
    file.write_text("a", encoding="utf-8")
    assert states.new({file}) == {file}
    assert states.new({file}) == set()
    file.write_text("b", encoding="utf-8")
    assert states.new({file}) == {file}
    file.unlink()
    assert states.new({file}) == {file}
    assert states.new({file}) == set()


def test_files_of_editors_do_not_count() -> None:
    """Backups, swap files and compiled ones are no saves; answers, lessons and traces are."""
    meant = Files()
    for name in ("4913", "a.py~", ".a.py.swp", ".#a.py", "sedX1y2", "__pycache__/a.pyc"):
        assert not meant(watchfiles.Change.added, f"/k/katas/01/{name}")
    for name in ("a.py", "a.ipynb", "README.md", "traces/a.csv"):
        assert meant(watchfiles.Change.modified, f"/k/katas/01/{name}")
