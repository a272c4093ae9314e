"""Why a function that has a `return` may have returned None, and the next move."""

from __future__ import annotations

import ast

MADE_NONE = (
    "a .grad before backward() is, and so is what backward() and a function without `return` give. "
    "Where the graph is on a copy of a tensor, the copy has the .grad."
)
NONE_RETURNED = (
    f"the result is None, and there is a `return`: what stands behind it is None. A{MADE_NONE[1:]}"
)
SKIPPED = (
    "the result is None: the function ended before a `return`. Does it stand inside a loop or an "
    "`if` that was not entered? What stands after the loop has the loop's own indentation."
)
OF_THE_ARGUMENT = (
    "the result is None: {0} is the argument, and {1} is the tensor that asked for a gradient. "
    "backward() fills {1}.grad, not {0}.grad."
)


def why_none(source: str, function: str) -> str:
    """Say why a function of a file may have returned None; empty where it has no `return`."""
    own = _definition(source, function)
    returns = (n for n in ast.walk(own) if isinstance(n, ast.Return)) if own else ()
    returned = [node.value for node in returns if node.value is not None]
    if own is None or not returned:
        return ""
    asked, leaves = _owner_of_grad(returned[-1]), _leaves(own)
    if asked in _arguments(own) and len(leaves) == 1 and asked not in leaves:
        return OF_THE_ARGUMENT.format(asked, *leaves)
    return SKIPPED if isinstance(own.body[-1], (ast.For, ast.While, ast.If)) else NONE_RETURNED


def _definition(source: str, function: str) -> ast.FunctionDef | None:
    """Return a function of a file; of two with one name the last, as Python does."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    own = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == function]
    return own[-1] if own else None


def _owner_of_grad(value: ast.expr | None) -> str:
    """Return the name whose .grad this is; empty for anything else."""
    if not isinstance(value, ast.Attribute) or value.attr != "grad":
        return ""
    return value.value.id if isinstance(value.value, ast.Name) else ""


def _arguments(own: ast.FunctionDef) -> set[str]:
    """Return the parameters that stay what the caller gave."""
    given = {a.arg for a in (*own.args.posonlyargs, *own.args.args, *own.args.kwonlyargs)}
    names = (n for n in ast.walk(own) if isinstance(n, ast.Name))
    return given - {n.id for n in names if isinstance(n.ctx, ast.Store)}


def _leaves(own: ast.FunctionDef) -> set[str]:
    """Return the names that a gradient is asked for by."""
    found = set[str]()
    for node in ast.walk(own):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and "requires_grad" in ast.unparse(node.value):
                found.add(target.id)
            if isinstance(target, ast.Attribute) and target.attr == "requires_grad":
                found.add(ast.unparse(target.value))
        elif isinstance(node, ast.Expr) and ".requires_grad_(" in ast.unparse(node.value):
            found.add(ast.unparse(node.value).partition(".")[0])
    return found
