"""What a learner reads of a file of answers that cannot be used, and the way back to the stub.

One place says it for every door: a file that is edited in `katas/`, one in a folder of answers, and
one that is judged in a sandbox.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Sequence
from pathlib import Path

from dojo.catalogue import Kata
from dojo.errors import Wrong
from dojo.opening.answers import NOTEBOOK, Answer
from dojo.opening.python_errors import meaning_in_python, words_of
from dojo.opening.reading import Unreadable
from dojo.opening.syntax_errors import not_parsed
from dojo.paths import quoted, typed
from dojo.stack import lines_of_traceback

MAIN = '    if __name__ == "__main__":'
KINDS = re.compile(r"(?i)\.(py|ipynb)")  # also in "topic.py.txt"
NOT_IMPORTED, EMPTY = WHOLE_FILE = ("CANNOT BE IMPORTED", "EMPTY FILE")  # headings of no one test
NO_CODE = (ast.Expr, ast.Import, ast.ImportFrom, ast.Pass)


def not_opened(answer: Answer, way_back: Sequence[str] = ()) -> Wrong:
    """Say what kept a file from being imported: where, its text, Python's words, the next move.

    way_back: how to get the stub again, said where nothing else of the file can be used
    """
    trouble, shown = answer.trouble, typed(answer.path)
    assert trouble is not None
    if isinstance(trouble, Unreadable):
        body = [f"{shown}: {trouble}."]
    elif isinstance(trouble, SyntaxError) and not lines_of_traceback(
        answer.path, trouble.__traceback__
    ):
        body = not_parsed(shown, answer.source, trouble)
    else:
        return Wrong(NOT_IMPORTED, _not_run(answer, trouble))
    return Wrong(NOT_IMPORTED, body, remedy=way_back)


def _not_run(answer: Answer, trouble: BaseException) -> list[str]:
    """Say which line of the file failed while it was imported, and from which line it came."""
    found = lines_of_traceback(answer.path, trouble.__traceback__)
    body = [f"{typed(answer.path)}{f', {found[0].place}' if found else ''}:"]
    if found:
        body.append(f"    {found[0].text}")
    if len(found) > 1:
        body += [f"It fails in {found[-1].function}, {found[-1].place}:"]
        body.append(f"    {found[-1].text}")
    told = meaning_in_python(trouble)
    after = told.splitlines() or _try_outs(answer.path)
    return [*body, *words_of(trouble).splitlines(), "", *after]


def _try_outs(path: Path) -> list[str]:
    """Say where a file may try its functions out."""
    if path.suffix == NOTEBOOK:
        return [
            "Every cell runs when the notebook is tested. Delete what you try out,",
            "or put it below",
            MAIN,
        ]
    return [
        "Every import runs this line. Put what you try out at the end, below",
        MAIN,
        f"and run it with: python {quoted(typed(path))}",
    ]


def not_found(answer: Answer, name: str, way_back: Sequence[str] = ()) -> Wrong:
    """Say that a file has no function of this name, and what may stand for it."""
    shown, tree = typed(answer.path), ast.parse(answer.source)
    if all(isinstance(node, NO_CODE) for node in tree.body):
        holds = "has no function in it" if answer.source.strip() else "is empty"
        again = " Bring the stub back:" if way_back else ""
        return Wrong(EMPTY, [f"{shown} {holds}.{again}"], remedy=way_back[-1:])
    within = next((_named(part) for part in tree.body if _holds(part, name)), "")
    alike = difflib.get_close_matches(name, answer.calls_of, 1)
    body = [f"There is no function {name} in {shown}."]
    if hasattr(answer.module, name):
        kind = type(getattr(answer.module, name)).__name__
        body.append(f"{name} is there, but it is no function by now: it is a {kind}.")
    elif within:
        body.append(f"It is inside {within}: move its `def` to the left edge of the file.")
    elif alike:
        body.append(f"Did you mean {name} where you wrote {alike[0]}? The names are fixed.")
    else:
        body.append("The names are fixed.")
    return Wrong("MISSING FUNCTION", body)


def _holds(part: ast.stmt, name: str) -> bool:
    """Whether there is a function of this name inside a part of a file."""
    inside = (node for node in ast.walk(part) if node is not part)
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in inside)


def _named(part: ast.stmt) -> str:
    return part.name if isinstance(part, (ast.FunctionDef, ast.ClassDef)) else "an `if`"


def way_back(kata: Kata, path: Path) -> list[str]:
    """Return how to get the untouched stub again, and last what to type for it, from here."""
    begin = "To begin again from the stub (what you wrote in the file is lost):"
    return ["", begin, f"    {_restored(kata, path)}"]


def missing(kata: Kata, path: Path) -> list[str]:
    """Say that there is no file of answers, and what to type to have one."""
    ours = _is_ours(kata, path)
    none = f"There is no {typed(path)} {'any more' if ours else 'yet'}."
    if found := _almost(path):
        named = path.with_suffix(NOTEBOOK) if found.suffix.lower() == NOTEBOOK else path
        move = f"    mv {quoted(typed(found))} {quoted(typed(named))}"
        return [f"{none} Is it this one? Give it its name:", move]
    if ours:
        return [f"{none} Bring the stub back:", f"    {_restored(kata, path)}"]
    there = f"mkdir -p {quoted(typed(path.parent))}"
    return [f"{none} Begin with the stub:", f"    {there} && {_restored(kata, path)}"]


def _almost(path: Path) -> Path | None:
    """Return a file whose name is almost this one: "topic (1).py", "Topic.py", "topic.py.txt"."""
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return None
    wanted = _letters(path.stem)
    alike = (p for p in beside if _letters(p.name).startswith(wanted) and KINDS.search(p.name))
    return next((p for p in alike if p.is_file()), None)


def _letters(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _is_ours(kata: Kata, path: Path) -> bool:
    """Whether an answer is a file of the repository itself, which git can bring back."""
    return path.parent.resolve() in (kata.stub.parent.resolve(), kata.solution.parent.resolve())


def _restored(kata: Kata, path: Path) -> str:
    """Return the command that brings the stub to where an answer lies, also amid a merge."""
    if not _is_ours(kata, path):
        return f"cp {quoted(typed(kata.stub))} {quoted(typed(path.parent))}"
    if not (kata.root / ".git").exists():
        return "(unpack the archive again that these katas came in)"
    if Path.cwd().is_relative_to(kata.root.resolve()):
        return f"git checkout HEAD -- {quoted(typed(path))}"
    inside = path.parent.resolve().relative_to(kata.root.resolve()) / path.name
    return f"git -C {quoted(typed(kata.root))} checkout HEAD -- {inside.as_posix()}"
