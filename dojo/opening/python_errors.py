"""What Python's own errors mean in a file of answers, and the next move."""

from __future__ import annotations

import contextlib
import difflib
import io
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class KnownError:
    """An error that learners meet: its type (or types, with |), a pattern, and what it means.

    line, warned: patterns that the line which raised it, and what was warned of, must have as well
    """

    error: str
    pattern: str
    meaning: str
    line: str = ""
    warned: str = ""


IMPORTS = {  # names that everybody writes, and the line that brings each
    **{name: f"import {name}" for name in ("torch", "numpy", "math", "random", "itertools")},
    **{name: f"import {name}" for name in ("os", "sys", "time", "copy", "functools", "matplotlib")},
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "optim": "from torch import optim",
    "autograd": "from torch import autograd",
    "Tensor": "from torch import Tensor",
    "Parameter": "from torch.nn import Parameter",
    "Variable": "from torch.autograd import Variable",
    "partial": "from functools import partial",
}
OF_TORCH = frozenset(  # functions that are written without "torch." by mistake
    {
        *("arange", "cat", "column_stack", "cumsum", "diag", "einsum", "empty", "enable_grad"),
        *("exp", "eye", "full", "linspace", "log", "logspace", "matmul", "mean", "no_grad"),
        *("ones", "ones_like", "outer", "rand", "randn", "sigmoid", "softmax", "sqrt", "stack"),
        *("tensor", "where", "zeros", "zeros_like", "float32", "float64"),
    }
)
GUESSED = (NameError, AttributeError, ImportError)  # where Python may have a guess
GUESS = "Did you mean"
UNKNOWN_OF_TORCH = re.compile(r"(module 'torch'|'Tensor' object) has no attribute '(\w+)'")
UNKNOWN_NAME = re.compile(r"name '(\w+)' is not defined")
PYTHON = (
    KnownError(
        "NameError",
        r"name 'get_ipython' is not defined",
        "get_ipython() is there in a notebook only, and this is a plain Python file. Delete the "
        "line.",
    ),
    KnownError(
        "OSError|EOFError",
        r"reading from stdin while output is captured|EOF when reading a line",
        "input() waits for somebody to type, and nobody does in a test. Write the value into the "
        "file.",
    ),
    KnownError(
        "SystemExit",
        "",
        "exit(), quit() and sys.exit() end all of Python, the tests too. Delete the line.",
    ),
    KnownError(
        "OverflowError",
        "out of range|too large|range error",
        "A number grew too large for a float, which ends at 1.8e308. In a descent the steps lead "
        "away then: look at their sign, and at the rate. In exp() the exponent is too large.",
    ),
    KnownError(
        "ZeroDivisionError",
        "",
        "This line divides by a number that is 0. Print that number before the line: for which "
        "value is it 0, and should it ever be?",
    ),
    KnownError(
        "ModuleNotFoundError",
        "",
        "Is the name right? A file of answers is opened alone: it can import what is installed, "
        "but no file beside it.",
    ),
)


def meaning_in(
    table: Sequence[KnownError], error: BaseException, line: str = "", warned: str = ""
) -> str:
    """Say what an error means by the first entry that fits; empty if none does."""
    kinds, text = {kind.__name__ for kind in type(error).__mro__}, str(error)
    fits = (
        s
        for s in table
        if kinds & set(s.error.split("|"))
        and re.search(s.pattern, text)
        and re.search(s.line, line)
        and re.search(s.warned, warned)
    )
    return next((s.meaning for s in fits), "")


def meaning_in_python(error: BaseException) -> str:
    """Say what an error of Python's own means; empty for one that explains itself.

    A line of code in it stands on a line of its own, after four blanks.
    """
    return meaning_in(PYTHON, error) or _not_imported(error) or _misspelt(error)


def _not_imported(error: BaseException) -> str:
    """Say of a well-known name that it was not imported, and what imports it."""
    found = UNKNOWN_NAME.search(str(error)) if isinstance(error, NameError) else None
    name = found[1] if found else ""
    if name in IMPORTS:
        return f"{name} is not imported. Add this line at the top of the file:\n    {IMPORTS[name]}"
    if name in OF_TORCH:
        return f"That is a function of torch: write torch.{name}."
    odd = next((c for c in name if not c.isascii()), "")
    return f"The name has {named(odd)} in it. Was another letter meant?" if odd else ""


def named(c: str) -> str:
    """Write the code and the name of a character: "U+2212 (minus sign)"."""
    return f"U+{ord(c):04X} ({unicodedata.name(c, 'a control character').lower()})"


def _misspelt(error: BaseException) -> str:
    """Guess which name of torch's was meant: it has too many for Python to look through."""
    found = UNKNOWN_OF_TORCH.search(str(error)) if isinstance(error, AttributeError) else None
    if found is None or GUESS in said_by(error):
        return ""
    import torch

    owner = torch.Tensor if found[1] == "'Tensor' object" else torch
    names = [name for name in dir(owner) if not name.startswith("_")]
    alike = difflib.get_close_matches(found[2], names, 1, 0.7)
    return f"{GUESS}: {alike[0]!r}?" if alike else ""


def words_of(error: BaseException) -> str:
    """Return what Python says: the type, the message, and "Did you mean" where it has a guess."""
    name = str(error.__dict__.get("answer_type", type(error).__name__))
    said = said_by(error)
    return f"{name}: {said}" if said.strip() else name


def said_by(error: BaseException) -> str:
    """Return an error's message, with Python's guess at its end: "Did you mean: 'stack'?"."""
    if isinstance(error, SyntaxError):
        return str(error.msg)
    if isinstance(error, SystemExit) and error.code is None:
        return ""
    said = str(error)
    return said + _guess(error, said) if isinstance(error, GUESSED) and said else said


def _guess(error: BaseException, said: str) -> str:
    """Return what Python adds to a message where it shows an error; up to 3.11 only there."""
    with contextlib.redirect_stderr(io.StringIO()) as shown:
        sys.__excepthook__(type(error), error, error.__traceback__)
    _, found, more = shown.getvalue().rpartition(f": {said}")
    return more.splitlines()[0] if found and more.strip() else ""
