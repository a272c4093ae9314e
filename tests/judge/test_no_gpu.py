"""A judged run is the same with a GPU as without: CUDA is hidden before torch could see any."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ..conftest import VISIBLE
from ..processes import HOUSE, PATIENCE

WATCHED = """
import os, sys, pytest

class Watch:
    def find_spec(self, name, *_):
        if name == "torch":
            seen = os.environ.get("CUDA_VISIBLE_DEVICES", "all")
            open(sys.argv.pop(), "w").write(f"torch sees {seen}")
            sys.meta_path.remove(self)

sys.meta_path.insert(0, Watch())
sys.exit(pytest.main(sys.argv[1:-1]))
"""


def test_torch_begins_without_a_gpu(tmp_path: Path) -> None:
    """Forks of a process in which CUDA has begun could not even step an optimizer on the CPU."""
    inbox, note = tmp_path / "inbox", tmp_path / "note"
    inbox.mkdir()
    (inbox / "ada.py").write_bytes((HOUSE / "solutions/01/manual_update.py").read_bytes())
    typed = ["katas/01", "--submissions", str(inbox), "--collect-only"]
    command = [sys.executable, "-c", WATCHED, *typed, str(note)]
    around = {k: v for k, v in os.environ.items() if k != VISIBLE}  # from these tests it is hidden
    subprocess.run(command, cwd=HOUSE, env=around, check=True, timeout=PATIENCE)
    assert note.read_text("utf-8") == "torch sees "
