"""Opening a file of answers by its path: a stub, a learner's file, a solution.

The file is compiled from its text each time (no cached bytecode: two quick saves within one second
would run the old one) and is never put on `sys.path`.
"""

from __future__ import annotations

import ast
import functools
import linecache
import sys
import time
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, ClassVar

from dojo.opening.reading import Unreadable, decoded, read_source

NOTEBOOK = ".ipynb"
Compiled = tuple[  # a file as a tree and as code, whom its functions call, what Python warned of
    ast.Module, CodeType, dict[str, list[str]], tuple[warnings.WarningMessage, ...]
]
if TYPE_CHECKING:
    from dojo.isolation.isolation import Isolation, Switch

Frame = tuple[str, int, CodeType, int]  # function, line, code, instruction
Arguments = tuple[tuple[Any, ...], dict[str, Any]]  # of one call


def _isolation(tree: ast.Module | None = None) -> Isolation:
    """Make what keeps a file's settings in it; not before it is needed, for it imports torch."""
    from dojo.isolation.isolation import Isolation

    return Isolation(tree)


@dataclass
class Answer:
    """A file that was opened. `trouble` is what kept it from being imported, if anything did.

    at_once: how many calls are best begun together
    """

    at_once: ClassVar[int] = 1
    path: Path
    module: ModuleType
    source: str = ""
    trouble: BaseException | None = None
    calls_of: dict[str, list[str]] = field(default_factory=dict)
    isolation: Isolation = field(default_factory=_isolation)

    def function(self, name: str) -> Any:
        """Return the function of that name, None if the file has none."""
        found = getattr(self.module, name, None)
        return found if callable(found) else None

    def isolated(self, name: str, without: Collection[str] = ()) -> Callable[..., Any] | None:
        """Return the function as one that changes nothing outside this file, None if there is none.

        It runs under the file's own settings, save those named in `without`.
        """
        function = self.function(name)
        if function is None:
            return None

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self.isolation.call(without):
                return function(*args, **kwargs)

        return call

    def begun(self, name: str, each: Sequence[Arguments]) -> list[Callable[[], Any]]:
        """Begin calls of a function, as `isolated` returns it; each ends where it is called for.

        What is returned gives, or raises, what came of the call: None if there is no such function.
        """
        function = self.isolated(name) or absent
        return [functools.partial(function, *args, **kwargs) for args, kwargs in each]

    def changes_noted(self, name: str, each: Sequence[Arguments]) -> list[list[str]] | None:  # noqa: ARG002 - where they are noted
        """Return what each call of a function changed of its arguments, as it was noted elsewhere.

        None: calls are made in this process, where everybody can look for themselves.
        """
        return None

    def clock(self) -> float:
        """Return the seconds of processor time that its calls, and all of this process, took."""
        return time.process_time()

    def switches(self) -> list[Switch]:
        """Return the lines of this file that change a setting of the whole process."""
        return self.isolation.switches(self.source)

    def callees(self, name: str) -> list[str]:
        """Return the functions of this file that `name` calls, the innermost first, each once."""
        found: list[str] = []

        def walk(caller: str, above: frozenset[str]) -> None:
            for callee in self.calls_of.get(caller, []):
                if callee not in above and callee not in found:
                    walk(callee, above | {callee})
                    found.append(callee)

        walk(name, frozenset({name}))
        return found


def absent(*_: Any, **__: Any) -> None:
    """Stand in for a function that a file does not have."""


def open_answer(path: Path, *, ours: bool = False) -> Answer:
    """Import the file at `path`; whatever it raises, exits included, is kept as its trouble.

    ours: as in made_answer
    Errors: FileNotFoundError if there is no such file.
    """
    try:
        return made_answer(_python_at(path), path, ours=ours)
    except Unreadable as trouble:
        return Answer(path, ModuleType("answer"), trouble=trouble)


def _python_at(path: Path) -> bytes:
    """Return the Python of a file, or of a notebook. Errors: Unreadable, FileNotFoundError."""
    if path.suffix != NOTEBOOK:
        return read_source(path)
    from dojo.opening.notebook import read_notebook

    return read_notebook(path).source


def open_ours(path: Path) -> Answer:
    """Import a solution or a file of mistakes, once for as long as the file is as it is.

    They are asked at every failure, and keep nothing from one call to the next. They change nothing
    that they do not name, so an `exec` in one (kata 10 has it) is no reason to look at everything.
    Errors: FileNotFoundError if there is no such file.
    """
    found = path.stat()
    return _ours(path, found.st_mtime_ns, found.st_size)


@functools.lru_cache(maxsize=64)
def _ours(path: Path, _changed: int, _size: int) -> Answer:
    return open_answer(path, ours=True)


def made_answer(raw: bytes, path: Path, *, ours: bool = False) -> Answer:
    """Make the answer from the bytes of a file, as Python reads them; `path` is its name only.

    ours: what it may change is not looked for in it
    """
    answer = Answer(path, ModuleType(f"answer_{path.parent.name}_{path.stem}_{id(path):x}"))
    answer.module.__file__ = str(path)
    sys.modules[answer.module.__name__] = answer.module  # dataclasses look their module up there
    try:
        answer.source = decoded(raw)
        lines = [f"{line}\n" for line in answer.source.split("\n")]
        linecache.cache[str(path)] = (len(raw), None, lines, str(path))  # as it is now
        tree, code, calls, warned = _compiled(raw, path)
        for each in warned:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
        answer.calls_of = dict(calls)
        answer.isolation = _isolation(None if ours else tree)
        with answer.isolation.importing():
            exec(code, answer.module.__dict__)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        answer.trouble = error
    return answer


@functools.lru_cache(maxsize=64)
def _compiled(raw: bytes, path: Path) -> Compiled:
    """Compile a text; one that is opened again is compiled once.

    Errors: SyntaxError, and whatever else Python's compiler ends with.
    """
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        tree = ast.parse(raw, str(path))
        code = compile(tree, str(path), "exec", dont_inherit=True)
    return tree, code, _calls(tree), tuple(warned)


def _calls(tree: ast.Module) -> dict[str, list[str]]:
    """Which of the file's own functions each of them names."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return {
        name: [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in functions]
        for name, node in functions.items()
    }


def frame_in(path: Path, traceback: TracebackType | None) -> Frame | None:
    """Return the innermost frame that runs `path`."""
    found = None
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == str(path):
            found = (code.co_name, traceback.tb_lineno, code, traceback.tb_lasti)
        traceback = traceback.tb_next
    return found
