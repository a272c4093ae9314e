"""Names that a file may have bound anew in modules and classes that are not its own.

Only names that the file itself assigns are looked for (`torch.Tensor.backward = …`), and by what
they are bound to. What an import adds is no such name: a submodule stays where Python put it.
"""

from __future__ import annotations

import builtins
import sys
from types import ModuleType
from typing import Any

import torch

from dojo.isolation.settings import Setting

SEARCHED = frozenset({"torch", "numpy", "math", "random", "os", "sys", "time", "warnings", "dojo"})
Bound = dict[tuple[str, str], Any]  # by namespace and name


def replaced_names(names: frozenset[str], words: frozenset[str]) -> Setting:
    """Return the setting of what these names are bound to, wherever a file with such words reaches.

    Where it names sys.modules, the modules that it names are entries that it may replace.
    """
    spaces = {f"{c.__module__}.{c.__qualname__}": c for c in _classes() if c.__name__ in words}
    spaces |= {name: m for name, m in _modules() if words.issuperset(name.split("."))}
    spaces["builtins"] = builtins
    replaceable = [name for name in words if name in sys.modules] if "modules" in words else []

    def read() -> Bound:
        found = {
            (where, name): held[name]
            for where, held in ((where, vars(space)) for where, space in spaces.items())
            for name in held.keys() & names
            if not isinstance(held[name], ModuleType)
        }
        return found | {("sys.modules", name): sys.modules.get(name) for name in replaceable}

    def write(bound: Bound) -> None:
        now = read()
        for where, name in now.keys() - bound.keys():
            delattr(spaces[where], name)
        for (where, name), value in bound.items():
            if now.get((where, name)) is value:
                continue
            if where == "sys.modules":
                sys.modules[name] = value
            else:
                setattr(spaces[where], name, value)

    return Setting("names", "replaces what is not its own", read, write, names)


def _modules() -> list[tuple[str, ModuleType]]:
    """Return the modules in which a name that is replaced would be met by others."""
    loaded = list(sys.modules.items())
    return [(n, m) for n, m in loaded if n.split(".")[0] in SEARCHED and type(m) is ModuleType]


def _classes() -> list[type[Any]]:
    """Return the classes of torch whose methods a file may replace."""
    spaces = (torch, torch.nn, torch.autograd, torch.optim)
    return list({v for space in spaces for v in vars(space).values() if isinstance(v, type)})
