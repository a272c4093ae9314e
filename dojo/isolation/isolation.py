"""Keeps in a file what it changes for the whole process: grad mode, default dtype, seeds and so on.

Two rules hold, in the learner's own process and in a sandbox alike, for both run this code:

- What a file sets while it is imported holds for that file only. It is put back after the import,
  is in force again during each call of the file's functions (as it would be in a script), and is
  put back after the call. `torch.set_grad_enabled(False)` at its top is the file's own affair.
- What a call sets is put back when it ends, however it ends. The next call does not see it: each
  begins from what the import left, so that no result depends on the order of calls (a generator
  that the import seeded begins anew in each call).

A spec, another kata's file and the judge see nothing of either. A function of torch or Python that
a file replaces (`torch.Tensor.backward = …`) is such a setting too: the file's calls have it, and
nobody else. It costs few microseconds a call: what a file cannot reach, for it names nothing that
leads there, is not looked at.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import itertools
import sys
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from dojo.isolation.namespaces import replaced_names
from dojo.isolation.settings import PYTHON, Setting, show_warning
from dojo.isolation.torch_settings import TORCH, default_device, dispatch_modes, function_modes

OF_TENSORS = frozenset({"grad", "data", "requires_grad"})  # assigned to every day
FUNCTIONAL = "functional"  # torch.nn on the way to its functions draws nothing by itself
DYNAMIC = frozenset(  # whoever names these may mean anything
    {
        *("eval", "exec", "compile", "getattr", "setattr", "delattr", "vars", "globals", "modules"),
        *("__import__", "importlib", "ctypes", "__dict__", "__builtins__", "patch", "monkeypatch"),
    }
)
KNOWN = frozenset(  # what these change is known, and named by who changes it
    {
        *("__future__", "abc", "bisect", "builtins", "cmath", "collections", "contextlib", "copy"),
        *("dataclasses", "decimal", "dojo", "enum", "fractions", "functools", "gc", "heapq"),
        *("inspect", "io", "itertools", "json", "locale", "logging", "math", "numbers", "numpy"),
        *("operator", "os", "pathlib", "pytest", "random", "re", "signal", "statistics", "string"),
        *("sys", "textwrap", "time", "torch", "types", "typing", "warnings"),
    }
)
ALWAYS = [setting for setting in (*TORCH, *PYTHON) if setting.always]
LATE = ("numpy.random", "decimal")  # parts of numpy and Python that nobody may have imported yet
Change = Callable[[Any], Any]  # lays what a file changed over what holds now
UNREADABLE = object()
kept: list[Any] = []  # what imports set: some of it (inference mode) sets things back as it goes


@dataclass(frozen=True)
class Switch:
    """A line of a file that changes a setting while it is imported (0: a module that it imports).

    setting: its name
    text:    the line itself
    """

    setting: str
    line: int
    text: str

    @property
    def does(self) -> str:
        """What the line does, after "Line 3 of katas/01/manual_update.py"."""
        known = (s.does for s in (*TORCH, *PYTHON) if s.name == self.setting)
        return next(known, "replaces what is not its own")


class Isolation:
    """What one file may change, and what its import did change."""

    def __init__(self, tree: ast.Module | None = None) -> None:
        reached = _reachable(tree) if tree is not None else []
        self._watched = [*ALWAYS, *(s for s in reached if _value(s) is not UNREADABLE)]
        self._reads = [setting.read for setting in self._watched[len(ALWAYS) :]]
        self._own = list[tuple[Setting, Change]]()

    @contextlib.contextmanager
    def importing(self) -> Iterator[None]:
        """Keep what changes meanwhile as the file's own, and put everything back."""
        before = self.look()
        try:
            yield
        finally:
            for setting, old, new in zip(self._watched, before, self.look(), strict=True):
                if _differ(old, new):
                    self._own.append((setting, _change(old, new)))
            kept.extend(self._own)
            self.put_back(before)

    def call(self, without: Collection[str] = ()) -> _Call:
        """Return a context for one call: the file's own settings hold in it, save some by name."""
        own = [own for own in self._own if own[0].name not in without] if without else self._own
        return _Call(self, own)

    def look(self) -> list[Any]:
        """Return the value of each setting that the file may change."""
        try:
            return [*look_at_always(), *(read() for read in self._reads)]
        except Exception:  # it deleted what is read
            return [_value(setting) for setting in self._watched]

    def put_back(self, before: list[Any]) -> None:
        """Make what held before hold again.

        Twice, if need be: what is let go of may set something itself, as inference mode does.
        """
        if _differ(before, self.look()):
            self._put_back(before)
            self._put_back(before)

    def _put_back(self, before: list[Any]) -> None:
        for setting, old, new in zip(self._watched, before, self.look(), strict=True):
            if _differ(old, new):
                with contextlib.suppress(Exception):  # what the system refuses to set back stays
                    setting.write(old)

    def switches(self, source: str) -> list[Switch]:
        """Return the lines that set what is the file's own."""
        if not self._own:
            return []
        tree, lines = ast.parse(source), source.splitlines()
        found = [(setting.name, _line_that_sets(tree, setting)) for setting, _ in self._own]
        return [Switch(n, line, lines[line - 1].strip() if line else "") for n, line in found]


