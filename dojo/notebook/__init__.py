"""Katas in a notebook: `%load_ext dojo.notebook`, then `%%kata 03` above a cell of functions."""

from __future__ import annotations

import atexit
from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Add `%%kata` to a notebook. IPython calls this; it says in a line what to do next."""
    from dojo.notebook.magic import Katas

    katas = Katas(shell)
    atexit.register(katas.close)  # else what stands by would import torch for nobody
    shell.register_magic_function(katas.kata, "cell", "kata")
    shell.push({"__katas__": katas}, interactive=False)
    print("%%kata is here: above a cell of functions, it tests what the cell defines.")


def unload_ipython_extension(shell: Any) -> None:
    """Take `%%kata` out again."""
    del shell.magics_manager.magics["cell"]["kata"]
    shell.user_ns.pop("__katas__").close()
