"""A file's global state stays in it in a sandbox as in the learner's own process, word for word."""

from __future__ import annotations

import pytest
import torch

from dojo.calling.calls import Call, InProcess, KataCalls
from dojo.catalogue import open_catalogue
from dojo.feedback.diagnosis import switches_to_blame, wanted_of
from dojo.isolation.isolation import Switch
from dojo.judge.wire.codec import Malformed
from dojo.judge.wire.messages import read_switches
from dojo.opening.answers import made_answer

from ...conftest import HOUSE
from ...isolation.test_isolation import SWITCHES, with_imports
from ..conftest import SOLUTION, Doors

OWN = {"signals", "folder", "threads", "log_handlers"}  # the two processes differ in these anyway


@pytest.mark.parametrize("name", sorted(SWITCHES.keys() - OWN))
def test_both_doors_see_the_same(doors: Doors, name: str) -> None:
    """What the import set holds in each call, and no call sees what another one set."""
    statement, probe = SWITCHES[name]
    look = with_imports(statement, f"return repr(({probe}))")
    change = with_imports(statement, statement).replace("look", "change")
    for text in (f"{statement}\n{look}", f"{look}{change}"):
        seen = []
        for door in (InProcess(made_answer(text.encode(), HOUSE / "m.py")), doors(text.encode())):
            kata = KataCalls(door)
            seen.append([kata.look()])
            if "change" in text:
                kata.change()
            seen[-1].append(kata.look())
        (here, here_again), (there, there_again) = seen
        assert (here, there) == (here_again, there_again)
        if "change" not in text and name not in ("locale", "torch_draw"):
            assert here == there


def test_the_line_to_blame_crosses_the_wire(doors: Doors) -> None:
    """A worker names the lines, and makes a call without them."""
    source = SOLUTION.replace(
        b"import torch\n", b"import torch\ntorch.set_grad_enabled(False)\n", 1
    )
    catalogue = open_catalogue(HOUSE)
    x = torch.tensor([3.0, -5.0])
    found = []
    for answer in (made_answer(source, HOUSE / "m.py"), doors(source).answer):
        call = Call("gradient", (x,), {}, ("x",))
        wanted = wanted_of(catalogue, catalogue.katas["01"], call)
        found.append(switches_to_blame(answer, call, wanted))
    assert found[0] == found[1] == [Switch("gradients", 4, "torch.set_grad_enabled(False)")]


@pytest.mark.parametrize("switches", [{}, [["gradients", 4]], [[1, 2, "x"]], [["a", "b", "c"]]])
def test_a_forged_list_of_lines_is_refused(switches: object) -> None:
    """It is the submission's own word."""
    with pytest.raises(Malformed):
        read_switches({"switches": switches})