class _Call:
    """One call: the file's own settings before it, what held before after it."""

    __slots__ = ("_before", "_isolation", "_own")

    def __init__(self, isolation: Isolation, own: list[tuple[Setting, Change]]) -> None:
        self._isolation, self._own = isolation, own

    def __enter__(self) -> None:
        self._before = self._isolation.look()
        for setting, change in self._own:
            with contextlib.suppress(Exception):  # as in put_back
                setting.write(change(setting.read()))

    def __exit__(self, *_: object) -> None:
        self._isolation.put_back(self._before)


def _value(setting: Setting) -> Any:
    """Return the value of a setting, UNREADABLE if it cannot be read here."""
    try:
        return setting.read()
    except Exception:
        return UNREADABLE


def look_at_always() -> list[Any]:
    """Return what each setting in ALWAYS reads; a loop over them would take three times as long."""
    return [
        default_device(),
        function_modes(),
        dispatch_modes(),
        (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
        torch.get_default_dtype(),
        warnings.filters[:],
        show_warning(),
        sys.stdout,
        sys.stderr,
    ]


def _differ(old: Any, new: Any) -> bool:
    """Whether two values differ; those that cannot even be compared do."""
    try:
        return bool(old != new)
    except Exception:
        return True


def _change(before: Any, after: Any) -> Change:
    """Return what lays the change from `before` to `after` over another value."""
    if isinstance(before, list) and isinstance(after, list):
        gone = [x for x in before if x not in after]
        first = next((i for i, x in enumerate(after) if x in before), len(after))
        front, back = after[:first], [x for x in after[first:] if x not in before]
        moved = [*gone, *front, *back]
        return lambda now: [*front, *(x for x in now if x not in moved), *back]
    if isinstance(before, dict) and isinstance(after, dict):
        new = {k: v for k, v in after.items() if k not in before or _differ(before[k], v)}
        lost = before.keys() - after.keys()
        return lambda now: {k: v for k, v in now.items() if k not in lost} | new
    return lambda _: after


def _reachable(tree: ast.Module) -> list[Setting]:
    """Return what else the file may change, by the names in it."""
    words, assigned, foreign = _reach(tree)
    for module in LATE:
        if words.issuperset(module.split(".")):
            importlib.import_module(module)  # the file is about to: what it changes has a before
    dynamic = bool(words & DYNAMIC)
    watched = [
        setting
        for setting in (*TORCH, *PYTHON)
        if not setting.always and (dynamic or foreign or words & setting.words)
    ]
    names = (assigned | words if dynamic else assigned) - OF_TENSORS
    return [*watched, replaced_names(names, words)] if names else watched


@functools.lru_cache(maxsize=64)
def _reach(tree: ast.Module) -> tuple[frozenset[str], frozenset[str], bool]:
    """Return the words in a file, the attributes that it assigns, and whether it imports more."""
    words, assigned, foreign = set[str](), set[str](), False
    nodes = list(ast.walk(tree))
    passed = {id(n.value) for n in nodes if isinstance(n, ast.Attribute) and n.attr == FUNCTIONAL}
    for node in nodes:
        if id(node) not in passed:
            words.update(_named(node))
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            assigned.add(node.attr)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            foreign = foreign or not KNOWN.issuperset(_imported(node))
    return frozenset(words), frozenset(assigned), foreign


def _named(node: ast.AST) -> list[str]:
    """Return the words of one node."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.Constant):
        text = node.value
        return [text] if isinstance(text, str) and text.replace(".", "").isidentifier() else []
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        start = (getattr(node, "module", None) or "").split(".")
        parts = [*start, *(part for alias in node.names for part in alias.name.split("."))]
        return [a for a, b in itertools.pairwise([*parts, ""]) if b != FUNCTIONAL]
    return []


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the first names of the modules that a statement imports."""
    if isinstance(node, ast.ImportFrom):
        return [(node.module or ".").split(".")[0]]
    return [alias.name.split(".")[0] for alias in node.names]


def _line_that_sets(tree: ast.Module, setting: Setting) -> int:
    """Return the last line that names the setting: run on import, else in a function, else none."""
    lines = [
        (not isinstance(statement, (ast.FunctionDef, ast.With)), getattr(node, "lineno", 0))
        for statement in tree.body
        if not isinstance(statement, (ast.Import, ast.ImportFrom))
        for node in ast.walk(statement)
        if setting.words.intersection(_named(node))
    ]
    return max(lines, default=(False, 0))[1]
