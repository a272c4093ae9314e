"""What Python's own errors mean in a file of answers, and the next move."""

from __future__ import annotations

import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stumble:
    """An error that learners meet: its type (or types, with |), a pattern, and what it means."""

    error: str
    pattern: str
    meaning: str


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
UNKNOWN_NAME = re.compile(r"name '(\w+)' is not defined")
PYTHON = (
    Stumble(
        "NameError",
        r"name 'get_ipython' is not defined",
        "get_ipython() is there in a notebook only, and this is a plain Python file. Delete the "
        "line.",
    ),
    Stumble(
        "OSError|EOFError",
        r"reading from stdin while output is captured|EOF when reading a line",
        "input() waits for somebody to type, and nobody does in a test. Write the value into the "
        "file.",
    ),
    Stumble(
        "SystemExit",
        "",
        "exit(), quit() and sys.exit() end all of Python, the tests too. Delete the line.",
    ),
    Stumble(
        "ModuleNotFoundError",
        "",
        "Is the name right? A file of answers is opened alone: it can import what is installed, "
        "but no file beside it.",
    ),
)


def meaning_in(table: Sequence[Stumble], error: BaseException) -> str:
    """Say what an error means by the first entry that fits; empty if none does."""
    kinds, text = {kind.__name__ for kind in type(error).__mro__}, str(error)
    fits = (s for s in table if kinds & set(s.error.split("|")) and re.search(s.pattern, text))
    return next((s.meaning for s in fits), "")


def meaning_in_python(error: BaseException) -> str:
    """Say what an error of Python's own means; empty for one that explains itself."""
    return meaning_in(PYTHON, error) or _not_imported(error)


def _not_imported(error: BaseException) -> str:
    """Say of a well-known name that it was not imported, and what imports it."""
    found = UNKNOWN_NAME.search(str(error)) if isinstance(error, NameError) else None
    name = found[1] if found else ""
    if name in IMPORTS:
        return f"{name} is not imported. Add this line at the top of the file: {IMPORTS[name]}"
    return f"It is a function of torch's: write torch.{name}" if name in OF_TORCH else ""


def words_of(error: BaseException) -> str:
    """Return what Python says: the type, the message, and "Did you mean" where it has a guess."""
    name = str(error.__dict__.get("answer_type", type(error).__name__))
    said = said_by(error)
    return f"{name}: {said}" if said.strip() else name


def said_by(error: BaseException) -> str:
    """Return an error's message with Python's guess at its end: "Did you mean: 'stack'?"."""
    if isinstance(error, SyntaxError):
        return str(error.msg)
    said = str(error)
    told = traceback.TracebackException(
        type(error), error, error.__traceback__, limit=0, lookup_lines=False
    )
    _, found, guess = "".join(told.format_exception_only()).partition(f": {said}")
    return said + guess.split("\n")[0] if said and found else said
