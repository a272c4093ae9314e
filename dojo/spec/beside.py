"""What a spec claims of a call beside its result: what it left behind, kept, and worked.

Specs say `proof.untouched(kata.observed)`, as for every other claim.
"""

from __future__ import annotations

from dojo.calling.calls import Observed
from dojo.errors import Wrong


def untouched(seen: Observed) -> None:
    """Claim that the call left its arguments alone and returned plain data of its own."""
    __tracebackhide__ = True
    asked = [name.removesuffix(".requires_grad") for name in seen.changed if "." in name]
    if asked:
        raise Wrong(
            "ARGUMENT CHANGED",
            [
                f"The call asked its argument {', '.join(asked)} for a gradient: whoever called it",
                f"gets it back like that. Ask a copy of your own: {asked[0]}.detach().clone().",
            ],
        )
    if seen.changed:
        first = seen.changed[0]
        raise Wrong(
            "ARGUMENT CHANGED",
            [
                f"The call changed its argument {', '.join(seen.changed)}: whoever called it",
                "still needs the old value. Change a copy:",
                f"{first}.detach().clone() of a tensor, list({first}) of a list.",
            ],
        )
    if seen.attached:
        raise Wrong(
            "GRAPH ATTACHED",
            [
                "The result still requires a gradient, so it keeps alive the graph that made it.",
                "Return .detach(), or compute under torch.no_grad().",
            ],
        )
    if seen.shared:
        raise Wrong(
            "SHARED MEMORY",
            [
                f"The result lives in the memory of the argument {', '.join(seen.shared)}:",
                "changing one would change the other. Return a tensor of its own, with .clone().",
            ],
        )


def keeps_no_more(few: Observed, many: Observed, what: str = "steps") -> None:
    """Claim that more steps keep no more tensors for a backward pass (uncounted ones pass)."""
    __tracebackhide__ = True
    if few.kept is not None and many.kept is not None and many.kept > few.kept:
        raise Wrong(
            "GRAPH GROWS",
            [
                f"A few {what} keep {few.kept} tensors on a graph, many keep {many.kept}: what you",
                "store hangs on it, or each value on those before it. Store .detach(), update",
                "under no_grad(), or call backward() step by step: then no graph outlives a step.",
            ],
        )


def by_autograd(seen: Observed) -> None:
    """Claim that a result was found by autograd (uncounted calls pass)."""
    __tracebackhide__ = True
    if seen.kept == 0:
        raise Wrong(
            "NO AUTOGRAD",
            [
                "The numbers are right, but nothing was kept for a backward pass: a formula found",
                "them. Here autograd is asked for: torch.autograd.grad, or backward() and .grad.",
            ],
        )


def works_no_more(few: Observed, many: Observed, what: str) -> None:
    """Claim that `many` took no more operations than `few`; `what` says of what there were more."""
    __tracebackhide__ = True
    if (many.operations or 0) > (few.operations or 0):
        raise Wrong(
            "WORK GROWS",
            [
                f"Few {what} take {few.operations} operations, many {many.operations}: the",
                f"work grows with the {what}, as it does in a loop, or where a power is made by",
                "multiplying again and again. One operation on a whole tensor does it all.",
            ],
        )
