"""Each attack gets the verdict that it says, and neither the judge nor a neighbour notices."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from dojo.judge.door import SandboxDoor
from dojo.judge.sandbox.pool import SOURCE, Sandbox
from dojo.judge.verdict import Verdict

from .conftest import BRIEFLY, LONG, SOLUTION, Alone, Doors, FirstKata, verdicts

Patch = pytest.MonkeyPatch
ATTACKS = sorted(Path(__file__).with_name("attacks").glob("*.py"))
IN_EVERY_LAYER = [path for path in ATTACKS if "\nIn every layer.\n" in path.read_text("utf-8")]
RIGHT = {"gradient": Verdict.PASS, "update": Verdict.PASS, "descend": Verdict.PASS}
ENDLESS = BRIEFLY  # where nothing that an honest answer does depends on it
LITTLE = 128 << 20  # bytes that may be taken, where each ask takes them anew
FALSE_LEADS = Path("/tmp/owned"), Path("gradebook.csv"), Path("/tmp/made")


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_attack(doors: Doors, attack: Path) -> None:
    """The verdict is the one it must get; a neighbour that is open meanwhile gets full marks."""
    must = re.search(r"^Must get: (.*)$", attack.read_text(encoding="utf-8"), re.MULTILINE)
    assert must, "say in the docstring what it must get"
    seconds = ENDLESS if Verdict.TIMEOUT in must[1] else LONG
    neighbour = doors(name="honest/01/manual_update.py")
    hostile = doors(attack.read_bytes(), seconds=seconds)
    assert neighbour.opened()
    found = verdicts(hostile)
    assert hostile.left > 0, "three calls kept the judge waiting for as long as nine may"
    assert str(found["gradient"]) in must[1].split(" or ")
    assert Verdict.PASS not in found.values()
    assert verdicts(neighbour) == RIGHT
    assert verdicts(doors()) == RIGHT
    assert not any(path.exists() for path in FALSE_LEADS)


@pytest.mark.parametrize("layer", ["outer", "inner"])
@pytest.mark.parametrize("attack", IN_EVERY_LAYER, ids=lambda path: path.stem)
def test_attack_in_one_layer(alone: Alone, attack: Path, layer: str) -> None:
    """What reaches for the kernel's own objects is stopped by each layer, without the other."""
    with closing(SandboxDoor(alone(layer), attack.read_bytes(), "mallory/01/m.py")) as door:
        assert verdicts(door)["gradient"] in (Verdict.FAIL, Verdict.CRASH)


@pytest.mark.parametrize("layer", ["outer", "inner", "both"])
def test_nothing_passes_between_two_submissions(alone: Alone, sandbox: Sandbox, layer: str) -> None:
    """What one has left in memory, files, locks or sockets, the next does not find."""
    source = next(path for path in ATTACKS if path.stem == "left_for_another").read_bytes()
    made = sandbox if layer == "both" else alone(layer)
    with ExitStack() as open_doors:
        for name in ("anna", "bert"):
            door = SandboxDoor(made, source, f"{name}/01/m.py")
            open_doors.callback(door.close)
            assert verdicts(door)["gradient"] is Verdict.FAIL, name


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_attack_among_many(
    doors: Doors, first_kata: FirstKata, attack: Path, sandbox: Sandbox, monkeypatch: Patch
) -> None:
    """Where all tests ask in one message, none reaches full marks, nor do those after it suffer."""
    monkeypatch.setattr(sandbox, "_memory", LITTLE)
    passed = first_kata.passed(doors(SOLUTION + attack.read_bytes(), seconds=ENDLESS))
    assert first_kata.of_gradient - passed
    assert first_kata.passed(doors()) == first_kata.names


@pytest.mark.parametrize(
    "name", ["endless_loop", "exit_in_call", "memory_flood", "frame_oversized"]
)
def test_an_attack_costs_its_own_function_only(doors: Doors, name: str) -> None:
    """A right function beside one that ends its worker is marked right all the same."""
    attack = next(path for path in ATTACKS if path.stem == name)
    seconds = BRIEFLY if name == "endless_loop" else LONG
    found = verdicts(doors(SOLUTION + attack.read_bytes(), seconds=seconds))
    assert found["update"] is Verdict.PASS
    assert Verdict.PASS not in (found["gradient"], found["descend"])


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        pytest.param(b"\x00", Verdict.FAIL, id="nul"),
        pytest.param(SOLUTION + b"\x00", Verdict.FAIL, id="solution and nul"),
        pytest.param(b"", Verdict.FAIL, id="empty"),
        pytest.param(b"\xff\xfe\x00", Verdict.FAIL, id="utf-16"),
        pytest.param(b"# coding: nonsuch\n" + SOLUTION, Verdict.FAIL, id="unknown encoding"),
        pytest.param(b"x = " + b"(" * 100_000, Verdict.FAIL, id="deep parentheses"),
        pytest.param(b"#" * (SOURCE + 1), Verdict.REFUSED, id="too large"),
        pytest.param(b"\xef\xbb\xbf" + SOLUTION, Verdict.PASS, id="byte order mark"),
        pytest.param(SOLUTION.replace(b"\n", b"\r\n"), Verdict.PASS, id="windows"),
        pytest.param(
            "# coding: latin-1\n# é\n".encode("latin-1") + SOLUTION.replace("²".encode(), b"\xb2")
            .replace("′".encode(), b"'").replace("−".encode(), b"-"),
            Verdict.PASS,
            id="latin-1",
        ),
    ],
)  # fmt: skip
def test_sources(doors: Doors, source: bytes, verdict: Verdict) -> None:
    """What is read as Python's own compiler reads it is judged; anything else is no pass."""
    assert set(verdicts(doors(source)).values()) == {verdict}


@pytest.mark.parametrize(
    "source",
    [
        b"x = " + b"-" * 200_000 + b"1",
        b"x = " + b"+".join([b"1"] * 200_000),
        b"x = " + b"[" * 150 + b"]" * 150,
        b"x = 0" + b" if 1 else 0" * 50_000,
        b"".join(b" " * i + b"if 1:\n" for i in range(99)) + b" " * 99 + b"pass",
        b"def f(): pass\n" * 50_000,
        b"x = '" + b"a" * 900_000 + b"'",
    ],
    ids=["minus", "plus", "lists", "conditions", "blocks", "functions", "string"],
)
def test_a_compiler_that_breaks_breaks_in_the_worker(doors: Doors, source: bytes) -> None:
    """Source that is too much for Python's own compiler costs its worker, not the judge."""
    found = set(verdicts(doors(source, seconds=ENDLESS)).values())
    assert found <= {Verdict.FAIL, Verdict.CRASH, Verdict.OUT_OF_MEMORY, Verdict.TIMEOUT}
    assert verdicts(doors()) == RIGHT
