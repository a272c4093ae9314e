"""What a learner reads, for each way in which an answer can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from dojo.catalogue import open_catalogue

from ..conftest import HOUSE, Practise, Run
from ..doors import Desk, desk, edited_house

__all__ = ["desk", "edited_house"]  # fixtures

SOLUTION = (HOUSE / "solutions/01/manual_update.py").read_text(encoding="utf-8")


@pytest.fixture
def answer(desk: Desk) -> Practise:
    """Practise kata 01 with the solution and more text after it, or with a whole other text."""

    def run(more: str = "", *options: str, whole: str | None = None, lines: int = 24) -> Run:
        desk.write(SOLUTION + more if whole is None else whole)
        return desk.run(*options, lines=lines)

    return run


def test_the_screen_of_a_known_mistake(answer: Practise) -> None:
    """The first failure in full: promise, source, table with the first difference, diagnosis."""
    run = answer(
        """
def descend(x0, lr, steps):
    print("a number of mine")
    x = x0.clone().requires_grad_()
    path = [x0]
    for _ in range(steps):
        f(x).sum().backward()
        x.data -= lr * x.grad
        path.append(x.detach().clone())
    return torch.stack(path)
""",
        lines=40,
    )
    shown = run.screen
    assert "TRACE DIFFERS" in shown
    assert "descend walks the documented path" in shown
    assert "Document: PyTorch, gradient descent updates; example 1, cell In[10]." in shown
    assert "8.2000    7.2000   ← first difference" in shown
    assert "These are exactly the numbers of a descent whose gradient is never cleared" in shown
    assert "a number of mine" in shown
    assert "Stuck? pytest " in shown
    assert len(shown.splitlines()) <= 40


def test_an_error_shows_the_learners_line_and_what_it_means(answer: Practise) -> None:
    """An exception is explained, with the line of the answer that raised it."""
    run = answer("""
def gradient(x):
    x = x.clone().requires_grad_()
    y = f(x).sum()
    y.backward()
    y.backward()
    return x.grad
""")
    assert "y.backward()\n  RuntimeError: Trying to backward through the graph" in run.screen
    assert "backward() frees the graph it walked." in run.screen


@pytest.mark.parametrize(
    ("body", "heading", "says"),
    [
        ("grad = 2 * x - 10", "NOTHING RETURNED", "is a `return` missing?"),
        ("return (2 * x - 10).tolist()", "WRONG TYPE", "a tensor is wanted"),
        ("return (2 * x - 10).sum()", "WRONG SHAPE", "has shape []"),
        ("return (2 * x - 10).double() + 0j", "WRONG DTYPE", "is torch.complex128"),
        ("return (2 * x - 10).numpy()", "NOT DATA", "torch.from_numpy()"),
        ("return torch.nn.Parameter(2 * x - 10)", "NOT DATA", "return a plain tensor"),
        ("return x * float('nan')", "VALUES DIFFER", "nan"),
        ("raise SystemExit", "LEFT THE TEST", "SystemExit"),
        ("import pytest; pytest.skip('no')", "LEFT THE TEST", "Skipped"),
        ("import pytest; pytest.xfail('no')", "LEFT THE TEST", "XFailed"),
        ("import pytest; pytest.exit('no')", "LEFT THE TEST", "Exit"),
        ("return gradient(x)", "RecursionError", "The function keeps calling itself"),
    ],
)
def test_kinds_of_failure(answer: Practise, body: str, heading: str, says: str) -> None:
    """What comes back, or is raised, is said as what it is, and is red."""
    run = answer(f"\ndef gradient(x):\n    {body}\n", "-k", "gradient_is_the_slope")
    assert run.exit_code == 1
    assert run.outcomes[0]["heading"] == heading
    assert says in " ".join(run.outcomes[0]["body"])
    assert not run.named


@pytest.mark.parametrize(
    "statement", ["raise ValueError", "assert x is None", "raise KeyError('')"]
)
def test_an_error_without_words(answer: Practise, statement: str) -> None:
    """An error that says nothing is said by its name, and ends nothing else."""
    run = answer(f"\ndef gradient(x):\n    {statement}\n")
    assert run.exit_code == 1
    assert run.tests("done")
    assert f"    {statement}\n" in run.screen


def test_what_is_printed_stays_within_the_screen(answer: Practise) -> None:
    """Long lines are cut, and nothing that a terminal obeys is passed on."""
    run = answer("\ndef gradient(x):\n    print('y' * 5000, chr(27) + '[31mred')\n    return x\n")
    assert max(len(line) for line in run.screen.splitlines() if "yyy" in line) <= 80
    assert chr(27) not in run.screen


def test_a_part_of_a_kata_is_not_the_kata(answer: Practise) -> None:
    """Where only some tests ran, nothing is called done."""
    run = answer("", "-k", "update_anywhere")
    assert "done" not in run.screen
    assert "2 tests pass. All of it: pytest katas/01" in run.screen


def test_the_call_that_failed_is_shown(answer: Practise) -> None:
    """Of several calls in a test the one with the wrong result is shown."""
    run = answer(
        "\ndef update(x, grad, lr):\n    return x - lr * grad if lr < 0.5 else x\n",
        "-k",
        "update_anywhere and float64",
    )
    calls = run.calls["test_update_anywhere[cpu-float64]"]
    assert calls[-1].shown(150) in run.outcomes[0]["asked"]


def test_unwritten_is_to_do_and_names_the_innermost_function(answer: Practise) -> None:
    """A finished descend that calls an unwritten gradient is to do: gradient."""
    run = answer("\ndef gradient(x):\n    raise NotImplementedError\n")
    to_do = [o for o in run.outcomes if o["outcome"] == "to do"]
    assert {o["function"] for o in to_do} == {"gradient"}
    assert any("descend" in o["test"] for o in to_do)
    assert "to do in" in run.screen


def test_an_error_of_torch_is_no_to_do(answer: Practise) -> None:
    """NotImplementedError raised by torch itself is an error of the answer."""
    run = answer("\ndef gradient(x):\n    return torch.empty(3, device='meta').to('cpu')\n")
    gradient = next(o for o in run.outcomes if "slope" in o["test"])
    assert (gradient["outcome"], gradient["heading"]) == ("wrong", "NotImplementedError")


def test_waiting_for_an_error_never_swallows_a_stub(answer: Practise) -> None:
    """NotImplementedError is a RuntimeError; a spec that waits for one still says to do."""
    stub = "\ndef gradient(x):\n    raise NotImplementedError\n"
    run = answer(stub, "-k", "refuses_integers")
    assert [o["outcome"] for o in run.outcomes] == ["to do"]


def test_a_wrong_kind_is_said_where_the_spec_stumbles_over_it(answer: Practise) -> None:
    """A result that a spec cannot even index is said as what it is."""
    run = answer("\ndef descend(x0, lr, steps):\n    pass\n", "-k", "walks_as_torch or whole_path")
    assert {o["heading"] for o in run.outcomes} == {"NOTHING RETURNED"}
    run = answer("\ndef descend(x0, lr, steps):\n    return [x0]\n", "-k", "walks_as_torch")
    assert run.outcomes[0]["heading"] == "WRONG TYPE"


def test_the_inner_function_is_blamed(answer: Practise) -> None:
    """Where descend is wrong because gradient is, gradient is named."""
    run = answer("\ndef gradient(x):\n    return 10 - 2 * x\n", "-k", "descend_follows")
    assert "gradient, which descend calls, is wrong in itself." in run.screen
    assert run.named == {"gradient_negated"}


@pytest.mark.parametrize(
    ("body", "heading"),
    [
        ("x += 0.0\n    x *= 1.5\n    return 2 * x / 1.5 - 10", "ARGUMENT CHANGED"),
        ("return (2 * x.requires_grad_() - 10).detach()", "ARGUMENT CHANGED"),
        ("return 2 * x.clone().requires_grad_() - 10", "GRAPH ATTACHED"),
    ],
)
def test_what_a_value_does_not_show(answer: Practise, body: str, heading: str) -> None:
    """A changed argument and an attached graph are found and said."""
    run = answer(f"\ndef gradient(x):\n    {body}\n", "-k", "left_alone")
    assert run.outcomes[0]["heading"] == heading


def test_shared_memory_is_found(answer: Practise) -> None:
    """A result that is a view of an argument is said to be one."""
    body = "    return x if float((x - (x - lr * grad)).abs().sum()) == 0 else x - lr * grad\n"
    run = answer(f"\ndef update(x, grad, lr):\n{body}", "-k", "left_alone")
    assert not run.tests("wrong")
    walk = """
