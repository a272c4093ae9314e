"""Files that no answer can be made of, as learners leave them, and what must be said of each."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dojo.opening.reading import CAP

from .processes import HOUSE

SOLUTION = (HOUSE / "solutions/01/manual_update.py").read_text(encoding="utf-8")
STUB = (HOUSE / "katas/01/manual_update.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Broken:
    """What is in the answer's place, and words that are said of it.

    lost: it has no function that could be used, so the way back to the stub is shown
    """

    content: str | bytes | Callable[[Path], object]
    says: tuple[str, ...]
    heading: str = "CANNOT BE IMPORTED"
    lost: bool = True


def edited(old: str, new: str, text: str = SOLUTION) -> str:
    """Return the solution with a part of it changed."""
    assert old in text
    return text.replace(old, new, 1)


def unused(more: str, *says: str) -> Broken:
    """Return the solution with a line at its end that fails when it is imported."""
    return Broken(f"{SOLUTION}\n{more}\n", says, lost=False)


def not_parsed(old: str, new: str, *says: str) -> Broken:
    """Return the solution with a part changed so that Python cannot parse it."""
    return Broken(edited(old, new), says)


FIRST = "    x = x.detach().clone().requires_grad_()\n"
LAST = f"line {len(SOLUTION.splitlines()) + 2}"
MAIN = 'if __name__ == "__main__":'
LEFT = """\
<<<<<<< Updated upstream
    return grad
=======
    return -grad
>>>>>>> Stashed changes
"""
UNREADABLE = {
    "utf-16": Broken(SOLUTION.encode("utf-16"), ("UTF-16", "save it as UTF-8")),
    "utf-16-without-mark": Broken(SOLUTION.encode("utf-16-le"), ("UTF-16", "save it as UTF-8")),
    "cp1252": Broken(
        f"# a café\n{SOLUTION}".encode("cp1252", "replace"),
        ("0xE9 in line 1 (# a caf\\xe9)", "is not UTF-8", "save it as UTF-8"),
    ),
    "gbk": Broken("\n# 梯度\n".encode("gbk"), ("byte 0xCC in line 2", "save it as UTF-8")),
    "unknown-coding": Broken(b"# coding: klingon\n", ("unknown encoding: klingon",)),
    "nul": Broken(f"{SOLUTION}\0\n", ("NUL byte in line",)),
    "zeroed": Broken(b"\0" * 800, ("NUL byte in line 1",)),
    "huge": Broken(SOLUTION + "#" * CAP, ("bytes, and an answer may have 262,144",)),
}
UNPARSED = {
    "no-colon": not_parsed("steps):\n", "steps)\n", "line 27", "range(steps)", "expected ':'"),
    "no-bracket": not_parsed("stack(path)", "stack(path", "'(' was never closed"),
    "no-comma": not_parsed("path[-1], g", "path[-1] g", "Perhaps you forgot a comma?"),
    "print": Broken(f'{SOLUTION}print "x"\n', ("Did you mean print(...)?", 'print "x"')),
    "one-equals": not_parsed("return grad", "if grad = 0: pass", "Maybe you meant '=='"),
    "quote": not_parsed("return grad", "return 'grad", "unterminated string", "line 16"),
    "tab": not_parsed(FIRST, f"\t{FIRST.strip()}\n", "line 14", "TabError", "→", "four blanks"),
    "indent": not_parsed("    return grad\n", "   return grad\n", "unindent does not match"),
    "no-body": Broken(f"{SOLUTION}\ndef g(x):\n", ("expected an indented block", "line 31")),
    "u00a0": not_parsed("lr * g", "lr\xa0*\xa0g", "lr<U+00A0>*", "no-break space", "2 times"),
    "u00a0-indent": not_parsed(
        "    return grad", "   \xa0return grad", "U+00A0", "a blank instead"
    ),
    "minus": not_parsed("x - lr", "x − lr", "'−' (U+2212)", "minus sign", "the hyphen -"),
    "curly": not_parsed("return grad", "return “grad”", "(U+201C)", 'the straight quote "'),
    "fullwidth": not_parsed("steps):\n", "steps)：\n", "(U+FF1A)", "Type : instead"),
    "zero-width": not_parsed("lr * g", "lr\u200b * g", "lr<U+200B>", "zero width space", "anew"),
    "mark-inside": not_parsed(FIRST, f"\ufeff{FIRST}", "U+FEFF", "line 14"),
    "conflict": not_parsed("    return grad\n", LEFT, "line 16", "<<<<<<< Updated", "two versions"),
    "conflict-whole": Broken(f"<<<<<<< ours\n{STUB}=======\n{SOLUTION}>>>>>>> a\n", ("line 1:",)),
    "magic": Broken(
        f"%matplotlib inline\n{SOLUTION}", ("%matplotlib inline", "in a notebook only")
    ),
    "pip": Broken(f"{SOLUTION}!pip install torch\n", ("!pip install", "without the !")),
    "help": Broken(f"{SOLUTION}torch.stack?\n", ("torch.stack?", "in a notebook only")),
    "prompt": Broken(f">>> import torch\n{SOLUTION}", (">>> import torch", "copied along")),
    "fence": Broken(f"```python\n{SOLUTION}```\n", ("```python", "copied along")),
    "return": Broken(f"{SOLUTION}return 3\n", ("'return' outside function", "return 3")),
    "nested": Broken(f"x = {'(' * 300}{')' * 300}\n", ("too many nested parentheses",)),
}
EMPTY = {
    "emptied": Broken("", ("is empty",), "EMPTY FILE"),
    "blank": Broken("\n \n", ("is empty",), "EMPTY FILE"),
    "comment": Broken("# mine\n", ("has no function in it",), "EMPTY FILE"),
    "imports": Broken('"""Mine."""\nimport torch\n', ("has no function in it",), "EMPTY FILE"),
}
FAILING = {
    "module": unused("import nonsuch", LAST, "No module named 'nonsuch'", "no file beside it"),
    "exit": unused("exit()", LAST, "SystemExit", "Delete the line"),
    "skip": unused("import pytest\npytest.skip('no', allow_module_level=True)", "Skipped: no"),
    "try-out": unused("print(descend(1, 2))", LAST, "print(descend(1, 2))", "TypeError", MAIN),
    "try-out-inside": Broken(
        edited("torch.stack(path)", "path[99]") + "\nprint(descend(torch.ones(1), 0.1, 3))\n",
        (LAST, "print(descend(", "It fails in descend, line 29", "return path[99]", MAIN),
        lost=False,
    ),
    "input": unused("lr = float(input('lr? '))", LAST, "input() waits for somebody"),
    "ipython": unused("get_ipython()", LAST, "'get_ipython' is not defined", "notebook only"),
    "not-imported": unused("x = np.ones(2)", "'np' is not defined", "    import numpy as np"),
    "misspelt": unused("x = torch.oness(2)", "no attribute 'oness'", "Did you mean: 'ones'?"),
    "guessed": unused("descent = descnd", "Did you mean: 'descend'?"),
}
FILES = UNREADABLE | UNPARSED | EMPTY | FAILING
NO_FILES = {
    "folder": Broken(Path.mkdir, ("it is a folder",)),
    "pipe": Broken(os.mkfifo, ("it is a named pipe",)),
    "dangling": Broken(lambda p: p.symlink_to("gone.py"), ("a link to gone.py, where nothing is",)),
}