def descend(x0, lr, steps):
    path = x0[None]
    for _ in range(steps):
        path = torch.cat([path, update(path[-1:], gradient(path[-1:]), lr)])
    return path
"""
    run = answer(walk, "-k", "left_alone")
    assert run.outcomes[0]["heading"] == "SHARED MEMORY"
    run = answer(walk.replace("x0[None]", "2 * x0[None]"), "-k", "left_alone")
    assert run.outcomes[0]["heading"] == "NOT RIGHT YET"


def test_a_growing_graph_is_found(answer: Practise) -> None:
    """A path whose every row hangs on the one before keeps more for each step."""
    run = answer(
        """
def descend(x0, lr, steps):
    x = x0.clone().requires_grad_()
    path = [x]
    for _ in range(steps):
        x = x - lr * torch.autograd.grad(f(x).sum(), x, create_graph=True)[0]
        path.append(x)
    return torch.stack(path).detach()
""",
        "-k",
        "graph_grows",
    )
    assert run.outcomes[0]["heading"] == "GRAPH GROWS"


def test_a_wrong_device_is_found_without_a_gpu(answer: Practise) -> None:
    """A tensor made without device= is said where it meets the arguments."""
    run = answer(
        "\ndef gradient(x):\n    return 2 * x - 10 * torch.ones(x.shape)\n", "-k", "on_its_device"
    )
    assert run.outcomes[0]["heading"] == "WRONG DEVICE"
    assert "say device=x.device" in " ".join(run.outcomes[0]["body"])


@pytest.mark.parametrize("level", [1, 2, 3])
def test_hints_come_step_by_step(practise: Practise, level: int) -> None:
    """--hint shows the first hint for the first thing that fails, --hint=3 three."""
    run = practise("katas/01", "--hint" if level == 1 else f"--hint={level}")
    assert run.screen.count("Hint ") == level
    assert "for gradient" in run.screen


def test_the_table_of_several_katas(practise: Practise, house: Path, tmp_path: Path) -> None:
    """Done, n of m, not begun; then the next thing to type."""
    numbers = list(open_catalogue(house).katas)
    file = tmp_path / "01/manual_update.py"
    file.parent.mkdir()
    file.write_text(SOLUTION, encoding="utf-8")
    run = practise("katas", "-m", "not cuda", "--answers", tmp_path, house=house)
    assert "01  manual update" in run.screen
    assert "done" in run.screen
    assert "not begun" in run.screen
    assert f"Next: read katas/{numbers[1]}/README.md" in run.screen
    assert f"then: pytest katas/{numbers[1]} --answers {tmp_path}" in run.screen
